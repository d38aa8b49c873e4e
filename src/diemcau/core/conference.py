"""A conference as a whole: its topics put together into one state machine.

`decide` sends a command to its topic and adds what other topics do by themselves; `evolve`
sends an event to its topic. Which command is possible in which stage stands in `STAGES_OF`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import TypeAlias, TypeVar, get_args

from diemcau.core import (
    agenda,
    checks,
    conclusions,
    deputy,
    entry,
    floor,
    floor_asking,
    floor_rules,
    floor_speaking,
    handouts,
    notes,
    onair,
    onair_overlay,
    onair_rules,
    rollcall,
    sites,
    stages,
)
from diemcau.core.agenda import Agenda
from diemcau.core.checks import Checks
from diemcau.core.conclusions import Conclusion
from diemcau.core.convening import Facts
from diemcau.core.deputy import Presidency
from diemcau.core.entry import Entry
from diemcau.core.floor import Floor
from diemcau.core.handouts import Handouts
from diemcau.core.ids import SiteId
from diemcau.core.notes import Notes
from diemcau.core.onair import Air
from diemcau.core.rollcall import Roll
from diemcau.core.sites import Lines
from diemcau.core.stages import Stage, Stages

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachDeadline:
    """A deadline that `next_deadline` named has come."""


Command: TypeAlias = (
    stages.Command
    | sites.Command
    | rollcall.Command
    | agenda.Command
    | floor.Command
    | onair.Command
    | handouts.Command
    | checks.Command
    | deputy.Command
    | notes.Command
    | conclusions.Command
    | entry.Command
    | ReachDeadline
)

# Events

Event: TypeAlias = (
    stages.ConferenceConvened
    | stages.Event
    | sites.Event
    | rollcall.Event
    | agenda.Event
    | floor.Event
    | onair.Event
    | handouts.Event
    | checks.Event
    | deputy.Event
    | notes.Event
    | conclusions.Event
    | entry.Event
)

COMMANDS: tuple[type, ...] = get_args(Command)
EVENTS: tuple[type, ...] = get_args(Event)

# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """Everything that is true of a conference now."""

    facts: Facts
    stages: Stages = field(default_factory=Stages)
    lines: Lines = field(default_factory=Lines)
    roll: Roll = field(default_factory=Roll)
    agenda: Agenda = field(default_factory=Agenda)
    floor: Floor = field(default_factory=Floor)
    air: Air = field(default_factory=Air)
    handouts: Handouts = field(default_factory=Handouts)
    checks: Checks = field(default_factory=Checks)
    presidency: Presidency = field(default_factory=Presidency)
    notes: Notes = field(default_factory=Notes)
    conclusion: Conclusion = field(default_factory=Conclusion)
    entry: Entry = field(default_factory=Entry)

    @property
    def holder(self) -> SiteId | None:
        """The site that holds the floor."""
        speech = floor.who_speaks(self.floor)
        return None if speech is None else speech.site


NEWS: tuple[type, ...] = (
    sites.NoteLineUp,
    sites.NoteLineLost,
    deputy.NoteChairGone,
    deputy.NoteChairBack,
    ReachDeadline,
)
"""What the system notes, whatever the stage; nobody may be refused for it, and a sealed record takes none of it."""

_ANY = frozenset(Stage)
_BEFORE_SEAL = _ANY - {Stage.SEALED}
_BEFORE_CLOSE = _BEFORE_SEAL - {Stage.CLOSED}
_RUNNING = frozenset({Stage.OPEN, Stage.ADJOURNED})
_OPEN = frozenset({Stage.OPEN})
_RECORDED = frozenset({Stage.OPEN, Stage.ADJOURNED, Stage.CLOSED, Stage.SEALED})

STAGES_OF: dict[type, frozenset[Stage]] = {
    **dict.fromkeys(get_args(stages.Command), _ANY),
    **dict.fromkeys(get_args(sites.Command), _BEFORE_SEAL),
    **dict.fromkeys(get_args(deputy.Command), _BEFORE_SEAL),
    **dict.fromkeys(get_args(rollcall.Command), _BEFORE_CLOSE),
    rollcall.CorrectAttendance: _ANY,
    **dict.fromkeys(get_args(agenda.Command), _OPEN),
    **dict.fromkeys(get_args(floor.Command), _OPEN),
    floor.CorrectSpeech: _RECORDED,
    **dict.fromkeys(get_args(onair.Command), _BEFORE_CLOSE),
    **dict.fromkeys((onair.TakeSite, *get_args(onair_overlay.Laying)), _OPEN),
    **dict.fromkeys(get_args(handouts.Command), _RUNNING),
    handouts.ListHandout: _BEFORE_CLOSE,
    checks.ReportCheck: _BEFORE_CLOSE,
    notes.TakeNote: _RECORDED - {Stage.SEALED},
    notes.CorrectNote: _RECORDED,
    **dict.fromkeys(get_args(conclusions.Command), _OPEN),
    conclusions.DeclareCounts: _BEFORE_CLOSE,
    conclusions.DraftItem: _BEFORE_CLOSE,
    conclusions.AmendItem: _BEFORE_CLOSE,
    conclusions.StrikeItem: _BEFORE_CLOSE,
    **dict.fromkeys(get_args(entry.Command), _ANY),
    **dict.fromkeys(NEWS, _ANY),
}


LASTING: tuple[type, ...] = (
    sites.NoteLineUp,
    sites.NoteLineLost,
    handouts.ListHandout,
    checks.ReportCheck,
    *get_args(entry.Command),
)
"""What holds beyond a rehearsal: given while one runs, it is given to the conference itself as well."""


def convene(facts: Facts, listed: Handouts | None = None, at: datetime | None = None) -> tuple[Event, ...]:
    """Return the first events of a conference; `listed` are the handouts that were prepared, listed at `at`."""
    prepared = handouts.listed_again(listed or Handouts(), at or facts.starts_at)
    return (stages.ConferenceConvened(facts=facts), *prepared)


def rehearse(conference: Conference, at: datetime) -> tuple[Event, ...]:
    """Return the first events of a rehearsal of `conference`: its facts, and what lasts as it is now."""
    return (
        *convene(replace(conference.facts, rehearsal=True), conference.handouts, at),
        *(sites.SiteConnected(site=site, at=at) for site in sites.who_is_connected(conference.lines)),
        *checks.reported_again(conference.checks),
        *entry.revoked_again(conference.entry, at),
    )


def begin(convened: stages.ConferenceConvened) -> Conference:
    """Return the conference that was just convened."""
    facts = convened.facts
    return Conference(facts=facts, lines=sites.begin(facts), air=onair.begin(facts))


def decide(conference: Conference, command: Command, at: datetime) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`. Nothing changes."""
    stages.need_stage(conference.stages, *sorted(STAGES_OF[type(command)]))
    if conference.stages.stage is Stage.SEALED and isinstance(command, NEWS):
        return ()
    return tuple(_followed(conference, _DECIDERS[type(command)](conference, command, at), at))


def evolve(conference: Conference, event: Event) -> Conference:
    """Return the conference after `event`; it may not refuse."""
    return _EVOLVERS[type(event)](conference, event)


def replay(events: tuple[Event, ...]) -> Conference:
    """Return the conference to which `events` lead; the first must be `ConferenceConvened`."""
    first, *rest = events
    if not isinstance(first, stages.ConferenceConvened):
        message = f"a conference begins with ConferenceConvened, not with {type(first).__name__}"
        raise TypeError(message)
    return reduce(evolve, rest, begin(first))


def next_deadline(conference: Conference) -> datetime | None:
    """Return when `ReachDeadline` is to be given next, if at all."""
    if conference.stages.stage is Stage.SEALED:
        return None
    speech = floor.who_speaks(conference.floor)
    due = (
        floor_speaking.next_deadline(conference.floor, conference.facts),
        onair_rules.grace_ends(speech, conference.lines, conference.facts),
        onair_rules.next_deadline(conference.air, conference.facts),
        deputy.next_deadline(conference.presidency),
    )
    return min((one for one in due if one is not None), default=None)


def _followed(conference: Conference, events: tuple[Event, ...], at: datetime) -> Iterator[Event]:
    """Yield each of `events`, and after it what other topics do by themselves."""
    for event in events:
        conference = evolve(conference, event)
        yield event
        following = (
            *onair_rules.follow(conference.air, event, facts=conference.facts, lines=conference.lines),
            *_ending(conference, event, at),
        )
        for follower in _followed(conference, following, at):
            conference = evolve(conference, follower)
            yield follower


def _ending(conference: Conference, event: Event, at: datetime) -> tuple[Event, ...]:
    """Return what adjourning and closing end: what lies over the program, and the speech; closing all else too."""
    if not isinstance(event, stages.ConferenceAdjourned | stages.ConferenceClosed):
        return ()
    ended: list[Event] = [*onair_overlay.ended(conference.air, at)]
    speech = floor.who_speaks(conference.floor)
    if speech is not None:
        ended.append(floor_speaking.released(speech, at))
    if isinstance(event, stages.ConferenceClosed):
        ended.extend(_closing(conference, at))
    return tuple(ended)


def _closing(conference: Conference, at: datetime) -> Iterator[Event]:
    """Yield the end of the item, the roll call and the handout; who was never called may still write."""
    if conference.agenda.current is not None:
        yield agenda.ItemFinished(item=conference.agenda.current, at=at)
    if conference.roll.open:
        yield rollcall.RollCallClosed(at=at)
    if conference.handouts.shown is not None:
        yield handouts.HandoutTakenDown(handout=conference.handouts.shown, at=at)
    yield from floor_asking.turn_written(conference.floor)


def _decide_stages(conference: Conference, command: stages.Command, at: datetime) -> tuple[Event, ...]:
    rules = conference.facts.regulations
    events = stages.decide(conference.stages, command, at, rehearsal=conference.facts.rehearsal)
    opening = isinstance(command, stages.OpenConference)
    if opening and rules.quorum_to_open and not rollcall.has_quorum(conference.roll, conference.facts):
        raise rollcall.NoQuorum
    return events


def _decide_floor(conference: Conference, command: floor.Command, at: datetime) -> tuple[Event, ...]:
    setting = floor_asking.Setting(facts=conference.facts, item=conference.agenda.current)
    return floor_rules.decide(conference.floor, command, at, setting)


def _decide_air(conference: Conference, command: onair.Command, at: datetime) -> tuple[Event, ...]:
    return onair_rules.decide(
        conference.air,
        command,
        at,
        facts=conference.facts,
        holder=conference.holder,
        lines=conference.lines,
    )


def _decide_notes(conference: Conference, command: notes.Command, at: datetime) -> tuple[Event, ...]:
    if isinstance(command, notes.TakeNote) and command.speech is not None:
        floor.find(conference.floor, command.speech)
    return notes.decide(conference.notes, command, at, facts=conference.facts, item=conference.agenda.current)


def _reach_deadline(conference: Conference, _command: ReachDeadline, at: datetime) -> tuple[Event, ...]:
    facts, speech = conference.facts, floor.who_speaks(conference.floor)
    due: tuple[Event, ...] = floor_speaking.reach_deadline(conference.floor, at, facts)
    ended = any(isinstance(event, floor.FloorRevoked) for event in due)
    grace = onair_rules.grace_ends(speech, conference.lines, facts)
    if speech is not None and grace is not None and grace <= at and not ended:
        due = (*due, floor_speaking.revoked(speech, floor_speaking.LINE_IS_LOST, at))
    elif not ended:
        due = (*due, *onair_rules.reach_deadline(conference.air, at, facts))
    return (*due, *deputy.reach_deadline(conference.presidency, at, facts))


def _evolve_stages(conference: Conference, event: stages.Event) -> Conference:
    air = onair_rules.at_rest(conference.air) if isinstance(event, stages.ConferenceClosed) else conference.air
    return replace(conference, stages=stages.evolve(conference.stages, event), air=air)


def _evolve_lines(conference: Conference, event: sites.Event) -> Conference:
    air = onair_rules.without(conference.air, event.site) if isinstance(event, sites.LineLost) else conference.air
    return replace(conference, lines=sites.evolve(conference.lines, event), air=air)


_Decider: TypeAlias = Callable[..., tuple[Event, ...]]
_Evolver: TypeAlias = Callable[..., Conference]
_Row = TypeVar("_Row")


def _table(*rows: tuple[object, _Row]) -> dict[type, _Row]:
    return {kind: decider for kinds, decider in rows for kind in get_args(kinds)}


_DECIDERS: dict[type, _Decider] = {
    **_table(
        (stages.Command, _decide_stages),
        (sites.Command, lambda c, command, at: sites.decide(c.lines, command, at)),
        (rollcall.Command, lambda c, command, at: rollcall.decide(c.roll, command, at, c.facts)),
        (agenda.Command, lambda c, command, at: agenda.decide(c.agenda, command, at, c.facts)),
        (floor.Command, _decide_floor),
        (onair.Command, _decide_air),
        (handouts.Command, lambda c, command, at: handouts.decide(c.handouts, command, at)),
        (deputy.Command, lambda c, command, at: deputy.decide(c.presidency, command, at, c.facts)),
        (notes.Command, _decide_notes),
        (
            conclusions.Command,
            lambda c, command, at: conclusions.decide(c.conclusion, command, at, c.facts),
        ),
        (entry.Command, lambda c, command, at: entry.decide(c.entry, command, at, c.facts)),
    ),
    checks.ReportCheck: lambda c, command, at: checks.decide(command, at, c.facts),
    ReachDeadline: _reach_deadline,
}

_EVOLVERS: dict[type, _Evolver] = {
    checks.CheckReported: lambda c, event: replace(c, checks=checks.evolve(c.checks, event)),
    **_table(
        (stages.Event, _evolve_stages),
        (sites.Event, _evolve_lines),
        (rollcall.Event, lambda c, event: replace(c, roll=rollcall.evolve(c.roll, event))),
        (agenda.Event, lambda c, event: replace(c, agenda=agenda.evolve(c.agenda, event))),
        (floor.Event, lambda c, event: replace(c, floor=floor_rules.evolve(c.floor, event))),
        (onair.Event, lambda c, event: replace(c, air=onair_rules.evolve(c.air, event))),
        (handouts.Event, lambda c, event: replace(c, handouts=handouts.evolve(c.handouts, event))),
        (deputy.Event, lambda c, event: replace(c, presidency=deputy.evolve(c.presidency, event))),
        (notes.Event, lambda c, event: replace(c, notes=notes.evolve(c.notes, event))),
        (
            conclusions.Event,
            lambda c, event: replace(c, conclusion=conclusions.evolve(c.conclusion, event)),
        ),
        (entry.Event, lambda c, event: replace(c, entry=entry.evolve(c.entry, event))),
    ),
}
