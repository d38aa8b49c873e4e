"""The way round QUIC in real browsers: found by the page itself, both to send and to look."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright

from diemcau.core.roles import Role
from tests.core.samples import HANOI
from tests.e2e.browsers import LISTEN
from tests.e2e.fallback import (
    CAMERA,
    CAMERA_ON,
    HEARD,
    LOOK_EVERY_MS,
    MOVES,
    PATIENCE_MS,
    ROUND,
    Centre,
    a_centre,
    chromium,
)
from tests.web.namespaces import a_namespace

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


@asynccontextmanager
async def a_browser(executable: str | None = None) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable or chromium(), args=list(FLAGS))
        yield await browser.new_context(ignore_https_errors=True)
        await browser.close()


async def test_a_browser_without_webtransport_sends_and_looks_over_the_web_server(tmp_path: Path) -> None:
    async with a_centre(tmp_path) as centre, a_browser() as browser:
        await browser.add_init_script("delete globalThis.WebTransport")

        await _send_and_look(browser, centre)

        assert await centre.carriers() == {HANOI: "websocket"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a network namespace")
async def test_a_hall_whose_network_lets_no_udp_through_goes_on_over_the_web_server(tmp_path: Path) -> None:
    with a_namespace(233) as elsewhere:
        elsewhere.block_udp()
        there = tmp_path / "chromium"
        there.write_text(f'#!/bin/sh\nexec ip netns exec {elsewhere.name} {chromium()} "$@"\n')
        there.chmod(0o700)
        async with a_centre(tmp_path, host=elsewhere.here) as centre, a_browser(str(there)) as browser:
            await _send_and_look(browser, centre)

            assert await centre.carriers() == {HANOI: "websocket"}


async def _send_and_look(browser: BrowserContext, centre: Centre) -> None:
    """Turn the main site's camera on in one page, and see and hear it in another."""
    hall, site = await browser.new_page(), await browser.new_page()
    await hall.add_init_script(LISTEN)
    await hall.goto(centre.enter(Role.PROGRAM))
    await site.goto(centre.enter(Role.SITE, HANOI))
    await site.get_by_role("button", name=CAMERA).click()
    await site.get_by_role("button", name=CAMERA_ON).click()
    await hall.wait_for_function(MOVES, polling=LOOK_EVERY_MS, timeout=PATIENCE_MS)
    await hall.wait_for_function(HEARD, timeout=PATIENCE_MS)
    await hall.wait_for_function(ROUND, timeout=PATIENCE_MS)
