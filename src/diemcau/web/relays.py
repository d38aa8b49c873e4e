"""The way for relays: a province's node shows its pass and is told where sound and picture are.

The same question is answered by the centre and by a relay to those below it. Passes themselves
are read with the public key that is given here; no other secret goes this way.
"""

from collections.abc import Callable
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.types import ASGIApp

from diemcau.media.fabric import Refusal
from diemcau.web import apidocs, problems
from diemcau.web.guard import Guard, media_name
from diemcau.web.ports import Limits, RelayHost
from diemcau.web.problems import Problem
from diemcau.web.wording import PROBLEMS

PATH = "/relay"
_BEARER = "bearer "


class WayForRelay(BaseModel):
    """Where a relay connects, and how it reads passes."""

    version: str
    conference: str
    media: str
    fingerprints: list[str]
    public_key: str


class RelayState(BaseModel):
    """How a relay is doing. `upstream_silent_s`: None if it never heard the node above."""

    status: str
    conference: str | None
    upstream_silent_s: float | None
    cameras: int
    sessions: int
    relays: int


def routes(host: RelayHost, *, media_host: str = "") -> APIRouter:
    """Return the route that relays ask."""
    router = APIRouter(tags=["relays"])

    @router.get(PATH, summary="The way to sound and picture, for a relay")
    async def way(request: Request) -> WayForRelay:
        shown = request.headers.get("authorization", "")
        if not shown.lower().startswith(_BEARER):
            raise Problem("pass.missing")
        answer = host.admit(shown[len(_BEARER) :].strip())
        if isinstance(answer, Refusal):
            raise Problem(answer.reason if answer.reason in PROBLEMS else "not_ready", missing=answer.reason)
        name = media_host or media_name(request.headers.get("host", ""))
        if not name:
            raise Problem("bad_request")
        return WayForRelay(
            version=version("diemcau"),
            conference=answer.conference,
            media=f"https://{name}:{host.media_port()}",
            fingerprints=list(host.fingerprints()),
            public_key=host.public_key(),
        )

    return router


def create_relay_app(host: RelayHost, state: Callable[[], RelayState]) -> ASGIApp:
    """Return what a relay serves by itself: its health, and the way for relays below it."""
    app = FastAPI(
        title="Điểm Cầu",
        version=version("diemcau"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=apidocs.PROBLEM,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    problems.install(app)
    app.include_router(routes(host))

    @app.get("/health", summary="How this relay is doing")
    async def health() -> RelayState:
        return state()

    return Guard(app, limits=Limits(), media_port=lambda: None, media_host="")
