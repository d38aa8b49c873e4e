"""The operator's alarms: each has a cause, and ends with it."""

from dataclasses import replace

import pytest

from diemcau.conduct.alarms import Surroundings, alarms_of
from diemcau.core import floor, rollcall, sites, stages
from diemcau.projections.sections import AlarmKind, AlarmLine
from tests.core.samples import DALAT, HANOI, HUE, MINUTE, NINE, SITES, VINH, Play, convened, opened

TELEPHONES = Surroundings(telephones={HUE: "0234 000 111"})


def alarms(play: Play, surroundings: Surroundings = TELEPHONES) -> tuple[AlarmLine, ...]:
    return alarms_of(play.now, surroundings).alarms


def test_all_is_well_when_every_line_is_up() -> None:
    assert alarms(opened()) == ()


def test_before_the_roll_call_nobody_is_missed() -> None:
    assert alarms(convened()) == ()


def test_a_site_that_never_came_is_missing_since_the_roll_was_called_until_it_comes() -> None:
    play = convened()
    play.give(*(sites.NoteLineUp(site=site) for site in SITES if site != HUE), rollcall.OpenRollCall())
    missing = AlarmLine(kind=AlarmKind.SITE_MISSING, site=HUE, telephone="0234 000 111", since=NINE)

    assert alarms(play) == (missing,)
    play.at += MINUTE
    play.give(stages.OpenConference())
    assert alarms(play) == (missing,)
    play.give(sites.NoteLineUp(site=HUE))

    assert alarms(play) == ()


def test_without_a_roll_call_a_site_is_missing_since_the_opening() -> None:
    play = opened(connected=[HANOI, HUE, VINH])

    assert alarms(play) == (AlarmLine(kind=AlarmKind.SITE_MISSING, site=DALAT, telephone="", since=NINE),)


def test_a_site_that_was_marked_absent_is_not_missed() -> None:
    play = opened(connected=[HANOI, HUE, VINH])
    play.give(rollcall.OpenRollCall(), rollcall.MarkSiteAbsent(site=DALAT, reason="bão"))

    assert alarms(play) == ()


def test_a_lost_line_names_the_technicians_telephone_until_it_is_back() -> None:
    play = opened()
    play.at += MINUTE

    play.give(sites.NoteLineLost(site=HUE))

    assert alarms(play) == (
        AlarmLine(kind=AlarmKind.LINE_LOST, site=HUE, telephone="0234 000 111", since=NINE + MINUTE),
    )
    play.give(sites.NoteLineUp(site=HUE))
    assert alarms(play) == ()


@pytest.mark.parametrize(
    ("surroundings", "kind"),
    [
        (Surroundings(unwritable_since=NINE), AlarmKind.DISK_FULL),
        (Surroundings(recording_stopped_since=NINE), AlarmKind.RECORDING_STOPPED),
    ],
)
def test_what_is_wrong_in_the_house_is_an_alarm_of_no_site(surroundings: Surroundings, kind: AlarmKind) -> None:
    assert alarms(opened(), surroundings) == (AlarmLine(kind=kind, site=None, telephone="", since=NINE),)


def test_a_refused_camera_is_an_alarm_of_its_site() -> None:
    refused = replace(TELEPHONES, cameras_refused={HUE: NINE})

    assert alarms(opened(), refused) == (
        AlarmLine(kind=AlarmKind.CAMERA_REFUSED, site=HUE, telephone="0234 000 111", since=NINE),
    )


def test_a_site_that_sends_too_much_is_an_alarm_of_its_site() -> None:
    flooding = replace(TELEPHONES, sending_too_much={HUE: NINE})

    assert alarms(opened(), flooding) == (
        AlarmLine(kind=AlarmKind.SENDS_TOO_MUCH, site=HUE, telephone="0234 000 111", since=NINE),
    )


def test_the_worst_stands_first_and_the_site_on_air_before_the_others() -> None:
    play = opened(connected=[HANOI, HUE, VINH])
    play.give(floor.GrantFloor(site=VINH), sites.NoteLineLost(site=HUE), sites.NoteLineLost(site=VINH))
    all_of_it = Surroundings(unwritable_since=NINE, recording_stopped_since=NINE, cameras_refused={HANOI: NINE})

    found = [(alarm.kind, alarm.site) for alarm in alarms(play, all_of_it)]

    assert found == [
        (AlarmKind.DISK_FULL, None),
        (AlarmKind.RECORDING_STOPPED, None),
        (AlarmKind.LINE_LOST, VINH),
        (AlarmKind.LINE_LOST, HUE),
        (AlarmKind.CAMERA_REFUSED, HANOI),
        (AlarmKind.SITE_MISSING, DALAT),
    ]


def test_after_the_closing_nothing_is_wrong_but_a_disk_without_room_for_the_record_or_the_recording() -> None:
    play = opened(connected=[HANOI, HUE])
    play.give(sites.NoteLineLost(site=HUE), stages.CloseConference())
    halls = Surroundings(cameras_refused={HANOI: NINE})

    assert alarms(play, halls) == ()
    full = alarms(play, replace(halls, unwritable_since=NINE, recording_stopped_since=NINE))
    play.give(stages.SealConference())

    assert [alarm.kind for alarm in full] == [AlarmKind.DISK_FULL, AlarmKind.RECORDING_STOPPED]
    assert alarms(play, halls) == ()
