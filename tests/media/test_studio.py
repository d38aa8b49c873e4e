"""The studio with real cameras: take-over, lost lines, and what is taken off the program."""

from pathlib import Path

import pytest

from diemcau.media import paths
from diemcau.media.fabric import Code, RefusedError
from diemcau.media.lines import Line
from tests.media.halls import (
    AUDIO,
    CENTRE,
    CONFERENCE,
    HUE,
    VIDEO,
    VINH,
    drain,
    eventually,
    on_air,
    soon,
    studio,
    take,
)

pytestmark = pytest.mark.anyio


async def test_a_second_camera_of_a_site_is_refused_while_the_first_is_alive() -> None:
    async with studio() as house:
        await house.camera_on_line(HUE)
        second = await house.link(HUE, door="camera")

        with pytest.raises(RefusedError) as refused:
            await soon(second.closed())

        assert refused.value.code == Code.CAMERA_BUSY


async def test_a_site_has_any_number_of_screens_beside_its_camera() -> None:
    async with studio() as house:
        await house.camera_on_line(HUE)
        await house.show(HUE)

        screens = [await house.link(HUE) for _ in range(3)]

        assert [[air["site"] for air in await on_air(screen, HUE)] for screen in screens] == [[HUE]] * 3


async def test_the_operator_lets_a_second_camera_in_and_the_first_is_told() -> None:
    async with studio() as house:
        first = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (before,) = await on_air(viewer, HUE)

        house.studio.let_camera_in(CONFERENCE, HUE)
        second = await house.camera(HUE)

        with pytest.raises(RefusedError) as refused:
            await soon(first.link.closed())
        await eventually(second.is_watched)
        (after,) = await on_air(viewer, HUE)
        assert refused.value.code == Code.REPLACED
        assert after["n"] > before["n"]


async def test_a_second_camera_takes_over_when_the_first_is_silent() -> None:
    async with studio() as house:
        first = await house.camera_on_line(HUE)
        house.clock.at += 2.0

        second = await house.camera(HUE)
        await house.show(HUE)

        await eventually(second.is_watched)
        with pytest.raises(RefusedError) as refused:
            await soon(first.link.closed())
        assert refused.value.code == Code.REPLACED


async def test_a_camera_that_is_silent_for_three_seconds_is_off_the_program() -> None:
    async with studio() as house:
        await house.camera_on_line(CENTRE)
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        await on_air(viewer, CENTRE, HUE)

        house.clock.at += 2.9
        house.cameras[0].beat()
        await eventually(lambda: house.studio.is_up(CONFERENCE, CENTRE))
        house.clock.at += 0.2

        await on_air(viewer, CENTRE)
        assert (HUE, Line.LOST) in house.heard
        assert (CENTRE, Line.LOST) not in house.heard
        await eventually(lambda: not hue.is_watched())


async def test_a_line_that_is_back_is_on_air_again_under_a_new_number() -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (before,) = await on_air(viewer, HUE)
        house.clock.at += 3.0
        await on_air(viewer)

        hue.beat()

        (after,) = await on_air(viewer, HUE)
        assert after["n"] > before["n"]


async def test_viewers_see_the_end_when_a_camera_dies_in_the_middle_of_a_group() -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (air,) = await on_air(viewer, HUE)
        frames = (await viewer.read(air["broadcast"])).frames(VIDEO)
        await take(frames, 3)
        hue.is_filming = False  # the group stays open, nothing is said

        watching = drain((await viewer.read(air["broadcast"])).frames(VIDEO))
        house.clock.at += 3.0

        assert await soon(watching) >= 1


async def test_viewers_see_the_end_when_a_camera_is_cut_off() -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (air,) = await on_air(viewer, HUE)
        source = await viewer.read(air["broadcast"])
        await take(source.frames(VIDEO), 3)

        await hue.leave()

        assert await soon(drain(source.frames(VIDEO))) >= 0
        await on_air(viewer)


async def test_every_turn_on_air_has_a_number_of_its_own() -> None:
    async with studio() as house:
        for site in (CENTRE, HUE, VINH):
            await house.camera_on_line(site)
        viewer = await house.link("watcher")

        numbers = []
        for holder in (HUE, VINH, HUE):
            await house.show(holder)
            numbers.append([air["n"] for air in await on_air(viewer, CENTRE, holder)])

        assert numbers == [[1, 2], [1, 3], [1, 4]]


async def test_the_main_site_that_has_the_floor_is_shown_once() -> None:
    async with studio() as house:
        await house.camera_on_line(CENTRE)
        await house.show(CENTRE)

        (air,) = await on_air(await house.link(VINH), CENTRE)

        assert air["role"] == "main"


async def test_a_site_never_receives_its_own_sound() -> None:
    async with studio() as house:
        await house.camera_on_line(HUE)
        await house.show(HUE)
        own = await house.link(HUE)
        other = await house.link(VINH)
        (air,) = await on_air(own, HUE)
        path = air["broadcast"]

        heard_by_another = await take((await other.read(path)).frames(AUDIO), 2)
        seen_by_itself = await take((await own.read(path)).frames(VIDEO), 2)
        heard_by_itself = await soon(drain((await own.read(path)).frames(AUDIO)))

        assert len(heard_by_another) == len(seen_by_itself) == 2
        assert heard_by_itself == 0


async def test_an_operators_look_at_a_camera_ends_when_nobody_looks_any_more() -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        operator = await house.link("operator")
        source = await soon(operator.read(paths.preview(CONFERENCE, HUE)))
        await take(source.frames(VIDEO), 2)

        await operator.close()

        await eventually(lambda: not hue.is_watched())
        assert hue.pictures >= 2


async def test_a_recording_may_begin_while_a_site_is_on_air(tmp_path: Path) -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        await eventually(lambda: hue.pictures > 3)

        await house.studio.begin_recording(CONFERENCE, tmp_path)
        begun = hue.pictures
        await eventually(lambda: hue.pictures > begun + 40)
        (recording,) = await house.studio.end_recording(CONFERENCE)

        assert recording.seconds > 0.5
        assert hue.is_watched()


async def test_closing_a_conference_ends_its_program_and_its_cameras() -> None:
    async with studio() as house:
        hue = await house.camera_on_line(HUE)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (air,) = await on_air(viewer, HUE)
        source = await viewer.read(air["broadcast"])
        await take(source.frames(VIDEO), 1)

        await house.studio.close_conference(CONFERENCE)

        await soon(hue.link.closed())
        assert await soon(drain(source.frames(VIDEO))) >= 0
        assert not hue.is_watched()
