"""Every example in docs/protocol.md is true."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import Role
from diemcau.web.live.messages import ASKABLE, Ask, Beat, Unreadable, read, write_done, write_refused, write_unreadable
from diemcau.web.wording import PROBLEMS, Language
from tests.conduct.desks import CHAIR
from tests.core.samples import HUE
from tests.web.beside import Beside, some_files
from tests.web.door import Door, a_door

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXCHANGES = [text for kind, text in BLOCKS if kind == "http"]
MESSAGES = [[json.loads(line) for line in text.splitlines()] for kind, text in BLOCKS if kind == "json"]
DESK = "/d/0f61c2a94be27d03/"


def fits(example: Any, real: Any) -> bool:  # noqa: ANN401 (JSON)
    """Say whether an example has the shape of what is real: the same names, the same kinds of value."""
    match example, real:
        case dict(), dict():
            return example.keys() == real.keys() and all(fits(example[name], real[name]) for name in example)
        case list(), list():
            return all(fits(one, real[0]) for one in example if real)
        case None, _:
            return True
        case (bool(), bool()) | (str(), str()):
            return True
        case (int() | float(), int() | float()):
            return not isinstance(real, bool)
        case _, None:
            return True
        case _:
            return False


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    async with a_door(folder, beside=Beside(some_files(folder / "files"))) as opened:
        yield opened


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda text: text.splitlines()[0])
async def test_a_request_is_answered_as_the_page_says(door: Door, exchange: str) -> None:
    asked, told = exchange.split("\n\n")
    (method, path), *lines = asked.splitlines()[0].split(), *asked.splitlines()[1:]
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith("{"))
    bodies = [json.loads(line) for line in lines if line.startswith("{")]
    status, _, expected = told.partition("\n")
    token = door.link(Role.SITE, HUE)
    async with door.browser() as client:
        desk = await door.enter(client, token)
        body = {"token": token} if path == "/enter" else (bodies or [None])[0]

        answer = await client.request(method, path.replace(DESK, desk), json=body, headers=headers)

    assert answer.status_code == int(status)
    if not expected:
        assert answer.content == b""
    elif answer.status_code >= 400:
        assert answer.json() == json.loads(expected)
    else:
        assert fits(json.loads(expected), answer.json())


def test_the_page_has_an_example_of_every_desks_route() -> None:
    routes = set(re.findall(r"^\| `(?:GET|POST) /d/<desk>/(\w+)", PAGE, re.MULTILINE))

    shown = {re.sub(r"[/?.].*", "", path) for path in re.findall(rf"^(?:GET|POST) {DESK}(\S+)", PAGE, re.MULTILINE)}

    assert routes - {"pin"} == shown


def test_the_page_names_every_problem_with_its_status() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \| (`.*) \|$", PAGE, re.MULTILINE)
    named = {code: statuses for statuses, text in rows for code in re.findall(r"`([a-z_.]+)`", text)}

    missing = [code for code, wording in PROBLEMS.items() if str(wording.status) not in named.get(code, "")]

    assert missing == []


@pytest.mark.parametrize("message", [one for block in MESSAGES for one in block], ids=lambda one: json.dumps(one)[:60])
async def test_a_message_is_as_the_page_says(door: Door, message: dict[str, Any]) -> None:
    async with door.desk(Role.PROGRAM) as desk:
        board = desk.board

    match message:
        case {"kind": "board", "sections": sections}:
            assert {*message} == {*board}
            assert all(fits(value, board["sections"][name]) for name, value in sections.items())
        case {"kind": "section", "name": name, "value": value}:
            assert {*message} == {"kind", "position", "name", "value"}
            assert fits(value, board["sections"][name])
        case {"kind": "beat", **rest}:
            assert {*rest} <= {"now"}
            assert rest or read(json.dumps(message), CHAIR) == Beat()
        case {"kind": "ask", "name": name}:
            assert name in ASKABLE
        case {"kind": "answer"}:
            assert message in expected_answers()
        case _:
            pytest.fail(f"the page has a message of another kind: {message}")


def test_the_page_shows_what_can_be_asked_and_the_answers_to_it() -> None:
    answers = [one for block in MESSAGES for one in block if one["kind"] == "answer"]

    assert answers == expected_answers()


def expected_answers() -> list[dict[str, Any]]:
    """Return what the real writers say to what the page shows."""
    asked = [one for block in MESSAGES for one in block if one["kind"] == "ask"]
    refusal = next(kind for kind in refusals(Refusal) if kind.code == "floor.holds_floor")
    first = read(json.dumps(asked[0]), CHAIR)
    assert isinstance(first, Ask)
    site = SiteId(asked[0]["body"]["site"])
    texts = [write_done(first.id, 4127), write_refused(first.id, refusal(site=site)), *map(unreadable, asked[1:])]
    return [json.loads(text) for text in texts]


def unreadable(message: dict[str, Any]) -> str:
    with pytest.raises(Unreadable) as refused:
        read(json.dumps(message), CHAIR)
    return write_unreadable(refused.value, Language.EN)


def refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)
