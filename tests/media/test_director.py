"""The director with cameras of invented frames: what is on the record, in which order, and who follows it."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from diemcau.media import paths
from diemcau.media.camera import Camera
from diemcau.media.director import Air, Director, OnAir, Place
from diemcau.media.fabric import Renditions
from diemcau.media.ladder import Rung
from diemcau.media.moq_fabric import MoqNode
from tests.media.halls import AUDIO, CENTRE, CONFERENCE, HUE, VIDEO, VINH, drain, eventually, soon
from tests.media.sources import KEY, LOW, NEXT, TILE, Invented
from tests.media.test_feed import Noted

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("last_words")]
EVERYTHING = Renditions(high=VIDEO, low=LOW, tile=TILE, audio=AUDIO)
ALL = Air(main_site=CENTRE, holder=HUE, gallery=(VINH, HUE))


@dataclass
class Listener:
    """Somebody who follows what is on air."""

    heard: list[OnAir] = field(default_factory=list)
    taps: list[Noted] = field(default_factory=list)

    def tap(self, on_air: OnAir) -> Noted:
        self.heard.append(on_air)
        self.taps.append(Noted())
        return self.taps[-1]


def a_director() -> Director:
    return Director(CONFERENCE, MoqNode("127.0.0.1", 0).new_outlet)


async def connected(director: Director, *sites: str) -> dict[str, Invented]:
    """Connect cameras; return what each of them is asked for."""
    sources = {site: Invented(offered=EVERYTHING) for site in sites}
    for site in (CENTRE, HUE, VINH):
        if site in sources:
            camera = Camera(sources[site])
            await soon(camera.ready())
            await director.connect(site, camera)
    return sources


async def record(director: Director) -> list[dict[str, Any]]:
    program = director.offer(paths.program(CONFERENCE), to_site=None)
    assert program is not None
    airs: list[dict[str, Any]] = json.loads(await soon(anext(program.source().texts(paths.AIR))))["airs"]
    return airs


async def test_the_record_names_the_main_site_the_holder_and_then_the_gallery_in_its_order() -> None:
    director = a_director()
    await connected(director, CENTRE, HUE, VINH)

    await director.show(replace(ALL, holder=None))
    before = await record(director)
    await director.show(ALL)
    after = await record(director)

    assert [(air["role"], air["site"]) for air in before] == [("main", CENTRE), ("gallery", VINH), ("gallery", HUE)]
    assert [(air["role"], air["site"]) for air in after] == [
        ("main", CENTRE),
        ("holder", HUE),
        ("gallery", VINH),
        ("gallery", HUE),
    ]
    assert [air["n"] for air in after] == [before[0]["n"], 4, before[1]["n"], before[2]["n"]]
    await director.close()


async def test_whoever_records_follows_who_speaks_and_not_the_gallery() -> None:
    director, listener = a_director(), Listener()
    await connected(director, CENTRE, HUE, VINH)
    director.listen(listener)

    await director.show(ALL)
    await eventually(lambda: [tap.pictures for tap in listener.taps] == [[KEY, NEXT]] * 2)

    assert [(one.place, one.site) for one in listener.heard] == [(Place.MAIN, CENTRE), (Place.HOLDER, HUE)]
    await director.close()


async def test_a_site_that_comes_while_the_picture_stands_still_is_heard_and_not_seen() -> None:
    director = a_director()
    sources = await connected(director, CENTRE)
    await director.show(ALL)
    await eventually(lambda: sources[CENTRE].subscribed() == {paths.VIDEO, paths.AUDIO})

    await director.show(replace(ALL, is_frozen=True))
    sources |= await connected(director, HUE)
    await eventually(lambda: [one.subscribed() for one in sources.values()] == [{paths.AUDIO}] * 2)
    await director.show(ALL)

    await eventually(lambda: [one.subscribed() for one in sources.values()] == [{paths.VIDEO, paths.AUDIO}] * 2)
    await director.close()


async def test_a_line_that_became_thin_while_off_air_is_asked_for_no_more_when_it_is_on_air() -> None:
    director = a_director()
    sources = await connected(director, CENTRE, HUE)
    director.set_up_rung(HUE, Rung.LOW)

    await director.show(ALL)
    await eventually(lambda: sources[HUE].subscribed() == {paths.VIDEO_LOW, paths.AUDIO})

    assert [air.get("rung") for air in await record(director)] == [None, "low", "low"]
    await director.close()


async def test_who_is_far_away_is_on_the_record_as_far_for_as_long_as_it_is_on_air() -> None:
    director, distances = a_director(), [True, False]
    for site in (CENTRE, HUE):
        camera = Camera(Invented(offered=EVERYTHING), is_far=distances.pop)
        await soon(camera.ready())
        await director.connect(site, camera)

    await director.show(Air(main_site=CENTRE, holder=HUE))

    assert [air.get("far") for air in await record(director)] == [None, True]
    await director.close()


async def test_a_camera_whose_clock_went_back_is_on_air_again_under_another_number() -> None:
    director = a_director()
    source = Invented(anew=lambda time: [replace(KEY, at_us=60_000_000), KEY] if time == 1 else [KEY, NEXT])
    camera = Camera(source)
    await soon(camera.ready())
    await director.connect(CENTRE, camera)

    await director.show(Air(main_site=CENTRE))
    await eventually(lambda: source.times[paths.VIDEO] == 2)

    assert [air["n"] for air in await record(director)] == [2]
    await director.close()


async def test_nothing_is_asked_of_anyone_once_a_conference_is_closed() -> None:
    director = a_director()
    sources = await connected(director, CENTRE, HUE, VINH)
    await director.show(ALL)
    await eventually(lambda: sources[HUE].subscribed() == {paths.VIDEO, paths.AUDIO})

    await director.close()

    assert [one.subscribed() for one in sources.values()] == [set()] * 3


async def test_who_speaks_is_small_and_slow_in_the_gallery_and_heard_beside_it() -> None:
    director = a_director()
    sources = await connected(director, CENTRE, HUE)

    await director.show(replace(ALL, gallery=(HUE,)))
    tile = (await record(director))[2]
    outlet = director.offer(tile["broadcast"], to_site=None)
    assert outlet is not None
    looking = asyncio.create_task(drain(outlet.source().frames(VIDEO)))

    await eventually(lambda: sources[HUE].subscribed() == {paths.VIDEO, paths.AUDIO, paths.VIDEO_TILE})
    looking.cancel()
    await director.close()
