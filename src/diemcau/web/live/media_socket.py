"""The socket of sound and picture, for pages that WebTransport or UDP doesn't reach.

It brings the wire and nothing else: who may come in, what is read and what is published is the
media fabric's (`media.socket_fabric`), as for whoever comes over QUIC.
"""

import contextlib
from collections.abc import Iterator
from typing import Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from diemcau.core.ids import ConferenceId
from diemcau.media.fabric import Code
from diemcau.media.passes import PassRefused
from diemcau.media.socket_fabric import SocketKnock, WireGone
from diemcau.web.ports import Media
from diemcau.web.problems import Problem, answer, language_of
from diemcau.web.visitors import House, house_of, need_own_origin

PATH: Final = "/media/{conference}"
_CAMERA, _SCREEN = "camera", "screen"


def routes() -> APIRouter:
    """Return the route of sound and picture."""
    router = APIRouter()
    router.add_api_route(PATH, _no_socket, include_in_schema=False)

    @router.websocket(PATH)
    async def media(socket: WebSocket, conference: str) -> None:
        try:
            need_own_origin(socket)
            door = _door(socket)
        except Problem as problem:
            await socket.send_denial_response(answer(problem, language_of(socket)))
            return
        await socket.accept()
        token, as_ = socket.query_params.get("jwt", ""), socket.query_params["as"]
        patience = house_of(socket).premises.limits.slow_reader.total_seconds()
        knock = SocketKnock(_Socket(socket), token=token, camera=as_ == _CAMERA, patience=patience)
        if _is_of_another(house_of(socket), token, ConferenceId(conference)):
            await knock.refuse(Code.NOT_ALLOWED)
        else:
            await door.meet(knock)

    return router


async def _no_socket() -> None:
    raise Problem("websocket_needed", headers={"Upgrade": "websocket"})


def _door(socket: WebSocket) -> Media:
    media = house_of(socket).parts.media
    if media is None:
        raise Problem("media_none")
    if socket.query_params.get("as") not in (_CAMERA, _SCREEN):
        raise Problem("bad_request")
    return media


def _is_of_another(house: House, token: str, conference: ConferenceId) -> bool:
    """Say whether a ticket opens another conference than the one that was asked for; a wrong one opens none."""
    with contextlib.suppress(PassRefused):
        return house.parts.passes.read_ticket(token, house.parts.clock.now()).pass_.conference != conference
    return False


class _Socket:
    """A WebSocket of the web server as the fabric's wire."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, message: str | bytes) -> None:
        with _until_gone():
            if isinstance(message, str):
                await self._socket.send_text(message)
            else:
                await self._socket.send_bytes(message)

    async def receive(self) -> str | bytes:
        with _until_gone():
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise WireGone(received.get("code"))
            text: str | None = received.get("text")
            return received["bytes"] if text is None else text

    async def close(self, code: int) -> None:
        with _until_gone():
            await self._socket.close(code)


@contextlib.contextmanager
def _until_gone() -> Iterator[None]:
    try:
        yield
    except (WebSocketDisconnect, RuntimeError, OSError) as gone:  # whichever the server's library meets first
        raise WireGone from gone
