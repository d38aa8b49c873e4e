"""Taking, choosing how it looks, and going one step back."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import sites, stages
from diemcau.core.conference import Command, Event
from diemcau.core.floor import GrantFloor, ReleaseFloor
from diemcau.core.ids import SiteId
from diemcau.core.onair import (
    Air,
    ChooseConduct,
    ChooseGallery,
    ChooseLayout,
    CutBack,
    GalleryChosen,
    Layout,
    LayoutChosen,
    PreviewSite,
    Shown,
    SiteCutBack,
    SiteTaken,
    TakeSite,
    TakeUndone,
    UndoTake,
    shown,
)
from diemcau.core.onair_takes import may_undo
from diemcau.core.regulations import Conduct
from diemcau.core.sites import Line, NoteLineLost, NoteLineUp
from tests.core.machines import Played, quick
from tests.core.samples import DALAT, HANOI, HUE, NINE, NOWHERE, SITES, VINH, Play, convened, facts, opened

MANUAL = Conduct.MANUAL
CHANGES = SiteTaken | SiteCutBack | LayoutChosen | GalleryChosen


def undone(taken: SiteId | None, layout: Layout, *gallery: SiteId) -> tuple[TakeUndone]:
    return (TakeUndone(taken=taken, layout=layout, gallery=gallery, at=NINE),)


def undoable(play: Play) -> bool:
    return may_undo(play.now.air, holder=play.now.holder, lines=play.now.lines)


def test_a_gallery_is_chosen_in_the_order_in_which_it_is_shown() -> None:
    play = opened()

    assert play.give(ChooseGallery(sites=(VINH, HUE))) == (GalleryChosen(sites=(VINH, HUE), at=NINE),)
    assert play.now.air.gallery == (VINH, HUE)
    assert play.give(ChooseGallery(sites=(VINH, HUE))) == ()
    assert play.give(ChooseGallery(sites=(HUE, VINH))) == (GalleryChosen(sites=(HUE, VINH), at=NINE),)


@pytest.mark.parametrize("chosen", [(), (HUE, VINH, HUE), SITES * 3], ids=["none", "one twice", "more than nine"])
def test_a_gallery_has_one_to_nine_sites_each_once(chosen: tuple[SiteId, ...]) -> None:
    assert opened().refused(ChooseGallery(sites=chosen)) == ("onair.gallery_impossible", {"most": "9"})


def test_nobody_who_was_not_invited_is_shown_in_the_gallery() -> None:
    assert opened().refused(ChooseGallery(sites=(HUE, NOWHERE))) == ("sites.unknown", {"site": NOWHERE})


def test_the_gallery_is_laid_out_only_once_it_has_sites() -> None:
    play = opened()
    assert play.refused(ChooseLayout(layout=Layout.GALLERY)) == ("onair.gallery_empty", {})

    play.give(ChooseGallery(sites=(HUE,)))

    assert play.give(ChooseLayout(layout=Layout.GALLERY)) == (LayoutChosen(layout=Layout.GALLERY, at=NINE),)


def test_a_hall_in_the_gallery_has_not_the_floor_and_is_not_taken() -> None:
    play = opened()

    play.give(ChooseGallery(sites=(VINH,)), ChooseLayout(layout=Layout.GALLERY))

    assert (play.now.holder, play.now.air.taken) == (None, None)
    assert play.refused(TakeSite(site=VINH)) == ("onair.not_holder", {"site": VINH})


def test_where_nothing_was_taken_or_chosen_nothing_is_undone() -> None:
    play = opened()

    assert play.refused(UndoTake()) == ("onair.nothing_to_undo", {})
    assert not undoable(play)


def test_a_take_by_hand_is_undone() -> None:
    play = opened(conduct=MANUAL)
    play.give(GrantFloor(site=HUE), TakeSite(site=HUE))
    assert undoable(play)

    assert play.give(UndoTake()) == undone(None, Layout.HOLDER_WITH_MAIN)
    assert (play.now.holder, play.now.air.taken) == (HUE, None)
    assert play.give(TakeSite(site=HUE)) == (SiteTaken(site=HUE, at=NINE),)


def test_a_take_that_followed_the_grant_by_itself_is_undone_and_the_floor_is_kept() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE))

    assert play.give(UndoTake()) == undone(None, Layout.HOLDER_WITH_MAIN)
    assert play.now.holder == HUE


def test_a_cut_back_is_undone_while_the_speaker_has_the_floor() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), PreviewSite(site=VINH), CutBack())

    assert play.give(UndoTake()) == undone(HUE, Layout.HOLDER_WITH_MAIN)
    assert (play.now.air.taken, play.now.air.preview) == (HUE, VINH)


def test_who_comes_back_to_the_air_leaves_the_preview() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), CutBack(), PreviewSite(site=HUE), UndoTake())

    assert (play.now.air.taken, play.now.air.preview) == (HUE, None)


def test_a_layout_and_a_gallery_are_undone() -> None:
    play = opened()
    play.give(ChooseGallery(sites=(HUE,)), ChooseLayout(layout=Layout.GALLERY))
    assert play.give(UndoTake()) == undone(None, Layout.HOLDER_WITH_MAIN, HUE)

    play.give(ChooseGallery(sites=(VINH, DALAT)))
    assert play.give(UndoTake()) == undone(None, Layout.HOLDER_WITH_MAIN, HUE)
    assert play.now.air == Air(gallery=(HUE,))


def test_only_one_step_is_undone() -> None:
    play = opened()
    play.give(ChooseLayout(layout=Layout.MAIN), ChooseLayout(layout=Layout.HOLDER), UndoTake())

    assert play.now.air.layout is Layout.MAIN
    assert play.refused(UndoTake()) == ("onair.nothing_to_undo", {})


def test_nothing_brings_a_site_back_that_holds_the_floor_no_longer() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), ReleaseFloor(site=HUE))

    assert play.refused(UndoTake()) == ("onair.not_holder", {"site": HUE})
    assert not undoable(play)


def test_nothing_brings_a_site_back_whose_line_is_down() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), CutBack(), NoteLineLost(site=HUE))

    assert play.refused(UndoTake()) == ("onair.line_down", {"site": HUE})


def test_a_picture_that_is_held_stays_held_when_a_layout_is_undone() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), ChooseLayout(layout=Layout.HOLDER), NoteLineLost(site=HUE), UndoTake())

    assert (play.now.air.taken, play.now.air.held_since, play.now.air.layout) == (HUE, NINE, Layout.HOLDER_WITH_MAIN)


def test_nobody_is_held_once_the_take_of_a_lost_line_is_undone() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), NoteLineLost(site=HUE), UndoTake())

    assert (play.now.air.taken, play.now.air.held_since) == (None, None)
    assert play.give(NoteLineUp(site=HUE)) == (sites.LineRestored(site=HUE, at=NINE),)


def test_after_the_closing_nothing_is_undone() -> None:
    play = opened()
    play.give(ChooseLayout(layout=Layout.MAIN), stages.CloseConference())

    assert play.refused(UndoTake())[0] == "stages.wrong_stage"
    assert not undoable(play)


def test_before_the_opening_a_choice_is_undone_too() -> None:
    play = convened()
    play.give(ChooseLayout(layout=Layout.MAIN))

    assert play.give(UndoTake()) == undone(None, Layout.HOLDER_WITH_MAIN)


class TakesMachine(Played):
    @initialize(conduct=st.sampled_from(Conduct))
    def opens(self, conduct: Conduct) -> None:
        self.play = Play(facts(conduct=conduct))
        self.play.give(*(NoteLineUp(site=site) for site in SITES), stages.OpenConference())

    @rule(site=st.sampled_from(SITES), kind=st.sampled_from([NoteLineUp, NoteLineLost, GrantFloor, ReleaseFloor]))
    def lines_and_floor_change(self, site: SiteId, kind: type[NoteLineUp]) -> None:
        self.give(kind(site=site))

    @rule(
        command=st.one_of(
            st.sampled_from([CutBack(), ChooseConduct(conduct=MANUAL), ChooseConduct(conduct=Conduct.AUTOMATIC)]),
            st.builds(TakeSite, site=st.sampled_from(SITES)),
            st.builds(ChooseLayout, layout=st.sampled_from(Layout)),
            st.builds(ChooseGallery, sites=st.lists(st.sampled_from(SITES), max_size=3).map(tuple)),
        )
    )
    def the_operator_acts(self, command: Command) -> None:
        before = shown(self.play.now.air)
        happened = self.give(command)
        if happened and isinstance(happened[0], CHANGES) and may_go_back(self.play, before):
            again = self.play.now, len(self.play.events)
            self.play.give(UndoTake())
            assert shown(self.play.now.air) == before
            self.play.now, kept = again
            del self.play.events[kept:]

    @rule()
    def the_operator_undoes(self) -> None:
        possible = undoable(self.play)
        air, holder, lines = self.play.now.air, self.play.now.holder, self.play.now.lines
        happened = self.give(UndoTake())
        assert (happened is not None) is possible
        if happened is None:
            return
        taken = self.play.now.air.taken
        assert shown(self.play.now.air) == air.before
        assert not undoable(self.play)
        if taken != air.taken and taken is not None:
            assert (taken, sites.line_of(lines, taken)) == (holder, Line.CONNECTED)

    @invariant()
    def no_site_without_the_floor_and_never_the_main_one_is_taken(self) -> None:
        assert self.play.now.air.taken in (None, self.play.now.holder)
        assert self.play.now.air.taken != HANOI

    @invariant()
    def a_gallery_that_is_laid_out_has_sites(self) -> None:
        air = self.play.now.air
        assert air.gallery or air.layout is not Layout.GALLERY

    @invariant()
    def the_picture_is_held_exactly_while_the_line_is_down(self) -> None:
        air = self.play.now.air
        down = air.taken is not None and sites.line_of(self.play.now.lines, air.taken) is not Line.CONNECTED
        assert (air.held_since is not None) is down

    @invariant()
    def what_could_be_undone_is_what_the_events_tell(self) -> None:
        now, before = Shown(taken=None, layout=Layout.HOLDER_WITH_MAIN, gallery=()), None
        for event in self.play.events:
            told = after(now, event)
            if told is not None:
                before, now = (None if isinstance(event, TakeUndone) else now), told
        assert (shown(self.play.now.air), self.play.now.air.before) == (now, before)


def may_go_back(play: Play, before: Shown) -> bool:
    """Say whether what was on air before may be on air now."""
    site = before.taken
    if site in (None, play.now.air.taken):
        return True
    return site == play.now.holder and sites.line_of(play.now.lines, site) is Line.CONNECTED


def after(now: Shown, event: Event) -> Shown | None:
    """Return what is shown after an event that changes it."""
    match event:
        case SiteTaken(site=site):
            return Shown(taken=site, layout=now.layout, gallery=now.gallery)
        case SiteCutBack():
            return Shown(taken=None, layout=now.layout, gallery=now.gallery)
        case LayoutChosen(layout=layout):
            return Shown(taken=now.taken, layout=layout, gallery=now.gallery)
        case GalleryChosen(sites=gallery):
            return Shown(taken=now.taken, layout=now.layout, gallery=gallery)
        case TakeUndone(taken=taken, layout=layout, gallery=gallery):
            return Shown(taken=taken, layout=layout, gallery=gallery)
        case _:
            return None


TestTakes = quick(TakesMachine, examples=80, steps=30)
