"""Rehearsal sites in a process of their own, against a real studio."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, Guest, Outlet, Refusal, Source
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.opus import FRAME_MS, Opus
from diemcau.media.reception import Reception
from diemcau.media.rehearsal_sites.casting import Casting, read_casting, write_casting
from diemcau.media.rehearsal_sites.picture import Picture
from diemcau.media.rehearsal_sites.report import FirstFrame
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall, RehearsalSite
from diemcau.media.rehearsal_sites.troupe import Troupe
from diemcau.media.rehearsal_sites.voice import RATE, Voice, level
from tests.media.halls import CENTRE, CONFERENCE, HUE, SITES, VINH, House, admit, eventually, soon, studio

pytestmark = pytest.mark.anyio
QUALITY = Quality(width=160, height=96, fps=20)


def hall(house: House, site: str) -> Hall:
    return Hall(
        conference=CONFERENCE,
        site=next(one for one in SITES if one == site),
        name="Thừa Thiên Huế",
        url=f"https://127.0.0.1:{house.studio.port}",
        fingerprints=house.studio.fingerprints(),
        token=f"{CONFERENCE}:{site}",
    )


@asynccontextmanager
async def rehearsing() -> AsyncIterator[tuple[House, Troupe]]:
    async with studio() as house:
        troupe = Troupe()
        await troupe.start([hall(house, site) for site in sorted(SITES)], QUALITY, sites_a_process=2)
        try:
            yield house, troupe
        finally:
            await troupe.stop()


async def test_every_site_sees_a_whole_first_frame_and_counts_a_speech() -> None:
    async with rehearsing() as (house, troupe):
        assert await troupe.everyone_up(within=30)
        await eventually(lambda: len(house.heard) == len(SITES))
        await house.show()
        await troupe.begin_speech("first", HUE)
        await house.show(HUE)
        await eventually(lambda: len(of_site(troupe, HUE)) == len(SITES))
        await asyncio.sleep(0.5)  # real pictures take real time
        await house.show()

        await troupe.end_speech()

        assert await troupe.everyone_reported("first", within=5)
        assert all(first.is_whole for first in troupe.first_frames)
        assert {seen.viewer for seen in troupe.seen("first")} == SITES
        assert min(seen.frames for seen in troupe.seen("first")) >= 5
        own = next(seen for seen in troupe.seen("first") if seen.viewer == HUE)
        other = next(seen for seen in troupe.seen("first") if seen.viewer == VINH)
        assert (own.audio_frames, other.audio_frames > 0) == (0, True)


async def test_a_site_is_seen_small_and_its_voice_is_measured() -> None:
    async with rehearsing() as (house, troupe):
        assert await troupe.everyone_up(within=30)
        operator = await house.link("operator")
        wall = await soon(operator.read(paths.wall(CONFERENCE)))

        picture = await soon(anext(wall.texts(paths.thumb(HUE))))
        loudness = await soon(level_of(HUE, wall))

        with Image.open(BytesIO(picture)) as image:
            assert (image.format, image.size) == ("JPEG", (160, 90))
        assert 0.5 < loudness <= 1


async def test_a_site_looks_at_the_rung_that_its_line_says() -> None:
    node = MoqNode("127.0.0.1", 0)
    door = OneAir(node.new_outlet)
    await node.listen()
    reception = Reception(node, door)
    reception.open()
    one = Hall(
        conference=CONFERENCE,
        site=VINH,
        name="Vinh",
        url=f"https://127.0.0.1:{node.port}",
        fingerprints=node.fingerprints(),
        token=f"{CONFERENCE}:{VINH}",
    )
    site = asyncio.create_task(RehearsalSite(one, QUALITY, lambda _: None).run())

    await eventually(lambda: door.asked() == {paths.VIDEO, paths.AUDIO})
    door.say("low")
    await eventually(lambda: door.asked() == {paths.VIDEO_LOW, paths.AUDIO})
    door.say("sound")
    await eventually(lambda: door.asked() == {paths.AUDIO})
    door.say("high")

    await eventually(lambda: door.asked() == {paths.VIDEO, paths.AUDIO})
    site.cancel()
    await asyncio.gather(site, return_exceptions=True)
    await reception.close()
    await node.close()


class OneAir:
    """A door behind which one site is on air."""

    def __init__(self, new_outlet: Callable[[], Outlet]) -> None:
        program, line, air = new_outlet(), new_outlet(), new_outlet()
        program.write_text(paths.BEAT, b"{}")
        entry = {"n": 1, "role": "main", "site": HUE, "broadcast": paths.air(CONFERENCE, 1)}
        program.write_text(paths.AIR, json.dumps({"airs": [entry]}).encode())
        for track in (paths.VIDEO, paths.VIDEO_LOW):
            air.open_video(track)
        air.open_audio(sample_rate=RATE, channels=1)
        self._line, self._air = line, air
        self._outlets = {
            paths.program(CONFERENCE): program,
            paths.line(CONFERENCE): line,
            paths.air(CONFERENCE, 1): air,
        }
        self._beating = asyncio.create_task(self._beat(program))
        self.say("high")

    def say(self, rung: str) -> None:
        self._line.write_text(paths.STATE, json.dumps({"down": rung}).encode())

    def asked(self) -> set[str]:
        return {track for track in (paths.VIDEO, paths.VIDEO_LOW, paths.AUDIO) if self._air.is_wanted(track)}

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        assert as_camera
        return await admit(token)

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Admission | Refusal:
        raise AssertionError(token, for_site)

    async def welcome(self, guest: Guest) -> None:
        await guest.closed()

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        assert admission.site == VINH
        return self._outlets.get(path)

    def farewell(self, admission: Admission) -> None:
        assert admission.site == VINH
        self._beating.cancel()

    def hear_excess(self, admission: Admission, excess: object) -> None:
        raise AssertionError(admission, excess)

    async def _beat(self, program: Outlet) -> None:
        while True:
            await asyncio.sleep(0.5)
            program.write_text(paths.BEAT, b"{}")


async def level_of(site: str, wall: Source) -> float:
    """Return the first level that the operators are told of a site."""
    async for text in wall.texts(paths.STATES):
        loudness = json.loads(text)["sites"].get(site, {}).get("level")
        if loudness is not None:
            return float(loudness)
    raise AssertionError("the wall ended")


async def test_a_site_whose_server_is_away_comes_again_by_itself() -> None:
    async with rehearsing() as (house, troupe):
        assert await troupe.everyone_up(within=30)
        await house.studio.close_conference(CONFERENCE)
        await eventually(lambda: not troupe.up)

        await house.studio.open_conference(CONFERENCE, CENTRE, SITES)

        assert await troupe.everyone_up(within=30)


def of_site(troupe: Troupe, site: str) -> list[FirstFrame]:
    return [first for first in troupe.first_frames if first.site == site]


def test_a_casting_survives_the_way_through_a_line() -> None:
    casting = Casting(
        halls=(
            Hall(
                conference=CONFERENCE,
                site=HUE,
                name="Thừa Thiên Huế",
                url="https://[::1]:8443",
                fingerprints=("ab",),
                token="a.b.c",
            ),
        ),
        quality=QUALITY,
    )

    assert read_casting(write_casting(casting)) == casting


def test_a_picture_has_its_size_and_changes_with_its_number() -> None:
    picture = Picture("Thừa Thiên Huế", width=160, height=96)
    at = datetime(2020, 7, 20, 8, 0, tzinfo=UTC)

    first, second = picture.draw(at, 1), picture.draw(at, 2)

    assert len(first) == len(second) == 160 * 96 * 3 // 2
    assert first != second


def test_a_picture_shows_vietnamese_letters_that_differ_only_by_a_mark() -> None:
    at = datetime(2020, 7, 20, 8, 0, tzinfo=UTC)
    names = ("Hue", "Huê", "Huế", "Huề", "Huể", "Huễ", "Huệ")

    drawn = {Picture(name, width=160, height=96).draw(at, 1)[: 160 * 70] for name in names}

    assert len(drawn) == len(names)


def test_a_packet_holds_sixty_milliseconds_of_what_was_said() -> None:
    opus, voice = Opus(bits_per_second=24_000), Voice("Huế")
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate = RATE

    packets = [opus.encode(voice.speak(RATE * FRAME_MS // 1000)) for _ in range(50)]
    heard = [frame.samples for packet in packets for frame in decoder.decode(av.Packet(packet))]

    assert all(packets)
    assert sum(heard) == pytest.approx(50 * RATE * FRAME_MS // 1000, abs=RATE * FRAME_MS // 1000)


def test_the_level_goes_from_silence_to_the_loudest() -> None:
    silence, loud = np.zeros(100, dtype=np.int16), np.full(100, -32_768, dtype=np.int16)
    middle = np.full(100, 327, dtype=np.int16)

    assert [level(one.tobytes()) for one in (silence, middle, loud)] == [0.0, 0.37, 1.0]


def test_a_voice_is_heard_and_differs_from_another() -> None:
    hue, vinh = Voice("Huế"), Voice("Vinh")

    said = np.frombuffer(hue.speak(RATE * 5), dtype=np.int16)

    assert np.abs(said).max() > 3000
    assert len(said) == RATE * 5
    assert said.tobytes() != vinh.speak(RATE * 5)
