"""Coming by a link, as a page does: for programs that stand in a hall in place of a browser.

A link is what `diemcau conference pass` prints. Whoever has it enters once and asks for the way to
sound and picture before every connection, since tickets last a minute.
"""

import asyncio
import http.client
import http.cookies
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from diemcau.core.ids import ConferenceId, SiteId

_ANSWERS_WITHIN: Final = 5.0
_LARGEST_ANSWER: Final = 1_000_000


class LinkUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The link opens nothing; the sentence says why and how to mend it. Trying again doesn't help."""


class ServerAway(Exception):  # noqa: N818 (a fact, as in the core)
    """The server does not answer now; the sentence says what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWay:
    """The way to sound and picture, good for a minute. `camera` and `up` only for a site's link."""

    conference: ConferenceId
    site: SiteId | None
    screen: str
    camera: str | None
    socket_screen: str
    socket_camera: str | None
    fingerprints: tuple[str, ...]
    up: str | None


class Visit:
    """A program that came by a link."""

    def __init__(self, link: str, *, authority: Path | None = None) -> None:
        """Take a link. Raises `LinkUnusable` for what is none, `OSError` for a root that can't be read."""
        self.base, self._token = read_link(link)
        self._trusted = None
        if self.base.startswith("https://"):
            self._trusted = ssl.create_default_context(cafile=None if authority is None else str(authority))
        self._desk = ""
        self._cookie = ""

    @property
    def trusted(self) -> ssl.SSLContext | None:
        """Whom this program trusts; nothing where the server speaks without a certificate."""
        return self._trusted

    async def way(self) -> MediaWay:
        """Return the way to sound and picture. Raises `LinkUnusable` or `ServerAway`."""
        return await asyncio.to_thread(self._way)

    def _way(self) -> MediaWay:
        if not self._desk:
            self._enter()
        me, media = self._ask(f"{self._desk}me"), self._ask(f"{self._desk}media")
        socket: Mapping[str, Any] = media["socket"]
        return MediaWay(
            conference=ConferenceId(str(me["conference"])),
            site=None if me["site"] is None else SiteId(str(me["site"])),
            screen=str(media["screen"]),
            camera=media["camera"],
            socket_screen=self._whole(socket["screen"]),
            socket_camera=None if socket["camera"] is None else self._whole(socket["camera"]),
            fingerprints=tuple(media["fingerprints"]),
            up=media["up"],
        )

    def _whole(self, socket: str) -> str:
        """Return the whole URL of a WebSocket that may be named by its path."""
        if urlsplit(socket).scheme:
            return socket
        return f"{self.base.replace('http', 'ws', 1)}{socket}"

    def _enter(self) -> None:
        answer = self._ask("/enter", {"token": self._token})
        if answer.get("pin") is True:
            message = "This link asks for a PIN, so it is for a person: give the link of a site."
            raise LinkUnusable(message)
        self._desk = str(answer["desk"])

    def _ask(self, path: str, body: object = None) -> Mapping[str, Any]:
        headers = {"Accept-Language": "en", "Origin": self.base}
        if self._cookie:
            headers["Cookie"] = self._cookie
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"{self.base}{path}", content, headers)  # noqa: S310 - `read_link` knows the scheme
        try:
            with urllib.request.urlopen(request, timeout=_ANSWERS_WITHIN, context=self._trusted) as answer:  # noqa: S310
                found: Mapping[str, Any] = json.loads(answer.read(_LARGEST_ANSWER))
                if "Set-Cookie" in answer.headers:
                    self._cookie = _cookie_of(answer.headers["Set-Cookie"])
                return found
        except urllib.error.HTTPError as fault:
            raise _refused(fault) from fault
        except (urllib.error.URLError, http.client.HTTPException, OSError) as fault:
            raise self._unreached(fault) from fault
        except ValueError as fault:
            raise LinkUnusable(f"What answers at {self.base} is no server of Điểm Cầu: check the link.") from fault

    def _unreached(self, fault: Exception) -> LinkUnusable | ServerAway:
        reason = getattr(fault, "reason", fault)
        if isinstance(reason, ssl.SSLCertVerificationError):
            return LinkUnusable(
                f"The certificate of {self.base} is not trusted ({reason.verify_message}): "
                f"fetch its root from {self.base}/ca.crt and name it with --ca."
            )
        return ServerAway(f"{self.base} does not answer ({reason}): check the network and whether the server runs.")


def read_link(link: str) -> tuple[str, str]:
    """Return the address of the server and the token in a link. Raises `LinkUnusable`."""
    parts = urlsplit(link.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not parts.fragment:
        message = "That is no link: give the whole of what was handed out, such as https://…/enter#…"
        raise LinkUnusable(message)
    return f"{parts.scheme}://{parts.netloc}", parts.fragment


def _refused(fault: urllib.error.HTTPError) -> LinkUnusable | ServerAway:
    try:
        detail = str(json.loads(fault.read(_LARGEST_ANSWER)).get("detail", ""))
    except (ValueError, AttributeError, OSError):
        detail = ""
    sentence = detail or f"the server answered {fault.code} {fault.reason}"
    passing = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return ServerAway(sentence) if fault.code in passing else LinkUnusable(sentence)


def _cookie_of(header: str) -> str:
    cookie = http.cookies.SimpleCookie(header)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())
