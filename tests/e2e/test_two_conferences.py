import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from diemcau.core.roles import Role
from diemcau.media.fabric import FabricError
from diemcau.media.moq_fabric import connect
from tests.e2e.desks import PATIENCE, Desk, desk, token_for
from tests.e2e.halls import Screen, rehearsal_sites, screen, way_to_media
from tests.e2e.programs import eventually, run, server
from tests.plan.samples import spoil, write_plan

ONE, OTHER = "spring-review", "autumn-review"


@dataclass(frozen=True)
class Side:
    """One of two conferences on one server, opened, with everyone there."""

    name: str
    chair: Desk
    secretary: Desk
    operator: Desk
    program: Desk
    screen: Screen


@dataclass(frozen=True)
class Both:
    """Two conferences on one server."""

    data: Path
    url: str
    one: Side
    other: Side


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    data = tmp_path / "data"
    first, second = write_plan(tmp_path / "one"), write_plan(tmp_path / "other")
    spoil(second, "conference.toml", 'id = "spring-review"', 'id = "autumn-review"')
    spoil(second, "conference.toml", 'title = "Spring review"', 'title = "Autumn review"')
    spoil(second, "sites.csv", "máy lẻ 1002", "máy lẻ 2002")
    for plan in (first, second):
        assert (await run("plan", "import", plan, "--data", data))[0] == 0
    async with server(data) as (_, url), AsyncExitStack() as stack:
        sides = [await _open(stack, data, url, name) for name in (ONE, OTHER)]
        yield Both(data=data, url=url, one=sides[0], other=sides[1])


async def _open(stack: AsyncExitStack, data: Path, url: str, name: str) -> Side:
    chair, secretary, operator, program = [
        await stack.enter_async_context(desk(url, token_for(data, name, role)))
        for role in (Role.CHAIR, Role.SECRETARY, Role.OPERATOR, Role.PROGRAM)
    ]
    await stack.enter_async_context(rehearsal_sites(program, data, name, "head-office", "coast"))
    await chair.must("OpenConference")
    await secretary.until(lambda board: _connected(board) == {"head-office", "coast"})
    seen = await stack.enter_async_context(screen(program, name))
    return Side(name=name, chair=chair, secretary=secretary, operator=operator, program=program, screen=seen)


def _connected(board: dict[str, Any]) -> set[str]:
    return {site["site"] for site in board["sites"]["sites"] if site["line"] == "connected"}


@pytest.mark.slow
async def test_two_conferences_at_once_share_neither_board_nor_picture(both: Both) -> None:
    one, other = both.one, both.other
    before = json.dumps(other.secretary.board, sort_keys=True)

    await one.chair.must("GrantFloor", {"site": "coast"})
    await one.secretary.must("TakeNote", {"text": "Chỉ ở hội nghị mùa xuân."})
    await one.secretary.until(lambda board: len(board["notes"]["notes"]) == 1)
    airs = await one.screen.on_air("head-office", "coast")

    assert json.dumps(other.secretary.board, sort_keys=True) == before
    assert [air["site"] for air in await other.screen.on_air("head-office")] == ["head-office"]
    assert len(await one.screen.pictures(airs[-1], 3)) == 3
    board = json.dumps(await other.screen.board(), ensure_ascii=False)
    assert "Spring review" not in board
    assert (one.chair.board["conference"]["title"], other.chair.board["conference"]["title"]) == (
        "Spring review",
        "Autumn review",
    )


@pytest.mark.slow
async def test_a_technicians_telephone_belongs_to_one_conference_only(both: Both) -> None:
    telephones = {}
    for side in (both.one, both.other):
        board = await side.operator.until(
            lambda board: any(one["site"] == "hills" for one in board["alarms"]["alarms"])
        )
        telephones[side.name] = {one["telephone"] for one in board["alarms"]["alarms"] if one["site"] == "hills"}
    assert telephones == {ONE: {"máy lẻ 1002"}, OTHER: {"máy lẻ 2002"}}


@pytest.mark.slow
async def test_the_pass_of_one_conference_opens_nothing_of_the_other(both: Both) -> None:
    one, other = both.one, both.other
    cookie = str(one.chair.http.headers["cookie"])

    async with httpx.AsyncClient(base_url=both.url, timeout=PATIENCE) as http:
        for below in ("me", "documents", "tasks", "recording", "media"):
            answer = await http.get(f"{other.chair.path}{below}", headers={"Cookie": cookie})
            assert (answer.status_code, answer.json()["code"]) == (403, "pass.other_desk")
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(
            f"ws{both.url.removeprefix('http')}{other.chair.path}live",
            origin=websockets.Origin(both.url),
            additional_headers={"Cookie": cookie},
        )
    assert refused.value.response.status_code == 403

    way = await way_to_media(one.program)
    link = await connect(way["screen"], fingerprints=tuple(way["fingerprints"]))
    assert await _board_within(Screen(link, one.name), seconds=20) is not None
    assert await _board_within(Screen(link, other.name), seconds=3) is None
    await link.close()


async def _board_within(at: Screen, *, seconds: float) -> object:
    """Return the board that a screen is sent; nothing if it is sent none."""
    try:
        async with asyncio.timeout(seconds):
            return await at.board()
    except (AssertionError, FabricError, TimeoutError):
        return None


@pytest.mark.slow
async def test_documents_and_recordings_of_two_conferences_stand_apart(both: Both) -> None:
    one, other = both.one, both.other
    await one.chair.must("GrantFloor", {"site": "coast"})
    await one.screen.on_air("head-office", "coast")

    await one.chair.must("CloseConference")

    recordings = both.data / "recordings"
    await eventually(lambda: [path.name for path in (recordings / ONE).glob("*.mkv")] == ["recording-1.mkv"])
    await eventually(lambda: any((recordings / OTHER / "segments").glob("*.m4s")))
    assert not any((recordings / OTHER).glob("*.mkv"))
    listed = {side.name: (await side.secretary.get("documents")).json()["documents"] for side in (one, other)}
    assert listed[OTHER] == []
    minutes = next(paper for paper in listed[ONE] if paper["document"] == "minutes")
    fetched = await one.secretary.http.get(minutes["docx"])
    assert (fetched.status_code, fetched.content[:2]) == (200, b"PK")
    foreign = await other.secretary.http.get(minutes["docx"].replace(one.secretary.path, other.secretary.path))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "document_unknown")
    assert other.chair.board["conference"]["stage"] == "open"
    assert (await run("verify-journal", "--data", both.data))[0] == 0
