"""A server on a loopback port with two conferences, and desks that come to it as browsers do."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx
import websockets
from joserfc.jwk import OKPKey
from websockets.asyncio.client import ClientConnection

from diemcau.conduct.desk import Desk
from diemcau.core import sites, stages
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.media.passes import Pass, Passes, new_pass
from diemcau.web.app import create_app
from diemcau.web.ports import Limits, Parts, Premises
from diemcau.web.serve import Address, make_server, open_socket
from diemcau.web.tls import Certificate
from tests.conduct.desks import CHAIR, SYSTEM, House, a_house
from tests.core.samples import HANOI, HUE, NINE, VINH

LATER = NINE + timedelta(hours=12)
QUICK = Limits(beat=timedelta(milliseconds=50), slow_reader=timedelta(seconds=1))
PATIENT = Limits(beat=timedelta(seconds=5))


@dataclass(slots=True)
class Conferences:
    """Desks by the id of their conference."""

    desks: dict[ConferenceId, Desk]

    def find(self, conference: ConferenceId) -> Desk | None:
        return self.desks.get(conference)

    def all(self) -> tuple[Desk, ...]:
        return tuple(self.desks.values())


@dataclass(slots=True)
class Door:
    """A running server, and what it stands on."""

    house: House
    other: House
    passes: Passes
    folder: Path
    base: str = ""
    certificate: Certificate | None = None

    def pass_as(self, role: Role, site: SiteId | None = None, *, house: House | None = None) -> Pass:
        conference = (house or self.house).desk.conference
        return new_pass(conference=conference, role=role, site=site, until=LATER)

    def link(self, role: Role, site: SiteId | None = None, *, house: House | None = None) -> str:
        return self.passes.issue(self.pass_as(role, site, house=house))

    @property
    def context(self) -> ssl.SSLContext | None:
        if self.certificate is None:
            return None
        return ssl.create_default_context(cafile=str(self.certificate.authority))

    @asynccontextmanager
    async def browser(self, *, origin: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Origin": origin or self.base, "Accept-Language": "en"}
        verify = self.context or False
        async with httpx.AsyncClient(base_url=self.base, headers=headers, verify=verify, trust_env=False) as client:
            yield client

    async def enter(self, client: httpx.AsyncClient, token: str) -> str:
        """Swap a token for a cookie; return the path of the desk."""
        answer = await client.post("/enter", json={"token": token})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["desk"])

    @asynccontextmanager
    async def desk(
        self, role: Role, site: SiteId | None = None, *, house: House | None = None
    ) -> AsyncIterator["Line"]:
        """Enter by a link and open a live line; it beats until it is told not to."""
        async with self.browser() as client:
            path = await self.enter(client, self.link(role, site, house=house))
            async with self.live(path, dict(client.cookies)) as line:
                yield line

    @asynccontextmanager
    async def live(
        self, path: str, cookies: Mapping[str, str], *, origin: str | None = None, sock: socket.socket | None = None
    ) -> AsyncIterator["Line"]:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        async with (
            websockets.connect(
                f"{self.base.replace('http', 'ws', 1)}{path}live",
                origin=websockets.Origin(origin or self.base),
                additional_headers={"Cookie": cookie, "Accept-Language": "en"},
                ssl=self.context,
                ping_interval=None,
                proxy=None,
                max_size=None,
                max_queue=None if sock is None else 1,
                sock=sock,
            ) as socket,
            Line(socket) as line,
        ):
            yield line


@dataclass(slots=True)
class Line:
    """A page's side of a live line."""

    socket: ClientConnection
    board: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.board = await self.message()
        self.beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_fault: object) -> None:
        self.stop_beating()

    def stop_beating(self) -> None:
        if self.beating is not None:
            self.beating.cancel()

    async def message(self, kind: str | None = None, **like: object) -> dict[str, Any]:
        """Return the next message, or the next of a kind with these values."""
        while True:
            message: dict[str, Any] = json.loads(await self.socket.recv())
            if kind is None or (message["kind"] == kind and like.items() <= message.items()):
                return message

    async def end(self) -> int:
        """Wait until the server closes the line; return the code with which it does."""
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.message()
        return self.socket.close_code or 0

    async def ask(self, name: str, body: dict[str, Any] | None = None, *, id_: str | None = None) -> dict[str, Any]:
        self.asked += 1
        number = id_ or f"ask-{self.asked}"
        await self.say({"kind": "ask", "id": number, "name": name, "body": body or {}})
        return await self.message("answer", id=number)

    async def say(self, message: object) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def _beat(self) -> None:
        while True:
            await self.socket.send('{"kind": "beat"}')
            await asyncio.wait([asyncio.create_task(self.socket.wait_closed())], timeout=0.04)


@asynccontextmanager
async def a_door(
    folder: Path,
    *,
    limits: Limits = PATIENT,
    certificate: Certificate | None = None,
    behind_proxy: bool = False,
    host: str = "127.0.0.1",
    on: Callable[[Premises], Premises] = lambda premises: premises,
    beside: Callable[[Parts], Parts] = lambda parts: parts,
) -> AsyncIterator[Door]:
    """Serve two conferences on a free port until the end of the block."""
    journal = MemoryJournal(CODEC)
    house, other = await a_house(journal, name="review-2026"), await a_house(journal, name="other-2026")
    for one in (HANOI, HUE, VINH):
        await house.give(SYSTEM, sites.NoteLineUp(site=one))
    door = Door(house=house, other=other, passes=Passes(OKPKey.generate_key("Ed25519")), folder=folder)
    desks = Conferences({one.desk.conference: one.desk for one in (house, other)})
    authority = None if certificate is None else certificate.authority
    premises = on(Premises(folder=folder, demonstration=True, limits=limits, authority=authority))
    app = create_app(beside(Parts(clock=house.clock, passes=door.passes, desks=desks)), premises)
    address = Address(host=host, port=0, certificate=certificate, behind_proxy=behind_proxy)
    server = make_server(app, address, limits)
    opened = open_socket(address)
    scheme = "http" if certificate is None else "https"
    door.base, door.certificate = f"{scheme}://{host}:{opened.getsockname()[1]}", certificate
    serving = asyncio.create_task(server.serve(sockets=[opened]))
    try:
        yield door
    finally:
        server.should_exit = True
        await serving


async def open_conference(door: Door) -> None:
    """Open the first conference, so that sites may ask for the floor."""
    await door.house.give(CHAIR, stages.OpenConference())
