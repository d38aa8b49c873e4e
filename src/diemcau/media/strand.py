"""A strand: one track of a source on its way, whichever of the source's renditions it is made of.

Going over to another rendition leaves no gap: the new one is subscribed to, written from its
first key frame on that is newer than all before, and only then the old one is dropped. Time goes
on, never back: a clock that does is told of, since a track can't follow it. What is malformed is
left alone for a while; it ends nothing but this strand. It does not know who chooses.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator

from diemcau.media import h264
from diemcau.media.fabric import MalformedMediaError, MediaFrame, Rendition, Source

_LOG = logging.getLogger(__name__)
AGAIN_AFTER = 5.0
_LATE_AT_MOST_US = 5_000_000


def _nobody_hears() -> None:
    """Nobody follows the clock."""


class Strand:
    """Copies what is chosen, from a key frame on. `alone`: each frame stands by itself, as sound does."""

    def __init__(
        self,
        source: Source,
        write: Callable[[MediaFrame], None],
        *,
        alone: bool = False,
        again_after: float = AGAIN_AFTER,
        on_clock_back: Callable[[], None] = _nobody_hears,
    ) -> None:
        self._source = source
        self._write = write
        self._on_clock_back = on_clock_back
        self._alone = alone
        self._again_after = again_after
        self._newest = 0
        self._shown: Rendition | None = None
        self._copying: dict[Rendition, asyncio.Task[None]] = {}
        self._tasks = _Tasks()

    def choose(self, rendition: Rendition | None, *, at_once: bool = False) -> None:
        """Copy this from now on; None: nothing. `at_once`: what was copied so far makes room, though a gap is left."""
        for other in tuple(self._copying):
            if rendition is None or other not in (rendition, None if at_once else self._shown):
                self._drop(other)
        if rendition is not None and rendition not in self._copying:
            self._copying[rendition] = self._tasks.begin(self._copy(rendition))

    async def end(self) -> None:
        """Copy no more; nothing is subscribed to once this has returned."""
        self.choose(None)
        await self._tasks.ended()

    def _drop(self, rendition: Rendition) -> None:
        self._copying.pop(rendition).cancel()
        if self._shown == rendition:
            self._shown = None

    async def _copy(self, rendition: Rendition) -> None:
        while True:
            with left_alone(f"{rendition.track} of {self._source.path}"):
                order = _Order(alone=self._alone)
                async for frame in self._source.frames(rendition):
                    if order.is_clock_back(frame, newest=self._newest):
                        self._on_clock_back()
                    elif order.is_in_time(frame, newest=self._newest) and self._is_shown(rendition, frame):
                        self._newest = max(self._newest, frame.at_us)
                        self._write(frame)
            if self._shown == rendition:
                self._shown = None
            await asyncio.sleep(self._again_after)

    def _is_shown(self, rendition: Rendition, frame: MediaFrame) -> bool:
        """Whether this rendition is shown; go over to it if a decoder can begin with this frame."""
        if rendition == self._shown:
            return True
        if not frame.key and not self._alone:
            return False
        if self._shown is not None:
            self._drop(self._shown)
        self._shown = rendition
        return True


class _Order:
    """What may follow in one subscription, which begins with what was sent before it."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._first: int | None = None
        self._newest = 0
        self._is_late = False

    def is_in_time(self, frame: MediaFrame, *, newest: int) -> bool:
        """Whether a frame is not older than the newest written, nor builds on one that is, as on a crowded line."""
        if frame.key or self._alone:
            self._is_late = frame.at_us < newest
        return not self._is_late

    def is_clock_back(self, frame: MediaFrame, *, newest: int) -> bool:
        """Whether a frame is older than one before it by more than lateness explains, or goes on being older."""
        self._first = frame.at_us if self._first is None else self._first
        self._newest = max(self._newest, frame.at_us)
        is_older = self._newest - frame.at_us > _LATE_AT_MOST_US
        return is_older or (frame.at_us < newest and frame.at_us - self._first > _LATE_AT_MOST_US)


class TextStrand:
    """Copies the texts of one track, from the source that is chosen."""

    def __init__(self, track: str, write: Callable[[bytes], None], *, again_after: float = AGAIN_AFTER) -> None:
        self._track = track
        self._write = write
        self._again_after = again_after
        self._source: Source | None = None
        self._copying: asyncio.Task[None] | None = None
        self._tasks = _Tasks()

    def choose(self, source: Source | None) -> None:
        """Copy from this source from now on; None: from nowhere."""
        if source is self._source:
            return
        self._source = source
        if self._copying is not None:
            self._copying.cancel()
        self._copying = self._tasks.begin(self._copy(source)) if source is not None else None

    async def end(self) -> None:
        """Copy no more; nothing is subscribed to once this has returned."""
        self.choose(None)
        await self._tasks.ended()

    async def _copy(self, source: Source) -> None:
        while True:
            with left_alone(f"{self._track} of {source.path}"):
                async for text in source.texts(self._track):
                    self._write(text)
            await asyncio.sleep(self._again_after)


class _Tasks:
    """Tasks that are waited for in the end, also those that were cancelled long before."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def ended(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)


@contextlib.contextmanager
def left_alone(name: str) -> Iterator[None]:
    """Let what is malformed, or a fault with it, end nothing but itself."""
    try:
        yield
    except (h264.MalformedVideoError, MalformedMediaError) as error:
        _LOG.warning("%s is left alone for a while: %s", name, error)
    except Exception:  # noqa: BLE001 (the top of a task; logged, and the other tracks go on)
        _LOG.exception("%s is left alone by a fault", name)
