"""Halls without people: rehearsal sites that send and receive, and a screen that takes what comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.fabric import Link, Rendition
from diemcau.media.moq_fabric import connect
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes, new_pass
from diemcau.media.rehearsal_sites.elsewhere import Parent
from diemcau.media.rehearsal_sites.report import Line, Report
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall, RehearsalSite
from tests.e2e.desks import Desk

PATIENCE = 30.0
SMALL = Quality(width=160, height=96, fps=5, video_bits_per_second=60_000)
VIDEO = Rendition(track=paths.VIDEO, codec="avc3", description=None)
AUDIO = Rendition(track=paths.AUDIO, codec="opus", description=None)


class Screen:
    """A screen of one conference."""

    def __init__(self, link: Link, conference: str) -> None:
        self._link = link
        self._program = paths.program(ConferenceId(conference))

    async def beats(self, count: int) -> int:
        """Wait for so many beats that are sent from now on; fail if they don't come."""
        program = await self._link.read(self._program)
        heard = 0
        async with asyncio.timeout(PATIENCE):
            async for _ in program.texts(paths.BEAT):
                heard += 1
                if heard > count:  # the first is the newest of those before
                    break
        return heard - 1

    async def board(self) -> dict[str, Any]:
        """Return the newest board that every hall may see."""
        program = await self._link.read(self._program)
        async with asyncio.timeout(PATIENCE):
            async for text in program.texts(paths.BOARD):
                found: dict[str, Any] = json.loads(text)
                return found
        raise AssertionError("the program ended")

    async def on_air(self, *sites: str) -> list[dict[str, Any]]:
        """Wait until exactly these sites are on air; return their entries."""
        program = await self._link.read(self._program)
        now: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(PATIENCE):
                async for text in program.texts(paths.AIR):
                    now = json.loads(text)["airs"]
                    if {air["site"] for air in now} == set(sites):
                        return now
        except TimeoutError:
            pass
        raise AssertionError(f"on air: {now}")

    async def pictures(self, air: dict[str, Any], count: int) -> list[bytes]:
        """Take so many pictures of a source on air, from a whole one on."""
        return await self._take(air, VIDEO, count)

    async def sounds(self, air: dict[str, Any], count: int) -> list[bytes]:
        """Take so much of the sound of a source on air."""
        return await self._take(air, AUDIO, count)

    async def _take(self, air: dict[str, Any], rendition: Rendition, count: int) -> list[bytes]:
        source = await self._link.read(air["broadcast"])
        taken: list[bytes] = []
        async with asyncio.timeout(PATIENCE):
            async for frame in source.frames(rendition):
                taken.append(frame.payload)
                if len(taken) == count:
                    break
        return taken


async def way_to_media(desk: Desk) -> dict[str, Any]:
    """Return what a desk says about the way to sound and picture."""
    answer = await desk.get("media")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def screen(desk: Desk, conference: str) -> AsyncIterator[Screen]:
    """Open a screen as a desk's page does."""
    way = await way_to_media(desk)
    link = await connect(way["screen"], fingerprints=tuple(way["fingerprints"]))
    try:
        yield Screen(link, conference)
    finally:
        await link.close()


@asynccontextmanager
async def rehearsal_sites(
    desk: Desk, folder: Path, conference: str, *sites: str, port: int | None = None
) -> AsyncIterator[asyncio.Queue[Report]]:
    """Let sites take part, and yield what they report. They connect again for ever; `port`: where a bad line begins."""
    way = await way_to_media(desk)
    url = way["screen"].partition("/screen")[0]
    reports: asyncio.Queue[Report] = asyncio.Queue()
    halls = [
        Hall(
            conference=ConferenceId(conference),
            site=SiteId(site),
            name=site,
            url=url if port is None else f"{url.rpartition(':')[0]}:{port}",
            fingerprints=tuple(way["fingerprints"]),
            token=ticket(folder, conference, site),
            parents=tuple(
                Parent(url=one["screen"].partition("/screen")[0], fingerprints=tuple(one["fingerprints"]))
                for one in way["parents"]
            ),
        )
        for site in sites
    ]
    running = [asyncio.create_task(RehearsalSite(hall, SMALL, reports.put_nowait).run()) for hall in halls]
    try:
        await until_up(reports, *sites)
        yield reports
    finally:
        for site in running:
            site.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def until_up(reports: asyncio.Queue[Report], *sites: str) -> None:
    """Wait until each of these sites has reported that its line is up."""
    missing = set(sites)
    async with asyncio.timeout(2 * PATIENCE):
        while missing:
            match await reports.get():
                case Line(site=site, state="up"):
                    missing.discard(site)
                case _:
                    pass


def ticket(folder: Path, conference: str, site: str) -> str:
    """Return a token with which a site's camera is let in for a day."""
    now, lasts = WallClock().now(), timedelta(days=1)
    pass_ = new_pass(conference=ConferenceId(conference), role=Role.SITE, site=SiteId(site), until=now + lasts)
    return Passes(load_key(folder)).ticket(pass_, now, lasts=lasts)
