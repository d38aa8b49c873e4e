"""Calling: a client's session with a web server, for where UDP is blocked.

It is told from a session over QUIC by nothing but the URL: `wss://<web server>/media/<conference>`.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import websockets
from websockets.asyncio.connection import Connection

from diemcau.media.fabric import Code, FabricError, Link, Publication, RefusedError, Source
from diemcau.media.moq_fabric import publish_here
from diemcau.media.socket_fabric.conversation import Conversation
from diemcau.media.socket_fabric.messages import Garbled, Publish, Unpublish
from diemcau.media.socket_fabric.wire import LARGEST, Wire, WireGone, told_by

_OPENING: Final = 5.0


class WebsocketsWire:
    """A wire of the library `websockets`, at either end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, message: str | bytes) -> None:
        """Send a message; wait while the other side takes nothing."""
        with _until_gone():
            await self._connection.send(message)

    async def receive(self) -> str | bytes:
        """Return the next message."""
        with _until_gone():
            return await self._connection.recv()

    async def close(self, code: int) -> None:
        """Close it with a close code."""
        await self._connection.close(code)


class SocketLink:
    """A client's session with a web server."""

    def __init__(self, wire: Wire) -> None:
        self._published: dict[str, Source] = {}
        self._talk = Conversation(wire, self._published.get, _hear, now=time.monotonic)
        self._running = asyncio.create_task(self._talk.run())

    def publish(self, path: str) -> Publication:
        """Begin to publish under a name."""
        publication, source = publish_here(lambda: self._talk.publish(path))
        self._published[path] = source
        return publication

    async def read(self, path: str) -> Source:
        """Return what is published under a name. Raises `FabricError` if nothing is."""
        source = await self._talk.find(path)
        if source is not None:
            return source
        raise FabricError(f"nothing is published under {path}")

    async def closed(self) -> None:
        """Wait for the end. Raises `RefusedError` if the server gave a code."""
        await asyncio.wait((self._running,))
        code = told_by(self._running.result())
        if code in tuple(Code)[1:]:
            raise RefusedError(code)

    async def close(self) -> None:
        """Leave."""
        self._talk.close(Code.STOPPING)
        await asyncio.wait((self._running,))


async def connect_socket(url: str, *, trusted: ssl.SSLContext | None = None) -> Link:
    """Begin one session with a web server; it is never begun again by itself.

    `trusted`: whom to trust besides those whom everyone trusts.
    """
    parts = urlsplit(url)
    is_secure = parts.scheme == "wss"
    try:
        connection = await websockets.connect(
            url,
            origin=websockets.Origin(f"{'https' if is_secure else 'http'}://{parts.netloc}"),
            ssl=trusted if is_secure else None,
            open_timeout=_OPENING,
            compression=None,
            max_size=LARGEST,
        )
    except (OSError, TimeoutError, websockets.WebSocketException, ssl.SSLError) as error:
        raise FabricError(f"no session with the media server over HTTPS: {error}") from error
    return SocketLink(WebsocketsWire(connection))


def _hear(said: Publish | Unpublish) -> None:
    raise Garbled(f"a server publishes nothing that it is not asked for: {said.broadcast}")


@contextlib.contextmanager
def _until_gone() -> Iterator[None]:
    try:
        yield
    except websockets.ConnectionClosed as gone:
        raise WireGone(gone.rcvd.code if gone.rcvd else None) from gone
