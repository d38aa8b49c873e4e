"""Asking: reads tracks of the other side, and takes nothing that was not asked for."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from diemcau.media.socket_fabric.messages import CATALOG, Ended, Garbled, Read, Sent, Stop, Words
from diemcau.media.socket_fabric.outgoing import Kind

MOST_WAITING: Final = {Kind.TEXT: 16, Kind.SOUND: 512, Kind.PICTURE: 128}
MOST_BYTES: Final = 8_000_000
MOST_TRACKS: Final = 256


class _Asked:
    """One track that was asked for, and what came of it and was not taken yet."""

    def __init__(self, broadcast: str, kind: Kind) -> None:
        self.broadcast = broadcast
        self.kind = kind
        self.is_over = False
        self.is_stopped = False
        self.is_missing = False
        self._frames: deque[Sent] = deque()
        self._bytes = 0
        self._skips = kind is Kind.PICTURE  # nothing is shown before a key frame
        self._wake = asyncio.Event()

    def put(self, frame: Sent) -> None:
        if self._is_spared(frame):
            return
        self._frames.append(frame)
        self._bytes += len(frame.payload)
        self._wake.set()

    def end(self) -> None:
        self.is_over = True
        self._wake.set()

    async def next(self) -> Sent | None:
        while not self._frames:
            if self.is_over:
                return None
            self._wake.clear()
            await self._wake.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame.payload)
        return frame

    def _is_spared(self, frame: Sent) -> bool:
        """Make room; what is too much goes: old texts, old sound, pictures up to the next key frame."""
        if len(self._frames) >= MOST_WAITING[self.kind] or self._bytes > MOST_BYTES:
            if self.kind is Kind.PICTURE:
                self._frames.clear()
                self._bytes, self._skips = 0, True
            else:
                self._bytes -= len(self._frames.popleft().payload)
        self._skips = self._skips and not frame.begins
        return self._skips


class Asking:
    """The tracks that this side reads."""

    def __init__(self, say: Callable[[Words], None]) -> None:
        self._say = say
        self._asked: dict[int, _Asked] = {}
        self._newest = 0
        self._is_over = False

    async def read(self, broadcast: str, track: str, kind: Kind, latency_ms: int | None) -> AsyncGenerator[Sent, None]:
        """Yield what comes of a track until it ends; asked for while iterated."""
        if self._is_over:
            return
        number, asked = self._new(broadcast, kind)
        self._say(Read(number=number, broadcast=broadcast, track=track, latency_ms=latency_ms))
        try:
            while (frame := await asked.next()) is not None:
                yield frame
        finally:
            if not asked.is_over:
                asked.is_stopped = True
                self._say(Stop(number=number))

    async def is_there(self, broadcast: str) -> bool:
        """Say whether the other side has this broadcast: begin to read of it, and stop at once."""
        if self._is_over:
            return False
        number, asked = self._new(broadcast, Kind.TEXT)
        asked.is_stopped = True
        self._say(Read(number=number, broadcast=broadcast, track=CATALOG))
        self._say(Stop(number=number))
        await asked.next()
        return not asked.is_missing

    def take(self, frame: Sent) -> None:
        """Take a frame. Raises `Garbled` if nobody asked for it; what was stopped may still be on its way."""
        asked = self._asked.get(frame.number)
        if asked is None:
            raise Garbled(f"a frame of {frame.number}, which was not asked for")
        if not asked.is_stopped:
            asked.put(frame)

    def end(self, ended: Ended) -> None:
        """Hear that nothing follows under a number. Raises `Garbled` if nobody asked for it."""
        asked = self._asked.pop(ended.number, None)
        if asked is None:
            raise Garbled(f"the end of {ended.number}, which was not asked for")
        asked.is_missing = ended.is_missing
        asked.end()

    def end_broadcast(self, broadcast: str) -> None:
        """Hear that a broadcast ended: its readers are told; what is on its way is not taken."""
        for asked in self._asked.values():
            if asked.broadcast == broadcast:
                asked.is_stopped = True
                asked.end()
        if len(self._asked) > MOST_TRACKS:
            raise Garbled("broadcasts that end and tracks that don't")

    def close(self) -> None:
        """End everything: the session is over."""
        self._is_over = True
        for asked in self._asked.values():
            asked.is_missing = True
            asked.end()

    def _new(self, broadcast: str, kind: Kind) -> tuple[int, _Asked]:
        self._newest += 1
        asked = self._asked[self._newest] = _Asked(broadcast, kind)
        return self._newest, asked
