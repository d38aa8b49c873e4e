"""Turns: the program's own writers go into SQLite one after another.

SQLite's own waiting is by chance: among several writers one can wait for seconds. This is
only about threads of one program; other programs are kept out by SQLite's write lock.
"""

from collections.abc import MutableMapping
from datetime import timedelta
from threading import Lock
from typing import Any


class Turns:
    """One turn at a time; who has it is written into what a connection carries with it."""

    def __init__(self, patience: timedelta) -> None:
        self._patience = patience
        self._turn = Lock()

    def take(self, carried: MutableMapping[Any, Any]) -> bool:
        """Wait for the turn, but not for ever; say whether it came, or was there already."""
        if "turn" in carried:
            return True
        if not self._turn.acquire(timeout=self._patience.total_seconds()):
            return False
        carried["turn"] = True
        return True

    def give_back(self, carried: MutableMapping[Any, Any]) -> None:
        """Let the next one in, if this one had the turn."""
        if carried.pop("turn", False):
            self._turn.release()
