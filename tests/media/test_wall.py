"""The operator's wall, on a real outlet."""

import asyncio

import pytest

from diemcau.media import paths
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.wall import Wall
from tests.media.halls import HUE, VINH, drain_texts, eventually, soon
from tests.media.sources import THUMB, Invented

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("last_words")]


def a_wall(*sites: str) -> Wall:
    return Wall(MoqNode("127.0.0.1", 0).new_outlet(), frozenset(site for site in (HUE, VINH) if site in sites))


async def test_the_last_picture_of_a_site_stays_when_its_camera_is_gone() -> None:
    wall, camera = a_wall(HUE), Invented()
    wall.connect(HUE, camera)
    reading = wall.outlet.source()
    await soon(anext(reading.texts(paths.thumb(HUE))))

    wall.lose(HUE)
    await eventually(lambda: camera.subscribed() == set())

    assert await soon(anext(reading.texts(paths.thumb(HUE)))) == THUMB
    await wall.close()


async def test_who_looks_before_a_camera_is_there_sees_it_when_it_comes() -> None:
    wall, camera = a_wall(HUE), Invented()
    looking = asyncio.ensure_future(anext(wall.outlet.source().texts(paths.thumb(HUE))))

    wall.connect(HUE, camera)

    assert await soon(looking) == THUMB
    await wall.close()


async def test_a_site_that_nobody_expected_has_its_place_too() -> None:
    wall = a_wall()

    wall.connect(HUE, Invented())

    assert await soon(anext(wall.outlet.source().texts(paths.thumb(HUE)))) == THUMB
    await wall.close()


async def test_who_comes_later_reads_the_newest_states() -> None:
    wall = a_wall(HUE)
    wall.tell(b"first")
    wall.tell(b"second")

    assert await soon(anext(wall.outlet.source().texts(paths.STATES))) == b"second"
    await wall.close()


async def test_a_wall_that_is_closed_asks_nobody_for_anything() -> None:
    wall, camera = a_wall(HUE), Invented()
    wall.connect(HUE, camera)
    looking = asyncio.create_task(drain_texts(wall.outlet.source().texts(paths.thumb(HUE))))
    await eventually(lambda: camera.subscribed() == {paths.THUMB})

    await wall.close()

    assert camera.subscribed() == set()
    assert await soon(looking) >= 1
