"""Watching a desk: who wants to know is told what was written, after it was written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from diemcau.core.conference import Conference
from diemcau.journal.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has just been written, and the conference after it. No records: something beside the journal changed."""

    records: tuple[Record, ...]
    conference: Conference


class Watch:
    """One watcher's line to a desk. Use as a context manager: outside of it nothing arrives."""

    def __init__(self, begin: Callable[["Watch"], None], end: Callable[["Watch"], None]) -> None:
        self._changes: asyncio.Queue[Change] = asyncio.Queue()
        self._begin = begin
        self._end = end

    def __enter__(self) -> Self:
        self._begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(self)

    def tell(self, change: Change) -> None:
        """Put a change on the line (the desk does)."""
        self._changes.put_nowait(change)

    async def change(self) -> tuple[Change, ...]:
        """Return all changes that came since last time, at least one, oldest first."""
        changes = [await self._changes.get()]
        while not self._changes.empty():
            changes.append(self._changes.get_nowait())
        return tuple(changes)
