"""Beats: what cameras, screens and relays tell of themselves each second, read as the words of strangers.

Whatever is not as `docs/media-contract.md` says is taken as not said: a page that tells nonsense
of itself is still alive. Who is alive is `lines`'s and `visits`'s.
"""

import json
import math
from dataclasses import dataclass
from typing import Final

LONGEST_BEAT: Final = 4096
LONGEST_WORD: Final = 32
LATEST_MS: Final = 60_000
MOST_KBPS: Final = 10_000_000
MOST_GAPS: Final = 1000
LONGEST_ALONE_S: Final = 1_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraBeat:
    """A camera is alive: how loud it is, 0 to 1, and by what it comes. None: not told."""

    level: float | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenBeat:
    """A screen is alive: how late the program came to it, how often sound was missing, what it shows.

    `room_kbps`: how fast key frames came through; `crowded`: it let the large picture go by itself, since a queue
    stands on its line.
    """

    late_ms: int | None = None
    gaps: int | None = None
    by: str | None = None
    shows: str | None = None
    room_kbps: int | None = None
    crowded: bool = False


def read_camera_beat(text: bytes) -> CameraBeat:
    """Return what a camera tells."""
    told = _told(text)
    return CameraBeat(level=_number(told, "level", most=1.0), by=_word(told, "by"))


def read_screen_beat(text: bytes) -> ScreenBeat:
    """Return what a screen tells."""
    told = _told(text)
    room = _number(told, "room_kbps", most=MOST_KBPS)
    late, gaps = _number(told, "late_ms", most=LATEST_MS), _number(told, "gaps", most=MOST_GAPS)
    return ScreenBeat(
        late_ms=None if late is None else round(late),
        gaps=None if gaps is None else round(gaps),
        by=_word(told, "by"),
        shows=_word(told, "shows"),
        room_kbps=None if room is None else round(room),
        crowded=told.get("crowded") is True,
    )


def read_alone(text: bytes) -> float:
    """Return for how many seconds the node that beats has heard nothing from the node above it."""
    return _number(_told(text), "alone_s", most=LONGEST_ALONE_S) or 0.0


def _told(text: bytes) -> dict[str, object]:
    if len(text) > LONGEST_BEAT:
        return {}
    try:
        told: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _number(told: dict[str, object], name: str, *, most: float) -> float | None:
    value = told.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return min(most, max(0.0, value))


def _word(told: dict[str, object], name: str) -> str | None:
    value = told.get(name)
    is_word = isinstance(value, str) and 0 < len(value) <= LONGEST_WORD and value.isascii() and value.isalnum()
    return str(value) if is_word else None
