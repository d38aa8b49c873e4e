"""A feed with a source of invented frames, into real outlets: what it asks of a camera, and when."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from diemcau.media import paths
from diemcau.media.camera import Camera
from diemcau.media.fabric import FabricError, MediaFrame, Outlet, Renditions
from diemcau.media.feed import IN_GALLERY, ON_AIR, PREVIEWED, Carries, Feed
from diemcau.media.ladder import Rung
from diemcau.media.mix_minus import MixMinus
from diemcau.media.moq_fabric import MoqNode
from tests.media.halls import AUDIO, VIDEO, drain, drain_texts, eventually, soon, take
from tests.media.sources import KEY, LOW, NEXT, SOUND, THUMB, TILE, Invented
from tests.media.test_h264 import IDR, START

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("last_words")]
TIMES = (1_000_000, 1_040_000, 2_000_000, 2_040_000, 1_500_000, 1_540_000, 3_000_000, 3_040_000)
EVERYTHING = Renditions(high=VIDEO, low=LOW, tile=TILE, audio=AUDIO)
ALWAYS = {paths.VIDEO, paths.AUDIO}


@dataclass
class Noted:
    """A tap that notes what it was given."""

    pictures: list[MediaFrame] = field(default_factory=list)
    sounds: list[MediaFrame] = field(default_factory=list)
    ended: int = 0

    def video(self, frame: MediaFrame) -> None:
        self.pictures.append(frame)

    def audio(self, frame: MediaFrame) -> None:
        self.sounds.append(frame)

    def end(self) -> None:
        self.ended += 1


@dataclass
class Begun:
    """A feed that runs."""

    source: Invented
    feed: Feed
    outlet: Outlet
    tap: Noted = field(default_factory=Noted)
    over: list[str] = field(default_factory=list)


async def begun(source: Invented, carries: Carries = ON_AIR, outlet: Outlet | None = None) -> Begun:
    tap, over = Noted(), list[str]()
    outlet = outlet or MoqNode("127.0.0.1", 0).new_outlet()
    camera = Camera(source)
    await soon(camera.ready())
    feed = Feed(camera, outlet, carries, tap=tap, on_over=lambda: over.append("over"), again_after=0.01)
    feed.begin()
    return Begun(source=source, feed=feed, outlet=outlet, tap=tap, over=over)


async def test_pictures_and_sound_go_to_the_tap_as_they_came() -> None:
    on_air = await begun(Invented([KEY, NEXT]))

    await eventually(lambda: len(on_air.tap.pictures) == 2 and len(on_air.tap.sounds) == 1)
    await on_air.feed.end()

    assert (on_air.tap.pictures, on_air.tap.sounds) == ([KEY, NEXT], [SOUND])


async def test_a_feed_that_is_ended_leaves_no_subscription_and_says_so_once() -> None:
    on_air = await begun(Invented())
    await eventually(lambda: on_air.source.subscribed() == ALWAYS)

    await on_air.feed.end()
    await on_air.feed.end()

    assert (on_air.source.subscribed(), on_air.tap.ended, on_air.over) == (set(), 1, ["over"])


async def test_a_feed_that_is_ended_at_once_is_finished_all_the_same() -> None:
    on_air = await begun(Invented())

    await on_air.feed.end()

    assert (on_air.source.subscribed(), on_air.tap.ended, on_air.over) == (set(), 1, ["over"])
    with pytest.raises(FabricError):
        on_air.outlet.source()


async def test_a_source_that_ends_in_the_middle_of_a_group_ends_the_feed() -> None:
    on_air = await begun(Invented(ends=True))

    await eventually(on_air.feed.is_over)

    assert (on_air.source.subscribed(), on_air.tap.ended, on_air.over) == (set(), 1, ["over"])


@pytest.mark.parametrize("payload", [b"no video", b"\xff" * 900, START + IDR + b"\x00" * 9, START])
async def test_what_is_no_video_is_left_out_while_the_sound_goes_on_and_comes_back_when_it_is(payload: bytes) -> None:
    broken = MediaFrame(payload=payload, at_us=0, key=True)
    source = Invented(anew=lambda time: [broken] if time < 3 else [KEY, NEXT])
    on_air = await begun(source)

    await eventually(lambda: on_air.tap.pictures[-2:] == [KEY, NEXT])

    assert source.times == {paths.VIDEO: 3, paths.AUDIO: 1}
    assert (on_air.tap.sounds, on_air.over) == ([SOUND], [])
    await on_air.feed.end()


async def test_a_group_that_comes_after_a_newer_one_is_left_out_and_the_camera_stays_on() -> None:
    pictures = [replace(KEY if number % 2 == 0 else NEXT, at_us=at) for number, at in enumerate(TIMES)]

    on_air = await begun(Invented(pictures))
    await eventually(lambda: on_air.tap.pictures[-1:] == pictures[-1:])

    shown = [one.at_us for one in on_air.tap.pictures]
    assert shown == [1_000_000, 1_040_000, 2_000_000, 2_040_000, 3_000_000, 3_040_000]
    assert not on_air.feed.is_over()
    await on_air.feed.end()


async def test_a_camera_whose_clock_goes_back_ends_its_turn_on_air() -> None:
    on_air = await begun(Invented([replace(KEY, at_us=60_000_000), KEY]))

    await eventually(on_air.feed.is_over)

    assert (on_air.tap.pictures, on_air.over) == ([replace(KEY, at_us=60_000_000)], ["over"])


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 300), (48_000, 7), (2**40, 1)])
async def test_impossible_sound_is_left_out_and_the_picture_is_shown(rate: int, channels: int) -> None:
    sound = replace(AUDIO, sample_rate=rate, channels=channels)

    on_air = await begun(Invented(offered=Renditions(high=VIDEO, audio=sound)))

    await eventually(lambda: on_air.tap.pictures == [KEY, NEXT])
    assert (on_air.source.subscribed(), on_air.tap.sounds) == ({paths.VIDEO}, [])
    await on_air.feed.end()


async def test_nobody_is_asked_for_what_nobody_looks_at() -> None:
    on_air = await begun(Invented(offered=EVERYTHING))
    await eventually(lambda: on_air.source.subscribed() == ALWAYS)
    reading = on_air.outlet.source()

    small = asyncio.create_task(drain(reading.frames(LOW)))
    await eventually(lambda: on_air.source.subscribed() == {*ALWAYS, paths.VIDEO_LOW})
    thumb = await soon(anext(reading.texts(paths.THUMB)))
    small.cancel()

    await eventually(lambda: on_air.source.subscribed() == ALWAYS)
    assert thumb == THUMB
    assert on_air.source.times[paths.VIDEO_LOW] == 1
    await on_air.feed.end()


@pytest.mark.parametrize(
    ("rung", "asked"),
    [
        (Rung.HIGH, {paths.VIDEO, paths.AUDIO, paths.THUMB}),
        (Rung.LOW, {paths.VIDEO_LOW, paths.AUDIO, paths.THUMB}),
        (Rung.THUMB, {paths.AUDIO, paths.THUMB}),
        (Rung.SOUND, {paths.AUDIO}),
    ],
)
async def test_a_site_is_asked_for_no_more_than_its_line_carries(rung: Rung, asked: set[str]) -> None:
    source = Invented(offered=EVERYTHING, anew=lambda _: [replace(KEY, at_us=sum(source.times.values()) * 1_000_000)])
    on_air = await begun(source)
    looking = asyncio.create_task(drain_texts(on_air.outlet.source().texts(paths.THUMB)))
    await eventually(lambda: on_air.source.subscribed() == {paths.VIDEO, paths.AUDIO, paths.THUMB})

    on_air.feed.take(rung)

    await eventually(lambda: on_air.source.subscribed() == asked)
    on_air.feed.take(Rung.HIGH)
    await eventually(lambda: on_air.source.subscribed() == {paths.VIDEO, paths.AUDIO, paths.THUMB})
    assert on_air.source.times[paths.AUDIO] == 1
    looking.cancel()
    await on_air.feed.end()


async def test_a_source_with_one_picture_is_shown_by_it_everywhere() -> None:
    only = Invented(offered=Renditions(high=VIDEO, audio=AUDIO))
    on_air, gallery, preview = await begun(only), await begun(only, IN_GALLERY), await begun(only, PREVIEWED)
    on_air.feed.take(Rung.LOW)

    small = await take(gallery.outlet.source().frames(VIDEO), 1)
    looked_at = await take(preview.outlet.source().frames(VIDEO), 2)

    assert [frame.payload for frame in small] == [KEY.payload]
    assert [frame.payload for frame in looked_at] == [KEY.payload, NEXT.payload]
    assert on_air.tap.pictures == [KEY, NEXT]
    for one in (on_air, gallery, preview):
        await one.feed.end()


async def test_of_a_source_without_slow_pictures_the_gallery_shows_the_key_frames_only() -> None:
    pictures = [
        frame
        for second in range(3)
        for frame in (replace(KEY, at_us=second * 10**6), replace(NEXT, at_us=second * 10**6 + 40_000))
    ]
    gallery = await begun(Invented(pictures, offered=Renditions(high=VIDEO, low=LOW, audio=AUDIO)), IN_GALLERY)

    shown = asyncio.create_task(drain(gallery.outlet.source().frames(VIDEO)))
    await eventually(lambda: len(gallery.tap.pictures) == 3)
    await gallery.feed.end()

    assert gallery.tap.pictures == pictures[::2]
    shown.cancel()


async def test_a_hall_is_not_heard_by_whoever_looks_at_it_before_it_is_on_air() -> None:
    preview = await begun(Invented(offered=EVERYTHING), PREVIEWED)

    looking = asyncio.create_task(drain(preview.outlet.source().frames(VIDEO)))
    await eventually(lambda: preview.source.subscribed() == {paths.VIDEO_LOW})

    offered = await soon(anext(preview.outlet.source().renditions()))
    assert (offered.high is not None, offered.audio) == (True, None)
    looking.cancel()
    await preview.feed.end()


@pytest.mark.parametrize("rung", [Rung.HIGH, Rung.LOW])
@pytest.mark.parametrize(("carries", "track"), [(IN_GALLERY, paths.VIDEO_TILE), (PREVIEWED, paths.VIDEO_LOW)])
async def test_small_places_take_small_pictures_and_only_while_somebody_looks(
    carries: Carries, track: str, rung: Rung
) -> None:
    small = await begun(Invented(offered=EVERYTHING), carries)
    small.feed.take(rung)

    watching = asyncio.create_task(drain(small.outlet.source().frames(VIDEO)))
    await eventually(lambda: small.source.subscribed() == {track})
    watching.cancel()

    await eventually(lambda: small.source.subscribed() == set())
    assert set(small.source.times) == {track}
    await small.feed.end()


async def test_a_picture_that_stands_still_is_seen_by_who_comes_later_while_the_sound_goes_on() -> None:
    on_air = await begun(Invented())
    await eventually(lambda: on_air.tap.pictures == [KEY, NEXT])

    on_air.feed.freeze()
    await eventually(lambda: on_air.source.subscribed() == {paths.AUDIO})
    late = await take(on_air.outlet.source().frames(VIDEO), 2)

    assert [frame.payload for frame in late] == [KEY.payload, NEXT.payload]
    on_air.feed.thaw()
    await eventually(lambda: on_air.source.subscribed() == ALWAYS)
    assert on_air.source.times[paths.AUDIO] == 1
    await on_air.feed.end()


async def test_a_site_gets_its_own_picture_small_ones_too_but_not_its_own_sound() -> None:
    outlet = MixMinus(MoqNode("127.0.0.1", 0).new_outlet)
    on_air = await begun(Invented(offered=EVERYTHING), outlet=outlet)
    own, everyones = outlet.own.source(), outlet.source()

    seen = await take(own.frames(LOW), 2)
    thumb = await soon(anext(own.texts(paths.THUMB)))
    heard = await take(everyones.frames(AUDIO), 1)

    assert (len(seen), thumb, len(heard)) == (2, THUMB, 1)
    assert await soon(drain(own.frames(AUDIO))) == 0
    await on_air.feed.end()
