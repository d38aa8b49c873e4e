"""The clocks: the machine's, and the one that is wound by hand."""

import asyncio
from datetime import timedelta

import pytest

from diemcau.conduct.clock import HandClock, WallClock
from tests.core.samples import MINUTE, NINE

pytestmark = pytest.mark.anyio


async def test_the_wall_clock_waits_until_then() -> None:
    clock = WallClock()
    due = clock.now() + timedelta(milliseconds=5)

    await clock.sleep_until(due)

    assert clock.now() >= due
    await clock.sleep_until(due - timedelta(days=1))


async def test_the_clock_that_is_wound_wakes_who_waited_for_that_time_only() -> None:
    clock = HandClock(NINE)
    early = asyncio.ensure_future(clock.sleep_until(NINE + MINUTE))
    late = asyncio.ensure_future(clock.sleep_until(NINE + 2 * MINUTE))
    await asyncio.sleep(0)

    await clock.wind_to(NINE + MINUTE)
    await early

    assert not late.done()
    await clock.wind_to(NINE)
    assert clock.now() == NINE + MINUTE
    late.cancel()
