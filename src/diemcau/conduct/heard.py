"""What was heard of the sites' lines, noted until the journal has it.

A journal that takes nothing refuses what is noted meanwhile; when it writes again the lines are
noted as they are by then. Who hears them is `wiring`'s, what follows from them the core's.
"""

from diemcau.conduct.desk import Desk
from diemcau.core import sites
from diemcau.core.ids import SiteId


class HeardLines:
    """The lines of one conference as they were heard last."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_up: dict[SiteId, bool] = {}

    async def hear(self, site: SiteId, *, up: bool) -> None:
        """Note that a line came up or was lost."""
        self._is_up[site] = up
        await self._note(site)

    async def miss(self) -> None:
        """Take the lines for lost that are up by the journal and of which nothing was heard since the start."""
        for site in sites.who_is_connected(self._desk.formal.lines):
            if site not in self._is_up:
                await self.hear(site, up=False)

    async def settle(self) -> None:
        """Note again what the journal hasn't, unless it takes nothing still."""
        for site, up in tuple(self._is_up.items()):
            if self._desk.surroundings.unwritable_since is not None:
                return
            if self._is_missing(site, up=up):
                await self._note(site)

    def _is_missing(self, site: SiteId, *, up: bool) -> bool:
        known = (self._desk.formal, self._desk.current)
        return any(up != (site in sites.who_is_connected(conference.lines)) for conference in known)

    async def _note(self, site: SiteId) -> None:
        await self._desk.note(sites.NoteLineUp(site=site) if self._is_up[site] else sites.NoteLineLost(site=site))
