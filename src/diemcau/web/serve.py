"""Serving: a uvicorn server for the application, over HTTPS, behind a proxy, or on loopback only.

It writes no access log: addresses of desks and of people are nobody's to keep.
"""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from diemcau.web.ports import Limits
from diemcau.web.tls import Certificate

LOOPBACK = ("127.0.0.1", "::1")
MEDIA = "/media/"
MOST_WAITING = 16 * 1024
_OPTIONS = tuple(
    (level, getattr(socket, name), value)
    for level, name, value in (
        (socket.IPPROTO_TCP, "TCP_NOTSENT_LOWAT", MOST_WAITING),
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 2),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    )
    if hasattr(socket, name)  # not every system has all of them
)


class CannotServe(Exception):  # noqa: N818 (a fact, as in the core)
    """The server can't begin; the sentence says how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to serve: with a certificate over HTTPS, without one on loopback only.

    Port 0 is any free one. `next_free`: if the port is taken, take the next one that is not.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Certificate | None = None
    behind_proxy: bool = False
    next_free: bool = False


class EndingProtocol(WebSocketsSansIOProtocol):
    """A WebSocket whose connection ends soon after its line did, even if its reader takes nothing more.

    Little waits in the connection itself: what is late is chosen where it is known what it is.
    """

    left_open = 5.0
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection's queues short, and find out when the other side is gone without a word."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=MOST_WAITING)
        opened = transport.get_extra_info("socket")
        for level, option, value in _OPTIONS:
            with suppress(OSError):
                opened.setsockopt(level, option, value)

    def handle_connect(self, event: Request) -> None:
        """Open a line; sound and picture are not compressed once more."""
        if event.path.startswith(MEDIA):
            self.conn.available_extensions = []
        super().handle_connect(event)

    async def run_asgi(self) -> None:
        """Serve the line, then give the other side a moment to take what is left."""
        try:
            await super().run_asgi()
        finally:
            if not self.disconnected:
                self._ending = self.loop.call_later(self.left_open, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection has ended by itself."""
        if self._ending is not None:
            self._ending.cancel()
        super().connection_lost(exc)


def open_socket(address: Address) -> socket.socket:
    """Return a listening socket, or raise `CannotServe`."""
    if address.certificate is None and not is_loopback(address.host):
        message = (
            f"Plain HTTP is served on loopback only, not on {address.host}: give --cert and --key, "
            "let a certificate be made, or listen on 127.0.0.1 with --behind-proxy."
        )
        raise CannotServe(message)
    ports = range(address.port, address.port + 50) if address.next_free and address.port else (address.port,)
    for port in ports:
        try:
            return _bound(address.host, port)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE or port == ports[-1]:
                raise CannotServe(_sentence(address, port, fault)) from fault
    raise AssertionError


def make_server(app: ASGIApp, address: Address, limits: Limits) -> uvicorn.Server:
    """Return a server for `app`; run it with `await server.serve(sockets=[open_socket(address)])`."""
    certificate = address.certificate
    return _Server(
        uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=address.behind_proxy,
            forwarded_allow_ips=list(LOOPBACK),
            ws=type("Ending", (EndingProtocol,), {"left_open": limits.slow_reader.total_seconds()}),
            ws_max_size=limits.body_bytes,
            ws_ping_interval=None,
            ssl_certfile=None if certificate is None else certificate.chain,
            ssl_keyfile=None if certificate is None else certificate.key,
            timeout_graceful_shutdown=5,
        )
    )


class _Server(uvicorn.Server):
    """Leaves signals to whoever started the program: what stands beside the door has to be stopped too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def is_loopback(host: str) -> bool:
    """Say whether `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    (family, kind, protocol, _, where), *_ = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(where)
        opened.listen(2048)
        opened.settimeout(0)
    except OSError:
        opened.close()
        raise
    return opened


def _sentence(address: Address, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"TCP port {port} on {address.host} is taken: choose another with --port, or stop what uses it."
    if fault.errno in (errno.EACCES, errno.EPERM):
        return f"TCP port {port} may not be opened by this user: choose one above 1023 with --port."
    return f"The server can't listen on {address.host} port {port} ({fault.strerror}): check --host and --port."
