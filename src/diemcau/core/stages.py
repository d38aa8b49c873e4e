"""The stages of a conference, from convened to sealed.

convened → rehearsing → open ⇄ adjourned → closed → sealed. What a rehearsal does goes into
a stream of its own; here stands only that there was one. Nothing here is about the floor.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.refusals import Refusal, need_reason

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRehearsal:
    """Try the conference out; nothing of it is minuted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRehearsal:
    """Leave the rehearsal and wait for the opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConference:
    """The chair opens the conference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjournConference:
    """The chair adjourns the conference for a break."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeConference:
    """The chair resumes an adjourned conference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseConference:
    """The chair closes the conference; the record may still be corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealConference:
    """The record is finished; from now on it can only be corrected with reason and author."""


Command: TypeAlias = (
    StartRehearsal
    | EndRehearsal
    | OpenConference
    | AdjournConference
    | ResumeConference
    | CloseConference
    | SealConference
)

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceConvened:
    """A conference was convened with these facts."""

    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalStarted:
    """The n-th rehearsal began, in a stream of its own."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalEnded:
    """The n-th rehearsal ended."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceOpened:
    """The conference was opened."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceAdjourned:
    """The conference was adjourned."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceResumed:
    """The conference went on."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceClosed:
    """The conference was closed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceSealed:
    """The record was sealed."""

    at: datetime


Event: TypeAlias = (
    RehearsalStarted
    | RehearsalEnded
    | ConferenceOpened
    | ConferenceAdjourned
    | ConferenceResumed
    | ConferenceClosed
    | ConferenceSealed
)

# Refusals


class WrongStage(Refusal):
    """The conference is not in a stage in which this can be done."""

    code = "stages.wrong_stage"


class RehearsalInRehearsal(Refusal):
    """A rehearsal can't hold another rehearsal."""

    code = "stages.rehearsal_in_rehearsal"


# State


class Stage(StrEnum):
    """How far a conference has come."""

    CONVENED = "convened"
    REHEARSING = "rehearsing"
    OPEN = "open"
    ADJOURNED = "adjourned"
    CLOSED = "closed"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The stage, when it was opened and closed, and how many rehearsals there were."""

    stage: Stage = Stage.CONVENED
    rehearsals: int = 0
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    adjourned_at: datetime | None = None


def decide(stages: Stages, command: Command, at: datetime, *, rehearsal: bool) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case StartRehearsal():
            return _start_rehearsal(stages, rehearsal=rehearsal)
        case EndRehearsal():
            need_stage(stages, Stage.REHEARSING)
            return (RehearsalEnded(number=stages.rehearsals),)
        case OpenConference():
            return _open(stages, at)
        case AdjournConference(reason=reason):
            need_stage(stages, Stage.OPEN)
            return (ConferenceAdjourned(at=at, reason=need_reason(reason)),)
        case ResumeConference():
            need_stage(stages, Stage.ADJOURNED)
            return (ConferenceResumed(at=at),)
        case CloseConference():
            need_stage(stages, Stage.OPEN, Stage.ADJOURNED)
            return (ConferenceClosed(at=at),)
        case SealConference():
            need_stage(stages, Stage.CLOSED)
            return (ConferenceSealed(at=at),)
        case _:
            assert_never(command)


def evolve(stages: Stages, event: Event) -> Stages:
    """Return the stages after `event`."""
    match event:
        case RehearsalStarted(number=number):
            return replace(stages, stage=Stage.REHEARSING, rehearsals=number)
        case RehearsalEnded():
            return replace(stages, stage=Stage.CONVENED)
        case ConferenceOpened(at=at):
            return replace(stages, stage=Stage.OPEN, opened_at=at)
        case ConferenceAdjourned(at=at):
            return replace(stages, stage=Stage.ADJOURNED, adjourned_at=at)
        case ConferenceResumed():
            return replace(stages, stage=Stage.OPEN, adjourned_at=None)
        case ConferenceClosed(at=at):
            return replace(stages, stage=Stage.CLOSED, closed_at=at)
        case ConferenceSealed():
            return replace(stages, stage=Stage.SEALED)
        case _:
            assert_never(event)


def need_stage(stages: Stages, *allowed: Stage) -> None:
    """Raise `WrongStage` unless the conference is in one of the `allowed` stages."""
    if stages.stage not in allowed:
        raise WrongStage(stage=stages.stage.value, needs=" ".join(allowed))


def _start_rehearsal(stages: Stages, *, rehearsal: bool) -> tuple[Event, ...]:
    if rehearsal:
        raise RehearsalInRehearsal
    need_stage(stages, Stage.CONVENED)
    return (RehearsalStarted(number=stages.rehearsals + 1),)


def _open(stages: Stages, at: datetime) -> tuple[Event, ...]:
    need_stage(stages, Stage.CONVENED, Stage.REHEARSING)
    if stages.stage is Stage.REHEARSING:
        return (RehearsalEnded(number=stages.rehearsals), ConferenceOpened(at=at))
    return (ConferenceOpened(at=at),)
