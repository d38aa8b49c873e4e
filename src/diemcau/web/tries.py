"""Slowing of wrong tries: after a few, each wrong one makes the next wait twice as long.

Kept in memory, by address and by pass; a restart forgets. Right tries forget the wrong ones.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from diemcau.web.problems import Problem

LONGEST: Final = 300.0
MOST_DOUBLINGS: Final = 20
KEPT: Final = 10_000


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    not_before: float = 0.0


class Slowing:
    """Counts wrong tries by key, the first `free` of which cost nothing; the clock counts seconds."""

    def __init__(self, clock: Callable[[], float], *, free: int) -> None:
        self._clock = clock
        self._free = free
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def check(self, key: str) -> None:
        """Raise a `Problem` if `key` has to wait still."""
        tries = self._tries.get(key)
        wait = 0.0 if tries is None else tries.not_before - self._clock()
        if wait > 0:
            seconds = math.ceil(wait)
            raise Problem("too_many_tries", headers={"Retry-After": str(seconds)}, seconds=seconds)

    def wrong(self, key: str) -> None:
        """Note a wrong try of `key`."""
        tries = self._tries.pop(key, _Tries())
        tries.wrong += 1
        over = min(tries.wrong - self._free, MOST_DOUBLINGS)
        if over > 0:
            tries.not_before = self._clock() + min(2.0 ** (over - 1), LONGEST)
        self._tries[key] = tries
        if len(self._tries) > KEPT:
            self._tries.popitem(last=False)

    def right(self, key: str) -> None:
        """Forget the wrong tries of `key`."""
        self._tries.pop(key, None)
