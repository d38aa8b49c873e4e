"""The regulations: a named set of rules chosen for one conference. Data, not code.

Sources of the defaults: seven minutes for a first turn and three for a second are those of
the National Assembly's regulations (NQ 71/2022/QH15, article 18).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Order(StrEnum):
    """In which order the floor is given."""

    AS_REGISTERED = "as_registered"
    AS_THE_CHAIR_CALLS = "as_the_chair_calls"


class AtEnd(StrEnum):
    """What happens when a speaker's time is over."""

    CHIME = "chime"
    CUT = "cut"


class DeputyTakes(StrEnum):
    """How the deputy comes to preside when the chair's line is gone."""

    BY_PRESS = "by_press"
    BY_ITSELF = "by_itself"


class Conduct(StrEnum):
    """Whether the take follows the grant by itself, or the operator previews and takes."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulations:
    """How the floor is given, for how long, and what quorum a conference needs.

    Shares are whole percents (0 to 100). A quorum of 0 asks for none. When the line of the site on air
    is lost, the main site is cut in after `cut_in_after`, and the floor is taken back after `line_grace`.
    """

    first_turn: timedelta = timedelta(minutes=7)
    second_turn: timedelta = timedelta(minutes=3)
    response_turn: timedelta = timedelta(minutes=3)
    max_turns: int = 2
    order: Order = Order.AS_THE_CHAIR_CALLS
    needs_acceptance: bool = False
    warnings: tuple[timedelta, ...] = (timedelta(minutes=1),)
    at_end: AtEnd = AtEnd.CHIME
    quorum_sites: int = 0
    quorum_delegates: int = 0
    quorum_to_open: bool = False
    chair_lease: timedelta = timedelta(seconds=10)
    deputy_takes: DeputyTakes = DeputyTakes.BY_PRESS
    conduct: Conduct = Conduct.AUTOMATIC
    line_grace: timedelta = timedelta(seconds=60)
    cut_in_after: timedelta = timedelta(seconds=2)
