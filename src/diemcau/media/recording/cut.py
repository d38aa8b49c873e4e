"""The cut: which picture and which sound of what is on air is recorded, and when.

Picture of the holder while one is on air, else of the main site; sound of both, mixed. A change
of picture waits for a key frame. While a camera is silent its last picture stays; after that
somebody else's is taken, and if there is none, a slate. It runs in the recorder's thread and
opens no file.
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
from diemcau.media.recording.segmenter import Look
from diemcau.media.recording.sequence import read_sequence
from diemcau.media.recording.slate import slate
from diemcau.media.recording.standing import Standing

MIXED_AFTER = 0.4
STANDS_AFTER = 1.0
OTHERS_AFTER = 2.0
SLATE_AFTER = 4.0
_STAND_EVERY = 0.5
_BEGUN_AGAIN_EVERY = 2.0
_EARLY, _LATE = 0.2, 0.3
_GLUED_WITHIN = RATE // 50
_SHOWN = (Place.MAIN, Place.HOLDER)
_IDR, _SPS, _PPS, _DELIMITER, _FILLER = 5, 7, 8, 9, 12
_LEFT_OUT = frozenset({_DELIMITER, _FILLER})


class Recording(Protocol):
    """Where the cut goes; `segmenter.Segmenter` is one."""

    def picture(self, payload: bytes, *, at: float, key: bool, look: Look) -> None:
        """Write one picture at a time in seconds."""
        ...

    def sound(self, samples: Samples) -> None:
        """Write the sound that follows what was written before."""
        ...


class Spoken(Protocol):
    """Where the sound of one source goes as it came; `originals.Original` is one."""

    def write(self, payload: bytes, at: float) -> None:
        """Write one packet of Opus."""
        ...


@dataclass(slots=True, kw_only=True)
class _Track:
    """One source: `lead` turns its time stamps into the recorder's clock."""

    on_air: OnAir
    decoder: AudioCodecContext
    lead: float | None = None
    heard_at: float = float("-inf")
    look: Look | None = None
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

    def __init__(self, open_recording: Callable[[float], Recording]) -> None:
        self._open_recording = open_recording
        self._recording: Recording | None = None
        self._began: float | None = None
        self._zero = 0.0
        self._mixer = Mixer()
        self._tracks: dict[int, _Track] = {}
        self._shown: int | None = None
        self._standing: Standing | None = None
        self._look: Look | None = None
        self._key = b""
        self._last_at = self._fresh_at = self._begun_again_at = 0.0
        self._is_held = True

    def begin(self, on_air: OnAir) -> None:
        """Note that a source went on air. What is only shown small is none of the recording's."""
        if on_air.place in _SHOWN:
            self._tracks[on_air.number] = _Track(on_air=on_air, decoder=_opus())

    def picture(self, number: int, frame: MediaFrame, arrived: float) -> None:
        """Take one picture."""
        track = self._tracks.get(number)
        if track is None:
            return
        at = track.when(frame.at_us, arrived)
        units = h264.units(frame.payload)
        key = frame.key and self._may_begin(track, units)
        if key and self._may_show(track, at):
            self._shown, self._is_held = number, False
        if self._shown != number or self._is_held or track.look is None:
            return
        sized = _sized(units, key=key)
        if sized:
            self._write(track.look.with_sets(sized) if key else sized, at, track.look, key=key)
            self._fresh_at = at

    def sound(self, number: int, frame: MediaFrame, arrived: float, original: Spoken | None = None) -> None:
        """Take one frame of Opus."""
        track = self._tracks.get(number)
        if track is None:
            return
        at = track.when(frame.at_us, arrived)
        track.heard_at = at
        if original is not None:
            original.write(frame.payload, at)
        for decoded in _decoded(track.decoder, frame.payload):
            samples = _mono(decoded)
            begin = round((at - self._zero) * RATE)
            glued = track.next_sample
            if glued is not None and abs(begin - glued) < _GLUED_WITHIN:
                begin = glued
            track.next_sample = begin + len(samples)
            if self._recording is not None and begin >= 0:
                self._mixer.add(samples, at=begin)

    def end(self, number: int) -> None:
        """Note that a source went off air."""
        self._tracks.pop(number, None)
        if self._shown == number:
            self._shown, self._is_held = None, True

    def tick(self, now: float) -> None:
        """Stand still where no picture came, and write the sound that is old enough for nothing to be added."""
        if self._began is None:
            self._began = now
        self._stand(now - STANDS_AFTER)
        if self._recording is not None:
            until = round((now - MIXED_AFTER - self._zero) * RATE)
            self._recording.sound(self._mixer.take(until=until))

    def finish(self) -> None:
        """Write all the sound that goes with the pictures."""
        if self._recording is not None:
            until = round((self._last_at - self._zero + _STAND_EVERY) * RATE)
            self._recording.sound(self._mixer.take(until=until))

    def lose_recording(self) -> None:
        """Begin a new recording with the next key frame."""
        self._recording = None
        self._began = None
        self._shown, self._is_held = None, True
        for track in self._tracks.values():
            track.next_sample = None

    def _may_begin(self, track: _Track, units: list[bytes]) -> bool:
        """Whether a decoder can begin with a picture that is said to be a key frame; note how the source looks."""
        if not any(h264.kind(unit) == _IDR for unit in units):
            return False
        sets = h264.ParameterSets(
            sps=tuple(unit for unit in units if h264.kind(unit) == _SPS),
            pps=tuple(unit for unit in units if h264.kind(unit) == _PPS),
        )
        known = track.look
        if not sets.sps or not sets.pps:
            return known is not None
        if known is None or known.sets != sets:
            try:
                sequence = read_sequence(sets.sps[0])
            except h264.MalformedVideoError:
                return False
            on_air = track.on_air
            track.look = Look(site=on_air.site, air=on_air.number, sets=sets, sequence=sequence)
        return True

    def _may_show(self, track: _Track, at: float) -> bool:
        if track.on_air.place is Place.HOLDER or self._shown is None:
            return True
        shown = self._tracks.get(self._shown)
        is_silent = at - self._fresh_at > OTHERS_AFTER
        return shown is None or shown.on_air.place is Place.MAIN or is_silent

    def _write(self, sized: bytes, at: float, look: Look, *, key: bool) -> None:
        if self._recording is None:
            self._zero, self._mixer = at, Mixer()
            self._recording = self._open_recording(at)
        self._recording.picture(sized, at=max(0.0, at - self._zero), key=key, look=look)
        if key:
            self._key = sized
        if look is not self._look or self._standing is None:
            self._look, self._standing = look, Standing(look.sequence)
        self._standing.follow(sized)
        self._last_at = at

    def _stand(self, until: float) -> None:
        """Let the last picture stay up to a time, or a slate where there is none."""
        if self._recording is None:
            if self._began is None or self._began > until:
                return
            self._begin_again(self._began, *slate())
        while self._last_at + _STAND_EVERY <= until:
            at = self._last_at + _STAND_EVERY
            is_slate = self._look is not None and self._look.slate
            is_recent = at - self._fresh_at < SLATE_AFTER and not is_slate
            if is_recent or at - self._begun_again_at < _BEGUN_AGAIN_EVERY - _STAND_EVERY / 2:
                self._repeat(at)
            elif self._is_speaking(at) and not is_slate:
                self._begin_again(at, self._look, self._key)
            else:
                self._begin_again(at, *slate())

    def _is_speaking(self, at: float) -> bool:
        """Whether who is shown is still heard: then the picture stays, as it does when the air is frozen."""
        track = None if self._shown is None else self._tracks.get(self._shown)
        return track is not None and at - track.heard_at < OTHERS_AFTER

    def _begin_again(self, at: float, look: Look | None, key: bytes) -> None:
        """Show a key frame, for those who only now begin to look."""
        if look is not None:
            self._begun_again_at, self._is_held = at, True
            self._write(key, at, look, key=True)

    def _repeat(self, at: float) -> None:
        """Show the same picture once more; the camera has to begin anew after it."""
        self._is_held = True
        if self._recording is None or self._look is None or self._standing is None:
            return
        same = self._standing.picture()
        payload, key = (same, False) if same is not None else (self._key, True)
        self._recording.picture(payload, at=at - self._zero, key=key, look=self._look)
        self._last_at = at


def _sized(units: list[bytes], *, key: bool) -> bytes:
    """Return a picture framed with lengths, without its parameter sets if it is a key frame."""
    left_out = _LEFT_OUT | {_SPS, _PPS} if key else _LEFT_OUT
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units if h264.kind(unit) not in left_out)


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
