"""The metrics: counters for whoever watches the server. No token, no name and no site is in them.

A registry of its own for each application. They are read from this machine only: behind a
proxy a reader has another address, and is refused.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diemcau.core.roles import Role
from diemcau.web.ports import DesksPort
from diemcau.web.problems import Problem


class Metrics:
    """The counters of one application."""

    def __init__(self, desks: DesksPort) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "diemcau_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "diemcau_http_seconds", "Seconds until a request was answered.", ["route"], registry=self.registry
        )
        self._lines = Gauge("diemcau_live_lines", "Live lines that are open.", ["role"], registry=self.registry)
        self._asked = Counter("diemcau_asked", "What desks asked, by outcome.", ["outcome"], registry=self.registry)
        running = Gauge("diemcau_conferences", "Conferences that this server runs.", registry=self.registry)
        running.set_function(lambda: len(desks.all()))
        position = Gauge("diemcau_journal_position", "Position of the journal.", registry=self.registry)
        position.set_function(lambda: max((desk.position for desk in desks.all()), default=0))

    @contextmanager
    def line(self, role: Role) -> Iterator[None]:
        """Count a live line as long as it is open."""
        with self._lines.labels(role.value).track_inprogress():
            yield

    def asked(self, outcome: str) -> None:
        """Count what a desk asked: `done`, `refused` or `unreadable`."""
        self._asked.labels(outcome).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by its route, never by its path."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)


class Counting:
    """Counts the requests that go to `app`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 500

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.answered(method, route, status, perf_counter() - begun)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


def routes(metrics: Metrics) -> APIRouter:
    """Return the route of the metrics."""
    router = APIRouter(tags=["operating"])

    @router.get("/metrics", summary="Counters for Prometheus, from this machine only", response_class=Response)
    async def read_metrics(request: Request) -> Response:
        if not _is_loopback(request.client.host if request.client is not None else ""):
            raise Problem("metrics_loopback_only")
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
