"""A line: the segments of one conference as players ask for them, read from the folder as it grows.

It knows nothing of the recorder but its folder, so it serves what another process writes as well; it
may be asked from several threads.
Who may look is the web's concern. Every file is named by the index: no path is ever made from
what was asked.
"""

import asyncio
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from diemcau.media.hls import playlist
from diemcau.media.recording.index import NAME, SEGMENTS, Index, Segment

_LOOKED_AT_EVERY = 0.05
_PART = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))?\.m4s")
_HEADER = re.compile(r"init-[0-9a-f]{12}\.mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes of a file that a player may have."""

    path: Path
    offset: int
    size: int


class Line:
    """One conference's line."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._index = Index(folder)
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def is_there(self) -> bool:
        """Whether anything was recorded that can be looked at."""
        return (self._folder / NAME).exists()

    def live(self) -> str:
        """Return the playlist of now."""
        index = self._fresh()
        return playlist.live(index.segments, cuts_before=0, ended=index.ended)

    def look_back(self) -> str:
        """Return the playlist of the last hour."""
        index = self._fresh()
        return playlist.look_back(index.segments, cuts_before=0, ended=index.ended)

    async def reached(self, number: int, part: int | None, *, within: float) -> bool:
        """Wait until a part (or the whole of a segment) is there; say whether it came in time."""
        until = self._clock() + within
        while not self._is_reached(number, part):
            if self._clock() >= until:
                return False
            await asyncio.sleep(_LOOKED_AT_EVERY)
        return True

    def is_too_far(self, number: int) -> bool:
        """Whether a player asks for what can't come soon (RFC 8216bis, 6.2.5.2: more than two ahead)."""
        segments = self._fresh().segments
        return number > (segments[-1].number if segments else 0) + 2

    def piece(self, name: str) -> Piece | None:
        """Return what a name of a playlist stands for, or nothing."""
        if _HEADER.fullmatch(name):
            path = self._folder / SEGMENTS / name
            return Piece(path=path, offset=0, size=path.stat().st_size) if path.is_file() else None
        asked = _PART.fullmatch(name)
        if asked is None:
            return None
        segment = self._fresh().find(int(asked[1]))
        if segment is None:
            return None
        return self._whole(segment) if asked[2] is None else self._part(segment, int(asked[2]))

    async def hinted(self, name: str, *, within: float) -> Piece | None:
        """Return what a name stands for; the part that comes next is waited for."""
        asked = _PART.fullmatch(name)
        if asked is not None and asked[2] is not None and not self.is_too_far(int(asked[1])):
            await self.reached(int(asked[1]), int(asked[2]), within=within)
        return self.piece(name)

    def _whole(self, segment: Segment) -> Piece | None:
        path = self._folder / SEGMENTS / segment.file
        return Piece(path=path, offset=0, size=segment.size) if segment.closed and path.is_file() else None

    def _part(self, segment: Segment, place: int) -> Piece | None:
        if place >= len(segment.parts):
            return None
        part = segment.parts[place]
        return Piece(path=self._folder / SEGMENTS / segment.file, offset=part.offset, size=part.size)

    def _is_reached(self, number: int, part: int | None) -> bool:
        index = self._fresh()
        if index.ended or (index.segments and index.segments[-1].number > number):
            return True
        segment = index.find(number)
        if segment is None:
            return False
        return segment.closed or (part is not None and len(segment.parts) > part)

    def _fresh(self) -> Index:
        """Return the index as it is now, read at most once in a while however many ask."""
        with self._reading:
            now = self._clock()
            if now - self._read_at >= _LOOKED_AT_EVERY / 2:
                self._read_at = now
                if not self._index.is_whole():
                    self._index = Index(self._folder)
                self._index.refresh()
            return self._index
