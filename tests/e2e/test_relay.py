import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from diemcau.core.roles import Role
from diemcau.media.rehearsal_sites.report import FirstFrame, Line, Report
from tests.e2e.desks import Desk, desk, token_for
from tests.e2e.halls import rehearsal_sites, way_to_media
from tests.e2e.programs import Program, run, server
from tests.e2e.relays import relay, relay_pass, until_told
from tests.plan.samples import write_plan

SPRING = "spring-review"
COAST, HILLS, CENTRE = "coast", "hills", "head-office"
SITES = (CENTRE, COAST, HILLS)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@dataclass
class Country:
    """A centre that serves a conference, and the desks that are open at it."""

    folder: Path
    url: str
    program: Program
    chair: Desk
    sites: dict[str, Desk]

    async def until_parents(self, site: str, count: int) -> dict[str, Any]:
        """Wait until a site's page is told of so many other parents."""
        return await until_told(lambda: way_to_media(self.sites[site]), lambda way: len(way["parents"]) == count)

    async def until_line(self, site: str, line: str) -> None:
        """Wait until the centre says so of a site's line."""
        await self.chair.until(lambda board: _line(board, site) == line)

    async def grant(self, site: str) -> None:
        """Give a site the floor."""
        await self.chair.must("GrantFloor", {"site": site})


def _line(board: dict[str, Any], site: str) -> str:
    return next(str(one["line"]) for one in board["sites"]["sites"] if one["site"] == site)


@asynccontextmanager
async def country(folder: Path) -> AsyncIterator[Country]:
    """Serve a conference of three sites, opened, with every desk at the centre."""
    data = folder / "data"
    assert (await run("plan", "import", write_plan(folder / "plan"), "--data", data))[0] == 0
    async with AsyncExitStack() as stack:
        program, url = await stack.enter_async_context(server(data))
        chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR)))
        sites = {
            site: await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.SITE, site))) for site in SITES
        }
        await chair.must("OpenConference")
        yield Country(folder=data, url=url, program=program, chair=chair, sites=sites)


async def first_frames(reports: asyncio.Queue[Report], *of: tuple[str, str]) -> dict[tuple[str, str], bool]:
    """Wait until each of these (viewer, site) has seen the other's first picture; return whether it was whole."""
    seen: dict[tuple[str, str], bool] = {}
    async with asyncio.timeout(30):
        while not set(of) <= seen.keys():
            match await reports.get():
                case FirstFrame(viewer=viewer, site=site, is_whole=is_whole):
                    seen[viewer, site] = is_whole
                case _:
                    pass
    return {one: seen[one] for one in of}


async def until_moved(reports: asyncio.Queue[Report], *sites: str) -> dict[str, float]:
    """Wait until each of these sites is up again; return after how many seconds of the loss it noticed."""
    up: dict[str, float] = {}
    async with asyncio.timeout(30):
        while not set(sites) <= up.keys():
            match await reports.get():
                case Line(site=site, state="up", at_ns=at_ns):
                    up[site] = at_ns / 1e9
                case _:
                    pass
    return up


async def test_sites_below_a_relay_and_below_a_relay_of_a_relay_see_and_are_seen(tmp_path: Path) -> None:
    async with country(tmp_path) as here, AsyncExitStack() as stack:
        north = await stack.enter_async_context(relay(here.url, await relay_pass(here.folder, SPRING, COAST, HILLS)))
        far = await relay_pass(here.folder, SPRING, HILLS)
        south = await stack.enter_async_context(relay(north.url, far, "--name", "south"))
        await here.until_parents(HILLS, 2)
        await here.until_parents(COAST, 1)
        reports: asyncio.Queue[Report] = asyncio.Queue()
        for site in SITES:
            told = await stack.enter_async_context(rehearsal_sites(here.sites[site], here.folder, SPRING, site))
            _pour(told, reports, stack)
            await here.until_line(site, "connected")

        await here.grant(HILLS)
        of_hills = await first_frames(reports, (CENTRE, HILLS), (COAST, HILLS))
        await here.grant(COAST)
        of_coast = await first_frames(reports, (CENTRE, COAST), (HILLS, COAST))

        assert set((of_hills | of_coast).values()) == {True}
        assert [(await one.health())["cameras"] for one in (north, south)] == [2, 1]
        assert (await north.health())["relays"] == 1


async def test_sites_of_a_killed_relay_are_at_the_other_parent_by_themselves(tmp_path: Path) -> None:
    async with country(tmp_path) as here, AsyncExitStack() as stack:
        east = await stack.enter_async_context(relay(here.url, await relay_pass(here.folder, SPRING, COAST, HILLS)))
        await here.until_parents(HILLS, 1)
        reports: asyncio.Queue[Report] = asyncio.Queue()
        for site in (COAST, HILLS):
            told = await stack.enter_async_context(rehearsal_sites(here.sites[site], here.folder, SPRING, site))
            _pour(told, reports, stack)
            await here.until_line(site, "connected")
        await here.grant(HILLS)
        assert await first_frames(reports, (COAST, HILLS)) == {(COAST, HILLS): True}

        east.program.tell(signal.SIGKILL)
        await until_moved(reports, COAST, HILLS)

        assert await first_frames(reports, (COAST, HILLS)) == {(COAST, HILLS): True}
        assert (await here.until_parents(HILLS, 0))["parents"] == []


def _pour(told: asyncio.Queue[Report], into: asyncio.Queue[Report], stack: AsyncExitStack) -> None:
    async def pour() -> None:
        while True:
            into.put_nowait(await told.get())

    task = asyncio.create_task(pour())
    stack.callback(task.cancel)
