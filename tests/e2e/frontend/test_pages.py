"""The pages in a real browser, on a demonstration that really runs: they open, fit, show the picture and obey."""

import itertools
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.e2e.programs import Program, eventually, started

PATIENCE = 30_000
DESKS = {
    "chair": (1180, 820),
    "operator": (1920, 1080),
    "secretary": (1440, 900),
    "site": (390, 844),
    "program": (1920, 1080),
}
LINK = re.compile(r"^\s+(?P<link>http://\S+/enter#\S+)$")
HEAD = re.compile(r" · (?:one )?(?P<desk>chair|operator|secretary|site|program)\b")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PICTURE = "() => [...document.querySelectorAll('figure.full canvas')].some((canvas) => canvas.width > 16)"
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth + 1"


@dataclass
class Opened:
    """The pages of one demonstration by desk, and whatever went wrong in them."""

    pages: dict[str, Page] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, desk: str, message: ConsoleMessage) -> None:
        """Keep an error that a page wrote to its console."""
        if message.type == "error":
            self.faults.append(f"{desk}: {message.text}")


@pytest.mark.anyio
async def test_a_demonstration_is_seen_and_run_from_its_pages(tmp_path: Path) -> None:
    async with _opened(tmp_path) as opened:
        pages = opened.pages
        chair, hall = pages["chair"], pages["program"]
        await _until_open(chair)
        await chair.get_by_role("button", name="Tạm dừng").click()
        await hall.wait_for_function(PICTURE, timeout=PATIENCE)

        name = await _give_floor(chair)

        await expect(hall.locator(".lower")).to_contain_text(name, timeout=PATIENCE)
        await expect(hall.locator("figure.inset")).to_be_visible()
        await expect(pages["operator"].locator("button[data-site]", has_text="Lên hình")).to_have_count(2)
        await expect(chair.locator(".said")).to_have_count(0)
        for desk, page in pages.items():
            assert not await page.evaluate(SIDEWAYS), f"the {desk}'s desk is wider than its screen"
            assert "#" not in page.url
            if desk != "program":
                await page.get_by_role("button", name="English").click()
                await expect(page.get_by_role("button", name="Tiếng Việt")).to_be_visible()
                assert not await page.evaluate(SIDEWAYS), f"the {desk}'s desk is wider than its screen in English"
        assert opened.faults == []


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Opened]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is not installed; run `make packages`"
    opened = Opened()
    async with started("demo", "--sites", 8, "--out", folder) as demonstration, async_playwright() as playwright:
        links = await _links(demonstration)
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for desk, (width, height) in DESKS.items():
            opened.pages[desk] = await _page(browser, opened, desk, width=width, height=height)
            await opened.pages[desk].goto(links[desk])
        yield opened
        await browser.close()


async def _page(browser: Browser, opened: Opened, desk: str, *, width: int, height: int) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    page.on("console", lambda message: opened.note(desk, message))
    page.on("pageerror", lambda error: opened.faults.append(f"{desk}: {error}"))
    return page


async def _links(demonstration: Program) -> dict[str, str]:
    await demonstration.says(re.compile("program screen"))
    await eventually(lambda: len(_read(demonstration.out)) == len(DESKS))
    return _read(demonstration.out)


def _read(lines: list[str]) -> dict[str, str]:
    found = {}
    for head, line in itertools.pairwise(lines):
        desk, link = HEAD.search(head), LINK.match(line)
        if desk and link:
            found[desk["desk"]] = link["link"]
    return found


async def _until_open(chair: Page) -> None:
    await expect(chair.get_by_role("button", name=re.compile("Mời"))).to_be_visible(timeout=2 * PATIENCE)


async def _give_floor(chair: Page) -> str:
    """Put the last site into the queue, invite it, and return its name."""
    await chair.get_by_role("tab", name="Phát biểu").click()
    await chair.get_by_role("button", name="Thêm điểm cầu vào hàng").click()
    choice = chair.locator(".insert select").first
    await expect(choice).to_be_visible()
    name = (await choice.locator("option").all_inner_texts())[-1]
    await choice.select_option(label=name)
    await chair.get_by_label("Nội dung phát biểu").fill("Ý kiến của điểm cầu")
    await chair.get_by_role("button", name="Đưa vào hàng").click()
    await chair.get_by_role("button", name=re.compile(f"Mời {re.escape(name)}")).click()
    return name
