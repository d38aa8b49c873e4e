"""Sending what an encoder gives, over one connection of a site's camera.

The picture goes on as it came; a smaller one is made here only while it is asked for. Everything
here runs in the event loop; `post` brings what the reader's thread gives.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Final

import av

from diemcau.media import paths
from diemcau.media.fabric import Encoder, Publication
from diemcau.media.opus import RATE

BEAT_EVERY: Final = 1.0
LOW_SIZE, LOW_FPS, LOW_BITS = (640, 360), 25, 400_000


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
        self._low: Encoder | None = None
        self._audio = publication.offer_audio(sample_rate=RATE, channels=1)
        self._thumb = publication.offer_text(paths.THUMB)
        self._level = 0.0
        self._had_key = False
        self._was_low = False
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
        """Hear how many lines the picture has: of one that is small there is no smaller one."""
        if height > LOW_SIZE[1]:
            self._loop.call_soon_threadsafe(self._offer_low)

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        """Take one frame of H.264."""
        self._loop.call_soon_threadsafe(self._write_picture, payload, at_us, key)

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        """Take one decoded picture."""
        planes = picture.reformat(width=LOW_SIZE[0], height=LOW_SIZE[1], format="yuv420p").to_ndarray().tobytes()
        self._loop.call_soon_threadsafe(self._write_low, planes, at_us)

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        """Take one packet of Opus."""
        self._loop.call_soon_threadsafe(self._write_sound, packet, at_us, level)

    def thumb(self, jpeg: bytes) -> None:
        """Take a small picture."""
        self._loop.call_soon_threadsafe(self._publication.write_text, paths.THUMB, jpeg)

    def wants_raw(self) -> bool:
        """Whether the smaller picture is asked for."""
        low = self._low
        return low is not None and low.is_wanted()

    def wants_thumb(self) -> bool:
        """Whether small pictures are asked for."""
        return self._thumb.is_wanted()

    def _write_picture(self, payload: bytes, at_us: int, key: bool) -> None:  # noqa: FBT001 - called by position
        self._had_key |= key
        if self._had_key:
            self._video.write(payload, at_us)

    def _write_low(self, planes: bytes, at_us: int) -> None:
        low = self._low
        is_low = low is not None and low.is_wanted()
        if low is not None and is_low:
            if not self._was_low:
                low.begin()
            low.write(planes, at_us)
        self._was_low = is_low

    def _offer_low(self) -> None:
        if self._low is None:
            self._low = self._publication.encode_video(
                width=LOW_SIZE[0], height=LOW_SIZE[1], fps=LOW_FPS, bits_per_second=LOW_BITS, track=paths.VIDEO_LOW
            )

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
