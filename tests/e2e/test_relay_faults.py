"""What a relay says of a node above that can't be used, and of its own address."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes
from diemcau.media.relay.upstream import UpstreamAway, UpstreamUnusable
from diemcau.wiring.relay import Above, FindWay
from tests.e2e.programs import run


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """Answer everybody the same; yield the URL."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def told(**other: object) -> str:
    """Return what a node above answers."""
    return json.dumps(
        {
            "version": version("diemcau"),
            "conference": "spring-review",
            "media": "https://127.0.0.1:8443",
            "fingerprints": [],
            "public_key": "",
            **other,
        }
    )


async def fault(url: str) -> str:
    with pytest.raises(UpstreamUnusable) as unusable:
        await FindWay(Above(url=url, token="a.b.c"))()
    return str(unusable.value)


@pytest.mark.parametrize("url", ["", "hoinghi.example", "ftp://hoinghi.example", "https://", "https://a:99999"])
async def test_what_is_no_web_address_is_said_to_be_none(url: str) -> None:
    assert await fault(url) == (
        f"{url} is no web address of a node: give one such as --upstream https://hoinghi.example:8080."
    )


async def test_a_node_of_another_version_is_named_with_its_version() -> None:
    with answering(200, told(version="99.0")) as url:
        assert await fault(url) == (
            f"{url} runs version 99.0, this relay {version('diemcau')}: install the same version on both."
        )


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<html>"), (404, "not here"), (200, told(public_key="none")), (200, "[]")]
)
async def test_what_is_no_server_of_ours_is_said_to_be_none(status: int, body: str) -> None:
    with answering(status, body) as url:
        assert await fault(url) == (
            f"{url} is not the web address of a server or relay of Điểm Cầu: "
            "give the address that its links begin with."
        )


async def test_a_pass_that_is_not_taken_is_named_with_the_reason() -> None:
    with answering(401, json.dumps({"code": "pass.expired", "detail": "ended"})) as url:
        assert await fault(url) == (
            f"{url} does not take this relay's pass (pass.expired): ask for a new one, "
            "made there with diemcau conference pass CONFERENCE --role relay."
        )


async def test_a_node_that_does_not_answer_is_asked_again() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(UpstreamAway, match="does not answer"):
            await FindWay(Above(url=url, token="a.b.c"))()


async def test_a_node_that_is_not_ready_is_asked_again() -> None:
    body = json.dumps({"code": "not_ready", "detail": "the disk is full"})
    with answering(503, body) as url, pytest.raises(UpstreamAway, match="the disk is full"):
        await FindWay(Above(url=url, token="a.b.c"))()


@pytest.mark.slow
async def test_a_relay_that_cannot_begin_says_so_in_one_sentence(tmp_path: Path) -> None:
    Passes(load_key(tmp_path))
    with answering(200, told(public_key=Passes(load_key(tmp_path)).public_key())) as url, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        status, out, err = await run("relay", "--upstream", url, "--pass", "a.b.c", "--port", port, "--media-port", 0)

    assert (status, out) == (1, "")
    assert err == f"TCP port {port} on 127.0.0.1 is taken: choose another with --port, or stop what uses it."
