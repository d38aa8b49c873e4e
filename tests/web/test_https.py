"""HTTPS: certificates from files or made here, a proxy in front, and plain HTTP on loopback only."""

import ipaddress
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from diemcau.core.roles import Role
from diemcau.web.ports import Limits
from diemcau.web.serve import Address, CannotServe, make_server, open_socket
from diemcau.web.tls import LEAF_LASTS, RENEWED_BEFORE, Certificate, CertificateUnusable, given, self_made
from tests.core.samples import HUE, NINE
from tests.web.door import QUICK, a_door, open_conference

pytestmark = pytest.mark.anyio
NAMES = ("hoinghi.example", "điểmcầu.vn", "127.0.0.1", "::1")


def leaf_of(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.crt").read_bytes())


def now_certificate(folder: Path) -> Certificate:
    """Return a certificate that is good by this machine's clock, as browsers have it."""
    return self_made(folder, ("127.0.0.1",), datetime.now(UTC))


async def test_a_desk_works_over_https_with_a_certificate_made_here(tmp_path: Path) -> None:
    certificate = now_certificate(tmp_path / "tls")
    async with a_door(tmp_path, certificate=certificate) as door, door.browser() as client:
        answer = await client.post("/enter", json={"token": door.link(Role.SITE, HUE)})
        async with door.live(answer.json()["desk"], dict(client.cookies)) as hue:
            await open_conference(door)
            done = await hue.ask("RequestFloor", {"topic": "Cán bộ"})

    assert "Secure" in answer.headers["set-cookie"]
    assert done["position"] == door.house.desk.position


async def test_a_line_that_has_ended_is_not_ended_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    certificate = now_certificate(tmp_path / "tls")
    limits = replace(QUICK, slow_reader=QUICK.beat)
    async with a_door(tmp_path, certificate=certificate, limits=limits) as door, door.desk(Role.PROGRAM) as program:
        async with door.desk(Role.CHAIR) as chair:
            await chair.socket.close()
        for _ in range(4):
            await program.message("beat")

    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_the_lobby_offers_the_root_and_never_its_key(tmp_path: Path) -> None:
    certificate = now_certificate(tmp_path / "tls")
    async with a_door(tmp_path, certificate=certificate) as door, door.browser() as client:
        root = await client.get("/ca.crt")
        key = await client.get("/ca.key")

    assert root.headers["content-type"] == "application/x-x509-ca-cert"
    found = x509.load_pem_x509_certificate(root.content)
    assert found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is True
    assert key.status_code == 404


async def test_who_does_not_know_the_root_gets_no_connection(tmp_path: Path) -> None:
    certificate = now_certificate(tmp_path / "tls")
    async with a_door(tmp_path, certificate=certificate) as door:
        async with httpx.AsyncClient(trust_env=False) as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(f"{door.base}/health/live")
        with pytest.raises(ssl.SSLCertVerificationError):
            await websockets.connect(f"{door.base.replace('http', 'ws', 1)}/d/x/live", proxy=None)


async def test_a_proxy_on_this_machine_is_believed(tmp_path: Path) -> None:
    async with a_door(tmp_path, behind_proxy=True) as door:
        host = door.base.removeprefix("http://")
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        async with door.browser(origin=f"https://{host}") as client:
            answer = await client.post("/enter", json={"token": door.link(Role.CHAIR)}, headers=forwarded)
            metrics = await client.get("/metrics", headers=forwarded)

    assert (answer.status_code, "Secure" in answer.headers["set-cookie"]) == (200, True)
    assert metrics.json()["code"] == "metrics_loopback_only"


async def test_without_a_proxy_nobodys_word_is_taken(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        answer = await client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert answer.status_code == 200


def test_a_certificate_made_here_is_for_the_names_asked_and_under_a_root_that_stays(tmp_path: Path) -> None:
    made = self_made(tmp_path, NAMES, NINE)
    root_before = (tmp_path / "ca.crt").read_bytes()
    leaf_before = leaf_of(tmp_path)

    self_made(tmp_path, NAMES, NINE + timedelta(days=30))
    same = leaf_of(tmp_path)
    self_made(tmp_path, ("another.example",), NINE)
    renamed = leaf_of(tmp_path)
    self_made(tmp_path, ("another.example",), NINE + LEAF_LASTS - RENEWED_BEFORE)
    renewed = leaf_of(tmp_path)

    found = leaf_before.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["hoinghi.example", "xn--imcu-zua1656bsfa.vn"]
    assert found.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(one) for one in NAMES[2:]]
    assert same == leaf_before
    assert renamed.serial_number != leaf_before.serial_number
    assert renewed.serial_number != renamed.serial_number
    assert (tmp_path / "ca.crt").read_bytes() == root_before
    assert made.authority == tmp_path / "ca.crt"


def test_keys_are_for_the_server_only(tmp_path: Path) -> None:
    self_made(tmp_path, NAMES, NINE)

    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "server.crt": 0o644, "server.key": 0o600}


def test_a_lost_root_is_made_anew_and_its_certificate_too(tmp_path: Path) -> None:
    self_made(tmp_path, NAMES, NINE)
    before = leaf_of(tmp_path)
    (tmp_path / "ca.key").unlink()

    self_made(tmp_path, NAMES, NINE)

    root = x509.load_pem_x509_certificate((tmp_path / "ca.crt").read_bytes())
    leaf_of(tmp_path).verify_directly_issued_by(root)
    assert leaf_of(tmp_path) != before


def test_a_damaged_certificate_is_told_in_one_sentence(tmp_path: Path) -> None:
    self_made(tmp_path, NAMES, NINE)
    (tmp_path / "ca.crt").write_text("rubbish", encoding="utf-8")

    with pytest.raises(CertificateUnusable, match=r"is damaged: restore the folder"):
        self_made(tmp_path, NAMES, NINE)


def test_certificates_that_were_given_are_tried_at_the_start(tmp_path: Path) -> None:
    made, other = self_made(tmp_path / "a", NAMES, NINE), self_made(tmp_path / "b", NAMES, NINE)

    assert given(made.chain, made.key).chain == made.chain
    with pytest.raises(CertificateUnusable, match=r"nowhere\.pem is not there"):
        given(tmp_path / "nowhere.pem", made.key)
    with pytest.raises(CertificateUnusable, match=r"don't fit together"):
        given(made.chain, other.key)


def test_a_key_with_a_password_is_refused_instead_of_asking_at_the_terminal(tmp_path: Path) -> None:
    made = self_made(tmp_path, NAMES, NINE)
    key = serialization.load_pem_private_key(made.key.read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )

    with pytest.raises(CertificateUnusable, match=r"don't fit together"):
        given(made.chain, locked)


@pytest.mark.parametrize("name", ["a..b", "k" * 64, "", "a b", "*"])
def test_a_name_that_no_host_can_have_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CertificateUnusable, match="name a host"):
        self_made(tmp_path, (name,), NINE)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "hoinghi.example"])  # noqa: S104 (refused)
def test_plain_http_is_for_loopback_only(host: str) -> None:
    with pytest.raises(CannotServe, match="Plain HTTP is served on loopback only"):
        open_socket(Address(host=host, port=0))


def test_a_taken_port_is_told_in_one_sentence_or_the_next_is_taken() -> None:
    with open_socket(Address(port=0)) as first:
        port = first.getsockname()[1]

        with pytest.raises(CannotServe, match=f"TCP port {port} on 127.0.0.1 is taken: choose another with --port"):
            open_socket(Address(port=port))
        with open_socket(Address(port=port, next_free=True)) as second:
            assert second.getsockname()[1] > port


def test_a_host_that_is_not_here_is_told_in_one_sentence(tmp_path: Path) -> None:
    made = self_made(tmp_path, NAMES, NINE)

    for host in ("192.0.2.1", "no-such-host.invalid"):
        with pytest.raises(CannotServe, match=rf"The server can't listen on {host} port 0 \(.+\): check --host"):
            open_socket(Address(host=host, port=0, certificate=made))


def test_a_server_keeps_no_access_log_and_does_not_tell_what_it_is() -> None:
    config = make_server(lambda *_: None, Address(), Limits()).config  # type: ignore[arg-type]  # never called

    assert (config.access_log, config.server_header, config.proxy_headers) == (False, False, False)
    assert socket.AF_INET6 in {info[0] for info in socket.getaddrinfo("::1", 0)}
