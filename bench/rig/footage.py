"""Prepared pictures and sound: encoded once, sent again and again, so that no encoder stands in the way.

Real H.264 at a constant rate (an encoder's own filler included) and real Opus. A shade tells one
source from another on a screen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from diemcau.media import h264

SHADES = 8
STEP = 22
_DARKEST = 60
_SAMPLES = 48_000
_PARAMETER_SETS = (7, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One rendition of a picture."""

    track: str
    width: int
    height: int
    fps: int
    bits_per_second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """Frames to be sent one after the other; the first is a key frame, and so is none but the first."""

    frames: tuple[bytes, ...]
    microseconds: int


HIGH = Rung(track="video", width=1280, height=720, fps=25, bits_per_second=1_500_000)
LOW = Rung(track="video-low", width=640, height=360, fps=25, bits_per_second=400_000)
TILE = Rung(track="video-tile", width=640, height=360, fps=5, bits_per_second=150_000)


def brightness(shade: int) -> int:
    """Return how bright a shade is drawn, 0 to 255."""
    return _DARKEST + STEP * (shade % SHADES)


def film(rung: Rung, *, shade: int = 0, seconds: int = 1) -> Reel:
    """Film so many seconds: one group of pictures."""
    pictures = rung.fps * seconds
    kilobits = rung.bits_per_second // 1000
    options = {
        "preset": "ultrafast",
        "profile": "baseline",
        "tune": "zerolatency",
        "x264-params": f"nal-hrd=cbr:vbv-maxrate={kilobits}:vbv-bufsize={kilobits}:keyint={pictures}:"
        f"min-keyint={pictures}:scenecut=0:bframes=0:repeat-headers=1:annexb=1:force-cfr=1",
    }
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = rung.width, rung.height
    encoder.pix_fmt = "yuv420p"
    encoder.bit_rate = rung.bits_per_second
    encoder.time_base, encoder.framerate = Fraction(1, rung.fps), Fraction(rung.fps)
    encoder.options = options
    packets = [bytes(packet) for picture in _pictures(rung, shade, pictures) for packet in encoder.encode(picture)]
    packets += [bytes(packet) for packet in encoder.encode(None)]
    return Reel(frames=tuple(packets), microseconds=1_000_000 // rung.fps)


def speak(*, frame_ms: int = 60, bits_per_second: int = 32_000, seconds: int = 6) -> Reel:
    """Speak so many seconds, in frames of one length."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = _SAMPLES, "mono", "s16"
    encoder.bit_rate = bits_per_second
    encoder.options = {"frame_duration": str(frame_ms), "vbr": "off", "application": "audio"}
    encoder.open()
    size = _SAMPLES * frame_ms // 1000
    chance = np.random.default_rng(1)
    frames: list[bytes] = []
    for number in range(seconds * 1000 // frame_ms):
        samples = chance.normal(0, 4000, (1, size)).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        sound.sample_rate, sound.pts = _SAMPLES, number * size
        frames += [bytes(packet) for packet in encoder.encode(sound)]
    return Reel(frames=tuple(frames), microseconds=frame_ms * 1000)


def opus_head() -> bytes:
    """Return the identification header of RFC 7845, section 5.1: mono, 48 kHz."""
    return b"OpusHead" + bytes((1, 1)) + (312).to_bytes(2, "little") + _SAMPLES.to_bytes(4, "little") + bytes(3)


def parameter_sets(reel: Reel) -> bytes:
    """Return the parameter sets in front of the first key frame: by them a source is known before it sends."""
    sets = (unit for unit in h264.units(reel.frames[0]) if h264.kind(unit) in _PARAMETER_SETS)
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in sets)


def bits_a_second(reel: Reel) -> float:
    """Return the rate at which a reel is sent."""
    return 8 * sum(map(len, reel.frames)) / (len(reel.frames) * reel.microseconds / 1e6)


def _pictures(rung: Rung, shade: int, count: int) -> Iterator[av.VideoFrame]:
    chance = np.random.default_rng(shade)
    chroma = np.full((rung.height // 2, rung.width), 128, dtype=np.uint8)
    for number in range(count):
        grain = chance.integers(-10, 10, (rung.height // 2, rung.width // 2)).repeat(2, axis=0).repeat(2, axis=1)
        light = np.clip(brightness(shade) + grain, 0, 255).astype(np.uint8)
        picture = av.VideoFrame.from_ndarray(np.concatenate((light, chroma)), format="yuv420p")
        picture.pts = number
        yield picture


def all_of(rungs: Sequence[Rung], *, shade: int) -> dict[str, Reel]:
    """Film each of these renditions."""
    return {rung.track: film(rung, shade=shade) for rung in rungs}
