"""What a recorder does when its disk hangs, fails or is too slow: it says so, and holds nobody up."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from diemcau.core.ids import SiteId
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.recorder import Recorder
from tests.media.footage import Footage, film, play, wait
from tests.media.halls import HandClock, eventually

pytestmark = pytest.mark.anyio
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))


@pytest.fixture(scope="module")
def small() -> Footage:
    return film(width=160, height=96, shade=60)


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
