"""What becomes of the air when the line of the site that speaks is lost."""

from datetime import timedelta

import pytest

from diemcau.core import conference, floor, sites
from diemcau.core.floor import GrantFloor
from diemcau.core.ids import RequestId, SiteId
from diemcau.core.onair import (
    Air,
    AirHeld,
    AirRestored,
    AirState,
    ChooseConduct,
    CutBack,
    MainCutIn,
    SiteCutBack,
    SiteTaken,
    state_of,
)
from diemcau.core.regulations import AtEnd, Conduct
from diemcau.core.sites import NoteLineLost, NoteLineUp
from tests.core.samples import HANOI, HUE, MINUTE, NINE, SECOND, opened
from tests.core.test_onair import air_of, on_air


def test_a_lost_line_holds_the_picture_until_it_comes_back() -> None:
    play = on_air()

    assert play.give(NoteLineLost(site=HUE))[-1] == AirHeld(site=HUE, at=NINE)
    assert state_of(play.now.air, HUE) is AirState.HELD
    assert play.wind(59 * SECOND) == (MainCutIn(site=HUE, at=NINE + 2 * SECOND),)
    assert state_of(play.now.air, HUE) is AirState.HELD
    assert play.give(NoteLineUp(site=HUE))[-1] == AirRestored(site=HUE, at=NINE + 59 * SECOND)
    assert state_of(play.now.air, HUE) is AirState.ON_AIR
    play.wind(2 * MINUTE)
    assert play.now.holder == HUE


def test_a_line_that_stays_lost_gives_the_floor_back() -> None:
    play = on_air()
    play.give(NoteLineLost(site=HUE))

    happened = play.wind(MINUTE)

    assert happened == (
        MainCutIn(site=HUE, at=NINE + 2 * SECOND),
        floor.FloorRevoked(request=RequestId("r1"), site=HUE, reason="line", at=NINE + MINUTE),
        SiteCutBack(site=HUE, at=NINE + MINUTE),
    )
    assert (play.now.holder, air_of(play)) == (None, Air())
    assert play.give(NoteLineUp(site=HUE)) == (sites.LineRestored(site=HUE, at=NINE + MINUTE),)


def test_two_seconds_after_a_line_is_lost_the_main_site_is_cut_in_and_the_floor_is_kept() -> None:
    play = on_air()
    play.give(NoteLineLost(site=HUE))
    assert play.wind(timedelta(milliseconds=1999)) == ()

    assert play.wind(timedelta(milliseconds=1)) == (MainCutIn(site=HUE, at=NINE + 2 * SECOND),)

    assert (play.now.holder, play.now.air.taken, play.now.air.cut_in) == (HUE, HUE, True)
    assert play.wind(57 * SECOND) == ()
    assert play.give(NoteLineUp(site=HUE))[-1] == AirRestored(site=HUE, at=NINE + 59 * SECOND)
    assert air_of(play) == Air(taken=HUE)


def test_a_line_that_comes_back_within_two_seconds_cuts_nobody_in() -> None:
    play = on_air()
    play.give(NoteLineLost(site=HUE))
    play.wind(SECOND)
    play.give(NoteLineUp(site=HUE))

    assert play.wind(10 * SECOND) == ()


def test_at_each_loss_of_the_line_the_main_site_is_cut_in_once() -> None:
    play = on_air()
    for _ in range(2):
        play.give(NoteLineLost(site=HUE))
        assert [type(event) for event in play.wind(30 * SECOND)] == [MainCutIn]
        assert play.give(conference.ReachDeadline()) == ()
        play.give(NoteLineUp(site=HUE))


def test_a_hall_called_without_a_line_is_stood_in_for_by_the_main_site() -> None:
    play = opened(connected=(HANOI,))
    play.give(GrantFloor(site=HUE))

    assert play.wind(3 * SECOND) == (MainCutIn(site=HUE, at=NINE + 2 * SECOND),)


def test_where_the_floor_is_taken_back_first_nobody_is_cut_in() -> None:
    play = opened(line_grace=SECOND)
    play.give(GrantFloor(site=HUE), NoteLineLost(site=HUE))

    assert [type(event).__name__ for event in play.wind(MINUTE)] == ["FloorRevoked", "SiteCutBack"]


def test_where_the_operator_cut_back_already_nobody_is_cut_in() -> None:
    play = on_air()
    play.give(NoteLineLost(site=HUE), CutBack())

    assert play.wind(10 * SECOND) == ()


def test_after_how_long_the_main_site_is_cut_in_stands_in_the_regulations() -> None:
    play = opened(cut_in_after=5 * SECOND)
    play.give(GrantFloor(site=HUE), NoteLineLost(site=HUE))

    assert play.wind(10 * SECOND) == (MainCutIn(site=HUE, at=NINE + 5 * SECOND),)


def test_a_turn_that_ends_while_the_line_is_lost_is_ended_once() -> None:
    play = opened(at_end=AtEnd.CUT)
    play.give(GrantFloor(site=HUE, allotted=MINUTE), NoteLineLost(site=HUE))

    happened = play.wind(MINUTE)

    assert [type(event).__name__ for event in happened] == [
        "MainCutIn",
        "SpeakingTimeReached",
        "FloorRevoked",
        "SiteCutBack",
    ]


@pytest.mark.parametrize("connected", [(), (HUE,)], ids=["never connected", "lost before"])
def test_a_hall_that_is_called_while_its_line_is_down_is_seen_when_it_comes_up(connected: tuple[SiteId, ...]) -> None:
    play = opened(connected=connected)
    play.give(NoteLineLost(site=HUE))

    assert play.give(GrantFloor(site=HUE))[-2:] == (SiteTaken(site=HUE, at=NINE), AirHeld(site=HUE, at=NINE))

    assert play.give(NoteLineUp(site=HUE))[-1] == AirRestored(site=HUE, at=NINE)
    assert state_of(play.now.air, HUE) is AirState.ON_AIR


def test_a_speaker_whom_the_operator_has_not_taken_keeps_the_floor_without_a_line_no_longer() -> None:
    play = opened()
    play.give(ChooseConduct(conduct=Conduct.MANUAL), GrantFloor(site=HUE), NoteLineLost(site=HUE))

    assert play.wind(MINUTE) == (
        floor.FloorRevoked(request=RequestId("r1"), site=HUE, reason="line", at=NINE + MINUTE),
    )


def test_cutting_back_to_the_main_site_prolongs_no_lost_line() -> None:
    play = on_air()
    play.give(NoteLineLost(site=HUE), CutBack())

    play.wind(MINUTE)

    assert play.now.holder is None


def test_the_main_site_speaks_without_a_line() -> None:
    play = opened(connected=(HUE,))
    play.give(GrantFloor(site=HANOI))

    play.wind(2 * MINUTE)

    assert play.now.holder == HANOI
