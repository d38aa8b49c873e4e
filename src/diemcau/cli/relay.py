"""`diemcau relay`: a province's node, which carries a conference once for its own halls."""

import logging
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from diemcau.cli.options import Data, Host, MediaPort, Port
from diemcau.cli.saying import ERR, fail, plainly
from diemcau.cli.stopping import run_until_stopped
from diemcau.conduct.clock import WallClock
from diemcau.media.moq_fabric import Certificate as MediaCertificate
from diemcau.settings import Settings, read_settings
from diemcau.web.tls import Certificate, given, self_made
from diemcau.wiring.door import is_secure
from diemcau.wiring.relay import Above, RelayHouse, read_url

_LONGEST_PASS = 4096


Upstream: TypeAlias = Annotated[str, typer.Option(help="Web address of the centre, or of the relay above.")]
RelayPass: TypeAlias = Annotated[
    str, typer.Option("--pass", envvar="DIEMCAU_RELAY_PASS", help="The relay's pass, or the file that it stands in.")
]
Name: TypeAlias = Annotated[str, typer.Option(help="What the relay is called at the centre.")]
PublicUrl: TypeAlias = Annotated[
    str, typer.Option(help="Where halls reach its sound and picture, such as https://hue.example:8443.")
]
HostName: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="Host name or address in the self-made certificate; repeatable.")
]
Cert: TypeAlias = Annotated[Path | None, typer.Option(help="Certificate chain in PEM.")]
Key: TypeAlias = Annotated[Path | None, typer.Option(help="Its private key in PEM.")]
Authority: TypeAlias = Annotated[Path | None, typer.Option("--ca", help="Root certificate of the node above, in PEM.")]
CutOffAfter: TypeAlias = Annotated[
    float, typer.Option(min=3.0, help="Seconds without the node above after which nobody new is let in.")
]


@plainly
def relay(
    *,
    upstream: Upstream,
    pass_: RelayPass,
    name: Name = "",
    public_url: PublicUrl = "",
    data: Data = None,
    host: Host = None,
    port: Port = None,
    media_port: MediaPort = None,
    host_name: HostName = None,
    cert: Cert = None,
    key: Key = None,
    ca: Authority = None,
    cut_off_after: CutOffAfter = 60.0,
) -> None:
    """Serve the halls of a province: carry the conference down once, and their cameras up when they are asked for."""
    names = tuple(host_name) if host_name else None
    settings = read_settings(data=data, host=host, port=port, media_port=media_port, names=names, cert=cert, key=key)
    read_url(upstream)
    if public_url and not public_url.startswith("https://"):
        fail(f"--public-url is {public_url}: begin it with https://, since halls come by WebTransport.")
    above = Above(url=upstream.rstrip("/"), token=_token(pass_), authority=ca)
    media = (
        None
        if settings.cert is None or settings.key is None
        else MediaCertificate(cert=settings.cert, key=settings.key)
    )
    house = RelayHouse(
        settings,
        above,
        name=name or settings.host,
        media_url=public_url.rstrip("/"),
        certificate=_certificate(settings),
        media_certificate=media,
        cut_off_after=cut_off_after,
    )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run_until_stopped(_serve(house, upstream))


async def _serve(house: RelayHouse, upstream: str) -> None:
    async with house:
        ERR.print(
            f"Relaying {upstream}: web on TCP port {house.port}, media on UDP port {house.media_port}.",
            markup=False,
            highlight=False,
        )
        await house.closed()


def _token(given_: str) -> str:
    """Return the pass itself, whether it was given or the file that it stands in."""
    if given_.count(".") == 2 and "/" not in given_:  # noqa: PLR2004 - the three parts of a signed token
        return given_.strip()
    return Path(given_).read_text(encoding="utf-8")[:_LONGEST_PASS].strip()


def _certificate(settings: Settings) -> Certificate | None:
    if settings.cert is not None and settings.key is not None:
        return given(settings.cert, settings.key)
    if not is_secure(settings):
        return None
    settings.make_data_folder()
    return self_made(settings.data / "tls", settings.names or (settings.host,), WallClock().now())
