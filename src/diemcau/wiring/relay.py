"""A relay put together: the media node, its small web door, and the way to the node above."""

import asyncio
import contextlib
import http.client
import json
import logging
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from diemcau.conduct.clock import Clock, WallClock
from diemcau.core.ids import ConferenceId
from diemcau.media.moq_fabric import Certificate as MediaCertificate
from diemcau.media.moq_fabric import MoqNode, carry_up, connect
from diemcau.media.pass_keys import PassKeyUnusable, read_public_pem
from diemcau.media.relay.presence import Presence
from diemcau.media.relay.relay import Calling, Relay
from diemcau.media.relay.upstream import UpstreamAway, UpstreamUnusable, Way
from diemcau.settings import Settings
from diemcau.web import relays
from diemcau.web.ports import Limits, RelayHost
from diemcau.web.serve import Address, make_server, open_socket
from diemcau.web.tls import Certificate

_LOG = logging.getLogger(__name__)
_ANSWERS_WITHIN: Final = 5.0
_LARGEST_ANSWER: Final = 1_000_000
HEALTH_EVERY: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """The node above: its web address, the relay's pass for it, and a root to trust beside the usual ones."""

    url: str
    token: str
    authority: Path | None = None


class FindWay:
    """Asks the node above for the way. Raises `UpstreamAway`, and `UpstreamUnusable` with a sentence."""

    def __init__(self, above: Above) -> None:
        self._above = above
        self._asked = f"{read_url(above.url)}{relays.PATH}"
        self._trusted = _trusted(above)

    async def __call__(self) -> Way:
        """Ask."""
        return _way(self._above.url, await asyncio.to_thread(self._ask))

    def _ask(self) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._above.token}", "Accept-Language": "en"}
        request = urllib.request.Request(self._asked, headers=headers)  # noqa: S310 - `read_url` knows the scheme
        url = self._above.url
        try:
            with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN, context=self._trusted) as answer:  # noqa: S310
                found: Mapping[str, Any] = json.loads(answer.read(_LARGEST_ANSWER))
                return found
        except urllib.error.HTTPError as fault:
            raise _refused(url, fault) from fault
        except (urllib.error.URLError, http.client.HTTPException, OSError) as fault:
            reason = getattr(fault, "reason", fault)
            if isinstance(reason, ssl.SSLCertVerificationError):
                message = (
                    f"The certificate of {url} is not trusted ({reason.verify_message}): "
                    "name its root with --ca, which the server offers at /ca.crt."
                )
                raise UpstreamUnusable(message) from fault
            raise UpstreamAway(f"{url} does not answer ({reason})") from fault
        except ValueError as fault:
            raise _no_server(url) from fault


class RelayHouse:
    """A relay and its web door. Use as an asynchronous context manager."""

    def __init__(
        self,
        settings: Settings,
        above: Above,
        *,
        name: str,
        media_url: str = "",
        certificate: Certificate | None = None,
        media_certificate: MediaCertificate | None = None,
        cut_off_after: float = 60.0,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._media_url = media_url
        self._clock = clock or WallClock()
        self._find = FindWay(above)
        self._public_key = ""
        self._node = MoqNode(settings.media_address, settings.media_port, media_certificate)
        calling = Calling(find=self._find_way, connect=connect, carry_up=carry_up, token=above.token)
        self.relay = Relay(self._node, calling, me=self._presence, now=self._clock.now, cut_off_after=cut_off_after)
        address = Address(host=settings.host, port=settings.port, certificate=certificate)
        self._listening = open_socket(address)
        host = RelayHost(
            admit=self.relay.ask,
            media_port=lambda: self._node.port,
            fingerprints=self._node.fingerprints,
            public_key=lambda: self._public_key,
        )
        self._uvicorn = make_server(relays.create_relay_app(host, self._state), address, Limits())
        self._jobs: list[asyncio.Task[None]] = []

    @property
    def port(self) -> int:
        """The TCP port of the web door."""
        return int(self._listening.getsockname()[1])

    @property
    def media_port(self) -> int:
        """The UDP port."""
        return self._node.port

    async def __aenter__(self) -> Self:
        """Ask the node above once, so that what is wrong is said at once; then serve."""
        try:
            await self._find_way()
        except UpstreamAway as away:
            _LOG.warning("%s; it is asked again until it does", away)
        await self.relay.start()
        self._jobs = [
            asyncio.create_task(self._uvicorn.serve(sockets=[self._listening])),
            asyncio.create_task(self._log()),
        ]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._uvicorn.should_exit = True
        serving, logging_ = self._jobs
        logging_.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        await self.relay.stop()
        self._listening.close()

    async def closed(self) -> None:
        """Return when the web door was closed."""
        await asyncio.shield(self._jobs[0])

    async def _find_way(self) -> Way:
        way = await self._find()
        self._public_key = way.public_key
        return way

    def _presence(self) -> Presence:
        return Presence(
            name=self._name,
            url=self._media_url or f"https://{_host_of(self._settings)}:{self._node.port}",
            fingerprints=self._node.fingerprints(),
        )

    def _state(self) -> relays.RelayState:
        health = self.relay.health()
        return relays.RelayState(
            status="cut off" if self.relay.is_cut_off() else "up" if health.is_up else "alone",
            conference=self.relay.conference,
            upstream_silent_s=None if health.upstream_silent_s is None else round(health.upstream_silent_s, 1),
            cameras=health.cameras,
            sessions=health.sessions,
            relays=health.relays,
        )

    async def _log(self) -> None:
        """Write one line a minute."""
        while True:
            await asyncio.sleep(HEALTH_EVERY)
            state = self._state()
            _LOG.info(
                "%s: %s; %d cameras, %d sessions, %d relays below; the node above was heard %s s ago",
                self._name,
                state.status,
                state.cameras,
                state.sessions,
                state.relays,
                state.upstream_silent_s,
            )


def read_url(url: str) -> str:
    """Return the web address of the node above without what follows the host. Raises `UpstreamUnusable`."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and not parts.username:
            return f"{parts.scheme}://{parts.netloc}"
    message = f"{url} is no web address of a node: give one such as --upstream https://hoinghi.example:8080."
    raise UpstreamUnusable(message)


def _trusted(above: Above) -> ssl.SSLContext | None:
    if not above.url.startswith("https:"):
        return None
    context = ssl.create_default_context()
    if above.authority is not None:
        try:
            context.load_verify_locations(above.authority)
        except (OSError, ssl.SSLError) as fault:
            message = f"The root {above.authority} can't be read ({fault}): name a certificate in PEM with --ca."
            raise UpstreamUnusable(message) from fault
    return context


def _refused(url: str, fault: urllib.error.HTTPError) -> UpstreamUnusable | UpstreamAway:
    with fault:
        try:
            told = json.loads(fault.read(_LARGEST_ANSWER))
            code, detail = str(told["code"]), str(told["detail"])
        except (ValueError, KeyError, TypeError, OSError):
            return _no_server(url)
    if fault.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UpstreamAway(f"{url} can't serve now: {detail}")
    if code.startswith("pass."):
        return UpstreamUnusable(
            f"{url} does not take this relay's pass ({code}): ask for a new one, "
            "made there with diemcau conference pass CONFERENCE --role relay."
        )
    return UpstreamUnusable(f"{url} does not know relays ({code}): name a server or relay of this version.")


def _way(url: str, told: Mapping[str, Any]) -> Way:
    if not isinstance(told, dict) or not isinstance(told.get("version"), str):
        raise _no_server(url)
    ours = version("diemcau")
    if told["version"] != ours:
        message = f"{url} runs version {told['version']}, this relay {ours}: install the same version on both."
        raise UpstreamUnusable(message)
    try:
        way = Way(
            conference=ConferenceId(str(told["conference"])),
            url=str(told["media"]),
            fingerprints=tuple(map(str, told["fingerprints"])),
            public_key=str(told["public_key"]),
        )
        read_public_pem(way.public_key)
    except (KeyError, TypeError, PassKeyUnusable) as fault:
        raise _no_server(url) from fault
    return way


def _no_server(url: str) -> UpstreamUnusable:
    return UpstreamUnusable(
        f"{url} is not the web address of a server or relay of Điểm Cầu: give the address that its links begin with."
    )


def _host_of(settings: Settings) -> str:
    host = settings.names[0] if settings.names else settings.media_address
    if host in ("0.0.0.0", "::"):  # noqa: S104 - to name the machine instead
        host = socket.gethostname()
    return f"[{host}]" if ":" in host else host
