"""Papers and recording of a conference: lists, and the files themselves.

A file is served only if the list has it; no path is ever made from what was asked.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse

from diemcau.core.roles import Role
from diemcau.web.encode import encode
from diemcau.web.ports import Form, ListedDocument, Recording
from diemcau.web.problems import Problem
from diemcau.web.visitors import Visitor, at_desk, house_of

AtDesk = Annotated[Visitor, Depends(at_desk)]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_TYPES = {
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.PDF: "application/pdf",
}


def routes() -> APIRouter:
    """Return the routes of documents and of the recording."""
    router = APIRouter(prefix="/d/{desk}", tags=["papers"])
    router.add_api_route("/documents", _documents, methods=["GET"], summary="The documents that this desk may have")
    router.add_api_route(
        "/documents/{name}", _document, methods=["GET"], summary="A document's file", response_class=FileResponse
    )
    router.add_api_route("/recording", _recording, methods=["GET"], summary="The recording and its chapters")
    router.add_api_route(
        "/recording/file", _recording_file, methods=["GET"], summary="The recording", response_class=FileResponse
    )
    router.add_api_route(
        "/recording/file/{part}",
        _recording_part,
        methods=["GET"],
        summary="A part of the recording, counted from 1",
        response_class=FileResponse,
    )
    return router


async def _documents(visitor: AtDesk, request: Request) -> JSONResponse:
    base = f"/d/{visitor.name}/documents"
    listed = [
        {
            "document": one.document,
            "title": one.title,
            "site": one.site,
            **{form.value: f"{base}/{one.document}.{form.value}" for form in Form},
        }
        for one in await _listed(visitor, request)
    ]
    return JSONResponse({"documents": listed})


async def _document(visitor: AtDesk, name: str, request: Request) -> FileResponse:
    document, _, ending = name.rpartition(".")
    known = {one.document for one in await _listed(visitor, request)}
    documents = house_of(request).parts.documents
    if ending not in set(Form) or not _ID.fullmatch(document) or document not in known or documents is None:
        raise Problem("document_unknown")
    form = Form(ending)
    file = await documents.file(visitor.pass_.conference, document, form)
    if file is None or not file.is_file():
        raise Problem("document_unknown")
    return FileResponse(file, media_type=_TYPES[form], filename=f"{document}.{form.value}")


async def _listed(visitor: Visitor, request: Request) -> tuple[ListedDocument, ...]:
    documents = house_of(request).parts.documents
    if documents is None:
        return ()
    pass_ = visitor.pass_
    return await documents.listed(pass_.conference, role=pass_.role, site=pass_.site)


async def _recorded(visitor: Visitor, request: Request) -> Recording | None:
    """Return the recording, but to no screen on a wall: that shows the conference, and no more."""
    recordings = house_of(request).parts.recordings
    if recordings is None or visitor.pass_.role is Role.PROGRAM:
        return None
    return await recordings.of(visitor.pass_.conference)


async def _recording(visitor: AtDesk, request: Request) -> JSONResponse:
    recording = await _recorded(visitor, request)
    if recording is None:
        return JSONResponse({"path": None, "seconds": 0, "chapters": [], "parts": []})
    path = f"/d/{visitor.name}/recording/file"
    parts = [_line(part, f"{path}/{number}") for number, part in enumerate(_parts(recording), start=1)]
    return JSONResponse({**_line(recording, path), "parts": parts})


async def _recording_file(visitor: AtDesk, request: Request) -> FileResponse:
    return _file(await _recorded(visitor, request))


async def _recording_part(visitor: AtDesk, part: int, request: Request) -> FileResponse:
    recording = await _recorded(visitor, request)
    parts = () if recording is None else _parts(recording)
    return _file(parts[part - 1] if 1 <= part <= len(parts) else None)


def _parts(recording: Recording) -> tuple[Recording, ...]:
    return recording.parts or (recording,)


def _line(recording: Recording, path: str) -> dict[str, object]:
    return {
        "path": None if recording.file is None else path,
        "seconds": encode(recording.length),
        "chapters": encode(recording.chapters),
    }


def _file(recording: Recording | None) -> FileResponse:
    if recording is None or recording.file is None or not recording.file.is_file():
        raise Problem("recording_none")
    return FileResponse(recording.file, filename=recording.file.name, content_disposition_type="inline")
