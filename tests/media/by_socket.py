"""A way to a studio over a WebSocket, as the web server opens one, and links that come by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve

from diemcau.media.reception import Reception
from diemcau.media.socket_fabric import SocketKnock, WebsocketsWire
from diemcau.media.socket_fabric.wire import LARGEST
from diemcau.media.studio import Studio


@asynccontextmanager
async def socket_door(studio: Studio | Reception) -> AsyncIterator[str]:
    """Let guests in over WebSockets; yield the URL to which a door and a pass are added."""

    async def come(connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        asked = parse_qs(urlsplit(request.path).query)
        wire = WebsocketsWire(connection)
        await studio.meet(SocketKnock(wire, token=asked["jwt"][0], camera=asked["as"] == ["camera"]))

    async with serve(come, "127.0.0.1", 0, compression=None, max_size=LARGEST) as server:
        _, port = next(iter(server.sockets)).getsockname()
        yield f"ws://127.0.0.1:{port}/media"
