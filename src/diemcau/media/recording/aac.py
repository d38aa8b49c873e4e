"""The one encoder of a conference's sound: samples in, frames of AAC out, each with its place.

It mixes nothing: `mixer` does.
"""

from collections.abc import Iterator

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from diemcau.media.recording.fragments import SOUND_FRAME, SoundSample
from diemcau.media.recording.mixer import RATE, Samples

_BITS_PER_SECOND = 96_000


class SoundEncoder:
    """Encodes one line of sound that has no gaps; `begin` is the place of its first sample."""

    def __init__(self, *, begin: int) -> None:
        self._begin = begin
        self._codec = _aac()
        self._given = 0
        self._made = 0
        self._rest: Samples = np.zeros(0, dtype=np.float32)

    @property
    def until(self) -> int:
        """Up to where frames were made."""
        return self._begin + self._made

    def encode(self, samples: Samples) -> Iterator[SoundSample]:
        """Take the sound that follows; yield the frames that are whole."""
        ready = np.concatenate((self._rest, samples))
        whole = len(ready) - len(ready) % SOUND_FRAME
        for begin in range(0, whole, SOUND_FRAME):
            frame = av.AudioFrame.from_ndarray(ready[None, begin : begin + SOUND_FRAME], format="fltp", layout="mono")
            frame.sample_rate = RATE
            frame.pts = self._given
            self._given += SOUND_FRAME
            yield from self._placed(self._codec.encode(frame))
        self._rest = ready[whole:]

    def _placed(self, packets: "list[av.Packet[AudioStream]]") -> Iterator[SoundSample]:
        for packet in packets:
            if packet.pts is None or packet.pts < 0:
                continue  # what the encoder needs to begin with, and nobody hears
            yield SoundSample(payload=bytes(packet), at=self.until)
            self._made += SOUND_FRAME


def _aac() -> AudioCodecContext:
    codec = av.CodecContext.create("aac", "w")
    if not isinstance(codec, AudioCodecContext):
        raise TypeError("aac is no audio codec in this build of FFmpeg")
    codec.sample_rate = RATE
    codec.layout = "mono"
    codec.format = "fltp"
    codec.bit_rate = _BITS_PER_SECOND
    codec.open()
    return codec
