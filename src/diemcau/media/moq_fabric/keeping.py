"""Keeping: how much of what was sent stays in memory for who comes late or hangs behind.

The library keeps every group, with 1.2 kB of its own, until its name space is full; by itself it
sets no bound that is met in a day, and one beat a second of 68 halls is 5 MB a minute. So each
name space has one here, and no broadcast is made without. The newest group of a track, and one
that somebody is reading, stays whatever its size.
"""

from typing import Final

import moq

KEPT_OF_A_BROADCAST: Final = 2 * 2**20
"""Two seconds of picture at 8 Mbit/s: as far as the slowest reader may hang behind."""
KEPT_OF_A_SESSION: Final = 2**18
"""What a session brings is read at once."""


def new_origin() -> moq.OriginProducer:
    """Make the name space of one session."""
    return moq.OriginProducer(cache_capacity_bytes=KEPT_OF_A_SESSION)


def new_broadcast() -> moq.BroadcastProducer:
    """Make a broadcast that is found under no name."""
    return moq.OriginProducer(cache_capacity_bytes=KEPT_OF_A_BROADCAST).create_broadcast("nameless")
