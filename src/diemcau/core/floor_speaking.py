"""Speaking: how the floor is given, for how long, and how it ends.

Deadlines (warnings, the end of a turn) are decided by `reach_deadline`, at the time that
`next_deadline` names. How a request comes to be waiting stands in `core.floor_asking`.
"""

from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.floor import (
    SPOKEN,
    CorrectSpeech,
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
    Lane,
    ReleaseFloor,
    RequestState,
    RevokeFloor,
    SpeakingTimeReached,
    SpeakingTimeWarned,
    SpeechCorrected,
    find,
    who_speaks,
)
from diemcau.core.floor_asking import Setting, need_site, need_state, next_id, turns_taken
from diemcau.core.floor_refusals import HoldsFloor, HoldsNoFloor, NobodySpeaks, NotNext, TimeImpossible
from diemcau.core.ids import SiteId
from diemcau.core.refusals import AuthorUnknown, need_reason
from diemcau.core.regulations import AtEnd, Order, Regulations

LONGEST_TIME = timedelta(hours=2)
TIME_IS_OVER = "time"
LINE_IS_LOST = "line"

Speaking: TypeAlias = GrantFloor | ReleaseFloor | RevokeFloor | ExtendFloor | CorrectSpeech


def decide(floor: Floor, command: Speaking, at: datetime, setting: Setting) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case GrantFloor():
            return _grant(floor, command, at, setting)
        case ReleaseFloor(site=site):
            return _release(floor, site, at)
        case RevokeFloor(reason=reason):
            return (revoked(_speech(floor), need_reason(reason), at),)
        case ExtendFloor(by=by):
            return _extend(floor, by, at)
        case CorrectSpeech():
            return _correct(floor, command, at, setting.facts)
        case _:
            assert_never(command)


def reach_deadline(floor: Floor, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return the warnings and the end of the turn that are due at `at`."""
    speech = who_speaks(floor)
    if speech is None or speech.until is None or floor.time_up:
        return ()
    left = speech.until - at
    if left > timedelta(0):
        due = [before for before in _warnings_ahead(floor, speech.until, facts) if left <= before]
        return tuple(SpeakingTimeWarned(request=speech.request, left=before) for before in due)
    reached = SpeakingTimeReached(request=speech.request, at=at)
    if facts.regulations.at_end is AtEnd.CUT:
        return (reached, revoked(speech, TIME_IS_OVER, at))
    return (reached,)


def next_deadline(floor: Floor, facts: Facts) -> datetime | None:
    """Return when the next warning or the end of the turn is due."""
    speech = who_speaks(floor)
    if speech is None or speech.until is None or floor.time_up:
        return None
    return min([speech.until, *(speech.until - before for before in _warnings_ahead(floor, speech.until, facts))])


def revoked(speech: FloorRequest, reason: str, at: datetime) -> FloorRevoked:
    """Return the event that takes the floor back from `speech`."""
    return FloorRevoked(request=speech.request, site=speech.site, reason=reason, at=at)


def released(speech: FloorRequest, at: datetime) -> FloorReleased:
    """Return the event that ends `speech` in good order."""
    return FloorReleased(request=speech.request, site=speech.site, at=at)


def _warnings_ahead(floor: Floor, until: datetime, facts: Facts) -> list[timedelta]:
    # A warning as long as the time that was given, or longer, would come at once and tell nothing.
    given = timedelta(0) if floor.given_at is None else until - floor.given_at
    warnings = {before for before in facts.regulations.warnings if timedelta(0) < before < given}
    return sorted(warnings - set(floor.warned), reverse=True)


def _speech(floor: Floor) -> FloorRequest:
    speech = who_speaks(floor)
    if speech is None:
        raise NobodySpeaks
    return speech


def _grant(floor: Floor, command: GrantFloor, at: datetime, setting: Setting) -> tuple[Event, ...]:
    site, rules = command.site, setting.facts.regulations
    need_site(setting.facts, site)
    speech = who_speaks(floor)
    if speech is not None and speech.site == site:
        raise HoldsFloor(site=site)
    waiting = _whose_turn(floor, site, rules)
    asked = _called(floor, site, at, setting) if waiting is None else None
    lane, item = (Lane.SPEECH, setting.item) if waiting is None else (waiting.lane, waiting.item)
    turn = turns_taken(floor, site, item, lane) + 1
    granted = FloorGranted(
        request=next_id(floor) if waiting is None else waiting.request,
        site=site,
        turn=turn,
        at=at,
        until=at + _allotted(command.allotted, lane, turn, rules),
    )
    thanked = None if speech is None else released(speech, at)
    return tuple(event for event in (thanked, asked, granted) if event is not None)


def _whose_turn(floor: Floor, site: SiteId, rules: Regulations) -> FloorRequest | None:
    """Return the request with which `site` is called, or nothing if it had not asked; or raise `NotNext`."""
    queued = [find(floor, request) for request in floor.queue]
    pending = [one for one in floor.requests if one.state is RequestState.PENDING]
    theirs = [one for one in (*queued, *pending) if one.site == site]
    if rules.order is Order.AS_THE_CHAIR_CALLS:
        return theirs[0] if theirs else None
    # The order of registration holds in each lane by itself: a response doesn't wait for the speeches.
    heads = {lane: next((one for one in queued if one.lane is lane), None) for lane in Lane}
    for one in theirs:
        if heads[one.lane] in (None, one):
            return one
    ahead = heads[theirs[0].lane if theirs else Lane.SPEECH]
    if ahead is not None:
        raise NotNext(next=ahead.site)
    return None


def _called(floor: Floor, site: SiteId, at: datetime, setting: Setting) -> FloorRequested:
    return FloorRequested(
        request=next_id(floor),
        site=site,
        speaker=None,
        topic="",
        lane=Lane.SPEECH,
        item=setting.item,
        on_behalf=True,
        at=at,
    )


def _allotted(asked: timedelta | None, lane: Lane, turn: int, rules: Regulations) -> timedelta:
    if asked is not None:
        return _possible(asked)
    if lane is Lane.RESPONSE:
        return rules.response_turn
    return rules.first_turn if turn == 1 else rules.second_turn


def _possible(length: timedelta) -> timedelta:
    if not timedelta(0) < length <= LONGEST_TIME:
        raise TimeImpossible(seconds=str(length.total_seconds()))
    return length


def _release(floor: Floor, site: SiteId, at: datetime) -> tuple[Event, ...]:
    speech = _speech(floor)
    if speech.site != site:
        raise HoldsNoFloor(site=site)
    return (released(speech, at),)


def _extend(floor: Floor, by: timedelta, at: datetime) -> tuple[Event, ...]:
    speech = _speech(floor)
    start = at if speech.until is None else max(at, speech.until)
    return (FloorExtended(request=speech.request, until=start + _possible(by), at=at),)


def _correct(floor: Floor, command: CorrectSpeech, at: datetime, facts: Facts) -> tuple[Event, ...]:
    need_state(floor, command.request, *SPOKEN)
    if not facts.is_author(command.author):
        raise AuthorUnknown(person=command.author)
    if not command.granted_at <= command.ended_at <= at:
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
