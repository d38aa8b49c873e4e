"""What is still to be sent over one wire: words first, then texts, then sound, then pictures.

A wire carries everything in order, so what waits, waits here. Of a text only the newest waits. A
picture that has waited too long goes, with all that build on it, up to the next key frame. Sound
always waits; a reader that is behind by seconds with sound is not a reader any more.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from diemcau.media.socket_fabric.messages import Ended, Message, Sent, write

PATIENCE: Final = 5.0
SHORTEST, LONGEST = 0.1, 2.0
"""How long a picture may wait, whatever was asked for."""
MOST_WORDS: Final = 1024


class Kind(IntEnum):
    """What a track carries, in the order of what goes first."""

    TEXT = 0
    SOUND = 1
    PICTURE = 2


class TooSlow(Exception):  # noqa: N818 (a fact, as in the core)
    """The other side takes nothing, or too little even for sound."""


@dataclass(slots=True)
class Lane:
    """What waits of one track."""

    number: int
    kind: Kind
    latency: float
    waiting: deque[tuple[float, Sent]] = field(default_factory=deque)
    skips: bool = False
    spared: int = 0
    is_over: bool = False


class Outgoing:
    """What is still to be sent over one wire."""

    def __init__(
        self, send: Callable[[str | bytes], Awaitable[None]], now: Callable[[], float], patience: float = PATIENCE
    ) -> None:
        self._send = send
        self._now = now
        self._patience = patience
        self._words: deque[Message] = deque()
        self._turns: tuple[deque[Lane], ...] = tuple(deque() for _ in Kind)
        self._wake = asyncio.Event()

    def say(self, words: Message) -> None:
        """Send words before anything else. Raises `TooSlow` if there is no room."""
        if len(self._words) >= MOST_WORDS:
            raise TooSlow
        self._words.append(words)
        self._wake.set()

    def open(self, number: int, kind: Kind, latency: float) -> Lane:
        """Begin a track."""
        return Lane(number=number, kind=kind, latency=min(max(latency, SHORTEST), LONGEST))

    def put(self, lane: Lane, frame: Sent) -> None:
        """Send a frame when its turn comes. Raises `TooSlow`."""
        now = self._now()
        match lane.kind:
            case Kind.TEXT:
                lane.waiting.clear()
            case Kind.SOUND:
                if lane.waiting and now - lane.waiting[0][0] > self._patience:
                    raise TooSlow
            case Kind.PICTURE if self._is_spared(lane, frame, now):
                lane.spared += 1
                return
            case Kind.PICTURE:
                pass
        lane.waiting.append((now, frame))
        self._turns[lane.kind].append(lane)
        self._wake.set()

    def end(self, lane: Lane) -> None:
        """Say that the track ended, after what waits of it."""
        lane.is_over = True
        self._turns[lane.kind].append(lane)
        self._wake.set()

    def stop(self, lane: Lane) -> None:
        """Say that the track ended, and send nothing more of it."""
        lane.waiting.clear()
        self.end(lane)

    async def deliver(self) -> None:
        """Send until the wire is gone. Raises `TooSlow` when the other side takes nothing."""
        while True:
            message = self._next()
            if message is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                async with asyncio.timeout(self._patience):
                    await self._send(write(message))
            except TimeoutError as slow:
                raise TooSlow from slow

    def _next(self) -> Message | None:
        if self._words:
            return self._words.popleft()
        for turns in self._turns:
            while turns:
                lane = turns.popleft()
                if lane.waiting:
                    return lane.waiting.popleft()[1]
                if lane.is_over:
                    lane.is_over = False
                    return Ended(number=lane.number)
        return None

    def _is_spared(self, lane: Lane, frame: Sent, now: float) -> bool:
        if lane.waiting and now - lane.waiting[0][0] > lane.latency:
            lane.spared += len(lane.waiting)
            lane.waiting.clear()
            lane.skips = True
        lane.skips = lane.skips and not frame.begins
        return lane.skips
