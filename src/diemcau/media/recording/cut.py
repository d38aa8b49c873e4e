"""The cut: which picture and which sound of what is on air goes on the tape, and when.

Picture of the holder while one is on air, else of the main site; sound of both, mixed. A change
of picture waits for a key frame. It runs in the recorder's thread and opens no file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from diemcau.media import h264
from diemcau.media.director import OnAir, Place
from diemcau.media.fabric import MediaFrame
from diemcau.media.recording.mixer import RATE, Mixer, Samples

_MIXED_AFTER = 0.4
_EARLY, _LATE = 0.2, 0.3
_GLUED_WITHIN = RATE // 50


class Recording(Protocol):
    """Where the cut goes; `tape.Tape` is one."""

    def picture(self, payload: bytes, *, at: float, key: bool) -> None:
        """Write one picture at a time in seconds."""
        ...

    def sound(self, samples: Samples) -> None:
        """Write the sound that follows what was written before."""
        ...


@dataclass(slots=True, kw_only=True)
class _Track:
    """One source: `lead` turns its time stamps into the recorder's clock."""

    place: Place
    decoder: AudioCodecContext
    lead: float | None = None
    sets: bytes = b""
    next_sample: int | None = None

    def when(self, at_us: int, arrived: float) -> float:
        """Return when a frame belongs, on the recorder's clock."""
        at = at_us / 1_000_000
        if self.lead is None:
            self.lead = arrived - at
        skew = arrived - (at + self.lead)
        if not -_EARLY <= skew <= _LATE:
            self.lead += skew
        return at + self.lead


class Cut:
    """Follows what is on air and writes one recording."""

    def __init__(self, open_tape: Callable[[bytes, float], Recording]) -> None:
        self._open_tape = open_tape
        self._tape: Recording | None = None
        self._zero = 0.0
        self._mixer = Mixer()
        self._tracks: dict[int, _Track] = {}
        self._shown: int | None = None

    def begin(self, on_air: OnAir) -> None:
        """Note that a source went on air."""
        self._tracks[on_air.number] = _Track(place=on_air.place, decoder=_opus())

    def picture(self, number: int, frame: MediaFrame, arrived: float) -> None:
        """Take one picture."""
        track = self._tracks[number]
        at = track.when(frame.at_us, arrived)
        payload = _with_sets(track, frame)
        if frame.key and self._may_show(track):
            self._shown = number
        if self._shown != number:
            return
        if self._tape is None:
            self._zero, self._mixer = at, Mixer()
            self._tape = self._open_tape(payload, at)
        self._tape.picture(payload, at=max(0.0, at - self._zero), key=frame.key)

    def sound(self, number: int, frame: MediaFrame, arrived: float) -> None:
        """Take one frame of Opus."""
        track = self._tracks[number]
        at = track.when(frame.at_us, arrived)
        for decoded in _decoded(track.decoder, frame.payload):
            samples = _mono(decoded)
            begin = round((at - self._zero) * RATE)
            glued = track.next_sample
            if glued is not None and abs(begin - glued) < _GLUED_WITHIN:
                begin = glued
            track.next_sample = begin + len(samples)
            if self._tape is not None and begin >= 0:
                self._mixer.add(samples, at=begin)

    def end(self, number: int) -> None:
        """Note that a source went off air."""
        self._tracks.pop(number, None)
        if self._shown == number:
            self._shown = None

    def tick(self, now: float) -> None:
        """Write the sound that is old enough for nothing to be added."""
        if self._tape is not None:
            until = round((now - _MIXED_AFTER - self._zero) * RATE)
            self._tape.sound(self._mixer.take(until=until))

    def finish(self, now: float) -> None:
        """Write all the sound there is."""
        self.tick(now + _MIXED_AFTER)

    def lose_tape(self) -> None:
        """Begin a new recording with the next key frame."""
        self._tape = None
        self._shown = None

    def _may_show(self, track: _Track) -> bool:
        if track.place is Place.HOLDER or self._shown is None:
            return True
        shown = self._tracks.get(self._shown)
        return shown is None or shown.place is Place.MAIN


def _with_sets(track: _Track, frame: MediaFrame) -> bytes:
    if not frame.key:
        return frame.payload
    sets = h264.parameter_sets(frame.payload)
    if sets is not None:
        track.sets = sets.annex_b()
        return frame.payload
    return track.sets + frame.payload


def _decoded(decoder: AudioCodecContext, payload: bytes) -> list[av.AudioFrame]:
    """Return the sound of a packet; of one that is no Opus there is none, and the recording goes on."""
    try:
        return decoder.decode(av.Packet(payload))
    except av.FFmpegError:
        return []


def _opus() -> AudioCodecContext:
    """Return a decoder for any Opus: what is mono comes out twice."""
    decoder = av.CodecContext.create("libopus", "r")
    if not isinstance(decoder, AudioCodecContext):
        raise TypeError("libopus is no audio codec in this build of FFmpeg")
    decoder.sample_rate = RATE
    decoder.layout = "stereo"
    return decoder


def _mono(frame: av.AudioFrame) -> Samples:
    planes = frame.to_ndarray()
    channels = len(frame.layout.channels)
    if planes.shape[0] == 1:
        planes = planes.reshape(-1, channels).T
    scale = 32_768.0 if planes.dtype == np.int16 else 1.0
    mixed: Samples = (planes.astype(np.float32) / scale).mean(axis=0).astype(np.float32)
    return mixed
