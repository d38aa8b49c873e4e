"""The guard in front of every page: bodies of a fit size and type, headers for browsers, faults kept inside.

Plain ASGI, so that it sees what no route sees. Who may do what is not its concern.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diemcau.web.ports import Limits
from diemcau.web.problems import Problem, answer, language_of, log_fault

DRAINED: Final = 16
LONGEST_LENGTH: Final = 12
FAULT: Final = 1011
FILE: Final = "application/pdf"
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), "
    "fullscreen=(self), autoplay=(self), geolocation=(), payment=(), usb=(), serial=()",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Stands in front of `app`. `media_port` and `relays` say where pages may go for sound and picture."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Limits,
        media_port: Callable[[], int | None],
        media_host: str,
        relays: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._app = app
        self._limits = limits
        self._media_port = media_port
        self._media_host = media_host
        self._relays = relays

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                self._add_headers(scope, message)
            await send(message)

        try:
            await self._serve(scope, receive, send_with_headers)
        except Exception as fault:  # noqa: BLE001 - top of a task: the request ends, the server goes on
            log_fault(fault, f"a {scope['type']} request")
            await _apologise(scope, receive, send_with_headers, begun=begun)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD", "OPTIONS") or _is_file(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(Headers(scope=scope), receive)
        except Problem as problem:
            await answer(problem, language_of(HTTPConnection(scope)))(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        """Return the whole body, or raise a `Problem`. What is too large is read on for a while, unkept."""
        most = self._limits.body_bytes
        too_large = Problem("body_too_large", limit=most)
        declared = headers.get("content-length", "0")
        if len(declared) > LONGEST_LENGTH or not declared.isdecimal() or int(declared) > most * DRAINED:
            raise too_large
        kept, size = bytearray(), 0
        try:
            async with asyncio.timeout(self._limits.body_arrives.total_seconds()):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem("bad_request")
                    size += len(message.get("body", b""))
                    if size <= most:
                        kept += message.get("body", b"")
                    if size > most * DRAINED or not message.get("more_body", False):
                        break
        except TimeoutError as slow:
            raise Problem("body_too_slow") from slow
        if size > most:
            raise too_large
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if size and kind != "application/json":
            raise Problem("content_type_wrong")
        return bytes(kept)

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", self._policy(Headers(scope=scope).get("host", "")))
        headers.setdefault("Cache-Control", "no-store")

    def _policy(self, host: str) -> str:
        """Return the content security policy: this server's own files, and the media door."""
        port = self._media_port()
        name = self._media_host or media_name(host)
        centre = (f"https://{name}:{port}",) if port and name else ()
        media = "".join(f" {url}" for url in (*centre, *self._relays()))
        return "; ".join(
            (
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "style-src 'self'",
                "style-src-attr 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self'",
                "media-src 'self' blob:",
                "worker-src 'self' blob:",
                f"connect-src 'self'{media}",
                "manifest-src 'self'",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )


def _is_file(scope: Scope) -> bool:
    """Say whether a file is being given: its route reads it itself, once it knows who gives it."""
    return scope["method"] == "PUT" and Headers(scope=scope).get("content-type", "") == FILE


def host_name(host: str) -> str:
    """Return the name in a `Host` header without its port; empty if it is no name of a host."""
    name = re.sub(r":\d{1,5}$", "", host) if not host.endswith("]") else host
    return name if _HOST.fullmatch(name) else ""


def media_name(host: str) -> str:
    """Return where sound and picture are sought: as for pages, but “localhost” by its number.

    For a name, a browser tries one address over QUIC and no other: of “localhost” that is ::1, where nobody listens.
    """
    name = host_name(host)
    return "127.0.0.1" if name.lower() == "localhost" else name


async def _apologise(scope: Scope, receive: Receive, send: Send, *, begun: bool) -> None:
    if scope["type"] == "websocket":
        with contextlib.suppress(RuntimeError, OSError):
            await send({"type": "websocket.close", "code": FAULT, "reason": ""})
    elif not begun:
        await answer(Problem("inside"), language_of(HTTPConnection(scope)))(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that gives the body that was read, then what follows."""
    given: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return given.pop() if given else await receive()

    return again
