"""Sending what an encoder gives, over one connection of a site's camera.

The picture goes on as it came; smaller ones are made here, each only while it is asked for. Everything
here runs in the event loop; `post` brings what the reader's thread gives.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import av

from diemcau.media import paths
from diemcau.media.fabric import Encoder, Publication
from diemcau.media.opus import RATE

BEAT_EVERY: Final = 1.0
LOW_LINES: Final = 360


@dataclass(slots=True)
class _Smaller:
    """A smaller picture; `every_us`: the shortest time from one to the next, 0 for all that come."""

    encoder: Encoder
    size: tuple[int, int]
    every_us: int
    _due_us: int = 0
    _has_begun: bool = False

    def is_wanted(self) -> bool:
        """Whether it is asked for; after a pause it begins anew."""
        is_wanted = self.encoder.is_wanted()
        self._has_begun &= is_wanted
        return is_wanted

    def is_due(self, at_us: int) -> bool:
        """Whether this picture is one of those that are shown."""
        behind_us = at_us - self._due_us
        if behind_us < 0:
            return False
        self._due_us = at_us + self.every_us - (behind_us if behind_us < self.every_us else 0)
        return True

    def write(self, planes: bytes, at_us: int) -> None:
        """Take one picture."""
        if not self._has_begun:
            self._has_begun = True
            self.encoder.begin()
        self.encoder.write(planes, at_us)


class Sending:
    """One connection; a `reading.Listener` for the reader's thread.

    It beats only while the encoder `is_alive`: one that gives nothing more is a line that is lost, not a still picture.
    """

    def __init__(self, publication: Publication, *, by: str, is_alive: Callable[[], bool]) -> None:
        self._publication = publication
        self._by = by
        self._is_alive = is_alive
        self._loop = asyncio.get_running_loop()
        self._video = publication.offer_video()
        self._smaller: dict[str, _Smaller] = {}
        self._height = 0
        self._audio = publication.offer_audio(sample_rate=RATE, channels=1)
        self._thumb = publication.offer_text(paths.THUMB)
        self._level = 0.0
        self._had_key = False
        self._beats = 0
        publication.offer_text(paths.BEAT)  # there before the first beat: who has no such track is alive without
        self._beat()
        publication.announce()

    async def beat(self) -> None:
        """Tell the server each second that this camera is alive, as long as it is, until cancelled."""
        while True:
            await asyncio.sleep(BEAT_EVERY)
            self._beat()

    # what the reader's thread gives

    def opened(self, height: int) -> None:
        """Hear how many lines the picture has: what is small is made smaller for the gallery only."""
        self._height = height

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        """Take one frame of H.264."""
        self._loop.call_soon_threadsafe(self._write_picture, payload, at_us, key)

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        """Take one decoded picture."""
        for one in tuple(self._smaller.values()):
            if one.is_wanted() and one.is_due(at_us):
                width, height = one.size
                planes = picture.reformat(width=width, height=height, format="yuv420p").to_ndarray().tobytes()
                self._loop.call_soon_threadsafe(one.write, planes, at_us)

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        """Take one packet of Opus."""
        self._loop.call_soon_threadsafe(self._write_sound, packet, at_us, level)

    def thumb(self, jpeg: bytes) -> None:
        """Take a small picture."""
        self._loop.call_soon_threadsafe(self._publication.write_text, paths.THUMB, jpeg)

    def wants_raw(self) -> bool:
        """Whether a smaller picture is asked for."""
        wanted = [one for one in tuple(self._smaller.values()) if one.is_wanted()]
        return bool(wanted)

    def wants_thumb(self) -> bool:
        """Whether small pictures are asked for."""
        return self._thumb.is_wanted()

    def _write_picture(self, payload: bytes, at_us: int, key: bool) -> None:  # noqa: FBT001 - called by position
        self._had_key |= key
        if self._had_key:
            self._video.write(payload, at_us)
        if key:
            self._offer_smaller()

    def _offer_smaller(self) -> None:
        """Offer what is smaller once there is the large one, which else it would be taken for."""
        self._offer(paths.VIDEO_TILE, (320, 180), fps=5, bits=150_000, every_us=200_000)
        if self._height > LOW_LINES:
            self._offer(paths.VIDEO_LOW, (640, 360), fps=25, bits=400_000, every_us=0)

    def _offer(self, track: str, size: tuple[int, int], *, fps: int, bits: int, every_us: int) -> None:
        if track not in self._smaller:
            encoder = self._publication.encode_video(
                width=size[0], height=size[1], fps=fps, bits_per_second=bits, track=track
            )
            self._smaller[track] = _Smaller(encoder, size, every_us)

    def _write_sound(self, packet: bytes, at_us: int, level: float) -> None:
        self._level = max(self._level, level)
        if self._audio.is_wanted():
            self._audio.write(packet, at_us)

    def _beat(self) -> None:
        if not self._is_alive():
            return
        self._beats += 1
        beat = {"n": self._beats, "level": self._level, "by": self._by}
        self._level = 0.0
        self._publication.write_text(paths.BEAT, json.dumps(beat).encode())
