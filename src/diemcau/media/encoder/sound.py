"""Sound of an encoder: whatever comes, as packets of Opus that bear the time of its pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import av
import numpy as np

from diemcau.media.opus import FRAME_MS, RATE, Opus

_BITS: Final = 48_000
_BYTES_A_SAMPLE: Final = 2
_SIZE: Final = RATE * FRAME_MS // 1000 * _BYTES_A_SAMPLE
_OFF_AT_MOST_US: Final = 100_000
_LOUDEST: Final = 32_768


@dataclass(slots=True)
class Sound:
    """Gathers sound into packets of 60 ms, and counts their time: it is even, where the encoder's is not."""

    _opus: Opus = field(default_factory=lambda: Opus(bits_per_second=_BITS))
    _resampler: av.AudioResampler = field(
        default_factory=lambda: av.AudioResampler(format="s16", layout="mono", rate=RATE)
    )
    _kept: bytearray = field(default_factory=bytearray)
    _begins_us: int = 0
    _newest_us: int = -1

    def take(self, frame: av.AudioFrame, at_us: int) -> Iterator[tuple[bytes, int, float]]:
        """Take sound that begins at a time; yield packets, when each begins and how loud it is.

        Where the time that was counted has left the encoder's own, as after a loss, it is counted anew, but never back.
        """
        counted_us = self._begins_us + len(self._kept) // _BYTES_A_SAMPLE * 1_000_000 // RATE
        if not self._kept or abs(at_us - counted_us) > _OFF_AT_MOST_US:
            self._kept.clear()
            self._begins_us = at_us
        for part in self._resampler.resample(frame):
            self._kept += part.to_ndarray().tobytes()
        while len(self._kept) >= _SIZE:
            piece, at = bytes(self._kept[:_SIZE]), self._begins_us
            del self._kept[:_SIZE]
            self._begins_us += FRAME_MS * 1000
            if at > self._newest_us:
                self._newest_us = at
                yield self._opus.encode(piece), at, loudness(piece)


def loudness(samples: bytes) -> float:
    """Return how loud the loudest of it is: 0 is -60 dB and below, 1 is -6 dB and above."""
    loudest = int(np.abs(np.frombuffer(samples, dtype=np.int16).astype(np.int32)).max(initial=0))
    decibels = 20 * float(np.log10(max(loudest, 1) / _LOUDEST))
    return round(min(1.0, max(0.0, (decibels + 60) / 54)), 2)
