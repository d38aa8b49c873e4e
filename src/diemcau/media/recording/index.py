"""The index of a recording: a JSON line for each part of a segment, appended when the part is on the disk.

It is all that is known of the segments beside them, and holds after a crash: a line that was
cut off counts for nothing. Written by `tape`, read by whoever plays, finishes or looks back.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

NAME: Final = "index.jsonl"
SEGMENTS: Final = "segments"
_PARTS_KEPT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a segment: where it lies in the segment's file, and how long it lasts."""

    length: float
    offset: int
    size: int
    independent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is true of a whole segment.

    `at`: when it began, in seconds since 1970; `start`: in seconds of the recording. `cut`: what
    came before was another source. `slate`: nobody was to be seen. `run`: which run of the recorder.
    """

    at: float
    start: float
    init: str
    cut: bool
    slate: bool
    site: str
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment; `parts` only of the newest ones."""

    number: int
    head: Head
    length: float
    size: int
    independent: bool
    parts: tuple[Part, ...]
    closed: bool = False

    @property
    def file(self) -> str:
        """The name of its file among the segments."""
        return segment_file(self.number)

    @property
    def end(self) -> float:
        """Where it ends, in seconds of the recording."""
        return self.head.start + self.length


def segment_file(number: int) -> str:
    """Return the name of a segment's file."""
    return f"{number}.m4s"


def part_line(number: int, place: int, part: Part, head: Head | None) -> bytes:
    """Return the line of a part; the first of a segment tells of the segment too."""
    fields: dict[str, object] = {
        "segment": number,
        "part": place,
        "length": round(part.length, 6),
        "offset": part.offset,
        "size": part.size,
        "independent": part.independent,
    }
    if head is not None:
        fields |= {
            "at": round(head.at, 3),
            "start": round(head.start, 6),
            "init": head.init,
            "cut": head.cut,
            "slate": head.slate,
            "site": head.site,
            "run": head.run,
        }
    return json.dumps(fields).encode() + b"\n"


def end_line() -> bytes:
    """Return the line that says that nothing follows."""
    return b'{"end":true}\n'


class Index:
    """The index in a folder, read as it grows. `segments` are in order, the last one perhaps not closed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._read_until = 0
        self._inode: int | None = None
        self.segments: list[Segment] = []
        self.ended = False

    def refresh(self) -> bool:
        """Read what was appended; say whether anything was."""
        try:
            if self._path.stat().st_size == self._read_until:
                return False
            with self._path.open("rb") as lines:
                self._inode = os.fstat(lines.fileno()).st_ino
                lines.seek(self._read_until)
                whole, _, _ = (lines.read()).rpartition(b"\n")
        except FileNotFoundError:
            return False
        if not whole:
            return False
        self._read_until += len(whole) + 1
        for line in whole.split(b"\n"):
            fields = _fields(line)
            if fields is not None:
                self._take(fields)
        return True

    def is_whole(self) -> bool:
        """Whether the file that was read is still there, and not another one in its place."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return self._inode is None
        return self._inode in (None, found.st_ino) and found.st_size >= self._read_until

    def find(self, number: int) -> Segment | None:
        """Return a segment by its number."""
        if not self.segments:
            return None
        place = number - self.segments[0].number
        return self.segments[place] if 0 <= place < len(self.segments) else None

    def _take(self, fields: Mapping[str, Any]) -> None:
        if "end" in fields:
            self.ended = True
            self._close_last()
            return
        self.ended = False
        part = Part(
            length=fields["length"], offset=fields["offset"], size=fields["size"], independent=fields["independent"]
        )
        number = fields["segment"]
        if fields["part"] == 0:
            self._close_last()
            self.segments.append(_begun(number, _head(fields), part))
            if len(self.segments) > _PARTS_KEPT:
                old = self.segments[-_PARTS_KEPT - 1]
                self.segments[-_PARTS_KEPT - 1] = replace(old, parts=())
        elif self.segments and self.segments[-1].number == number:
            last = self.segments[-1]
            self.segments[-1] = replace(
                last, parts=(*last.parts, part), length=last.length + part.length, size=last.size + part.size
            )

    def _close_last(self) -> None:
        if self.segments:
            self.segments[-1] = replace(self.segments[-1], closed=True)


def read_index(folder: Path) -> Index:
    """Return the index in a folder as it is now; an empty one if there is none."""
    index = Index(folder)
    index.refresh()
    return index


def _begun(number: int, head: Head, part: Part) -> Segment:
    return Segment(
        number=number, head=head, length=part.length, size=part.size, independent=part.independent, parts=(part,)
    )


def _head(fields: Mapping[str, Any]) -> Head:
    names = ("at", "start", "init", "cut", "slate", "site", "run")
    return Head(**{name: fields[name] for name in names})


def _fields(line: bytes) -> Mapping[str, Any] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
