"""A feed with a source of invented frames, into real outlets: however it ends, they are finished."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from diemcau.media.camera import Camera
from diemcau.media.fabric import MediaFrame, Rendition, Renditions
from diemcau.media.feed import Feed
from diemcau.media.moq_fabric import MoqNode
from tests.media.halls import AUDIO, VIDEO, eventually, soon
from tests.media.test_h264 import IDR, KEY_FRAME, SLICE, START

pytestmark = pytest.mark.anyio
KEY = MediaFrame(payload=KEY_FRAME, at_us=0, key=True)
TIMES = (1_000_000, 1_040_000, 2_000_000, 2_040_000, 1_500_000, 1_540_000, 3_000_000, 3_040_000)
NEXT = MediaFrame(payload=START + SLICE, at_us=40_000, key=False)


@dataclass
class Invented:
    """A source that yields what it was given, and then waits for ever or ends."""

    pictures: Sequence[MediaFrame]
    ends: bool = False
    sound: Rendition = AUDIO
    path: str = "up/hn/hue/invented"
    subscribed: int = 0

    async def renditions(self) -> AsyncIterator[Renditions]:
        yield Renditions(high=VIDEO, audio=self.sound)
        if not self.ends:
            await asyncio.Event().wait()

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        self.subscribed += 1
        try:
            for frame in self.pictures if rendition == VIDEO else ():
                yield frame
            await asyncio.Event().wait()
        finally:
            self.subscribed -= 1

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        yield track.encode()


@dataclass
class Noted:
    """A tap that notes what it was given."""

    pictures: list[MediaFrame] = field(default_factory=list)
    ended: int = 0

    def video(self, frame: MediaFrame) -> None:
        self.pictures.append(frame)

    def audio(self, frame: MediaFrame) -> None:
        raise AssertionError(frame)

    def end(self) -> None:
        self.ended += 1


async def begun(source: Invented) -> tuple[Feed, Noted, list[str]]:
    node = MoqNode("127.0.0.1", 0)
    tap, over = Noted(), list[str]()
    camera = Camera(source)
    await soon(camera.ready())
    feed = Feed(camera, node.new_outlet(), tap=tap, on_over=lambda: over.append("over"))
    feed.begin()
    return feed, tap, over


async def test_pictures_go_to_the_tap_as_they_came() -> None:
    feed, tap, _ = await begun(Invented([KEY, NEXT]))

    await eventually(lambda: len(tap.pictures) == 2)
    await feed.end()

    assert tap.pictures == [KEY, NEXT]


async def test_a_feed_that_is_ended_leaves_no_subscription_and_says_so_once() -> None:
    source = Invented([KEY, NEXT])
    feed, tap, over = await begun(source)
    await eventually(lambda: len(tap.pictures) == 2 and source.subscribed == 2)

    await feed.end()
    await feed.end()

    assert (source.subscribed, tap.ended, over) == (0, 1, ["over"])


async def test_a_source_that_ends_in_the_middle_of_a_group_ends_the_feed() -> None:
    source = Invented([KEY, NEXT], ends=True)
    feed, tap, over = await begun(source)

    await eventually(feed.is_over)

    assert (source.subscribed, tap.ended, over) == (0, 1, ["over"])


@pytest.mark.parametrize("payload", [b"no video", b"", START + IDR + b"\x00" * 9, b"\xff" * 900])
async def test_what_is_no_video_is_taken_off_and_nothing_else_breaks(payload: bytes) -> None:
    source = Invented([MediaFrame(payload=payload, at_us=0, key=True), NEXT])
    feed, tap, over = await begun(source)

    await eventually(lambda: feed.is_over() or len(tap.pictures) == 2)
    await feed.end()

    assert (source.subscribed, tap.ended, over) == (0, 1, ["over"])


async def test_a_group_that_comes_after_a_newer_one_is_left_out_and_the_camera_stays_on() -> None:
    pictures = [replace(KEY if number % 2 == 0 else NEXT, at_us=at) for number, at in enumerate(TIMES)]

    feed, tap, _ = await begun(Invented(pictures))
    await eventually(lambda: tap.pictures[-1:] == pictures[-1:] or feed.is_over())

    assert [one.at_us for one in tap.pictures] == [1_000_000, 1_040_000, 2_000_000, 2_040_000, 3_000_000, 3_040_000]
    assert not feed.is_over()
    await feed.end()


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 300), (48_000, 7), (2**40, 1)])
async def test_a_camera_that_announces_impossible_sound_is_taken_off_alone(rate: int, channels: int) -> None:
    sound = replace(AUDIO, sample_rate=rate, channels=channels)

    feed, tap, over = await begun(Invented(pictures=[KEY], sound=sound))

    await eventually(feed.is_over)
    assert (tap.ended, over) == (1, ["over"])
