"""Sound and picture between Chromium and Firefox, both ways."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from diemcau.core.roles import Role
from tests.e2e.browsers import GREEN, LISTEN, LOOK, PATIENCE, turn_camera_on
from tests.e2e.conferences import link, stage
from tests.e2e.bidi import firefox


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_camera_in_firefox_is_seen_and_heard_in_chromium(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference, firefox(tmp_path / "firefox") as camera:
        await camera.goto(link(conference.url, conference.data, Role.SITE, "coast"))
        await camera.press("Camera")
        await camera.press("Turn the camera on")
        await camera.until("document.body.innerText.includes('Connected. Picture is sent only when')")
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)

        await conference.chair.must("GrantFloor", {"site": "coast"})

        await hall.wait_for_function("() => seen.now && seen.now[0] > 60", timeout=PATIENCE)
        await hall.wait_for_function("() => heard.loudest > 0.05", timeout=PATIENCE)
        await camera.until("document.body.innerText.includes('The main site is receiving')")
        assert conference.opened.faults == []


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_camera_in_chromium_is_seen_and_heard_in_firefox(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference, firefox(tmp_path / "firefox") as hall:
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        await hall.before_each_page(LISTEN)
        await hall.goto(link(conference.url, conference.data, Role.PROGRAM))
        await hall.until("document.querySelector('.program')")
        await hall.evaluate(LOOK)

        await conference.chair.must("GrantFloor", {"site": "coast"})

        await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
        u, v = GREEN
        await hall.until(
            f"seen.now && seen.now[0] > 60 && Math.abs(seen.now[1] - {u}) < 9 && Math.abs(seen.now[2] - {v}) < 9"
        )
        await hall.until("heard.loudest > 0.05")
        assert await hall.evaluate("heard.beats.at(-1).by") == "webtransport"
