"""Passes: who may come where, as what, until when."""

import asyncio
import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from diemcau.conduct.clock import HandClock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission, Code, Part, Refusal
from diemcau.media.pass_keys import PassKeyUnusable, load_key, read_public_pem
from diemcau.media.passes import (
    LONG_AGO,
    Pass,
    Passes,
    PassFault,
    PassReader,
    PassRefused,
    RelayPass,
    Ticket,
    door_keeper,
    new_pass,
    new_relay_pass,
)

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
REVIEW, HUE = ConferenceId("review-2026"), SiteId("hue")
KEY = OKPKey.generate_key("Ed25519")
PASSES = Passes(KEY)
CHAIR = Pass(conference=REVIEW, role=Role.CHAIR, site=None, until=NOON, number="n-1", issued_at=NINE)
HALL = Pass(conference=REVIEW, role=Role.SITE, site=HUE, until=NOON, number="n-2", issued_at=NINE)
SCRIPT = replace(HALL, scripted=True, issued_at=NINE + timedelta(microseconds=1500))
RELAY = RelayPass(conference=REVIEW, until=NOON, number="n-9", issued_at=NINE)


def fault(token: str, at: datetime = NINE) -> PassFault:
    with pytest.raises(PassRefused) as refused:
        PASSES.read(token, at)
    return refused.value.code


def signed(claims: dict[str, object]) -> str:
    return jwt.encode({"alg": "Ed25519"}, claims, KEY, algorithms=["Ed25519"])


def headed(header: dict[str, object], token: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join((head, *token.split(".")[1:]))


@pytest.mark.parametrize("pass_", [CHAIR, HALL, SCRIPT])
def test_a_pass_is_read_as_it_was_issued(pass_: Pass) -> None:
    assert PASSES.read(PASSES.issue(pass_), NINE) == pass_


def test_a_pass_ends_at_its_end() -> None:
    token = PASSES.issue(CHAIR)

    assert PASSES.read(token, NOON - timedelta(seconds=1)) == CHAIR
    assert fault(token, NOON) is PassFault.EXPIRED


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256", "ES256", "EdDSA", "", 5, None])
def test_no_other_signature_is_even_looked_at(algorithm: object) -> None:
    token = headed({"alg": algorithm}, PASSES.issue(CHAIR))

    assert fault(token) in (PassFault.WRONG_ALGORITHM, PassFault.MALFORMED)


def test_a_pass_without_a_signature_opens_nothing() -> None:
    head, body, _ = PASSES.issue(CHAIR).split(".")

    assert fault(f"{head}.{body}.") is PassFault.FORGED
    assert fault(headed({"alg": "none"}, f"{head}.{body}.")) is PassFault.WRONG_ALGORITHM
    assert fault(f"{head}.{body}") is PassFault.MALFORMED


def test_a_pass_of_another_server_opens_nothing() -> None:
    assert fault(Passes(OKPKey.generate_key("Ed25519")).issue(CHAIR)) is PassFault.FORGED


@given(place=st.integers(0, 400), bit=st.integers(0, 5))
def test_a_pass_that_was_changed_anywhere_opens_nothing(place: int, bit: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = PASSES.issue(CHAIR)
    at = place % (len(token) - 1)  # the last character holds four bits that say nothing
    if token[at] == ".":
        at += 1
    changed = token[:at] + alphabet[alphabet.index(token[at]) ^ (1 << bit)] + token[at + 1 :]

    assert fault(changed) in set(PassFault) - {PassFault.EXPIRED}


@given(st.text(max_size=300))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    assert fault(text) in (PassFault.MALFORMED, PassFault.WRONG_ALGORITHM)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"conference": 5},
        {"conference": ""},
        {"role": "emperor"},
        {"role": None},
        {"exp": "2026"},
        {"exp": True},
        {"exp": None},
        {"exp": 10**30},
        {"jti": None},
        {"iat": "yesterday"},
        {"site": 7},
    ],
)
def test_what_is_signed_but_no_pass_opens_nothing(claims: dict[str, object]) -> None:
    whole: dict[str, object] = {
        "aud": "diemcau:desk",
        "conference": REVIEW,
        "role": "chair",
        "exp": 4_000_000_000,
        "jti": "n",
    }

    assert fault(signed({**whole, **claims} if claims else {"aud": "diemcau:desk"})) is PassFault.MALFORMED
    assert PASSES.read(signed(whole), NINE).number == "n"


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.RELAY])
def test_nobody_comes_to_a_desk_as_the_system_or_as_a_relay(role: Role) -> None:
    claims: dict[str, object] = {"aud": "diemcau:desk", "conference": "c", "exp": 4_000_000_000, "jti": "n"}

    with pytest.raises(ValueError, match="cannot be issued"):
        PASSES.issue(replace(CHAIR, role=role))
    assert fault(signed({**claims, "role": role.value})) is PassFault.MALFORMED


@pytest.mark.parametrize("pass_", [replace(HALL, site=None), replace(CHAIR, site=HUE)])
def test_a_halls_pass_names_its_site_and_no_other_does(pass_: Pass) -> None:
    with pytest.raises(ValueError, match="names its site"):
        PASSES.issue(pass_)


def test_a_ticket_opens_the_media_door_for_a_minute() -> None:
    ticket = PASSES.ticket(HALL, NINE)
    until = NINE + timedelta(minutes=1)

    assert PASSES.read_ticket(ticket, NINE) == Ticket(pass_=HALL, until=until, may_publish=True)
    with pytest.raises(PassRefused) as refused:
        PASSES.read_ticket(ticket, until)
    assert refused.value.code is PassFault.EXPIRED


def test_a_ticket_never_outlives_its_pass() -> None:
    ticket = PASSES.ticket(CHAIR, NOON - timedelta(seconds=10))

    assert PASSES.read_ticket(ticket, NINE).until == NOON


def test_what_came_in_by_a_ticket_may_stay_until_its_pass_ends() -> None:
    admitted = PASSES.admit(PASSES.ticket(HALL, NINE), NINE)

    assert isinstance(admitted, Admission)
    assert (admitted.number, admitted.role, admitted.issued_at) == ("n-2", Role.SITE, NINE)
    assert admitted.until == NOON


def test_a_ticket_that_says_it_outlives_its_pass_opens_nothing() -> None:
    claims: dict[str, object] = {
        "aud": "diemcau:media",
        "conference": REVIEW,
        "role": "chair",
        "exp": NOON.timestamp() + 60,
        "ends": NOON.timestamp(),
        "jti": "n",
    }

    assert isinstance(PASSES.admit(signed(claims), NINE), Admission)
    assert PASSES.admit(signed(claims), NOON) == Refusal(code=Code.UNKNOWN_PASS, reason="pass.expired")


def test_a_pass_that_does_not_say_when_it_was_issued_was_issued_long_ago() -> None:
    claims: dict[str, object] = {
        "aud": "diemcau:desk",
        "conference": "c",
        "role": "chair",
        "exp": 4_000_000_000,
        "jti": "n",
    }

    assert PASSES.read(signed(claims), NINE).issued_at == LONG_AGO


def test_whoever_holds_the_public_half_of_the_key_reads_passes_and_can_sign_none() -> None:
    relay = PassReader(read_public_pem(PASSES.public_key()))

    assert relay.read(PASSES.issue(CHAIR), NINE) == CHAIR
    assert isinstance(relay.admit(PASSES.ticket(HALL, NINE), NINE), Admission)
    assert "PRIVATE" not in PASSES.public_key()
    with pytest.raises(JoseError):
        Passes(read_public_pem(PASSES.public_key())).issue(CHAIR)


@pytest.mark.parametrize("text", ["", "rubbish", KEY.as_pem(private=True).decode()])
def test_what_is_no_public_key_is_told_in_one_sentence(text: str) -> None:
    with pytest.raises(PassKeyUnusable, match="take the one that the centre gives its relays"):
        read_public_pem(text)


def test_a_relays_pass_lets_a_node_in_and_opens_nothing_else() -> None:
    token = PASSES.issue_relay(RELAY)

    admitted = PASSES.admit_relay(token, NINE)

    assert isinstance(admitted, Admission)
    assert (admitted.conference, admitted.part, admitted.site) == (REVIEW, Part.RELAY, None)
    assert (admitted.may_publish, admitted.number, admitted.until) == (False, "n-9", NOON)
    assert PASSES.read_relay(token, NINE) == RELAY
    assert fault(token) is PassFault.WRONG_KIND
    assert PASSES.admit(token, NINE) == Refusal(code=Code.UNKNOWN_PASS, reason="pass.wrong_kind")


@pytest.mark.parametrize("token", [PASSES.issue(CHAIR), PASSES.ticket(HALL, NINE), PASSES.device(CHAIR), ""])
def test_no_other_pass_lets_a_relay_in(token: str) -> None:
    assert isinstance(PASSES.admit_relay(token, NINE), Refusal)


def test_a_relays_pass_ends_at_its_end() -> None:
    expired = PASSES.admit_relay(PASSES.issue_relay(RELAY), NOON)

    assert expired == Refusal(code=Code.UNKNOWN_PASS, reason="pass.expired")


@pytest.mark.parametrize("role", [Role.CHAIR, Role.OPERATOR, Role.PROGRAM])
def test_only_a_hall_publishes(role: Role) -> None:
    assert not PASSES.read_ticket(PASSES.ticket(replace(CHAIR, role=role), NINE), NINE).may_publish


def test_a_ticket_opens_no_desk_and_a_pass_no_media_door() -> None:
    assert fault(PASSES.ticket(HALL, NINE)) is PassFault.WRONG_KIND
    assert fault(PASSES.device(CHAIR)) is PassFault.WRONG_KIND
    assert PASSES.admit(PASSES.issue(HALL), NINE) == Refusal(code=Code.UNKNOWN_PASS, reason="pass.wrong_kind")


@pytest.mark.parametrize(
    ("pass_", "part"),
    [
        (HALL, Part.SITE),
        (replace(CHAIR, role=Role.OPERATOR), Part.OPERATOR),
        (CHAIR, Part.WATCHER),
        (replace(CHAIR, role=Role.PROGRAM), Part.WATCHER),
    ],
)
async def test_the_media_door_learns_who_comes(pass_: Pass, part: Part) -> None:
    admit = door_keeper(PASSES, HandClock(NINE))

    first, second = await asyncio.gather(*(admit(PASSES.ticket(pass_, NINE)) for _ in range(2)))

    assert isinstance(first, Admission)
    assert isinstance(second, Admission)
    assert (first.conference, first.site, first.part) == (REVIEW, pass_.site, part)
    assert first.may_publish is (pass_.role is Role.SITE)
    assert first.connection != second.connection


def test_a_device_is_known_for_one_pass_only() -> None:
    device, another = PASSES.device(CHAIR), replace(CHAIR, number="n-3")

    assert PASSES.is_device_of(device, CHAIR, NINE)
    assert not PASSES.is_device_of(device, another, NINE)
    assert not PASSES.is_device_of(device, CHAIR, NOON)
    assert not PASSES.is_device_of(PASSES.issue(CHAIR), CHAIR, NINE)
    assert not PASSES.is_device_of("", CHAIR, NINE)


def test_no_two_passes_have_one_number() -> None:
    numbers = {new_pass(conference=REVIEW, role=Role.CHAIR, site=None, until=NOON).number for _ in range(50)}
    numbers |= {new_relay_pass(conference=REVIEW, until=NOON, at=NINE).number for _ in range(50)}

    assert len(numbers) == 100


def test_the_key_is_made_once_and_only_the_server_may_read_it(tmp_path: Path) -> None:
    token = Passes(load_key(tmp_path)).issue(CHAIR)

    assert Passes(load_key(tmp_path)).read(token, NINE) == CHAIR
    assert [(file.name, file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == [("pass.key", 0o600)]


def test_programs_that_make_the_key_at_once_end_with_the_same(tmp_path: Path) -> None:
    keys: list[bytes] = []
    makers = [threading.Thread(target=lambda: keys.append(load_key(tmp_path).as_pem(private=True))) for _ in range(8)]

    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_key_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PassKeyUnusable, match="let the server's user read and write it"):
        load_key(tmp_path / "nowhere")
    (tmp_path / "pass.key").write_text("rubbish", encoding="utf-8")
    with pytest.raises(PassKeyUnusable, match="restore it from a backup"):
        load_key(tmp_path)
