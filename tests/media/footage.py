"""Real pictures and sound to record: what a hall's camera sent, as the recorder gets it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

from diemcau.media.director import OnAir
from diemcau.media.fabric import MediaFrame
from diemcau.media.recording.recorder import Recorder
from tests.media.halls import AUDIO, HUE, VIDEO, VINH, HandClock, on_air, studio, take

SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Footage:
    """The frames of one camera, from a key frame on."""

    pictures: list[MediaFrame]
    sound: list[MediaFrame]


def film(*, width: int, height: int, pictures: int) -> Footage:
    """Film so many pictures with a real encoder, over the real fabric."""
    return asyncio.run(_film(width=width, height=height, pictures=pictures))


async def _film(*, width: int, height: int, pictures: int) -> Footage:
    async with studio() as house:
        await house.camera_on_line(HUE, width=width, height=height)
        await house.show(HUE)
        viewer = await house.link(VINH)
        (air,) = await on_air(viewer, HUE)
        source = await viewer.read(air["broadcast"])
        seen, heard = await asyncio.gather(take(source.frames(VIDEO), pictures), take(source.frames(AUDIO), pictures))
    return Footage(pictures=seen, sound=heard)


def play(recorder: Recorder, clock: HandClock, on_air: OnAir, footage: Footage, *, begin: float) -> None:
    """Let a source be on air for two seconds of the hand-wound clock."""
    tap = recorder.tap(on_air)
    pictures = [(at, 0, frame) for at, frame in _stretched(footage.pictures, begin=begin, seconds=SECONDS)]
    sound = [(at, 1, frame) for at, frame in _stretched(footage.sound, begin=begin, seconds=SECONDS)]
    for at, kind, frame in sorted(pictures + sound, key=lambda timed: timed[:2]):
        clock.at = at
        (tap.audio if kind else tap.video)(frame)
    clock.at = begin + SECONDS
    tap.end()


def _stretched(frames: list[MediaFrame], *, begin: float, seconds: float) -> Iterator[tuple[float, MediaFrame]]:
    """Give frames new times, evenly over so many seconds."""
    for number, frame in enumerate(frames):
        at = begin + seconds * number / len(frames)
        yield at, replace(frame, at_us=round(at * 1_000_000))
