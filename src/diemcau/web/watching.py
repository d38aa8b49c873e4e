"""Watching over plain HTTP: the line of now for televisions and old machines, and the last hour for desks.

`/hls/<conference>/<token>/index.m3u8` needs nothing but its address: only passes of screens open
it, since addresses come into logs and histories. `/d/<desk>/back/` is
for desks. Every request is asked for its pass again, so a revoked one ends at once.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from diemcau.core.roles import Role
from diemcau.media.hls.line import Line, Piece
from diemcau.media.hls.playlist import TARGET
from diemcau.web.ports import Watching
from diemcau.web.problems import Problem
from diemcau.web.visitors import Visitor, admit, at_desk, house_of

AtDesk = Annotated[Visitor, Depends(at_desk)]
Sequence = Annotated[int | None, Query(alias="_HLS_msn", ge=0, le=1_000_000_000)]
PartOf = Annotated[int | None, Query(alias="_HLS_part", ge=0, le=1_000)]

INDEX: Final = "index.m3u8"
_PLAYLIST = "application/vnd.apple.mpegurl"
_BLOCKED_AT_MOST = 3.0 * TARGET
_BY_ADDRESS = (Role.PROGRAM,)
_CHANGES = {"Cache-Control": "no-cache"}
_STAYS = {"Cache-Control": "private, max-age=3600, immutable"}
_ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def routes() -> APIRouter:
    """Return the routes of watching."""
    router = APIRouter(tags=["watching"])
    line, back = "/hls/{conference}/{token}", "/d/{desk}/back"
    router.add_api_route(
        f"{line}/{INDEX}", _live, methods=["GET"], summary="The playlist of now", response_class=Response
    )
    router.add_api_route(
        f"{line}/{{name}}", _live_piece, methods=["GET"], summary="A segment of now", response_class=Response
    )
    router.add_api_route(
        f"{back}/{INDEX}", _back, methods=["GET"], summary="The playlist of the last hour", response_class=Response
    )
    router.add_api_route(
        f"{back}/{{name}}", _back_piece, methods=["GET"], summary="A segment of the last hour", response_class=Response
    )
    router.add_api_route(
        "/d/{desk}/watching", _address, methods=["GET"], summary="The address for televisions, for the operator"
    )
    return router


async def _live(
    conference: str, token: str, request: Request, sequence: Sequence = None, part: PartOf = None
) -> Response:
    line = await _line_by_address(request, conference, token)
    if part is not None and sequence is None:
        raise Problem("bad_request")
    if sequence is not None:
        if await line.is_too_far(sequence):
            raise Problem("bad_request")
        if not await line.reached(sequence, part, within=_BLOCKED_AT_MOST):
            raise Problem("watching_late")
    return Response(await line.live(), media_type=_PLAYLIST, headers={**_CHANGES, **_ANYWHERE})


async def _live_piece(conference: str, token: str, name: str, request: Request) -> Response:
    line = await _line_by_address(request, conference, token)
    piece = await line.hinted(name, within=_BLOCKED_AT_MOST)
    return await _sent(line, piece, {**_STAYS, **_ANYWHERE})


async def _back(visitor: AtDesk, request: Request) -> Response:
    line = await _line_of_desk(visitor, request)
    return Response(await line.look_back(), media_type=_PLAYLIST, headers=_CHANGES)


async def _back_piece(visitor: AtDesk, name: str, request: Request) -> Response:
    line = await _line_of_desk(visitor, request)
    return await _sent(line, await line.piece(name), _STAYS)


async def _address(visitor: AtDesk, request: Request) -> JSONResponse:
    """Tell the operator the address, with a new pass of a screen in it."""
    if visitor.pass_.role is not Role.OPERATOR:
        return JSONResponse({"path": None})
    watching = _watching(request)
    conference = visitor.pass_.conference
    token = watching.screen_token(conference, visitor.pass_.until)
    return JSONResponse({"path": f"/hls/{conference}/{token}/{INDEX}"})


async def _line_by_address(request: Request, conference: str, token: str) -> Line:
    visitor = admit(house_of(request), token)
    if visitor.pass_.role not in _BY_ADDRESS:
        raise Problem("pass.wrong_kind")
    if visitor.pass_.conference != conference:
        raise Problem("pass.wrong_conference")
    return await _line(visitor, request)


async def _line_of_desk(visitor: Visitor, request: Request) -> Line:
    """Return the line, but to no screen on a wall: that shows the conference as it is now."""
    if visitor.pass_.role is Role.PROGRAM:
        raise Problem("watching_none")
    return await _line(visitor, request)


async def _line(visitor: Visitor, request: Request) -> Line:
    line = await _watching(request).line(visitor.pass_.conference)
    if line is None:
        raise Problem("watching_none")
    return line


def _watching(request: Request) -> Watching:
    watching = house_of(request).parts.watching
    if watching is None:
        raise Problem("recording_off")
    return watching


async def _sent(line: Line, piece: Piece | None, headers: dict[str, str]) -> Response:
    content = None if piece is None else await line.content(piece)
    if content is None:
        raise Problem("watching_gone")
    return Response(content, media_type="video/mp4", headers=headers)
