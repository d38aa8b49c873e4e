"""A second recorder beside the server's own: neither disturbs the other, and each has the whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import pytest

from diemcau.media.fabric import FabricError
from diemcau.media.recording.finishing import recover
from diemcau.media.recording.index import read_index
from diemcau.media.recording.recorder import Recorder
from diemcau.media.recording.second import News, Seat, SecondRecorder
from tests.media.halls import CENTRE, CONFERENCE, HUE, House, eventually, studio

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
