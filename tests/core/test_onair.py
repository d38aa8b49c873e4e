from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import floor, sites, stages
from diemcau.core.floor import GrantFloor, ReleaseFloor, RevokeFloor
from diemcau.core.ids import RequestId, SiteId
from diemcau.core.onair import (
    Air,
    AirHeld,
    AirRestored,
    AirState,
    ChooseConduct,
    ChooseLayout,
    Command,
    ConductChosen,
    ConfirmReady,
    CutBack,
    Layout,
    LayoutChosen,
    MainCutIn,
    PreviewSite,
    SiteCutBack,
    SitePreviewed,
    SiteStoodBy,
    SiteTaken,
    TakeSite,
    TakeUndone,
    UndoTake,
    state_of,
)
from diemcau.core.regulations import AtEnd, Conduct
from diemcau.core.sites import Line, NoteLineLost, NoteLineUp
from tests.core.machines import Played, quick
from tests.core.samples import (
    DALAT,
    HANOI,
    HUE,
    NINE,
    NOWHERE,
    SECOND,
    SITES,
    VINH,
    Play,
    closed,
    convened,
    facts,
    opened,
)

MANUAL = Conduct.MANUAL


def air_of(play: Play) -> Air:
    """Return the air, whatever could be undone."""
    return replace(play.now.air, before=None)


def on_air(site: SiteId = HUE) -> Play:
    play = opened()
    play.give(GrantFloor(site=site))
    assert state_of(play.now.air, site) is AirState.ON_AIR
    return play


def test_the_take_follows_the_grant_by_itself() -> None:
    play = opened()

    happened = play.give(GrantFloor(site=HUE))

    assert happened[-1] == SiteTaken(site=HUE, at=NINE)
    assert air_of(play) == Air(taken=HUE)


def test_the_next_speaker_takes_the_place_of_the_one_before() -> None:
    play = on_air()

    happened = play.give(GrantFloor(site=VINH))

    names = [type(event).__name__ for event in happened]
    assert names == ["FloorReleased", "SiteCutBack", "FloorRequested", "FloorGranted", "SiteTaken"]
    assert (state_of(play.now.air, HUE), state_of(play.now.air, VINH)) == (AirState.OFF, AirState.ON_AIR)


@pytest.mark.parametrize("end", [ReleaseFloor(site=HUE), RevokeFloor(reason="Lạc đề")])
def test_who_speaks_no_more_leaves_the_air(end: ReleaseFloor) -> None:
    play = on_air()

    assert play.give(end)[-1] == SiteCutBack(site=HUE, at=NINE)
    assert air_of(play) == Air()


def test_by_hand_a_hall_gets_ready_is_looked_at_and_is_taken() -> None:
    play = opened(conduct=MANUAL)
    assert state_of(play.now.air, HUE) is AirState.OFF

    assert play.give(ConfirmReady(site=HUE)) == (SiteStoodBy(site=HUE),)
    assert state_of(play.now.air, HUE) is AirState.STANDBY
    assert play.give(PreviewSite(site=HUE)) == (SitePreviewed(site=HUE),)
    assert state_of(play.now.air, HUE) is AirState.PREVIEW
    assert play.refused(TakeSite(site=HUE)) == ("onair.not_holder", {"site": HUE})
    play.give(GrantFloor(site=HUE))
    assert play.now.air.taken is None
    assert play.give(TakeSite(site=HUE)) == (SiteTaken(site=HUE, at=NINE),)
    assert air_of(play) == Air(conduct=MANUAL, ready=frozenset({HUE}), taken=HUE)
    assert play.give(CutBack()) == (SiteCutBack(site=HUE, at=NINE),)
    assert air_of(play) == Air(conduct=MANUAL)


def test_taking_one_site_leaves_the_preview_of_another() -> None:
    play = opened()

    play.give(PreviewSite(site=VINH), GrantFloor(site=HUE))

    assert air_of(play) == Air(taken=HUE, preview=VINH)


def test_a_site_that_was_cut_back_may_be_taken_again_while_it_holds_the_floor() -> None:
    play = on_air()
    play.give(CutBack())
    assert (play.now.holder, play.now.air.taken) == (HUE, None)

    assert play.give(TakeSite(site=HUE)) == (SiteTaken(site=HUE, at=NINE),)

    play.give(CutBack(), ReleaseFloor(site=HUE))
    assert play.refused(TakeSite(site=HUE)) == ("onair.not_holder", {"site": HUE})


def test_what_was_done_or_chosen_already_is_nothing_new() -> None:
    play = opened()
    play.give(ConfirmReady(site=HUE), PreviewSite(site=HUE))

    assert play.give(ConfirmReady(site=HUE)) == ()
    assert play.give(PreviewSite(site=HUE)) == ()
    assert play.give(ChooseConduct(conduct=Conduct.AUTOMATIC)) == ()
    assert play.give(ChooseLayout(layout=Layout.HOLDER_WITH_MAIN)) == ()
    play.give(GrantFloor(site=HUE))
    assert play.refused(TakeSite(site=HUE)) == ("onair.on_air_already", {"site": HUE})


def test_conduct_and_layout_are_chosen() -> None:
    play = opened()

    assert play.give(ChooseConduct(conduct=MANUAL)) == (ConductChosen(conduct=MANUAL),)
    assert play.give(ChooseLayout(layout=Layout.DOCUMENT)) == (LayoutChosen(layout=Layout.DOCUMENT, at=NINE),)
    assert air_of(play) == Air(conduct=MANUAL, layout=Layout.DOCUMENT)


def test_the_speaker_on_air_stays_when_the_operator_takes_over_by_hand() -> None:
    play = on_air()

    play.give(ChooseConduct(conduct=MANUAL))

    assert play.now.air.taken == HUE
    play.give(GrantFloor(site=VINH))
    assert play.now.air.taken is None


def test_the_main_site_speaks_without_a_take() -> None:
    play = opened()

    happened = play.give(GrantFloor(site=HANOI))

    assert not any(isinstance(event, SiteTaken) for event in happened)
    assert play.refused(TakeSite(site=HANOI)) == ("onair.on_air_already", {"site": HANOI})
    assert play.give(ReleaseFloor(site=HANOI)) == (floor.FloorReleased(request=RequestId("r1"), site=HANOI, at=NINE),)


def test_the_line_of_the_main_site_holds_nobody() -> None:
    play = on_air()

    assert play.give(NoteLineLost(site=HANOI)) == (sites.LineLost(site=HANOI, at=NINE),)
    assert state_of(play.now.air, HUE) is AirState.ON_AIR


def test_where_only_the_main_site_is_seen_nothing_is_cut_back() -> None:
    assert opened().refused(CutBack()) == ("onair.nobody_on_air", {})


def test_a_hall_without_a_line_is_neither_looked_at_nor_taken() -> None:
    play = opened(connected=(VINH,), conduct=MANUAL)
    play.give(GrantFloor(site=HUE), NoteLineLost(site=VINH))

    for site in (HUE, VINH):
        assert play.refused(PreviewSite(site=site)) == ("onair.line_down", {"site": site})
        assert play.refused(TakeSite(site=site)) == ("onair.line_down", {"site": site})


@pytest.mark.parametrize("command", [ConfirmReady, PreviewSite, TakeSite])
def test_a_site_that_was_not_invited_does_not_come_near_the_air(command: type[ConfirmReady]) -> None:
    assert opened().refused(command(site=NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


def test_a_lost_line_of_a_hall_that_is_not_on_air_only_ends_its_preview_and_its_being_ready() -> None:
    play = on_air()
    play.give(ConfirmReady(site=VINH), ConfirmReady(site=DALAT), PreviewSite(site=VINH))

    assert play.give(NoteLineLost(site=VINH)) == (sites.LineLost(site=VINH, at=NINE),)

    assert air_of(play) == Air(taken=HUE, ready=frozenset({DALAT}))
    assert play.give(NoteLineUp(site=VINH)) == (sites.LineRestored(site=VINH, at=NINE),)
    play.give(PreviewSite(site=DALAT), NoteLineLost(site=VINH))
    assert air_of(play) == Air(taken=HUE, ready=frozenset({DALAT}), preview=DALAT)


def test_after_the_closing_no_hall_is_ready_or_looked_at() -> None:
    play = on_air()
    play.give(ConfirmReady(site=VINH), PreviewSite(site=VINH), ChooseLayout(layout=Layout.MAIN))

    play.give(stages.CloseConference())

    assert air_of(play) == Air(layout=Layout.MAIN)


def test_halls_get_ready_before_the_opening_but_are_taken_only_while_it_is_open() -> None:
    assert convened().give(ConfirmReady(site=HUE))
    assert convened().refused(TakeSite(site=HUE))[0] == "stages.wrong_stage"
    assert closed().refused(ConfirmReady(site=HUE))[0] == "stages.wrong_stage"


class AirMachine(Played):
    @initialize(conduct=st.sampled_from(Conduct), at_end=st.sampled_from(AtEnd))
    def opens(self, conduct: Conduct, at_end: AtEnd) -> None:
        self.play = Play(facts(conduct=conduct, at_end=at_end))
        self.play.give(stages.OpenConference())

    @rule(site=st.sampled_from(SITES), kind=st.sampled_from([NoteLineUp, NoteLineLost]))
    def line_changes(self, site: SiteId, kind: type[sites.NoteLineUp]) -> None:
        self.give(kind(site=site))

    @rule(site=st.sampled_from(SITES), kind=st.sampled_from([GrantFloor, ReleaseFloor]))
    def floor_changes(self, site: SiteId, kind: type[ReleaseFloor]) -> None:
        self.give(kind(site=site))

    @rule(site=st.sampled_from(SITES), kind=st.sampled_from([ConfirmReady, PreviewSite, TakeSite]))
    def operator_acts(self, site: SiteId, kind: type[ConfirmReady]) -> None:
        self.give(kind(site=site))

    @rule(
        command=st.sampled_from(
            [
                CutBack(),
                UndoTake(),
                ChooseConduct(conduct=MANUAL),
                ChooseConduct(conduct=Conduct.AUTOMATIC),
                ChooseLayout(layout=Layout.HOLDER),
            ]
        )
    )
    def operator_chooses(self, command: Command) -> None:
        self.give(command)

    @rule()
    def pauses(self) -> None:
        self.give(stages.AdjournConference(reason="Giải lao"))
        assert self.play.now.air.taken is None
        self.give(stages.ResumeConference())

    @invariant()
    def nobody_but_the_main_site_and_the_holder_is_on_air(self) -> None:
        assert self.play.now.air.taken in (None, self.play.now.holder)
        assert self.play.now.air.taken != HANOI

    @invariant()
    def the_picture_is_held_exactly_while_the_line_is_down(self) -> None:
        air = self.play.now.air
        down = air.taken is not None and sites.line_of(self.play.now.lines, air.taken) is not Line.CONNECTED
        assert (air.held_since is not None) is down

    @invariant()
    def a_hall_whose_line_is_lost_is_not_in_preview(self) -> None:
        preview = self.play.now.air.preview
        assert preview is None or sites.line_of(self.play.now.lines, preview) is Line.CONNECTED

    @invariant()
    def the_air_is_taken_and_left_in_turn(self) -> None:
        taken: SiteId | None = None
        for event in self.play.events:
            if isinstance(event, SiteTaken):
                assert taken is None
                taken = event.site
            if isinstance(event, SiteCutBack):
                assert taken == event.site
                taken = None
            if isinstance(event, TakeUndone):
                taken = event.taken
            if isinstance(event, AirHeld | MainCutIn | AirRestored):
                assert taken == event.site

    @invariant()
    def the_main_site_is_cut_in_once_at_each_loss(self) -> None:
        held, cut_in = False, False
        for event in self.play.events:
            match event:
                case AirHeld():
                    assert not held
                    held = True
                case MainCutIn():
                    assert held
                    assert not cut_in
                    cut_in = True
                case AirRestored():
                    assert held
                    held = cut_in = False
                case SiteTaken() | SiteCutBack():
                    held = cut_in = False
                case TakeUndone(taken=None):
                    held = cut_in = False
                case _:
                    pass
        assert (self.play.now.air.held_since is not None, self.play.now.air.cut_in) == (held, cut_in)

    @invariant()
    def the_main_site_is_cut_in_when_a_line_is_lost_for_two_seconds(self) -> None:
        air = self.play.now.air
        lost_for = timedelta(0) if air.held_since is None else self.play.at - air.held_since
        assert air.cut_in is (lost_for >= 2 * SECOND)


TestAir = quick(AirMachine, examples=60, steps=30)
