"""`diemcau init` and `diemcau serve`: make a server's folder, and run it."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from diemcau.cli.options import Data, Host, JournalUrl, MediaPort, Port
from diemcau.cli.saying import ERR, OUT, plainly
from diemcau.cli.stopping import run_until_stopped
from diemcau.media.moq_fabric import Certificate as MediaCertificate
from diemcau.settings import Settings, read_settings
from diemcau.wiring.door import Door, certificate_for
from diemcau.wiring.server import Server


@plainly
def init(*, data: Data = None, journal: JournalUrl = None) -> None:
    """Make the data folder with its keys and an empty journal; what is there stays."""
    settings = read_settings(data=data, journal=journal)
    Server(settings).engine.dispose()
    OUT.print(f"{settings.data.resolve()} is ready. Next: diemcau plan import FOLDER", markup=False, highlight=False)


@plainly
def serve(
    *,
    data: Data = None,
    journal: JournalUrl = None,
    host: Host = None,
    port: Port = None,
    media_port: MediaPort = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="Host name or address in the self-made certificate; repeatable.")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="What links begin with.")] = None,
    cert: Annotated[Path | None, typer.Option(help="Certificate chain in PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key in PEM.")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="A proxy on this machine speaks HTTPS.")] = False,
    recording: Annotated[
        bool | None,
        typer.Option(
            "--recording/--no-recording", help="Record picture and sound (the default), or keep none of them."
        ),
    ] = None,
) -> None:
    """Run every conference of the journal until stopped."""
    settings = read_settings(
        data=data,
        journal=journal,
        host=host,
        port=port,
        media_port=media_port,
        names=tuple(name) if name else None,
        public_url=public_url,
        cert=cert,
        key=key,
        behind_proxy=behind_proxy or None,
        recording=recording,
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    run_until_stopped(_serve(settings))


async def _serve(settings: Settings) -> None:
    files = None if settings.cert is None or settings.key is None else (settings.cert, settings.key)
    media = None if files is None else MediaCertificate(cert=files[0], key=files[1])
    server = Server(settings, media_certificate=media)
    door = Door(server, certificate_for(settings, server), next_free=False)
    await server.start()
    try:
        async with door:
            conferences = ", ".join(desk.conference for desk in server.desks.all()) or "none yet"
            ERR.print(f"Serving {door.url}, media on UDP port {server.studio.port}. Conferences: {conferences}.")
            await door.closed()
    finally:
        await server.stop()
