"""The journal as the rest of the program sees it: the port and what can go wrong with it.

`journal.sql` and `journal.memory` are the two that stand behind it, and both pass the same
contract test. All of it is synchronous: an asynchronous caller uses a thread.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.chain import Stored
from diemcau.journal.record import Author, Record, Seal


class Journal(Protocol):
    """An append-only journal of many streams."""

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
        """Write `events` after version `expecting` of `stream`, all or none, on disk on return.

        Raises `AlreadyAppended` if the command was written before, `Conflict` if the stream
        has another version, `JournalUnwritable` if the store takes nothing, and `ValueError`
        if there is no event or a text that cannot be stored. Each of them changes nothing.
        """
        ...

    def read(self, stream: StreamId, *, after: int = 0) -> Iterator[Record]:
        """Return the records of `stream` whose version is above `after`, in order."""
        ...

    def follow(self, *, after: int = 0, limit: int = 1000) -> list[Record]:
        """Return up to `limit` records of all streams whose position is above `after`, in order.

        Whoever has seen a position has seen all below it: nothing appears later in a gap.
        """
        ...

    def version(self, stream: StreamId) -> int:
        """Return how many records `stream` has; 0 if nobody wrote to it."""
        ...

    def position(self) -> int:
        """Return the position of the last record; 0 if there is none."""
        ...

    def streams(self) -> list[StreamId]:
        """Return the streams in the order of their first record."""
        ...

    def answer_to(self, command: CommandId) -> tuple[Record, ...]:
        """Return what `command` wrote; empty if it is not known."""
        ...

    def keep_seal(self, seal: Seal) -> None:
        """Keep a seal beside the records. Keeping the same one again changes nothing."""
        ...

    def seals(self, stream: StreamId | None = None) -> tuple[Seal, ...]:
        """Return the seals that were kept, of one stream or of all, in order of version."""
        ...

    def read_as_stored(self) -> Iterator[Stored]:
        """Return every record as it stands in the store, unread, by stream and version."""
        ...


class Conflict(Exception):  # noqa: N818 (a fact, as in the core)
    """The stream has another version than the writer expected: somebody else wrote first."""

    def __init__(self, *, stream: StreamId, expecting: int, found: int) -> None:
        super().__init__(f"stream {stream} is at version {found}, the writer expected {expecting}")
        self.stream = stream
        self.expecting = expecting
        self.found = found


class AlreadyAppended(Exception):  # noqa: N818 (a fact, as in the core)
    """The command was written before: `records` is what it wrote then."""

    def __init__(self, records: tuple[Record, ...]) -> None:
        super().__init__(f"command {records[0].command} was written before")
        self.records = records


class Reason(StrEnum):
    """Why nothing can be written."""

    FULL = "full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"


MENDING = {
    Reason.FULL: "the disk is full: make room on it; writing goes on by itself",
    Reason.READ_ONLY: "it may only be read: let the server's user write to the file and its folder",
    Reason.LOCKED: "another program holds it: end that program, or wait until it has finished",
    Reason.BROKEN: "the disk or the file is damaged: check the disk, then restore the last backup",
    Reason.UNREACHABLE: "the database does not answer: start it or mend the line; "
    "a command that was on its way may be given again with the same id",
}


class JournalUnwritable(Exception):  # noqa: N818 (a fact, as in the core)
    """Nothing can be written now. `reason` says why, `where` which file or database."""

    def __init__(self, reason: Reason, where: str) -> None:
        super().__init__(f"the journal {where} takes nothing: {MENDING[reason]}")
        self.reason = reason
        self.where = where


class JournalUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The journal cannot be opened or read at all; the message says why and how to mend it."""
