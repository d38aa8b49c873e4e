"""The rules of the floor as one: which command leads where, and what each event changes.

Commands, events and state stand in `core.floor`. What is decided stands in `core.floor_asking`
(the way into the queue) and `core.floor_speaking` (the speech and its time).
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from diemcau.core import floor_asking, floor_speaking
from diemcau.core.floor import (
    Command,
    Event,
    Floor,
    FloorExtended,
    FloorGranted,
    FloorReleased,
    FloorRequest,
    FloorRequested,
    FloorRevoked,
    RequestAccepted,
    RequestCancelled,
    RequestDenied,
    RequestMoved,
    RequestRemoved,
    RequestState,
    RequestWritten,
    SpeakingTimeReached,
    SpeakingTimeWarned,
    SpeechCorrected,
    find,
)
from diemcau.core.floor_asking import Setting
from diemcau.core.ids import RequestId


def decide(floor: Floor, command: Command, at: datetime, setting: Setting) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    if isinstance(command, floor_asking.Asking):
        return floor_asking.decide(floor, command, at, setting)
    return floor_speaking.decide(floor, command, at, setting)


def evolve(floor: Floor, event: Event) -> Floor:
    """Return the floor after `event`."""
    match event:
        case FloorRequested():
            return replace(floor, requests=(*floor.requests, _new(event)))
        case RequestAccepted(request=request, position=position) | RequestMoved(request=request, position=position):
            return _queued(floor, request, position)
        case RequestDenied(request=request, at=at) | RequestRemoved(request=request, at=at):
            # Taking a request out of the queue is a denial too: RFC 8855 has no state of its own for it.
            return _gone(floor, request, RequestState.DENIED, at)
        case RequestCancelled(request=request, at=at):
            return _gone(floor, request, RequestState.CANCELLED, at)
        case RequestWritten(request=request):
            return _changed(floor, replace(find(floor, request), written=True))
        case _:
            return _evolve_speaking(floor, event)


def _evolve_speaking(
    floor: Floor,
    event: FloorGranted
    | FloorReleased
    | FloorRevoked
    | FloorExtended
    | SpeakingTimeWarned
    | SpeakingTimeReached
    | SpeechCorrected,
) -> Floor:
    match event:
        case FloorGranted():
            return _granted(floor, event)
        case FloorReleased(request=request, at=at):
            return _gone(floor, request, RequestState.RELEASED, at)
        case FloorRevoked(request=request, at=at):
            return _gone(floor, request, RequestState.REVOKED, at)
        case FloorExtended(request=request, until=until, at=at):
            longer = _changed(floor, replace(find(floor, request), until=until))
            return replace(longer, given_at=at, warned=(), time_up=False)
        case SpeakingTimeWarned(left=left):
            return replace(floor, warned=(*floor.warned, left))
        case SpeakingTimeReached():
            return replace(floor, time_up=True)
        case SpeechCorrected(request=request, granted_at=granted_at, ended_at=ended_at):
            return _changed(floor, replace(find(floor, request), granted_at=granted_at, ended_at=ended_at))
        case _:
            assert_never(event)


def _new(event: FloorRequested) -> FloorRequest:
    return FloorRequest(
        request=event.request,
        site=event.site,
        speaker=event.speaker,
        topic=event.topic,
        lane=event.lane,
        item=event.item,
        state=RequestState.PENDING,
        requested_at=event.at,
    )


def _changed(floor: Floor, request: FloorRequest) -> Floor:
    return replace(
        floor,
        requests=tuple(request if one.request == request.request else one for one in floor.requests),
    )


def _queued(floor: Floor, request: RequestId, position: int) -> Floor:
    others = [one for one in floor.queue if one != request]
    others.insert(position - 1, request)
    accepted = replace(find(floor, request), state=RequestState.ACCEPTED)
    return replace(_changed(floor, accepted), queue=tuple(others))


def _granted(floor: Floor, event: FloorGranted) -> Floor:
    found = find(floor, event.request)
    speech = replace(found, state=RequestState.GRANTED, granted_at=event.at, until=event.until, turn=event.turn)
    queue = tuple(one for one in floor.queue if one != event.request)
    given = _changed(floor, speech)
    return replace(given, queue=queue, holder=event.request, given_at=event.at, warned=(), time_up=False)


def _gone(floor: Floor, request: RequestId, state: RequestState, at: datetime) -> Floor:
    ended = replace(find(floor, request), state=state, ended_at=at)
    queue = tuple(one for one in floor.queue if one != request)
    holder = None if floor.holder == request else floor.holder
    return replace(_changed(floor, ended), queue=queue, holder=holder)
