"""The page of the HTTP interface at /api/docs: plain HTML made here, nothing from elsewhere.

The interface itself, as OpenAPI, is at /api/openapi.json; the live line is docs/protocol.md's.
"""

from html import escape
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

DESCRIPTION: Final = (
    "Everything of a desk is below /d/{desk}/ and asks for the cookie that POST /enter gives. "
    "A POST needs the Origin of this very server. Errors are RFC 9457 problem details."
)


class ProblemDetails(BaseModel):
    """An error: its code, and a sentence in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    code: str


_DETAILS: Final = {"application/problem+json": {"schema": ProblemDetails.model_json_schema()}}
PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "What was asked can't be done; `detail` says how to mend it.", "content": _DETAILS},
    "5XX": {"description": "The server lacks something, or met a fault.", "content": _DETAILS},
}

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code { font-size: 0.95em; }
section { border-top: 1px solid #ccc; }
th, td { text-align: left; vertical-align: top; padding-right: 1rem; }
"""


def routes(app: FastAPI) -> APIRouter:
    """Return the routes of the interface's page."""
    router = APIRouter(prefix="/api", include_in_schema=False)

    @router.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(_page(app.openapi()))

    @router.get("/docs.css")
    async def style() -> Response:
        return Response(_STYLE, media_type="text/css")

    return router


def _page(interface: dict[str, Any]) -> str:
    title = escape(f"{interface['info']['title']} {interface['info']['version']}")
    sections = "".join(
        _section(method.upper(), path, operation)
        for path, operations in interface["paths"].items()
        for method, operation in operations.items()
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="stylesheet" href="/api/docs.css"><h1>{title}</h1>'
        f"<p>{escape(interface['info']['description'])}</p>"
        f'<p>As OpenAPI: <a href="/api/openapi.json">openapi.json</a></p>{sections}</html>'
    )


def _section(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
        f"<td>{'needed' if one.get('required') else 'optional'}</td></tr>"
        for one in operation.get("parameters", [])
    )
    answers = ", ".join(escape(status) for status in operation["responses"])
    return (
        f"<section><h2><code>{method} {escape(path)}</code></h2><p>{escape(operation.get('summary', ''))}</p>"
        f"<table>{rows}</table><p>Answers: {answers}</p></section>"
    )
