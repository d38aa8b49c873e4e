"""A centre in this process whose pages a browser opens: two desks, a camera, and what became of the line.

No run of show and no other hall: the main site sends, the program screen looks.
"""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.passes import door_keeper
from diemcau.media.socket_fabric import connect_socket
from diemcau.media.studio import Studio
from diemcau.web.ports import Parts
from diemcau.web.tls import self_made
from tests.core.samples import HANOI, NINE, SITES
from tests.web.door import Door, a_door, open_conference

PATIENCE_MS = 30_000
CONFERENCE = ConferenceId("review-2026")
CAMERA, CAMERA_ON = "Máy quay", "Bật máy quay"
MOVES = """
() => {
  const shown = [...document.querySelectorAll("figure.full canvas")].find((canvas) => canvas.width > 16);
  if (shown === undefined) return false;
  const small = document.createElement("canvas");
  [small.width, small.height] = [64, 36];
  small.getContext("2d").drawImage(shown, 0, 0, small.width, small.height);
  globalThis.pictures ??= new Set();
  return pictures.add(small.toDataURL()).size > 4;
}
"""
"""Pictures came and were drawn, one after the other. How many a second is the ladder's: who can't follow gets fewer."""
LOOK_EVERY_MS = 200
HEARD = "() => heard.loudest > 0.05"
ROUND = "() => heard.beats.at(-1)?.by === 'websocket'"
"""What listens is in `browsers.LISTEN`; a screen says itself by what it is reached."""


@dataclass(slots=True)
class Centre:
    """The web server, the studio behind it, and what that heard of the lines of sites."""

    door: Door
    studio: Studio
    up: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, role: Role, site: SiteId | None = None) -> str:
        """Return the link of a desk."""
        return f"{self.door.base}/enter#{self.door.link(role, site)}"

    async def carriers(self) -> dict[str, str]:
        """Return by what each site's line is carried, as the operator's wall says."""
        ticket = self.door.passes.ticket(self.door.pass_as(Role.OPERATOR), NINE)
        base = self.door.base.replace("http", "ws", 1)
        link = await connect_socket(f"{base}/media/{CONFERENCE}?jwt={ticket}&as=screen", trusted=self.door.context)
        try:
            wall = await link.read(paths.wall(CONFERENCE))
            async with asyncio.timeout(PATIENCE_MS / 1000):
                async for text in wall.texts(paths.STATES):
                    sites: dict[str, dict[str, Any]] = json.loads(text)["sites"]
                    found = {site: str(state["by"]) for site, state in sites.items() if "by" in state}
                    if found:
                        return found
        finally:
            await link.close()
        raise AssertionError("the wall ended")


@asynccontextmanager
async def a_centre(folder: Path, *, host: str = "127.0.0.1") -> AsyncIterator[Centre]:
    """Serve the first conference, opened, with the main site on air as soon as its camera is there."""
    behind: list[Centre] = []

    def beside(parts: Parts) -> Parts:
        def hear(_conference: ConferenceId, _site: SiteId, line: Line) -> None:
            if line is Line.UP:
                behind[0].up.set()

        studio = Studio(MoqNode(host, 0), admit=door_keeper(parts.passes, parts.clock), on_line=hear)
        studios.append(studio)
        return replace(parts, media=studio)

    studios: list[Studio] = []
    secure = None if host == "127.0.0.1" else self_made(folder / "tls", (host,), datetime.now(UTC))
    async with a_door(folder, host=host, certificate=secure, beside=beside) as door:
        (studio,) = studios
        behind.append(Centre(door, studio))
        await studio.start()
        try:
            await studio.open_conference(CONFERENCE, HANOI, frozenset(SITES))
            await open_conference(door)
            await studio.show(CONFERENCE, Air(main_site=HANOI))
            yield behind[0]
        finally:
            await studio.stop()


def chromium() -> str:
    """Return where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "chromium is not installed; run `make packages`"
    return found
