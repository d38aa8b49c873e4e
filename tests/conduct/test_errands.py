"""The errands: tasks and seals follow from what was written, once, whatever happens in between."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from diemcau.conduct.clock import HandClock
from diemcau.conduct.errands import calls_for_errand, run_errands
from diemcau.core import conclusions, floor, notes, rollcall, stages
from diemcau.core.conference import Command
from diemcau.core.convening import ItemKind
from diemcau.core.ids import CommandId, ConferenceId, NoteId, RequestId, StreamId
from diemcau.core.tasks import TaskAssigned
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Journal, JournalUnwritable, Reason
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author, Record, Seal
from diemcau.journal.seal import SealKey
from diemcau.journal.sql import engine_for, open_journal
from diemcau.journal.verify import verify
from tests.conduct.desks import CHAIR, OPERATOR, SECRETARY, House, a_house, a_key
from tests.core.samples import CHAIR_PERSON, HUE, MINUTE, UNITS, people_of

pytestmark = pytest.mark.anyio


class DyingJournal(MemoryJournal):
    """A journal whose server dies when it writes for the n-th time. Otherwise that of the contract."""

    writes_left: int | None = None

    def append(
        self,
        stream: StreamId,
        *,
        expecting: int,
        events: Sequence[object],
        command: CommandId,
        author: Author,
        at: datetime,
    ) -> tuple[Record, ...]:
        self._live()
        return super().append(stream, expecting=expecting, events=events, command=command, author=author, at=at)

    def keep_seal(self, seal: Seal) -> None:
        self._live()
        super().keep_seal(seal)

    def _live(self) -> None:
        if self.writes_left == 0:
            raise JournalUnwritable(Reason.FULL, "the journal")
        if self.writes_left is not None:
            self.writes_left -= 1


class OvertakenJournal(MemoryJournal):
    """A journal to which another server writes just after it was asked for the tasks' version. Else as the contract."""

    other_server: Callable[[], None] | None = None
    overtaken = False

    def version(self, stream: StreamId) -> int:
        found = super().version(stream)
        if self.other_server is not None and stream.startswith("tasks:"):
            other, self.other_server, self.overtaken = self.other_server, None, True
            other()
        return found


@pytest.fixture(scope="module")
def key() -> SealKey:
    return a_key()


async def conclude(house: House, kind: ItemKind = ItemKind.BREAKTHROUGH) -> None:
    """Adopt a conclusion of one item for three units."""
    await house.give(CHAIR, stages.OpenConference())
    await house.give(SECRETARY, conclusions.DraftItem(kind=kind, horizon=None, text="Đổi mới", units=UNITS[1:]))
    await house.give(CHAIR, conclusions.ReadOutConclusion())
    await house.give(CHAIR, conclusions.AdoptConclusion())


async def seal_record(house: House) -> None:
    """Open the roll, grant and end one speech, take a note, close and seal."""
    await house.give(SECRETARY, rollcall.OpenRollCall())
    await house.give(CHAIR, floor.GrantFloor(site=HUE))
    await house.give(SECRETARY, notes.TakeNote(text="Ghi chép"))
    await house.give(CHAIR, stages.CloseConference())
    await house.give(SECRETARY, stages.SealConference())


async def do(house: House, key: SealKey) -> None:
    await run_errands(house.journal, house.clock, house.desk.conference, key)


def outcome(journal: Journal, conference: ConferenceId) -> tuple[list[object], list[tuple[str, int, str]]]:
    """Return the tasks that were set, and which hash was sealed at which version."""
    tasks = [record.event for record in journal.read(streams.tasks(conference))]
    return tasks, [(seal.stream, seal.version, seal.hash) for seal in journal.seals()]


async def test_an_adopted_conclusion_sets_one_task_for_each_unit_that_it_names(key: SealKey) -> None:
    house = await a_house()
    await conclude(house)

    await do(house, key)

    records = list(house.journal.read(streams.tasks(house.desk.conference)))
    assert [record.event.unit for record in records if isinstance(record.event, TaskAssigned)] == list(UNITS[1:])
    assert {record.author for record in records} == {Author(role="system")}


async def test_errands_run_again_change_nothing(key: SealKey) -> None:
    house = await a_house()
    await conclude(house)
    await seal_record(house)

    await do(house, key)
    once = (house.journal.position(), house.journal.seals())
    await house.wind(MINUTE)
    await do(house, key)
    await do(house, key)

    assert (house.journal.position(), house.journal.seals()) == once
    assert len(once[1]) == 1


async def test_an_errand_on_which_the_server_died_is_done_once_after_it_started_again(key: SealKey) -> None:
    whole = await a_house()
    await conclude(whole)
    await seal_record(whole)
    await do(whole, key)

    for writes in range(2):
        journal = DyingJournal(CODEC)
        house = await a_house(journal)
        await conclude(house)
        await seal_record(house)
        journal.writes_left = writes
        with pytest.raises(JournalUnwritable):
            await do(house, key)
        journal.writes_left = None
        await do(house, key)

        assert outcome(journal, house.desk.conference) == outcome(whole.journal, whole.desk.conference)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_two_servers_that_run_the_errands_at_once_do_them_once(kind: str, key: SealKey, tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    journal = MemoryJournal(CODEC) if kind == "memory" else open_journal(engine, CODEC)
    house = await a_house(journal)
    await conclude(house)
    await seal_record(house)
    later = HandClock(house.clock.now() + MINUTE)

    await asyncio.gather(
        *(run_errands(journal, clock, house.desk.conference, key) for clock in (house.clock, later, house.clock))
    )

    assert journal.version(streams.tasks(house.desk.conference)) == 3
    assert len(journal.seals()) == 1
    assert verify(journal, key_id=key.key_id).is_whole
    engine.dispose()


async def test_a_server_that_was_overtaken_by_another_sets_no_task_twice(key: SealKey) -> None:
    journal = OvertakenJournal(CODEC)
    house = await a_house(journal)
    await conclude(house)
    journal.other_server = lambda: asyncio.run(do(house, key))

    await do(house, key)

    assert journal.version(streams.tasks(house.desk.conference)) == 3
    assert journal.overtaken


async def test_before_the_adoption_nothing_follows(key: SealKey) -> None:
    house = await a_house()
    await house.give(CHAIR, stages.OpenConference())
    before = house.journal.position()

    await do(house, key)
    await run_errands(house.journal, house.clock, ConferenceId("elsewhere"), key)

    assert house.journal.position() == before
    assert house.journal.seals() == ()


async def test_a_conclusion_without_tasks_sets_none(key: SealKey) -> None:
    house = await a_house()
    await conclude(house, ItemKind.LESSON)

    await do(house, key)

    assert house.journal.version(streams.tasks(house.desk.conference)) == 0


async def test_what_is_concluded_in_a_rehearsal_sets_no_tasks(key: SealKey) -> None:
    house = await a_house()
    await house.give(OPERATOR, stages.StartRehearsal())
    await conclude(house)
    await seal_record(house)

    await do(house, key)

    assert outcome(house.journal, house.desk.conference) == ([], [])


def corrections(at: datetime) -> tuple[Command, ...]:
    """Return a correction of attendance, of a speech and of a note."""
    return (
        rollcall.CorrectAttendance(site=HUE, present=people_of(HUE), reason="đếm sót", author=CHAIR_PERSON),
        floor.CorrectSpeech(
            request=RequestId("r1"), granted_at=at - MINUTE, ended_at=at, reason="ghi nhầm", author=CHAIR_PERSON
        ),
        notes.CorrectNote(note=NoteId("n1"), text="Ghi chép lại", reason="ghi nhầm", author=CHAIR_PERSON),
    )


async def test_after_each_correction_the_record_is_sealed_anew_and_every_seal_holds(key: SealKey) -> None:
    house = await a_house()
    await conclude(house)
    await seal_record(house)
    await do(house, key)
    stream = streams.formal(house.desk.conference)
    sealed_first = house.journal.version(stream)

    for correction in corrections(house.clock.now()):
        await house.give(SECRETARY, correction)
        await do(house, key)

    assert [seal.version for seal in house.journal.seals(stream)] == [sealed_first + more for more in range(4)]
    report = verify(house.journal, key_id=key.key_id)
    assert report.is_whole
    assert report.seals == 4


async def test_only_what_something_follows_from_calls_for_an_errand() -> None:
    house = await a_house()
    await conclude(house)
    await seal_record(house)
    for correction in corrections(house.clock.now()):
        await house.give(SECRETARY, correction)

    calling = [record.name for record in house.journal.follow() if calls_for_errand((record,))]

    assert calling == [
        "conclusions.adopted",
        "conference.sealed",
        "rollcall.attendance_corrected",
        "floor.speech_corrected",
        "notes.corrected",
    ]
    assert not calls_for_errand(())
