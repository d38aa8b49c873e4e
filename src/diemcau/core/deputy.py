"""The deputy chair: who presides while the chair's line is gone.

A lease runs while any of the chair's desks is connected. When it ends the deputy is offered
to preside and does so by a press, or by itself if the regulations say so; the chair returns
by a press. The speaker stays on air and the queue is kept: nothing here touches the floor.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import DeputyTakes

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChairGone:
    """The last of the chair's desks lost its line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteChairBack:
    """One of the chair's desks is connected again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preside:
    """The deputy presides from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnToChair:
    """The chair presides again."""


Command: TypeAlias = NoteChairGone | NoteChairBack | Preside | ReturnToChair

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairGone:
    """The chair's desks are gone; the lease ends at `until`."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairBack:
    """A desk of the chair is connected."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseEnded:
    """The chair's lease ended: the deputy may preside."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyPresided:
    """The deputy took the chair."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairReturned:
    """The chair presides again."""

    at: datetime


Event: TypeAlias = ChairGone | ChairBack | LeaseEnded | DeputyPresided | ChairReturned

# Refusals


class ChairPresides(Refusal):
    """The chair is there, so the deputy doesn't preside."""

    code = "deputy.chair_presides"


class PresidesAlready(Refusal):
    """The deputy presides already."""

    code = "deputy.presides_already"


class NoDeputy(Refusal):
    """The conference has no deputy chair."""

    code = "deputy.no_deputy"


# State


class Presiding(StrEnum):
    """Who presides."""

    CHAIR = "chair"
    DEPUTY = "deputy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presidency:
    """Who presides, and whether the chair's lease runs, is ending or has ended."""

    presiding: Presiding = Presiding.CHAIR
    lease_until: datetime | None = None
    offered: bool = False


def decide(presidency: Presidency, command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case NoteChairGone():
            return _gone(presidency, at, facts)
        case NoteChairBack():
            away = presidency.lease_until is not None or presidency.offered
            return (ChairBack(at=at),) if away else ()
        case Preside():
            return _preside(presidency, at, facts)
        case ReturnToChair():
            if presidency.presiding is Presiding.CHAIR:
                raise ChairPresides
            return (ChairReturned(at=at),)
        case _:
            assert_never(command)


def reach_deadline(presidency: Presidency, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what the end of the lease leads to, if it is due at `at`."""
    if presidency.lease_until is None or at < presidency.lease_until:
        return ()
    ended: tuple[Event, ...] = (LeaseEnded(at=at),)
    takes = facts.regulations.deputy_takes is DeputyTakes.BY_ITSELF and facts.deputy is not None
    return (*ended, DeputyPresided(at=at)) if takes else ended


def next_deadline(presidency: Presidency) -> datetime | None:
    """Return when the chair's lease ends."""
    return presidency.lease_until


def evolve(presidency: Presidency, event: Event) -> Presidency:
    """Return who presides after `event`."""
    match event:
        case ChairGone(until=until):
            return replace(presidency, lease_until=until)
        case ChairBack():
            return replace(presidency, lease_until=None, offered=False)
        case LeaseEnded():
            return replace(presidency, lease_until=None, offered=True)
        case DeputyPresided():
            return Presidency(presiding=Presiding.DEPUTY)
        case ChairReturned():
            return Presidency()
        case _:
            assert_never(event)


def _gone(presidency: Presidency, at: datetime, facts: Facts) -> tuple[Event, ...]:
    runs = presidency.lease_until is None and not presidency.offered
    if presidency.presiding is Presiding.DEPUTY or not runs:
        return ()
    return (ChairGone(at=at, until=at + facts.regulations.chair_lease),)


def _preside(presidency: Presidency, at: datetime, facts: Facts) -> tuple[Event, ...]:
    if facts.deputy is None:
        raise NoDeputy
    if presidency.presiding is Presiding.DEPUTY:
        raise PresidesAlready
    if not presidency.offered:
        raise ChairPresides
    return (DeputyPresided(at=at),)
