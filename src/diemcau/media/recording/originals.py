"""The originals: what each source on air said, as it came: Opus in Ogg, one file for each time on air.

`originals/<run>-<air>-<site>.opus`, playable by anything. What time it was when one begins stands
in its tags. Nothing is decoded.
"""

import contextlib
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.stream import Stream

from diemcau.media.recording.mixer import RATE

FOLDER = "originals"
_TIME_BASE = Fraction(1, RATE)
_SILK_MS, _HYBRID_MS, _CELT_MS = (10, 20, 40, 60), (10, 20), (2.5, 5, 10, 20)
_SILK_UNTIL, _HYBRID_UNTIL = 12, 16
_SELF_COUNTED = 3


class Original:
    """One source, as long as it is on air."""

    def __init__(self, path: Path, *, site: str, wall: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._container: OutputContainer = av.open(path, "w", format="ogg", options={"flush_packets": "1"})
        self._container.metadata.update(site=site, date=datetime.fromtimestamp(wall, UTC).isoformat())
        self._stream: Stream = self._container.add_stream("libopus", rate=RATE, layout="stereo")
        self._first: float | None = None
        self._next = 0

    def write(self, payload: bytes, at: float) -> None:
        """Write one packet that was spoken at `at` seconds of any clock."""
        samples = samples_of(payload)
        if samples == 0:
            return
        if self._first is None:
            self._first = at
        place = max(self._next, round((at - self._first) * RATE))
        self._next = place + samples
        packet = av.Packet(payload)
        packet.stream, packet.time_base = self._stream, _TIME_BASE
        packet.pts = packet.dts = place
        packet.duration = samples
        self._container.mux(packet)

    def close(self) -> None:
        """Write what is left."""
        with contextlib.suppress(av.FFmpegError):
            self._container.close()


def samples_of(payload: bytes) -> int:
    """Return how many samples of 48 kHz an Opus packet holds (RFC 6716, 3.1); 0 if it is none."""
    if not payload:
        return 0
    config, counted = payload[0] >> 3, payload[0] & 3
    if config < _SILK_UNTIL:
        length: float = _SILK_MS[config % 4]
    elif config < _HYBRID_UNTIL:
        length = _HYBRID_MS[config % 2]
    else:
        length = _CELT_MS[config % 4]
    frames = min(counted, 1) + 1
    if counted == _SELF_COUNTED:
        frames = payload[1] & 0x3F if len(payload) > 1 else 0
    return round(length * frames * RATE / 1000)
