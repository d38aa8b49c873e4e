"""A stream being conducted: what a desk holds of it. It is read whole, and nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from diemcau.core import conference as rules
from diemcau.core.conference import Conference
from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.record import Record


@dataclass(slots=True)
class Stream:
    """Its state, its version, and which commands it has answered."""

    name: StreamId
    version: int
    at: datetime
    state: Conference
    answered: dict[CommandId, int]


def read_stream(name: StreamId, records: Sequence[Record]) -> Stream:
    """Return a stream as its records, at least one, have it."""
    answered = {record.command: record.position for record in records}
    state = rules.replay(tuple(record.event for record in records))  # type: ignore[misc]  # the core's events
    return Stream(name=name, version=records[-1].version, at=records[-1].at, state=state, answered=answered)
