"""What the door answers to what it can't use: a clear 4xx, nothing written, nothing told to the log."""

import itertools
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.passes import Passes
from diemcau.web.ports import Premises
from tests.core.samples import HUE, NINE
from tests.web.door import Door, a_door

pytestmark = pytest.mark.anyio
MUCH = 10_000_000


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Serve all tests of this file; time flies, so that nobody has to wait after wrong tries."""
    hours = itertools.count(step=3600)

    def never_waiting(premises: Premises) -> Premises:
        return replace(premises, monotonic=lambda: float(next(hours)))

    async with a_door(tmp_path_factory.mktemp("door"), on=never_waiting) as opened:
        yield opened


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem, after checking that it is one."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem.keys() >= {"type", "title", "detail", "code"}
    return answer.status_code, problem["code"]


def without_signature(_door: Door) -> str:
    head = jwt.encode({"alg": "HS256"}, {}, OctKey.generate_key(256), algorithms=["HS256"]).split(".")[1]
    return f"eyJhbGciOiJub25lIn0.{head}."


def signed_by_another_server(door: Door) -> str:
    return Passes(OKPKey.generate_key("Ed25519")).issue(door.pass_as(Role.CHAIR))


def signed_with_a_password(door: Door) -> str:
    secret = OctKey.import_key(b"k" * 32)
    claims = {"aud": "diemcau:desk", "conference": door.house.desk.conference, "role": "chair", "exp": 4_000_000_000}
    return jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])


def changed(door: Door) -> str:
    head, _, signature = door.link(Role.SITE, HUE).split(".")
    _, body, _ = door.link(Role.CHAIR).split(".")
    return f"{head}.{body}.{signature}"


def expired(door: Door) -> str:
    return door.passes.issue(replace(door.pass_as(Role.CHAIR), until=NINE - timedelta(seconds=1)))


def of_a_conference_elsewhere(door: Door) -> str:
    return door.passes.issue(replace(door.pass_as(Role.CHAIR), conference=ConferenceId("elsewhere")))


def of_a_site_elsewhere(door: Door) -> str:
    return door.link(Role.SITE, SiteId("elsewhere"))


def a_ticket_for_media(door: Door) -> str:
    return door.passes.ticket(door.pass_as(Role.CHAIR), NINE)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda _door: "no token at all", (401, "pass.malformed")),
        (lambda _door: "đường.dẫn.sai", (401, "pass.malformed")),
        (without_signature, (401, "pass.wrong_algorithm")),
        (signed_with_a_password, (401, "pass.wrong_algorithm")),
        (signed_by_another_server, (401, "pass.forged")),
        (changed, (401, "pass.forged")),
        (expired, (401, "pass.expired")),
        (a_ticket_for_media, (401, "pass.wrong_kind")),
        (of_a_conference_elsewhere, (404, "pass.wrong_conference")),
        (of_a_site_elsewhere, (404, "pass.unknown_site")),
    ],
)
async def test_a_token_that_opens_nothing_is_told_why(
    door: Door, make: Callable[[Door], str], expected: tuple[int, str]
) -> None:
    async with door.browser() as client:
        answer = await client.post("/enter", json={"token": make(door)})

    assert code_of(answer) == expected
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"{}", "application/json", (422, "unfit")),
        (b"", "application/json", (422, "unfit")),
        (b"not json", "application/json", (422, "unfit")),
        (b'{"token": 42}', "application/json", (422, "unfit")),
        (b'{"token": "\\ud800"}', "application/json", (422, "unfit")),
        (b'{"token": "a", "\\ud800": 1}', "application/json", (422, "unfit")),
        (b'{"token": ""}', "application/json", (422, "unfit")),
        (b'{"token": "%s"}' % (b"k" * 100_000), "application/json", (422, "unfit")),
        (b'{"token": "a", "admin": true}', "application/json", (422, "unfit")),
        (b"[" * 100_000, "application/json", None),
        (b"\xff\xfe", "application/json", None),
        (b"token=a", "application/x-www-form-urlencoded", (415, "content_type_wrong")),
        (b'{"token": "a"}', "text/plain", (415, "content_type_wrong")),
        (b'{"token": "%s"}' % (b"k" * MUCH), "application/json", (413, "body_too_large")),
        (b"k" * (2 * MUCH), "application/json", (413, "body_too_large")),
    ],
    ids=[
        "nothing in it", "empty", "not JSON", "a number", "half a character", "half a character as a name",
        "an empty token", "a long token", "one field more", "very deep", "not UTF-8",
        "a form", "plain text", "10 MB", "20 MB",
    ],
)  # fmt: skip
async def test_a_body_that_is_unfit_is_refused(
    door: Door, content: bytes, kind: str, expected: tuple[int, str] | None
) -> None:
    async with door.browser() as client:
        answer = await client.post("/enter", content=content, headers={"Content-Type": kind})

    assert code_of(answer) == expected or (expected is None and 400 <= answer.status_code < 500)


async def test_a_body_that_comes_in_pieces_is_measured_too(door: Door) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"k" * 100_000

    async with door.browser() as client:
        answer = await client.post("/enter", content=pieces(), headers={"Content-Type": "application/json"})

    assert code_of(answer) == (413, "body_too_large")


async def test_a_field_that_is_unfit_is_named_in_the_language_of_the_asker(door: Door) -> None:
    async with door.browser() as client:
        english = await client.post("/enter", json={"token": 42})
        vietnamese = await client.post("/enter", json={"token": 42}, headers={"Accept-Language": "fr, vi;q=0.9"})

    assert english.json()["detail"] == "The field token can't be used (a number): send a text."
    assert vietnamese.json()["detail"] == "Trường token không dùng được (một số): hãy gửi một chuỗi ký tự."


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere", (404, "not_found")),
        ("GET", "/static/../../settings.py", (404, "not_found")),
        ("GET", "/static/%2e%2e/app.py", (404, "not_found")),
        ("DELETE", "/enter", (405, "method_wrong")),
        ("PUT", "/health/live", (405, "method_wrong")),
        ("GET", "/d/nobody/me", (401, "pass.missing")),
        ("GET", "/d/nobody/live", (426, "websocket_needed")),
    ],
)
async def test_an_address_that_is_wrong_is_told_so(
    door: Door, method: str, path: str, expected: tuple[int, str]
) -> None:
    async with door.browser() as client:
        answer = await client.request(method, path)

    assert code_of(answer) == expected


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_server_may_ask_nothing(door: Door, origin: str) -> None:
    async with door.browser(origin=origin) as client:
        answer = await client.post("/enter", json={"token": door.link(Role.CHAIR)})

    assert code_of(answer) == (403, "origin_wrong")
    assert not client.cookies


async def test_a_post_without_an_origin_is_refused(door: Door) -> None:
    async with httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answer = await client.post("/enter", json={"token": door.link(Role.CHAIR)})

    assert code_of(answer) == (403, "origin_wrong")


async def test_a_line_is_opened_only_from_the_own_page_with_the_own_cookie(door: Door) -> None:
    async def refused(path: str, cookies: dict[str, str], *, origin: str | None = None) -> tuple[int, str]:
        with pytest.raises(websockets.InvalidStatus) as refusal:
            async with door.live(path, cookies, origin=origin):
                pass
        response = refusal.value.response
        return response.status_code, json.loads(response.body or b"{}").get("code")

    async with door.browser() as client, door.browser() as another:
        hue = await door.enter(client, door.link(Role.SITE, HUE))
        chair = await door.enter(another, door.link(Role.CHAIR))

        answers = [
            await refused(hue, {}),
            await refused(hue, {"pass": "nonsense"}),
            await refused(chair, dict(client.cookies)),
            await refused(hue, dict(client.cookies), origin="https://elsewhere.example"),
        ]

    assert answers == [
        (401, "pass.missing"),
        (401, "pass.malformed"),
        (403, "pass.other_desk"),
        (403, "origin_wrong"),
    ]


async def test_another_desks_cookie_opens_no_page_of_this_one(door: Door) -> None:
    async with door.browser() as client, door.browser() as another:
        await door.enter(client, door.link(Role.SITE, HUE))
        chair = await door.enter(another, door.link(Role.CHAIR))

        answer = await client.get(f"{chair}me", headers={"Cookie": f"pass={client.cookies['pass']}"})

    assert code_of(answer) == (403, "pass.other_desk")


async def test_nothing_of_what_was_refused_is_written_or_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before, tokens = door.house.journal.position(), [door.link(Role.SITE, HUE), expired(door), changed(door)]

    async with door.browser() as client:
        for token in tokens:
            await client.post("/enter", json={"token": token})
            await client.post("/enter", json={"token": token, "name": "Trưởng ban Nội chính"})
        path = next(iter(client.cookies.jar)).path
        async with door.live(path, dict(client.cookies)) as line:
            await line.ask("GrantFloor", {"site": "Trưởng ban Nội chính"})
            await line.say('{"kind": "ask", "body": "Trưởng ban Nội chính"')
            await line.message("answer", id=None)

    said = "\n".join(_text(record) for record in caplog.records if not record.name.startswith(("websockets", "http")))
    assert door.house.journal.position() == before
    assert [token for token in tokens if token in said] == []
    assert "Nội chính" not in said


def _text(record: logging.LogRecord) -> str:
    return f"{record.name} {record.getMessage()} {record.exc_info or ''}"


async def test_a_fault_inside_shows_nothing_of_the_inside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def page(self, *_: object, **__: object) -> Any:  # noqa: ANN401 (it never returns)
            message = "the secret of Trưởng ban"
            raise RuntimeError(message)

    async with (
        a_door(tmp_path, beside=lambda parts: replace(parts, tasks=Broken())) as door,
        door.browser() as client,
    ):
        path = await door.enter(client, door.link(Role.CHAIR))
        answer = await client.get(f"{path}tasks")

    assert code_of(answer) == (500, "inside")
    assert "secret" not in answer.text + caplog.text
    assert "a http request ended by a fault: RuntimeError" in caplog.text
    assert "test_bad_input.py" in caplog.text
