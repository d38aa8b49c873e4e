"""The operator's voice to one site below a relay: carried while it is spoken, and never on air."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from diemcau.media.fabric import MalformedMediaError, Outlet, Source
from diemcau.media.strand import Strand

_OFFERED_WITHIN: Final = 1.0


class CarriedVoice:
    """A voice that may come and go. `outlet`: what the site reads; None: nobody speaks to it."""

    def __init__(self, new_outlet: Callable[[], Outlet]) -> None:
        self._new_outlet = new_outlet
        self._strand: Strand | None = None
        self.outlet: Outlet | None = None

    async def begin(self, source: Source) -> None:
        """Carry a voice, in place of the one before."""
        await self.end()
        outlet = self._new_outlet()
        strand = Strand(source, outlet.write_audio, alone=True)
        with contextlib.suppress(TimeoutError, MalformedMediaError):
            async with asyncio.timeout(_OFFERED_WITHIN):
                async for offered in source.renditions():
                    if offered.audio is not None:
                        rate, channels = offered.audio.sample_rate, offered.audio.channels
                        outlet.open_audio(sample_rate=rate or 48_000, channels=channels or 1)
                        strand.choose(offered.audio)
                        break
        self._strand, self.outlet = strand, outlet

    async def end(self) -> None:
        """Carry no more."""
        strand, self._strand = self._strand, None
        outlet, self.outlet = self.outlet, None
        if strand is not None:
            await strand.end()
        if outlet is not None:
            outlet.finish()
