"""Serving: a node on one UDP port, its guests, and what each of them may read.

Every session gets two name spaces of its own: one that the guest writes into, and one that it
reads from, in which each name is answered by the keeper of the door. The library itself knows no
scopes: with shared name spaces, whoever announces a name last owns it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs

import moq

from diemcau.core.ids import SiteId
from diemcau.media.fabric import Admission, Code, FabricError, Guest, Knock, Outlet, Quality, Source
from diemcau.media.moq_fabric.keeping import new_origin
from diemcau.media.moq_fabric.reading import MoqSource, let_go, until_gone
from diemcau.media.moq_fabric.writing import MoqOutlet
from diemcau.media.names import may_publish, read_prefixes

_HANDSHAKE = 10.0
_TIME_TO_BEGIN = 0.2
_NOT_THERE = 404
Offer: TypeAlias = Callable[[str], Outlet | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in files; without one a node makes its own, which lasts 14 days."""

    cert: Path
    key: Path


class MoqGuest:
    """One session at a node."""

    def __init__(
        self,
        admission: Admission,
        session: moq.Session,
        own: moq.OriginProducer,
        answering: Sequence[asyncio.Task[None]],
        *,
        camera: bool,
    ) -> None:
        self._admission = admission
        self._answering = answering
        self._session = session
        self.written = own
        self._own = own.consume()
        self._is_camera = camera
        self._announcements = 0
        self._counting = asyncio.create_task(self._count())

    @property
    def admission(self) -> Admission:
        """Who it is."""
        return self._admission

    @property
    def is_camera(self) -> bool:
        """Whether it came to publish."""
        return self._is_camera

    async def sources(self) -> AsyncIterator[Source]:
        """Yield what it publishes under names of its own, as it begins."""
        with until_gone(f"the session {self._admission.connection}"):
            async with self._own.announced() as announcements:
                async for announcement in announcements:
                    if announcement.active and self._may_publish(announcement.prefix):
                        path = announcement.prefix
                        yield MoqSource(path, await self._own.request_broadcast(path))

    async def closed(self) -> None:
        """Wait until the session is over; from then on it reads nothing more."""
        with contextlib.suppress(moq.Error):
            await self._session.closed()
        _cancel((*self._answering, self._counting))

    def close(self, code: Code) -> None:
        """End the session."""
        self._session.cancel(code)

    @property
    def announcements(self) -> int:
        """How many broadcasts it announced or ended so far, under whatever name."""
        return self._announcements

    def quality(self) -> Quality | None:
        """Return what its transport counts."""
        stats = self._session.stats()
        return Quality(
            rtt_ms=None if stats.rtt_us is None else round(stats.rtt_us / 1000),
            bytes_received=stats.bytes_received or 0,
            packets_sent=stats.packets_sent or 0,
            packets_lost=stats.packets_lost or 0,
        )

    async def _count(self) -> None:
        with until_gone(f"the session {self._admission.connection}"):
            async with self._own.announced("") as announcements:
                async for _ in announcements:
                    self._announcements += 1

    def _may_publish(self, path: str) -> bool:
        return may_publish(self._admission, path, as_camera=self._is_camera)


class MoqKnock:
    """Somebody who wants to come in."""

    def __init__(self, request: moq.Request) -> None:
        self._request = request
        asked = parse_qs(request.query or "")
        self._token = asked.get("jwt", [""])[0]
        door = request.path.rstrip("/").rpartition("/")[2]
        self._is_relay = door == "relay"
        self._for_site = SiteId(asked["site"][0]) if self._is_relay and "site" in asked else None
        self._is_camera = door == "camera" or self._for_site is not None

    @property
    def token(self) -> str:
        """What is shown as a pass; may be empty or anything."""
        return self._token

    @property
    def is_camera(self) -> bool:
        """Whether it wants to publish."""
        return self._is_camera

    @property
    def is_relay(self) -> bool:
        """Whether a province's node comes."""
        return self._is_relay

    @property
    def for_site(self) -> SiteId | None:
        """For which site below it a relay wants to publish; None: it wants to read."""
        return self._for_site

    async def accept(self, admission: Admission, offer: Offer) -> Guest | None:
        """Let it in, with two name spaces of its own: one to write into, one to read from."""
        own, offered = new_origin(), new_origin()
        self._request.set_consume(own)
        self._request.set_publish(offered)
        answering = [
            asyncio.create_task(_answer(offered.dynamic(prefix), offer)) for prefix in read_prefixes(admission)
        ]
        try:
            async with asyncio.timeout(_HANDSHAKE):
                session = await self._request.accept()
        except (moq.Error, TimeoutError):
            _cancel(answering)
            return None
        return MoqGuest(admission, session, own, answering, camera=self._is_camera)

    async def refuse(self, code: Code) -> None:
        """Send it away: it comes in to empty name spaces and is told why it has to go.

        A browser is told the code of a session that ends, and nothing of one that never began.
        """
        self._request.set_consume(new_origin())
        self._request.set_publish(new_origin())
        with contextlib.suppress(moq.Error, TimeoutError):
            async with asyncio.timeout(_HANDSHAKE):
                session = await self._request.accept()
                await asyncio.sleep(_TIME_TO_BEGIN)
                session.cancel(code)
                await session.closed()


class MoqNode:
    """A server on one UDP port."""

    def __init__(self, host: str, port: int, certificate: Certificate | None = None) -> None:
        self._host = host
        self._asked_port = port
        self._certificate = certificate
        self._resources = contextlib.AsyncExitStack()
        self._server: moq.Server | None = None
        self._fingerprints: tuple[str, ...] = ()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listening().local_addr.rpartition(":")[2])

    async def listen(self) -> None:
        """Begin. Raises `FabricError` if the port is taken or the certificate can't be read."""
        nowhere = new_origin()
        files = self._certificate
        server = moq.Server(
            f"{_in_brackets(self._host)}:{self._asked_port}",
            tls_cert=[str(files.cert)] if files else [],
            tls_key=[str(files.key)] if files else [],
            tls_generate=[] if files else ["localhost", self._host],
            publish=nowhere,
            subscribe=nowhere,
        )
        try:
            await self._resources.enter_async_context(server)
        except moq.Error as error:
            raise FabricError(self._sentence(error)) from error
        self._server = server
        self._fingerprints = tuple(server.cert_fingerprints())  # busy once it accepts

    async def knocks(self) -> AsyncIterator[Knock]:
        """Yield everyone who wants to come in."""
        with until_gone("the door"):
            async for request in self._listening():
                yield MoqKnock(request)

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex."""
        return self._fingerprints

    def new_outlet(self) -> Outlet:
        """Make something to offer; nobody reads it before it is offered."""
        return MoqOutlet()

    async def close(self) -> None:
        """Close the port. Sessions are closed by their guests."""
        self._server = None
        await self._resources.aclose()
        await let_go()

    def _listening(self) -> moq.Server:
        if self._server is None:
            raise FabricError("The media server does not listen yet: call listen() first.")
        return self._server

    def _sentence(self, error: moq.Error) -> str:
        if "certificate" in str(error) or "key" in str(error):
            return f"The certificate for media can't be read ({error}): name a PEM file that exists."
        return (
            f"UDP port {self._asked_port} on {self._host} can't be opened ({error}): "
            "choose another port, or stop the program that uses it."
        )


async def _answer(route: moq.OriginDynamic, offer: Offer) -> None:
    try:
        with until_gone("a route"):
            async for request in route:
                outlet = offer(request.path)
                if isinstance(outlet, MoqOutlet):
                    request.accept(outlet.broadcast)
                else:
                    request.reject(_NOT_THERE)
    finally:
        route.cancel()


def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
