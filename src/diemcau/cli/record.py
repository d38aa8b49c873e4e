"""`diemcau record`: a second recorder, on this machine or another, beside the one of the server."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from diemcau.cli.options import English
from diemcau.cli.saying import ERR, OUT, fail, plainly
from diemcau.cli.stopping import run_until_stopped
from diemcau.media.fabric import FabricError
from diemcau.media.moq_fabric import connect
from diemcau.media.recording.recorder import Recorder, RecorderError
from diemcau.media.recording.second import News, Seat, SecondRecorder
from diemcau.media.socket_fabric import connect_socket
from diemcau.wiring.visiting import LinkUnusable, ServerAway, Visit

_UDP_WITHIN = 3.0


@plainly
def record(
    *,
    pass_: Annotated[
        str,
        typer.Option(
            "--pass", envvar="DIEMCAU_RECORD_PASS", help="A program screen's link or pass, or the file it is in."
        ),
    ],
    folder: Annotated[Path, typer.Option(help="Where the recording goes; what is there is gone on with.")],
    upstream: Annotated[str, typer.Option(help="Web address of the server or a relay, if --pass is no link.")] = "",
    ca: Annotated[Path | None, typer.Option("--ca", help="Root certificate of the server, in PEM.")] = None,
    english: English = False,
) -> None:
    """Record the conference as a screen sees it, until stopped; then make one file of it."""
    visit = Visit(_link(pass_, upstream), authority=ca)
    language = 1 if english else 0

    def tell(news: News, about: str) -> None:
        ERR.print(f"{_SENTENCES[news][language]} {about}".rstrip(), markup=False, highlight=False)

    def trouble(sentence: str | None) -> None:
        ERR.print(sentence or _SENTENCES["again"][language], markup=False, highlight=False)

    recorder = Recorder(folder, on_trouble=trouble)
    try:
        run_until_stopped(_run(recorder, visit, tell))
    except (RecorderError, LinkUnusable) as fault:
        fail(str(fault))


async def _run(recorder: Recorder, visit: Visit, tell: Callable[[News, str], None]) -> None:
    await recorder.start()
    try:
        await SecondRecorder(recorder, lambda: _sit(visit), tell).run()
    finally:
        for one in await recorder.close():
            OUT.print(f"{one.path}: {one.seconds:.1f} s", markup=False, highlight=False)


async def _sit(visit: Visit) -> Seat:
    """Come in over UDP; where that is blocked, over HTTPS. Raises `FabricError` or `LinkUnusable`."""
    try:
        way = await visit.way()
    except ServerAway as away:
        raise FabricError(str(away)) from away
    if way.site is not None:
        raise LinkUnusable("That link is a site's, which is never given its own sound: give a program screen's.")
    try:
        async with asyncio.timeout(_UDP_WITHIN):
            link = await connect(way.screen, fingerprints=way.fingerprints)
    except (FabricError, TimeoutError):
        link = await connect_socket(way.socket_screen, trusted=visit.trusted)
    return Seat(link=link, conference=way.conference)


def _link(given: str, upstream: str) -> str:
    """Return the link: what was given, or the file it is in; a pass alone goes behind the server's address."""
    path = Path(given)
    text = given if "://" in given or not path.is_file() else path.read_text(encoding="utf-8").strip()
    if urlsplit(text).scheme in ("http", "https"):
        return text
    if not upstream:
        raise LinkUnusable("That is a pass and no link: name the server with --upstream https://…")
    return f"{upstream.rstrip('/')}/enter#{text}"


_SENTENCES = {
    News.CONNECTED: ("Đang ghi hội nghị.", "Recording the conference."),
    News.LOST: ("Mất đường truyền, đang nối lại.", "The line is lost; connecting again."),
    "again": ("Bản ghi đã chạy tiếp.", "The recording goes on."),
}
