"""A line: the segments of one conference as players ask for them, read from the folder as it grows.

It knows nothing of the recorder but its folder, so it serves what another process writes as well. It
reads aside of the event loop, one at a time however many ask: a disk that hangs holds up nobody else.
Who may look is the web's concern. Every file is named by the index: no path is ever made from
what was asked.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diemcau.media.hls import playlist
from diemcau.media.recording.aside import aside
from diemcau.media.recording.index import NAME, SEGMENTS, Index, Part, Segment

_LOOKED_AT_EVERY = 0.05
_READERS = 32
_PART = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))?\.m4s")
_HEADER = re.compile(r"init-[0-9a-f]{12}\.mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes of a file that a player may have; no `size`: all of them."""

    path: Path
    offset: int = 0
    size: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the index said when it was read last."""

    is_there: bool = False
    segments: tuple[Segment, ...] = ()
    ended: bool = False

    def find(self, number: int) -> Segment | None:
        """Return a segment by its number."""
        place = number - self.segments[0].number if self.segments else 0
        return self.segments[place] if 0 <= place < len(self.segments) else None

    def reaches(self, number: int, part: int | None) -> bool:
        """Whether a part (or the whole of a segment) is there, or nothing more comes."""
        if self.ended or (self.segments and self.segments[-1].number > number):
            return True
        segment = self.find(number)
        if segment is None:
            return False
        return segment.closed or (part is not None and len(segment.parts) > part)


class Line:
    """One conference's line. It is asked on one event loop."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._index = Index(folder)
        self._said = _Said()
        self._read_at = float("-inf")
        self._reading: asyncio.Future[_Said] | None = None
        self._readers = asyncio.Semaphore(_READERS)

    async def is_there(self) -> bool:
        """Whether anything was recorded that can be looked at."""
        return (await self._fresh()).is_there

    async def live(self) -> str:
        """Return the playlist of now."""
        said = await self._fresh()
        return await asyncio.to_thread(playlist.live, said.segments, cuts_before=0, ended=said.ended)

    async def look_back(self) -> str:
        """Return the playlist of the last hour."""
        said = await self._fresh()
        return await asyncio.to_thread(playlist.look_back, said.segments, cuts_before=0, ended=said.ended)

    async def reached(self, number: int, part: int | None, *, within: float) -> bool:
        """Wait until a part (or the whole of a segment) is there; say whether it came in time."""
        until = self._clock() + within
        while not (await self._fresh()).reaches(number, part):
            if self._clock() >= until:
                return False
            await asyncio.sleep(_LOOKED_AT_EVERY)
        return True

    async def is_too_far(self, number: int) -> bool:
        """Whether a player asks for what can't come soon (RFC 8216bis, 6.2.5.2: more than two ahead)."""
        segments = (await self._fresh()).segments
        return number > (segments[-1].number if segments else 0) + 2

    async def piece(self, name: str) -> Piece | None:
        """Return what a name of a playlist stands for, or nothing."""
        if _HEADER.fullmatch(name):
            return Piece(path=self._folder / SEGMENTS / name)
        asked = _PART.fullmatch(name)
        if asked is None:
            return None
        segment = (await self._fresh()).find(int(asked[1]))
        if segment is None:
            return None
        path = self._folder / SEGMENTS / segment.file
        if asked[2] is not None:
            return _part(path, segment.parts, int(asked[2]))
        return Piece(path=path, size=segment.size) if segment.closed else None

    async def content(self, piece: Piece) -> bytes | None:
        """Return the bytes of a piece, or nothing if they are gone."""
        async with self._readers:
            return await aside(lambda: _read(piece))

    async def hinted(self, name: str, *, within: float) -> Piece | None:
        """Return what a name stands for; the part that comes next is waited for."""
        asked = _PART.fullmatch(name)
        if asked is not None and asked[2] is not None and not await self.is_too_far(int(asked[1])):
            await self.reached(int(asked[1]), int(asked[2]), within=within)
        return await self.piece(name)

    async def _fresh(self) -> _Said:
        """Return what the index says now; it is read at most once in a while however many ask."""
        if self._reading is None and self._clock() - self._read_at >= _LOOKED_AT_EVERY / 2:
            self._read_at = self._clock()
            self._reading = asyncio.ensure_future(aside(self._read))
            self._reading.add_done_callback(self._note)
        return self._said if self._reading is None else await asyncio.shield(self._reading)

    def _note(self, reading: asyncio.Future[_Said]) -> None:
        self._reading = None
        if not reading.cancelled() and reading.exception() is None:
            self._said = reading.result()

    def _read(self) -> _Said:
        if not self._index.is_whole():
            self._index = Index(self._folder)
        self._index.refresh()
        return _Said(
            is_there=(self._folder / NAME).exists(), segments=tuple(self._index.segments), ended=self._index.ended
        )


def _read(piece: Piece) -> bytes | None:
    try:
        with piece.path.open("rb") as file:
            file.seek(piece.offset)
            return file.read(piece.size)
    except FileNotFoundError:
        return None


def _part(path: Path, parts: Sequence[Part], place: int) -> Piece | None:
    if place >= len(parts):
        return None
    return Piece(path=path, offset=parts[place].offset, size=parts[place].size)
