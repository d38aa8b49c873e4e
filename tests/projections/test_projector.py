"""The projector: whoever follows the journal reads what whoever begins anew reads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from diemcau.core import floor
from diemcau.core.floor import FloorRequest, RequestState
from diemcau.core.ids import StreamId
from diemcau.core.rollcall import report_of
from diemcau.core.tasks import TaskAssigned
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Record
from diemcau.projections import attendance, speaking_time, task_tree
from diemcau.projections.projector import PROJECTIONS, Projector, contents
from tests.core.samples import Play
from tests.projections.chance import CALLED, CONCLUDED, HERE, SCENES, SPOKEN, STEPS, STREAMS, THERE, Chance
from tests.projections.conftest import Pair

FEW = settings(max_examples=10)


class Killed(Exception):  # noqa: N818 (what happens to a server, not a fault of it)
    """The server was killed."""


class DyingReader(MemoryJournal):
    """A journal whose reader is killed when it reads for the n-th time. Otherwise that of the contract."""

    reads_left: int = 0

    def follow(self, *, after: int = 0, limit: int = 1000) -> list[Record]:
        if self.reads_left == 0:
            raise Killed
        self.reads_left -= 1
        return super().follow(after=after, limit=limit)


def played(steps: list[tuple[StreamId, tuple[object, ...], int]]) -> Chance:
    chance = Chance().begin()
    for stream, commands, seconds in steps:
        chance.give(stream, commands, seconds)  # type: ignore[arg-type] # commands of `STEPS`
    return chance


def anew(chance: Chance, engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    Projector(chance.journal, engine).rebuild()
    return contents(engine)


@FEW
@given(steps=STEPS, splits=st.lists(st.booleans(), min_size=12, max_size=12), batch=st.integers(4, 60))
def test_following_leads_to_what_rebuilding_leads_to_from_any_split_point(
    pair: Pair, steps: list[tuple[StreamId, tuple[object, ...], int]], splits: list[bool], batch: int
) -> None:
    pair.emptied()
    chance = Chance().begin()

    for (stream, commands, seconds), stop in zip(steps, splits, strict=False):
        chance.give(stream, commands, seconds)  # type: ignore[arg-type] # commands of `STEPS`
        if stop:
            Projector(chance.journal, pair.follows, batch=batch).catch_up()
    Projector(chance.journal, pair.follows, batch=batch).catch_up()

    assert contents(pair.follows) == anew(chance, pair.anew)


@FEW
@given(steps=STEPS, batch=st.integers(6, 60), kills=st.lists(st.integers(0, 12), max_size=4))
def test_a_server_killed_between_two_batches_goes_on_where_it_was(
    pair: Pair, steps: list[tuple[StreamId, tuple[object, ...], int]], batch: int, kills: list[int]
) -> None:
    pair.emptied()
    chance = Chance(DyingReader(CODEC)).begin()
    for stream, commands, seconds in steps:
        chance.give(stream, commands, seconds)  # type: ignore[arg-type] # commands of `STEPS`
    journal = chance.journal
    assert isinstance(journal, DyingReader)

    for reads in kills:
        journal.reads_left = reads
        try:
            Projector(journal, pair.follows, batch=batch).catch_up()
        except Killed:
            continue
    journal.reads_left = 10_000
    Projector(journal, pair.follows, batch=batch).catch_up()

    assert contents(pair.follows) == anew(chance, pair.anew)


@FEW
@given(steps=STEPS)
def test_what_is_read_is_how_the_conferences_stand(
    pair: Pair, steps: list[tuple[StreamId, tuple[object, ...], int]]
) -> None:
    chance = played(steps)

    Projector(chance.journal, pair.emptied().follows).catch_up()

    with pair.follows.connect() as connection:
        for conference in (HERE, THERE):
            play = chance.plays[streams.formal(conference)]
            assert attendance.rows(connection, conference) == attendance_of(play)
            found = speaking_time.speeches(connection, conference)
            assert [(row["request"], row["granted_at"], row["ended_at"], row["turn"]) for row in found] == [
                (one.request, one.granted_at, one.ended_at, one.turn) for one in floor.speeches(play.now.floor)
            ]
            assert task_tree.count(connection, conference) == len(tasks_of(chance, conference))
    assert sorted(outcomes(pair.follows)) == sorted(
        (play.now.facts.conference, one.request, outcome_of(one))
        for stream, play in chance.plays.items()
        if streams.conference_of(stream)
        for one in play.now.floor.requests
    )


def attendance_of(play: Play) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for site in sorted(play.now.facts.sites, key=lambda one: one.protocol):
        report = report_of(play.now.roll, site.site)
        rows.append(
            {
                "conference": play.now.facts.conference,
                "site": site.site,
                "protocol": site.protocol,
                "name": site.name,
                "invited": 2,
                "present": len(report.present) if report else 0,
                "guests": sum(one.count for one in report.guests) if report else 0,
                "reported": bool(report and not report.absent),
                "absent": bool(report and report.absent),
                "corrected": bool(report and report.corrected),
            }
        )
    return rows


def tasks_of(chance: Chance, conference: str) -> list[object]:
    events = (record.event for record in chance.journal.follow(limit=100_000))
    return [event for event in events if isinstance(event, TaskAssigned) and event.conference == conference]


def outcomes(engine: Engine) -> list[tuple[object, ...]]:
    table, _ = PROJECTIONS["speaking_time"]
    names = [column.name for column in table.columns]
    places = [names.index(name) for name in ("conference", "request", "outcome")]
    return [tuple(row[place] for place in places) for row in contents(engine)["speaking_time"]]


def outcome_of(request: FloorRequest) -> str:
    if request.written:
        return "written"
    waiting = request.state in (RequestState.PENDING, RequestState.ACCEPTED)
    return "waiting" if waiting else request.state.value


def test_projectors_that_work_at_once_lead_to_the_same(pair: Pair) -> None:
    pair.emptied()
    chance = played([(stream, scene, 1) for stream in STREAMS for scene in SCENES])
    projectors = [Projector(chance.journal, pair.follows, batch=3) for _ in range(3)]

    with ThreadPoolExecutor(max_workers=4) as at_once:
        jobs = [at_once.submit(projector.catch_up) for projector in projectors]
        jobs.append(at_once.submit(projectors[0].rebuild))
        read = [job.result(timeout=60) for job in jobs]

    assert sum(read) >= len(PROJECTIONS) * chance.journal.position()
    assert contents(pair.follows) == anew(chance, pair.anew)


def test_a_rehearsal_leaves_no_trace(engine: Engine) -> None:
    chance = Chance().begin()
    Projector(chance.journal, engine).catch_up()
    before = contents(engine)

    for scene in (CALLED, SPOKEN, CONCLUDED):
        chance.give(streams.rehearsal(HERE, 1), scene, 1)
    read = Projector(chance.journal, engine).catch_up()

    assert read > 0
    assert contents(engine) == before


def test_it_says_how_many_records_it_read_and_reads_none_twice(engine: Engine) -> None:
    chance = played([(streams.formal(HERE), SPOKEN, 1)])
    projector = Projector(chance.journal, engine, batch=2)

    first, again = projector.catch_up(), projector.catch_up()

    assert (first, again) == (len(PROJECTIONS) * chance.journal.position(), 0)
    assert projector.rebuild() == first


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_every_projection_has_something_to_show_of_a_whole_conference(name: str, engine: Engine) -> None:
    chance = played([(streams.formal(HERE), scene, 1) for scene in SCENES])

    Projector(chance.journal, engine).catch_up()

    assert contents(engine)[name]
