"""Slowing of wrong tries: after a few, each wrong one makes the next wait twice as long.

Kept in memory, by address and by pass; a restart forgets. Right tries forget the wrong ones.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from diemcau.web.problems import Problem

FREE: Final = 3
LONGEST: Final = 300.0
KEPT: Final = 10_000


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    not_before: float = 0.0


class Slowing:
    """Counts wrong tries by key; the clock counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def check(self, *keys: str) -> None:
        """Raise a `Problem` if one of `keys` has to wait still."""
        now = self._clock()
        waits = [self._tries[key].not_before - now for key in keys if key in self._tries]
        longest = max(waits, default=0.0)
        if longest > 0:
            seconds = math.ceil(longest)
            raise Problem("too_many_tries", headers={"Retry-After": str(seconds)}, seconds=seconds)

    def wrong(self, *keys: str) -> None:
        """Note a wrong try under each of `keys`."""
        now = self._clock()
        for key in keys:
            tries = self._tries.pop(key, _Tries())
            tries.wrong += 1
            over = min(tries.wrong - FREE, 20)
            if over > 0:
                tries.not_before = now + min(2.0 ** (over - 1), LONGEST)
            self._tries[key] = tries
            if len(self._tries) > KEPT:
                self._tries.popitem(last=False)

    def right(self, *keys: str) -> None:
        """Forget the wrong tries under `keys`."""
        for key in keys:
            self._tries.pop(key, None)
