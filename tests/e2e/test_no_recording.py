"""A conference of which no picture and no sound may be kept: everybody sees and hears, and nothing is written."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from diemcau.core.roles import Role
from tests.e2e.browsers import chromium
from tests.e2e.conferences import SPRING, link, planned
from tests.e2e.desks import Desk, desk, token_for
from tests.e2e.halls import rehearsal_sites, screen
from tests.e2e.programs import server

pytestmark = pytest.mark.anyio
NOT_RECORDED = "This server keeps no recording."
LOOK_BACK = "Look back at the last hour"


def kept(data: Path) -> list[Path]:
    """Return every file of picture or sound that a data folder holds, or where such would lie."""
    folders = (data / "recordings", data / "scratch")
    return [path for folder in folders for path in folder.rglob("*")]


async def see_and_hear(program: Desk, site: str) -> None:
    """Expect the main site and a speaker on air, with moving pictures and sound of both."""
    async with screen(program, SPRING) as hall:
        for air in await hall.on_air("head-office", site):
            assert len(await hall.pictures(air, 10)) == 10
            assert len(await hall.sounds(air, 30)) == 30


async def test_a_site_speaks_in_rehearsal_and_conference_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    data, alarms, answers = await planned(tmp_path), list[str](), list[httpx.Response]()
    async with server(data, "--no-recording") as (_, url), AsyncExitStack() as stack:
        chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR)))
        operator = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.OPERATOR)))
        program = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.PROGRAM)))
        await stack.enter_async_context(rehearsal_sites(program, data, SPRING, "head-office", "coast"))
        for begin, end in ((["StartRehearsal"], "EndRehearsal"), ([], "CloseConference")):
            for command in (*begin, "OpenConference"):
                await chair.must(command)
            await chair.must("GrantFloor", {"site": "coast"})
            await see_and_hear(program, "coast")
            assert kept(data) == []
            alarms += [one["kind"] for one in operator.board["alarms"]["alarms"]]
            answers += [await operator.get(path) for path in ("watching", "back/index.m3u8")]
            await chair.must(end)
        recording = (await chair.get("recording")).json()

    assert "recording_stopped" not in alarms
    assert [one.json()["code"] for one in answers] == ["recording_off"] * 4
    assert (recording["path"], recording["finishing"]) == (None, None)
    assert kept(data) == []


@pytest.mark.browser
async def test_the_desks_say_that_nothing_is_recorded_and_offer_no_looking_back(tmp_path: Path) -> None:
    data = await planned(tmp_path)
    async with server(data, "--no-recording") as (_, url), chromium() as opened:
        operator = await opened.page(link(url, data, Role.OPERATOR))
        site = await opened.page(link(url, data, Role.SITE, "coast"))
        await site.get_by_role("button", name="Documents").click()
        async with desk(url, token_for(data, SPRING, Role.CHAIR)) as chair:
            await chair.must("OpenConference")
            for page in (operator, site):
                await page.get_by_text(NOT_RECORDED).wait_for()
                assert await page.get_by_role("button", name=LOOK_BACK).count() == 0

    assert opened.faults == []
