"""`diemcau doctor`: looks at this machine and says what would keep a server from running well."""

import platform
import shutil
import socket
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from diemcau.cli.doctor_remote import look_at_line
from diemcau.cli.options import Data, English, Host, JournalUrl, MediaPort, Port
from diemcau.cli.ports import why_taken
from diemcau.cli.saying import OUT, plainly
from diemcau.directory.models import open_directory
from diemcau.journal.events import CODEC
from diemcau.journal.journal import JournalUnusable, JournalUnwritable
from diemcau.journal.sql import engine_for, open_journal
from diemcau.settings import Settings, read_settings

OLDEST_PYTHON = (3, 11)
ROOM = 5 * 2**30


@plainly
def doctor(
    *,
    data: Data = None,
    journal: JournalUrl = None,
    host: Host = None,
    port: Port = None,
    media_port: MediaPort = None,
    remote: Annotated[
        str, typer.Option(metavar="LINK", help="Measure the line to a server instead, by a link that it gave out.")
    ] = "",
    ca: Annotated[Path | None, typer.Option("--ca", help="Root certificate of that server, in PEM.")] = None,
    english: English = False,
) -> None:
    """Check Python, disk, ports, journal and pages; status 1 if something must be mended."""
    if remote:
        look_at_line(remote, ca, english=english)
        return
    settings = read_settings(data=data, journal=journal, host=host, port=port, media_port=media_port)
    table = Table("", "What", "Found", "How to mend it")
    well = True
    for name, look in _LOOKS.items():
        found, mend = look(settings)
        well = well and not mend
        table.add_row("✗" if mend else "✓", name, found, mend)
    OUT.print(table)
    if not well:
        raise typer.Exit(1)


def _python(_settings: Settings) -> tuple[str, str]:
    old = sys.version_info < OLDEST_PYTHON
    return platform.python_version(), "install Python 3.11 or newer" if old else ""


def _disk(settings: Settings) -> tuple[str, str]:
    at = settings.data
    while not at.exists():
        at = at.parent
    free = shutil.disk_usage(at).free
    found = f"{free / 2**30:.1f} GiB free on {at}"
    return found, "make room: a day of recording takes some 5 GiB" if free < ROOM else ""


def _tcp(settings: Settings) -> tuple[str, str]:
    return _port(settings.host, settings.port, socket.SOCK_STREAM, "--port")


def _udp(settings: Settings) -> tuple[str, str]:
    return _port(settings.host, settings.media_port, socket.SOCK_DGRAM, "--media-port")


def _port(host: str, port: int, kind: socket.SocketKind, option: str) -> tuple[str, str]:
    fault = why_taken(host, port, kind)
    if fault is not None:
        return f"{host}:{port}: {fault}", f"end what uses it, or choose another with {option}"
    return f"{host}:{port} is free", ""


def _journal(settings: Settings) -> tuple[str, str]:
    try:
        settings.make_data_folder()
        engine = engine_for(settings.journal_url)
        position = open_journal(engine, CODEC).position()
        open_directory(engine)
    except (JournalUnusable, JournalUnwritable) as fault:
        return "unusable", str(fault)
    except OSError as fault:
        return f"{settings.data}: {fault.strerror}", "let this user write to the data folder"
    return f"writable, {position} records", ""


def _pages(_settings: Settings) -> tuple[str, str]:
    built = files("diemcau.web").joinpath("static", "index.html").is_file()
    return ("built", "") if built else ("not built", "make setup")


_LOOKS: dict[str, Callable[[Settings], tuple[str, str]]] = {
    "Python": _python,
    "Disk": _disk,
    "Pages (TCP)": _tcp,
    "Media (UDP)": _udp,
    "Journal": _journal,
    "Front end": _pages,
}
