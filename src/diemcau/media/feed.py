"""A feed: the frames of one camera on their way to those who may see them.

It copies one source to two outlets, one with sound and one without, and to a tap in this
process. However it ends, the outlets are finished: no group stays open. It does not know
who is on air or why.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Protocol

from diemcau.media import h264
from diemcau.media.camera import Camera
from diemcau.media.fabric import MalformedMediaError, MediaFrame, Outlet, Rendition, Renditions

_LOG = logging.getLogger(__name__)
_LOOKED_AT_EVERY = 1.0
_LOOKS_BEFORE_END = 3
_LATE_AT_MOST_US = 5_000_000


class Tap(Protocol):
    """Where the frames of one source go inside this process."""

    def video(self, frame: MediaFrame) -> None:
        """Take one frame of H.264, Annex B."""
        ...

    def audio(self, frame: MediaFrame) -> None:
        """Take one frame of Opus."""
        ...

    def end(self) -> None:
        """Nothing follows."""
        ...


class Feed:
    """Copies one source while it is on air or looked at."""

    def __init__(
        self,
        camera: Camera,
        outlet: Outlet,
        silent: Outlet,
        *,
        tap: Tap | None = None,
        on_over: Callable[[], None] | None = None,
    ) -> None:
        self.camera = camera
        self.outlet = outlet
        self.silent = silent
        self._tap = tap
        self._on_over = on_over
        self._task: asyncio.Task[None] | None = None
        self._has_picture = asyncio.Event()

    async def first_picture(self) -> None:
        """Wait until there is a picture."""
        await self._has_picture.wait()

    def begin(self) -> None:
        """Begin to copy, until `end` or until the source ends."""
        self._offer_tracks()
        self._task = asyncio.create_task(self._run(self._follow()))

    def begin_while_wanted(self) -> None:
        """Begin to copy, until nobody looks any more."""
        self._offer_tracks()
        self._task = asyncio.create_task(self._run(self._follow_while_wanted()))

    def tap(self, tap: Tap | None) -> None:
        """Put the frames into this tap from now on, and end the one before."""
        old, self._tap = self._tap, tap
        if old is not None:
            old.end()

    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._task is not None and self._task.done()

    async def end(self) -> None:
        """Stop copying; outlets are finished when this returns."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _offer_tracks(self) -> None:
        """Offer the tracks before the first frame, so that nobody asks for them too early."""
        with contextlib.suppress(MalformedMediaError):  # `_follow` meets it again and takes this camera off alone
            self._open_tracks(self.camera.offered)

    def _open_tracks(self, offered: Renditions) -> None:
        if offered.video is not None:
            self.outlet.open_video()
            self.silent.open_video()
        if offered.audio is not None:
            rate, channels = offered.audio.sample_rate, offered.audio.channels
            self.outlet.open_audio(sample_rate=rate or 48_000, channels=channels or 1)

    async def _run(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except* (h264.MalformedVideoError, MalformedMediaError) as errors:
            for error in errors.exceptions:
                _LOG.warning("%s is taken off: %s", self.camera.source.path, error)
        except* Exception:  # noqa: BLE001 (the top of a task; logged, and the program goes on)
            _LOG.exception("%s is taken off by a fault", self.camera.source.path)
        finally:
            self.outlet.finish()
            self.silent.finish()
            self.tap(None)
            if self._on_over is not None:
                self._on_over()

    async def _follow(self) -> None:
        copying: dict[Rendition, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            async for renditions in self.camera.renditions():
                self._change(copying, renditions, tasks)
            for task in copying.values():
                task.cancel()

    async def _follow_while_wanted(self) -> None:
        following = asyncio.create_task(self._follow())
        unwanted = 0
        try:
            while unwanted < _LOOKS_BEFORE_END and not following.done():
                await asyncio.wait((following,), timeout=_LOOKED_AT_EVERY)
                unwanted = 0 if self.outlet.is_wanted() else unwanted + 1
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    def _change(self, copying: dict[Rendition, asyncio.Task[None]], now: Renditions, tasks: asyncio.TaskGroup) -> None:
        """Copy the tracks that are offered now, and no other."""
        self._open_tracks(now)
        offered = {now.video: self._copy_video, now.audio: self._copy_audio}
        for rendition in tuple(copying):
            if rendition not in offered:
                copying.pop(rendition).cancel()
        for offer, copy in offered.items():
            if offer is not None and offer not in copying:
                copying[offer] = tasks.create_task(copy(offer))

    async def _copy_video(self, rendition: Rendition) -> None:
        async for frame in _in_order(self.camera.source.frames(rendition), alone=False):
            self.outlet.write_video(frame)
            self.silent.write_video(frame)
            self._has_picture.set()
            if self._tap is not None:
                self._tap.video(frame)

    async def _copy_audio(self, rendition: Rendition) -> None:
        async for frame in _in_order(self.camera.source.frames(rendition), alone=True):
            self.outlet.write_audio(frame)
            if self._tap is not None:
                self._tap.audio(frame)


async def _in_order(frames: AsyncIterator[MediaFrame], *, alone: bool) -> AsyncIterator[MediaFrame]:
    """Leave out what comes after something newer, as on a crowded line; a picture with all that build on it.

    `alone`: each frame stands by itself. A clock that went back further is no matter of lateness.
    """
    newest, is_late = 0, False
    async for frame in frames:
        if frame.key or alone:
            is_late = 0 < newest - frame.at_us <= _LATE_AT_MOST_US
        if not is_late:
            newest = max(newest, frame.at_us)
            yield frame
