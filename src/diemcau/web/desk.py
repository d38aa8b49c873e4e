"""A desk's own routes: who it is, the way to sound and picture, tasks, and a demonstration's script."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from diemcau.core.ids import ConferenceId, SiteId, UnitCode
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.web.encode import encode
from diemcau.web.guard import media_name
from diemcau.web.problems import Problem
from diemcau.web.visitors import House, Visitor, at_desk, house_of, own_origin

PAGE_OF_TASKS = 100

AtDesk = Annotated[Visitor, Depends(at_desk)]


class Me(BaseModel):
    """Who sits at the desk, and in which conference; `recorded`: whether picture and sound are."""

    conference: str
    role: Role
    site: str | None
    language: str
    demonstration: bool
    recorded: bool
    title: str
    main_site: str


class DoorOfMedia(BaseModel):
    """A node that lets pages in over WebTransport."""

    camera: str | None
    screen: str
    fingerprints: list[str]


class SocketOfMedia(BaseModel):
    """The same over a WebSocket to this web server: paths below it."""

    camera: str | None
    screen: str


class WayToMedia(DoorOfMedia):
    """Where sound and picture go and come from. The URLs are good for a minute.

    `parents`: other nodes, for when this one does not answer. `camera_free`: a camera of this site would be let in.
    """

    socket: SocketOfMedia
    parents: list[DoorOfMedia] = []
    camera_free: bool = True
    up: str | None
    program: str
    latency_ms: int


class Run(BaseModel):
    """Whether the run of show is to go on."""

    model_config = ConfigDict(extra="forbid", strict=True)
    running: bool


def routes() -> APIRouter:
    """Return the routes of a desk."""
    router = APIRouter(prefix="/d/{desk}", tags=["desk"])
    router.add_api_route("/me", _me, methods=["GET"], summary="Who this desk is", response_model=Me)
    router.add_api_route(
        "/media", _media, methods=["GET"], summary="The way to sound and picture", response_model=WayToMedia
    )
    router.add_api_route("/tasks", _tasks, methods=["GET"], summary="The tasks that the conference set")
    router.add_api_route(
        "/script",
        _script,
        methods=["POST"],
        status_code=204,
        summary="Resume or pause a demonstration's run of show",
        dependencies=[Depends(own_origin)],
    )
    return router


async def _me(visitor: AtDesk, request: Request) -> Me:
    facts, house = visitor.desk.formal.facts, house_of(request)
    return Me(
        conference=facts.conference,
        role=visitor.pass_.role,
        site=visitor.pass_.site,
        language=facts.language,
        demonstration=house.premises.demonstration,
        recorded=house.parts.watching is not None,
        title=facts.title,
        main_site=facts.main_site,
    )


async def _media(visitor: AtDesk, request: Request) -> WayToMedia:
    house = house_of(request)
    media, premises = house.parts.media, house.premises
    if media is None:
        raise Problem("media_none")
    host = premises.media_host or media_name(request.headers.get("host", ""))
    if not host:
        raise Problem("bad_request")
    pass_ = visitor.pass_
    ticket = house.parts.passes.ticket(pass_, house.parts.clock.now())
    site = pass_.site
    centre = _door(f"https://{host}:{media.port}", ticket, media.fingerprints(), site)
    own, *parents = (*_relay_doors(house, pass_.conference, ticket, site), centre)
    socket = f"/media/{pass_.conference}?jwt={ticket}&as="
    return WayToMedia(
        camera=own.camera,
        screen=own.screen,
        fingerprints=own.fingerprints,
        parents=parents,
        socket=SocketOfMedia(camera=f"{socket}camera" if site is not None else None, screen=f"{socket}screen"),
        camera_free=site is None or not media.is_camera_busy(pass_.conference, site),
        up=paths.up(pass_.conference, site, paths.new_nonce()) if site is not None else None,
        program=paths.program(pass_.conference),
        latency_ms=round(premises.latency.total_seconds() * 1000),
    )


def _door(url: str, ticket: str, fingerprints: Sequence[str], site: SiteId | None) -> DoorOfMedia:
    return DoorOfMedia(
        camera=f"{url}/camera?jwt={ticket}" if site is not None else None,
        screen=f"{url}/screen?jwt={ticket}",
        fingerprints=list(fingerprints),
    )


def _relay_doors(house: House, conference: ConferenceId, ticket: str, site: SiteId | None) -> tuple[DoorOfMedia, ...]:
    """Return the doors of the relays that a site's page may go to, its own first; other desks stay at the centre."""
    relays = house.parts.relays
    if relays is None or site is None:
        return ()
    return tuple(_door(one.url, ticket, one.fingerprints, site) for one in relays.for_site(conference, site))


async def _tasks(
    visitor: AtDesk,
    request: Request,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    unit: Annotated[str | None, Query(max_length=80)] = None,
) -> JSONResponse:
    tasks = house_of(request).parts.tasks
    if tasks is None or visitor.pass_.role is Role.PROGRAM:  # a screen on a wall shows the conference, and no more
        return JSONResponse({"total": 0, "tasks": [], "next": None})
    chosen = None if unit is None else UnitCode(unit)
    page = await tasks.page(visitor.pass_.conference, after=after, unit=chosen, limit=PAGE_OF_TASKS)
    return JSONResponse(encode(page))


async def _script(visitor: AtDesk, run: Run, request: Request) -> None:
    scripts = house_of(request).parts.scripts
    script = None if scripts is None else scripts.find(visitor.pass_.conference)
    if script is None:
        raise Problem("script_none")
    if run.running:
        script.resume()
    else:
        script.pause()
