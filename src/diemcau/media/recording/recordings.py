"""The recordings of a conference, as they lie in its folder.

Nothing is remembered beside the files: what a file says of itself is what is told.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import av

from diemcau.media.recording.finishing import DRAFT, times_beside
from diemcau.media.recording.index import read_index
from diemcau.media.recording.times import Times, read_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file with its length, its times and its chapters: title, start and end."""

    path: Path
    length: timedelta
    times: Times
    chapters: tuple[tuple[str, timedelta, timedelta], ...]


def recordings_in(folder: Path) -> tuple[Part, ...]:
    """Return the finished recordings in a folder, oldest first; none if there is no folder."""
    return tuple(_read(path) for path in files_in(folder))


def files_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of finished recordings, oldest first: the tenth part comes after the ninth."""
    finished = (path for path in folder.glob("recording-*.mkv") if ".draft" not in path.name)
    return tuple(sorted(finished, key=lambda path: (len(path.name), path.name)))


def finishing_in(folder: Path) -> float | None:
    """Return how much of a recording is finished (0 to 1) while that goes on, else nothing."""
    drafts = tuple(folder.glob(f"*{DRAFT}"))
    if not drafts:
        return None
    whole = sum(segment.size for segment in read_index(folder).segments)
    try:
        return min(1.0, drafts[0].stat().st_size / whole) if whole else 0.0
    except FileNotFoundError:
        return None


def _read(path: Path) -> Part:
    with av.open(path) as opened:
        length = timedelta(microseconds=opened.duration or 0)
        chapters = tuple(
            (
                str(chapter["metadata"].get("title", "")),
                timedelta(seconds=float(chapter["start"] * (chapter["time_base"] or 0))),
                timedelta(seconds=float(chapter["end"] * (chapter["time_base"] or 0))),
            )
            for chapter in opened.chapters()
        )
    return Part(path=path, length=length, times=read_times(times_beside(path)), chapters=chapters)
