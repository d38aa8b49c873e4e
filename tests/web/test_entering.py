"""A link, a cookie, a PIN: how somebody comes to a desk."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from diemcau.core.ids import ConferenceId
from diemcau.core.roles import Role
from diemcau.media.passes import Pass, new_pass
from diemcau.web.login import link_of
from diemcau.web.pins import Pins
from tests.core.samples import HUE
from tests.web.door import LATER, Door, a_door

pytestmark = pytest.mark.anyio


class Seconds:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def strict(tmp_path: Path, seconds: Seconds) -> AsyncIterator[Door]:
    async with a_door(tmp_path, on=lambda premises: replace(premises, demonstration=False, monotonic=seconds)) as door:
        yield door


def with_pin(door: Door, role: Role) -> tuple[Pass, str, str]:
    """Return a pass with its token and its PIN."""
    pass_ = door.pass_as(role)
    return pass_, door.passes.issue(pass_), Pins(door.folder / "pins").issue(pass_)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


async def test_a_link_keeps_its_token_behind_the_hash(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door:
        link = httpx.URL(link_of("https://diemcau.example", door.link(Role.CHAIR)))

    assert (link.path, link.query) == ("/enter", b"")
    assert link.fragment.count(".") == 2


async def test_the_cookie_is_of_one_desk_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        answer = await client.post("/enter", json={"token": door.link(Role.SITE, HUE)})

    desk = answer.json()["desk"]
    cookie = answer.headers["set-cookie"]
    assert answer.json() == {"desk": desk, "role": "site", "pin": False}
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly",
        "SameSite=strict",
        f"Path={desk}",
        f"Max-Age={12 * 3600}",
    }


async def test_one_browser_holds_many_desks(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        paths = [
            await door.enter(client, token)
            for token in (door.link(Role.CHAIR), door.link(Role.SITE, HUE), door.link(Role.CHAIR, house=door.other))
        ]

        who = [(await client.get(f"{path}me")).json() for path in paths]

    assert [(one["conference"], one["role"], one["site"]) for one in who] == [
        ("review-2026", "chair", None),
        ("review-2026", "site", "hue"),
        ("other-2026", "chair", None),
    ]


async def test_a_link_that_is_opened_again_opens_the_same_desk(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client, door.browser() as another:
        token = door.link(Role.SITE, HUE)

        assert await door.enter(client, token) == await door.enter(another, token)


async def test_a_hall_needs_no_pin(strict: Door) -> None:
    async with strict.browser() as client:
        path = await strict.enter(client, strict.link(Role.SITE, HUE))

        assert (await client.get(f"{path}me")).status_code == 200


@pytest.mark.parametrize("role", [Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR])
async def test_who_conducts_gives_the_pin_once_on_each_device(strict: Door, role: Role) -> None:
    _, token, pin = with_pin(strict, role)
    async with strict.browser() as client, strict.browser() as another:
        path = await strict.enter(client, token)
        before = await client.get(f"{path}me")
        given = await client.post(f"{path}pin", json={"pin": pin})
        entered_again = await client.post("/enter", json={"token": token})
        await strict.enter(another, token)

        assert (before.status_code, before.json()["code"]) == (403, "pin_needed")
        assert (given.status_code, given.content) == (204, b"")
        assert entered_again.json()["pin"] is False
        assert (await client.get(f"{path}me")).json()["role"] == role
        assert (await another.get(f"{path}me")).json()["code"] == "pin_needed"


async def test_a_line_needs_the_pin_too(strict: Door) -> None:
    _, token, pin = with_pin(strict, Role.CHAIR)
    async with strict.browser() as client:
        path = await strict.enter(client, token)
        with pytest.raises(Exception, match="403"):
            async with strict.live(path, dict(client.cookies)):
                pass
        await client.post(f"{path}pin", json={"pin": pin})

        async with strict.live(path, dict(client.cookies)) as line:
            assert line.board["kind"] == "board"


async def test_a_pin_of_another_pass_is_wrong(strict: Door) -> None:
    _, chair, _ = with_pin(strict, Role.CHAIR)
    _, _, pin = with_pin(strict, Role.OPERATOR)
    async with strict.browser() as client:
        path = await strict.enter(client, chair)

        assert (await client.post(f"{path}pin", json={"pin": pin})).json()["code"] == "pin_wrong"


async def test_a_pass_without_a_pin_says_so(strict: Door) -> None:
    async with strict.browser() as client:
        path = await strict.enter(client, strict.link(Role.CHAIR))

        assert (await client.post(f"{path}pin", json={"pin": "000000"})).json()["code"] == "pin_not_set"


async def test_ten_wrong_pins_wait_longer_and_longer(strict: Door, seconds: Seconds) -> None:
    _, token, pin = with_pin(strict, Role.CHAIR)
    waits: list[int] = []
    async with strict.browser() as client:
        path = await strict.enter(client, token)
        while len(waits) < 10:
            answer = await client.post(f"{path}pin", json={"pin": wrong(pin)})
            if answer.json()["code"] == "too_many_tries":
                waits.append(int(answer.headers["retry-after"]))
                seconds.now += waits[-1]
        right = await client.post(f"{path}pin", json={"pin": pin})

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert right.status_code == 204


async def test_wrong_pins_side_by_side_gain_nothing(strict: Door) -> None:
    _, token, pin = with_pin(strict, Role.CHAIR)
    async with strict.browser() as client:
        path = await strict.enter(client, token)

        answers = await asyncio.gather(
            *(client.post(f"{path}pin", json={"pin": wrong(pin)}) for _ in range(20)),
        )

    told = [answer.json()["code"] for answer in answers]
    assert (told.count("pin_wrong"), told.count("too_many_tries")) == (4, 16)


async def test_wrong_links_from_one_address_are_slowed_but_right_ones_are_not(strict: Door, seconds: Seconds) -> None:
    async with strict.browser() as client:
        for _ in range(11):
            answer = await client.post("/enter", json={"token": "wrong"})
            assert answer.status_code == 401
        slowed = await client.post("/enter", json={"token": "wrong"})
        right = await client.post("/enter", json={"token": strict.link(Role.SITE, HUE)})
        seconds.now += 1
        after = await client.post("/enter", json={"token": "wrong"})

    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "1")
    assert slowed.json()["detail"] == "There were too many wrong tries: wait 1 seconds, then try again."
    assert (right.status_code, after.status_code) == (200, 401)


def test_a_pin_is_kept_as_a_salted_hash_that_only_the_server_may_read(tmp_path: Path) -> None:
    pass_ = new_pass(conference=ConferenceId("c"), role=Role.CHAIR, site=None, until=LATER)
    pins = Pins(tmp_path / "pins")

    first, second = pins.issue(pass_), pins.issue(pass_)

    (file,) = (tmp_path / "pins").iterdir()
    assert second not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert pins.is_right(pass_, second)
    assert first == second or not pins.is_right(pass_, first)
