"""A desk without a browser: enters by a token, keeps its board, and asks under ids that the test chooses."""

import asyncio
import contextlib
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import websockets

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes, new_pass

PATIENCE = 30.0
Board = dict[str, Any]
Trusted = ssl.SSLContext | bool


def token_for(folder: Path, conference: str, role: Role, site: str | None = None) -> str:
    """Return a token that the server of a data folder lets in."""
    until = WallClock().now() + timedelta(days=1)
    site_id = None if site is None else SiteId(site)
    made = new_pass(conference=ConferenceId(conference), role=role, site=site_id, until=until, at=WallClock().now())
    return Passes(load_key(folder)).issue(made)


class Desk:
    """One open desk: `board` is what it shows now."""

    def __init__(self, base: str, path: str, cookie: str, line: websockets.ClientConnection, trusting: Trusted) -> None:
        self.base = base
        self.path = path
        self.board: Board = {}
        self.position = 0
        self.http = httpx.AsyncClient(
            base_url=base, headers={"Cookie": cookie, "Origin": base}, timeout=PATIENCE, verify=trusting
        )
        self._line = line
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._changed = asyncio.Condition()

    async def ask(self, name: str, body: dict[str, Any] | None = None, *, id_: str | None = None) -> dict[str, Any]:
        """Ask, and return the whole answer; raise `ConnectionError` if the line breaks before it comes."""
        number = secrets.token_hex(8) if id_ is None else id_
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._line.send(json.dumps({"kind": "ask", "id": number, "name": name, "body": body or {}}))
            return await asyncio.wait_for(answer, PATIENCE)
        except websockets.ConnectionClosed as gone:
            raise ConnectionError("the line broke") from gone
        finally:
            self._answers.pop(number, None)

    async def must(self, name: str, body: dict[str, Any] | None = None) -> int:
        """Ask for what has to be allowed; return the position."""
        answer = await self.ask(name, body)
        assert "position" in answer, (name, answer)
        return int(answer["position"])

    async def until(self, condition: Callable[[Board], bool], *, within: float = PATIENCE) -> Board:
        """Wait until the board is so, and return it."""
        try:
            async with asyncio.timeout(within), self._changed:
                while not (self.board and condition(self.board)):
                    await self._changed.wait()
                return self.board
        except TimeoutError:
            raise AssertionError(f"the board never became so: {self.board}") from None

    async def get(self, what: str) -> httpx.Response:
        """Fetch something below the desk."""
        return await self.http.get(f"{self.path}{what}")

    async def follow(self) -> None:
        """Keep board and answers current until the line ends."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self._line:
                await self._take(json.loads(text))
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the line broke"))

    async def beat(self) -> None:
        """Show that somebody is here, until the line ends."""
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await self._line.send('{"kind":"beat"}')
                await asyncio.sleep(0.8)

    async def _take(self, message: dict[str, Any]) -> None:
        async with self._changed:
            match message["kind"]:
                case "board":
                    self.board, self.position = message["sections"], message["position"]
                case "section":
                    self.board = {**self.board, message["name"]: message["value"]}
                    self.position = message["position"]
                case "answer":
                    waiting = self._answers.get(message["id"])
                    if waiting is not None and not waiting.done():
                        waiting.set_result(message)
                case _:
                    pass
            self._changed.notify_all()


async def enter(base: str, token: str, *, pin: str | None = None, trusting: Trusted = True) -> tuple[str, str]:
    """Swap a token (and a PIN) for a desk's path and its cookies."""
    headers = {"Origin": base}
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=PATIENCE, verify=trusting) as http:
        answer = await http.post("/enter", json={"token": token})
        assert answer.status_code == 200, answer.text
        path = str(answer.json()["desk"])
        cookies = [_cookie(answer)]
        if pin is not None:
            given = await http.post(f"{path}pin", json={"pin": pin}, headers={"Cookie": cookies[0]})
            assert given.status_code == 204, given.text
            cookies.append(_cookie(given))
    return path, "; ".join(cookies)


@asynccontextmanager
async def desk(base: str, token: str, *, pin: str | None = None, trusting: Trusted = True) -> AsyncIterator[Desk]:
    """Open a desk by its token, and hang up at the end of the block; `trusting` a self-made certificate if need be."""
    path, cookie = await enter(base, token, pin=pin, trusting=trusting)
    line = await websockets.connect(
        f"ws{base.removeprefix('http')}{path}live",
        origin=websockets.Origin(base),
        additional_headers={"Cookie": cookie},
        max_size=2**24,
        ssl=trusting if base.startswith("https") and not isinstance(trusting, bool) else None,
    )
    opened = Desk(base, path, cookie, line, trusting)
    jobs = [asyncio.create_task(opened.follow()), asyncio.create_task(opened.beat())]
    try:
        await opened.until(bool)
        yield opened
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await opened.http.aclose()
        await line.close()


def _cookie(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]
