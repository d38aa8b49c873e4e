"""`diemcau camera`: an encoder, OBS or a file as a site's camera, where no browser stands."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from diemcau.cli.options import English
from diemcau.cli.saying import ERR, fail, plainly
from diemcau.cli.stopping import run_until_stopped
from diemcau.media.encoder.camera import CameraEnded, EncoderCamera, EncoderUnusable, News, Way
from diemcau.media.encoder.reading import Reader
from diemcau.media.fabric import FabricError
from diemcau.media.moq_fabric import connect
from diemcau.media.socket_fabric import connect_socket
from diemcau.wiring.visiting import LinkUnusable, ServerAway, Visit

_UDP_WITHIN = 3.0


@plainly
def camera(
    *,
    source: Annotated[
        str,
        typer.Option("--from", metavar="URL", help="An address (srt:// udp:// rtmp:// rtsp://), or a file."),
    ],
    link: Annotated[
        str,
        typer.Option("--pass", metavar="LINK", envvar="DIEMCAU_LINK", help="The site's link, or its file."),
    ],
    listen: Annotated[bool, typer.Option(help="Wait at an rtmp:// address for the encoder to call.")] = False,
    loop: Annotated[bool, typer.Option(help="Play a file again and again.")] = False,
    ca: Annotated[Path | None, typer.Option("--ca", help="Root certificate of the server, in PEM.")] = None,
    english: English = False,
) -> None:
    """Carry an encoder's H.264 and sound to the conference as the camera of a site, until stopped or a film is over."""
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    visit = Visit(_link(link), authority=ca)
    language = 1 if english else 0
    told: list[str] = []

    def tell(news: News, about: str) -> None:
        sentence = _SENTENCES[news][language].format(about=about)
        if told[-1:] != [sentence]:
            told[:] = [sentence]
            ERR.print(sentence, markup=False, highlight=False)

    one = EncoderCamera(
        lambda: _connect(visit), lambda listener: Reader(source, listener, listen=listen, loop=loop), tell
    )
    try:
        run_until_stopped(one.run())
    except ExceptionGroup as faults:
        fault = next(one for one in _leaves(faults) if isinstance(one, _ENDS))
        fail(str(fault))


async def _connect(visit: Visit) -> Way:
    """Come in over UDP; where that is blocked, over HTTPS. Raises `FabricError` or `LinkUnusable`."""
    try:
        way = await visit.way()
    except ServerAway as away:
        raise FabricError(str(away)) from away
    if way.camera is None or way.socket_camera is None or way.up is None:
        raise LinkUnusable("That link is not a site's: give the link of the site whose camera this is.")
    try:
        async with asyncio.timeout(_UDP_WITHIN):
            session = await connect(way.camera, fingerprints=way.fingerprints)
            return Way(link=session, conference=way.conference, up=way.up, by="quic")
    except (FabricError, TimeoutError):
        session = await connect_socket(way.socket_camera, trusted=visit.trusted)
        return Way(link=session, conference=way.conference, up=way.up, by="websocket")


def _link(given: str) -> str:
    """Return a link that was given itself, or as the file that it is in."""
    return given if "://" in given else Path(given).read_text(encoding="utf-8").strip()


def _leaves(fault: BaseException) -> list[BaseException]:
    if isinstance(fault, BaseExceptionGroup):
        return [leaf for one in fault.exceptions for leaf in _leaves(one)]
    return [fault]


_ENDS = (EncoderUnusable, CameraEnded, LinkUnusable)
_SENTENCES = {
    News.CONNECTED: ("Đã vào hội nghị ({about}).", "In the conference ({about})."),
    News.LOST: ("Mất đường truyền, đang nối lại. {about}", "The line is lost; connecting again. {about}"),
    News.BUSY: (
        "Điểm cầu này đang có máy quay khác. Tắt máy đó, hoặc nhờ trực kỹ thuật trung tâm cho vào.",
        "This site has another camera. Turn it off, or ask the operator to let this one in.",
    ),
    News.NO_INPUT: (
        "Chưa có hình từ thiết bị, đang thử lại: {about}.",
        "Nothing from the encoder, trying again: {about}.",
    ),
    News.OVER: (
        "Đã phát hết tệp, máy quay đã tắt. Muốn phát lại liên tục: --loop.",
        "The film is over and the camera is off. To play it again and again: --loop.",
    ),
}
