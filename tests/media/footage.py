"""Real pictures and sound to record: what a hall's camera sent, as the recorder gets it.

Every source has a shade of its own, and each picture a white bar that moves on, so that a wrong
picture is told from a right one.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from diemcau.media.director import OnAir
from diemcau.media.fabric import MediaFrame
from diemcau.media.recording.recorder import Recorder
from tests.media.halls import HandClock, eventually

FPS = 25
SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Footage:
    """The frames of one camera, from a key frame on; their times begin at 0."""

    pictures: list[MediaFrame]
    sound: list[MediaFrame]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pictures) / FPS


def film(
    *, width: int, height: int, pictures: int = 50, shade: int = 60, profile: str = "baseline", group: int = 25
) -> Footage:
    """Film so many pictures with a real encoder."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(FPS), Fraction(1, FPS)
    encoder.options = {
        "profile": profile,
        "preset": "veryfast",
        "tune": "zerolatency",
        "x264-params": f"keyint={group}:min-keyint={group}:scenecut=0:bframes=0:annexb=1:repeat-headers=1",
    }
    frames = []
    for number in range(pictures):
        drawn = np.full((height * 3 // 2, width), 128, dtype=np.uint8)
        drawn[:height] = shade
        drawn[: height // 4, : width * (number % FPS + 1) // FPS] = 235
        frame = av.VideoFrame.from_ndarray(drawn, format="yuv420p")
        frame.pts = number
        frames += encoder.encode(frame)
    frames += encoder.encode(None)
    filmed = [
        MediaFrame(payload=bytes(packet), at_us=round(number * 1_000_000 / FPS), key=packet.is_keyframe)
        for number, packet in enumerate(frames)
    ]
    return Footage(pictures=filmed, sound=speak(seconds=pictures / FPS))


def speak(*, seconds: float, hertz: float = 440.0, level: float = 0.25) -> list[MediaFrame]:
    """Say a tone, 20 ms a frame."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "flt"
    packets = []
    for number in range(round(seconds * 50)):
        ticks = np.arange(960, dtype=np.float32) + number * 960
        tone = (level * np.sin(2 * np.pi * hertz * ticks / 48_000)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone[None, :], format="flt", layout="mono")
        frame.sample_rate, frame.pts = 48_000, number * 960
        packets += encoder.encode(frame)
    return [MediaFrame(payload=bytes(packet), at_us=number * 20_000, key=True) for number, packet in enumerate(packets)]


def moved(footage: Footage, begin: float) -> Iterable[tuple[float, bool, MediaFrame]]:
    """Give the frames of a camera in order of time, from an instant on: when, whether it is a picture, what."""
    pictures = [(begin + one.at_us / 1e6, True, one) for one in footage.pictures]
    sound = [(begin + one.at_us / 1e6, False, one) for one in footage.sound]
    for at, is_picture, frame in sorted(pictures + sound, key=lambda timed: timed[:2]):
        yield at, is_picture, replace(frame, at_us=round(at * 1_000_000))


async def play(recorder: Recorder, clock: HandClock, on_air: OnAir, footage: Footage, *, begin: float) -> None:
    """Let a source be on air on the hand-wound clock, as long as it lasts."""
    tap = recorder.tap(on_air)
    for at, is_picture, frame in moved(footage, begin):
        clock.at = at
        (tap.video if is_picture else tap.audio)(frame)
    tap.end()
    await wait(recorder, clock, begin + footage.seconds - clock.at)


async def wait(recorder: Recorder, clock: HandClock, seconds: float) -> None:
    """Let time go by while nothing is sent."""
    clock.at += seconds
    await eventually(lambda: recorder.reached >= clock.at)


async def take_turns(recorder: Recorder, *sources: tuple[OnAir, Footage]) -> None:
    """Let sources be on air one after the other, again and again, as time goes by."""
    begin, number = time.monotonic(), 0
    while True:
        for on_air, footage in sources:
            number += 1
            tap = recorder.tap(replace(on_air, number=number))
            for at, is_picture, frame in moved(footage, begin):
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                (tap.video if is_picture else tap.audio)(frame)
            tap.end()
            begin += footage.seconds
