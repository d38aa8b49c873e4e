"""The recorder: one file of a conference that plays anywhere, and plays even after a crash.

While it runs the file is `recording-<n>.part.mp4`, complete to the last second or two; what was
said about it (chapters, layout, page turns) stands beside it as JSON lines. When it is closed, or
recovered after a crash, it becomes `recording-<n>.mkv` with its chapters. All of it happens in a
thread of its own: a slow or full disk never holds up sound and picture.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import av

from diemcau.media.director import OnAir
from diemcau.media.fabric import MediaFrame
from diemcau.media.recording.cut import Cut
from diemcau.media.recording.cut import Recording as Written
from diemcau.media.recording.finishing import PART, Recording, records_of, recover
from diemcau.media.recording.records import CHAPTER, CHAPTER_END, Record, Records
from diemcau.media.recording.tape import Tape

_LOG = logging.getLogger(__name__)
_LONGEST_QUEUE = 5_000
_TICK = 0.1
_TRY_AGAIN_AFTER = 5.0


class RecorderError(Exception):
    """It can't record; the sentence says what and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    on_air: OnAir
    frame: MediaFrame
    is_picture: bool
    arrived: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    number: int


_Job = _Frame | _Ended | Record | None


class _RecorderTap:
    """Where the director puts the frames of one source."""

    def __init__(self, recorder: "Recorder", on_air: OnAir) -> None:
        self._recorder = recorder
        self._on_air = on_air

    def video(self, frame: MediaFrame) -> None:
        """Take one frame of H.264, Annex B."""
        self._recorder.take(self._on_air, frame, is_picture=True)

    def audio(self, frame: MediaFrame) -> None:
        """Take one frame of Opus."""
        self._recorder.take(self._on_air, frame, is_picture=False)

    def end(self) -> None:
        """Nothing follows."""
        self._recorder.end(self._on_air)


class Recorder:
    """Records one conference into one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        on_trouble: Callable[[str | None], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._on_trouble = on_trouble or (lambda _: None)
        self._clock = clock
        self._jobs: queue.Queue[_Job] = queue.Queue(_LONGEST_QUEUE)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tape: Tape | None = None
        self._records = Records()
        self._cut = Cut(self._open_tape)
        self._begun: set[int] = set()
        self._broken_at: float | None = None

    async def start(self) -> None:
        """Begin. Raises `RecorderError` if the folder can't be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise RecorderError(
                f"Recordings can't be written to {self._folder} ({error.strerror}): "
                "make the folder writable or name another one."
            ) from error
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def tap(self, on_air: OnAir) -> _RecorderTap:
        """Return where the frames of a source go to from now on."""
        return _RecorderTap(self, on_air)

    def chapter(self, title: str, at: datetime) -> None:
        """Begin a chapter; the one before ends."""
        self._put(Record(at=at, kind=CHAPTER, body=title))

    def end_chapter(self, at: datetime) -> None:
        """End the chapter; what follows belongs to none."""
        self._put(Record(at=at, kind=CHAPTER_END, body=""))

    def note(self, kind: str, body: str, at: datetime) -> None:
        """Note a change of layout or a page turn beside the recording."""
        self._put(Record(at=at, kind=kind, body=body))

    async def close(self) -> tuple[Recording, ...]:
        """Stop, and finish this recording and any that an earlier crash left in the folder."""
        if self._thread.is_alive():
            await asyncio.to_thread(self._jobs.put, None)
            await asyncio.to_thread(self._thread.join)
        return await asyncio.to_thread(recover, self._folder)

    def take(self, on_air: OnAir, frame: MediaFrame, *, is_picture: bool) -> None:
        """Take one frame from the director."""
        self._put(
            _Frame(
                on_air=on_air,
                frame=frame,
                is_picture=is_picture,
                arrived=self._clock(),
            )
        )

    def end(self, on_air: OnAir) -> None:
        """Note that a source went off air."""
        self._put(_Ended(number=on_air.number))

    def _put(self, job: _Job) -> None:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            _LOG.warning("the disk is too slow for the recording; something is left out")

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_TICK)
            except queue.Empty:
                self._guarded(lambda: self._cut.tick(self._clock()))
                continue
            if job is None:
                break
            self._guarded(lambda job=job: self._do(job))  # type: ignore[misc]
        self._guarded(self._finish)

    def _do(self, job: _Frame | _Ended | Record) -> None:
        match job:
            case Record():
                self._records.add(job)
            case _Ended():
                self._cut.end(job.number)
            case _Frame():
                self._do_frame(job)
        self._cut.tick(self._clock())

    def _do_frame(self, job: _Frame) -> None:
        number = job.on_air.number
        if number not in self._begun:
            self._begun.add(number)
            self._cut.begin(job.on_air)
        if self._is_waiting():
            return
        if job.is_picture:
            self._cut.picture(number, job.frame, job.arrived)
        else:
            self._cut.sound(number, job.frame, job.arrived)

    def _is_waiting(self) -> bool:
        return self._broken_at is not None and self._clock() - self._broken_at < _TRY_AGAIN_AFTER

    def _open_tape(self, key_frame: bytes, at: float) -> Written:
        path = _next_part(self._folder)
        ago = self._clock() - at
        self._records.open(records_of(path), zero=datetime.now(UTC).timestamp() - ago)
        self._tape = Tape(path, key_frame)
        if self._broken_at is not None:
            self._broken_at = None
            self._tell(None)
        return self._tape

    def _finish(self) -> None:
        self._cut.finish(self._clock())
        if self._tape is not None:
            self._tape.close()
        self._records.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; a disk that fails ends this tape, and a new one is tried after a while."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 (the top of a task; no camera may end it)
            _LOG.warning("the recording stopped: %s", error, exc_info=not isinstance(error, OSError | av.FFmpegError))
            self._broken_at = self._clock()
            self._cut.lose_tape()
            tape, self._tape = self._tape, None
            if tape is not None:
                tape.give_up()
            self._records.close()
            self._tell(f"The recording stopped ({error}): make room in {self._folder}.")

    def _tell(self, trouble: str | None) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_trouble, trouble)


def _next_part(folder: Path) -> Path:
    number = 1
    while any(folder.glob(f"recording-{number}.*")):
        number += 1
    return folder / f"recording-{number}{PART}"
