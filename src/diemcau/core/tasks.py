"""The tasks that an adopted conclusion implies: a pure policy, exactly once.

A task's id is made from the conference, the item and the unit, so that the same conclusion
always makes the same tasks. What units do with them is a stream of its own.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TypeAlias

from diemcau.core.conclusions import ConclusionAdopted
from diemcau.core.convening import Facts, Horizon, ItemKind
from diemcau.core.ids import ConferenceId, ItemId, TaskId, UnitCode

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssigned:
    """A unit was given a task by a conclusion; its name is as of that day."""

    task: TaskId
    conference: ConferenceId
    item: ItemId
    number: int
    kind: ItemKind
    horizon: Horizon | None
    text: str
    unit: UnitCode
    unit_name: str
    due: date | None


Event: TypeAlias = TaskAssigned


def implied(adopted: ConclusionAdopted, facts: Facts) -> tuple[TaskAssigned, ...]:
    """Return the tasks of an adopted conclusion: one for each unit named by an item of a task kind.

    A rehearsal makes none.
    """
    if facts.rehearsal:
        return ()
    names = {unit.unit: unit.name for unit in facts.units}
    return tuple(
        TaskAssigned(
            task=task_id(facts.conference, item.item, unit),
            conference=facts.conference,
            item=item.item,
            number=number,
            kind=item.kind,
            horizon=item.horizon,
            text=item.text,
            unit=unit,
            unit_name=names[unit],
            due=item.due,
        )
        for number, item in enumerate(adopted.items, start=1)
        if item.kind in facts.task_kinds
        for unit in item.units
    )


def task_id(conference: ConferenceId, item: ItemId, unit: UnitCode) -> TaskId:
    """Return the id of a task, the same whenever it is asked for."""
    return TaskId(sha256(f"{conference}\n{item}\n{unit}".encode()).hexdigest()[:20])
