"""Asking for the floor: how a request comes into the queue, moves in it and leaves it uncalled.

What happens to a request that is called stands in `core.floor_speaking`. Speeches and responses
wait in lanes of their own: a site waits at most once in each.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.floor import (
    SPOKEN,
    WAITING,
    AcceptRequest,
    CancelRequest,
    DenyRequest,
    Event,
    Floor,
    FloorRequest,
    FloorRequested,
    InsertRequest,
    Lane,
    MoveRequest,
    RemoveRequest,
    RequestAccepted,
    RequestCancelled,
    RequestDenied,
    RequestFloor,
    RequestMoved,
    RequestRemoved,
    RequestState,
    RequestWritten,
    find,
)
from diemcau.core.floor_refusals import (
    AlreadyWaiting,
    NoTurnsLeft,
    NotYourRequest,
    PositionImpossible,
    RequestNotOpen,
    SpeakerUnknown,
    TopicMissing,
)
from diemcau.core.ids import AgendaId, RequestId, SiteId
from diemcau.core.refusals import need_reason
from diemcau.core.sites import SiteUnknown

LONGEST_TOPIC = 300

Asking: TypeAlias = (
    RequestFloor | InsertRequest | CancelRequest | AcceptRequest | DenyRequest | MoveRequest | RemoveRequest
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the floor is decided in: the facts of the conference and the item being dealt with."""

    facts: Facts
    item: AgendaId | None


def decide(floor: Floor, command: Asking, at: datetime, setting: Setting) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case RequestFloor():
            return _request(floor, command, at, setting)
        case InsertRequest():
            return _insert(floor, command, at, setting)
        case CancelRequest(site=site, request=request):
            return _cancel(floor, site, request, at)
        case AcceptRequest(request=request, position=position):
            need_state(floor, request, RequestState.PENDING)
            return (RequestAccepted(request=request, position=_place(floor, position)),)
        case DenyRequest(request=request, reason=reason):
            need_state(floor, request, RequestState.PENDING)
            return (RequestDenied(request=request, reason=need_reason(reason), at=at),)
        case MoveRequest(request=request, position=position):
            return _move(floor, request, position)
        case RemoveRequest(request=request, reason=reason):
            need_state(floor, request, *WAITING)
            return (RequestRemoved(request=request, reason=need_reason(reason), at=at),)
        case _:
            assert_never(command)


def turn_written(floor: Floor) -> tuple[Event, ...]:
    """Turn every request that was never called into a written statement (at closing)."""
    return tuple(RequestWritten(request=one.request, site=one.site) for one in floor.requests if one.state in WAITING)


def turns_taken(floor: Floor, site: SiteId, item: AgendaId | None, lane: Lane = Lane.SPEECH) -> int:
    """Count the turns of a site under an item of the agenda in one lane, the one it is taking included."""
    return sum(
        1
        for one in floor.requests
        if one.site == site and one.item == item and one.lane is lane and one.state in (*SPOKEN, RequestState.GRANTED)
    )


def next_id(floor: Floor) -> RequestId:
    """Return the id of the next request: they are numbered as they come."""
    return RequestId(f"r{len(floor.requests) + 1}")


def need_state(floor: Floor, request: RequestId, *states: RequestState) -> FloorRequest:
    """Return a request that is in one of `states`, or raise a `Refusal`."""
    found = find(floor, request)
    if found.state not in states:
        raise RequestNotOpen(request=request, state=found.state.value)
    return found


def need_site(facts: Facts, site: SiteId) -> None:
    """Raise `SiteUnknown` unless `site` was invited."""
    if not facts.has_site(site):
        raise SiteUnknown(site=site)


def _asked(
    floor: Floor,
    command: RequestFloor | InsertRequest,
    at: datetime,
    setting: Setting,
    *,
    on_behalf: bool,
) -> FloorRequested:
    need_site(setting.facts, command.site)
    if command.speaker is not None and command.speaker not in setting.facts.people_of(command.site):
        raise SpeakerUnknown(site=command.site)
    topic = command.topic.strip()
    if not topic or len(topic) > LONGEST_TOPIC:
        raise TopicMissing(site=command.site)
    if any(one.site == command.site and one.lane is command.lane and one.state in WAITING for one in floor.requests):
        raise AlreadyWaiting(site=command.site)
    _need_turn(floor, command.site, command.lane, setting)
    return FloorRequested(
        request=next_id(floor),
        site=command.site,
        speaker=command.speaker,
        topic=topic,
        lane=command.lane,
        item=setting.item,
        on_behalf=on_behalf,
        at=at,
    )


def _need_turn(floor: Floor, site: SiteId, lane: Lane, setting: Setting) -> None:
    most = setting.facts.regulations.max_turns
    if lane is Lane.SPEECH and turns_taken(floor, site, setting.item) >= most:
        raise NoTurnsLeft(site=site)


def _request(floor: Floor, command: RequestFloor, at: datetime, setting: Setting) -> tuple[Event, ...]:
    asked = _asked(floor, command, at, setting, on_behalf=False)
    if setting.facts.regulations.needs_acceptance:
        return (asked,)
    return (asked, RequestAccepted(request=asked.request, position=_place(floor, None)))


def _insert(floor: Floor, command: InsertRequest, at: datetime, setting: Setting) -> tuple[Event, ...]:
    asked = _asked(floor, command, at, setting, on_behalf=True)
    return (asked, RequestAccepted(request=asked.request, position=_place(floor, command.position)))


def _place(floor: Floor, position: int | None) -> int:
    last = len(floor.queue) + 1
    if position is not None and not 1 <= position <= last:
        raise PositionImpossible(position=str(position), last=str(last))
    return last if position is None else position


def _cancel(floor: Floor, site: SiteId, request: RequestId, at: datetime) -> tuple[Event, ...]:
    if find(floor, request).site != site:
        raise NotYourRequest(request=request)
    need_state(floor, request, *WAITING)
    return (RequestCancelled(request=request, at=at),)


def _move(floor: Floor, request: RequestId, position: int) -> tuple[Event, ...]:
    need_state(floor, request, RequestState.ACCEPTED)
    if not 1 <= position <= len(floor.queue):
        raise PositionImpossible(position=str(position), last=str(len(floor.queue)))
    if floor.queue.index(request) + 1 == position:
        return ()
    return (RequestMoved(request=request, position=position),)
