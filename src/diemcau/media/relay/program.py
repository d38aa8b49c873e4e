"""The program as halls below a relay read it: what is on air, the board, and the relay's own beat.

A relay numbers what is on air by itself, and each session with the node above begins with new
numbers: halls that stay while the centre starts anew are never given another source under an old
number. While the node above is away what was on air last is kept, and so is everybody's last picture.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.fabric import FabricError, Link, Outlet
from diemcau.media.relay.carried import Carried

_READ_WITHIN = 2.0
_GALLERY = "gallery"


class RelayedProgram:
    """What halls below read of one conference."""

    def __init__(self, conference: ConferenceId, new_outlet: Callable[[], Outlet]) -> None:
        self._conference = conference
        self._new_outlet = new_outlet
        self._program = new_outlet()
        self._carried: dict[int, Carried] = {}
        self._numbers: dict[int, int] = {}
        self._link: Link | None = None
        self._last = 0
        self._changes = 0
        self._beats = 0
        self._tell({"conference": conference, "layout": "", "airs": []})
        self.beat(alone_for=0.0)

    def begin(self, link: Link) -> None:
        """Read from this session from now on; what came by the one before ends with the next record."""
        self._link = link
        self._numbers = {}

    async def take_air(self, text: bytes) -> None:
        """Carry what is on air now, and nothing else."""
        record = json.loads(text)
        airs = {int(air["n"]): air for air in record["airs"]}
        new = [air for number, air in airs.items() if number not in self._numbers]
        await asyncio.gather(*(self._begin(air) for air in new))
        over = [number for number in self._numbers if number not in airs]
        kept = {own for number, own in self._numbers.items() if number in airs}
        ended = [self._carried.pop(own) for own in tuple(self._carried) if own not in kept]
        for number in over:
            del self._numbers[number]
        self._tell({**record, "airs": [self._own(air) for number, air in airs.items() if number in self._numbers]})
        await asyncio.gather(*(one.end() for one in ended))

    def take_board(self, text: bytes) -> None:
        """Send everyone the board."""
        self._program.write_text(paths.BOARD, text)

    def beat(self, *, alone_for: float) -> None:
        """Tell everyone that the relay is alive, and for how long it has heard nothing from above."""
        self._beats += 1
        alone = {"alone_s": round(alone_for)} if alone_for > 0 else {}
        self._program.write_text(paths.BEAT, _json({"n": self._beats, **alone}))

    def offer(self, path: str, *, to_site: SiteId | None) -> Outlet | None:
        """Return what is read under a name; a site is never given its own sound."""
        if path == paths.program(self._conference):
            return self._program
        for own, carried in self._carried.items():
            if path == paths.air(self._conference, own):
                return carried.offer(to_site)
        return None

    async def close(self) -> None:
        """End everything."""
        ended = tuple(self._carried.values())
        self._carried, self._numbers = {}, {}
        await asyncio.gather(*(one.end() for one in ended))
        self._program.finish()

    async def _begin(self, air: dict[str, Any]) -> None:
        if self._link is None:
            return
        try:
            source = await asyncio.wait_for(self._link.read(str(air["broadcast"])), _READ_WITHIN)
        except (FabricError, TimeoutError):  # it ended meanwhile, or the session did: the next record tells
            return
        carried = Carried(SiteId(str(air["site"])), source, self._new_outlet, may_sound=air.get("role") != _GALLERY)
        await carried.begin()
        self._last += 1
        self._numbers[int(air["n"])] = self._last
        self._carried[self._last] = carried

    def _own(self, air: dict[str, Any]) -> dict[str, Any]:
        number = self._numbers[int(air["n"])]
        return {**air, "n": number, "broadcast": paths.air(self._conference, number)}

    def _tell(self, record: dict[str, Any]) -> None:
        self._changes += 1
        self._program.write_text(paths.AIR, _json({**record, "n": self._changes}))


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()
