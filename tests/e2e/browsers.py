"""Browsers with made-up cameras, and what a hall's page shows, picture by picture."""

import itertools
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
MADE_UP_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
PATIENCE = 60_000
Tint: TypeAlias = tuple[int, int]
GREEN: Tint = (81, 69)  # what Chromium's made-up camera shows
DARK, NEAR = 30, 9
_IS_TINTED = f"(([y, a, b]) => y > {DARK} && Math.abs(a - u) < {NEAR} && Math.abs(b - v) < {NEAR})"
IS_CONNECTED = re.compile("Connected. Picture is sent only when|The main site is receiving")

LOOK = """
(() => {
  const small = new OffscreenCanvas(8, 8);
  const context = small.getContext("2d", { alpha: false, willReadFrequently: true });
  const seen = (globalThis.seen = { looks: [], now: null, colourOf: null });
  const isVisible = (element) => getComputedStyle(element).visibility === "visible";
  const colourOf = (canvas) => {
    context.fillStyle = "#000";
    context.fillRect(0, 0, 8, 8);
    if (canvas.width > 16) context.drawImage(canvas, 0, 0, 8, 8);
    const pixels = context.getImageData(0, 0, 8, 8).data;
    const sum = [0, 0, 0];
    for (let at = 0; at < pixels.length; at += 1) if (at % 4 < 3) sum[at % 4] += pixels[at] / 64;
    const [r, g, b] = sum;
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    return [Math.round(y), Math.round(128 + (b - y) * 0.564), Math.round(128 + (r - y) * 0.713)];
  };
  seen.colourOf = colourOf;
  const look = () => {
    const canvases = [...document.querySelectorAll(".program figure.full canvas")].filter(isVisible);
    const [full] = canvases;
    const found = canvases.length === 1 ? [...colourOf(full), full.width] : [0, 128, 128, 0, canvases.length];
    seen.now = found;
    seen.looks.push(found);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()
"""

LISTEN = """
(() => {
  const heard = (globalThis.heard = { loudest: 0, beats: [] });
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const ear = this.context.createAnalyser();
      connect.call(this, ear);
      const sound = new Float32Array(ear.fftSize);
      setInterval(() => {
        ear.getFloatTimeDomainData(sound);
        heard.loudest = Math.max(heard.loudest, ...sound.map(Math.abs));
      }, 20);
    }
    return connect.call(this, to, ...more);
  };
  const stringify = JSON.stringify;
  JSON.stringify = (value, ...more) => {
    if (value?.shows !== undefined) {
      if (value.late_ms !== undefined) value.late_ms += globalThis.pretendedLateness ?? 0;
      heard.beats.push(value);
    }
    return stringify(value, ...more);
  };
})()
"""


@dataclass
class Opened:
    """A browser, and whatever went wrong in its pages."""

    browser: Browser
    faults: list[str] = field(default_factory=list)

    async def page(self, url: str, *, width: int = 1280, height: int = 720) -> Page:
        """Open a page in a browser of its own, as another person would."""
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        await page.add_init_script(LISTEN)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        await page.goto(url)
        if "/enter#" in url:
            await page.wait_for_url("**/d/**")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)


@asynccontextmanager
async def chromium(*more: str) -> AsyncIterator[Opened]:
    """Start Chromium, with a made-up camera and microphone."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "chromium is not installed; run `make packages`"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*QUIET, *MADE_UP_CAMERA, *more])
        try:
            yield Opened(browser)
        finally:
            await browser.close()


async def looks(page: Page) -> Sequence[Any]:
    """Return what was shown at each moment since this was last asked: brightness, two of colour, and the width."""
    found: Sequence[Any] = await page.evaluate("seen.looks.splice(0)")
    return found


def turns(shown: Sequence[Sequence[float]], tints: Mapping[str, Tint]) -> list[str]:
    """Return whose pictures were shown, one after the other; what is nobody's picture says what it looked like."""
    return [whose for whose, _ in itertools.groupby(_whose(look, tints) for look in shown)]


def _whose(look: Sequence[float], tints: Mapping[str, Tint]) -> str:
    y, u, v = look[:3]
    near = (name for name, (mid_u, mid_v) in tints.items() if max(abs(u - mid_u), abs(v - mid_v)) < NEAR)
    return next(near, f"nobody: {look}") if y > DARK else f"nothing: {look}"


async def until_shown(page: Page, tint: Tint) -> None:
    """Wait until the large picture has this tint."""
    await page.wait_for_function(f"([u, v]) => seen.now && {_IS_TINTED}(seen.now)", arg=list(tint), timeout=PATIENCE)


async def until_tinted(page: Page, canvas: str, tint: Tint) -> None:
    """Wait until a canvas that is in sight has this tint."""
    colour = "seen.colourOf(document.querySelector(canvas))"
    is_tinted = f"([u, v, canvas]) => document.querySelector(canvas) && {_IS_TINTED}({colour})"
    await page.wait_for_function(is_tinted, arg=[*tint, canvas], timeout=PATIENCE)


async def turn_camera_on(page: Page) -> None:
    """Turn the camera of a site's desk on, and wait until its line is up."""
    await page.get_by_role("button", name="Camera").click()
    await page.get_by_role("button", name="Turn the camera on").click()
    await expect(page.get_by_text(IS_CONNECTED)).to_be_visible(timeout=PATIENCE)


async def screen_beside(page: Page) -> Page:
    """Open the hall's screen from a site's desk, as its link does."""
    async with page.expect_popup() as opening:
        await page.locator('a[href="?view=screen"]').click()
    screen = await opening.value
    await screen.wait_for_load_state()
    await screen.evaluate(LOOK)
    return screen
