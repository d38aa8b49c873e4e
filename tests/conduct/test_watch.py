"""Watching a desk: everything arrives in order, and nothing outside the watch."""

import asyncio

import pytest

from diemcau.core import agenda, floor
from tests.conduct.desks import CHAIR, an_open_house
from tests.core.samples import DISCUSSION, HUE, VINH

pytestmark = pytest.mark.anyio


async def test_what_came_meanwhile_arrives_together_and_in_order() -> None:
    house = await an_open_house()

    with house.desk.watch() as watch:
        await house.give(CHAIR, agenda.StartItem(item=DISCUSSION))
        await house.give(CHAIR, floor.GrantFloor(site=HUE))
        changes = await watch.change()

    assert [change.conference.holder for change in changes] == [None, HUE]
    assert [record.name for record in changes[0].records] == ["agenda.item_started"]


async def test_every_watcher_hears_the_same() -> None:
    house = await an_open_house()

    with house.desk.watch() as one, house.desk.watch() as other:
        await house.give(CHAIR, floor.GrantFloor(site=HUE))
        heard = await asyncio.gather(one.change(), other.change())

    assert heard[0] == heard[1]


async def test_nothing_arrives_before_or_after_the_watch() -> None:
    house = await an_open_house()
    watch = house.desk.watch()
    await house.give(CHAIR, agenda.StartItem(item=DISCUSSION))

    with watch:
        waiting = asyncio.ensure_future(watch.change())
        await asyncio.sleep(0)
        assert not waiting.done()
        await house.give(CHAIR, floor.GrantFloor(site=HUE))
        (change,) = await waiting
    await house.give(CHAIR, floor.GrantFloor(site=VINH))

    late = asyncio.ensure_future(watch.change())
    await asyncio.sleep(0)
    assert change.conference.holder == HUE
    assert not late.done()
    late.cancel()
