"""The mixer: sound of several sources on one timeline, added up.

Positions are samples of 48 kHz since the tape began. What nobody spoke is silence; what comes
too late for its place is left out. It decodes nothing.
"""

import numpy as np
from numpy.typing import NDArray

RATE = 48_000

Samples = NDArray[np.float32]


class Mixer:
    """Sound that is still open to change, from `taken_until` on."""

    def __init__(self) -> None:
        self.taken_until = 0
        self._open = np.zeros(RATE, dtype=np.float32)

    def add(self, samples: Samples, *, at: int) -> None:
        """Add sound at a position."""
        late = max(0, self.taken_until - at)
        begin = at + late - self.taken_until
        kept = samples[late:]
        self._reach(begin + len(kept))
        self._open[begin : begin + len(kept)] += kept

    def take(self, *, until: int) -> Samples:
        """Take the mixed sound up to a position; nothing can be added to it any more."""
        length = max(0, until - self.taken_until)
        self._reach(length)
        taken, self._open = self._open[:length], self._open[length:]
        self.taken_until += length
        return np.clip(taken, -1.0, 1.0)

    def _reach(self, length: int) -> None:
        missing = length - len(self._open)
        if missing > 0:
            more = np.zeros(missing + RATE, dtype=np.float32)
            self._open = np.concatenate((self._open, more))
