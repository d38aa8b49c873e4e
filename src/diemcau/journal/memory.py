"""A journal that lives as long as the program: for rehearsals of the code and for tests.

It keeps records exactly as the SQL journal does, as linked texts, and passes the same
contract test. Nothing of it is ever on a disk.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.chain import Stored, Tail, link, read_back
from diemcau.journal.codec import Codec
from diemcau.journal.journal import AlreadyAppended, Conflict
from diemcau.journal.record import Author, Record, Seal


class MemoryJournal:
    """The journal port, kept in lists."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._lock = threading.Lock()
        self._records: list[Stored] = []
        self._seals: list[Seal] = []

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
        """Write `events`, all or none; see the port."""
        if not events:
            raise ValueError("an append needs at least one event")
        encoded = [self._codec.encode(event) for event in events]
        with self._lock:
            if known := self.answer_to(command):
                raise AlreadyAppended(known)
            tail = self._tail(stream)
            if tail.version != expecting:
                raise Conflict(stream=stream, expecting=expecting, found=tail.version)
            linked = link(tail, stream=stream, events=encoded, command=command, author=author, at=at)
            self._records.extend(linked)
        return self._read_back(linked)

    def read(self, stream: StreamId, *, after: int = 0) -> Iterator[Record]:
        """Return the records of a stream; see the port."""
        found = [one for one in self._records if one.stream == stream and one.version > after]
        return (read_back(one, self._codec) for one in found)

    def follow(self, *, after: int = 0, limit: int = 1000) -> list[Record]:
        """Return the records of all streams; see the port."""
        return list(self._read_back(self._records[after : after + limit]))

    def version(self, stream: StreamId) -> int:
        """Return how many records a stream has."""
        return self._tail(stream).version

    def position(self) -> int:
        """Return the position of the last record."""
        return len(self._records)

    def streams(self) -> list[StreamId]:
        """Return the streams in the order of their first record."""
        return list(dict.fromkeys(StreamId(one.stream) for one in self._records))

    def answer_to(self, command: CommandId) -> tuple[Record, ...]:
        """Return what a command wrote; see the port."""
        return self._read_back([one for one in self._records if one.command == command])

    def keep_seal(self, seal: Seal) -> None:
        """Keep a seal beside the records."""
        with self._lock:
            if seal not in self._seals:
                self._seals.append(seal)

    def seals(self, stream: StreamId | None = None) -> tuple[Seal, ...]:
        """Return the seals that were kept; see the port."""
        found = [one for one in self._seals if stream in (None, one.stream)]
        return tuple(sorted(found, key=lambda seal: (seal.stream, seal.version, seal.at)))

    def read_as_stored(self) -> Iterator[Stored]:
        """Return every record as it stands, by stream and version."""
        return iter(sorted(self._records, key=lambda one: (one.stream, one.version)))

    def _tail(self, stream: StreamId) -> Tail:
        position = len(self._records)
        for one in reversed(self._records):
            if one.stream == stream:
                return Tail(position=position, version=one.version, hash=one.hash)
        return Tail(position=position)

    def _read_back(self, found: Sequence[Stored]) -> tuple[Record, ...]:
        return tuple(read_back(one, self._codec) for one in found)
