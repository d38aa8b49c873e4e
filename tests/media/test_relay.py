"""A relay: what halls below it see and hear, who may come in, and what becomes of them when it is cut off."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from joserfc.jwk import OKPKey

from diemcau.media import h264, paths
from diemcau.media.fabric import Admission, Code, Part
from diemcau.media.line_check import PING, RESULT, UP
from diemcau.media.lines import Line
from diemcau.media.passes import Passes
from diemcau.media.rehearsal_sites.elsewhere import Parent
from diemcau.media.rehearsal_sites.report import Line as LineReport
from diemcau.media.rehearsal_sites.report import Report
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall, RehearsalSite
from tests.media.halls import take
from tests.media.relays import (
    AUDIO,
    CENTRE,
    CONFERENCE,
    ELSEWHERE,
    HUE,
    VIDEO,
    VINH,
    air_of,
    code_of,
    eventually,
    land,
    soon,
)

WATCHER = Admission(conference=CONFERENCE, site=None, part=Part.WATCHER, may_publish=False, connection="watcher")


async def test_a_hall_below_a_relay_sees_a_whole_picture_first_and_hears_it() -> None:
    async with land() as here:
        province = await here.relay()
        await here.camera(here.node, VINH)
        await here.show(VINH)
        hall = await here.come(province.node, here.ticket(HUE))

        air = await air_of(hall, VINH)
        first, *_ = await take(air.frames(VIDEO), 3)

        assert first.key
        assert h264.is_whole_key_frame(first.payload)
        assert len(await take(air.frames(AUDIO), 3)) == 3


async def test_the_centre_sees_a_hall_below_a_relay_as_one_that_came_to_itself() -> None:
    async with land() as here:
        province = await here.relay()
        camera = await here.camera(province.node, HUE)
        watcher = await here.come(here.node, here.ticket("program"))
        assert not camera.is_watched()

        await here.show(HUE)

        first, *_ = await take((await air_of(watcher, HUE)).frames(VIDEO), 2)
        assert h264.is_whole_key_frame(first.payload)
        assert here.studio.is_up(CONFERENCE, HUE)


async def test_a_site_below_a_relay_never_hears_itself() -> None:
    async with land() as here:
        province = await here.relay()
        camera = await here.camera(province.node, HUE)
        other = await here.come(province.node, here.ticket(VINH))
        await here.show(HUE)
        heard_by_others = await air_of(other, HUE)
        assert len(await take(heard_by_others.frames(AUDIO), 3)) == 3

        own = await air_of(camera.link, HUE)

        assert len(await take(own.frames(VIDEO), 2)) == 2
        assert await soon(anext(own.frames(AUDIO), None)) is None


async def test_a_relay_below_a_relay_carries_both_ways() -> None:
    async with land() as here:
        north = await here.relay()
        south = await here.relay(HUE, below=north)
        await here.camera(south.node, HUE)
        hall = await here.come(south.node, here.ticket(HUE))
        other = await here.come(north.node, here.ticket(VINH))
        await here.camera(here.node, VINH)

        await here.show(VINH)
        assert len(await take((await air_of(hall, VINH)).frames(VIDEO), 2)) == 2
        await here.show(HUE)
        assert len(await take((await air_of(other, HUE)).frames(VIDEO), 2)) == 2


async def test_a_relay_whose_upper_relay_is_cut_off_is_cut_off_with_it_and_tells_its_halls() -> None:
    async with land() as here:
        north = await here.relay()
        south = await here.relay(below=north)
        hall = await here.come(south.node, here.ticket(HUE))
        program = await hall.read(paths.program(CONFERENCE))
        here.is_away = True
        await here.upward[0].close()
        await eventually(lambda: not north.relay.health().is_up)

        north.clock.at += 5.0
        assert await soon(_says(program.texts(paths.BEAT), b"alone_s"))
        assert not south.relay.health().is_up
        assert not south.relay.is_cut_off()
        north.clock.at += 56.0
        await eventually(south.relay.is_cut_off)

        assert await code_of(await here.come(south.node, here.ticket(VINH))) == Code.CUT_OFF
        here.is_away = False
        await eventually(lambda: south.relay.health().is_up)
        assert not south.relay.is_cut_off()


async def test_a_camera_that_goes_to_another_node_is_taken_there() -> None:
    async with land() as here:
        one, other = await here.relay(), await here.relay()
        first = await here.camera(one.node, HUE)
        await first.leave()
        watcher = await here.come(here.node, here.ticket("program"))

        link = await here.come(other.node, here.ticket(HUE), door="camera")
        path = paths.up(CONFERENCE, HUE, paths.new_nonce())
        camera = type(first)(link, link.publish(path), path, size=(160, 96), more=set())
        here.stack.push_async_callback(camera.leave)
        await here.show(HUE)

        assert len(await take((await air_of(watcher, HUE)).frames(VIDEO), 2)) == 2


async def test_a_second_camera_of_a_site_is_told_that_it_is_not_alone_wherever_it_comes() -> None:
    async with land() as here:
        province = await here.relay()
        await here.camera(here.node, HUE)

        second = await here.come(province.node, here.ticket(HUE), door="camera")

        assert await code_of(second) == Code.CAMERA_BUSY


async def test_intruders_are_kept_out_of_a_relay() -> None:
    async with land() as here:
        province = await here.relay(HUE)
        forger = Passes(OKPKey.generate_key("Ed25519"))
        stranger = type(here)(passes=forger, node=here.node, studio=here.studio, stack=here.stack)
        tokens = {
            "nothing": ("", "screen"),
            "forged": (stranger.ticket(HUE), "camera"),
            "another conference": (here.ticket(HUE, conference=ELSEWHERE), "camera"),
            "a site that is not served": (here.ticket(VINH), "camera"),
            "a screen with a camera": (here.ticket("program"), "camera"),
            "a relay's pass as a hall's": (here.relay_pass(), "camera"),
            "a hall's ticket as a relay's": (here.ticket(HUE), "relay"),
            "a forged relay": (stranger.relay_pass(), "relay"),
        }

        codes = {
            who: await code_of(await here.come(province.node, token, door=door))
            for who, (token, door) in tokens.items()
        }

        assert codes == {
            "nothing": 401,
            "forged": 401,
            "another conference": 403,
            "a site that is not served": 403,
            "a screen with a camera": 403,
            "a relay's pass as a hall's": 401,
            "a hall's ticket as a relay's": 401,
            "a forged relay": 401,
        }


async def _says(texts: AsyncIterator[bytes], word: bytes) -> bool:
    async for text in texts:
        if word in text:
            return True
    return False


@pytest.mark.parametrize("at_relay", [False, True], ids=["at the centre", "at a relay"])
async def test_a_relay_publishes_for_its_own_sites_only(at_relay: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async with land() as here:
        node = (await here.relay()).node if at_relay else here.node
        token = here.relay_pass(HUE)

        other = await here.come(node, f"{token}&site={VINH}", door="relay")
        own = await here.come(node, f"{token}&site={HUE}", door="relay")

        assert await code_of(other) == Code.NOT_ALLOWED
        program = await soon(own.read(paths.program(CONFERENCE)))
        assert await soon(anext(program.texts(paths.BEAT)))


async def test_who_is_revoked_is_cut_off_at_once_and_not_let_in_again() -> None:
    async with land() as here:
        province = await here.relay()
        token = here.ticket(HUE, number="n-7")
        hall = await here.come(province.node, token)
        program = await hall.read(paths.program(CONFERENCE))
        assert await soon(anext(program.texts(paths.BEAT)))

        await here.revoke("n-7")

        assert await code_of(hall) == Code.UNKNOWN_PASS
        assert await code_of(await here.come(province.node, token)) == Code.UNKNOWN_PASS


async def test_a_relay_lets_nobody_in_before_it_knows_whose_pass_was_revoked() -> None:
    async with land(board=None) as here:
        province = await here.relay()
        revoked, good = here.ticket(HUE, number="n-7"), here.ticket(VINH)

        before = [await code_of(await here.come(province.node, token)) for token in (revoked, good)]
        await here.revoke("n-7")
        await eventually(lambda: not province.relay.is_cut_off())

        assert before == [Code.CUT_OFF, Code.CUT_OFF]
        assert await code_of(await here.come(province.node, revoked)) == Code.UNKNOWN_PASS
        hall = await here.come(province.node, good)
        program = await soon(hall.read(paths.program(CONFERENCE)))
        assert await soon(anext(program.texts(paths.BEAT)))


async def test_a_relay_that_was_cut_off_asks_again_whose_pass_was_revoked() -> None:
    async with land() as here:
        province = await here.relay()
        await here.stop_studio()
        await eventually(lambda: not province.relay.health().is_up)
        province.clock.at += 61.0
        here.board = None
        await here.start_studio()
        await eventually(lambda: province.relay.health().is_up)
        assert province.relay.is_cut_off()

        await here.revoke("n-7")

        await eventually(lambda: not province.relay.is_cut_off())
        assert await code_of(await here.come(province.node, here.ticket(HUE, number="n-7"))) == Code.UNKNOWN_PASS


async def test_a_relay_that_is_cut_off_lets_in_nobody_new_and_keeps_whom_it_has() -> None:
    async with land() as here:
        province = await here.relay()
        await here.camera(here.node, VINH)
        await here.show(VINH)
        hall = await here.come(province.node, here.ticket(HUE))
        air = await air_of(hall, VINH)
        assert await take(air.frames(VIDEO), 1)
        await here.stop_studio()
        await eventually(lambda: not province.relay.health().is_up)
        assert not province.relay.is_cut_off()

        province.clock.at += 61.0

        assert await code_of(await here.come(province.node, here.ticket(HUE))) == Code.CUT_OFF
        program = await hall.read(paths.program(CONFERENCE))
        assert await soon(_says(program.texts(paths.BEAT), b"alone_s"))


async def test_whom_a_relay_kept_sees_the_conference_again_when_the_centre_is_back() -> None:
    async with land() as here:
        province = await here.relay()
        camera = await here.camera(province.node, HUE)
        await here.show(HUE)
        hall = await here.come(province.node, here.ticket(VINH))
        assert await take((await air_of(hall, HUE)).frames(VIDEO), 1)
        before = here.heard.count((HUE, Line.UP))

        await here.stop_studio()
        await eventually(lambda: not province.relay.health().is_up)
        await here.start_studio()
        await eventually(lambda: province.relay.health().is_up)
        camera.beat()
        await eventually(lambda: here.heard.count((HUE, Line.UP)) > before)
        await here.show(HUE)

        first, *_ = await take((await air_of(hall, HUE)).frames(VIDEO), 3)
        assert h264.is_whole_key_frame(first.payload)


async def test_a_site_whose_relay_is_cut_off_goes_to_the_centre_if_it_can() -> None:
    async with land() as here:
        province = await here.relay()
        reports: asyncio.Queue[Report] = asyncio.Queue()
        hall = Hall(
            conference=CONFERENCE,
            site=HUE,
            name="Hue",
            url=province.way("").url,
            fingerprints=province.way("").fingerprints,
            token=here.ticket(HUE),
            parents=(Parent(url=(await here.way()).url, fingerprints=here.node.fingerprints()),),
        )
        site = asyncio.create_task(RehearsalSite(hall, Quality(), reports.put_nowait).run())
        assert await _state(reports) == "up"
        assert province.relay.health().sessions == 1

        await here.cut()
        province.clock.at += 5.0

        assert [await _state(reports) for _ in range(2)] == ["lost", "up"]
        await eventually(lambda: province.relay.health().sessions == 0)
        site.cancel()
        await asyncio.gather(site, return_exceptions=True)


async def _state(reports: asyncio.Queue[Report]) -> str:
    while True:
        match await asyncio.wait_for(reports.get(), 20):
            case LineReport(state=state):
                return state
            case _:
                pass


async def test_the_line_of_a_hall_below_a_relay_is_measured_by_the_centre() -> None:
    async with land() as here:
        province = await here.relay()
        camera = await here.camera(province.node, HUE)
        told = await soon(camera.link.read(paths.check(CONFERENCE)))
        results = told.texts(RESULT)

        check = camera.link.publish(f"check/{CONFERENCE}/{paths.new_nonce()}")
        check.write_text(PING, b"1")
        check.write_text(UP, bytes(20))
        check.announce()

        assert await soon(_says(results, b'"up"'))


async def test_a_hall_that_floods_a_relay_is_cut_off_while_another_sees_on() -> None:
    async with land() as here:
        province = await here.relay()
        await here.camera(here.node, VINH)
        await here.show(VINH)
        air = await air_of(await here.come(province.node, here.ticket("program")), VINH)
        flooding = await here.come(province.node, here.ticket(HUE))

        nonsense = [flooding.publish(f"nonsense/{number}") for number in range(200)]
        for one in nonsense:
            one.announce()

        assert await code_of(flooding) == Code.TOO_MUCH
        assert len(await take(air.frames(VIDEO), 10)) == 10


async def test_nothing_is_carried_that_nobody_below_asks_for() -> None:
    async with land() as here:
        province = await here.relay()
        await here.camera(here.node, CENTRE)
        hall = await here.come(province.node, here.ticket(HUE))
        await here.show(None)
        air = await air_of(hall, CENTRE)
        offered = here.studio.offer(WATCHER, paths.air(CONFERENCE, 1))
        assert offered is not None
        asked_before = offered.is_wanted()

        await take(air.frames(VIDEO), 1)

        assert (asked_before, offered.is_wanted()) == (False, True)
