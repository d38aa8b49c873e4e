"""What a recorder keeps, and what it makes of it at the end: pictures, sound, chapters; and after a crash."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from diemcau.core.ids import SiteId
from diemcau.media import h264
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.finishing import recover
from diemcau.media.recording.index import read_index
from diemcau.media.recording.recorder import Kept, Recorder, RecorderError
from diemcau.media.recording.recordings import files_in
from tests.media.footage import SECONDS, Footage, film, moved, play, wait
from tests.media.halls import HandClock, eventually

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))
HOLDER = OnAir(number=2, place=Place.HOLDER, site=SiteId("hue"))


@pytest.fixture(scope="module")
def small() -> Footage:
    return film(width=160, height=96, shade=60)


@pytest.fixture(scope="module")
def large() -> Footage:
    return film(width=320, height=180, shade=110, profile="high")


async def started(folder: Path, clock: HandClock, told: list[str | None] | None = None) -> Recorder:
    recorder = Recorder(folder, clock=clock, on_trouble=None if told is None else told.append)
    await recorder.start()
    return recorder


def sizes(path: Path) -> list[tuple[int, int]]:
    """Decode every picture and return the sizes in order, each once in a row."""
    found: list[tuple[int, int]] = []
    with av.open(path, "r") as recording:
        for picture in recording.decode(video=0):
            if not found or found[-1] != (picture.width, picture.height):
                found.append((picture.width, picture.height))
    return found


def heard_seconds(path: Path) -> float:
    with av.open(path, "r") as recording:
        return sum(sound.samples for sound in recording.decode(audio=0)) / 48_000


async def test_a_recording_shows_the_main_site_then_the_holder_then_the_main_site(
    tmp_path: Path, small: Footage, large: Footage
) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    await play(recorder, clock, MAIN, small, begin=100.0)
    await play(recorder, clock, HOLDER, large, begin=102.0)
    await play(recorder, clock, replace(MAIN, number=3), small, begin=104.0)
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96), (320, 180), (160, 96)]
    assert recording.seconds == pytest.approx(6.0, abs=0.1)
    assert heard_seconds(recording.path) == pytest.approx(6.0, abs=0.2)
    with av.open(recording.path, "r") as probed:
        assert [stream.codec_context.name for stream in probed.streams] == ["h264", "aac"]


async def test_pictures_are_recorded_as_they_came(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    await play(recorder, clock, MAIN, small, begin=100.0)
    (recording,) = await recorder.close()

    with av.open(recording.path, "r") as probed:
        recorded = [bytes(packet) for packet in probed.demux(video=0) if packet.size]
    slices = [h264.units(frame.payload)[-1] for frame in small.pictures]
    assert [packet[-len(sent) :] for packet, sent in zip(recorded, slices, strict=True)] == slices


async def test_a_holder_that_comes_while_the_main_site_goes_on_is_shown_alone(
    tmp_path: Path, small: Footage, large: Footage
) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)
    main, holder = recorder.tap(MAIN), recorder.tap(HOLDER)

    for (at, is_picture, frame), (_, _, other) in zip(moved(small, 100.0), moved(large, 100.0), strict=True):
        clock.at = at
        if is_picture:
            main.video(frame)
            holder.video(other)
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96), (320, 180)]


async def test_what_is_shown_small_in_the_gallery_is_not_recorded(
    tmp_path: Path, small: Footage, large: Footage
) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    await play(recorder, clock, MAIN, small, begin=100.0)
    await play(recorder, clock, replace(HOLDER, place=Place.GALLERY), large, begin=102.0)
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96)]


async def test_each_speech_has_a_chapter_with_its_title_and_its_times(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)
    zero = datetime.now(UTC)

    recorder.chapter("1. Thừa Thiên Huế", zero)
    recorder.end_chapter(zero + timedelta(seconds=0.5))
    recorder.chapter("2. Nghệ An", zero + timedelta(seconds=1))
    recorder.note("layout", "holder", zero + timedelta(seconds=1))
    await play(recorder, clock, MAIN, small, begin=clock.at)
    await play(recorder, clock, replace(MAIN, number=3), small, begin=clock.at)
    (recording,) = await recorder.close()

    with av.open(recording.path, "r") as probed:
        chapters = probed.chapters()
    assert recording.chapters == 2
    assert [chapter["metadata"]["title"] for chapter in chapters] == ["1. Thừa Thiên Huế", "2. Nghệ An"]
    notes = [json.loads(line) for line in (tmp_path / "records.jsonl").read_text().splitlines() if line]
    assert [note["kind"] for note in notes] == ["chapter", "chapter_end", "chapter", "layout"]


async def test_nobody_on_air_leaves_no_recording(tmp_path: Path) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)
    recorder.chapter("nobody came", datetime.now(UTC))
    await wait(recorder, clock, 5.0)

    assert await recorder.close() == ()
    assert not (tmp_path / "segments").exists()


async def test_while_nobody_is_to_be_seen_a_slate_is_recorded(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    await play(recorder, clock, MAIN, small, begin=100.0)
    await wait(recorder, clock, 10.0)
    await play(recorder, clock, replace(MAIN, number=3), small, begin=112.0)
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96), (640, 360), (160, 96)]
    assert recording.seconds == pytest.approx(14.0, abs=0.1)


async def test_a_slate_before_the_first_picture_is_not_part_of_the_recording(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)
    await wait(recorder, clock, 8.0)
    slates = {segment.head.slate for segment in read_index(tmp_path).segments}

    await play(recorder, clock, MAIN, small, begin=clock.at)
    (recording,) = await recorder.close()

    assert slates == {True}
    assert sizes(recording.path) == [(160, 96)]
    assert recording.seconds == pytest.approx(SECONDS, abs=0.1)


async def test_the_sound_of_each_source_is_kept_as_it_came(tmp_path: Path, small: Footage, large: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    await play(recorder, clock, MAIN, small, begin=100.0)
    await play(recorder, clock, HOLDER, large, begin=102.0)
    await recorder.close()

    kept = sorted((tmp_path / "originals").iterdir())
    assert [path.name for path in kept] == ["0-1-trung-uong.opus", "0-2-hue.opus"]
    with av.open(kept[1], "r") as original:
        packets = [bytes(packet) for packet in original.demux(audio=0) if packet.size]
    assert packets == [frame.payload for frame in large.sound]


async def test_a_rehearsal_leaves_nothing(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path / "scratch", kept=Kept.WHILE_IT_RUNS, clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, small, begin=100.0)
    shown = [segment.number for segment in read_index(tmp_path / "scratch").segments]

    assert await recorder.close() == ()
    assert shown == [0]
    assert not (tmp_path / "scratch").exists()


async def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RecorderError, match="make the folder writable or name another one"):
        await Recorder(tmp_path / "file" / "recordings").start()


async def test_a_recording_goes_on_in_the_same_file_when_the_disk_takes_it_again(
    tmp_path: Path, small: Footage
) -> None:
    clock = HandClock()
    told: list[str | None] = []
    recorder = await started(tmp_path, clock, told)
    await play(recorder, clock, MAIN, small, begin=100.0)
    (tmp_path / "segments").rename(tmp_path / "away")
    (tmp_path / "segments").touch()
    await play(recorder, clock, replace(MAIN, number=3), small, begin=102.0)
    await eventually(lambda: len(told) == 1)

    (tmp_path / "segments").unlink()
    (tmp_path / "away").rename(tmp_path / "segments")
    await wait(recorder, clock, 6.0)
    await play(recorder, clock, replace(MAIN, number=5), small, begin=clock.at)
    await eventually(lambda: len(told) == 2)
    (recording,) = await recorder.close()

    assert told[0] is not None
    assert "make room" in told[0]
    assert told[1] is None
    assert 2 * SECONDS - 1.0 <= recording.seconds <= 3 * SECONDS
    assert set(sizes(recording.path)) == {(160, 96)}


async def test_a_restart_makes_one_recording_and_each_speech_one_chapter(tmp_path: Path, small: Footage) -> None:
    granted = datetime.now(UTC)
    for number in (1, 2):
        clock = HandClock()
        recorder = await started(tmp_path, clock)
        recorder.chapter("1. Thừa Thiên Huế", granted)
        await play(recorder, clock, replace(MAIN, number=number), small, begin=clock.at)
        await recorder.leave()

    (recording,) = recover(tmp_path)

    assert [path.name for path in files_in(tmp_path)] == ["recording-1.mkv"]
    assert recording.seconds == pytest.approx(2 * SECONDS, abs=0.2)
    assert recording.chapters == 1
    assert recover(tmp_path) == ()


async def test_a_camera_that_sends_no_opus_is_recorded_without_its_sound(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)
    broken = replace(small, sound=[replace(frame, payload=b"\xff" * 40) for frame in small.sound])

    await play(recorder, clock, MAIN, broken, begin=100.0)
    (recording,) = await recorder.close()

    assert recording.seconds == pytest.approx(2.0, abs=0.1)
    assert sizes(recording.path) == [(160, 96)]


@pytest.mark.parametrize("payload", [b"", b"no picture", b"\x00\x00\x01\x67\x00\x00\x01\x68\x00\x00\x01\x65"])
async def test_a_first_picture_that_is_none_is_left_out(tmp_path: Path, small: Footage, payload: bytes) -> None:
    clock = HandClock()
    recorder = await started(tmp_path, clock)

    recorder.tap(HOLDER).video(replace(small.pictures[0], payload=payload))
    await play(recorder, clock, MAIN, small, begin=100.0)
    (recording,) = await recorder.close()

    assert recording.seconds == pytest.approx(2.0, abs=0.1)


async def test_a_disk_that_hangs_is_told_to_the_operator(tmp_path: Path) -> None:
    clock, told = HandClock(), list[str | None]()
    os.mkfifo(tmp_path / "records.jsonl")  # opening it waits for a reader that never comes
    recorder = await started(tmp_path, clock, told)

    clock.at += 2.0
    await asyncio.sleep(0)
    clock.at += 10.0
    await eventually(lambda: len(told) == 1)
    reader = os.open(tmp_path / "records.jsonl", os.O_RDONLY | os.O_NONBLOCK)
    await eventually(lambda: len(told) > 1)
    await recorder.close()
    os.close(reader)

    assert told[0] is not None
    assert "stands still" in told[0]


async def test_a_server_that_is_killed_loses_at_most_the_last_two_seconds(tmp_path: Path) -> None:
    recorded = await asyncio.to_thread(_record_until_killed, tmp_path, 3.2)

    (recording,) = recover(tmp_path)

    assert recorded - 2.0 <= recording.seconds <= recorded + 1.0
    assert set(sizes(recording.path)) == {(160, 96), (320, 180)}
    assert recording.chapters >= 1
    assert recover(tmp_path) == ()


def _record_until_killed(folder: Path, seconds: float) -> float:
    """Let a server record so long, kill it, and return what it said last."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.media.recording_victim", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as server:
        assert server.stdout is not None
        recorded = 0.0
        for line in server.stdout:
            recorded = float(line)
            if recorded > seconds:
                break
        server.send_signal(signal.SIGKILL)
    return recorded
