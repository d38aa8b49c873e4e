"""The operator's wall: small pictures of all sites and how their lines are doing.

A site's small picture is asked of it only while an operator looks. What is said of the lines is
measured elsewhere. It forwards no sound and nothing to any hall.
"""

import asyncio
import contextlib

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import FabricError, Outlet, Source
from diemcau.media.strand import AGAIN_AFTER, TextStrand


class Wall:
    """The wall of one conference."""

    def __init__(self, outlet: Outlet, sites: frozenset[SiteId], *, again_after: float = AGAIN_AFTER) -> None:
        self.outlet = outlet
        self._again_after = again_after
        self._sources: dict[SiteId, Source] = {}
        self._looked_at: set[SiteId] = set()
        self._thumbs: dict[SiteId, TextStrand] = {}
        self._looking: list[asyncio.Task[None]] = []
        outlet.open_text(paths.STATES)
        for site in sorted(sites):
            self._open(site)

    def tell(self, states: bytes) -> None:
        """Tell every operator how the lines are doing; who comes later gets the newest."""
        self.outlet.write_text(paths.STATES, states)

    def connect(self, site: SiteId, source: Source) -> None:
        """Note that a site's camera is there, in place of any earlier one."""
        self._open(site)
        self._sources[site] = source
        self._choose(site)

    def lose(self, site: SiteId) -> None:
        """Note that a site's camera is gone; its last picture stays."""
        self._sources.pop(site, None)
        self._choose(site)

    async def close(self) -> None:
        """End it."""
        for look in self._looking:
            look.cancel()
        await asyncio.gather(*(thumb.end() for thumb in self._thumbs.values()))
        self.outlet.finish()

    def _open(self, site: SiteId) -> None:
        if site in self._thumbs:
            return
        track = paths.thumb(site)
        self.outlet.open_text(track)
        self._thumbs[site] = TextStrand(
            paths.THUMB, lambda picture: self.outlet.write_text(track, picture), again_after=self._again_after
        )
        self._looking.append(asyncio.create_task(self._look_out(site)))

    def _choose(self, site: SiteId) -> None:
        if site in self._thumbs:
            self._thumbs[site].choose(self._sources.get(site) if site in self._looked_at else None)

    async def _look_out(self, site: SiteId) -> None:
        """Ask a site for its small pictures only while an operator looks."""
        track = paths.thumb(site)
        with contextlib.suppress(FabricError):
            while True:
                await self.outlet.wanted(track)
                self._looked_at.add(site)
                self._choose(site)
                await self.outlet.unwanted(track)
                self._looked_at.discard(site)
                self._choose(site)
