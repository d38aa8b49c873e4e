"""Real browsers: what stands on their screens, moment by moment, and a camera whose picture tells the time."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
BITS = 20
BLACK = 30

LOOK = (
    """
(() => {
  const bits = """
    + str(BITS)
    + """;
  const small = new OffscreenCanvas(8, 8).getContext("2d", { alpha: false, willReadFrequently: true });
  const code = new OffscreenCanvas(bits, 2).getContext("2d", { alpha: false, willReadFrequently: true });
  const seen = (globalThis.seen = {
    looks: 0, blacks: 0, now: 0, first: null, changes: [], codes: [], reads: false, gaps: [], shows: [],
  });
  const clock = () => performance.timeOrigin + performance.now();
  const light = (pixels, at) => 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
  const brightness = (canvas) => {
    small.fillRect(0, 0, 8, 8);
    small.drawImage(canvas, 0, 0, 8, 8);
    const pixels = small.getImageData(0, 0, 8, 8).data;
    let sum = 0;
    for (let at = 0; at < pixels.length; at += 4) sum += light(pixels, at);
    return sum / 64;
  };
  const readCode = (canvas) => {
    code.drawImage(canvas, 0, 0, canvas.width, canvas.height / 4, 0, 0, bits, 2);
    const pixels = code.getImageData(0, 0, bits, 2).data;
    let value = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const up = light(pixels, bit * 4) > 128;
      if (up === light(pixels, (bits + bit) * 4) > 128) return null;
      value = value * 2 + (up ? 1 : 0);
    }
    return value;
  };
  const isVisible = (element) => getComputedStyle(element).visibility === "visible";
  let last = -1;
  const look = () => {
    const canvases = [...document.querySelectorAll(".program figure.full canvas")].filter(isVisible);
    const canvas = canvases.length === 1 && canvases[0].width > 16 ? canvases[0] : null;
    const now = canvas === null ? 0 : brightness(canvas);
    seen.now = now;
    seen.looks += 1;
    if (now < """
    + str(BLACK)
    + """) seen.blacks += 1;
    else if (seen.first === null) seen.first = clock();
    if (Math.abs(now - seen.was) > 8 || seen.was === undefined) seen.changes.push([clock(), now]);
    seen.was = now;
    if (seen.reads && canvas !== null) {
      const read = readCode(canvas);
      if (read !== null && read !== last) {
        last = read;
        const late = (Math.floor(clock()) - read) & (2 ** bits - 1);
        if (late < 10_000) seen.codes.push(late);
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const stringify = JSON.stringify;
  JSON.stringify = (value, ...more) => {
    if (value?.late_ms !== undefined) {
      seen.gaps.push(value.gaps);
      if (seen.shows.at(-1) !== value.shows) seen.shows.push(value.shows);
    }
    return stringify(value, ...more);
  };
})()
"""
)

LISTEN = """
(() => {
  const heard = (globalThis.heard = {
    beeps: 0, longest: 0, last: null, isLoud: false,
    begin() { Object.assign(this, { beeps: 0, longest: 0, last: performance.now() }); },
  });
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const ear = this.context.createAnalyser();
      ear.fftSize = 2048;
      connect.call(this, ear);
      const sound = new Float32Array(ear.fftSize);
      setInterval(() => {
        ear.getFloatTimeDomainData(sound);
        const isLoud = sound.some((one) => Math.abs(one) > 0.03);
        if (isLoud && !heard.isLoud && heard.last !== null) {
          heard.beeps += 1;
          heard.longest = Math.max(heard.longest, performance.now() - heard.last);
          heard.last = performance.now();
        }
        heard.isLoud = isLoud;
      }, 20);
    }
    return connect.call(this, to, ...more);
  };
})()
"""

TELL_TIME = (
    """
(() => {
  const bits = """
    + str(BITS)
    + """;
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  const context = canvas.getContext("2d", { alpha: false });
  const draw = () => {
    const now = Math.floor(performance.timeOrigin + performance.now()) & (2 ** bits - 1);
    context.fillStyle = "#888";
    context.fillRect(0, 0, 1280, 720);
    for (let bit = 0; bit < bits; bit += 1) {
      const up = (now >> (bits - 1 - bit)) & 1;
      context.fillStyle = up ? "#fff" : "#000";
      context.fillRect((bit * 1280) / bits, 0, 1280 / bits, 90);
      context.fillStyle = up ? "#000" : "#fff";
      context.fillRect((bit * 1280) / bits, 90, 1280 / bits, 90);
    }
  };
  setInterval(draw, 40);
  draw();
  const old = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (asked) => {
    const given = await old(asked);
    if (!asked.video) return given;
    for (const track of given.getVideoTracks()) {
      given.removeTrack(track);
      track.stop();
    }
    given.addTrack(canvas.captureStream(25).getVideoTracks()[0]);
    return given;
  };
})()
"""
)


@dataclass
class Screens:
    """A browser, and whatever went wrong in its pages."""

    browser: Browser
    faults: list[str] = field(default_factory=list)

    async def page(self, url: str, *scripts: str, width: int = 1280, height: int = 720) -> Page:
        """Open a page as another person would, with these scripts in it before anything else."""
        context = await self.browser.new_context(viewport={"width": width, "height": height})
        page = await context.new_page()
        for script in scripts:
            await page.add_init_script(script)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        await page.goto(url, wait_until="commit")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)


@asynccontextmanager
async def chromium() -> AsyncIterator[Screens]:
    """Start Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise RuntimeError("chromium is not installed: apt-get install --no-install-recommends chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield Screens(browser)
        finally:
            await browser.close()


async def until_picture(page: Page, *, within_ms: float = 30_000) -> None:
    """Wait until a picture stands on the screen, then forget what was seen before."""
    await page.wait_for_function(f"() => globalThis.seen?.now > {BLACK}", timeout=within_ms)
    await page.evaluate("() => Object.assign(seen, { looks: 0, blacks: 0, changes: [], codes: [], gaps: [] })")
