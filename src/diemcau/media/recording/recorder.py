"""The recorder: one conference into one folder, in a thread of its own.

While it runs there are segments of at most two seconds, complete to the last half second, from
which halls look on (`media.hls`) and look back. Beside them: the sound of every source as it came,
and what was said about the recording (chapters, layout, page turns). Closed, or recovered after a
crash, it becomes one file. A slow or full disk never holds up sound and picture on air.
"""

import asyncio
import contextlib
import logging
import queue
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import av

from diemcau.media.director import OnAir
from diemcau.media.fabric import MediaFrame
from diemcau.media.recording import originals
from diemcau.media.recording.aside import aside
from diemcau.media.recording.cut import Cut
from diemcau.media.recording.finishing import RECORDS, Recording, recover
from diemcau.media.recording.originals import Original
from diemcau.media.recording.records import CHAPTER, CHAPTER_END, Record, Records
from diemcau.media.recording.segmenter import Segmenter
from diemcau.media.recording.tape import Room, Tape

_LOG = logging.getLogger(__name__)
_LONGEST_QUEUE = 5_000
_TICK = 0.1
_TRY_AGAIN_AFTER = 5.0
_SILENT_TOO_LONG = 5.0
_LOOKED_AT_EVERY = 1.0
_ANSWERS_WITHIN = 2.0
_LEFT_WITHIN = 10.0
AN_HOUR = Room(segments=3_600)


class RecorderError(Exception):
    """It can't record, or not finish the recording; the sentence says what and how to mend it."""


class Kept(StrEnum):
    """What becomes of what is recorded."""

    FOR_GOOD = "for_good"
    WHILE_IT_RUNS = "while_it_runs"


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
    """Records one conference into one folder.

    `room`: how much of what is not kept for good. `left_within`: for how many seconds a disk is waited for at the end.
    """

    def __init__(
        self,
        folder: Path,
        *,
        kept: Kept = Kept.FOR_GOOD,
        room: Room = AN_HOUR,
        on_trouble: Callable[[str | None], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        left_within: float = _LEFT_WITHIN,
    ) -> None:
        self._folder = folder
        self._kept = kept
        self._room = None if kept is Kept.FOR_GOOD else room
        self._on_trouble = on_trouble or (lambda _: None)
        self._clock = clock
        self._left_within = left_within
        self._jobs: queue.Queue[_Job] = queue.Queue(_LONGEST_QUEUE)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._prepared: Future[OSError | None] = Future()
        self._is_leaving = threading.Event()
        self._is_given_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: asyncio.Task[None] | None = None
        self._tape: Tape | None = None
        self._segmenter: Segmenter | None = None
        self._records = Records()
        self._cut = Cut(self._open)
        self._begun: set[int] = set()
        self._originals: dict[int, Original] = {}
        self._broken_at: float | None = None
        self._written_at = 0.0
        self._written = 0
        self._is_overrun = False
        self._reached = 0.0

    async def start(self) -> None:
        """Begin. Raises `RecorderError` if the folder can't be written; the alarm tells of a disk that hangs."""
        self._loop = asyncio.get_running_loop()
        self._written_at = self._clock()
        self._cut.tick(self._written_at)  # the time in which nobody is to be seen begins now
        self._thread.start()
        prepared = asyncio.wrap_future(self._prepared)
        try:
            await asyncio.wait({prepared}, timeout=_ANSWERS_WITHIN)
        except asyncio.CancelledError:
            self._is_given_up.set()
            raise
        error = prepared.result() if prepared.done() else None
        if error is not None:
            self._is_given_up.set()
            raise RecorderError(
                f"Recordings can't be written to {self._folder} ({error.strerror}): "
                "make the folder writable or name another one."
            ) from error
        self._watching = asyncio.create_task(self._watch())

    @property
    def reached(self) -> float:
        """Up to which instant of its clock it has done its work."""
        return self._reached

    def is_alive(self) -> bool:
        """Whether it still records, or hangs at a disk."""
        return self._thread.is_alive()

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

    async def leave(self) -> None:
        """Stop, so that a recorder that comes later goes on with the recording; a disk that hangs is left alone."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        self._is_leaving.set()
        if self.is_alive():
            with contextlib.suppress(queue.Full):
                self._jobs.put_nowait(None)
            await asyncio.to_thread(self._thread.join, self._left_within)
        if self.is_alive():
            self._is_given_up.set()
            _LOG.warning("the disk of %s does not answer; what was recorded last is left out", self._folder)

    async def close(self) -> tuple[Recording, ...]:
        """Stop, and make one recording of what this recorder and those before it left in the folder.

        Raises `RecorderError` if that can't be now; `recover` does it later.
        """
        await self.leave()
        if self._kept is Kept.WHILE_IT_RUNS:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._left_within):
                    await aside(lambda: shutil.rmtree(self._folder, ignore_errors=True))
            return ()
        if self.is_alive():
            raise RecorderError(f"The recording is not finished: the disk of {self._folder} does not answer.")
        try:
            return await aside(lambda: recover(self._folder))
        except (OSError, av.FFmpegError) as error:
            raise RecorderError(f"The recording is not finished ({error}): make room in {self._folder}.") from error

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
            if not self._is_overrun:
                _LOG.warning("the disk of %s is too slow for the recording; something is left out", self._folder)
            self._is_overrun = True

    async def _watch(self) -> None:
        """Alarm while too little reaches the disk, also when a disk that hangs keeps the thread from saying so."""
        told: str | None = None
        while True:
            await asyncio.sleep(_LOOKED_AT_EVERY)
            if self._broken_at is not None:
                told = None  # the thread has told of worse, and tells when it is over
                continue
            before, told = told, self._hindrance()
            if told != before:
                self._on_trouble(told)

    def _hindrance(self) -> str | None:
        """Return what is to be told of a disk that takes too little."""
        if self._is_overrun and self._jobs.qsize() < _LONGEST_QUEUE // 2:
            self._is_overrun = False
        if self._is_overrun:
            return f"The disk of {self._folder} is too slow for the recording; something is left out."
        if self._clock() - self._written_at > _SILENT_TOO_LONG:
            return f"The recording stands still: look whether the disk of {self._folder} answers."
        return None

    def _work(self) -> None:
        self._prepared.set_result(self._prepare())
        while not self._is_given_up.is_set():
            try:
                job = self._jobs.get(timeout=_TICK)
            except queue.Empty:
                if self._is_leaving.is_set():
                    break
                self._guarded(lambda: self._tick(self._clock()))
                continue
            if job is None:
                break
            self._guarded(lambda job=job: self._do(job))  # type: ignore[misc]
        if self._is_given_up.is_set():
            self._give_up()
        else:
            self._guarded(self._finish)

    def _prepare(self) -> OSError | None:
        """Make the folder; return what keeps it from being written."""
        try:
            if self._kept is Kept.WHILE_IT_RUNS:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            return error
        return None

    def _do(self, job: _Frame | _Ended | Record) -> None:
        match job:
            case Record():
                self._records.add(job)
            case _Ended():
                self._end(job.number)
            case _Frame():
                self._do_frame(job)

    def _do_frame(self, job: _Frame) -> None:
        number = job.on_air.number
        if number not in self._begun:
            self._begun.add(number)
            self._cut.begin(job.on_air)
        if self._is_waiting(job.arrived):
            return
        self._tick(job.arrived)
        if job.is_picture:
            self._cut.picture(number, job.frame, job.arrived)
        else:
            self._cut.sound(number, job.frame, job.arrived, self._original(job))

    def _tick(self, now: float) -> None:
        if not self._is_waiting(now):
            self._cut.tick(now)
        written = 0 if self._tape is None else self._tape.fragments
        if written != self._written:
            self._written, self._written_at = written, now
        self._reached = max(self._reached, now)

    def _is_waiting(self, now: float) -> bool:
        return self._broken_at is not None and now - self._broken_at < _TRY_AGAIN_AFTER

    def _original(self, job: _Frame) -> Original | None:
        """Return where the sound of a source is kept as it comes, once there is a recording."""
        number = job.on_air.number
        if self._kept is not Kept.FOR_GOOD or self._tape is None:
            return None
        if number not in self._originals:
            path = self._folder / originals.FOLDER / f"{self._tape.run}-{number}-{job.on_air.site}.opus"
            self._originals[number] = Original(path, site=job.on_air.site, wall=self._wall(job.arrived))
        return self._originals[number]

    def _end(self, number: int) -> None:
        self._cut.end(number)
        original = self._originals.pop(number, None)
        if original is not None:
            original.close()

    def _open(self, at: float) -> Segmenter:
        wall = self._wall(at)
        self._records.open(self._folder / RECORDS)
        self._tape = Tape(self._folder, self._room)
        self._segmenter = Segmenter(self._tape, wall=wall)
        if self._broken_at is not None:
            self._written_at, self._broken_at = self._clock(), None
            self._tell(None)
        return self._segmenter

    def _wall(self, at: float) -> float:
        """Return what time it was, in seconds since 1970, at an instant of the recorder's clock."""
        return datetime.now(UTC).timestamp() - (self._clock() - at)

    def _finish(self) -> None:
        self._cut.finish()
        if self._segmenter is not None:
            self._segmenter.close()
        self._let_go()

    def _let_go(self) -> None:
        kept, self._originals = self._originals, {}
        for original in kept.values():
            original.close()
        self._records.close()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do it; a disk that fails ends this tape, and a new one is tried after a while."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 (the top of a task; no camera may end it)
            _LOG.warning("the recording stopped: %s", error, exc_info=not isinstance(error, OSError | av.FFmpegError))
            self._broken_at = self._clock()
            self._cut.lose_recording()
            self._give_up()
            self._tell(f"The recording stopped ({error}): make room in {self._folder}.")

    def _give_up(self) -> None:
        """Let go of all files, whatever the disk says: what is on it stays playable."""
        self._segmenter = None
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.give_up()
        with contextlib.suppress(OSError):
            self._let_go()

    def _tell(self, trouble: str | None) -> None:
        if self._loop is not None and not self._loop.is_closed() and not self._is_given_up.is_set():
            self._loop.call_soon_threadsafe(self._on_trouble, trouble)
