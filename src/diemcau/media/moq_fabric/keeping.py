"""Keeping: how much of what was sent stays in memory for who comes late or hangs behind.

The library keeps every group that it can, some 1.2 kB of its own with each, and by itself has no
bound that is met in a day: a name space is given one here. The newest group of a track stays
whatever its size. A broadcast that belongs to no name space has no bound, so none is made.
"""

from typing import Final

import moq

KEPT_BYTES: Final = 2 * 2**20


def new_origin() -> moq.OriginProducer:
    """Make a name space that keeps no more than a few seconds of picture."""
    return moq.OriginProducer(cache_capacity_bytes=KEPT_BYTES)


def new_broadcast() -> moq.BroadcastProducer:
    """Make a broadcast that is found under no name, and keeps no more than a few seconds of picture."""
    return new_origin().create_broadcast("nameless")
