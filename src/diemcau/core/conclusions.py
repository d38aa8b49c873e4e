"""The conclusion: what the chair decides, in counted and numbered items.

Items are drafted, amended and struck out until the conclusion is adopted; they are read out
first, and counts that were declared must agree with the items that stand. What the adopted
items make units do is `core.tasks`'s.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from diemcau.core.convening import ExpectedCount, Facts, Horizon, ItemKind, count_name
from diemcau.core.ids import ItemId, UnitCode
from diemcau.core.refusals import Refusal, need_reason

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareCounts:
    """It is declared how many items of each kind and horizon there are to be."""

    counts: tuple[ExpectedCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftItem:
    """An item is drafted, with the units that it names and the day by which they are to do it."""

    kind: ItemKind
    horizon: Horizon | None
    text: str
    units: tuple[UnitCode, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendItem:
    """The text of an item is changed before adoption."""

    item: ItemId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeItem:
    """An item is struck out before adoption."""

    item: ItemId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutConclusion:
    """The chair reads the conclusion out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptConclusion:
    """The conclusion is adopted as it was read out."""


Command: TypeAlias = DeclareCounts | DraftItem | AmendItem | StrikeItem | ReadOutConclusion | AdoptConclusion

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionItem:
    """One item: its kind, how far it reaches, its text, the units it names and by when."""

    item: ItemId
    kind: ItemKind
    horizon: Horizon | None
    text: str
    units: tuple[UnitCode, ...]
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsDeclared:
    """Counts were declared."""

    counts: tuple[ExpectedCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDrafted:
    """An item was drafted."""

    item: ConclusionItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAmended:
    """The text of an item was changed."""

    item: ItemId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStruck:
    """An item was struck out."""

    item: ItemId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionReadOut:
    """The conclusion was read out."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionAdopted:
    """The conclusion was adopted with these items."""

    items: tuple[ConclusionItem, ...]
    at: datetime


Event: TypeAlias = CountsDeclared | ItemDrafted | ItemAmended | ItemStruck | ConclusionReadOut | ConclusionAdopted

# Refusals


class AdoptedAlready(Refusal):
    """The conclusion is adopted, so it can't be changed."""

    code = "conclusions.adopted_already"


class ItemUnknown(Refusal):
    """The conclusion has no such item."""

    code = "conclusions.item_unknown"


class ItemEmpty(Refusal):
    """An item has a text, of at most 4,000 characters."""

    code = "conclusions.item_empty"


class HorizonWrong(Refusal):
    """A task has a horizon (term or year); a lesson or a group of solutions has none."""

    code = "conclusions.horizon_wrong"


class UnitUnknown(Refusal):
    """An item names a unit that the conference doesn't know, or names one twice."""

    code = "conclusions.unit_unknown"


class CountsWrong(Refusal):
    """A declared count is negative, far too large, or names a kind and horizon twice."""

    code = "conclusions.counts_wrong"


class CountsDisagree(Refusal):
    """The items that stand are not as many as was declared."""

    code = "conclusions.counts_disagree"


class NotReadOut(Refusal):
    """The conclusion as it stands has not been read out."""

    code = "conclusions.not_read_out"


class NothingToAdopt(Refusal):
    """The conclusion has no items."""

    code = "conclusions.nothing_to_adopt"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The items that stand, the counts declared, whether it was read out as it stands, and adopted."""

    items: tuple[ConclusionItem, ...] = ()
    drafted: int = 0
    counts: tuple[ExpectedCount, ...] = ()
    read_out: bool = False
    adopted_at: datetime | None = None


LONGEST_ITEM = 4_000
MOST_ITEMS = 1_000
MOST_NAMED = 20


def decide(conclusion: Conclusion, command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    if conclusion.adopted_at is not None:
        raise AdoptedAlready
    match command:
        case DeclareCounts(counts=counts):
            return (CountsDeclared(counts=_possible(counts)),)
        case DraftItem():
            return (ItemDrafted(item=_drafted(conclusion, command, facts)),)
        case AmendItem(item=item, text=text):
            _find(conclusion, item)
            return (ItemAmended(item=item, text=_written(text)),)
        case StrikeItem(item=item, reason=reason):
            _find(conclusion, item)
            return (ItemStruck(item=item, reason=need_reason(reason)),)
        case ReadOutConclusion():
            _need_agreement(conclusion)
            return (ConclusionReadOut(at=at),)
        case AdoptConclusion():
            _need_agreement(conclusion)
            if not conclusion.read_out:
                raise NotReadOut
            return (ConclusionAdopted(items=conclusion.items, at=at),)
        case _:
            assert_never(command)


def evolve(conclusion: Conclusion, event: Event) -> Conclusion:
    """Return the conclusion after `event`; what changes it makes it unread."""
    match event:
        case CountsDeclared(counts=counts):
            return replace(conclusion, counts=counts, read_out=False)
        case ItemDrafted(item=item):
            items = (*conclusion.items, item)
            return replace(conclusion, items=items, drafted=conclusion.drafted + 1, read_out=False)
        case ItemAmended(item=item_id, text=text):
            amended = tuple(replace(one, text=text) if one.item == item_id else one for one in conclusion.items)
            return replace(conclusion, items=amended, read_out=False)
        case ItemStruck(item=item_id):
            return replace(
                conclusion,
                items=tuple(one for one in conclusion.items if one.item != item_id),
                read_out=False,
            )
        case ConclusionReadOut():
            return replace(conclusion, read_out=True)
        case ConclusionAdopted(at=at):
            return replace(conclusion, adopted_at=at)
        case _:
            assert_never(event)


def counted(items: tuple[ConclusionItem, ...]) -> dict[str, int]:
    """Count items by `count_name`, in the order of the kinds."""
    counts = Counter(count_name(one.kind, one.horizon) for one in items)
    names = ("lesson", "term_task", "breakthrough", "year_task", "solution_group")
    return {name: counts[name] for name in names}


def disagreements(conclusion: Conclusion) -> tuple[ExpectedCount, ...]:
    """Return the declared counts with which the items that stand don't agree.

    A count without a horizon counts the items of its kind whatever their horizon.
    """
    return tuple(one for one in conclusion.counts if _standing(conclusion, one) != one.count)


def _possible(counts: tuple[ExpectedCount, ...]) -> tuple[ExpectedCount, ...]:
    kinds = {(one.kind, one.horizon) for one in counts}
    if len(kinds) != len(counts) or any(not 0 <= one.count <= MOST_ITEMS for one in counts):
        raise CountsWrong
    for one in counts:
        _need_no_horizon(one.kind, one.horizon)
    return counts


def _need_no_horizon(kind: ItemKind, horizon: Horizon | None) -> None:
    if horizon is not None and kind in (ItemKind.LESSON, ItemKind.SOLUTION_GROUP):
        raise HorizonWrong(kind=kind.value)


def _standing(conclusion: Conclusion, declared: ExpectedCount) -> int:
    return sum(1 for one in conclusion.items if one.kind is declared.kind and declared.horizon in (None, one.horizon))


def _written(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_ITEM:
        raise ItemEmpty
    return text.strip()


def _drafted(conclusion: Conclusion, command: DraftItem, facts: Facts) -> ConclusionItem:
    if command.kind is ItemKind.TASK and command.horizon is None:
        raise HorizonWrong(kind=command.kind.value)
    _need_no_horizon(command.kind, command.horizon)
    known = {unit.unit for unit in facts.units}
    wrong = {unit for unit, times in Counter(command.units).items() if times > 1 or unit not in known}
    if wrong:
        raise UnitUnknown(units=" ".join(sorted(wrong)[:MOST_NAMED]))
    return ConclusionItem(
        item=ItemId(f"i{conclusion.drafted + 1}"),
        kind=command.kind,
        horizon=command.horizon,
        text=_written(command.text),
        units=command.units,
        due=command.due,
    )


def _find(conclusion: Conclusion, item: ItemId) -> ConclusionItem:
    for one in conclusion.items:
        if one.item == item:
            return one
    raise ItemUnknown(item=item)


def _need_agreement(conclusion: Conclusion) -> None:
    if not conclusion.items:
        raise NothingToAdopt
    wrong = disagreements(conclusion)
    if wrong:
        about = {count_name(one.kind, one.horizon): f"{_standing(conclusion, one)}/{one.count}" for one in wrong}
        raise CountsDisagree(**about)
