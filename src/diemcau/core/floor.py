"""The floor: which site is speaking and which sites are waiting to speak.

One site holds the floor at a time. A request goes through the states of RFC 8855, section
4.1: Pending, Accepted (with its place in the queue), Granted, then Released or Revoked; or
Denied, or Cancelled. Nothing here is about pictures or sound: `core.onair` follows the floor
and chooses what every hall sees and hears. Who may give which command is `core.roles`'s; what
each command leads to is `core.floor_rules`'s, and its refusals stand in `core.floor_refusals`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from diemcau.core.floor_refusals import RequestUnknown
from diemcau.core.ids import AgendaId, PersonId, RequestId, SiteId


class Lane(StrEnum):
    """Speeches wait in one lane, responses to what was just said in one of their own."""

    SPEECH = "speech"
    RESPONSE = "response"


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFloor:
    """A site asks to speak."""

    site: SiteId
    topic: str
    speaker: PersonId | None = None
    lane: Lane = Lane.SPEECH


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertRequest:
    """The chair or secretary puts a site into the queue on its behalf (RFC 8855, beneficiary)."""

    site: SiteId
    topic: str
    speaker: PersonId | None = None
    lane: Lane = Lane.SPEECH
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """A site takes its own request back."""

    site: SiteId
    request: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRequest:
    """A pending request goes into the queue, at its end or at `position` (from 1)."""

    request: RequestId
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRequest:
    """A pending request is not taken into the queue."""

    request: RequestId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """A waiting request goes to another place in the queue (from 1)."""

    request: RequestId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRequest:
    """A waiting request is taken out of the queue."""

    request: RequestId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFloor:
    """The chair lets a site speak, whether or not it had asked; whoever speaks is thanked first."""

    site: SiteId
    allotted: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFloor:
    """The site that speaks has finished."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeFloor:
    """The chair takes the floor back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendFloor:
    """The chair gives the speaker more time."""

    by: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectSpeech:
    """The times of a speech are corrected, with reason and author."""

    request: RequestId
    granted_at: datetime
    ended_at: datetime
    reason: str
    author: PersonId


Command: TypeAlias = (
    RequestFloor
    | InsertRequest
    | CancelRequest
    | AcceptRequest
    | DenyRequest
    | MoveRequest
    | RemoveRequest
    | GrantFloor
    | ReleaseFloor
    | RevokeFloor
    | ExtendFloor
    | CorrectSpeech
)

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequested:
    """A site asked to speak, or somebody asked on its behalf."""

    request: RequestId
    site: SiteId
    speaker: PersonId | None
    topic: str
    lane: Lane
    item: AgendaId | None
    on_behalf: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccepted:
    """A request took its place in the queue."""

    request: RequestId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDenied:
    """A pending request was not accepted."""

    request: RequestId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCancelled:
    """A site took its request back."""

    request: RequestId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMoved:
    """A request went to another place in the queue."""

    request: RequestId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRemoved:
    """A request was taken out of the queue."""

    request: RequestId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorGranted:
    """A site began to speak, its `turn`-th time under this item of the agenda."""

    request: RequestId
    site: SiteId
    turn: int
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorReleased:
    """A site finished speaking."""

    request: RequestId
    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRevoked:
    """The floor was taken back: by the chair, by the regulations' cut, or for a lost line."""

    request: RequestId
    site: SiteId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorExtended:
    """The speaker was given more time."""

    request: RequestId
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingTimeWarned:
    """The speaker was warned: so much time is left."""

    request: RequestId
    left: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingTimeReached:
    """The speaker's time is over."""

    request: RequestId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWritten:
    """A request that was never called becomes a written statement for the minutes."""

    request: RequestId
    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechCorrected:
    """The times of a speech were corrected."""

    request: RequestId
    granted_at: datetime
    ended_at: datetime
    reason: str
    author: PersonId
    at: datetime


Event: TypeAlias = (
    FloorRequested
    | RequestAccepted
    | RequestDenied
    | RequestCancelled
    | RequestMoved
    | RequestRemoved
    | FloorGranted
    | FloorReleased
    | FloorRevoked
    | FloorExtended
    | SpeakingTimeWarned
    | SpeakingTimeReached
    | RequestWritten
    | SpeechCorrected
)

# State


class RequestState(StrEnum):
    """The states of RFC 8855, section 4.1."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    DENIED = "denied"
    CANCELLED = "cancelled"
    RELEASED = "released"
    REVOKED = "revoked"


WAITING = (RequestState.PENDING, RequestState.ACCEPTED)
SPOKEN = (RequestState.RELEASED, RequestState.REVOKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRequest:
    """One request, from asking to its end. A speech is a request that was granted."""

    request: RequestId
    site: SiteId
    speaker: PersonId | None
    topic: str
    lane: Lane
    item: AgendaId | None
    state: RequestState
    requested_at: datetime
    granted_at: datetime | None = None
    until: datetime | None = None
    ended_at: datetime | None = None
    turn: int = 0
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Every request, the queue of accepted ones, who holds the floor, and what was announced.

    `given_at` is when the time that now runs was given: at the grant, or at the last extension.
    """

    requests: tuple[FloorRequest, ...] = ()
    queue: tuple[RequestId, ...] = ()
    holder: RequestId | None = None
    given_at: datetime | None = None
    warned: tuple[timedelta, ...] = ()
    time_up: bool = False


def find(floor: Floor, request: RequestId) -> FloorRequest:
    """Return a request, or raise `RequestUnknown`."""
    for one in floor.requests:
        if one.request == request:
            return one
    raise RequestUnknown(request=request)


def who_speaks(floor: Floor) -> FloorRequest | None:
    """Return the request that holds the floor."""
    return None if floor.holder is None else find(floor, floor.holder)


def waiting_of(floor: Floor, site: SiteId) -> tuple[FloorRequest, ...]:
    """Return the requests with which a site waits, responses too."""
    return tuple(one for one in floor.requests if one.site == site and one.state in WAITING)


def speeches(floor: Floor) -> tuple[FloorRequest, ...]:
    """Return the requests that were granted, in order of their beginning."""
    granted = [one for one in floor.requests if one.granted_at is not None]
    return tuple(sorted(granted, key=lambda one: (one.granted_at, one.request)))
