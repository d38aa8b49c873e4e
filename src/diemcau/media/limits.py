"""Limits: how much one session may send, so that none does harm to the others.

A bucket fills at a steady rate and holds so much at once; whoever asks more of it than is there
has sent too much. What is done then is not decided here, and nothing here reads a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from diemcau.media.fabric import Part


class Sent(StrEnum):
    """What is counted."""

    ANNOUNCEMENTS = "announcements"
    GROUPS = "groups"
    FRAMES = "frames"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many a second for ever, and so many at once after a rest."""

    a_second: float
    at_once: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A session sent more than anyone may."""

    sent: Sent
    allowed: Rate

    def __str__(self) -> str:
        """Return the sentence for the log and the operator."""
        return f"more {self.sent} than {self.allowed.a_second:g} a second and {self.allowed.at_once:g} at once"


class SentTooMuch(Exception):  # noqa: N818 (a fact, as in the core)
    """A session ended by itself because more was sent by it than anyone may."""

    def __init__(self, excess: Excess) -> None:
        super().__init__(str(excess))
        self.excess = excess


ALLOWED: Final[Mapping[Sent, Rate]] = {
    # A page begins a few broadcasts each time it connects, and connects every half second at most.
    Sent.ANNOUNCEMENTS: Rate(a_second=0.5, at_once=30),
    # Sound of 20 ms in a group each is 50 a second; preview, gallery and air may read it side by side.
    Sent.GROUPS: Rate(a_second=300, at_once=1500),
    # 25 + 25 + 5 pictures and 50 sounds a second, the same three times over.
    Sent.FRAMES: Rate(a_second=400, at_once=2000),
    # Eight times what a camera sends; an encoder of 8 Mbit/s fits twice.
    Sent.BYTES: Rate(a_second=2_000_000, at_once=10_000_000),
}
SESSIONS_A_PASS: Final[Mapping[Part, int]] = {Part.SITE: 32, Part.OPERATOR: 32, Part.WATCHER: 400, Part.RELAY: 4}
"""A link opens a desk on any number of devices; the program's hangs on a screen in every hall."""
MOST_FAREWELLS: Final = 32
"""How many are told at a time why they may not come in; the rest are dropped without a word."""
MOST_HANDSHAKES: Final = 256
"""How many come in at a time."""


class Bucket:
    """What is left of a rate."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left = rate.at_once
        self._at: float | None = None

    def take(self, amount: float, *, at: float) -> bool:
        """Take so much out; say whether it was there. What was not there stays owed."""
        passed = 0.0 if self._at is None else max(0.0, at - self._at)
        self._at = at
        self._left = min(self._rate.at_once, self._left + passed * self._rate.a_second) - amount
        return self._left >= 0


class Meter:
    """What one session sent, held against what it may."""

    def __init__(self, allowed: Mapping[Sent, Rate] = ALLOWED) -> None:
        self._allowed = allowed
        self._buckets = {sent: Bucket(rate) for sent, rate in allowed.items()}

    def note(self, sent: Sent, amount: float = 1, *, at: float) -> Excess | None:
        """Count something that was sent; return what was too much, if it was."""
        if self._buckets[sent].take(amount, at=at):
            return None
        return Excess(sent=sent, allowed=self._allowed[sent])
