"""Papers of a conference: the list, and the files themselves.

A file is served only if the list has it; no path is ever made from what was asked.
"""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse

from diemcau.web.ports import Form, ListedDocument
from diemcau.web.problems import Problem
from diemcau.web.visitors import Visitor, at_desk, house_of

AtDesk = Annotated[Visitor, Depends(at_desk)]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_TYPES = {
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.PDF: "application/pdf",
}


def routes() -> APIRouter:
    """Return the routes of documents."""
    router = APIRouter(prefix="/d/{desk}", tags=["papers"])
    router.add_api_route("/documents", _documents, methods=["GET"], summary="The documents that this desk may have")
    router.add_api_route(
        "/documents/{name}", _document, methods=["GET"], summary="A document's file", response_class=FileResponse
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
