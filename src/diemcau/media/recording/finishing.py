"""Finishing: what a recorder left, closed or killed, becomes a Matroska file with chapters.

Nothing is encoded again: packets are copied, the index goes to the front, chapters are added.
Matroska, because its chapters have an end of their own: what is said between two speeches belongs
to neither. The part goes away only when the finished file is on the disk.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.stream import Stream

from diemcau.media.recording import records

if TYPE_CHECKING:  # it exists in the stubs only
    from av.container.core import Chapter

PART = ".part.mp4"
_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A finished recording."""

    path: Path
    seconds: float
    chapters: int


def recover(folder: Path) -> tuple[Recording, ...]:
    """Finish every part in a folder, whether its recorder was closed or killed."""
    parts = sorted(folder.glob(f"recording-*{PART}"), key=lambda part: part.stat().st_mtime)
    finished = (_finish(part) for part in parts)
    return tuple(recording for recording in finished if recording is not None)


def records_of(part: Path) -> Path:
    """Return where the records beside a part stand."""
    return part.with_name(part.name.removesuffix(PART) + ".jsonl")


def _finish(part: Path) -> Recording | None:
    """Finish one part; a part without a single picture is removed."""
    whole = part.with_name(part.name.removesuffix(PART) + ".mkv")
    draft = whole.with_suffix(".draft.mkv")
    try:
        seconds, chapters = _copy(part, draft)
    except (av.FFmpegError, IndexError):
        draft.unlink(missing_ok=True)
        part.rename(part.with_suffix(".unreadable"))
        return None
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.rename(whole)
    part.unlink()
    return Recording(path=whole, seconds=round(seconds, 3), chapters=chapters)


def _copy(part: Path, draft: Path) -> tuple[float, int]:
    seconds = _seconds(part)
    chapters = _chapters(part, seconds)
    with (
        av.open(part, "r") as source,
        av.open(draft, "w", format="matroska", options={"cues_to_front": "1"}) as target,
    ):
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        target.set_chapters(chapters)
        for packet in _packets(source):
            packet.stream = streams[packet.stream.index]
            target.mux(packet)
    return seconds, len(chapters)


def _seconds(part: Path) -> float:
    """Return how long a part is, by reading it through: a killed recorder wrote no length."""
    with av.open(part, "r") as source:
        ends = (
            float((packet.pts + (packet.duration or 0)) * packet.time_base)
            for packet in _packets(source)
            if packet.pts is not None
        )
        return max(ends, default=0.0)


def _chapters(part: Path, seconds: float) -> "list[Chapter]":
    said = records.read(records_of(part))
    marks = [mark for mark in said if mark.kind in records.MARKS and mark.seconds < seconds]
    end = records.Timed(seconds=seconds, kind=records.CHAPTER_END, body="")
    return [
        {
            "id": number,
            "start": round(mark.seconds * 1000),
            "end": round(following.seconds * 1000),
            "time_base": _MILLISECOND,
            "metadata": {"title": mark.body},
        }
        for number, (mark, following) in enumerate(pairwise((*marks, end)), start=1)
        if mark.kind == records.CHAPTER
    ]


def _packets(source: InputContainer) -> "Iterator[av.Packet[Stream]]":
    """Yield the packets up to where a crash cut the file off."""
    with contextlib.suppress(av.error.InvalidDataError, av.error.EOFError):
        for packet in source.demux():
            if packet.dts is not None:
                yield packet
