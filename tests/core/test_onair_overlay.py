"""What is laid over the program: a standing picture, a slate, a lower third."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.conference import Command
from diemcau.core.floor import GrantFloor, ReleaseFloor
from diemcau.core.ids import SiteId
from diemcau.core.onair import (
    CutBack,
    FreezeProgram,
    LowerThirdPinned,
    LowerThirdTakenDown,
    PinLowerThird,
    ProgramFrozen,
    ProgramUnfrozen,
    ShowSlate,
    SiteCutBack,
    SlateShown,
    SlateTakenDown,
    TakeDownLowerThird,
    TakeDownSlate,
    UndoTake,
    UnfreezeProgram,
)
from diemcau.core.stages import AdjournConference, CloseConference, ResumeConference, Stage
from tests.core.machines import Played, quick
from tests.core.samples import HANOI, HUE, NINE, NOWHERE, SITES, VINH, Play, convened, facts, opened

LAYING: tuple[Command, ...] = (
    FreezeProgram(),
    UnfreezeProgram(),
    ShowSlate(text=""),
    TakeDownSlate(),
    PinLowerThird(site=HANOI),
    TakeDownLowerThird(),
)


def laid(play: Play) -> tuple[bool, str | None, SiteId | None]:
    """Return whether the picture stands still, the slate, and whose lower third is pinned."""
    air = play.now.air
    return air.frozen, air.slate, air.lower_third


def covered() -> Play:
    """Return a conference in which Huế speaks, with all that can be laid over the program."""
    play = opened()
    play.give(GrantFloor(site=HUE), FreezeProgram(), ShowSlate(text="Xin chờ"), PinLowerThird(site=HUE))
    return play


def test_the_picture_stands_still_until_it_is_let_go() -> None:
    play = opened()

    assert play.give(FreezeProgram()) == (ProgramFrozen(at=NINE),)
    assert laid(play) == (True, None, None)
    assert play.give(FreezeProgram()) == ()
    assert play.give(UnfreezeProgram()) == (ProgramUnfrozen(at=NINE),)
    assert laid(play) == (False, None, None)
    assert play.give(UnfreezeProgram()) == ()


def test_a_slate_shows_a_sentence_or_the_standard_one() -> None:
    play = opened()

    assert play.give(ShowSlate()) == (SlateShown(text="", at=NINE),)
    assert laid(play) == (False, "", None)
    assert play.give(ShowSlate(text="  ")) == ()
    assert play.give(ShowSlate(text=" Nghỉ kỹ thuật ")) == (SlateShown(text="Nghỉ kỹ thuật", at=NINE),)
    assert laid(play) == (False, "Nghỉ kỹ thuật", None)
    assert play.give(TakeDownSlate()) == (SlateTakenDown(at=NINE),)
    assert laid(play) == (False, None, None)
    assert play.give(TakeDownSlate()) == ()


def test_the_sentence_on_a_slate_has_at_most_200_characters() -> None:
    assert opened().give(ShowSlate(text="k" * 200))
    assert opened().refused(ShowSlate(text="k" * 201)) == ("onair.slate_too_long", {"found": "201", "most": "200"})


def test_the_lower_third_of_a_site_that_is_shown_stays_up() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE))

    assert play.give(PinLowerThird(site=HUE)) == (LowerThirdPinned(site=HUE, at=NINE),)
    assert play.give(PinLowerThird(site=HUE)) == ()
    assert play.give(PinLowerThird(site=HANOI)) == (LowerThirdPinned(site=HANOI, at=NINE),)
    assert laid(play) == (False, None, HANOI)
    assert play.give(TakeDownLowerThird()) == (LowerThirdTakenDown(site=HANOI, at=NINE),)
    assert laid(play) == (False, None, None)
    assert play.give(TakeDownLowerThird()) == ()


def test_no_lower_third_stands_under_the_picture_of_another_site() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE))

    for site in (VINH, NOWHERE):
        assert play.refused(PinLowerThird(site=site)) == ("onair.not_shown", {"site": site})


@pytest.mark.parametrize("end", [ReleaseFloor(site=HUE), CutBack(), UndoTake()], ids=lambda end: type(end).__name__)
def test_who_leaves_the_air_leaves_it_with_the_lower_third(end: Command) -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), PinLowerThird(site=HUE))

    assert play.give(end)[-1] == LowerThirdTakenDown(site=HUE, at=NINE)
    assert laid(play) == (False, None, None)


def test_the_lower_third_of_the_main_site_stays_when_another_leaves() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), PinLowerThird(site=HANOI))

    assert play.give(CutBack()) == (SiteCutBack(site=HUE, at=NINE),)
    assert play.now.air.lower_third == HANOI


@pytest.mark.parametrize("end", [AdjournConference(reason="Nghỉ"), CloseConference()], ids=["adjourned", "closed"])
def test_nothing_lies_over_the_program_once_the_conference_pauses_or_ends(end: stages.Command) -> None:
    play = covered()

    happened = play.give(end)

    assert happened[1:4] == (
        ProgramUnfrozen(at=NINE),
        SlateTakenDown(at=NINE),
        LowerThirdTakenDown(site=HUE, at=NINE),
    )
    assert laid(play) == (False, None, None)


def test_after_a_break_the_program_is_live() -> None:
    play = covered()

    play.give(AdjournConference(reason="Nghỉ"), ResumeConference())

    assert laid(play) == (False, None, None)


@pytest.mark.parametrize("command", LAYING, ids=lambda command: type(command).__name__)
def test_over_a_program_that_does_not_run_nothing_is_laid(command: Command) -> None:
    assert convened().refused(command)[0] == "stages.wrong_stage"


def test_what_lies_over_the_program_is_no_take_and_is_not_undone() -> None:
    play = covered()

    play.give(UndoTake())

    assert (play.now.air.frozen, play.now.air.slate, play.now.air.taken) == (True, "Xin chờ", None)


class OverlayMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play = Play(facts())
        self.play.give(stages.OpenConference())

    @rule(command=st.sampled_from(LAYING), text=st.sampled_from(["", "Xin chờ", "k" * 201]))
    def something_is_laid(self, command: Command, text: str) -> None:
        self.give(ShowSlate(text=text) if isinstance(command, ShowSlate) else command)

    @rule(site=st.sampled_from(SITES), kind=st.sampled_from([GrantFloor, ReleaseFloor, PinLowerThird]))
    def somebody_speaks(self, site: str, kind: type[PinLowerThird]) -> None:
        self.give(kind(site=site))  # type: ignore[arg-type] # one of the sites

    @rule(command=st.sampled_from([CutBack(), UndoTake(), AdjournConference(reason="Nghỉ"), ResumeConference()]))
    def it_goes_on(self, command: Command) -> None:
        self.give(command)

    @invariant()
    def the_lower_third_is_of_a_site_that_is_shown(self) -> None:
        assert self.play.now.air.lower_third in (None, HANOI, self.play.now.air.taken)

    @invariant()
    def nothing_lies_over_a_program_that_does_not_run(self) -> None:
        if self.play.now.stages.stage is not Stage.OPEN:
            assert laid(self.play) == (False, None, None)

    @invariant()
    def each_is_laid_and_taken_away_in_turn(self) -> None:
        frozen, slate = False, False
        for event in self.play.events:
            if isinstance(event, ProgramFrozen | ProgramUnfrozen):
                assert frozen is isinstance(event, ProgramUnfrozen)
                frozen = not frozen
            if isinstance(event, SlateTakenDown):
                assert slate
            slate = (slate or isinstance(event, SlateShown)) and not isinstance(event, SlateTakenDown)


TestOverlay = quick(OverlayMachine, examples=40)
