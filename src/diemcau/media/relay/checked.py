"""The check of a hall's line below a relay: the node above measures the whole way, and what it tells is passed on."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from diemcau.core.ids import ConferenceId
from diemcau.media import paths
from diemcau.media.fabric import FabricError, Link, Outlet
from diemcau.media.line_check import DOWN, PONG, RESULT
from diemcau.media.strand import TextStrand

_AGAIN_AFTER: Final = 0.2
_ANSWERS_WITHIN: Final = 2.0


class CarriedCheck:
    """What one hall reads of its check. Nothing is carried before somebody asks."""

    def __init__(self, new_outlet: Callable[[], Outlet]) -> None:
        self._new_outlet = new_outlet
        self._outlet: Outlet | None = None
        self._strands: list[TextStrand] = []
        self._asked = asyncio.Event()

    def offer(self) -> Outlet:
        """Return what the hall reads."""
        if self._outlet is None:
            outlet = self._outlet = self._new_outlet()
            for track in (PONG, DOWN, RESULT):
                outlet.open_text(track)
                self._strands.append(TextStrand(track, _writer(outlet, track), again_after=_AGAIN_AFTER))
            self._asked.set()
        return self._outlet

    async def follow(self, link: Link, conference: ConferenceId) -> None:
        """Carry what this session tells, once somebody asked, until cancelled."""
        await self._asked.wait()
        with contextlib.suppress(FabricError, TimeoutError):
            async with asyncio.timeout(_ANSWERS_WITHIN):
                source = await link.read(paths.check(conference))
            for strand in self._strands:
                strand.choose(source)

    async def pause(self) -> None:
        """Carry nothing of the session that ended."""
        for strand in self._strands:
            strand.choose(None)

    async def end(self) -> None:
        """Carry no more."""
        await asyncio.gather(*(strand.end() for strand in self._strands))
        if self._outlet is not None:
            self._outlet.finish()


def _writer(outlet: Outlet, track: str) -> Callable[[bytes], None]:
    return lambda text: outlet.write_text(track, text)
