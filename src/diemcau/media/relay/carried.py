"""A source on air above, carried once for everyone below, and each track only while somebody asks for it.

The frames are copied, since each session is answered by name and a site must not be given its own
sound: the library can share whole name spaces between sessions, not one broadcast under a choice
(ADR 0014). It knows neither who reads nor why.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import FabricError, MalformedMediaError, MediaFrame, Outlet, Rendition, Source
from diemcau.media.mix_minus import MixMinus
from diemcau.media.strand import Strand, TextStrand

AGAIN_AFTER: Final = 0.5
KEPT_FOR: Final = 3.0
_CATALOG_WITHIN: Final = 0.1
_RATE, _CHANNELS = 48_000, 1
_PICTURES: Final = (paths.VIDEO, paths.VIDEO_LOW)
_SOUND = Rendition(track=paths.AUDIO, codec="opus", description=None)


class Carried:
    """One source on air. `site`: whose it is; `may_sound`: it is more than a picture of the gallery."""

    def __init__(
        self, site: SiteId, source: Source, new_outlet: Callable[[], Outlet], *, may_sound: bool = True
    ) -> None:
        self.site = site
        self._may_sound = may_sound
        self._source = source
        self._outlet = MixMinus(new_outlet)
        self._tasks: list[asyncio.Task[None]] = []
        self._strands: dict[str, Strand] = {
            track: Strand(source, self._writer(track), again_after=AGAIN_AFTER) for track in _PICTURES
        }
        self._strands[paths.AUDIO] = Strand(source, self._outlet.write_audio, alone=True, again_after=AGAIN_AFTER)
        self._thumb = TextStrand(paths.THUMB, self._write_thumb, again_after=AGAIN_AFTER)

    def offer(self, to_site: SiteId | None) -> Outlet:
        """Return what a session reads: the site's own without sound."""
        return self._outlet.own if to_site == self.site else self._outlet.everyones

    async def begin(self) -> None:
        """Offer the tracks; from then on they are carried as they are asked for."""
        for track in _PICTURES:
            self._outlet.open_video(track)
        self._outlet.open_text(paths.THUMB)
        tracks = [*_PICTURES, paths.THUMB]
        if self._may_sound:
            await self._open_sound()
            tracks.append(paths.AUDIO)
        self._tasks = [asyncio.create_task(self._look_out(track)) for track in tracks]

    async def end(self) -> None:
        """Carry no more; groups and tracks are finished when this returns."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(strand.end() for strand in self._strands.values()), self._thumb.end())
        self._outlet.finish()

    async def _open_sound(self) -> None:
        """Offer the sound as it is offered above, if that is told in time: a catalog waits for the first pictures."""
        with contextlib.suppress(TimeoutError, MalformedMediaError):
            async with asyncio.timeout(_CATALOG_WITHIN):
                async for offered in self._source.renditions():
                    if offered.audio is not None:
                        rate, channels = offered.audio.sample_rate, offered.audio.channels
                        self._outlet.open_audio(sample_rate=rate or _RATE, channels=channels or _CHANNELS)
                        return
        self._outlet.open_audio(sample_rate=_RATE, channels=_CHANNELS)

    async def _look_out(self, track: str) -> None:
        """Carry a track while somebody is subscribed to it, and a little longer."""
        asked = self._outlet.everyones if track == paths.AUDIO else self._outlet  # the site's own has no sound
        with contextlib.suppress(FabricError):
            while True:
                await asked.wanted(track)
                self._carry(track)
                while asked.is_wanted(track):
                    await asked.unwanted(track)
                    await asyncio.sleep(KEPT_FOR)
                self._leave(track)

    def _carry(self, track: str) -> None:
        if track == paths.THUMB:
            self._thumb.choose(self._source)
        elif track == paths.AUDIO:
            self._strands[track].choose(_SOUND)
        else:
            self._strands[track].choose(Rendition(track=track, codec="avc3", description=None))

    def _leave(self, track: str) -> None:
        if track == paths.THUMB:
            self._thumb.choose(None)
        else:
            self._strands[track].choose(None)

    def _writer(self, track: str) -> Callable[[MediaFrame], None]:
        def write(frame: MediaFrame) -> None:
            self._outlet.write_video(frame, track)

        return write

    def _write_thumb(self, picture: bytes) -> None:
        self._outlet.write_text(paths.THUMB, picture)
