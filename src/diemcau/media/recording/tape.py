"""A tape: one file that is being recorded, complete to the last second at any moment.

Fragmented MP4: pictures as they came (H.264, never encoded again), sound as AAC. Parameter sets
stand in front of every key frame, so pictures of different sizes may follow one another. It is
used in one thread only and decides nothing about what is recorded.
"""

import contextlib
import io
import os
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.stream import Stream

from diemcau.media.recording.mixer import RATE, Samples

_FRAGMENT_US = 1_000_000
_VIDEO_RATE = 90_000
_LEAST_STEP = _VIDEO_RATE // 1000  # the finished file counts milliseconds
_AUDIO_FRAME = 1024
_AUDIO_BITS_PER_SECOND = 96_000
_TO_DISK_EVERY = 1.0


class Tape:
    """One file, from its first key frame on."""

    def __init__(self, path: Path, key_frame: bytes) -> None:
        self.path = path
        self._file = _File(path)
        options = {
            "movflags": "empty_moov+default_base_moof",
            "frag_duration": str(_FRAGMENT_US),
            "flush_packets": "1",
        }
        with contextlib.ExitStack() as unless_begun:
            unless_begun.callback(path.unlink)  # nothing was recorded yet
            unless_begun.callback(self._file.close)
            self._container = av.open(self._file, "w", format="mp4", options=options)
            self._video = self._add_video(key_frame)
            self._audio = self._add_audio()
            unless_begun.pop_all()
        self._last_pts = -_LEAST_STEP
        self._samples = 0
        self._rest: Samples = np.zeros(0, dtype=np.float32)

    def picture(self, payload: bytes, *, at: float, key: bool) -> None:
        """Write one picture at a time in seconds."""
        pts = max(round(at * _VIDEO_RATE), self._last_pts + _LEAST_STEP)
        self._last_pts = pts
        packet = av.Packet(payload)
        packet.stream = self._video
        packet.time_base = Fraction(1, _VIDEO_RATE)
        packet.pts = packet.dts = pts
        packet.is_keyframe = key
        self._container.mux(packet)

    def sound(self, samples: Samples) -> None:
        """Write the sound that follows what was written before."""
        ready = np.concatenate((self._rest, samples))
        whole = len(ready) - len(ready) % _AUDIO_FRAME
        for begin in range(0, whole, _AUDIO_FRAME):
            part = ready[begin : begin + _AUDIO_FRAME]
            frame = av.AudioFrame.from_ndarray(part[None, :], format="fltp", layout="mono")
            frame.sample_rate = RATE
            frame.pts = self._samples
            self._samples += _AUDIO_FRAME
            self._container.mux(self._audio.encode(frame))
        self._rest = ready[whole:]

    def close(self) -> None:
        """Write what is left and close the file."""
        try:
            self._container.mux(self._audio.encode(None))
        finally:
            self._container.close()
            self._file.close()

    def give_up(self) -> None:
        """Close the file as it is; what is on the disk stays playable."""
        self._file.close()

    def _add_video(self, key_frame: bytes) -> Stream:
        """Take size and parameter sets from the first key frame; nothing is encoded here."""
        with av.open(io.BytesIO(key_frame), "r", format="h264") as like:
            stream = self._container.add_stream_from_template(like.streams.video[0])
        stream.time_base = Fraction(1, _VIDEO_RATE)
        return stream

    def _add_audio(self) -> AudioStream:
        stream = self._container.add_stream("aac", rate=RATE, layout="mono")
        stream.bit_rate = _AUDIO_BITS_PER_SECOND
        return stream


class _File:
    """A file that goes to the disk once a second, and remembers that a write failed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._synced_at = time.monotonic()

    def write(self, part: bytes) -> int:
        view = memoryview(part)
        while view:
            view = view[self._file.write(view) or 0 :]
        if time.monotonic() - self._synced_at >= _TO_DISK_EVERY:
            os.fsync(self._file.fileno())
            self._synced_at = time.monotonic()
        return len(part)

    def close(self) -> None:
        self._file.close()
