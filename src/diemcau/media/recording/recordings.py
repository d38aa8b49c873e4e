"""The finished recordings of a conference, as they lie in its folder.

Nothing is remembered beside the files: what a file says of itself is what is told.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import av


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file with its length and its chapters: title and start."""

    path: Path
    length: timedelta
    chapters: tuple[tuple[str, timedelta], ...]


def recordings_in(folder: Path) -> tuple[Part, ...]:
    """Return the finished recordings in a folder, oldest first; none if there is no folder."""
    return tuple(_read(path) for path in files_in(folder))


def files_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of finished recordings, oldest first: the tenth part comes after the ninth."""
    finished = (path for path in folder.glob("recording-*.mkv") if ".draft" not in path.name)
    return tuple(sorted(finished, key=lambda path: (len(path.name), path.name)))


def _read(path: Path) -> Part:
    with av.open(path) as opened:
        length = timedelta(microseconds=opened.duration or 0)
        chapters = tuple(
            (
                str(chapter["metadata"].get("title", "")),
                timedelta(seconds=float(chapter["start"] * (chapter["time_base"] or 0))),
            )
            for chapter in opened.chapters()
        )
    return Part(path=path, length=length, chapters=chapters)
