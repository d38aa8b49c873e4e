"""Passes that were revoked: refused at their next use, and every line that they opened is cut at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.core.conference import Command
from diemcau.core.entry import RevokeLinks, RevokePass
from diemcau.core.ids import SiteId
from diemcau.core.roles import Role
from diemcau.core.stages import StartRehearsal
from diemcau.media.passes import Pass
from tests.conduct.desks import CHAIR, SYSTEM
from tests.core.samples import HUE, NINE, VINH
from tests.web.beside import Beside, some_files
from tests.web.door import QUICK, Door, a_door

pytestmark = pytest.mark.anyio

RevokeIt = Callable[[Pass], Command]


def by_number(pass_: Pass) -> Command:
    return RevokePass(number=pass_.number)


def by_role(pass_: Pass) -> Command:
    return RevokeLinks(role=pass_.role, site=pass_.site)


def issued_an_hour_ago(door: Door, role: Role, site: SiteId | None = None) -> Pass:
    return replace(door.pass_as(role, site), issued_at=NINE - timedelta(hours=1))


@pytest.mark.parametrize("revoking", [by_number, by_role])
@pytest.mark.parametrize(("role", "site"), [(Role.SITE, HUE), (Role.OPERATOR, None)])
async def test_a_revoked_link_opens_nothing_any_more(
    tmp_path: Path, revoking: RevokeIt, role: Role, site: SiteId | None
) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        pass_ = issued_an_hour_ago(door, role, site)
        token = door.passes.issue(pass_)
        desk = await door.enter(client, token)
        before = await client.get(f"{desk}me")

        await door.house.give(SYSTEM, revoking(pass_))
        entering, at_its_desk = await client.post("/enter", json={"token": token}), await client.get(f"{desk}me")

    assert before.status_code == 200
    assert (entering.status_code, at_its_desk.status_code) == (401, 401)
    assert entering.json()["type"] == at_its_desk.json()["type"] == "urn:diemcau:problem:pass.revoked"


@pytest.mark.parametrize("revoking", [by_number, by_role])
async def test_a_line_ends_at_once_when_its_pass_is_revoked(tmp_path: Path, revoking: RevokeIt) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        pass_ = issued_an_hour_ago(door, Role.SITE, HUE)
        desk = await door.enter(client, door.passes.issue(pass_))
        async with door.live(desk, dict(client.cookies)) as line:
            line.stop_beating()  # not when the page is heard next

            await door.house.give(CHAIR, revoking(pass_))

            assert await line.end() == 4001


async def test_a_pass_that_was_revoked_in_a_rehearsal_stays_so(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        pass_ = issued_an_hour_ago(door, Role.SITE, HUE)
        await door.house.give(CHAIR, StartRehearsal())
        await door.house.give(CHAIR, by_number(pass_))

        answer = await client.post("/enter", json={"token": door.passes.issue(pass_)})

    assert answer.json()["type"] == "urn:diemcau:problem:pass.revoked"


async def test_revoking_a_sites_links_leaves_other_links_and_newer_ones_alone(tmp_path: Path) -> None:
    async with a_door(tmp_path, limits=QUICK) as door, door.browser() as client:
        others = issued_an_hour_ago(door, Role.SITE, VINH)
        desk = await door.enter(client, door.passes.issue(others))
        async with door.live(desk, dict(client.cookies)) as line:
            await door.house.give(CHAIR, RevokeLinks(role=Role.SITE, site=HUE))
            beat = await line.message("beat")
        newer = replace(door.pass_as(Role.SITE, HUE), issued_at=NINE)
        answer = await client.post("/enter", json={"token": door.passes.issue(newer)})

    assert beat["kind"] == "beat"
    assert answer.status_code == 200


async def test_a_page_is_told_whether_its_sites_camera_stands_in_the_way(tmp_path: Path) -> None:
    beside = Beside(some_files(tmp_path / "files"))
    told = {}
    async with a_door(tmp_path, beside=beside) as door, door.browser() as client:
        for role, site in ((Role.SITE, HUE), (Role.SITE, VINH), (Role.OPERATOR, None)):
            desk = await door.enter(client, door.link(role, site))
            told[site] = (await client.get(f"{desk}media")).json()["camera_free"]

    assert told == {HUE: True, VINH: False, None: True}
