"""The door of a server: its certificate, its address and its application, put together."""

import asyncio
import contextlib
import shutil
import socket
from datetime import timedelta
from types import TracebackType
from typing import Self

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.passes import new_pass
from diemcau.settings import Settings
from diemcau.web.app import create_app
from diemcau.web.ports import Check, Parts, Premises, RelayHost, Script, Scripts
from diemcau.web.serve import Address, is_loopback, make_server, open_socket
from diemcau.web.tls import Certificate, given, self_made
from diemcau.wiring.library import Library, documents_in
from diemcau.wiring.server import ROOM_NEEDED, Server
from diemcau.wiring.shelves import TaskShelf

PASSES_LAST = timedelta(days=7)
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to name the machine in links instead


class Stages(Scripts):
    """The runs of show being played on this server."""

    def __init__(self) -> None:
        self.playing: dict[ConferenceId, Script] = {}

    def find(self, conference: ConferenceId) -> Script | None:
        """Return the run of show of a conference, or nothing if none is played."""
        return self.playing.get(conference)


class Door:
    """The web server of a `Server`. Use as an asynchronous context manager."""

    def __init__(self, server: Server, certificate: Certificate | None, *, next_free: bool) -> None:
        settings = server.settings
        self.scripts = Stages()
        self.library = Library(
            server.journal,
            server.engine,
            server.desks,
            documents_in(settings.data),
            recordings=server.recordings,
        )
        address = Address(
            host=settings.host,
            port=settings.port,
            certificate=certificate,
            behind_proxy=settings.behind_proxy,
            next_free=next_free,
        )
        self._listening = open_socket(address)
        premises = Premises(
            folder=settings.data,
            demonstration=settings.demonstration,
            authority=None if certificate is None else certificate.authority,
            origins=(settings.public_url,) if settings.public_url else (),
        )
        self._uvicorn = make_server(create_app(self._parts(server), premises), address, premises.limits)
        self._server = server
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """What links begin with."""
        return base_of(self._server.settings, port=self.port)

    @property
    def port(self) -> int:
        """The TCP port."""
        return int(self._listening.getsockname()[1])

    def token(self, conference: ConferenceId, role: Role, site: SiteId | None, *, scripted: bool = False) -> str:
        """Return the token of a new pass."""
        now = self._server.clock.now()
        pass_ = new_pass(
            conference=conference, role=role, site=site, until=now + PASSES_LAST, at=now, scripted=scripted
        )
        return self._server.passes.issue(pass_)

    def link(self, conference: ConferenceId, role: Role, site: SiteId | None = None) -> str:
        """Return a link that opens a desk."""
        return f"{self.url}/enter#{self.token(conference, role, site)}"

    async def __aenter__(self) -> Self:
        self._serving = asyncio.get_running_loop().create_task(self._uvicorn.serve(sockets=[self._listening]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._uvicorn.should_exit = True
        if self._serving is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._serving
        self._listening.close()

    async def closed(self) -> None:
        """Return when the door was closed. Whoever stops waiting doesn't close it: leaving the block does."""
        if self._serving is not None:
            await asyncio.shield(self._serving)

    def _parts(self, server: Server) -> Parts:
        async def journal() -> str | None:
            return None if server.journal.position() >= 0 else "the journal can't be read"

        async def disk() -> str | None:
            room = shutil.disk_usage(server.settings.data).free
            return None if room >= ROOM_NEEDED else "the disk of the data folder is full: make room on it"

        checks: dict[str, Check] = {"journal": journal, "disk": disk}
        return Parts(
            clock=server.clock,
            passes=server.passes,
            desks=server.desks,
            documents=self.library,
            tasks=TaskShelf(server.engine),
            recordings=server.recordings,
            watching=server.watching if server.settings.recording else None,
            handouts=server.handouts,
            media=server.studio,
            relays=server.studio.relays,
            relay_host=RelayHost(
                admit=server.admit_relay,
                media_port=lambda: server.studio.port,
                fingerprints=server.studio.fingerprints,
                public_key=server.passes.public_key,
            ),
            scripts=self.scripts,
            checks=checks,
        )


def certificate_for(settings: Settings, server: Server) -> Certificate | None:
    """Return the certificate that the settings ask for; none behind a proxy and on loopback without one.

    Raises `CertificateUnusable`.
    """
    if settings.cert is not None and settings.key is not None:
        return given(settings.cert, settings.key)
    if not is_secure(settings):
        return None
    names = settings.names or (settings.host, socket.gethostname())
    return self_made(settings.data / "tls", names, server.clock.now())


def base_of(settings: Settings, *, port: int) -> str:
    """Return what links to a server begin with, whether or not it runs."""
    if settings.public_url:
        return settings.public_url
    host = settings.names[0] if settings.names else settings.host
    if host in EVERYWHERE:
        host = socket.gethostname()
    return f"{'https' if is_secure(settings) else 'http'}://{_in_brackets(host)}:{port}"


def is_secure(settings: Settings) -> bool:
    """Say whether pages are served over HTTPS by this program itself."""
    return settings.cert is not None or not (
        settings.behind_proxy or (is_loopback(settings.host) and not settings.names)
    )


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
