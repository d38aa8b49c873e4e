"""A conference that is open, with a browser beside it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from diemcau.core.roles import Role
from tests.e2e.browsers import Opened, chromium
from tests.e2e.desks import Desk, desk, token_for
from tests.e2e.halls import rehearsal_sites
from tests.e2e.programs import run, server
from tests.plan.samples import write_plan

SPRING = "spring-review"


@dataclass
class Stage:
    """A conference that is open, its chair, and a browser."""

    data: Path
    url: str
    chair: Desk
    opened: Opened

    async def page(self, role: Role, site: str | None = None, **size: int) -> Page:
        """Open a desk in the browser."""
        return await self.opened.page(link(self.url, self.data, role, site), **size)


def link(url: str, data: Path, role: Role, site: str | None = None) -> str:
    """Return the link that opens a desk."""
    return f"{url}/enter#{token_for(data, SPRING, role, site)}"


async def planned(folder: Path) -> Path:
    """Return a data folder with a conference of three sites."""
    data = folder / "data"
    assert (await run("plan", "import", write_plan(folder / "plan"), "--data", data))[0] == 0
    return data


@asynccontextmanager
async def stage(folder: Path, *sites: str) -> AsyncIterator[Stage]:
    """Open a conference with rehearsal sites, and a browser."""
    data = await planned(folder)
    async with server(data) as (_, url), AsyncExitStack() as stack:
        chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR)))
        program = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.PROGRAM)))
        if sites:
            await stack.enter_async_context(rehearsal_sites(program, data, SPRING, *sites))
        await chair.must("OpenConference")
        opened = await stack.enter_async_context(chromium())
        yield Stage(data=data, url=url, chair=chair, opened=opened)
