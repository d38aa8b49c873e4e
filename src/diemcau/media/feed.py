"""A feed: the frames of one camera on their way to those who may see them.

It copies one source to an outlet and to a tap in this process: what is on air all the time, and
the rest only while somebody looks. However it ends, the outlet is finished: no group stays open.
It does not know who is on air or why, nor why a site is asked for less.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from diemcau.media import paths
from diemcau.media.camera import Camera
from diemcau.media.fabric import FabricError, MalformedMediaError, MediaFrame, Outlet, Renditions, Size
from diemcau.media.ladder import Rung
from diemcau.media.strand import AGAIN_AFTER, Strand, TextStrand

_LOG = logging.getLogger(__name__)
_ORDER = tuple(Rung)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Carries:
    """Which tracks a feed carries all the time, and which only while somebody looks.

    `sizes`: of which pictures the track `video` is made, the first that the source offers; of a source that has no
    slow picture (`Size.TILE`) where one is wanted, only the key frames go out.
    """

    always: tuple[str, ...] = ()
    on_demand: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = (Size.HIGH,)


ON_AIR = Carries(always=(paths.VIDEO, paths.AUDIO), on_demand=(paths.VIDEO_LOW, paths.THUMB))
IN_GALLERY = Carries(on_demand=(paths.VIDEO, paths.THUMB), sizes=(Size.TILE, Size.LOW, Size.HIGH))
PREVIEWED = Carries(on_demand=(paths.VIDEO,), sizes=(Size.LOW, Size.HIGH))


class Feed:
    """Copies one source while it is on air or looked at."""

    def __init__(
        self,
        camera: Camera,
        outlet: Outlet,
        carries: Carries = ON_AIR,
        *,
        tap: Tap | None = None,
        on_over: Callable[[], None] | None = None,
        again_after: float = AGAIN_AFTER,
    ) -> None:
        self.camera = camera
        self._outlet = outlet
        self._carries = carries
        self._tap = tap
        self._on_over = on_over
        self._rung = Rung.HIGH
        self._is_frozen = False
        self._is_slowed = False
        self._has_picture = asyncio.Event()
        self._leaving = asyncio.Event()
        self._open: set[str] = set()
        self._looked_at = set(carries.always)
        self._looking: list[asyncio.Task[None]] = []
        self._task: asyncio.Task[None] | None = None
        source = camera.source
        self._video = Strand(source, self._write_video, again_after=again_after, on_clock_back=self._leave)
        self._low = Strand(source, self._write_low, again_after=again_after, on_clock_back=self._leave)
        self._audio = Strand(source, self._write_audio, alone=True, again_after=again_after, on_clock_back=self._leave)
        self._thumb = TextStrand(paths.THUMB, self._write_thumb, again_after=again_after)

    async def first_picture(self) -> None:
        """Wait until there is a picture."""
        await self._has_picture.wait()

    def begin(self) -> None:
        """Begin to copy, until `end` or until the source ends."""
        self._choose()
        self._task = asyncio.create_task(self._run())

    def take(self, rung: Rung) -> None:
        """Ask the site for so much and no more from now on; a line that is asked for less has no room for both."""
        is_less = _ORDER.index(rung) > _ORDER.index(self._rung)
        self._rung = rung
        self._choose(at_once=is_less)

    def freeze(self) -> None:
        """Let the picture stand still; the sound goes on, and who comes later sees the last pictures."""
        self._is_frozen = True
        self._choose()

    def thaw(self) -> None:
        """Let the picture move again."""
        self._is_frozen = False
        self._choose()

    def tap(self, tap: Tap | None) -> None:
        """Put the frames into this tap from now on, and end the one before."""
        old, self._tap = self._tap, tap
        if old is not None:
            old.end()

    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._task is not None and self._task.done()

    async def end(self) -> None:
        """Stop copying; the outlet is finished when this returns."""
        self._leaving.set()
        if self._task is not None:
            await asyncio.wait((self._task,))

    def _leave(self) -> None:
        """End, since the camera's clock went back: its next turn on air counts anew."""
        _LOG.info("the clock of %s went back", self.camera.source.path)
        self._leaving.set()

    async def _run(self) -> None:
        following = asyncio.create_task(self._follow())
        leaving = asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait((following, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (following, leaving, *self._looking):
                task.cancel()
            await asyncio.gather(*(strand.end() for strand in (self._video, self._low, self._audio, self._thumb)))
            self._outlet.finish()
            self.tap(None)
            if self._on_over is not None:
                self._on_over()

    async def _follow(self) -> None:
        try:
            async for _ in self.camera.renditions():
                self._choose()
        except Exception:  # noqa: BLE001 (the top of a task; logged, and the program goes on)
            _LOG.exception("%s is taken off by a fault", self.camera.source.path)

    def _choose(self, *, at_once: bool = False) -> None:
        """Copy what is offered, allowed and looked at now, and nothing else."""
        if self._leaving.is_set() or self.is_over():
            return
        self._open_tracks(self.camera.offered)
        offered = self.camera.offered
        is_less = self._rung is Rung.LOW and self._carries.sizes[0] is Size.HIGH
        sizes = (Size.LOW, *self._carries.sizes) if is_less else self._carries.sizes
        self._is_slowed = self._carries.sizes[0] is Size.TILE and offered.tile is None
        is_moving = not self._is_frozen and self._rung in (Rung.HIGH, Rung.LOW)
        has_thumb = not self._is_frozen and self._rung is not Rung.SOUND
        self._audio.choose(offered.audio if self._carried(paths.AUDIO) else None)
        moving = offered.first(*sizes) if is_moving and self._carried(paths.VIDEO) else None
        self._video.choose(moving, at_once=at_once)
        self._low.choose(offered.low if is_moving and self._carried(paths.VIDEO_LOW) else None)
        self._thumb.choose(self.camera.source if has_thumb and self._carried(paths.THUMB) else None)

    def _carried(self, track: str) -> bool:
        return track in self._open and track in self._looked_at

    def _open_tracks(self, offered: Renditions) -> None:
        """Offer the tracks before the first frame, so that nobody asks for them too early."""
        opening = {
            paths.AUDIO: offered.audio is not None,
            paths.VIDEO: offered.first(*self._carries.sizes) is not None,
            paths.VIDEO_LOW: offered.low is not None,
            paths.THUMB: True,
        }
        for track in (*self._carries.always, *self._carries.on_demand):
            if opening[track] and track not in self._open and self._offer(track, offered):
                self._open.add(track)
                if track in self._carries.on_demand:
                    self._looking.append(asyncio.create_task(self._look_out(track)))

    def _offer(self, track: str, offered: Renditions) -> bool:
        try:
            if track == paths.THUMB:
                self._outlet.open_text(track)
            elif track == paths.AUDIO and offered.audio is not None:
                rate, channels = offered.audio.sample_rate, offered.audio.channels
                self._outlet.open_audio(sample_rate=rate or 48_000, channels=channels or 1)
            else:
                self._outlet.open_video(track)
        except MalformedMediaError as error:
            _LOG.warning("%s of %s can't be offered: %s", track, self.camera.source.path, error)
            return False
        return True

    async def _look_out(self, track: str) -> None:
        """Carry a track only while somebody is subscribed to it."""
        with contextlib.suppress(FabricError):
            while True:
                await self._outlet.wanted(track)
                self._looked_at.add(track)
                self._choose()
                await self._outlet.unwanted(track)
                self._looked_at.discard(track)
                self._choose()

    def _write_video(self, frame: MediaFrame) -> None:
        if self._is_slowed and not frame.key:
            return
        self._outlet.write_video(frame)
        self._has_picture.set()
        if self._tap is not None:
            self._tap.video(frame)

    def _write_low(self, frame: MediaFrame) -> None:
        self._outlet.write_video(frame, paths.VIDEO_LOW)

    def _write_audio(self, frame: MediaFrame) -> None:
        self._outlet.write_audio(frame)
        if self._tap is not None:
            self._tap.audio(frame)

    def _write_thumb(self, picture: bytes) -> None:
        self._outlet.write_text(paths.THUMB, picture)
