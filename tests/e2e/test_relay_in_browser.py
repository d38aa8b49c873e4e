"""A site's real pages below a relay: they see and send through it, and are at the centre when it dies."""

import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.e2e.browsers import GREEN, LOOK, screen_beside, turn_camera_on, until_shown
from tests.e2e.conferences import SPRING, stage
from tests.e2e.desks import desk, token_for
from tests.e2e.halls import way_to_media
from tests.e2e.relays import relay, relay_pass, until_told
from tests.e2e.test_browser_media import tint

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
COAST, HILLS, CENTRE = "coast", "hills", "head-office"


async def test_a_sites_pages_are_served_by_its_relay_and_by_the_centre_when_that_is_killed(tmp_path: Path) -> None:
    async with stage(tmp_path, CENTRE, HILLS) as here, AsyncExitStack() as stack:
        site = await stack.enter_async_context(desk(here.url, token_for(here.data, SPRING, Role.SITE, COAST)))
        near = await stack.enter_async_context(relay(here.url, await relay_pass(here.data, SPRING, COAST)))
        await until_told(lambda: way_to_media(site), lambda way: len(way["parents"]) == 1)
        camera = await here.page(Role.SITE, COAST)
        await turn_camera_on(camera)
        below = await screen_beside(camera)
        at_centre = await here.page(Role.PROGRAM)
        await at_centre.evaluate(LOOK)
        await until_told(near.health, lambda told: (told["cameras"], told["sessions"]) == (1, 2))
        for screen in (below, at_centre):
            await until_shown(screen, tint(CENTRE))

        await here.chair.must("GrantFloor", {"site": COAST})
        await until_shown(at_centre, GREEN)
        assert (await near.health())["cameras"] == 1
        assert here.opened.faults == []

        near.program.tell(signal.SIGKILL)
        await here.chair.must("ReleaseFloor", {"site": COAST})
        await here.chair.must("GrantFloor", {"site": HILLS})
        for screen in (below, at_centre):
            await until_shown(screen, tint(HILLS))
        await here.chair.must("ReleaseFloor", {"site": HILLS})
        await here.chair.must("GrantFloor", {"site": COAST})
        await until_shown(at_centre, GREEN)
