"""The program with real cameras: what of each site is shown where, and what of it is asked for."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from diemcau.media import paths
from diemcau.media.fabric import FabricError, MediaFrame
from diemcau.media.ladder import Rung
from tests.media.halls import (
    AUDIO,
    CENTRE,
    CONFERENCE,
    HUE,
    JPEG,
    VIDEO,
    VINH,
    Camera,
    House,
    drain,
    eventually,
    on_air,
    soon,
    studio,
    take,
)
from tests.media.sources import LOW

pytestmark = pytest.mark.anyio
ALWAYS = {paths.VIDEO, paths.AUDIO}
SMALLER = (paths.VIDEO_LOW, paths.VIDEO_TILE)


async def three_cameras(house: House) -> list[Camera]:
    """Connect three cameras that offer every size; the largest has more than 360 lines."""
    sites = (CENTRE, HUE, VINH)
    return [await house.camera_on_line(site, width=64, height=384, more=SMALLER) for site in sites]


async def seen(frames: AsyncIterator[MediaFrame]) -> None:
    """Look for as long as nobody stops it."""
    async for _ in frames:
        pass


async def test_sites_in_the_gallery_are_seen_small_and_not_heard() -> None:
    async with studio() as house:
        _, hue, vinh = await three_cameras(house)
        await house.show(gallery=(VINH, HUE, CENTRE))
        viewer = await house.link("watcher")
        airs = await on_air(viewer, CENTRE, VINH, HUE, CENTRE)
        source = await viewer.read(airs[1]["broadcast"])

        frames = await take(source.frames(VIDEO), 2)
        heard = await soon(drain(source.frames(AUDIO)))

        assert [air["role"] for air in airs] == ["main", "gallery", "gallery", "gallery"]
        assert (frames[0].key, heard) == (True, 0)
        assert (hue.asked(), vinh.asked() - {paths.VIDEO_TILE}) == (set(), set())


async def test_a_site_is_asked_for_its_tile_only_while_somebody_looks_at_the_gallery() -> None:
    async with studio() as house:
        _, hue, _ = await three_cameras(house)
        await house.show(gallery=(HUE,))
        viewer = await house.link("watcher")
        (_, air) = await on_air(viewer, CENTRE, HUE)

        looking = asyncio.create_task(seen((await viewer.read(air["broadcast"])).frames(VIDEO)))
        await eventually(lambda: hue.asked() == {paths.VIDEO_TILE})
        looking.cancel()

        await eventually(lambda: hue.asked() == set())


async def test_a_site_of_the_gallery_that_speaks_is_large_under_another_number_beside_its_tile() -> None:
    async with studio() as house:
        await three_cameras(house)
        viewer = await house.link("watcher")
        await house.show(gallery=(HUE,))
        (_, small) = await on_air(viewer, CENTRE, HUE)

        await house.show(HUE, gallery=(HUE, VINH))
        (_, large, still_small, other) = await on_air(viewer, CENTRE, HUE, HUE, VINH)

        assert (small["role"], large["role"], other["role"]) == ("gallery", "holder", "gallery")
        assert len({small["n"], large["n"], other["n"]}) == 3
        assert still_small == small


async def test_of_who_speaks_nothing_is_asked_that_nobody_looks_at() -> None:
    async with studio() as house:
        centre, hue, vinh = await three_cameras(house)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (_, air) = await on_air(viewer, CENTRE, HUE)
        source = await viewer.read(air["broadcast"])
        await eventually(lambda: hue.asked() == ALWAYS)

        small = asyncio.create_task(seen(source.frames(LOW)))
        await eventually(lambda: hue.asked() == {*ALWAYS, paths.VIDEO_LOW})
        picture = await soon(anext(source.texts(paths.THUMB)))
        small.cancel()

        await eventually(lambda: hue.asked() == ALWAYS)
        assert (picture, centre.asked(), vinh.asked()) == (JPEG, ALWAYS, set())


async def test_a_site_with_a_thin_line_is_asked_for_less_and_the_screens_are_told() -> None:
    async with studio() as house:
        _, hue, _ = await three_cameras(house)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (_, before) = await on_air(viewer, CENTRE, HUE)
        source = await viewer.read(before["broadcast"])
        watching = asyncio.create_task(seen(source.frames(VIDEO)))
        await eventually(lambda: hue.asked() == ALWAYS)

        director = house.studio._open[CONFERENCE].director  # noqa: SLF001 (what a line carries is measured elsewhere)
        director.set_up_rung(HUE, Rung.LOW)
        await eventually(lambda: hue.asked() == {paths.VIDEO_LOW, paths.AUDIO})
        (_, after) = await on_air(viewer, CENTRE, HUE)
        director.set_up_rung(HUE, Rung.SOUND)
        await eventually(lambda: hue.asked() == {paths.AUDIO})

        assert after == {**before, "rung": "low"}
        watching.cancel()


async def test_a_picture_that_stands_still_is_there_for_who_comes_later_and_the_sound_goes_on() -> None:
    async with studio() as house:
        _, hue, _ = await three_cameras(house)
        await house.show(HUE)
        await take(await first(house, HUE), 3)

        await house.show(HUE, is_frozen=True)
        await eventually(lambda: hue.asked() == {paths.AUDIO})
        viewer = await house.link(VINH)
        (_, air) = await on_air(viewer, CENTRE, HUE)
        source = await viewer.read(air["broadcast"])
        pictures, sounds = await asyncio.gather(take(source.frames(VIDEO), 1), take(source.frames(AUDIO), 3))

        assert (pictures[0].key, len(sounds)) == (True, 3)
        await house.show(HUE)
        await eventually(lambda: hue.asked() == ALWAYS)


async def test_an_operator_looks_at_the_small_size_of_a_camera() -> None:
    async with studio() as house:
        _, hue, _ = await three_cameras(house)
        operator = await house.link("operator")

        source = await soon(operator.read(paths.preview(CONFERENCE, HUE)))
        looking = asyncio.create_task(seen(source.frames(VIDEO)))
        await eventually(lambda: hue.asked() == {paths.VIDEO_LOW})
        looking.cancel()

        await eventually(lambda: hue.asked() == set())


async def test_small_pictures_of_all_sites_are_asked_for_while_an_operator_looks() -> None:
    async with studio() as house:
        _, hue, vinh = await three_cameras(house)
        operator = await house.link("operator")
        wall = await soon(operator.read(paths.wall(CONFERENCE)))

        looking = asyncio.create_task(texts(wall.texts(paths.thumb(HUE)), 3))
        pictures = await soon(looking)

        await eventually(lambda: hue.asked() == set())
        assert (pictures, vinh.asked()) == ([JPEG] * 3, set())


async def test_the_wall_is_read_by_operators_alone() -> None:
    async with studio() as house:
        await three_cameras(house)

        for who in (HUE, "watcher"):
            link = await house.link(who)
            with pytest.raises((TimeoutError, FabricError)):
                await asyncio.wait_for(link.read(paths.wall(CONFERENCE)), 0.5)


async def test_small_pictures_go_on_with_the_camera_that_takes_over() -> None:
    async with studio() as house:
        old = await house.camera_on_line(HUE)
        operator = await house.link("operator")
        wall = await soon(operator.read(paths.wall(CONFERENCE)))
        looking = asyncio.create_task(texts(wall.texts(paths.thumb(HUE)), 10_000))
        await eventually(lambda: old.asked() == {paths.THUMB})

        house.studio.let_camera_in(CONFERENCE, HUE)
        new = await house.camera(HUE)

        await eventually(lambda: new.asked() == {paths.THUMB})
        looking.cancel()


async def first(house: House, site: str) -> AsyncIterator[MediaFrame]:
    """Return the pictures of a site that is on air."""
    viewer = await house.link("watcher")
    (_, air) = await on_air(viewer, CENTRE, HUE)
    assert air["site"] == site
    return (await viewer.read(air["broadcast"])).frames(VIDEO)


async def texts(found: AsyncIterator[bytes], count: int) -> list[bytes]:
    """Take so many texts."""
    taken: list[bytes] = []
    async for text in found:
        taken.append(text)
        if len(taken) == count:
            break
    return taken
