"""Coming by a link: as a page does, and told in a sentence what is wrong with a link that opens nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from diemcau.wiring.visiting import LinkUnusable, ServerAway, Visit, read_link
from tests.core.samples import HUE
from tests.web.beside import Beside, some_files
from tests.web.door import Door, a_door

pytestmark = pytest.mark.anyio


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with a_door(tmp_path, beside=Beside(some_files(tmp_path / "beside"))) as opened:
        yield opened


async def test_a_site_finds_the_way_for_its_camera_and_a_new_ticket_each_time(door: Door) -> None:
    visit = Visit(f"{door.base}/enter#{door.link(Role.SITE, HUE)}")

    first, second = await visit.way(), await visit.way()

    assert (first.conference, first.site) == (door.house.desk.conference, HUE)
    assert first.camera is not None
    assert first.socket_camera is not None
    assert first.up is not None
    assert first.socket_screen.startswith(door.base.replace("http", "ws"))
    assert first.up != second.up


async def test_a_screen_has_no_way_for_a_camera(door: Door) -> None:
    way = await Visit(f"{door.base}/enter#{door.link(Role.PROGRAM)}").way()

    assert (way.camera, way.socket_camera, way.up, way.site) == (None, None, None, None)


@pytest.mark.parametrize("link", ["", "nonsense", "https://example.org", "ftp://example.org/enter#abc", "https:///#a"])
def test_what_is_no_link_is_told_so(link: str) -> None:
    with pytest.raises(LinkUnusable, match="give the whole of what was handed out"):
        read_link(link)


async def test_a_link_that_opens_nothing_says_why(door: Door) -> None:
    with pytest.raises(LinkUnusable, match="missing or wrong"):
        await Visit(f"{door.base}/enter#abc").way()


async def test_a_server_that_is_away_may_be_asked_again() -> None:
    with pytest.raises(ServerAway, match="does not answer"):
        await Visit("http://127.0.0.1:9/enter#abc").way()
