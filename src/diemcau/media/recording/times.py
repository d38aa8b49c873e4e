"""The times of a recording: which instant is where in it.

A recording goes on over restarts without a hole, so an instant that nothing was recorded at is
where the recording goes on after it. Kept beside the file when its index is gone.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from diemcau.media.recording.index import Segment

_DRIFT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time that was recorded without a break: from an instant on, at a place, so long; all in seconds."""

    at: float
    place: float
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """All stretches of a recording, in order."""

    stretches: tuple[Stretch, ...]

    @property
    def length(self) -> float:
        """How long the recording is."""
        return self.stretches[-1].place + self.stretches[-1].length if self.stretches else 0.0

    def place(self, at: float) -> float:
        """Return where in the recording an instant is."""
        for stretch in self.stretches:
            if at < stretch.at + stretch.length:
                return stretch.place + max(0.0, at - stretch.at)
        return self.length

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        path.write_text(json.dumps([asdict(one) for one in self.stretches]))


def times_of(segments: Iterable[Segment]) -> Times:
    """Return the times of a recording that begins with the first of these segments."""
    stretches: list[Stretch] = []
    place = 0.0
    for segment in segments:
        at, last = segment.head.at, stretches[-1] if stretches else None
        if last is not None and abs(at - last.at - last.length) < _DRIFT:
            stretches[-1] = Stretch(at=last.at, place=last.place, length=last.length + segment.length)
        else:
            stretches.append(Stretch(at=at, place=place, length=segment.length))
        place += segment.length
    return Times(stretches=tuple(stretches))


def read_times(path: Path) -> Times:
    """Return what `Times.write` kept; nothing known if there is no such file."""
    try:
        kept = json.loads(path.read_text())
        return Times(stretches=tuple(Stretch(**one) for one in kept))
    except (OSError, ValueError, TypeError):
        return Times(stretches=())
