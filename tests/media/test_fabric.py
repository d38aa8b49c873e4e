"""The contract of the fabric: what the studio and its guests rely on, whatever carries it.

Held against the real node, and against the same studio over a WebSocket.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.core.ids import ConferenceId
from diemcau.media import h264, paths
from diemcau.media.fabric import Code, FabricError, RefusedError
from diemcau.media.moq_fabric import Certificate, MoqNode
from diemcau.media.moq_fabric.beside import varint
from tests.media.by_socket import socket_door
from tests.media.halls import (
    AUDIO,
    CENTRE,
    CONFERENCE,
    HUE,
    SITES,
    VIDEO,
    VINH,
    House,
    eventually,
    on_air,
    soon,
    studio,
    take,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["over QUIC", "over a WebSocket"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with studio() as opened:
        if request.param == "over QUIC":
            yield opened
        else:
            async with socket_door(opened.studio) as opened.socket:
                yield opened


async def test_a_hall_sees_the_site_that_is_on_air_from_a_key_frame_on(house: House) -> None:
    await house.camera_on_line(CENTRE)
    await house.show()
    viewer = await house.link(VINH)
    (air,) = await on_air(viewer, CENTRE)

    frames = await take((await viewer.read(air["broadcast"])).frames(VIDEO), 5)

    assert frames[0].key
    assert h264.is_whole_key_frame(frames[0].payload)
    assert [frame.at_us for frame in frames] == sorted(frame.at_us for frame in frames)


async def test_a_hall_hears_the_site_that_is_on_air(house: House) -> None:
    await house.camera_on_line(CENTRE)
    await house.show()
    viewer = await house.link(VINH)
    (air,) = await on_air(viewer, CENTRE)

    frames = await take((await viewer.read(air["broadcast"])).frames(AUDIO), 5)

    assert len(frames) == 5


async def test_a_camera_films_only_while_its_site_is_on_air(house: House) -> None:
    await house.camera_on_line(CENTRE)
    hue = await house.camera_on_line(HUE)
    await house.show()
    await on_air(await house.link("watcher"), CENTRE)
    before = hue.pictures

    await house.show(HUE)
    await eventually(lambda: hue.pictures > 3)
    await house.show()
    await eventually(lambda: not hue.is_watched())

    assert before == 0


@pytest.mark.parametrize("path", ["/camera", "/screen"])
async def test_a_wrong_pass_opens_no_door(house: House, path: str) -> None:
    link = await house.link("nobody", door=path.strip("/"))

    with pytest.raises(RefusedError) as refused:
        await soon(link.closed())

    assert refused.value.code == Code.UNKNOWN_PASS


async def test_a_pass_of_a_conference_that_is_not_open_opens_no_door(house: House) -> None:
    link = await house.link(HUE, conference="another")

    with pytest.raises(RefusedError) as refused:
        await soon(link.closed())

    assert refused.value.code == Code.NOT_ALLOWED


async def test_a_watcher_connects_no_camera(house: House) -> None:
    link = await house.link("watcher", door="camera")

    with pytest.raises(RefusedError) as refused:
        await soon(link.closed())

    assert refused.value.code == Code.NOT_ALLOWED


async def test_who_is_refused_reads_nothing_while_being_told(house: House) -> None:
    await house.studio.publish_board(CONFERENCE, b"for this conference only")
    link = await house.link("nobody")

    with pytest.raises((TimeoutError, FabricError)):
        await asyncio.wait_for(link.read(paths.program(CONFERENCE)), 0.5)


async def test_a_site_reads_no_other_sites_camera(house: House) -> None:
    hue = await house.camera_on_line(HUE)
    spy = await house.link(VINH, door="camera")

    with pytest.raises((TimeoutError, FabricError)):
        await asyncio.wait_for(spy.read(hue.path), 0.5)


async def test_a_screen_reads_no_camera_that_is_not_on_air(house: House) -> None:
    await house.camera_on_line(HUE)
    watcher = await house.link("watcher")

    with pytest.raises((TimeoutError, FabricError)):
        await asyncio.wait_for(watcher.read(paths.preview(CONFERENCE, HUE)), 0.5)


async def test_an_operator_looks_at_a_camera_before_it_is_on_air(house: House) -> None:
    await house.camera_on_line(HUE)
    operator = await house.link("operator")

    source = await soon(operator.read(paths.preview(CONFERENCE, HUE)))
    frames = await take(source.frames(VIDEO), 3)

    assert frames[0].key


async def test_what_a_site_publishes_as_the_program_is_seen_by_nobody(house: House) -> None:
    await house.camera_on_line(CENTRE)
    await house.show()
    rogue = await house.link(VINH, door="camera")
    forged = rogue.publish(paths.program(CONFERENCE))
    forged.write_text(paths.AIR, b'{"airs": "forged"}')
    forged.announce()

    (air,) = await on_air(await house.link(HUE), CENTRE)

    assert air["site"] == CENTRE


async def test_a_site_that_publishes_under_anothers_name_is_not_shown_for_it(house: House) -> None:
    rogue = await house.link(VINH, door="camera")
    forged = rogue.publish(paths.up(CONFERENCE, HUE, paths.new_nonce()))
    forged.encode_video(width=160, height=96, fps=10, bits_per_second=50_000)
    forged.write_text(paths.BEAT, b'{"n": 1}')
    forged.announce()

    await house.camera_on_line(CENTRE)  # whose beat was sent later

    assert [site for site, _ in house.heard] == [CENTRE]


async def test_a_late_comer_reads_the_newest_board_at_once(house: House) -> None:
    await house.studio.publish_board(CONFERENCE, b"first")
    await house.studio.publish_board(CONFERENCE, b"second")
    program = await (await house.link(VINH)).read(paths.program(CONFERENCE))

    newest = await soon(anext(program.texts(paths.BOARD)))

    assert newest == b"second"


async def test_everyone_hears_the_servers_beat(house: House) -> None:
    program = await (await house.link("watcher")).read(paths.program(CONFERENCE))

    beat = await soon(anext(program.texts(paths.BEAT)))

    assert beat.startswith(b'{"n": ')


async def test_two_conferences_on_one_server_see_nothing_of_each_other(house: House) -> None:
    other = ConferenceId("another")
    await house.studio.open_conference(other, CENTRE, SITES)
    await house.studio.publish_board(other, b"of the other conference")
    await house.studio.publish_board(CONFERENCE, b"of this one")
    guest = await house.link(HUE, conference=other)

    board = await soon(anext((await guest.read(paths.program(other))).texts(paths.BOARD)))

    assert board == b"of the other conference"
    with pytest.raises((TimeoutError, FabricError)):
        await asyncio.wait_for(guest.read(paths.program(CONFERENCE)), 0.5)


async def test_a_port_that_is_taken_is_said_in_one_sentence(house: House) -> None:
    second = MoqNode("127.0.0.1", house.studio.port)

    with pytest.raises(FabricError, match=f"UDP port {house.studio.port} .* choose another port"):
        await second.listen()


async def test_a_certificate_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    files = Certificate(cert=tmp_path / "none.pem", key=tmp_path / "none.key")

    with pytest.raises(FabricError, match="certificate for media can't be read"):
        await MoqNode("127.0.0.1", 0, files).listen()


async def test_who_comes_late_is_told_what_there_is_though_nobody_ever_asked_for_the_smaller_picture() -> None:
    async with studio() as opened:
        await opened.camera_on_line(CENTRE)
        await opened.show()
        viewer = await opened.link(VINH)
        (air,) = await on_air(viewer, CENTRE)
        source = await viewer.read(air["broadcast"])
        await take(source.frames(VIDEO), 2)

        offered = await soon(anext(source.renditions()))

    pictures = (offered.high, offered.low, offered.tile)
    assert {one.track for one in pictures if one is not None} == {paths.VIDEO}
    assert offered.audio is not None


@given(st.integers(0, 2**62 - 1))
def test_a_number_is_written_as_quic_reads_it(value: int) -> None:
    written = varint(value)

    assert int.from_bytes(written, "big") & ((1 << (8 * len(written) - 2)) - 1) == value
    assert len(written) == 1 << (written[0] >> 6)


def test_a_number_that_quic_does_not_have_is_not_written() -> None:
    with pytest.raises(OverflowError):
        varint(2**62)
