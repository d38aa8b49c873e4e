"""How well it arrives, as a page tells the server: `watch/<conference>/<nonce>` of `docs/media-contract.md`.

Counts for one session; it reads no clock but the one that is given with each frame.
"""

from dataclasses import dataclass, field

from diemcau.media.measure import Room

_SECOND_US = 1_000_000
_CROWDED_AT_US, _CROWDED_FOR_US = 80_000, 170_000


@dataclass(slots=True)
class Arrival:
    """The frames of one track, as they come. All times in µs."""

    least: int | None = None
    newest: int = 0
    newest_at: int = 0
    late: list[tuple[int, int]] = field(default_factory=list)
    late_since: int | None = None
    room: Room = field(default_factory=Room)

    def frame(self, stamp: int, at: int) -> None:
        """Take a frame in."""
        delay = at - stamp
        self.least = delay if self.least is None else min(self.least, delay)
        if stamp >= self.newest:
            self.newest, self.newest_at = stamp, at
        self.late.append((at, delay - self.least))
        is_late = delay - self.least >= _CROWDED_AT_US
        self.late_since = None if not is_late else at if self.late_since is None else self.late_since

    def is_in_time(self, stamp: int, at: int, latency: int) -> bool:
        """Return whether a frame that comes now is not later than due."""
        return self.least is None or at - stamp - self.least <= latency

    def is_crowded(self, *, at: int) -> bool:
        """Return whether frames come late for a while, as through a queue that stands."""
        return self.late_since is not None and at - self.late_since >= _CROWDED_FOR_US

    def lateness(self, latency: int, *, at: int) -> int:
        """Return how much later than due the latest of the last second came; if none came, how long one is missing."""
        if self.least is None:
            return 0
        if at - self.newest_at >= _SECOND_US:
            return max(0, at - self.newest - self.least - latency)
        self.late = [one for one in self.late if at - one[0] < _SECOND_US]
        return max(0, max((late for _, late in self.late), default=0) - latency)

    def gaps(self, latency: int, *, at: int, due: int) -> int:
        """Return how many frames of the last second were not there when due."""
        if self.least is None:
            return 0
        self.late = [one for one in self.late if at - one[0] < _SECOND_US]
        in_time = sum(1 for _, late in self.late if late <= latency)
        return max(0, due - in_time)


@dataclass(slots=True)
class Watching:
    """What one session sees of whoever is on air."""

    latency_us: int
    sound_due: int
    pictures: dict[str, Arrival] = field(default_factory=dict)
    sounds: dict[str, Arrival] = field(default_factory=dict)

    def beat(self, *, at: int) -> dict[str, int]:
        """Return what is told each second."""
        late = [one.lateness(self.latency_us, at=at) for one in self.pictures.values()]
        gaps = [one.gaps(self.latency_us, at=at, due=self.sound_due) for one in self.sounds.values()]
        rooms = [one.room.kbps for one in self.pictures.values() if one.room.kbps is not None]
        room = {"room_kbps": min(rooms)} if rooms else {}
        return {"late_ms": max(late, default=0) // 1000, "gaps": max(gaps, default=0), **room}
