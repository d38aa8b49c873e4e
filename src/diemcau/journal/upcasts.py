"""How the body of an older event becomes that of today's version.

One function for each step: `("floor.granted", 1)` makes version 2 of version 1. The records
themselves are never written again.
"""

from collections.abc import Mapping
from typing import Any, Final

from diemcau.journal.codec import Upcast

TWO_SECONDS: Final = 2_000_000
"""In microseconds, as the journal writes a length of time."""


def _with_cut_in(convened: dict[str, Any]) -> dict[str, Any]:
    """Say after how long the main site is cut in, which regulations did not before version 2."""
    facts = convened["facts"]
    return {**convened, "facts": {**facts, "regulations": {**facts["regulations"], "cut_in_after": TWO_SECONDS}}}


def _without_encoder(reported: dict[str, Any]) -> dict[str, Any]:
    """Say that nobody asked whether the browser can send a picture, as before version 2."""
    return {**reported, "measures": {**reported["measures"], "encodes": None}}


UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {
    ("conference.convened", 1): _with_cut_in,
    ("checks.reported", 1): _without_encoder,
}
