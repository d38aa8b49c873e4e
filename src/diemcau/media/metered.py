"""A metered source: what somebody publishes, counted and timed as it arrives.

Whoever reads it need not know. What is too much is said once, and then nothing more comes of it.
A track that is asked for again may begin with what it ended with long ago: that is left out.
"""

from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from diemcau.media.fabric import Admission, MediaFrame, Rendition, Renditions, Source
from diemcau.media.limits import Excess, Meter, Sent
from diemcau.media.measure import Arrivals
from diemcau.media.recording.originals import samples_of

OPUS = "opus"
_RATE = 48_000
_STALE_FOR = 3.0
"""After that it is no old group, but a page that counts time anew."""
Metering: TypeAlias = Callable[[Admission, Source], Source]
"""Has what a session publishes counted, and whoever sends too much seen out (`reception.Reception.metered`)."""


class MeteredSource:
    """A source of one session. `on_crowded`: called at each sound that shows that a queue stands on the way."""

    def __init__(
        self,
        source: Source,
        meter: Meter,
        *,
        arrivals: Arrivals,
        on_excess: Callable[[Excess], None],
        clock: Callable[[], float],
        on_crowded: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._meter = meter
        self._arrivals = arrivals
        self._on_excess = on_excess
        self._clock = clock
        self._on_crowded = on_crowded
        self._is_too_much = False

    @property
    def path(self) -> str:
        """The name under which it is published."""
        return self._source.path

    async def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change."""
        async for renditions in self._source.renditions():
            if self._counts(Sent.GROUPS, self._clock()):
                return
            yield renditions

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        """Yield the frames of one track from a key frame on; subscribed while iterated."""
        is_sound = rendition.codec == OPUS
        begun: float | None = None
        is_fresh = False
        try:
            async for frame in self._source.frames(rendition):
                at = self._clock()
                begun = at if begun is None else begun
                is_fresh = is_fresh or at - begun >= _STALE_FOR or not self._arrivals.is_stale(frame.at_us, at=at)
                if not is_fresh:
                    continue
                if is_sound:
                    lasts_us = samples_of(frame.payload) * 1_000_000 // _RATE
                    self._arrivals.sound(frame.at_us, lasts_us=lasts_us, at=at)
                    if self._arrivals.is_crowded:
                        self._on_crowded()
                else:
                    size = len(frame.payload)
                    self._arrivals.picture(rendition.track, frame.at_us, at=at, size=size, key=frame.key)
                begins = frame.key and not is_sound and self._counts(Sent.GROUPS, at)
                if begins or self._counts(Sent.FRAMES, at):
                    return
                yield frame
        finally:
            self._arrivals.end(rendition.track)

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        """Yield the newest text of a track and every later one."""
        async for text in self._source.texts(track):
            if self._counts(Sent.GROUPS, self._clock()):
                return
            yield text

    def _counts(self, sent: Sent, at: float) -> bool:
        """Count one; say whether it was too much, now or before."""
        excess = self._meter.note(sent, at=at)
        if excess is not None and not self._is_too_much:
            self._is_too_much = True
            self._on_excess(excess)
        return self._is_too_much
