"""Talkback: operators and the people of one site hear each other, and nobody else hears either."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.fabric import Admission, MediaFrame, Part, Rendition, Renditions
from tests.core.samples import HANOI, HUE, VINH
from tests.media.doors import doors, line_of, on_the_wall, states_of
from tests.media.halls import AUDIO, soon
from tests.media.voices import heard, talking, until_heard

pytestmark = pytest.mark.anyio


async def test_a_site_is_told_that_the_operator_talks_to_it_and_hears_it() -> None:
    async with doors() as door:
        hue, vinh = await door.come(Role.SITE, HUE), await door.come(Role.SITE, VINH)
        operator = await door.come(Role.OPERATOR)
        line = await line_of(hue, door)

        with talking(operator, door.conference, HUE, mark=7):
            await states_of(line, talk=True)

            assert await heard(hue, door.conference, HUE) == 7
            assert (await states_of(await line_of(vinh, door)))["talk"] is False


async def test_the_operators_see_that_a_site_talks_and_hear_it() -> None:
    async with doors() as door:
        hue, operator = await door.come(Role.SITE, HUE), await door.come(Role.OPERATOR)

        with talking(hue, door.conference, HUE, mark=9):
            await on_the_wall(operator, door, HUE, talk=True)

            assert await heard(operator, door.conference, HUE) == 9


async def test_both_talk_at_once_and_each_hears_the_other() -> None:
    async with doors() as door:
        hue, operator = await door.come(Role.SITE, HUE), await door.come(Role.OPERATOR)

        with talking(hue, door.conference, HUE, mark=1), talking(operator, door.conference, HUE, mark=2):
            await states_of(await line_of(hue, door), talk=True)
            await on_the_wall(operator, door, HUE, talk=True)

            assert (await heard(hue, door.conference, HUE), await heard(operator, door.conference, HUE)) == (2, 1)


async def test_when_the_operator_leaves_the_site_is_told_that_nobody_talks() -> None:
    async with doors() as door:
        hue, operator = await door.come(Role.SITE, HUE), await door.come(Role.OPERATOR)
        line = await line_of(hue, door)
        with talking(operator, door.conference, HUE):
            await states_of(line, talk=True)

            await operator.close()

            left = await states_of(line, talk=False)

    assert left["talk"] is False


async def test_of_two_operators_the_last_who_began_is_heard_and_then_the_other_again() -> None:
    async with doors() as door:
        hue = await door.come(Role.SITE, HUE)
        first, second = await door.come(Role.OPERATOR), await door.come(Role.OPERATOR)
        line = await line_of(hue, door)

        with talking(first, door.conference, HUE, mark=1):
            begun = (await states_of(line, talk=True))["voice"]
            await until_heard(hue, door.conference, HUE, mark=1)
            with talking(second, door.conference, HUE, mark=2):
                await states_of(line, voice=begun + 1)
                await until_heard(hue, door.conference, HUE, mark=2)
            await second.close()
            await states_of(line, voice=begun + 2)
            await until_heard(hue, door.conference, HUE, mark=1)


async def test_nobody_talks_for_another_site_or_as_a_watcher() -> None:
    async with doors() as door:
        talkback = door.studio.talkback(door.conference)
        for part, site in ((Part.SITE, VINH), (Part.WATCHER, None), (Part.SITE, None)):
            rogue = Admission(conference=door.conference, site=site, part=part, may_publish=True, connection="rogue")
            for path in (paths.talking(door.conference, HUE, "0" * 16), paths.talk(door.conference, HUE), "talk"):
                await soon(talkback.hear(rogue, Voice(path)))

        assert (talkback.spoken_to, talkback.speaking) == ({}, frozenset())


@dataclass
class Voice:
    """A voice that would be heard for ever."""

    path: str

    async def renditions(self) -> AsyncIterator[Renditions]:
        while True:
            yield Renditions(audio=AUDIO)
            await asyncio.Event().wait()

    def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        raise AssertionError(rendition)

    def texts(self, track: str) -> AsyncIterator[bytes]:
        raise AssertionError(track)


async def test_what_is_talked_is_neither_on_air_nor_recorded(tmp_path: Path) -> None:
    async with doors() as door:
        await door.camera(HANOI)
        await door.show(HUE)
        await door.studio.begin_recording(door.conference, tmp_path)
        hue, operator = await door.come(Role.SITE, HUE), await door.come(Role.OPERATOR)
        watching = await door.come(Role.PROGRAM)

        with talking(hue, door.conference, HUE), talking(operator, door.conference, HUE):
            await on_the_wall(operator, door, HUE, talk=True)
            assert await heard(operator, door.conference, HUE) == 0
            program = await soon(watching.read(paths.program(door.conference)))
            airs = await _airs(program.texts(paths.AIR))

        assert [air["site"] for air in airs] == [HANOI]
        await door.studio.end_recording(door.conference)


async def _airs(texts: AsyncIterator[bytes]) -> list[dict[str, str]]:
    airs: list[dict[str, str]] = json.loads(await soon(anext(texts)))["airs"]
    return airs
