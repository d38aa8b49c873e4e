"""Measuring a line: how late pictures come, how often sound is missing, how much is lost.

What is late is found without a common clock: by how much more than the least ever seen a frame's
arrival is behind its timestamp. Whether a line is too bad is `ladder`'s. Nothing here reads a
clock: the time, in seconds of a clock that never jumps, comes in with each call.
"""

from dataclasses import dataclass, field
from statistics import median
from typing import Final

from diemcau.media.fabric import Quality
from diemcau.media.ladder import Measure

FORGOTTEN_AFTER: Final = 30.0
"""The least seen is of the last 30 to 60 seconds: clocks drift, and ways change."""
SILENT_AFTER: Final = 0.6
"""A picture that comes 5 times a second is not silent between two of them."""
OTHER_CLOCK: Final = 30.0
"""Whoever is later than this, or earlier, counts time from somewhere else now."""
STALE: Final = 4.0
"""Twice as late as anybody waits for a frame."""
_GAP_US: Final = 40_000
"""Less is how a page counts time; sound is lost in groups of 60 ms and more."""
_ENOUGH_PACKETS: Final = 20
_TELLING_BYTES: Final = 6000
_ENCODING: Final = 0.01
"""A key frame takes the encoder so much longer than the pictures around it."""
_AT_LEAST: Final = 0.001
_KEY_FRAMES: Final = 3
CROWDED_AT: Final = 0.08
CROWDED_FOR: Final = 0.17
"""Less than both is how sound comes over a line that has room: what was lost comes again sooner, or all at once."""


class Arrivals:
    """What arrives of one camera: pictures and sounds that count the same clock."""

    def __init__(self) -> None:
        self._least = _Least()
        self._pictures: list[float] = []
        self._sounds: list[float] = []
        self._newest: dict[str, float] = {}
        self._rooms: dict[str, Room] = {}
        self._sound = _Sound()
        self._gaps = 0
        self._crowding = _Crowding()

    @property
    def is_crowded(self) -> bool:
        """Whether a queue stands on the way, so that all sound comes late: known before a second is over."""
        return self._crowding.is_standing

    def is_stale(self, at_us: int, *, at: float) -> bool:
        """Whether a frame is from long ago: a track that is asked for again begins with what it ended with."""
        return self._least.is_known and at - at_us / 1e6 - self._least.seen > STALE

    def picture(self, track: str, at_us: int, *, at: float, size: int = 0, key: bool = False) -> None:
        """Note a picture of so many bytes with the timestamp `at_us` that arrived at `at`."""
        behind = at - at_us / 1e6
        self._newest[track] = at
        self._rooms.setdefault(track, Room()).note(behind, size=size, key=key)
        self._note(self._pictures, behind, at)

    def sound(self, at_us: int, *, lasts_us: int, at: float) -> None:
        """Note a frame of sound that lasts so long."""
        behind = at - at_us / 1e6
        self._gaps += self._sound.is_gap_before(at_us, lasts_us)
        self._note(self._sounds, behind, at)
        self._crowding.note(behind, at)

    def end(self, track: str) -> None:
        """Note that a track is not asked for any more: its silence is no lateness."""
        self._newest.pop(track, None)
        self._rooms.pop(track, None)
        self._sound = _Sound()
        self._crowding = _Crowding()

    def take(self, *, at: float) -> Measure:
        """Return how the last second was, and begin the next."""
        late = [self._lateness(one) for one in (self._pictures, self._sounds) if one]
        silent = max((at - newest for newest in self._newest.values()), default=0.0)
        if silent >= SILENT_AFTER:
            late.append(silent)
        heard = bool(self._sounds)
        measure = Measure(
            late_ms=round(max(late) * 1000) if late else None,
            gaps=self._gaps if heard else None,
            room_kbps=min((room.kbps for room in self._rooms.values() if room.kbps is not None), default=None),
        )
        self._pictures, self._sounds, self._gaps = [], [], 0
        return measure

    def _note(self, of_this_second: list[float], behind: float, at: float) -> None:
        self._least.note(behind, at)
        of_this_second.append(behind)

    def _lateness(self, behind: list[float]) -> float:
        return max(0.0, median(behind) - self._least.seen)


class Room:
    """How much a line has room for: a key frame comes later than the pictures around it by as long as it takes."""

    def __init__(self) -> None:
        self._least: float | None = None
        self._seen: list[float] = []

    @property
    def kbps(self) -> int | None:
        """What the last key frames that were large enough to tell came through with."""
        return round(median(self._seen)) if self._seen else None

    def note(self, behind: float, *, size: int, key: bool) -> None:
        """Note a picture that came so far behind its timestamp."""
        if not key:
            self._least = behind if self._least is None else min(self._least, behind)
            return
        if self._least is not None and size >= _TELLING_BYTES:
            took = max(behind - self._least - _ENCODING, _AT_LEAST)
            self._seen = [*self._seen, size * 8 / 1000 / took][-_KEY_FRAMES:]
        self._least = None


@dataclass(slots=True)
class _Least:
    """The least that was seen lately."""

    _now: float | None = None
    _before: float | None = None
    _since: float = 0.0

    @property
    def is_known(self) -> bool:
        return self._now is not None

    @property
    def seen(self) -> float:
        known = [one for one in (self._now, self._before) if one is not None]
        return min(known, default=0.0)

    def note(self, behind: float, at: float) -> None:
        if self._now is None or abs(behind - self.seen) > OTHER_CLOCK:
            self._now, self._before, self._since = behind, None, at
        elif at - self._since >= FORGOTTEN_AFTER:
            self._now, self._before, self._since = behind, self._now, at
        else:
            self._now = min(self._now, behind)


@dataclass(slots=True)
class _Crowding:
    """Sound that comes late for a while; what comes all at once after a pause is late for no time."""

    is_standing: bool = False
    _least: _Least = field(default_factory=_Least)
    _late_since: float | None = None

    def note(self, behind: float, at: float) -> None:
        """Note a frame of sound; pictures are stamped otherwise."""
        self._least.note(behind, at)
        is_late = behind - self._least.seen >= CROWDED_AT
        self._late_since = None if not is_late else at if self._late_since is None else self._late_since
        self.is_standing = self._late_since is not None and at - self._late_since >= CROWDED_FOR


@dataclass(slots=True)
class _Sound:
    """Where sound ends that has come."""

    _ends_us: int | None = None

    def is_gap_before(self, at_us: int, lasts_us: int) -> bool:
        ends, self._ends_us = self._ends_us, at_us + lasts_us
        if ends is None or abs(at_us - ends) > OTHER_CLOCK * 1e6:
            return False
        self._ends_us = max(ends, at_us + lasts_us)  # what is read a second time, or late, takes nothing back
        return at_us - ends >= _GAP_US


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a session carried lately. `loss`: of what was sent there; None if too little was sent to tell."""

    received: int = 0
    loss: float | None = None


class Traffic:
    """What a session carries, by what its transport counts since it began."""

    def __init__(self) -> None:
        self._before = Quality()

    def take(self, quality: Quality | None) -> Flow:
        """Return what it carried since the last time."""
        if quality is None:
            return Flow()
        before, self._before = self._before, quality
        sent = quality.packets_sent - before.packets_sent
        lost = quality.packets_lost - before.packets_lost
        return Flow(
            received=quality.bytes_received - before.bytes_received,
            loss=min(1.0, max(0, lost) / sent) if sent >= _ENOUGH_PACKETS else None,
        )
