"""The operator's desk in a real browser, and beside it a program screen that shows what was pressed there."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from diemcau.core.roles import Role
from tests.e2e.browsers import LOOK, PATIENCE, until_shown
from tests.e2e.conferences import Stage, stage
from tests.e2e.test_browser_media import tint

pytestmark = pytest.mark.slow

SITES = ("head-office", "coast", "hills")
PICTURE = "document.querySelector('.program figure.full canvas').toDataURL()"


async def desks(conference: Stage) -> tuple[Page, Page]:
    """Open the operator's desk and a program screen, and wait for the main site's picture."""
    operator = await conference.page(Role.OPERATOR, width=1920, height=1080)
    hall = await conference.page(Role.PROGRAM)
    await hall.wait_for_url("**/d/**")
    await hall.evaluate(LOOK)
    await until_shown(hall, tint("head-office"))
    return operator, hall


async def press(operator: Page, name: str) -> None:
    """Press a button of the operator's desk by its words."""
    await operator.get_by_role("button", name=name, exact=True).click(timeout=PATIENCE)


async def nothing_to_press(hall: Page) -> None:
    """Look for what a screen on a wall never shows: something to press, or the operator's alarms."""
    await expect(hall.get_by_role("button")).to_have_count(0)
    await expect(hall.get_by_role("link")).to_have_count(0)
    await expect(hall.get_by_text("To do")).to_have_count(0)


async def page_shown(hall: Page, page: int) -> None:
    """Wait until a page of the report is drawn."""
    sheet = hall.get_by_role("img", name=f"Report, page {page} of 3")
    await expect(sheet.locator("canvas")).to_be_visible(timeout=PATIENCE)


@pytest.mark.timeout(180)
async def test_a_gallery_is_put_together_on_the_wall_and_shown_in_every_hall(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        wall = operator.get_by_role("list", name="Arrow keys to move")

        await press(operator, "Choose for the gallery")
        await wall.locator("[data-site=hills]").click()
        await wall.locator("[data-site=coast]").press("Enter")
        await press(operator, "Show 2 pictures")

        tiles = hall.locator("figure.tile")
        await expect(tiles).to_have_count(2, timeout=PATIENCE)
        await expect(tiles.locator("figcaption")).to_have_text(["Hills", "Coast"])
        await nothing_to_press(hall)

        await press(operator, "Undo Z")
        await until_shown(hall, tint("head-office"))


async def frozen(operator: Page, hall: Page) -> None:
    """Freeze the picture, see that it stands still, and let it move again."""
    await press(operator, "Freeze")
    await expect(operator.get_by_text("The picture stands still, the sound goes on.")).to_be_visible()
    beats = await hall.evaluate("heard.beats.length")
    await hall.wait_for_function(f"() => heard.beats.length >= {beats + 2}", timeout=PATIENCE)
    await hall.evaluate(f"globalThis.still = {PICTURE}")
    beats = await hall.evaluate("heard.beats.length")
    await hall.wait_for_function(f"() => heard.beats.length >= {beats + 3}", timeout=PATIENCE)
    assert await hall.evaluate(f"still === {PICTURE}")

    await press(operator, "Let the picture move")
    await hall.wait_for_function(f"() => still !== {PICTURE}", timeout=PATIENCE)


async def slated(operator: Page, hall: Page) -> None:
    """Show a slate, which takes two presses, and take it down."""
    await operator.get_by_label("Words on the slate").fill("We go on at 9:30.")
    await press(operator, "Show the slate")
    await expect(hall.get_by_text("We go on at 9:30.")).to_have_count(0)
    await press(operator, "Press again to confirm")
    await expect(hall.get_by_text("We go on at 9:30.")).to_be_visible(timeout=PATIENCE)
    await expect(hall.locator(".slate .title")).to_have_text("Spring review")
    await nothing_to_press(hall)

    await press(operator, "Take the slate down")
    await expect(hall.get_by_text("We go on at 9:30.")).to_have_count(0, timeout=PATIENCE)


async def pinned(operator: Page, hall: Page) -> None:
    """Keep a lower third up, and take it down."""
    await press(operator, "Keep the name of Head up")
    await expect(hall.locator(".lower b")).to_have_text("Head Office", timeout=PATIENCE)
    await expect(operator.get_by_text("The lower third of Head stays up.")).to_be_visible()

    await press(operator, "Take the name down")
    await expect(hall.locator(".lower")).to_have_count(0, timeout=PATIENCE)


@pytest.mark.timeout(180)
async def test_a_picture_is_frozen_slated_and_named_in_every_hall(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        operator, hall = await desks(conference)

        await frozen(operator, hall)
        await slated(operator, hall)
        await pinned(operator, hall)

        assert await hall.locator("figure.full canvas").is_visible()


@pytest.mark.timeout(180)
async def test_a_take_is_undone_by_one_key(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        await conference.chair.must("GrantFloor", {"site": "coast"})
        await until_shown(hall, tint("coast"))
        on_air = re.compile("^Coast Branch, .*On air$")
        await expect(operator.locator("[data-site=coast]")).to_have_accessible_name(on_air)

        await operator.locator("body").press("z")

        await until_shown(hall, tint("head-office"))
        assert conference.chair.board["floor"]["holder"]["site"] == "coast"


@pytest.mark.timeout(180)
async def test_a_page_of_a_handout_is_turned_in_every_hall(tmp_path: Path) -> None:
    async with stage(tmp_path, *SITES) as conference:
        operator, hall = await desks(conference)
        await press(operator, "Show from page 1")
        await press(operator, "Document and speaker")
        await page_shown(hall, 1)

        await press(operator, "Next page")

        await expect(hall.get_by_text("Page 2 of 3")).to_be_visible(timeout=PATIENCE)
        await page_shown(hall, 2)
        await expect(hall.locator(".names.document b")).to_have_text("Head Office")
        await nothing_to_press(hall)


@pytest.mark.timeout(180)
async def test_a_site_whose_links_are_revoked_is_out_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office", "hills") as conference:
        operator, _ = await desks(conference)
        site = await conference.page(Role.SITE, "coast", width=390, height=844)
        await expect(site.get_by_text("Coast Branch").first).to_be_visible(timeout=PATIENCE)
        await operator.locator("[data-site=coast]").click()
        await operator.locator("summary", has_text="Revoke its links").click()

        await press(operator, "Revoke its links")
        await press(operator, "Press again to confirm")

        await expect(operator.get_by_text("Give the site a new link.")).to_be_visible(timeout=PATIENCE)
        again = await site.goto(f"{site.url.partition('?')[0]}me")
        assert again is not None
        assert again.status == 401


@pytest.mark.timeout(180)
async def test_technicians_call_and_answer_each_other(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        operator, _ = await desks(conference)
        site = await conference.page(Role.SITE, "coast", width=390, height=844)
        await site.get_by_role("button", name="Camera", exact=True).click(timeout=PATIENCE)
        await site.get_by_role("button", name="Turn the camera on").click()
        await operator.locator("[data-site=coast]").click()

        await operator.keyboard.down("t")
        await expect(site.get_by_text("The main site's technician is calling")).to_be_visible(timeout=PATIENCE)
        await operator.keyboard.up("t")

        await site.get_by_role("button", name="Hold to answer").hover()
        await site.mouse.down()
        await expect(operator.get_by_text("The site is answering")).to_be_visible(timeout=PATIENCE)
        await site.mouse.up()
        await expect(operator.get_by_text("The site is answering")).to_have_count(0, timeout=PATIENCE)
