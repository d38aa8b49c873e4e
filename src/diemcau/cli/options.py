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
English: TypeAlias = Annotated[bool, typer.Option("--english", "-e", help="Say faults in English, not in Vietnamese.")]
