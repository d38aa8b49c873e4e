"""Handouts: their files for every desk and hall, and the way to give another one.

A file is named by its digest, so what a hall has kept is never out of date. Who may list a
handout is the core's to say; here a PDF is read and kept before it is asked.
"""

import asyncio
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse

from diemcau.conduct.desk import new_command_id
from diemcau.core import handouts
from diemcau.core.ids import HandoutId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import MAY
from diemcau.plan.handout_file import NotAHandout
from diemcau.web.problems import Problem
from diemcau.web.visitors import Visitor, at_desk, house_of, own_origin

AtDesk = Annotated[Visitor, Depends(at_desk)]
SAMPLE = "sample"
_KEPT = {"Cache-Control": "private, max-age=604800, immutable"}


def routes() -> APIRouter:
    """Return the routes of handouts."""
    router = APIRouter(prefix="/d/{desk}", tags=["handouts"])
    router.add_api_route(
        "/handouts/{handout}/{digest}",
        _file,
        methods=["GET"],
        summary="The PDF of a listed handout, by its digest (`sample` for sample pages)",
        response_class=FileResponse,
    )
    router.add_api_route(
        "/handouts/{handout}",
        _give,
        methods=["PUT"],
        summary="Give the PDF of a handout; its title stands percent-encoded in the header X-Title",
        dependencies=[Depends(own_origin)],
    )
    return router


async def _file(visitor: AtDesk, handout: str, digest: str, request: Request) -> FileResponse:
    shelf = house_of(request).parts.handouts
    listed = handouts.find(visitor.desk.current.handouts, HandoutId(handout))
    if shelf is None or listed is None or (listed.digest or SAMPLE) != digest:
        raise Problem("handout_unknown")
    file = await shelf.file(listed, language=visitor.desk.formal.facts.language)
    if file is None:
        raise Problem("handout_unknown")
    return FileResponse(
        file, media_type="application/pdf", headers=_KEPT if listed.digest else None, content_disposition_type="inline"
    )


async def _give(visitor: AtDesk, handout: str, request: Request) -> JSONResponse:
    shelf = house_of(request).parts.handouts
    if shelf is None or visitor.pass_.role not in MAY[handouts.ListHandout]:
        raise Problem("handout_not_yours")
    known = handouts.find(visitor.desk.current.handouts, HandoutId(handout))
    title = unquote(request.headers.get("x-title", "")) or ("" if known is None else known.title)
    try:
        digest, pages = await shelf.keep(await _read(request))
    except NotAHandout as fault:
        raise Problem("handout_unreadable") from fault
    command = handouts.ListHandout(handout=HandoutId(handout), title=title, pages=pages, digest=digest)
    try:
        await visitor.desk.ask(command, asker=visitor.asker, command_id=new_command_id(), desk=visitor.name)
    except Refusal as refusal:
        raise Problem("handout_refused", refusal=refusal.code) from refusal
    return JSONResponse({"handout": handout, "title": title, "pages": pages, "digest": digest})


async def _read(request: Request) -> bytes:
    """Return the file that is given, read only as far as it may be long."""
    limits, read = house_of(request).premises.limits, bytearray()
    try:
        async with asyncio.timeout(limits.handout_arrives.total_seconds()):
            async for piece in request.stream():
                read += piece
                if len(read) > limits.handout_bytes:
                    raise Problem("handout_too_large", limit=limits.handout_bytes)
    except TimeoutError as slow:
        raise Problem("body_too_slow") from slow
    return bytes(read)
