"""A hall looks back while the conference goes on."""

from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.e2e.conferences import stage

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.browser]
PLAYING = "() => { const v = document.querySelector('section video'); return v?.videoWidth > 0 && v.currentTime > 1; }"
WIDTH = "() => document.querySelector('section video').videoWidth"
TIME = "() => document.querySelector('section video').currentTime"
RECORDED = "() => document.querySelector('section video').seekable.end(0) > 8"


async def test_the_last_minutes_are_played_in_a_desk_beside_the_live_line(tmp_path: Path) -> None:
    async with stage(tmp_path, "head-office") as set_:
        page = await set_.page(Role.SITE, "coast")
        await page.get_by_role("button", name="Documents").click()
        await page.get_by_role("button", name="Look back at the last hour").click(timeout=30_000)

        await page.wait_for_function(PLAYING, timeout=40_000)
        width = await page.evaluate(WIDTH)
        await page.wait_for_function(RECORDED, timeout=40_000)
        before = await page.evaluate(TIME)
        await page.get_by_role("button", name="Back 30 seconds").click()
        after = await page.evaluate(TIME)
        await page.wait_for_function(PLAYING, timeout=20_000)

    assert width == 160
    assert after < before
    assert set_.opened.faults == []
