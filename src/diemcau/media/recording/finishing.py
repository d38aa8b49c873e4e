"""Finishing: all segments of a conference, whatever restarts lie between them, become one Matroska file.

Nothing is encoded again: packets are copied, the index goes to the front, chapters are added.
Matroska, because its chapters have an end of their own: what is said between two speeches belongs
to neither. One segment is in memory at a time. The segments go away only when the finished file
is on the disk; the originals of the sound stay.
"""

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import OutputContainer
from av.stream import Stream

from diemcau.media.recording import fragments, records
from diemcau.media.recording.fragments import PICTURE_RATE, SOUND_FRAME
from diemcau.media.recording.index import NAME, SEGMENTS, Segment, read_index
from diemcau.media.recording.mixer import RATE
from diemcau.media.recording.times import Times, read_times, times_of

if TYPE_CHECKING:  # it exists in the stubs only
    from av.container.core import Chapter

RECORDS = "records.jsonl"
DRAFT = ".draft.mkv"
_TIMES = ".times.json"
_LEFT_FREE = 16 * 2**20
_MILLISECOND = Fraction(1, 1000)
_START_CODE = b"\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A finished recording."""

    path: Path
    seconds: float
    chapters: int


def recover(folder: Path, on_progress: Callable[[float], None] | None = None) -> tuple[Recording, ...]:
    """Finish what a folder holds, whether its recorder was closed or killed. May be asked again at any time.

    Raises `OSError` if there is no room for it; then nothing has changed.
    """
    for draft in folder.glob(f"*{DRAFT}"):
        draft.unlink()
    segments = _without_slates(read_index(folder).segments)
    finished: tuple[Recording, ...] = ()
    if segments:
        times = times_of(segments)
        if not _is_finished(folder, times):
            finished = _finish(folder, segments, times, on_progress or (lambda _: None))
    (folder / NAME).unlink(missing_ok=True)
    shutil.rmtree(folder / SEGMENTS, ignore_errors=True)
    return finished


def times_beside(recording: Path) -> Path:
    """Return where the times of a finished recording are kept."""
    return recording.with_suffix(_TIMES)


def _without_slates(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Leave out what shows nobody, before the first picture and after the last."""
    shown = [place for place, one in enumerate(segments) if not one.head.slate]
    return segments[shown[0] : shown[-1] + 1] if shown else ()


def _is_finished(folder: Path, times: Times) -> bool:
    """Whether a crash came after the file was whole and before the segments were gone."""
    return any(read_times(times_beside(path)) == times for path in folder.glob("recording-*.mkv"))


def _finish(
    folder: Path, segments: Sequence[Segment], times: Times, on_progress: Callable[[float], None]
) -> tuple[Recording, ...]:
    whole = _next_name(folder)
    draft = whole.with_suffix(DRAFT)
    chapters = _chapters(folder, times)
    _look_for_room(folder, segments)
    try:
        _join(folder / SEGMENTS, segments, draft, chapters, on_progress)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        times.write(times_beside(whole))
        draft.rename(whole)
    finally:
        draft.unlink(missing_ok=True)  # one that failed would take the room, and be shown as if it grew
    return (Recording(path=whole, seconds=round(times.length, 3), chapters=len(chapters)),)


def _look_for_room(folder: Path, segments: Sequence[Segment]) -> None:
    """Begin no copy that would fill the disk, on which the journal may be too."""
    if shutil.disk_usage(folder).free < sum(segment.size for segment in segments) + _LEFT_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _join(
    folder: Path,
    segments: Sequence[Segment],
    draft: Path,
    chapters: "list[Chapter]",
    on_progress: Callable[[float], None],
) -> None:
    with av.open(draft, "w", format="matroska", options={"cues_to_front": "1"}) as target:
        joined = _Joined(target, folder, segments[0])
        target.set_chapters(chapters)
        for number, segment in enumerate(segments, start=1):
            joined.add(segment)
            on_progress(number / len(segments))


class _Joined:
    """The file that segments are copied into, one after the other."""

    def __init__(self, target: OutputContainer, folder: Path, first: Segment) -> None:
        self._target = target
        self._folder = folder
        self._last_ms = -1
        self._picture = self._picture_stream(first)
        self._sound: Stream = target.add_stream("aac", rate=RATE, layout="mono")
        self._place = 0.0

    def add(self, segment: Segment) -> None:
        """Copy one segment behind what was copied."""
        moved = self._place - segment.head.start
        for held in self._fragments(segment):
            for picture in held.pictures:
                self._add_picture(picture, moved)
            for sound in held.sounds:
                at = max(0, round(sound.at + moved * RATE))
                self._mux(self._sound, sound.payload, at, Fraction(1, RATE), SOUND_FRAME)
        self._place += segment.length

    def _add_picture(self, picture: fragments.PictureSample, moved: float) -> None:
        milliseconds = max(round((picture.at / PICTURE_RATE + moved) * 1000), self._last_ms + 1)
        self._last_ms = milliseconds
        payload = b"".join(_START_CODE + unit for unit in _sized_units(picture.payload))
        lasts = round(picture.ticks * 1000 / PICTURE_RATE)
        self._mux(self._picture, payload, milliseconds, _MILLISECOND, lasts, key=picture.key)

    def _mux(self, stream: Stream, payload: bytes, at: int, base: Fraction, lasts: int, *, key: bool = True) -> None:
        packet = av.Packet(payload)
        packet.stream, packet.time_base = stream, base
        packet.pts = packet.dts = at
        packet.duration = lasts
        packet.is_keyframe = key
        self._target.mux(packet)

    def _fragments(self, segment: Segment) -> Iterator[fragments.Fragment]:
        try:
            with (self._folder / segment.file).open("rb") as file:
                stored = file.read(segment.size)
        except OSError:
            return
        yield from fragments.read(stored)

    def _picture_stream(self, first: Segment) -> Stream:
        """Take size and parameter sets from the first key frame; nothing is encoded here."""
        key = next(picture for held in self._fragments(first) for picture in held.pictures)
        units = b"".join(_START_CODE + unit for unit in _sized_units(key.payload))
        with av.open(io.BytesIO(units), "r", format="h264") as like:
            return self._target.add_stream_from_template(like.streams.video[0])


def _sized_units(sized: bytes) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(sized):
        length = int.from_bytes(sized[at : at + 4], "big")
        yield sized[at + 4 : at + 4 + length]
        at += 4 + length


def _chapters(folder: Path, times: Times) -> "list[Chapter]":
    said = [one for one in records.read(folder / RECORDS) if one.kind in records.MARKS]
    marks = [(times.place(one.at), one) for one in said]
    end = (times.length, records.Timed(at=0.0, kind=records.CHAPTER_END, body=""))
    spoken = [
        (begin, until, mark.body)
        for (begin, mark), (until, _) in pairwise((*marks, end))
        if mark.kind == records.CHAPTER and until > begin
    ]
    return [
        {
            "id": number,
            "start": round(begin * 1000),
            "end": round(until * 1000),
            "time_base": _MILLISECOND,
            "metadata": {"title": title},
        }
        for number, (begin, until, title) in enumerate(spoken, start=1)
    ]


def _next_name(folder: Path) -> Path:
    number = 1
    while (folder / f"recording-{number}.mkv").exists():
        number += 1
    return folder / f"recording-{number}.mkv"
