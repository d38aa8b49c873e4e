"""Mix-minus: a source on air is offered twice, to everyone, and without sound to its own site.

It fits the port of an outlet, so that whoever writes need not know.
"""

import asyncio
from collections.abc import Callable, Coroutine

from diemcau.media import paths
from diemcau.media.fabric import MediaFrame, Outlet, Source


class MixMinus:
    """Two outlets that are written to as one."""

    def __init__(self, new_outlet: Callable[[], Outlet]) -> None:
        self.everyones = new_outlet()
        self.own = new_outlet()
        self._both = (self.everyones, self.own)

    def open_video(self, track: str = paths.VIDEO) -> None:
        """Offer a track of H.264."""
        for outlet in self._both:
            outlet.open_video(track)

    def write_video(self, frame: MediaFrame, track: str = paths.VIDEO) -> None:
        """Publish one frame of H.264 on a track that is open. Raises `MalformedMediaError`."""
        for outlet in self._both:
            outlet.write_video(frame, track)

    def open_audio(self, *, sample_rate: int, channels: int) -> None:
        """Offer the track `audio` to everyone else. Raises `MalformedMediaError`."""
        self.everyones.open_audio(sample_rate=sample_rate, channels=channels)

    def write_audio(self, frame: MediaFrame) -> None:
        """Publish one frame of Opus for everyone else. Raises `MalformedMediaError`."""
        self.everyones.write_audio(frame)

    def open_text(self, track: str) -> None:
        """Offer a track of texts."""
        for outlet in self._both:
            outlet.open_text(track)

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        for outlet in self._both:
            outlet.write_text(track, text)

    def is_wanted(self, *tracks: str) -> bool:
        """Whether anyone is subscribed to one of these tracks; if none is named, to any sound or picture."""
        return any(outlet.is_wanted(*tracks) for outlet in self._both)

    async def wanted(self, track: str) -> None:
        """Wait until somebody is subscribed to a track that is open. Raises `FabricError` if it is finished."""
        await _first(*(outlet.wanted(track) for outlet in self._both))

    async def unwanted(self, track: str) -> None:
        """Wait until nobody is subscribed to a track that is open. Raises `FabricError` if it is finished."""
        while self.is_wanted(track):
            for outlet in self._both:
                await outlet.unwanted(track)

    def source(self) -> Source:
        """Return what everyone reads, read in this process. Raises `FabricError` once it is finished."""
        return self.everyones.source()

    def finish(self) -> None:
        """End it cleanly."""
        for outlet in self._both:
            outlet.finish()


async def _first(*works: Coroutine[None, None, None]) -> None:
    """Wait for one of these; let go of the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
