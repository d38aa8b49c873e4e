"""What a rehearsal site sends: pictures, sound, small pictures and a beat, each only while it is asked for.

The sound is encoded here, in frames of 60 ms. It reads nothing and gives no commands.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from diemcau.media import paths
from diemcau.media.fabric import Demand, Encoder, Publication
from diemcau.media.opus import FRAME_MS, Opus
from diemcau.media.rehearsal_sites.picture import Picture
from diemcau.media.rehearsal_sites.voice import RATE, Voice, level

_BEAT_EVERY = 1.0
_THUMB_EVERY = 2.0
_THUMB_SIZE = (160, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What a rehearsal site sends. `low_fps`, `tile_fps`: of pictures half as large; 0: it has none."""

    width: int = 320
    height: int = 180
    fps: int = 10
    video_bits_per_second: int = 150_000
    audio_bits_per_second: int = 24_000
    low_fps: int = 0
    tile_fps: int = 0


class Sending:
    """One connection of one site's camera."""

    def __init__(self, publication: Publication, name: str, quality: Quality) -> None:
        self._publication = publication
        self._name = name
        self._quality = quality
        self._voice = Voice(name)
        self._opus = Opus(bits_per_second=quality.audio_bits_per_second)
        self._thumb_picture = Picture(name, width=_THUMB_SIZE[0], height=_THUMB_SIZE[1])
        self._is_heard = False

    async def run(self) -> None:
        """Announce it, and send until cancelled."""
        films = [
            (self._offer(track, width, height, fps), Picture(self._name, width=width, height=height), fps)
            for track, (width, height, fps) in self._sizes().items()
        ]
        audio = self._publication.offer_audio(sample_rate=RATE, channels=1)
        thumb = self._publication.offer_text(paths.THUMB)
        self._publication.write_text(paths.BEAT, self._beat(0))
        self._publication.announce()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._go_on_beating())
            tasks.create_task(self._speak(audio))
            tasks.create_task(self._draw(thumb))
            for film, picture, fps in films:
                tasks.create_task(_film(film, picture, fps))

    def _sizes(self) -> dict[str, tuple[int, int, int]]:
        quality = self._quality
        half = quality.width // 4 * 2, quality.height // 4 * 2
        sizes = {
            paths.VIDEO: (quality.width, quality.height, quality.fps),
            paths.VIDEO_LOW: (*half, quality.low_fps),
            paths.VIDEO_TILE: (*half, quality.tile_fps),
        }
        return {track: size for track, size in sizes.items() if size[-1]}

    def _offer(self, track: str, width: int, height: int, fps: int) -> Encoder:
        share = width * height * fps / (self._quality.width * self._quality.height * self._quality.fps)
        bits = round(self._quality.video_bits_per_second * share)
        return self._publication.encode_video(width=width, height=height, fps=fps, bits_per_second=bits, track=track)

    async def _go_on_beating(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(_BEAT_EVERY)
            number += 1
            self._publication.write_text(paths.BEAT, self._beat(number))

    def _beat(self, number: int) -> bytes:
        """Return a beat; the voice goes on though nobody listens."""
        heard = self._voice.heard() if self._is_heard else self._voice.speak(RATE)
        return json.dumps({"n": number, "level": level(heard), "by": "webtransport"}).encode()

    async def _speak(self, audio: Encoder) -> None:
        while True:
            await audio.wanted()
            self._is_heard = True
            audio.begin()
            async for at_us in every(FRAME_MS / 1000):
                packet = self._opus.encode(self._voice.speak(RATE * FRAME_MS // 1000))
                audio.write(packet, at_us)
                if not audio.is_wanted():
                    break
            self._is_heard = False

    async def _draw(self, thumb: Demand) -> None:
        number = 0
        while True:
            await thumb.wanted()
            while thumb.is_wanted():
                picture = self._thumb_picture.draw_jpeg(datetime.now(UTC).astimezone(), number)
                self._publication.write_text(paths.THUMB, picture)
                number += 1
                await asyncio.sleep(_THUMB_EVERY)


async def _film(video: Encoder, picture: Picture, fps: int) -> None:
    number = 0
    while True:
        await video.wanted()
        video.begin()
        async for at_us in every(1 / fps):
            video.write(picture.draw(datetime.now(UTC).astimezone(), number), at_us)
            number += 1
            if not video.is_wanted():
                break


async def every(seconds: float) -> AsyncIterator[int]:
    """Yield the time in microseconds at a steady pace; what is late is left out."""
    due = time.monotonic()
    while True:
        yield int(due * 1_000_000)
        due = max(due + seconds, time.monotonic() - seconds)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
