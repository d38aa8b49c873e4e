"""Everyone in one conference: what each line is asked for, and what the operators are told of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.beats import CameraBeat, ScreenBeat
from diemcau.media.fabric import Admission, Code, Outlet, Part, Quality, Source
from diemcau.media.ladder import Rung
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.visits import SiteState, Visits, write_states
from tests.media.halls import CENTRE, CONFERENCE, HUE, VINH, soon

pytestmark = pytest.mark.anyio

IN_TIME = ScreenBeat(late_ms=0, gaps=0, by="webtransport", shows="high")
LATE = ScreenBeat(late_ms=3000, gaps=0, by="webtransport")


@dataclass
class Visitor:
    """A session whose transport is not to be asked, since the reception looks once for all."""

    admission: Admission
    is_camera: bool = False
    announcements: int = 0

    def quality(self) -> Quality | None:
        raise AssertionError

    async def sources(self) -> AsyncIterator[Source]:
        nothing: tuple[Source, ...] = ()
        for source in nothing:
            yield source

    async def closed(self) -> None:
        await asyncio.Event().wait()

    def close(self, code: Code) -> None:
        raise AssertionError(code)


def come(visits: Visits, site: SiteId | None, name: str) -> Visitor:
    part = Part.SITE if site is not None else Part.WATCHER
    admission = Admission(conference=CONFERENCE, site=site, part=part, may_publish=False, connection=name)
    visits.begin(admission)
    visitor = Visitor(admission)
    visits.enter(visitor)
    return visitor


def new_visits() -> Visits:
    return Visits(MoqNode("127.0.0.1", 0).new_outlet)


def film(visits: Visits, visitor: Visitor, *, second: int, late: float = 0.0) -> None:
    arrivals = visits.arrivals(visitor.admission)
    for number in range(25):
        at_us = second * 1_000_000 + number * 40_000
        arrivals.picture("video", at_us, at=at_us / 1e6 + late)


def speak(visits: Visits, visitor: Visitor, *, late: float) -> None:
    """Let half a second of sound come in time, and then as much so late."""
    arrivals = visits.arrivals(visitor.admission)
    for number in range(16):
        at_us = number * 60_000
        arrivals.sound(at_us, lasts_us=60_000, at=at_us / 1e6 + (0.0 if number < 8 else late))


async def newest(line: Outlet) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(await soon(anext(line.source().texts(paths.STATE))))
    return told


def line_of(visits: Visits, visitor: Visitor) -> Outlet:
    line = visits.line_of(visitor.admission)
    assert line is not None
    return line


async def test_a_line_is_told_at_once_and_the_same_outlet_is_read_again() -> None:
    visits = new_visits()
    hue = come(visits, HUE, "one")

    line = line_of(visits, hue)

    assert await newest(line) == {"up": "high", "down": "high", "talk": False}
    assert visits.line_of(hue.admission) is line


async def test_a_screen_that_gets_the_program_late_is_asked_to_take_less_and_no_other_is() -> None:
    visits = new_visits()
    thin, good = come(visits, HUE, "thin"), come(visits, VINH, "good")
    lines = line_of(visits, thin), line_of(visits, good)
    for second in range(3):
        visits.hear_screen("thin", LATE, at=second)
        visits.hear_screen("good", IN_TIME, at=second)
        visits.second(on_air=(), at=second)

    assert [(await newest(line))["down"] for line in lines] == ["low", "high"]


async def test_a_screen_counts_while_nothing_is_on_air_and_keeps_its_rung() -> None:
    visits = new_visits()
    come(visits, HUE, "screen")
    for second in range(4):
        visits.hear_screen("screen", LATE, at=float(second))
        visits.second(on_air=(), at=float(second))

    for second in range(4, 60):
        visits.hear_screen("screen", ScreenBeat(by="websocket", shows="low"), at=float(second))
        visits.second(on_air=(), at=float(second))

    state = visits.states(at=59.5)[HUE]
    assert (state.screens, state.down, state.late_ms) == (1, "low", None)


async def test_a_screen_that_let_the_large_picture_go_is_told_that_it_may_stay_away() -> None:
    visits = new_visits()
    line = line_of(visits, come(visits, HUE, "screen"))
    visits.hear_screen("screen", IN_TIME, at=0.0)

    visits.hear_screen("screen", ScreenBeat(crowded=True), at=0.5)

    assert (await newest(line))["down"] == "low"
    assert visits.states(at=0.5)[HUE].screens == 1


async def test_a_queue_on_the_line_of_the_site_on_air_takes_its_large_picture_and_is_held_against_no_screen() -> None:
    visits = new_visits()
    camera, screen = come(visits, HUE, "camera"), come(visits, VINH, "screen")
    lines = line_of(visits, camera), line_of(visits, screen)
    visits.hear_camera(HUE, "camera", CameraBeat())
    visits.second(on_air=(HUE,), at=0.0)
    assert visits.relieve(HUE, at=0.5) == {}
    speak(visits, camera, late=0.15)

    visits.hear_screen("screen", ScreenBeat(crowded=True), at=1.0)

    assert visits.relieve(HUE, at=1.0) == {HUE: Rung.LOW}
    assert visits.relieve(HUE, at=1.1) == {}
    told = [await newest(line) for line in lines]
    assert [(one["up"], one["down"]) for one in told] == [("low", "high"), ("high", "high")]


async def test_a_screen_whose_line_is_known_to_be_narrow_is_not_tried_with_the_large_picture() -> None:
    visits = new_visits()
    line = line_of(visits, come(visits, HUE, "screen"))
    visits.hear_screen("screen", ScreenBeat(crowded=True), at=0.0)
    for second in range(1, 100):
        visits.hear_screen("screen", replace(IN_TIME, room_kbps=1000), at=float(second))
        visits.second(on_air=(), at=float(second))
    assert (await newest(line))["down"] == "low"

    visits.hear_screen("screen", replace(IN_TIME, room_kbps=9000), at=100.0)
    visits.second(on_air=(), at=100.0)

    assert (await newest(line))["down"] == "high"


async def test_who_is_far_away_is_known_by_the_round_trip_and_over_a_websocket_everybody_is() -> None:
    visits = new_visits()
    counted = {"near": Quality(rtt_ms=19), "far": Quality(rtt_ms=20), "websocket": Quality()}
    for name in counted:
        come(visits, HUE, name)
    visits.hear_transports(counted)

    assert [visits.is_far(name) for name in counted] == [False, True, True]


async def test_a_screen_is_not_judged_twice_by_one_beat() -> None:
    visits = new_visits()
    hue = come(visits, HUE, "one")
    line = line_of(visits, hue)
    visits.hear_screen("one", LATE, at=0.0)
    for tenth in range(20):
        visits.second(on_air=(), at=tenth / 10)

    assert (await newest(line))["down"] == "high"


async def test_what_comes_late_from_the_site_on_air_is_held_against_no_screen() -> None:
    visits = new_visits()
    camera, screen = come(visits, HUE, "camera"), come(visits, VINH, "screen")
    line = line_of(visits, screen)
    visits.hear_camera(HUE, "camera", CameraBeat())
    film(visits, camera, second=0)
    visits.second(on_air=(HUE,), at=0.0)
    for second in range(1, 6):
        film(visits, camera, second=second, late=3.0)
        visits.hear_screen("screen", LATE, at=second)
        visits.second(on_air=(HUE,), at=second)

    assert (await newest(line))["down"] == "high"
    assert visits.up(HUE) is not Rung.HIGH


async def test_a_camera_whose_pictures_come_late_is_asked_for_less_and_told_so() -> None:
    visits = new_visits()
    camera = come(visits, HUE, "camera")
    line = line_of(visits, camera)
    visits.hear_camera(HUE, "camera", CameraBeat())
    changes = []
    for second in range(4):
        film(visits, camera, second=second, late=0.0 if second == 0 else 2.0)
        changes.append(visits.second(on_air=(), at=second + 1.0 + (0 if second == 0 else 2.0)))

    assert changes == [{}, {}, {HUE: Rung.LOW}, {}]
    assert (await newest(line))["up"] == "low"


async def test_a_camera_that_comes_back_begins_on_the_rung_that_it_left() -> None:
    visits = new_visits()
    camera = come(visits, HUE, "camera")
    visits.hear_camera(HUE, "camera", CameraBeat())
    for second in range(4):
        film(visits, camera, second=second, late=0.0 if second == 0 else 2.0)
        visits.second(on_air=(), at=second + 1.0)
    visits.leave(camera.admission)
    visits.second(on_air=(), at=6.0)
    visits.lose_camera(HUE)

    assert visits.up(HUE) is Rung.LOW
    assert (await newest(line_of(visits, come(visits, HUE, "again"))))["up"] == "low"


async def test_loss_on_the_way_to_a_screen_is_told_and_takes_it_down() -> None:
    visits = new_visits()
    line = line_of(visits, come(visits, HUE, "one"))
    for second in range(1, 4):
        visits.hear_transports({"one": Quality(rtt_ms=50, packets_sent=100 * second, packets_lost=30 * second)})
        visits.hear_screen("one", IN_TIME, at=second)
        visits.second(on_air=(), at=second)

    assert await newest(line) == {"up": "high", "down": "low", "rtt_ms": 50, "loss": 0.3, "talk": False}


async def test_a_round_trip_that_wavers_a_little_is_not_told_again_and_again() -> None:
    visits = new_visits()
    line = line_of(visits, come(visits, HUE, "one"))
    told = []
    for second, rtt_ms in enumerate((50, 54, 58, 61, 66, 12, 15)):
        visits.hear_transports({"one": Quality(rtt_ms=rtt_ms)})
        visits.second(on_air=(), at=float(second))
        told.append((await newest(line))["rtt_ms"])

    assert told == [50, 50, 50, 61, 61, 12, 12]


async def test_a_second_in_which_the_server_was_held_up_judges_nobody() -> None:
    visits = new_visits()
    camera, screen = come(visits, HUE, "camera"), come(visits, VINH, "screen")
    visits.hear_camera(HUE, "camera", CameraBeat())
    film(visits, camera, second=0)
    visits.second(on_air=(), at=0.0)
    for second in range(1, 10):
        film(visits, camera, second=second, late=3.0)
        visits.hear_screen("screen", LATE, at=second)
        visits.skip(at=second)
        visits.second(on_air=(), at=second)

    assert visits.up(HUE) is Rung.HIGH
    assert (await newest(line_of(visits, screen)))["down"] == "high"


async def test_a_screen_counts_until_three_of_its_beats_are_missed() -> None:
    visits = new_visits()
    for name in ("one", "two"):
        come(visits, HUE, name)
        visits.hear_screen(name, IN_TIME, at=0.0)
    visits.hear_screen("two", IN_TIME, at=2.0)
    come(visits, HUE, "never showed")

    counted = [visits.states(at=at).get(HUE, SiteState()).screens for at in (0.0, 2.9, 3.0, 4.9, 5.0)]

    assert counted == [2, 2, 1, 1, 0]


async def test_the_operators_are_told_of_every_site_that_is_there() -> None:
    visits = new_visits()
    hue = come(visits, HUE, "camera")
    visits.hear_camera(HUE, "camera", CameraBeat(level=0.4, by="webtransport"))
    visits.hear_screen("camera", IN_TIME, at=0.0)
    come(visits, VINH, "screen")
    visits.hear_screen("screen", ScreenBeat(late_ms=150, by="websocket"), at=0.0)
    come(visits, None, "a screen in the foyer")
    visits.hear_screen("a screen in the foyer", IN_TIME, at=0.0)
    come(visits, CENTRE, "neither camera nor screen")
    film(visits, hue, second=0)
    visits.hear_transports({"camera": Quality(rtt_ms=12, packets_sent=100)})
    visits.second(on_air=(), at=0.0)

    states = json.loads(write_states(visits.states(at=0.0)))

    assert states == {
        "sites": {
            "hue": {
                "level": 0.4,
                "rtt_ms": 12,
                "loss": 0.0,
                "late_ms": 0,
                "up": "high",
                "down": "high",
                "by": "webtransport",
                "screens": 1,
                "talk": False,
            },
            "vinh": {"late_ms": 150, "down": "high", "by": "websocket", "screens": 1, "talk": False},
        }
    }


async def test_who_is_talked_to_is_told_and_who_talks_is_shown() -> None:
    visits = new_visits()
    lines = [line_of(visits, come(visits, site, str(site))) for site in (HUE, VINH)]

    visits.talk(spoken_to={HUE: 1}, speaking=frozenset({VINH}))

    assert [(await newest(line))["talk"] for line in lines] == [True, False]
    assert visits.states(at=0.0) == {VINH: SiteState(talk=True)}


async def test_a_site_is_told_when_another_voice_talks_to_it() -> None:
    visits = new_visits()
    line = line_of(visits, come(visits, HUE, "one"))
    told = []
    for spoken_to in ({HUE: 1}, {HUE: 2}, {}):
        visits.talk(spoken_to=spoken_to, speaking=frozenset())
        told.append(await newest(line))

    assert [(one["talk"], one.get("voice")) for one in told] == [(True, 1), (True, 2), (False, None)]


async def test_who_is_gone_is_told_nothing_more_and_nobody_is_found_under_the_name() -> None:
    visits = new_visits()
    hue = come(visits, HUE, "one")
    texts = line_of(visits, hue).source().texts(paths.STATE)
    await soon(anext(texts))

    visits.close()
    visits.hear_screen("one", IN_TIME, at=0.0)
    visits.hear_camera(VINH, "nobody", CameraBeat())
    visits.second(on_air=(VINH,), at=0.0)

    with pytest.raises(StopAsyncIteration):
        await soon(anext(texts))
    assert visits.line_of(hue.admission) is None
    assert visits.quality("one") is None
    assert visits.all() == ()
