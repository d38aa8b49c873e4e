"""The recording of a conference: its file, its chapters for players, stills of each speech and their choosing.

A file is served only if the list has it; no path is ever made from what was asked. A screen on a
wall gets nothing of it.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from diemcau.core.roles import Role
from diemcau.media.recording.webvtt import webvtt
from diemcau.web.encode import encode
from diemcau.web.ports import Chapter, Recording
from diemcau.web.problems import Problem
from diemcau.web.visitors import Visitor, at_desk, house_of, own_origin

AtDesk = Annotated[Visitor, Depends(at_desk)]
Number = Annotated[int, Path(ge=1, le=3)]
_CENTRE = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR})
_STILLS = 3


class Choice(BaseModel):
    """Which still of a speech is chosen for its article; none: no still."""

    model_config = ConfigDict(extra="forbid", strict=True)
    speech: Annotated[str, Field(min_length=1, max_length=80)]
    still: Annotated[int | None, Field(ge=1, le=_STILLS)]


def routes() -> APIRouter:
    """Return the routes of the recording."""
    router = APIRouter(prefix="/d/{desk}/recording", tags=["papers"])
    router.add_api_route("", _recording, methods=["GET"], summary="The recording and its chapters")
    router.add_api_route("/file", _file, methods=["GET"], summary="The recording", response_class=FileResponse)
    router.add_api_route(
        "/file/{part}", _part, methods=["GET"], summary="A part of it, counted from 1", response_class=FileResponse
    )
    router.add_api_route(
        "/chapters.vtt", _chapters, methods=["GET"], summary="The chapters as WebVTT", response_class=Response
    )
    router.add_api_route(
        "/stills/{speech}/{number}.jpg",
        _still,
        methods=["GET"],
        summary="One of three stills of a speech",
        response_class=FileResponse,
    )
    router.add_api_route(
        "/stills",
        _choose,
        methods=["POST"],
        status_code=204,
        summary="Choose a still of a speech for its article",
        dependencies=[Depends(own_origin)],
    )
    return router


async def _recorded(visitor: Visitor, request: Request) -> Recording | None:
    """Return the recording, but to no screen on a wall: that shows the conference, and no more."""
    recordings = house_of(request).parts.recordings
    if recordings is None or visitor.pass_.role is Role.PROGRAM:
        return None
    return await recordings.of(visitor.pass_.conference)


async def _recording(visitor: AtDesk, request: Request) -> JSONResponse:
    recording = await _recorded(visitor, request)
    if recording is None:
        return JSONResponse({"path": None, "seconds": 0, "chapters": [], "parts": [], "finishing": None})
    base = f"/d/{visitor.name}/recording"
    parts = [_line(part, base, f"/{number}") for number, part in enumerate(_parts(recording), start=1)]
    return JSONResponse({**_line(recording, base, ""), "parts": parts, "finishing": recording.finishing})


async def _file(visitor: AtDesk, request: Request) -> FileResponse:
    return _served(await _recorded(visitor, request))


async def _part(visitor: AtDesk, part: int, request: Request) -> FileResponse:
    recording = await _recorded(visitor, request)
    parts = () if recording is None else _parts(recording)
    return _served(parts[part - 1] if 1 <= part <= len(parts) else None)


async def _chapters(visitor: AtDesk, request: Request) -> Response:
    recording = await _recorded(visitor, request)
    if recording is None:
        raise Problem("recording_none")
    told = ((one.title, one.start.total_seconds(), one.end.total_seconds()) for one in recording.chapters)
    return Response(webvtt(told), media_type="text/vtt; charset=utf-8")


async def _still(visitor: AtDesk, speech: str, number: Number, request: Request) -> FileResponse:
    recordings = house_of(request).parts.recordings
    if recordings is None or visitor.pass_.role is Role.PROGRAM:
        raise Problem("still_none")
    file = await recordings.still(visitor.pass_.conference, speech, number)
    if file is None:
        raise Problem("still_none")
    return FileResponse(file, media_type="image/jpeg", content_disposition_type="inline")


async def _choose(visitor: AtDesk, choice: Choice, request: Request) -> None:
    recordings = house_of(request).parts.recordings
    if visitor.pass_.role not in _CENTRE:
        raise Problem("not_yours")
    if recordings is None or not await recordings.choose_still(visitor.pass_.conference, choice.speech, choice.still):
        raise Problem("still_none")


def _parts(recording: Recording) -> tuple[Recording, ...]:
    return recording.parts or ((recording,) if recording.file is not None else ())


def _line(recording: Recording, base: str, part: str) -> dict[str, object]:
    return {
        "path": None if recording.file is None else f"{base}/file{part}",
        "seconds": encode(recording.length),
        "chapters": [_chapter(one, base) for one in recording.chapters],
    }


def _chapter(chapter: Chapter, base: str) -> dict[str, object]:
    stills = [f"{base}/stills/{chapter.speech}/{number}.jpg" for number in range(1, _STILLS + 1)]
    return {
        "title": chapter.title,
        "start": encode(chapter.start),
        "end": encode(chapter.end),
        "speech": chapter.speech,
        "stills": stills if chapter.speech else [],
        "chosen": chapter.chosen,
    }


def _served(recording: Recording | None) -> FileResponse:
    if recording is None or recording.file is None or not recording.file.is_file():
        raise Problem("recording_none")
    return FileResponse(recording.file, filename=recording.file.name, content_disposition_type="inline")
