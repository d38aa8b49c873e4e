"""The technical check of a hall in a real browser, seen by the operator at once."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from diemcau.core.roles import Role
from tests.e2e.browsers import PATIENCE
from tests.e2e.conferences import SPRING, stage
from tests.e2e.desks import Desk, desk, token_for

pytestmark = pytest.mark.slow


@pytest.mark.timeout(180)
async def test_a_hall_that_heard_nothing_is_told_what_to_mend_the_operator_knows_and_it_checks_again(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, "head-office") as conference:
        page = await conference.page(Role.SITE, "coast", width=390, height=844)
        await page.goto(f"{page.url.partition('?')[0]}?view=check")
        await page.get_by_role("button", name="Begin the check").click()
        await page.get_by_role("button", name="It was not heard").click(timeout=PATIENCE)

        await expect(page.get_by_text("Unfit").first).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("The hall heard nothing. Turn on the loudspeaker")).to_be_visible()
        await expect(page.get_by_text("UDP, the fastest")).to_be_visible()
        async with desk(conference.url, token_for(conference.data, SPRING, Role.OPERATOR)) as operator:
            first = await checked(operator, before=None)
            wall = await conference.page(Role.OPERATOR, width=1920, height=1080)
            tile = wall.locator("[data-site=coast]").first
            await expect(tile.get_by_title("Technical check: unfit")).to_be_visible(timeout=PATIENCE)
            await expect(tile).to_have_accessible_name(re.compile("Technical check: unfit"))

            await page.get_by_role("button", name="Check again").click()
            await page.get_by_role("button", name="It was heard").click(timeout=PATIENCE)
            again = await checked(operator, before=first["at"])

        parts = {one["part"]: one["mend"] for one in first["findings"]}
        assert (first["site"], first["fitness"]) == ("coast", "unfit")
        assert parts["loudspeaker"] == "not_heard"
        assert parts["camera"] is None
        assert first["measures"]["width"] == 1280
        assert first["measures"]["carrier"] == "udp"
        assert first["measures"]["encodes"] is True
        assert again["measures"]["heard"] is True
        for one in (first, again):
            assert one["measures"]["up_kbps"] > 500
            assert one["measures"]["down_kbps"] > 500


async def checked(operator: Desk, *, before: str | None) -> dict[str, Any]:
    """Return the one check that the operator sees, once it is another than the one before."""
    board = await operator.until(lambda board: any(one["at"] != before for one in board["checks"]["checks"]), within=60)
    (found,) = board["checks"]["checks"]
    return dict(found)
