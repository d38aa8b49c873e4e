"""What the tables of the projections tell: attendance, speaking time and tasks of one conference."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from diemcau.core import conclusions, floor, onair, rollcall, stages
from diemcau.core.conference import Command
from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.ids import RequestId
from diemcau.core.regulations import Conduct
from diemcau.journal import streams
from diemcau.projections import attendance, speaking_time, task_tree
from diemcau.projections.projector import Projector, contents
from diemcau.projections.tables import Moment
from tests.core.samples import CHAIR_PERSON, DALAT, HANOI, HUE, MINUTE, NINE, UNITS, VINH, people_of
from tests.projections.chance import CONCLUDED, HERE, THERE, Chance

FORMAL = streams.formal(HERE)


def after(engine: Engine, *commands: Command, seconds: int = 0) -> Chance:
    """Give commands in one of two open conferences, and bring the tables level."""
    chance = Chance().begin()
    chance.give(FORMAL, commands, seconds)
    Projector(chance.journal, engine).catch_up()
    return chance


def counted(engine: Engine) -> dict[object, tuple[object, ...]]:
    """Return present, guests, reported, absent and corrected of each site."""
    names = ("present", "guests", "reported", "absent", "corrected")
    with engine.connect() as connection:
        return {row["site"]: tuple(row[name] for name in names) for row in attendance.rows(connection, HERE)}


def outcomes(engine: Engine) -> list[object]:
    """Return how the requests of the conference ended, in the order in which they were made."""
    return [row[-1] for row in contents(engine)["speaking_time"] if row[0] == HERE]


def test_a_report_counts_delegates_and_guests(engine: Engine) -> None:
    guests = (rollcall.Headcount(category="khách", count=3), rollcall.Headcount(category="báo chí", count=2))

    after(
        engine, rollcall.OpenRollCall(), rollcall.ReportAttendance(site=HUE, present=people_of(HUE), guests=guests)
    )  # fmt: skip

    assert counted(engine) == {
        HANOI: (0, 0, False, False, False),
        HUE: (2, 5, True, False, False),
        VINH: (0, 0, False, False, False),
        DALAT: (0, 0, False, False, False),
    }


def test_who_was_absent_and_reports_after_all_is_present_and_a_correction_is_marked(engine: Engine) -> None:
    corrected = rollcall.CorrectAttendance(
        site=VINH, present=people_of(VINH)[:1], reason="đếm sót", author=CHAIR_PERSON
    )

    after(
        engine,
        rollcall.OpenRollCall(),
        rollcall.MarkSiteAbsent(site=HUE, reason="bão"),
        rollcall.ReportAttendance(site=HUE, present=people_of(HUE)),
        rollcall.MarkSiteAbsent(site=DALAT, reason="bão"),
        corrected,
    )

    found = counted(engine)
    assert found[HUE] == (2, 0, True, False, False)
    assert found[DALAT] == (0, 0, False, True, False)
    assert found[VINH] == (1, 0, True, False, True)


def test_attendance_stands_in_order_of_protocol(engine: Engine) -> None:
    after(engine)

    with engine.connect() as connection:
        assert [row["site"] for row in attendance.rows(connection, HERE)] == [HANOI, HUE, VINH, DALAT]
        assert attendance.rows(connection, THERE)[0]["conference"] == THERE


def test_each_request_ends_in_its_own_way(engine: Engine) -> None:
    after(
        engine,
        *(floor.RequestFloor(site=site, topic="Kinh nghiệm") for site in (HANOI, HUE, VINH, DALAT)),
        floor.RemoveRequest(request=RequestId("r1"), reason="trùng"),
        floor.CancelRequest(site=HUE, request=RequestId("r2")),
        floor.GrantFloor(site=VINH),
        floor.RevokeFloor(reason="hết giờ"),
        floor.GrantFloor(site=HANOI),
        floor.ReleaseFloor(site=HANOI),
        floor.GrantFloor(site=HUE),
    )

    assert outcomes(engine) == ["denied", "cancelled", "revoked", "waiting", "released", "granted"]


def test_who_was_never_called_has_written(engine: Engine) -> None:
    after(engine, floor.RequestFloor(site=HUE, topic="Kinh nghiệm"), stages.CloseConference())

    assert outcomes(engine) == ["written"]


def test_a_request_that_is_denied_before_it_waits_is_denied(engine: Engine) -> None:
    chance = Chance()
    chance.begin(needs_acceptance=True)
    chance.give(
        FORMAL,
        (
            floor.RequestFloor(site=HUE, topic="Kinh nghiệm"),
            floor.DenyRequest(request=RequestId("r1"), reason="lạc đề"),
        ),
        0,
    )

    Projector(chance.journal, engine).catch_up()

    assert outcomes(engine) == ["denied"]


def test_a_speech_tells_when_it_was_granted_when_it_went_on_air_and_when_it_ended(engine: Engine) -> None:
    chance = Chance()
    chance.begin(conduct=Conduct.MANUAL)
    chance.give(FORMAL, (floor.GrantFloor(site=HUE),), 0)
    chance.give(FORMAL, (onair.TakeSite(site=HUE),), 2)
    chance.give(FORMAL, (onair.CutBack(), onair.TakeSite(site=HUE)), 3)
    chance.give(FORMAL, (floor.ReleaseFloor(site=HUE), floor.GrantFloor(site=HUE)), 5)
    Projector(chance.journal, engine).catch_up()

    with engine.connect() as connection:
        first, second = speaking_time.speeches(connection, HERE)

    times = ("granted_at", "on_air_at", "ended_at")
    assert [first[name] for name in times] == [NINE, NINE + timedelta(seconds=2), NINE + timedelta(seconds=10)]
    assert [second[name] for name in times] == [NINE + timedelta(seconds=10), None, None]
    assert (first["turn"], second["turn"]) == (1, 2)


def test_a_corrected_speech_tells_the_corrected_times(engine: Engine) -> None:
    corrected = floor.CorrectSpeech(
        request=RequestId("r1"), granted_at=NINE - MINUTE, ended_at=NINE, reason="ghi nhầm", author=CHAIR_PERSON
    )

    after(engine, floor.GrantFloor(site=HUE), floor.ReleaseFloor(site=HUE), corrected)

    with engine.connect() as connection:
        (speech,) = speaking_time.speeches(connection, HERE)
    assert (speech["granted_at"], speech["ended_at"]) == (NINE - MINUTE, NINE)


def test_each_unit_has_its_task_with_the_words_of_the_conclusion(engine: Engine) -> None:
    due = NINE.date()
    after(
        engine,
        conclusions.DraftItem(kind=ItemKind.LESSON, horizon=None, text="Bài học"),
        conclusions.DraftItem(kind=ItemKind.TASK, horizon=Horizon.YEAR, text="Rà soát", units=UNITS[1:], due=due),
        conclusions.ReadOutConclusion(),
        conclusions.AdoptConclusion(),
    )

    with engine.connect() as connection:
        (row,) = task_tree.page(connection, HERE, after=0, limit=10, unit=UNITS[1])
        names = [one["unit_name"] for one in task_tree.page(connection, HERE, after=0, limit=10)]

    told = {name: row[name] for name in ("item", "number", "kind", "horizon", "text", "unit", "due", "place")}
    assert told == {
        "item": "i2", "number": 2, "kind": "task", "horizon": "year", "text": "Rà soát", "unit": UNITS[1], "due": due,
        "place": 1,
    }  # fmt: skip
    assert names == [f"Đơn vị {unit}" for unit in UNITS[1:]]


def test_tasks_are_paged_and_counted_by_conference_and_unit(engine: Engine) -> None:
    chance = Chance().begin()
    for conference in (HERE, THERE):
        chance.give(streams.formal(conference), CONCLUDED, 0)
    Projector(chance.journal, engine).catch_up()

    with engine.connect() as connection:
        first = task_tree.page(connection, HERE, after=0, limit=2)
        rest = task_tree.page(connection, HERE, after=2, limit=2)
        counts = [task_tree.count(connection, HERE), task_tree.count(connection, HERE, UNITS[1])]
        nothing = task_tree.page(connection, HERE, after=3, limit=2)

    assert [row["unit"] for row in (*first, *rest)] == list(UNITS[1:])
    assert {row["horizon"] for row in first} == {None}
    assert counts == [3, 1]
    assert nothing == []


@pytest.mark.parametrize("hours", [0, 7, -5])
def test_a_time_is_the_same_moment_in_whatever_zone_it_was_written(hours: int, engine: Engine) -> None:
    moment, dialect = Moment(), engine.dialect
    at = datetime(2026, 11, 23, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=hours)))

    kept = moment.process_bind_param(at, dialect)

    assert kept == at
    assert kept.tzinfo is UTC
    assert moment.process_result_value(kept.replace(tzinfo=None), dialect) == at
    assert moment.process_result_value(at, dialect) == at
    assert moment.process_bind_param(None, dialect) is None
    assert moment.process_result_value(None, dialect) is None
