"""A tape: the segments of one run of a recorder, on the disk part by part.

In the folder: `segments/<n>.m4s`, the headers `segments/init-<hash>.mp4`, and the index. A run
that follows another one goes on counting. What is in the index is on the disk, whole. It is used
in one thread only and decides nothing about what is recorded.
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from diemcau.media.recording.index import NAME, SEGMENTS, Head, Part, end_line, part_line, read_index, segment_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a tape keeps: all of it, or only the newest segments."""

    segments: int | None = None


class Tape:
    """One run. Raises `OSError` whenever the disk fails; what was written before stays."""

    def __init__(self, folder: Path, room: Room | None = None) -> None:
        self.folder = folder / SEGMENTS
        self._room = room or Room()
        self.folder.mkdir(parents=True, exist_ok=True)
        _end_torn_line(folder / NAME)
        before = read_index(folder).segments
        last = before[-1] if before else None
        self.begin = 0.0 if last is None else last.end
        self._run = 0 if last is None else last.head.run + 1
        self._number = 0 if last is None else last.number + 1
        self._part = 0
        self._fragments = 0
        self._size = 0
        self._file: IO[bytes] | None = None
        self._index = (folder / NAME).open("ab", buffering=0)

    @property
    def run(self) -> int:
        """Which run of this folder's recorders this is."""
        return self._run

    @property
    def fragments(self) -> int:
        """How many parts were written."""
        return self._fragments

    def keep_header(self, header: bytes) -> str:
        """Keep a header among the segments; return the name of its file."""
        name = f"init-{hashlib.sha256(header).hexdigest()[:12]}.mp4"
        path = self.folder / name
        if not path.exists():
            draft = path.with_suffix(".draft")
            draft.write_bytes(header)
            draft.rename(path)
        return name

    def write(self, stored: bytes, *, length: float, independent: bool, head: Head) -> None:
        """Write a part of the current segment."""
        if self._file is None:
            self._file = (self.folder / segment_file(self._number)).open("wb", buffering=0)
        view = memoryview(stored)
        while view:
            view = view[self._file.write(view) or 0 :]
        part = Part(length=length, offset=self._size, size=len(stored), independent=independent)
        self._index.write(part_line(self._number, self._part, part, head if self._part == 0 else None))
        self._size += len(stored)
        self._part += 1
        self._fragments += 1

    def end_segment(self) -> None:
        """End the current segment: it goes to the disk, and the next part begins another one."""
        if self._file is None:
            return
        os.fsync(self._file.fileno())
        os.fsync(self._index.fileno())
        self._file.close()
        self._file = None
        self._make_room()
        self._number, self._part, self._size = self._number + 1, 0, 0

    def close(self) -> None:
        """End the run in order."""
        self.end_segment()
        self._index.write(end_line())
        os.fsync(self._index.fileno())
        self._index.close()

    def give_up(self) -> None:
        """Close the files as they are, also on a disk that takes not even that; what is in the index stays playable."""
        for file in (self._file, self._index):
            if file is not None:
                with contextlib.suppress(OSError):
                    file.close()

    def _make_room(self) -> None:
        if self._room.segments is not None and self._number >= self._room.segments:
            (self.folder / segment_file(self._number - self._room.segments)).unlink(missing_ok=True)


def _end_torn_line(index: Path) -> None:
    """Take away a line that a crash or a full disk cut off."""
    if not index.exists():
        return
    with index.open("rb+") as lines:
        whole = lines.read().rfind(b"\n") + 1
        lines.truncate(whole)
