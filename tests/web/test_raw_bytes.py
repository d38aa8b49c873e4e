"""What no browser sends: broken requests, broken frames, bodies that never come."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from diemcau.web.ports import Premises
from tests.web.door import PATIENT, Door, a_door

pytestmark = pytest.mark.anyio


def hours_pass(premises: Premises) -> Premises:
    """Let an hour pass between any two looks at the clock, so that nobody has to wait."""
    hours = itertools.count(step=3600)
    return replace(premises, monotonic=lambda: float(next(hours)))


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    limits = replace(PATIENT, body_arrives=timedelta(milliseconds=200))
    async with a_door(tmp_path_factory.mktemp("door"), limits=limits, on=hours_pass) as opened:
        yield opened


async def answer_to(door: Door, *said: bytes, hang_up: bool = False) -> bytes:
    """Say something to the server's port and return all that it answers."""
    host, _, port = door.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for one in said:
            writer.write(one)
            await writer.drain()
        if hang_up:
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def post(door: Door, *headers: str) -> bytes:
    lines = ("POST /enter HTTP/1.1", f"Host: {door.base.removeprefix('http://')}", f"Origin: {door.base}", *headers)
    return "\r\n".join((*lines, "Connection: close", "", "")).encode()


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /enter HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST /enter HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"k" * 200_000 + b"\r\n\r\n",
    ],
    ids=["TLS", "no host", "no version", "no path", "a negative length", "two lengths", "a long header"],
)
async def test_a_broken_request_is_refused(door: Door, said: bytes) -> None:
    told = await answer_to(door, said, hang_up=True)

    assert told[:10] in (b"HTTP/1.1 4", b"")  # or the connection ends without a word


@pytest.mark.parametrize("length", ["99999999", "9" * 15])
async def test_a_body_that_is_announced_as_large_is_refused_unread(door: Door, length: str) -> None:
    told = await answer_to(door, post(door, "Content-Type: application/json", f"Content-Length: {length}"))

    assert told.startswith(b"HTTP/1.1 413")
    assert b'"code":"body_too_large"' in told


async def test_a_body_that_never_comes_is_waited_for_no_longer_than_allowed(door: Door) -> None:
    told = await answer_to(door, post(door, "Content-Type: application/json", "Content-Length: 100"), b'{"token": ')

    assert told.startswith(b"HTTP/1.1 408")
    assert b'"code":"body_too_slow"' in told


async def test_whoever_hangs_up_in_the_middle_leaves_no_fault(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    await answer_to(
        door, post(door, "Content-Type: application/json", "Content-Length: 100"), b'{"token": ', hang_up=True
    )
    async with door.browser() as client:
        assert (await client.get("/health/live")).status_code == 200

    assert caplog.text == ""


@pytest.mark.parametrize(
    "frame",
    [b"\xff\xff\xff\xff", b"\x83\x80\x00\x00\x00\x00", b"\x81\x05hello", b"\x81\x82\x00\x00\x00\x00\xff\xfe"],
    ids=["rubbish", "an unknown kind", "not masked", "not UTF-8"],
)
async def test_a_broken_frame_ends_the_line_and_nothing_else(door: Door, frame: bytes) -> None:
    async with door.desk(Role.PROGRAM) as program, door.desk(Role.CHAIR) as chair:
        program.stop_beating()
        program.socket.transport.write(frame)

        assert await program.end() in (1002, 1007)
        assert (await chair.ask("AdjournConference", {"reason": "Giải lao"}))["refusal"] == "stages.wrong_stage"


async def test_all_addresses_of_one_network_are_slowed_together(tmp_path: Path) -> None:
    async with a_door(tmp_path, behind_proxy=True) as door, door.browser() as client:

        async def wrong(address: str) -> int:
            answer = await client.post("/enter", json={"token": "wrong"}, headers={"X-Forwarded-For": address})
            return answer.status_code

        first = [await wrong(f"2001:db8::{number:x}") for number in range(11)]
        same, another, old = await wrong("2001:db8::ffff"), await wrong("2001:db8:0:1::1"), await wrong("192.0.2.7")

    assert first == [401] * 11
    assert (same, another, old) == (429, 401, 401)
