"""Sound and picture in real browsers: takes without an empty moment, cameras that come and go."""

import socket
import zlib
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from diemcau.core.roles import Role
from diemcau.media.rehearsal_sites import picture
from tests.cli.test_serving import taken
from tests.e2e.browsers import GREEN, LOOK, PATIENCE, chromium, looks, screen_beside, turn_camera_on, until_shown
from tests.e2e.conferences import SPRING, link, planned, stage
from tests.e2e.desks import Board, desk, token_for
from tests.e2e.programs import server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
EMPTY = 30
MOVING_TILES = (
    "(count) => [...document.querySelectorAll('figure.tile canvas')].filter((one) => one.width > 16).length === count"
)
STILLS = "(count) => [...document.querySelectorAll('canvas')].filter((one) => one.width === 160).length === count"
FALLS_SILENT = """async () => {
  heard.loudest = 0;
  await new Promise((resolve) => setTimeout(resolve, 2500));
  return heard.loudest < 0.01;
}"""
PULL_OUT = """
() => {
  navigator.mediaDevices.getUserMedia = new Proxy(navigator.mediaDevices.getUserMedia, {
    apply: (ask, self, given) =>
      globalThis.isPluggedIn ? ask.apply(self, given) : Promise.reject(new DOMException("", "NotFoundError")),
  });
  for (const track of document.querySelector("video").srcObject.getTracks()) track.dispatchEvent(new Event("ended"));
}
"""
PLUG_IN = """
() => {
  globalThis.isPluggedIn = true;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}
"""
SMALLER = """
() => {
  navigator.mediaDevices.getUserMedia = new Proxy(navigator.mediaDevices.getUserMedia, {
    apply: (ask, self, [given]) =>
      ask.call(self, { ...given, video: { width: { exact: 320 }, height: { exact: 240 } } }),
  });
  for (const track of document.querySelector("video").srcObject.getTracks()) track.dispatchEvent(new Event("ended"));
}
"""
SHOWS_SMALLER = (
    "() => [...document.querySelectorAll('figure.full canvas')].some((one) => one.width === 320 && one.height === 240)"
)
HIDE = """
([isHidden]) => {
  Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
STANDS_STILL = """async () => {
  const text = () => document.querySelector("figure.full canvas").toDataURL();
  const before = text();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return text() === before;
}"""


def tint(site: str) -> tuple[int, int]:
    """Return the colour in which a rehearsal site draws."""
    tints = picture._TINTS  # noqa: SLF001 - what a rehearsal site looks like is known to it alone
    return tints[zlib.crc32(site.encode()) % len(tints)]


async def test_twenty_takes_show_a_picture_at_every_moment(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office", "coast", "hills") as conference:
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, tint("head-office"))
        await looks(hall)

        for number in range(20):
            site = ("coast", "hills", "coast", None)[number % 4]
            if site is None:
                await conference.chair.must("ReleaseFloor", {"site": "coast"})
            else:
                await conference.chair.must("GrantFloor", {"site": site})
            await until_shown(hall, tint(site or "head-office"))

        shown = await looks(hall)
        assert len(shown) > 100
        assert [look for look in shown if look[0] < EMPTY] == []
        assert conference.opened.faults == []


async def test_a_camera_in_a_browser_is_seen_and_heard_in_another(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, tint("head-office"))

        await conference.chair.must("GrantFloor", {"site": "coast"})

        await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
        await until_shown(hall, GREEN)
        await hall.wait_for_function("() => heard.loudest > 0.05", timeout=PATIENCE)
        await hall.wait_for_function("() => heard.beats.length > 9", timeout=PATIENCE)
        beats = await hall.evaluate("heard.beats")
        assert [beat["n"] for beat in beats] == list(range(1, len(beats) + 1))
        assert {beat["by"] for beat in beats} == {"webtransport"}
        assert await hall.evaluate("crossOriginIsolated")
        assert conference.opened.faults == []


async def test_a_camera_whose_page_is_loaded_again_comes_back_by_itself(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await until_shown(hall, GREEN)
        await looks(hall)

        await camera.reload()

        await camera.get_by_role("button", name="Camera").click()
        await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
        await until_shown(hall, GREEN)
        assert [look for look in await looks(hall) if look[0] < EMPTY] == []


async def test_halls_keep_the_last_picture_while_the_server_is_started_again(tmp_path: Path) -> None:
    with taken(socket.SOCK_STREAM) as port, taken(socket.SOCK_DGRAM) as media:
        pass
    ports = ("--port", port, "--media-port", media)
    async with AsyncExitStack() as stack:
        data = await planned(tmp_path)
        opened = await stack.enter_async_context(chromium())
        async with server(data, *ports) as (first, url):
            async with desk(url, token_for(data, SPRING, Role.CHAIR)) as chair:
                await chair.must("OpenConference")
                camera = await opened.page(link(url, data, Role.SITE, "head-office"), width=390, height=844)
                await turn_camera_on(camera)
                hall = await opened.page(link(url, data, Role.PROGRAM))
                await hall.evaluate(LOOK)
                await until_shown(hall, GREEN)
            await looks(hall)
            await first.kill()
            await expect(hall.locator(".message", has_text="Reconnecting")).to_be_visible(timeout=PATIENCE)

        async with server(data, *ports):
            await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
            await expect(hall.locator(".message", has_text="Reconnecting")).to_be_hidden(timeout=PATIENCE)

        assert [look for look in await looks(hall) if look[0] < EMPTY] == []


async def test_pages_whose_browser_forgot_their_cookies_come_back_by_themselves(tmp_path: Path) -> None:
    # Chromium starts its network process anew when that breaks, as it may when a server is killed: cookies that are
    # on no disk are gone then.
    with taken(socket.SOCK_STREAM) as port, taken(socket.SOCK_DGRAM) as media:
        pass
    ports = ("--port", port, "--media-port", media)
    async with AsyncExitStack() as stack:
        data = await planned(tmp_path)
        opened = await stack.enter_async_context(chromium())
        async with server(data, *ports) as (_, url):
            async with desk(url, token_for(data, SPRING, Role.CHAIR)) as chair:
                await chair.must("OpenConference")
            secretary = await opened.page(link(url, data, Role.SECRETARY))
            hall = await opened.page(link(url, data, Role.PROGRAM))
            site = await opened.page(link(url, data, Role.SITE, "coast"))
            screen = await screen_beside(site)
            await site.close()
            for page in (hall, screen):
                await expect(page.get_by_text("No picture yet")).to_be_visible(timeout=PATIENCE)
            for page in (secretary, hall, screen):
                await page.context.clear_cookies()

        async with server(data, *ports) as (_, url):
            async with desk(url, token_for(data, SPRING, Role.CHAIR)) as chair:
                await chair.must("AdjournConference", {"reason": "Noon"})
            for page in (hall, screen):
                await expect(page.locator(".waiting")).to_be_visible(timeout=PATIENCE)
            await expect(secretary.get_by_text("Adjourned").first).to_be_visible(timeout=PATIENCE)


async def test_a_hall_whose_pictures_come_late_is_shown_smaller_ones_without_an_empty_moment(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, tint("head-office"))
        await looks(hall)

        for rung in ("low", "thumb"):
            await hall.evaluate("globalThis.pretendedLateness = 2000")
            await hall.wait_for_function("(rung) => heard.beats.at(-1)?.shows === rung", arg=rung, timeout=PATIENCE)
            await until_shown(hall, tint("head-office"))
        await hall.evaluate("globalThis.pretendedLateness = 0")
        await hall.wait_for_function("() => heard.beats.at(-1)?.shows !== 'thumb'", timeout=2 * PATIENCE)
        await until_shown(hall, tint("head-office"))

        assert [look for look in await looks(hall) if look[0] < EMPTY] == []
        assert conference.opened.faults == []


async def test_a_hall_shows_gallery_frozen_picture_and_slate_as_the_operator_asks(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office", "coast", "hills") as conference, AsyncExitStack() as stack:
        token = token_for(conference.data, SPRING, Role.OPERATOR)
        operator = await stack.enter_async_context(desk(conference.url, token))
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, tint("head-office"))

        await operator.must("ChooseGallery", {"sites": ["coast", "hills", "head-office"]})
        await operator.must("ChooseLayout", {"layout": "gallery"})
        tiles = hall.locator("figure.tile")
        await expect(tiles).to_have_count(3, timeout=PATIENCE)
        await hall.wait_for_function(MOVING_TILES, arg=3, timeout=PATIENCE)
        await operator.must("ChooseLayout", {"layout": "main"})
        await until_shown(hall, tint("head-office"))

        await operator.must("FreezeProgram")
        await hall.wait_for_function(STANDS_STILL, timeout=PATIENCE)
        await operator.must("UnfreezeProgram")
        await hall.wait_for_function(f"async () => !(await ({STANDS_STILL})())", timeout=PATIENCE)

        await operator.must("ShowSlate", {"text": "Back at ten"})
        await expect(hall.locator(".slate")).to_contain_text("Back at ten", timeout=PATIENCE)
        await operator.must("TakeDownSlate")
        await expect(hall.locator(".slate")).to_be_hidden(timeout=PATIENCE)
        assert conference.opened.faults == []


async def test_a_camera_that_is_pulled_out_is_told_of_and_back_when_it_is_plugged_in(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference:
        camera = await conference.page(Role.SITE, "head-office", width=390, height=844)
        await turn_camera_on(camera)
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, GREEN)

        await camera.evaluate(PULL_OUT)
        await expect(camera.get_by_text("was pulled out")).to_be_visible(timeout=PATIENCE)
        await hall.wait_for_function(STANDS_STILL, timeout=PATIENCE)
        await conference.chair.until(lambda board: _line_of(board, "head-office") == "lost")
        await camera.evaluate(PLUG_IN)
        await conference.chair.until(lambda board: _line_of(board, "head-office") == "connected")
        await expect(camera.get_by_text("The main site is receiving")).to_be_visible(timeout=PATIENCE)
        await hall.wait_for_function(f"async () => !(await ({STANDS_STILL})())", timeout=PATIENCE)

        assert conference.opened.faults == []


async def test_a_camera_of_another_shape_takes_the_place_of_the_first_and_is_not_stretched(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference:
        camera = await conference.page(Role.SITE, "head-office", width=390, height=844)
        await turn_camera_on(camera)
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, GREEN)
        await looks(hall)

        await camera.evaluate(SMALLER)

        await hall.wait_for_function(SHOWS_SMALLER, timeout=PATIENCE)
        await until_shown(hall, GREEN)
        assert [look for look in await looks(hall) if look[0] < EMPTY] == []
        assert conference.opened.faults == []


def _line_of(board: Board, site: str) -> str:
    return next(str(one["line"]) for one in board["sites"]["sites"] if one["site"] == site)


async def test_a_page_that_nobody_sees_asks_for_no_picture_and_still_sounds(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        hall = await conference.page(Role.PROGRAM)
        await hall.evaluate(LOOK)
        await until_shown(hall, tint("head-office"))

        await hall.evaluate(HIDE, arg=[True])
        await hall.wait_for_function(STANDS_STILL, timeout=PATIENCE)
        await hall.evaluate("heard.loudest = 0")
        await hall.wait_for_function("() => heard.loudest > 0.01", timeout=PATIENCE)
        await hall.evaluate(HIDE, arg=[False])
        await hall.wait_for_function(f"async () => !(await ({STANDS_STILL})())", timeout=PATIENCE)

        assert conference.opened.faults == []


async def test_the_operator_sees_a_still_of_a_hall_and_talks_with_its_technician(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference:
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        operator = await conference.page(Role.OPERATOR, width=1920, height=1080)
        await operator.wait_for_function(STILLS, arg=1, timeout=PATIENCE)
        await operator.get_by_role("button", name="Coast").first.click()

        await operator.get_by_role("button", name="Hold to talk to Coast").hover()
        await operator.mouse.down()
        await camera.wait_for_function("() => heard.loudest > 0.05", timeout=PATIENCE)
        await operator.mouse.up()
        await camera.wait_for_function(FALLS_SILENT, timeout=PATIENCE)

        assert conference.opened.faults == []


async def test_a_technician_whose_camera_is_off_hears_the_operator_all_the_same(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference:
        technician = await conference.page(Role.SITE, "coast", width=390, height=844)
        operator = await conference.page(Role.OPERATOR, width=1920, height=1080)
        await operator.get_by_role("button", name="Coast").first.click()

        await operator.get_by_role("button", name="Hold to talk to Coast").hover()
        await operator.mouse.down()
        await expect(technician.get_by_text("technician is calling")).to_be_visible(timeout=PATIENCE)
        await technician.wait_for_function("() => heard.loudest > 0.05", timeout=PATIENCE)
        await operator.mouse.up()

        assert conference.opened.faults == []
