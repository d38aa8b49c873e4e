"""Rehearsal sites in a process of their own, against a real studio."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import numpy as np
import pytest

from diemcau.media.rehearsal_sites.casting import Casting, read_casting, write_casting
from diemcau.media.rehearsal_sites.picture import Picture
from diemcau.media.rehearsal_sites.report import FirstFrame
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall
from diemcau.media.rehearsal_sites.troupe import Troupe
from diemcau.media.rehearsal_sites.voice import RATE, Voice
from tests.media.halls import CENTRE, CONFERENCE, HUE, SITES, VINH, House, eventually, studio

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
        assert await troupe.everyone_up(within=10)
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


async def test_a_site_whose_server_is_away_comes_again_by_itself() -> None:
    async with rehearsing() as (house, troupe):
        assert await troupe.everyone_up(within=10)
        await house.studio.close_conference(CONFERENCE)
        await eventually(lambda: not troupe.up)

        await house.studio.open_conference(CONFERENCE, CENTRE, SITES)

        assert await troupe.everyone_up(within=15)


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


def test_a_voice_is_heard_and_differs_from_another() -> None:
    hue, vinh = Voice("Huế"), Voice("Vinh")

    said = np.frombuffer(hue.speak(RATE * 5), dtype=np.int16)

    assert np.abs(said).max() > 3000
    assert len(said) == RATE * 5
    assert said.tobytes() != vinh.speak(RATE * 5)
