"""How the body of an older event becomes that of today's version. None has aged yet.

One function for each step: `("floor.granted", 1)` makes version 2 of version 1. The records
themselves are never written again.
"""

from collections.abc import Mapping
from typing import Final

from diemcau.journal.codec import Upcast

UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {}
