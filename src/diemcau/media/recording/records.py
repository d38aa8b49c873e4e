"""What is said about a recording while it runs: chapters, layout, page turns; a JSON line each.

Times are seconds since the first picture. What comes before the first picture is written at
zero. Nothing here opens or reads the recording.
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
    """A record as it stands beside the recording."""

    seconds: float
    kind: str
    body: str


class Records:
    """The records beside one recording."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._zero = 0.0
        self._waiting: list[Record] = []
        self._mark: Record | None = None

    def open(self, path: Path, *, zero: float) -> None:
        """Begin beside a recording whose first picture was at `zero` (seconds since 1970).

        A chapter that was running goes on in it.
        """
        self.close()
        self._file = path.open("ab", buffering=0)
        self._zero = zero
        waiting, self._waiting = self._waiting, []
        if self._mark is not None and self._mark.kind == CHAPTER and self._mark not in waiting:
            waiting.insert(0, self._mark)
        for record in waiting:
            self.add(record)

    def add(self, record: Record) -> None:
        """Write a record, or keep it until there is a recording."""
        if record.kind in MARKS:
            self._mark = record
        if self._file is None:
            self._waiting.append(record)
            return
        seconds = max(0.0, round(record.at.timestamp() - self._zero, 3))
        line = {"at": seconds, "kind": record.kind, "body": record.body}
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read(path: Path) -> tuple[Timed, ...]:
    """Return the records beside a recording; a line that a crash cut off is left out."""
    if not path.exists():
        return ()
    found = []
    for line in path.read_bytes().split(b"\n")[:-1]:
        fields = json.loads(line)
        found.append(Timed(seconds=fields["at"], kind=fields["kind"], body=fields["body"]))
    return tuple(found)
