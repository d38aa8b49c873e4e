"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Data: TypeAlias = Annotated[
    Path | None, typer.Option("--data", help="Folder of keys, journal, recordings, documents. [default: var]")
]
JournalUrl: TypeAlias = Annotated[
    str | None,
    typer.Option("--journal", help="URL of the journal: sqlite:///FILE or postgresql://… [default: in --data]"),
]
Host: TypeAlias = Annotated[str | None, typer.Option("--host", help="Address to listen on. [default: 127.0.0.1]")]
Port: TypeAlias = Annotated[int | None, typer.Option("--port", help="TCP port of pages. [default: 8080]")]
MediaPort: TypeAlias = Annotated[
    int | None, typer.Option("--media-port", help="UDP port of sound and picture. [default: 8443]")
]
English: TypeAlias = Annotated[bool, typer.Option("--english", "-e", help="Say faults in English, not in Vietnamese.")]
