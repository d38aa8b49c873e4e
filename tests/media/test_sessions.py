"""Sessions of sound and picture: they end with their pass, are asked for what they carry, and may not flood."""

import asyncio
import itertools
import json

import pytest

from diemcau.core.entry import RevokeLinks, RevokePass
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.fabric import Code, Link, MediaFrame, Part, Publication
from diemcau.media.gathering import MOST_SOURCES
from diemcau.media.limits import ALLOWED, SESSIONS_A_PASS, Sent
from diemcau.media.lines import Line
from diemcau.media.rehearsal_sites.bad_line import BadLine, Way
from diemcau.media.socket_fabric import connect_socket
from tests.core.samples import HANOI, HUE, VINH
from tests.media.by_socket import socket_door
from tests.media.doors import NOON, Doors, beat_as_screen, doors, line_of, on_the_wall, refusal_of, states_of, tell
from tests.media.halls import SILENCE, VIDEO, eventually, soon, take

pytestmark = pytest.mark.anyio


async def test_every_session_ends_when_its_pass_does() -> None:
    async with doors() as door:
        camera = await door.camera(HUE)
        screen = await door.come(Role.SITE, HUE)

        await door.house.clock.wind_to(NOON)

        assert [await refusal_of(link) for link in (camera.link, screen)] == [Code.UNKNOWN_PASS] * 2


async def test_a_revoked_pass_ends_every_session_that_came_by_it_and_no_other() -> None:
    async with doors() as door:
        hues = door.pass_as(Role.SITE, HUE)
        camera = await door.camera(HUE, hues)
        screen = await door.knock(door.ticket(hues))
        other_screen = await door.come(Role.SITE, HUE)
        vinhs = await door.camera(VINH)
        await door.show(VINH)

        await door.give(RevokePass(number=hues.number))

        assert [await refusal_of(link) for link in (camera.link, screen)] == [Code.UNKNOWN_PASS] * 2
        assert await door.code_of(door.ticket(hues)) == Code.UNKNOWN_PASS
        assert await states_of(await line_of(other_screen, door), down="high")
        await eventually(lambda: vinhs.pictures > 3)


async def test_when_all_links_of_operators_are_revoked_their_sessions_end() -> None:
    async with doors() as door:
        operator, screen = await door.come(Role.OPERATOR), await door.come(Role.PROGRAM)

        await door.give(RevokeLinks(role=Role.OPERATOR))

        assert await refusal_of(operator) == Code.UNKNOWN_PASS
        assert await states_of(await line_of(screen, door), down="high")


async def test_a_site_on_air_whose_pass_is_revoked_is_on_air_no_more() -> None:
    async with doors() as door:
        hues = door.pass_as(Role.SITE, HUE)
        camera = await door.camera(HUE, hues)
        await door.show(HUE)
        await eventually(lambda: camera.pictures > 3)

        await door.give(RevokePass(number=hues.number))

        assert await refusal_of(camera.link) == Code.UNKNOWN_PASS
        again = await door.camera(HUE, was_up=True)  # with a new link
        await eventually(lambda: again.pictures > 3)


async def test_a_pass_has_only_so_many_sessions() -> None:
    async with doors() as door:
        hues = door.pass_as(Role.SITE, HUE)
        for _ in range(SESSIONS_A_PASS[Part.SITE]):
            await states_of(await line_of(await door.knock(door.ticket(hues)), door), down="high")

        assert await door.code_of(door.ticket(hues)) == Code.TOO_MUCH
        assert await states_of(await line_of(await door.come(Role.SITE, HUE), door), down="high")


async def test_an_operator_sees_how_many_screens_a_site_has_and_how_its_camera_is_doing() -> None:
    async with doors() as door:
        camera = await door.camera(HUE)
        camera.beat(level=0.5, by="webtransport")
        screens = [beat_as_screen(await door.come(Role.SITE, HUE), door.conference) for _ in range(2)]

        seen = await on_the_wall(await door.come(Role.OPERATOR), door, HUE, screens=2, level=0.5)

        assert {"up": "high", "down": "high", "by": "webtransport", "talk": False}.items() <= seen.items()
        assert seen["rtt_ms"] < 1000
        assert len(screens) == 2


async def test_a_screen_that_gets_the_program_late_is_asked_to_take_less_while_others_keep_all() -> None:
    async with doors() as door:
        thin, good = await door.come(Role.SITE, HUE), await door.come(Role.SITE, VINH)
        told = beat_as_screen(thin, door.conference)
        in_time = beat_as_screen(good, door.conference)
        line = await line_of(thin, door)
        await states_of(line, down="high")

        async def be_late() -> None:
            while True:
                tell(told, late_ms=2500, gaps=0)
                tell(in_time, late_ms=0, gaps=0)
                await asyncio.sleep(0.2)

        being_late = asyncio.create_task(be_late())
        lowered = await states_of(line, down="low")
        being_late.cancel()

        assert lowered["up"] == "high"
        assert await states_of(await line_of(good, door), down="high")
        assert await on_the_wall(await door.come(Role.OPERATOR), door, HUE, down="low")


async def test_a_camera_whose_line_becomes_narrow_is_asked_for_less_and_the_operator_sees_it() -> None:
    async with doors() as door, BadLine(("127.0.0.1", door.studio.port)) as line:
        await door.show(HUE)
        link = await door.knock(door.ticket(door.pass_as(Role.SITE, HUE)), "camera", port=line.port)
        camera = link.publish(paths.up(door.conference, HUE, paths.new_nonce()))
        speaking = asyncio.create_task(_speak_loudly(camera))
        camera.announce()
        told = await line_of(link, door)
        await states_of(told, up="high")
        await eventually(lambda: (HUE, Line.UP) in door.heard)

        line.up = Way(bits_per_second=100_000)

        assert (await states_of(told, up="low"))["down"] == "high"
        assert await on_the_wall(await door.come(Role.OPERATOR), door, HUE, up="low")
        speaking.cancel()


async def _speak_loudly(camera: Publication) -> None:
    """Send 400 kbit/s of sound, with a beat each second."""
    sound = camera.offer_audio(sample_rate=48_000, channels=1)
    tell(camera)
    begun = asyncio.get_running_loop().time()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begun + number / 50 - asyncio.get_running_loop().time()))
        sound.write(SILENCE + bytes(1000), number * 20_000)
        if number % 50 == 0:
            tell(camera)


async def test_a_camera_that_begins_anew_in_its_session_takes_its_own_place() -> None:
    async with doors() as door:
        await door.show(HUE)
        link = await door.come(Role.SITE, HUE, door="camera")
        cameras = []
        for _ in range(3):
            camera = link.publish(paths.up(door.conference, HUE, paths.new_nonce()))
            sound = camera.offer_audio(sample_rate=48_000, channels=1)
            tell(camera)
            camera.announce()
            cameras.append(camera)
            await soon(sound.wanted())

        assert door.heard == [(HUE, Line.UP)]


async def test_of_a_session_that_publishes_very_much_only_some_is_heard() -> None:
    async with doors() as door:
        link = await door.come(Role.SITE, HUE, door="camera")
        screens = [beat_as_screen(link, door.conference) for _ in range(2 * MOST_SOURCES)]

        seen = await on_the_wall(await door.come(Role.OPERATOR), door, HUE, screens=1)

        assert (len(screens), seen["screens"]) == (2 * MOST_SOURCES, 1)
        assert not door.excesses


async def test_a_flood_of_announcements_is_cut_off_and_the_operator_alarmed() -> None:
    async with doors() as door:
        vinhs = await door.camera(VINH)
        await door.show(VINH)
        flooding = await door.come(Role.SITE, HUE, door="camera")
        nonsense = [flooding.publish(f"nonsense/{number}") for number in range(200)]
        for one in nonsense:
            one.announce()

        assert await refusal_of(flooding) == Code.TOO_MUCH
        assert [(site, excess.sent) for site, excess in door.excesses] == [(HUE, Sent.ANNOUNCEMENTS)]
        before = vinhs.pictures
        await eventually(lambda: vinhs.pictures > before + 10)


async def test_a_flood_over_a_websocket_is_cut_off_and_the_operator_alarmed() -> None:
    async with doors() as door, socket_door(door.studio) as socket:
        vinhs = await door.camera(VINH)
        await door.show(VINH)
        ticket = door.ticket(door.pass_as(Role.SITE, HUE))
        flooding = await connect_socket(f"{socket}/{door.conference}?jwt={ticket}&as=camera")
        for number in range(round(ALLOWED[Sent.ANNOUNCEMENTS].at_once) + 5):
            flooding.publish(f"nonsense/{number}").announce()

        assert await refusal_of(flooding) == Code.TOO_MUCH
        await eventually(lambda: bool(door.excesses))
        assert [(site, excess.sent) for site, excess in door.excesses] == [(HUE, Sent.ANNOUNCEMENTS)]
        before = vinhs.pictures
        await eventually(lambda: vinhs.pictures > before + 10)


@pytest.mark.parametrize(("bytes_each", "sent"), [(3, Sent.FRAMES), (50_000, Sent.BYTES)])
async def test_a_site_on_air_that_floods_is_cut_off_while_another_sites_picture_goes_on_whole(
    bytes_each: int, sent: Sent
) -> None:
    async with doors() as door:
        await door.camera(HANOI)
        await door.show(HUE)
        taking = asyncio.create_task(_pictures(await door.come(Role.PROGRAM), door, 75))
        flooding = await door.come(Role.SITE, HUE, door="camera")
        camera = flooding.publish(paths.up(door.conference, HUE, paths.new_nonce()))
        sound = camera.offer_audio(sample_rate=48_000, channels=1)
        tell(camera)
        camera.announce()

        async def flood() -> None:
            at_us = 0
            await sound.wanted()
            sound.begin()
            while True:
                for _ in range(20):
                    at_us += 1000
                    sound.write(SILENCE + bytes(bytes_each - 3), at_us)
                await asyncio.sleep(0.005)

        flooding_task = asyncio.create_task(flood())
        code = await refusal_of(flooding)
        flooding_task.cancel()
        pictures = await taking

        assert code == Code.TOO_MUCH
        assert [(site, excess.sent) for site, excess in door.excesses] == [(HUE, sent)]
        assert pictures[0].key
        assert [one.at_us for one in pictures] == sorted({one.at_us for one in pictures})


async def _pictures(link: Link, door: Doors, count: int) -> list[MediaFrame]:
    program = await soon(link.read(paths.program(door.conference)))
    async for text in program.texts(paths.AIR):
        airs = json.loads(text)["airs"]
        if airs:
            source = await link.read(airs[0]["broadcast"])
            return await take(source.frames(VIDEO), count)
    raise AssertionError("the program ended")


async def test_many_who_knock_with_no_pass_keep_nobody_out() -> None:
    async with doors() as door:
        knocking = [asyncio.create_task(door.knock("rubbish", "camera")) for _ in range(60)]
        camera = await door.camera(HANOI)
        await door.show()

        await eventually(lambda: camera.pictures > 3)
        await asyncio.gather(*knocking, return_exceptions=True)
