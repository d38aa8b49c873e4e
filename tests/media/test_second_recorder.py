"""A second recorder beside the server's own: neither disturbs the other, and each has the whole."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import pytest

from diemcau.media import paths
from diemcau.media.fabric import Encoder, FabricError
from diemcau.media.recording.finishing import recover
from diemcau.media.recording.index import read_index
from diemcau.media.recording.recorder import Recorder
from diemcau.media.recording.second import News, Seat, SecondRecorder
from tests.media.halls import CENTRE, CONFERENCE, HUE, SILENCE, House, eventually, soon, studio

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def recording(house: House, folder: Path, told: list[News]) -> AsyncIterator[Recorder]:
    """Let a second recorder record the house."""

    async def sit() -> Seat:
        return Seat(link=await house.link("watcher"), conference=CONFERENCE)

    recorder = Recorder(folder)
    await recorder.start()
    second = asyncio.create_task(SecondRecorder(recorder, sit, lambda news, _: told.append(news)).run())
    yield recorder
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await recorder.leave()


def shown(folder: Path) -> float:
    """Return how many seconds of somebody are recorded."""
    return sum(one.length for one in read_index(folder).segments if not one.head.slate)


def sites(folder: Path) -> list[str]:
    return list(dict.fromkeys(one.head.site for one in read_index(folder).segments if not one.head.slate))


async def test_two_recorders_record_the_same_without_disturbing_each_other(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    told: list[News] = []
    async with studio(own) as house, recording(house, other, told):
        await house.camera_on_line(CENTRE)
        await house.camera_on_line(HUE, width=320, height=180)
        await house.show()
        await eventually(lambda: shown(other) > 1.0)
        await house.show(HUE)
        await eventually(lambda: len(sites(other)) == 2 and shown(other) > 3.0)

    (first,), (second,) = recover(own), recover(other)

    assert told[0] is News.CONNECTED
    assert second.seconds == pytest.approx(first.seconds, abs=1.5)
    for one in (first, second):
        with av.open(one.path, "r") as played:
            assert {(picture.width, picture.height) for picture in played.decode(video=0)} == {(160, 96), (320, 180)}


async def test_a_second_recorder_comes_again_until_the_server_is_there(tmp_path: Path) -> None:
    told: list[str] = []
    recorder = Recorder(tmp_path)

    async def sit() -> Seat:
        raise FabricError("nobody is there")

    second = asyncio.create_task(SecondRecorder(recorder, sit, lambda _, about: told.append(about)).run())
    await eventually(lambda: len(told) >= 2)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)

    assert set(told) == {"nobody is there"}


async def test_a_picture_that_a_camera_offers_only_later_is_recorded_too(tmp_path: Path) -> None:
    told: list[News] = []
    async with studio() as house, recording(house, tmp_path, told):
        link = await house.link(CENTRE, door="camera")
        publication = link.publish(paths.up(CONFERENCE, CENTRE, paths.new_nonce()))
        speaker = publication.offer_audio(sample_rate=48_000, channels=1)
        publication.write_text(paths.BEAT, b'{"n": 1}')
        publication.announce()
        await house.show()
        await soon(speaker.wanted())
        speaker.begin()
        await eventually(lambda: heard(speaker, tmp_path))

        film = publication.encode_video(width=160, height=96, fps=25, bits_per_second=100_000)
        await soon(film.wanted())
        film.begin()
        await eventually(lambda: filmed(film, speaker, tmp_path))


def heard(speaker: Encoder, folder: Path) -> bool:
    """Speak on, until the sound is recorded as it came."""
    speaker.write(SILENCE, time.monotonic_ns() // 1000)
    return any((folder / "originals").glob("*.opus"))


def filmed(film: Encoder, speaker: Encoder, folder: Path) -> bool:
    """Film and speak on, until the picture is recorded."""
    film.write(bytes([80]) * (160 * 96 * 3 // 2), time.monotonic_ns() // 1000)
    return heard(speaker, folder) and shown(folder) > 0
