"""A line of segments as players ask for it: read aside, once for all who ask."""

import asyncio
from pathlib import Path

import pytest

from diemcau.media.hls.line import Line
from diemcau.media.recording.index import NAME, Head, Part, end_line, part_line
from tests.media.halls import HandClock

pytestmark = pytest.mark.anyio


def lines(count: int) -> bytes:
    """Return an index of so many segments of four parts."""
    part = Part(length=0.5, offset=0, size=100, independent=True)
    written = []
    for number in range(count):
        head = Head(
            at=1e9 + 2 * number, start=2.0 * number, init="init-0.mp4", cut=False, slate=False, site="hue", run=0
        )
        written += [part_line(number, place, part, head if place == 0 else None) for place in range(4)]
    return b"".join(written)


async def test_while_the_index_of_a_long_day_is_read_everything_else_goes_on(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(lines(14_400))
    asking, turns = asyncio.create_task(Line(tmp_path).is_too_far(14_402)), 0

    while not asking.done():
        turns += 1
        await asyncio.sleep(0)

    assert asking.result()
    assert turns > 2


async def test_however_many_ask_the_index_is_read_once_in_a_while(tmp_path: Path) -> None:
    clock = HandClock()
    (tmp_path / NAME).write_bytes(lines(1))
    line = Line(tmp_path, clock=clock)

    first = await asyncio.gather(*(line.reached(0, 3, within=0.0) for _ in range(50)))
    (tmp_path / NAME).write_bytes(lines(2))
    still = await line.reached(1, 0, within=0.0)
    clock.at += 1.0
    then = await line.reached(1, 0, within=0.0)

    assert (first, still, then) == ([True] * 50, False, True)


async def test_what_is_looked_back_at_is_the_last_hour_and_no_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(lines(2000) + end_line())

    told = (await Line(tmp_path).look_back()).splitlines()

    shown = [one for one in told if one.endswith(".m4s")]
    assert (len(shown), shown[0], shown[-1]) == (1800, "200.m4s", "1999.m4s")
    assert "#EXT-X-MEDIA-SEQUENCE:200" in told
