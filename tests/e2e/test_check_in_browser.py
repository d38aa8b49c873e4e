"""The technical check of a hall in a real browser, seen by the operator at once."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from diemcau.core.roles import Role
from tests.e2e.browsers import PATIENCE
from tests.e2e.conferences import SPRING, stage
from tests.e2e.desks import desk, token_for

pytestmark = pytest.mark.slow


@pytest.mark.timeout(180)
async def test_a_hall_that_heard_nothing_is_told_what_to_mend_and_the_operator_knows(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as conference:
        page = await conference.page(Role.SITE, "coast", width=390, height=844)
        await page.goto(f"{page.url.partition('?')[0]}?view=check")
        await page.get_by_role("button", name="Begin the check").click()
        await page.get_by_role("button", name="It was not heard").click(timeout=PATIENCE)

        await expect(page.get_by_text("Unfit").first).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("The hall heard nothing. Turn on the loudspeaker")).to_be_visible()
        await expect(page.get_by_text("UDP, the fastest")).to_be_visible()
        async with desk(conference.url, token_for(conference.data, SPRING, Role.OPERATOR)) as operator:
            board = await operator.until(lambda board: bool(board["checks"]["checks"]))
        (found,) = board["checks"]["checks"]
        parts = {one["part"]: one["mend"] for one in found["findings"]}
        assert (found["site"], found["fitness"]) == ("coast", "unfit")
        assert parts["loudspeaker"] == "not_heard"
        assert parts["camera"] is None
        assert parts["uplink"] != "uplink_sound_only"
        assert found["measures"]["width"] == 1280
        assert found["measures"]["carrier"] == "udp"
