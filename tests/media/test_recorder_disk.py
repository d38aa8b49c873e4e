"""What a recorder does when its disk hangs, fails or is too slow: it says so, and holds nobody up."""

import contextlib
import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from diemcau.core.ids import SiteId
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.finishing import recover
from diemcau.media.recording.index import read_index
from diemcau.media.recording.recorder import Recorder, RecorderError
from diemcau.media.recording.recordings import files_in, finishing_in
from tests.cli.disks import small_disk
from tests.media.footage import Footage, film, moved, play, wait
from tests.media.halls import HandClock, eventually, soon

pytestmark = pytest.mark.anyio
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))


@pytest.fixture(scope="module")
def small() -> Footage:
    return film(width=160, height=96, shade=60)


def hang(folder: Path) -> Path:
    """Let what writes there hang from the first segment on, until `let_go`."""
    hanging = folder / "records.jsonl"  # opening it waits for a reader that never comes
    os.mkfifo(hanging)
    return hanging


def let_go(hanging: Path) -> int:
    """Let what hangs go on; return what is to be closed afterwards."""
    return os.open(hanging, os.O_RDONLY | os.O_NONBLOCK)


async def test_who_leaves_waits_for_a_disk_that_hangs_only_so_long(tmp_path: Path, small: Footage) -> None:
    hanging, clock, told = hang(tmp_path), HandClock(), list[str | None]()
    recorder = Recorder(tmp_path, clock=clock, on_trouble=told.append, left_within=0.05)
    await recorder.start()
    tap = recorder.tap(MAIN)
    for frame in small.pictures:
        tap.video(frame)

    with pytest.raises(RecorderError, match="does not answer"):
        await soon(recorder.close())

    reader = let_go(hanging)
    await eventually(lambda: not recorder.is_alive())
    os.close(reader)
    assert (read_index(tmp_path).segments, told) == ([], [])


async def test_a_disk_for_which_too_much_comes_is_told_to_the_operator_once(tmp_path: Path, small: Footage) -> None:
    hanging, clock, told = hang(tmp_path), HandClock(), list[str | None]()
    recorder = Recorder(tmp_path, clock=clock, on_trouble=told.append)
    await recorder.start()
    tap = recorder.tap(MAIN)
    for frame in small.pictures * 120:
        tap.video(frame)
    await eventually(lambda: len(told) == 1)

    reader = let_go(hanging)
    await eventually(lambda: len(told) == 2)
    await recorder.leave()
    os.close(reader)

    assert "too slow" in (told[0] or "")
    assert told[1] is None


async def test_a_disk_that_falls_behind_is_told_to_the_operator_though_it_takes_something(
    tmp_path: Path, small: Footage
) -> None:
    clock, told = HandClock(), list[str | None]()
    segment = tmp_path / "segments" / "0.m4s"  # a pipe of one page: it takes no more than is read of it
    segment.parent.mkdir()
    os.mkfifo(segment)
    reader = os.open(segment, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    recorder = Recorder(tmp_path, clock=clock, on_trouble=told.append)
    await recorder.start()
    tap = recorder.tap(MAIN)
    for at, is_picture, frame in moved(small, 100.0):
        clock.at = at
        (tap.video if is_picture else tap.audio)(frame)
    clock.at = 104.0

    await eventually(lambda: drained(reader) and len(read_index(tmp_path).segments) == 1)
    clock.at = 107.0
    await eventually(lambda: len(told) == 1)
    os.close(reader)
    await recorder.leave()

    assert "stands still" in (told[0] or "")


def drained(reader: int) -> bool:
    """Read what there is."""
    with contextlib.suppress(BlockingIOError):
        os.read(reader, 4096)
    return True


async def test_a_disk_that_takes_not_even_the_end_of_a_file_ends_no_recorder(tmp_path: Path, small: Footage) -> None:
    clock, told = HandClock(), list[str | None]()
    silent = replace(small, sound=[])  # of which no file is opened, which would be given the number that is free now
    recorder = Recorder(tmp_path, clock=clock, on_trouble=told.append)
    await recorder.start()
    await play(recorder, clock, MAIN, silent, begin=100.0)
    os.close(opened("index.jsonl"))  # to write and to close fail from now on
    await play(recorder, clock, replace(MAIN, number=2), silent, begin=102.0)
    await eventually(lambda: len(told) == 1)

    await wait(recorder, clock, 6.0)
    await play(recorder, clock, replace(MAIN, number=3), silent, begin=clock.at)
    await eventually(lambda: len(told) == 2)
    (recording,) = await recorder.close()

    assert told[1] is None
    assert recording.seconds >= 2 * small.seconds - 1.0


def opened(name: str) -> int:
    """Return the number under which this program has a file open."""
    for number in Path("/proc/self/fd").iterdir():
        if number.is_symlink() and number.readlink().name == name:
            return int(number.name)
    raise AssertionError(name)


async def test_a_recording_that_could_not_be_finished_leaves_no_half_of_one(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, small, begin=100.0)
    await recorder.leave()

    def fail(_done: float) -> None:
        assert finishing_in(tmp_path) is not None
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        recover(tmp_path, fail)
    left = (finishing_in(tmp_path), files_in(tmp_path))
    (recording,) = recover(tmp_path)

    assert left == (None, ())
    assert recording.seconds == pytest.approx(small.seconds, abs=0.1)


async def test_a_disk_on_which_a_copy_has_no_room_is_left_as_it_is(tmp_path: Path, small: Footage) -> None:
    with small_disk(tmp_path / "disk", megabytes=20) as disk:
        clock = HandClock()
        recorder = Recorder(disk / "recordings", clock=clock)
        await recorder.start()
        await play(recorder, clock, MAIN, small, begin=100.0)
        filler = disk / "filler"
        filler.write_bytes(bytes(8 << 20))

        with pytest.raises(RecorderError, match="make room"):
            await recorder.close()
        filler.unlink()
        (recording,) = recover(disk / "recordings")

    assert recording.seconds == pytest.approx(small.seconds, abs=0.1)
