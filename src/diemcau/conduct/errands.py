"""The errands: what must follow from what was written, exactly once, also after a crash.

Adopting the conclusion sets its tasks; sealing the conference signs the last hash. An errand
looks at what stands in the journal, so running it again changes nothing.
"""

import asyncio

from diemcau.conduct.clock import Clock
from diemcau.core import tasks
from diemcau.core.conclusions import ConclusionAdopted
from diemcau.core.convening import Facts
from diemcau.core.floor import SpeechCorrected
from diemcau.core.ids import CommandId, ConferenceId
from diemcau.core.notes import NoteCorrected
from diemcau.core.roles import Role
from diemcau.core.rollcall import AttendanceCorrected
from diemcau.core.stages import ConferenceConvened, ConferenceSealed
from diemcau.journal import streams
from diemcau.journal.journal import AlreadyAppended, Journal
from diemcau.journal.record import Author, Record
from diemcau.journal.seal import SealKey, seal_stream

SYSTEM = Author(role=Role.SYSTEM.value)


async def run_errands(journal: Journal, clock: Clock, conference: ConferenceId, key: SealKey) -> None:
    """Do what follows from the conference's records and has not been done. Raises what the journal raises."""
    records = await asyncio.to_thread(lambda: tuple(journal.read(streams.formal(conference))))
    await asyncio.to_thread(_set_tasks, journal, clock, records)
    await asyncio.to_thread(_seal, journal, records, key)


def calls_for_errand(records: tuple[Record, ...]) -> bool:
    """Say whether something must follow from `records`; a correction after the seal is sealed anew."""
    return any(isinstance(record.event, _CALLING) for record in records)


_CALLING = (ConclusionAdopted, ConferenceSealed, AttendanceCorrected, SpeechCorrected, NoteCorrected)


def _set_tasks(journal: Journal, clock: Clock, records: tuple[Record, ...]) -> None:
    facts: Facts | None = next((one.event.facts for one in records if isinstance(one.event, ConferenceConvened)), None)
    adopted = next((one.event for one in records if isinstance(one.event, ConclusionAdopted)), None)
    if facts is None or adopted is None:
        return
    implied = tasks.implied(adopted, facts)
    stream = streams.tasks(facts.conference)
    if not implied or journal.version(stream):
        return
    command = CommandId(f"begin:{stream}")
    try:
        journal.append(stream, expecting=0, events=implied, command=command, author=SYSTEM, at=clock.now())
    except AlreadyAppended:
        return


def _seal(journal: Journal, records: tuple[Record, ...], key: SealKey) -> None:
    if not any(isinstance(record.event, ConferenceSealed) for record in records):
        return
    last = records[-1]
    if all(seal.version != last.version for seal in journal.seals(last.stream)):
        # The time is the record's own, so that two who seal at once make the same seal, which is kept once.
        seal_stream(journal, last.stream, key=key, at=last.at)
