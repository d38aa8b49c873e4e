"""The way that a relay asks for, and what it says of itself."""

import json
import re
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.passes import Passes, new_pass, new_relay_pass
from diemcau.web.ports import RelayHost
from diemcau.web.relays import RelayState, create_relay_app

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
REVIEW = ConferenceId("tong-ket-2020")
PASSES = Passes(OKPKey.generate_key("Ed25519"))
RELAY = PASSES.issue_relay(new_relay_pass(conference=REVIEW, until=NOON, at=NINE, sites=frozenset({SiteId("hue")})))
CHAIR = PASSES.issue(new_pass(conference=REVIEW, role=Role.CHAIR, site=None, until=NOON, at=NINE))
STATE = RelayState(status="up", conference=REVIEW, upstream_silent_s=0.4, cameras=12, sessions=14, relays=1)
PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def door() -> httpx.AsyncClient:
    host = RelayHost(
        admit=lambda token: PASSES.admit_relay(token, NINE),
        media_port=lambda: 8443,
        fingerprints=lambda: ("5f1b",),
        public_key=PASSES.public_key,
    )
    app = create_relay_app(host, lambda: STATE)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://hoinghi.example")


async def test_a_relay_that_shows_its_pass_is_told_the_way_as_the_page_says() -> None:
    shown = re.search(r"^GET /relay\n.*?\n200\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert shown is not None

    async with door() as asking:
        answer = await asking.get("/relay", headers={"Authorization": f"Bearer {RELAY}"})

    assert answer.json() == {
        "version": version("diemcau"),
        "conference": REVIEW,
        "media": "https://hoinghi.example:8443",
        "fingerprints": ["5f1b"],
        "public_key": PASSES.public_key(),
    }
    assert json.loads(shown[1]).keys() == answer.json().keys()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "pass.missing"),
        ({"Authorization": "Basic eA=="}, "pass.missing"),
        ({"Authorization": "Bearer "}, "pass.malformed"),
        ({"Authorization": f"Bearer {CHAIR}"}, "pass.wrong_kind"),
    ],
)
async def test_nobody_else_is_told_the_way(headers: dict[str, str], code: str) -> None:
    async with door() as asking:
        answer = await asking.get("/relay", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_a_relay_says_how_it_is_doing() -> None:
    async with door() as asking:
        answer = await asking.get("/health")

    assert answer.json() == STATE.model_dump()
