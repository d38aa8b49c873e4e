"""The recording, probed as any player would: what it shows, how long, which chapters; and after a crash."""

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
from diemcau.media.recording.recorder import Recorder, RecorderError
from tests.media.footage import SECONDS, Footage, film, play
from tests.media.halls import HandClock, eventually

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))
HOLDER = OnAir(number=2, place=Place.HOLDER, site=SiteId("hue"))
PICTURES = 25


@pytest.fixture(scope="module")
def small() -> Footage:
    return film(width=160, height=96, pictures=PICTURES)


@pytest.fixture(scope="module")
def large() -> Footage:
    return film(width=320, height=180, pictures=PICTURES)


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
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()

    play(recorder, clock, MAIN, small, begin=100.0)
    play(recorder, clock, HOLDER, large, begin=102.0)
    play(recorder, clock, replace(MAIN, number=3), small, begin=104.0)
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96), (320, 180), (160, 96)]
    assert recording.seconds == pytest.approx(6.0, abs=0.3)
    assert heard_seconds(recording.path) == pytest.approx(6.0, abs=0.5)
    with av.open(recording.path, "r") as probed:
        assert [stream.codec_context.name for stream in probed.streams] == ["h264", "aac"]


async def test_pictures_are_recorded_as_they_came(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()

    play(recorder, clock, MAIN, small, begin=100.0)
    (recording,) = await recorder.close()

    with av.open(recording.path, "r") as probed:
        recorded = [bytes(packet) for packet in probed.demux(video=0) if packet.size]
    slices = [h264.units(frame.payload)[-1] for frame in small.pictures]
    assert [packet[-len(sent) :] for packet, sent in zip(recorded, slices, strict=True)] == slices


async def test_a_holder_that_comes_while_the_main_site_goes_on_is_shown_alone(
    tmp_path: Path, small: Footage, large: Footage
) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    main, holder = recorder.tap(MAIN), recorder.tap(HOLDER)

    for number, (picture, other) in enumerate(zip(small.pictures, large.pictures, strict=True)):
        clock.at = 100.0 + number / PICTURES
        at_us = round(clock.at * 1_000_000)
        main.video(replace(picture, at_us=at_us))
        holder.video(replace(other, at_us=at_us))
    (recording,) = await recorder.close()

    assert sizes(recording.path) == [(160, 96), (320, 180)]


async def test_each_speech_has_a_chapter_with_its_title_and_its_times(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    play(recorder, clock, MAIN, small, begin=100.0)
    await eventually(lambda: any(tmp_path.glob("*.part.mp4")))
    zero = datetime.now(UTC)

    recorder.chapter("Ban Tổ chức Tỉnh ủy · Thừa Thiên Huế", zero)
    recorder.end_chapter(zero + timedelta(seconds=0.5))
    recorder.chapter("Ban Tổ chức Tỉnh ủy · Nghệ An", zero + timedelta(seconds=1))
    recorder.note("layout", "holder", zero + timedelta(seconds=1))
    play(recorder, clock, replace(MAIN, number=3), small, begin=102.0)
    (recording,) = await recorder.close()

    with av.open(recording.path, "r") as probed:
        chapters = probed.chapters()
    assert recording.chapters == 2
    assert [chapter["metadata"]["title"] for chapter in chapters] == [
        "Ban Tổ chức Tỉnh ủy · Thừa Thiên Huế",
        "Ban Tổ chức Tỉnh ủy · Nghệ An",
    ]
    assert (chapters[0]["end"] - chapters[0]["start"]) / 1e9 == pytest.approx(0.5, abs=0.01)
    notes = [json.loads(line) for line in (tmp_path / "recording-1.jsonl").read_text().splitlines()]
    assert [note["kind"] for note in notes] == ["chapter", "chapter_end", "chapter", "layout"]


async def test_nothing_on_air_leaves_no_recording(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    await recorder.start()
    recorder.chapter("nobody came", datetime.now(UTC))

    assert await recorder.close() == ()


async def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RecorderError, match="make the folder writable or name another one"):
        await Recorder(tmp_path / "file" / "recordings").start()


async def test_a_recording_goes_on_by_itself_when_the_disk_takes_it_again(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    told: list[str | None] = []
    folder = tmp_path / "recordings"
    recorder = Recorder(folder, clock=clock, on_trouble=told.append)
    await recorder.start()
    folder.rmdir()
    play(recorder, clock, MAIN, small, begin=100.0)
    await eventually(lambda: len(told) == 1)

    folder.mkdir()
    play(recorder, clock, replace(MAIN, number=3), small, begin=110.0)
    await eventually(lambda: len(told) == 2)
    (recording,) = await recorder.close()

    assert told[0] is not None
    assert "make room" in told[0]
    assert told[1] is None
    assert recording.seconds == pytest.approx(SECONDS, abs=0.3)


async def test_a_camera_that_sends_no_opus_is_recorded_without_its_sound(tmp_path: Path, small: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    broken = replace(small, sound=[replace(frame, payload=b"\xff" * 40) for frame in small.sound])

    play(recorder, clock, MAIN, broken, begin=100.0)
    (recording,) = await recorder.close()

    assert recording.seconds == pytest.approx(2.0, abs=0.3)
    assert sizes(recording.path) == [(160, 96)]


@pytest.mark.parametrize("payload", [b"", b"no picture", b"\x00\x00\x01\x67\x00\x00\x01\x68\x00\x00\x01\x65"])
async def test_a_first_picture_that_is_none_does_not_end_the_recording_for_good(
    tmp_path: Path, small: Footage, payload: bytes
) -> None:
    clock, told = HandClock(), list[str | None]()
    recorder = Recorder(tmp_path, clock=clock, on_trouble=told.append)
    await recorder.start()

    recorder.tap(HOLDER).video(replace(small.pictures[0], payload=payload))
    await eventually(lambda: len(told) == 1)
    recorder.tap(HOLDER).end()
    play(recorder, clock, MAIN, small, begin=clock.at + 10.0)
    recordings = await recorder.close()

    assert max(one.seconds for one in recordings) == pytest.approx(2.0, abs=0.3)


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


def test_a_part_that_no_player_reads_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "recording-1.part.mp4").write_bytes(b"\x00" * 100)

    assert recover(tmp_path) == ()
    assert [file.name for file in tmp_path.iterdir()] == ["recording-1.part.unreadable"]
