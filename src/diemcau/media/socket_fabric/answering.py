"""Answering: sends the other side the tracks that it reads, as long as it does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final, TypeAlias

from diemcau.media import paths
from diemcau.media.fabric import Rendition, Source
from diemcau.media.socket_fabric.messages import Ended, Garbled, Read, Sent
from diemcau.media.socket_fabric.outgoing import Kind, Lane, Outgoing

MOST_TRACKS: Final = 256
"""An operator's wall reads a thumbnail of each site."""
MOST_OF_ONE: Final = 4
"""Of one track at a time: each is a copy of its own."""
_H264, _OPUS = "avc3", "opus"

Find: TypeAlias = Callable[[str], Source | None]
Begin: TypeAlias = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]


class Answering:
    """The tracks that the other side reads."""

    def __init__(self, outgoing: Outgoing, find: Find, begin: Begin) -> None:
        self._outgoing = outgoing
        self._find = find
        self._begin = begin
        self._tracks: dict[int, asyncio.Task[None]] = {}
        self._read: dict[int, tuple[str, str]] = {}
        self._newest = 0

    def read(self, asked: Read) -> None:
        """Begin to send a track. Raises `Garbled` for a number that was used, or one track too many."""
        if asked.number <= self._newest:
            raise Garbled(f"number {asked.number} was used")
        if len(self._tracks) >= MOST_TRACKS:
            raise Garbled(f"more than {MOST_TRACKS} tracks")
        if sum(one == (asked.broadcast, asked.track) for one in self._read.values()) >= MOST_OF_ONE:
            raise Garbled(f"{asked.track} of {asked.broadcast} is read {MOST_OF_ONE} times already")
        self._newest = asked.number
        source = self._find(asked.broadcast)
        if source is None:
            self._outgoing.say(Ended(number=asked.number, is_missing=True))
            return
        lane = self._outgoing.open(asked.number, _kind(asked), (asked.latency_ms or 0) / 1000)
        self._read[asked.number] = asked.broadcast, asked.track
        task = self._tracks[asked.number] = self._begin(self._copy(source, asked, lane))
        task.add_done_callback(lambda _: self._ended(lane, task))

    def stop(self, number: int) -> None:
        """Send no more of a track; it may have ended already."""
        task = self._tracks.get(number)
        if task is not None:
            task.cancel()

    def _ended(self, lane: Lane, task: asyncio.Task[None]) -> None:
        del self._tracks[lane.number], self._read[lane.number]
        if task.cancelled():
            self._outgoing.stop(lane)
        else:
            self._outgoing.end(lane)

    async def _copy(self, source: Source, asked: Read, lane: Lane) -> None:
        if lane.kind is Kind.TEXT:
            async for text in source.texts(asked.track):
                self._outgoing.put(lane, Sent(number=asked.number, begins=True, at_us=0, payload=text))
            return
        codec = _OPUS if lane.kind is Kind.SOUND else _H264
        async for frame in source.frames(Rendition(track=asked.track, codec=codec, description=None)):
            self._outgoing.put(
                lane, Sent(number=asked.number, begins=frame.key, at_us=frame.at_us, payload=frame.payload)
            )


def _kind(asked: Read) -> Kind:
    if asked.latency_ms is None:
        return Kind.TEXT
    return Kind.SOUND if asked.track == paths.AUDIO else Kind.PICTURE
