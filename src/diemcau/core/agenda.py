"""The agenda: which item is being dealt with, and when each began and ended.

One item at a time, in any order that the chair chooses. Who speaks in it is the floor's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import AgendaId
from diemcau.core.refusals import Refusal

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class StartItem:
    """Go to an item of the agenda; the one being dealt with is finished."""

    item: AgendaId


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishItem:
    """Finish the item being dealt with."""


Command: TypeAlias = StartItem | FinishItem

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStarted:
    """An item of the agenda began."""

    item: AgendaId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFinished:
    """An item of the agenda ended."""

    item: AgendaId
    at: datetime


Event: TypeAlias = ItemStarted | ItemFinished

# Refusals


class ItemUnknown(Refusal):
    """The agenda has no such item."""

    code = "agenda.item_unknown"


class ItemRunning(Refusal):
    """The item is being dealt with already."""

    code = "agenda.item_running"


class NoItemRunning(Refusal):
    """No item is being dealt with."""

    code = "agenda.no_item_running"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTimes:
    """When an item began, and when it ended last."""

    item: AgendaId
    started_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The items dealt with so far, and the one being dealt with."""

    times: tuple[ItemTimes, ...] = ()
    current: AgendaId | None = None


def decide(agenda: Agenda, command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case StartItem(item=item):
            return _start(agenda, item, at, facts)
        case FinishItem():
            if agenda.current is None:
                raise NoItemRunning
            return (ItemFinished(item=agenda.current, at=at),)
        case _:
            assert_never(command)


def evolve(agenda: Agenda, event: Event) -> Agenda:
    """Return the agenda after `event`."""
    match event:
        case ItemStarted(item=item, at=at):
            return replace(agenda, times=(*agenda.times, ItemTimes(item=item, started_at=at)), current=item)
        case ItemFinished(item=item, at=at):
            return replace(agenda, times=tuple(_finished(one, item, at) for one in agenda.times), current=None)
        case _:
            assert_never(event)


def _start(agenda: Agenda, item: AgendaId, at: datetime, facts: Facts) -> tuple[Event, ...]:
    if all(planned.item != item for planned in facts.agenda):
        raise ItemUnknown(item=item)
    if agenda.current == item:
        raise ItemRunning(item=item)
    ended = () if agenda.current is None else (ItemFinished(item=agenda.current, at=at),)
    return (*ended, ItemStarted(item=item, at=at))


def _finished(times: ItemTimes, item: AgendaId, at: datetime) -> ItemTimes:
    if times.item == item and times.finished_at is None:
        return replace(times, finished_at=at)
    return times
