"""A desk without a browser: enters with a link, then asks over the WebSocket like any page.

It keeps to `docs/protocol.md`. What it does not do: read the board, which the demonstration
sees at its own server.
"""

import asyncio
import contextlib
import http.client
import json
import secrets
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import websockets

from diemcau.core.conference import Command
from diemcau.web.encode import encode

_BEAT_EVERY = 1.0
_ANSWER, _HEAD = '"answer"', 40
_ANSWER_WITHIN = 60.0


class AskRefused(Exception):  # noqa: N818 (an answer of the conference, not a fault)
    """The conference refused what was asked, with its code."""

    def __init__(self, command: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{command}: {answer.get('refusal') or answer.get('problem')}")
        self.code = str(answer.get("refusal", ""))


class EntryFailed(Exception):  # noqa: N818
    """The server let nobody in with this token; the message says what it answered."""


class DeskSocket:
    """One desk's line. Use as an asynchronous context manager."""

    def __init__(self, base: str, token: str) -> None:
        self._base = base
        self._token = token
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._line: websockets.ClientConnection | None = None
        self._jobs: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        path, cookie = await asyncio.to_thread(_enter, self._base, self._token)
        url = f"ws{self._base.removeprefix('http')}{path}live"
        self._line = await websockets.connect(
            url, origin=websockets.Origin(self._base), additional_headers={"Cookie": cookie}, max_size=2**24
        )
        self._jobs = [asyncio.create_task(self._listen(self._line)), asyncio.create_task(self._beat(self._line))]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        if self._line is not None:
            await self._line.close()

    async def ask(self, command: Command) -> int:
        """Give a command; return the journal's position after it, or raise `AskRefused`."""
        if self._line is None:
            raise EntryFailed("the desk is not connected")
        number, name = secrets.token_hex(8), type(command).__name__
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._line.send(json.dumps({"kind": "ask", "id": number, "name": name, "body": encode(command)}))
            async with asyncio.timeout(_ANSWER_WITHIN):
                found = await answer
        except TimeoutError as late:
            raise EntryFailed(f"the server did not answer {name} within {_ANSWER_WITHIN:.0f} s") from late
        finally:
            del self._answers[number]
        if "position" not in found:
            raise AskRefused(name, found)
        return int(found["position"])

    async def _listen(self, line: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in line:
                if (
                    not isinstance(text, str) or _ANSWER not in text[:_HEAD]
                ):  # a section of 150 sites is long, and nothing here reads it
                    continue
                message = json.loads(text)
                waiting = self._answers.get(message.get("id", ""))
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(EntryFailed("the server hung up"))

    async def _beat(self, line: websockets.ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await line.send('{"kind":"beat"}')
                await asyncio.sleep(_BEAT_EVERY)


def _enter(base: str, token: str) -> tuple[str, str]:
    """Swap a token for a desk's path and its cookie."""
    where = urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_ANSWER_WITHIN)
    try:
        headers = {"Content-Type": "application/json", "Origin": base}
        connection.request("POST", "/enter", json.dumps({"token": token}), headers)
        answer = connection.getresponse()
        body = json.loads(answer.read() or b"{}")
        cookie = answer.getheader("Set-Cookie")
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK or cookie is None:
        raise EntryFailed(f"{answer.status}: {body.get('detail', '')}")
    return str(body["desk"]), cookie.partition(";")[0]
