"""Handouts at the door: every hall fetches what is listed, and only who may gives another file."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.core import handouts
from diemcau.core.ids import HandoutId
from diemcau.core.roles import Role
from diemcau.web.ports import Limits, Premises
from diemcau.wiring.handouts import HandoutShelf
from tests.conduct.desks import SECRETARY
from tests.core.samples import HUE
from tests.plan.test_handout_file import pdf
from tests.web.door import Door, a_door

pytestmark = pytest.mark.anyio
PDF = {"Content-Type": "application/pdf", "X-Title": "B%C3%A1o%20c%C3%A1o%20t%E1%BB%95ng%20k%E1%BA%BFt"}


def tight(premises: Premises) -> Premises:
    return replace(premises, limits=Limits(handout_bytes=20_000, handout_arrives=timedelta(seconds=20)))


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    shelf = HandoutShelf(tmp_path / "handouts")
    async with a_door(tmp_path, on=tight, beside=lambda parts: replace(parts, handouts=shelf)) as opened:
        yield opened


async def test_the_secretary_gives_a_file_and_every_screen_fetches_it(door: Door) -> None:
    report = pdf(3)
    async with door.browser() as secretary, door.browser() as hall:
        desk = await door.enter(secretary, door.link(Role.SECRETARY))
        given = await secretary.put(f"{desk}handouts/report", content=report, headers=PDF)
        screen = await door.enter(hall, door.link(Role.PROGRAM))
        fetched = await hall.get(f"{screen}handouts/report/{given.json()['digest']}")

    assert given.json() == {
        "handout": "report",
        "title": "Báo cáo tổng kết",
        "pages": 3,
        "digest": hashlib.sha256(report).hexdigest(),
    }
    assert fetched.content == report
    assert fetched.headers["content-type"] == "application/pdf"
    assert "immutable" in fetched.headers["cache-control"]


async def test_a_new_file_keeps_the_title_and_the_old_one_is_no_longer_given_out(door: Door) -> None:
    async with door.browser() as client:
        desk = await door.enter(client, door.link(Role.OPERATOR))
        first = await client.put(f"{desk}handouts/report", content=pdf(3), headers=PDF)
        second = await client.put(f"{desk}handouts/report", content=pdf(4), headers={"Content-Type": "application/pdf"})
        stale = await client.get(f"{desk}handouts/report/{first.json()['digest']}")

    assert (second.json()["title"], second.json()["pages"]) == ("Báo cáo tổng kết", 4)
    assert (stale.status_code, stale.json()["code"]) == (404, "handout_unknown")


async def test_sample_pages_are_fetched_where_there_is_no_file(door: Door) -> None:
    listing = handouts.ListHandout(handout=HandoutId("report"), title="Báo cáo", pages=2, digest="")
    await door.house.give(SECRETARY, listing)
    async with door.browser() as client:
        desk = await door.enter(client, door.link(Role.SITE, HUE))
        sample = await client.get(f"{desk}handouts/report/sample")

    assert sample.content.startswith(b"%PDF")
    assert "immutable" not in sample.headers["cache-control"]


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"no PDF", PDF, (422, "handout_unreadable")),
        (b"%PDF" + b"k" * 30_000, PDF, (413, "handout_too_large")),
        (pdf(1), {"Content-Type": "application/pdf"}, (409, "handout_refused")),
        (pdf(1), {"Content-Type": "text/plain"}, (415, "content_type_wrong")),
    ],
    ids=["no PDF", "too large", "without a title", "another kind"],
)
async def test_a_file_that_is_unfit_is_refused_and_nothing_is_listed(
    door: Door, content: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    async with door.browser() as client:
        desk = await door.enter(client, door.link(Role.SECRETARY))
        answer = await client.put(f"{desk}handouts/report", content=content, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == expected
    assert door.house.desk.current.handouts.listed == ()


@pytest.mark.parametrize(("role", "site"), [(Role.SITE, HUE), (Role.PROGRAM, None), (Role.CHAIR, None)])
async def test_a_desk_that_may_not_give_handouts_is_told_whom_to_ask(door: Door, role: Role, site: str | None) -> None:
    async with door.browser() as client:
        desk = await door.enter(client, door.link(role, HUE if site else None))
        answer = await client.put(f"{desk}handouts/report", content=pdf(1), headers=PDF)

    assert (answer.status_code, answer.json()["code"]) == (403, "handout_not_yours")


async def test_a_stranger_and_a_foreign_page_give_nothing(door: Door) -> None:
    async with door.browser() as stranger, door.browser(origin="https://elsewhere.example") as foreign:
        nobody = await stranger.put("/d/0123456789abcdef/handouts/report", content=pdf(1), headers=PDF)
        desk = await door.enter(stranger, door.link(Role.SECRETARY))
        foreign.cookies = stranger.cookies
        from_elsewhere = await foreign.put(f"{desk}handouts/report", content=pdf(1), headers=PDF)
        unknown = await stranger.get(f"{desk}handouts/no-such/sample")

    assert nobody.status_code == 401
    assert from_elsewhere.status_code == 403
    assert unknown.status_code == 404
    assert door.house.desk.current.handouts.listed == ()
