"""What is said about a recording while it runs: chapters, layout, page turns; a JSON line each.

Times are instants, in seconds since 1970: where in the recording one is, the index tells. Nothing
here opens or reads the recording.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

CHAPTER = "chapter"
CHAPTER_END = "chapter_end"
MARKS = (CHAPTER, CHAPTER_END)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something that happened at an instant."""

    at: datetime
    kind: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A record as it stands beside the recording; `at` in seconds since 1970."""

    at: float
    kind: str
    body: str


class Records:
    """The records beside one recording."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._waiting: list[Record] = []

    def open(self, path: Path) -> None:
        """Begin beside a recording, or go on after a crash; what waited is written."""
        self.close()
        self._file = path.open("ab", buffering=0)
        self._file.write(b"\n")  # ends a line that a crash cut off
        waiting, self._waiting = self._waiting, []
        for record in waiting:
            self.add(record)

    def add(self, record: Record) -> None:
        """Write a record, or keep it until there is a recording and a disk that takes it."""
        if self._file is None:
            self._waiting.append(record)
            return
        line = {"at": round(record.at.timestamp(), 3), "kind": record.kind, "body": record.body}
        try:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            os.fsync(self._file.fileno())
        except OSError:
            self._waiting.append(record)
            raise

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()


def read(path: Path) -> tuple[Timed, ...]:
    """Return the records beside a recording; a line that a crash cut off is left out."""
    if not path.exists():
        return ()
    found = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            fields = json.loads(line)
        except ValueError:
            continue
        found.append(Timed(at=fields["at"], kind=fields["kind"], body=fields["body"]))
    return tuple(dict.fromkeys(found))  # a restart tells again which speech goes on
