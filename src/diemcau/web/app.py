"""The application: every route and the guard in front of them, put together."""

from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp

from diemcau.web import (
    apidocs,
    desk,
    handouts,
    health,
    login,
    metrics,
    pages,
    papers,
    problems,
    recording,
    relays,
    watching,
)
from diemcau.web.guard import Guard
from diemcau.web.live import media_socket, socket
from diemcau.web.pins import Pins
from diemcau.web.ports import Parts, Premises
from diemcau.web.tries import Slowing
from diemcau.web.visitors import House

PINS = "pins"
FREE_BY_ADDRESS = 10  # a hall has one address and many people
FREE_BY_PASS = 3


def create_app(parts: Parts, premises: Premises) -> ASGIApp:
    """Return the application of a server that stands on `premises` and opens to `parts`."""
    app = FastAPI(
        title="Điểm Cầu",
        version=version("diemcau"),
        description=apidocs.DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=apidocs.PROBLEM,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.house = House(parts=parts, premises=premises)
    counters = metrics.Metrics(parts.desks)
    problems.install(app)
    app.include_router(
        login.routes(
            Pins(premises.folder / PINS),
            by_address=Slowing(premises.monotonic, free=FREE_BY_ADDRESS),
            by_pass=Slowing(premises.monotonic, free=FREE_BY_PASS),
        )
    )
    for page in (desk, papers, recording, watching, handouts, health):
        app.include_router(page.routes())
    if parts.relay_host is not None:
        app.include_router(relays.routes(parts.relay_host, media_host=premises.media_host))
    app.include_router(metrics.routes(counters))
    app.include_router(apidocs.routes(app))
    app.include_router(socket.routes(counters))
    app.include_router(media_socket.routes())
    pages.install(app, premises.static, premises.authority)
    return Guard(
        metrics.Counting(app, counters),
        limits=premises.limits,
        media_port=lambda: None if parts.media is None else parts.media.port,
        media_host=premises.media_host,
        relays=tuple if parts.relays is None else parts.relays.urls,
    )
