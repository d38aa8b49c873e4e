"""Opus: one packet for each 60 ms of sound, by libopus as PyAV has it."""

from typing import Final

import av
import numpy as np

RATE: Final = 48_000
FRAME_MS: Final = 60


class Opus:
    """One encoder; mono, 48 kHz."""

    def __init__(self, *, bits_per_second: int) -> None:
        self._codec = av.AudioCodecContext.create("libopus", "w")
        self._codec.sample_rate = RATE
        self._codec.layout = "mono"
        self._codec.format = "s16"
        self._codec.bit_rate = bits_per_second
        self._codec.options = {"frame_duration": str(FRAME_MS), "application": "voip"}
        self._codec.open()
        self._at = 0

    def encode(self, samples: bytes) -> bytes:
        """Return the packet of so many samples: signed 16 bit."""
        pcm = np.frombuffer(samples, dtype=np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = self._at
        self._at += pcm.shape[1]
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))
