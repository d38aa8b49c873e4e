"""The pages: one application of the front end for every screen, and its files under /static/.

The page itself holds nothing of a conference, so it needs no cookie; what it shows it asks for.
"""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_UNBUILT: Final = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>Điểm Cầu</title>
<p>Trang web chưa được dựng: hãy chạy <code>make setup</code> trên máy chủ.</p>
<p lang="en">The pages are not built: run <code>make setup</code> on the server.</p></html>
"""


class LastingFiles(StaticFiles):
    """Files whose names change with their content: browsers keep those in `assets/` for good."""

    async def check_config(self) -> None:
        """Ask for no folder: before the pages are built there is none, and nothing is found."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file at `path`."""
        response = await super().get_response(path, scope)
        lasting = path.startswith("assets/") and response.status_code == 200  # noqa: PLR2004 (HTTP's own number)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def install(app: FastAPI, static: Path, authority: Path | None) -> None:
    """Serve the pages, their files, and the self-made root if there is one."""
    app.include_router(_routes(static, authority))
    app.mount("/static", LastingFiles(directory=static, check_dir=False), name="static")


def _routes(static: Path, authority: Path | None) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    @router.get("/enter")
    @router.get("/d/{desk}/")
    async def page() -> Response:
        index = static / "index.html"
        return FileResponse(index, media_type="text/html") if index.is_file() else HTMLResponse(_UNBUILT, 503)

    if authority is not None:

        @router.get("/ca.crt")
        async def root() -> Response:
            return FileResponse(authority, media_type="application/x-x509-ca-cert", filename="diemcau-ca.crt")

    return router
