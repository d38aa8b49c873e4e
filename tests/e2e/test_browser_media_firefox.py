"""Sound and picture between Chromium and Firefox, both ways."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from diemcau.core.roles import Role
from tests.e2e.browsers import GREEN, LISTEN, LOOK, PATIENCE, turn_camera_on
from tests.e2e.conferences import link, stage
from tests.e2e.firefox import a_firefox

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
IS_NEAR = "Math.abs(seen.now[{}] - {}) < 9"
SHOWS_GREEN = f"!!seen.now && seen.now[0] > 60 && {IS_NEAR.format(1, GREEN[0])} && {IS_NEAR.format(2, GREEN[1])}"


async def test_a_camera_in_firefox_is_seen_and_heard_in_chromium(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference, a_firefox(tmp_path) as firefox:
        camera = await firefox.open(link(conference.url, conference.data, Role.SITE, "coast"))
        await firefox.press(camera, "Camera")
        await firefox.press(camera, "Turn the camera on")
        await firefox.until(camera, "document.body.innerText.includes('Connected. Picture is sent only when')")
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)

        await conference.chair.must("GrantFloor", {"site": "coast"})

        await hall.wait_for_function("() => seen.now && seen.now[0] > 60", timeout=PATIENCE)
        await hall.wait_for_function("() => heard.loudest > 0.05", timeout=PATIENCE)
        await firefox.until(camera, "document.body.innerText.includes('The main site is receiving')")
        assert conference.opened.faults == []


async def test_a_camera_in_chromium_is_seen_and_heard_in_firefox(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference, a_firefox(tmp_path) as firefox:
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        await firefox.ask("script.addPreloadScript", functionDeclaration=f"() => {{ {LISTEN} }}")
        hall = await firefox.open(link(conference.url, conference.data, Role.PROGRAM))
        await firefox.until(hall, "document.querySelector('.program') !== null")
        await firefox.tell(hall, LOOK)

        await conference.chair.must("GrantFloor", {"site": "coast"})

        await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
        await firefox.until(hall, SHOWS_GREEN)
        await firefox.until(hall, "heard.loudest > 0.05")
        await firefox.until(hall, "heard.beats.at(-1)?.by === 'webtransport'")
