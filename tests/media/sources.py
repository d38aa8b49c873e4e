"""Sources of invented frames, which say who is subscribed to what."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

from diemcau.media import paths
from diemcau.media.fabric import MediaFrame, Rendition, Renditions
from tests.media.halls import AUDIO, VIDEO
from tests.media.test_h264 import KEY_FRAME, SLICE, START

LOW = replace(VIDEO, track=paths.VIDEO_LOW)
TILE = replace(VIDEO, track=paths.VIDEO_TILE)
KEY = MediaFrame(payload=KEY_FRAME, at_us=0, key=True)
NEXT = MediaFrame(payload=START + SLICE, at_us=40_000, key=False)
SOUND = MediaFrame(payload=b"\xf8\xff\xfe", at_us=0, key=True)
THUMB = b"a small picture"


@dataclass
class Scripted:
    """A source of frames that are sent by hand, to whoever is subscribed then."""

    path: str = "up/hn/hue/scripted"
    listening: dict[Rendition, list[asyncio.Queue[MediaFrame | None]]] = field(default_factory=dict)

    async def renditions(self) -> AsyncIterator[Renditions]:
        yield Renditions()

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        queue: asyncio.Queue[MediaFrame | None] = asyncio.Queue()
        self.listening.setdefault(rendition, []).append(queue)
        try:
            while (frame := await queue.get()) is not None:
                yield frame
        finally:
            self.listening[rendition].remove(queue)

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        yield track.encode()

    def subscribed(self) -> list[Rendition]:
        """Return what somebody is subscribed to."""
        return [rendition for rendition, queues in self.listening.items() for _ in queues]

    async def send(self, rendition: Rendition, *frames: MediaFrame | None) -> None:
        """Send frames, and let everyone take them."""
        await at_rest()
        for frame in frames:
            for queue in tuple(self.listening.get(rendition, ())):
                queue.put_nowait(frame)
            await at_rest()


@dataclass
class Invented:
    """A source that yields the same to everyone who subscribes, and then waits for ever or ends."""

    pictures: Sequence[MediaFrame] = (KEY, NEXT)
    ends: bool = False
    offered: Renditions = field(default_factory=lambda: Renditions(high=VIDEO, audio=AUDIO))
    path: str = "up/hn/hue/invented"
    asked: Counter[str] = field(default_factory=Counter)
    anew: Callable[[int], Sequence[MediaFrame]] | None = None
    times: Counter[str] = field(default_factory=Counter)

    def subscribed(self) -> set[str]:
        """Return the tracks that somebody is subscribed to."""
        return {track for track, count in self.asked.items() if count > 0}

    async def renditions(self) -> AsyncIterator[Renditions]:
        yield self.offered
        if not self.ends:
            await asyncio.Event().wait()

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        track = rendition.track
        self.asked[track] += 1
        self.times[track] += 1
        try:
            for frame in self._frames_of(track):
                yield frame
            await asyncio.Event().wait()
        finally:
            self.asked[track] -= 1

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        self.asked[track] += 1
        try:
            yield THUMB
            await asyncio.Event().wait()
        finally:
            self.asked[track] -= 1

    def _frames_of(self, track: str) -> Sequence[MediaFrame]:
        if track == paths.AUDIO:
            return (SOUND,)
        return self.anew(self.times[track]) if self.anew else self.pictures


async def at_rest() -> None:
    """Let every task go as far as it goes by itself."""
    for _ in range(20):
        await asyncio.sleep(0)
