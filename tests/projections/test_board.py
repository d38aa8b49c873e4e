"""The board: what screens show of a conference, section by section."""

from diemcau.core import (
    agenda,
    floor,
    rollcall,
    stages,
)
from diemcau.core.deputy import Presiding
from diemcau.core.onair import AirState
from diemcau.core.sites import Line
from diemcau.core.stages import Stage
from diemcau.projections.sections import (
    AgendaLine,
    AgendaSection,
    ConferenceSection,
    RollSection,
    SectionName,
    SiteTile,
)
from tests.core.samples import (
    DALAT,
    DISCUSSION,
    HANOI,
    HUE,
    MINUTE,
    NINE,
    REPORTS,
    SITES,
    UNITS,
    VINH,
    convened,
    opened,
    people_of,
)
from tests.projections.boards import HUE_HEAD, public, tiles


def test_the_conference_is_named_with_its_stage_and_who_presides() -> None:
    play = opened()
    play.give(stages.AdjournConference(reason="giải lao"))

    assert public(play, SectionName.CONFERENCE) == ConferenceSection(
        conference="review-2026",
        title="Hội nghị tổng kết công tác năm 2026",
        short_title="Tổng kết 2026",
        organiser="Cơ quan tổ chức",
        language="vi",
        time_zone="Asia/Ho_Chi_Minh",
        stage=Stage.ADJOURNED,
        rehearsal=False,
        opened_at=NINE,
        adjourned_at=NINE,
        closed_at=None,
        presiding=Presiding.CHAIR,
    )


def test_sites_stand_in_order_of_protocol_with_the_main_one_first() -> None:
    assert list(tiles(convened())) == list(SITES)


def test_a_tile_tells_line_roll_air_and_place_in_the_queue() -> None:
    play = opened(connected=[HANOI, HUE])
    play.give(
        rollcall.OpenRollCall(),
        rollcall.ReportAttendance(
            site=HUE, present=(HUE_HEAD,), guests=(rollcall.Headcount(category="khách", count=3),)
        ),
        rollcall.MarkSiteAbsent(site=DALAT, reason="bão"),
        floor.RequestFloor(site=VINH, topic="Một"),
        floor.RequestFloor(site=HUE, topic="Hai"),
    )

    found = tiles(play)

    assert found[HUE] == SiteTile(
        site=HUE, unit=UNITS[1], name="Điểm cầu hue", short_name="hue", protocol=1, main=False, row=None, column=None,
        line=Line.CONNECTED, since=NINE, air=AirState.OFF, reported=True, absent=False, present=4, invited=2, queue=2,
    )  # fmt: skip
    absent = found[DALAT]
    assert (absent.reported, absent.absent, absent.present, absent.line) == (False, True, 0, Line.EXPECTED)
    assert (found[VINH].queue, found[HANOI].queue) == (1, None)


def test_the_main_site_is_on_air_while_the_conference_is_open_and_only_then() -> None:
    play = opened()

    assert tiles(play)[HANOI].air is AirState.ON_AIR
    play.give(stages.AdjournConference(reason="giải lao"))
    assert tiles(play)[HANOI].air is AirState.OFF


def test_the_roll_is_shown_in_figures() -> None:
    play = opened(quorum_sites=50)
    play.give(
        rollcall.OpenRollCall(),
        *(rollcall.ReportAttendance(site=site, present=people_of(site)) for site in (HANOI, HUE)),
        rollcall.MarkSiteAbsent(site=DALAT, reason="bão"),
        rollcall.CloseRollCall(),
    )

    assert public(play, SectionName.ROLL) == RollSection(
        open=False, closed_at=NINE, sites=4, sites_present=2, sites_absent=1, delegates_invited=8,
        delegates_present=4, people_present=4, quorum=True,
    )  # fmt: skip


def test_the_agenda_shows_what_is_being_dealt_with_and_what_is_over() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS))
    play.at += MINUTE
    play.give(agenda.StartItem(item=DISCUSSION))

    kind = play.now.facts.agenda[0].kind
    over = AgendaLine(
        item=REPORTS, title=REPORTS, minutes=30, kind=kind, started_at=NINE, finished_at=NINE + MINUTE, current=False
    )
    running = AgendaLine(
        item=DISCUSSION,
        title=DISCUSSION,
        minutes=30,
        kind=kind,
        started_at=NINE + MINUTE,
        finished_at=None,
        current=True,
    )
    assert public(play, SectionName.AGENDA) == AgendaSection(items=(over, running))
