"""The ladder of a line: how much picture it is asked to carry, by how well it carried the last seconds.

One step at a time: down after a few seconds of trouble, at once from the large picture where a queue
stands on the line; up again after a stretch of calm that grows with each climb that failed. Sound is
the last rung and is never left. It measures nothing
(`measure`) and switches nothing (the director, the screens); it reads no clock: the time, in
seconds of a clock that never jumps, comes in with each step.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

DOWN_AFTER: Final = 3
DOWN_FROM_SMALL_AFTER: Final = 12
"""Seconds of trouble; one that is severe counts twice. A hall without a moving picture is worse off than one with a
small one that is late now and then, and what a busy machine makes late is late in any size."""
SETTLES_WITHIN: Final = 3.0
"""What was on its way before a step down is no trouble after it."""
CALM_FOR: Final = 10.0
CALM_AT_MOST: Final = 120.0
PROVEN_AFTER: Final = 20.0
"""A climb has failed if there is a step down sooner, for which one second of trouble is enough."""
ROOM_KBPS: Final = 1800
"""What the large picture takes, with sound. A line that is known to have less gets it only after the longest calm."""
LATE_MS: Final = 250
VERY_LATE_MS: Final = 1000
IN_TIME_MS: Final = 150
GAPS: Final = 2
MANY_GAPS: Final = 5
LOSS: Final = 0.2
LITTLE_LOSS: Final = 0.1


class Rung(StrEnum):
    """How much picture a line carries, beside the sound."""

    HIGH = "high"
    LOW = "low"
    THUMB = "thumb"
    SOUND = "sound"


class _Verdict(StrEnum):
    UNKNOWN = "unknown"
    CALM = "calm"
    FAIR = "fair"
    TROUBLE = "trouble"
    SEVERE = "severe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One second of a line; None: not known.

    `late_ms`: how late it came; `gaps`: how many times sound was missing; `loss`: the share of packets lost;
    `room_kbps`: how fast the last key frames came through.
    """

    late_ms: int | None = None
    gaps: int | None = None
    loss: float | None = None
    room_kbps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Where a line stands. `patience`: for how long it has to be calm before the next climb."""

    rung: Rung = Rung.HIGH
    patience: float = CALM_FOR
    trouble: int = 0
    calm_since: float | None = None
    unmeasured_since: float | None = None
    climbed_at: float | None = None
    fell_at: float | None = None


def step(ladder: Ladder, measure: Measure, *, at: float) -> Ladder:
    """Return where the line stands after one more second."""
    verdict = _judge(measure)
    if verdict is _Verdict.UNKNOWN:
        return _unmeasured(ladder, at)
    ladder = replace(ladder, unmeasured_since=None)
    if verdict is _Verdict.CALM:
        return _calm(ladder, at, has_room=measure.room_kbps is None or measure.room_kbps >= ROOM_KBPS)
    settling = ladder.fell_at is not None and at - ladder.fell_at < SETTLES_WITHIN
    if verdict is _Verdict.FAIR or settling:
        return replace(ladder, calm_since=None)
    trouble = ladder.trouble + (2 if verdict is _Verdict.SEVERE else 1)
    if trouble < _most_trouble(ladder, at):
        return replace(ladder, trouble=trouble, calm_since=None)
    return _fall(ladder, at)


def relieve(ladder: Ladder, *, at: float) -> Ladder:
    """Return where a line stands on which a queue stands: the large picture makes room for the sound at once."""
    return _fall(ladder, at) if ladder.rung is Rung.HIGH else ladder


def _most_trouble(ladder: Ladder, at: float) -> int:
    if ladder.rung is not Rung.HIGH:
        return DOWN_FROM_SMALL_AFTER
    return 1 if _is_unproven(ladder, at) else DOWN_AFTER


def _is_unproven(ladder: Ladder, at: float) -> bool:
    return ladder.climbed_at is not None and at - ladder.climbed_at < PROVEN_AFTER


def _calm(ladder: Ladder, at: float, *, has_room: bool) -> Ladder:
    since = at if ladder.calm_since is None else ladder.calm_since
    calm = replace(ladder, calm_since=since, trouble=max(0, ladder.trouble - 1))
    if ladder.climbed_at is not None and at - ladder.climbed_at >= PROVEN_AFTER:
        calm = replace(calm, climbed_at=None, patience=CALM_FOR)
    patience = CALM_AT_MOST if calm.rung is Rung.LOW and not has_room else calm.patience
    if calm.rung is Rung.HIGH or at - since < patience:
        return calm
    return replace(calm, rung=_ORDER[_ORDER.index(calm.rung) - 1], calm_since=at, climbed_at=at, trouble=0)


def _unmeasured(ladder: Ladder, at: float) -> Ladder:
    """Wait; where no moving picture is asked for nothing is measured, so after a while one is tried again."""
    since = at if ladder.unmeasured_since is None else ladder.unmeasured_since
    waiting = replace(ladder, trouble=0, calm_since=None, unmeasured_since=since)
    if ladder.rung not in (Rung.THUMB, Rung.SOUND) or at - since < ladder.patience:
        return waiting
    higher = _ORDER[_ORDER.index(ladder.rung) - 1]
    return replace(waiting, rung=higher, unmeasured_since=at, climbed_at=at)


def _fall(ladder: Ladder, at: float) -> Ladder:
    return replace(
        ladder,
        rung=_ORDER[min(_ORDER.index(ladder.rung) + 1, len(_ORDER) - 1)],
        patience=min(ladder.patience * 2, CALM_AT_MOST) if _is_unproven(ladder, at) else ladder.patience,
        trouble=0,
        calm_since=None,
        climbed_at=None,
        fell_at=at,
    )


def _judge(measure: Measure) -> _Verdict:
    if measure.late_ms is None and measure.gaps is None and measure.loss is None:
        return _Verdict.UNKNOWN
    late, gaps, loss = measure.late_ms or 0, measure.gaps or 0, measure.loss or 0.0
    if late >= VERY_LATE_MS or gaps >= MANY_GAPS:
        return _Verdict.SEVERE
    if late >= LATE_MS or gaps >= GAPS or loss >= LOSS:
        return _Verdict.TROUBLE
    if late < IN_TIME_MS and gaps == 0 and loss < LITTLE_LOSS:
        return _Verdict.CALM
    return _Verdict.FAIR


_ORDER = tuple(Rung)
