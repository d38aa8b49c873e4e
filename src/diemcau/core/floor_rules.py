"""The rules of the floor: what each command of `core.floor` leads to.

Commands, events, refusals and state stand in `core.floor`; here stands what is decided from
them under the regulations. Deadlines (warnings, the end of a turn) are given as
`reach_deadline`, at the time that `next_deadline` names.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from diemcau.core.convening import Facts
from diemcau.core.floor import (
    SPOKEN,
    WAITING,
    AcceptRequest,
    AlreadyWaiting,
    CancelRequest,
    Command,
    CorrectSpeech,
    DenyRequest,
    Event,
    ExtendFloor,
    Floor,
    FloorExtended,
    FloorGranted,
    FloorReleased,
    FloorRequest,
    FloorRequested,
    FloorRevoked,
    GrantFloor,
    HoldsFloor,
    HoldsNoFloor,
    InsertRequest,
    Lane,
    MoveRequest,
    NobodySpeaks,
    NotNext,
    NoTurnsLeft,
    NotYourRequest,
    PositionImpossible,
    ReleaseFloor,
    RemoveRequest,
    RequestAccepted,
    RequestCancelled,
    RequestDenied,
    RequestFloor,
    RequestMoved,
    RequestNotOpen,
    RequestRemoved,
    RequestState,
    RequestWritten,
    RevokeFloor,
    SpeakerUnknown,
    SpeakingTimeReached,
    SpeakingTimeWarned,
    SpeechCorrected,
    TimeImpossible,
    TopicMissing,
    find,
    who_speaks,
)
from diemcau.core.ids import AgendaId, PersonId, RequestId, SiteId
from diemcau.core.refusals import AuthorUnknown, need_reason
from diemcau.core.regulations import AtEnd, Order
from diemcau.core.sites import SiteUnknown

LONGEST_TOPIC = 300
LONGEST_TIME = timedelta(hours=2)
TIME_IS_OVER = "time"
LINE_IS_LOST = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the floor is decided in: the facts of the conference and the item being dealt with."""

    facts: Facts
    item: AgendaId | None


def decide(floor: Floor, command: Command, at: datetime, setting: Setting) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case RequestFloor():
            return _request(floor, command, at, setting)
        case InsertRequest():
            return _insert(floor, command, at, setting)
        case CancelRequest(site=site, request=request):
            return _cancel(floor, site, request, at)
        case AcceptRequest(request=request, position=position):
            return _accept(floor, request, position)
        case DenyRequest(request=request, reason=reason):
            _need_state(floor, request, RequestState.PENDING)
            return (RequestDenied(request=request, reason=need_reason(reason), at=at),)
        case MoveRequest(request=request, position=position):
            return _move(floor, request, position)
        case RemoveRequest(request=request, reason=reason):
            _need_state(floor, request, *WAITING)
            return (RequestRemoved(request=request, reason=need_reason(reason), at=at),)
        case _:
            return _decide_speaking(floor, command, at, setting)


def _decide_speaking(
    floor: Floor,
    command: GrantFloor | ReleaseFloor | RevokeFloor | ExtendFloor | CorrectSpeech,
    at: datetime,
    setting: Setting,
) -> tuple[Event, ...]:
    match command:
        case GrantFloor():
            return _grant(floor, command, at, setting)
        case ReleaseFloor(site=site):
            return _release(floor, site, at)
        case RevokeFloor(reason=reason):
            return (revoked(_speaking(floor), need_reason(reason), at),)
        case ExtendFloor(by=by):
            return _extend(floor, by, at)
        case CorrectSpeech():
            return _correct(floor, command, at, setting.facts)
        case _:
            assert_never(command)


def reach_deadline(floor: Floor, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return the warnings and the end of the turn that are due at `at`."""
    speech = who_speaks(floor)
    if speech is None or speech.until is None:
        return ()
    left = speech.until - at
    due = [
        before for before in facts.regulations.warnings if before not in floor.warned and timedelta(0) < left <= before
    ]
    events: list[Event] = [SpeakingTimeWarned(request=speech.request, left=before) for before in due]
    if left <= timedelta(0) and not floor.time_up:
        events.append(SpeakingTimeReached(request=speech.request, at=at))
        if facts.regulations.at_end is AtEnd.CUT:
            events.append(revoked(speech, TIME_IS_OVER, at))
    return tuple(events)


def next_deadline(floor: Floor, facts: Facts) -> datetime | None:
    """Return when the next warning or the end of the turn is due."""
    speech = who_speaks(floor)
    if speech is None or speech.until is None or floor.time_up:
        return None
    warnings = [speech.until - before for before in facts.regulations.warnings if before not in floor.warned]
    return min([*warnings, speech.until])


def turn_written(floor: Floor) -> tuple[Event, ...]:
    """Turn every request that was never called into a written statement (at closing)."""
    return tuple(RequestWritten(request=one.request, site=one.site) for one in floor.requests if one.state in WAITING)


def revoked(speech: FloorRequest, reason: str, at: datetime) -> FloorRevoked:
    """Return the event that takes the floor back from `speech`."""
    return FloorRevoked(request=speech.request, site=speech.site, reason=reason, at=at)


def released(speech: FloorRequest, at: datetime) -> FloorReleased:
    """Return the event that ends `speech` in good order."""
    return FloorReleased(request=speech.request, site=speech.site, at=at)


def turns_taken(floor: Floor, site: SiteId, item: AgendaId | None) -> int:
    """Count the speeches that a site has made under an item of the agenda."""
    return sum(
        1
        for one in floor.requests
        if one.site == site and one.item == item and one.lane is Lane.SPEECH and one.state in SPOKEN
    )


def _next_id(floor: Floor) -> RequestId:
    return RequestId(f"r{len(floor.requests) + 1}")


def _speaking(floor: Floor) -> FloorRequest:
    speech = who_speaks(floor)
    if speech is None:
        raise NobodySpeaks
    return speech


def _need_state(floor: Floor, request: RequestId, *states: RequestState) -> FloorRequest:
    found = find(floor, request)
    if found.state not in states:
        raise RequestNotOpen(request=request, state=found.state.value)
    return found


def _need_site(facts: Facts, site: SiteId) -> None:
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
    _need_site(setting.facts, command.site)
    _need_speaker(setting.facts, command.site, command.speaker)
    topic = command.topic.strip()
    if not topic or len(topic) > LONGEST_TOPIC:
        raise TopicMissing(site=command.site)
    if any(one.site == command.site and one.lane is command.lane and one.state in WAITING for one in floor.requests):
        raise AlreadyWaiting(site=command.site)
    if (
        command.lane is Lane.SPEECH
        and turns_taken(floor, command.site, setting.item) >= setting.facts.regulations.max_turns
    ):
        raise NoTurnsLeft(site=command.site)
    return FloorRequested(
        request=_next_id(floor),
        site=command.site,
        speaker=command.speaker,
        topic=topic,
        lane=command.lane,
        item=setting.item,
        on_behalf=on_behalf,
        at=at,
    )


def _need_speaker(facts: Facts, site: SiteId, speaker: PersonId | None) -> None:
    if speaker is not None and speaker not in facts.people_of(site):
        raise SpeakerUnknown(site=site)


def _request(floor: Floor, command: RequestFloor, at: datetime, setting: Setting) -> tuple[Event, ...]:
    asked = _asked(floor, command, at, setting, on_behalf=False)
    if setting.facts.regulations.needs_acceptance:
        return (asked,)
    return (asked, RequestAccepted(request=asked.request, position=len(floor.queue) + 1))


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
    _need_state(floor, request, *WAITING)
    return (RequestCancelled(request=request, at=at),)


def _accept(floor: Floor, request: RequestId, position: int | None) -> tuple[Event, ...]:
    _need_state(floor, request, RequestState.PENDING)
    return (RequestAccepted(request=request, position=_place(floor, position)),)


def _move(floor: Floor, request: RequestId, position: int) -> tuple[Event, ...]:
    _need_state(floor, request, RequestState.ACCEPTED)
    if not 1 <= position <= len(floor.queue):
        raise PositionImpossible(position=str(position), last=str(len(floor.queue)))
    if floor.queue.index(request) + 1 == position:
        return ()
    return (RequestMoved(request=request, position=position),)


def _grant(floor: Floor, command: GrantFloor, at: datetime, setting: Setting) -> tuple[Event, ...]:
    site = command.site
    _need_site(setting.facts, site)
    speech = who_speaks(floor)
    if speech is not None and speech.site == site:
        raise HoldsFloor(site=site)
    waiting = _waiting_to_speak(floor, site)
    _need_order(floor, waiting, setting)
    if waiting is None:
        asked: tuple[Event, ...] = (_called(floor, site, at, setting),)
        request, lane = _next_id(floor), Lane.SPEECH
    else:
        asked, request, lane = (), waiting.request, waiting.lane
    turn = turns_taken(floor, site, setting.item) + 1
    until = at + _allotted(command.allotted, lane, turn, setting)
    thanked: tuple[Event, ...] = () if speech is None else (released(speech, at),)
    return (
        *thanked,
        *asked,
        FloorGranted(request=request, site=site, turn=turn, at=at, until=until),
    )


def _waiting_to_speak(floor: Floor, site: SiteId) -> FloorRequest | None:
    queued = [find(floor, request) for request in floor.queue]
    pending = [one for one in floor.requests if one.state is RequestState.PENDING]
    return next((one for one in (*queued, *pending) if one.site == site), None)


def _need_order(floor: Floor, waiting: FloorRequest | None, setting: Setting) -> None:
    if setting.facts.regulations.order is not Order.AS_REGISTERED or not floor.queue:
        return
    if waiting is None or waiting.request != floor.queue[0]:
        raise NotNext(next=find(floor, floor.queue[0]).site)


def _called(floor: Floor, site: SiteId, at: datetime, setting: Setting) -> FloorRequested:
    return FloorRequested(
        request=_next_id(floor),
        site=site,
        speaker=None,
        topic="",
        lane=Lane.SPEECH,
        item=setting.item,
        on_behalf=True,
        at=at,
    )


def _allotted(asked: timedelta | None, lane: Lane, turn: int, setting: Setting) -> timedelta:
    if asked is not None:
        return _possible(asked)
    rules = setting.facts.regulations
    if lane is Lane.RESPONSE:
        return rules.response_turn
    return rules.first_turn if turn == 1 else rules.second_turn


def _possible(length: timedelta) -> timedelta:
    if not timedelta(0) < length <= LONGEST_TIME:
        raise TimeImpossible(seconds=str(length.total_seconds()))
    return length


def _release(floor: Floor, site: SiteId, at: datetime) -> tuple[Event, ...]:
    speech = _speaking(floor)
    if speech.site != site:
        raise HoldsNoFloor(site=site)
    return (released(speech, at),)


def _extend(floor: Floor, by: timedelta, at: datetime) -> tuple[Event, ...]:
    speech = _speaking(floor)
    start = at if speech.until is None else max(at, speech.until)
    return (FloorExtended(request=speech.request, until=start + _possible(by)),)


def _correct(floor: Floor, command: CorrectSpeech, at: datetime, facts: Facts) -> tuple[Event, ...]:
    _need_state(floor, command.request, *SPOKEN)
    if not facts.is_author(command.author):
        raise AuthorUnknown(person=command.author)
    if command.ended_at < command.granted_at:
        raise TimeImpossible(request=command.request)
    return (
        SpeechCorrected(
            request=command.request,
            granted_at=command.granted_at,
            ended_at=command.ended_at,
            reason=need_reason(command.reason),
            author=command.author,
            at=at,
        ),
    )


def evolve(floor: Floor, event: Event) -> Floor:
    """Return the floor after `event`."""
    match event:
        case FloorRequested():
            return replace(floor, requests=(*floor.requests, _new(event)))
        case RequestAccepted(request=request, position=position) | RequestMoved(request=request, position=position):
            return _queued(floor, request, position)
        case RequestDenied(request=request, at=at) | RequestRemoved(request=request, at=at):
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
        case FloorExtended(request=request, until=until):
            longer = _changed(floor, replace(find(floor, request), until=until))
            return replace(longer, warned=(), time_up=False)
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
    return replace(_changed(floor, speech), queue=queue, holder=event.request, warned=(), time_up=False)


def _gone(floor: Floor, request: RequestId, state: RequestState, at: datetime) -> Floor:
    ended = replace(find(floor, request), state=state, ended_at=at)
    queue = tuple(one for one in floor.queue if one != request)
    holder = None if floor.holder == request else floor.holder
    return replace(_changed(floor, ended), queue=queue, holder=holder)
