"""The task tree: one row for each task that a conference set."""

from sqlalchemy import Connection, func, insert, select

from diemcau.core.ids import ConferenceId, UnitCode
from diemcau.core.tasks import TaskAssigned
from diemcau.journal.record import Record
from diemcau.projections.tables import TASK_TREE


def apply(connection: Connection, record: Record) -> None:
    """Add the task that `record` assigns."""
    match record.event:
        case TaskAssigned() as task:
            connection.execute(insert(TASK_TREE), _row(task, record.version))
        case _:
            return


def count(connection: Connection, conference: ConferenceId, unit: UnitCode | None = None) -> int:
    """Count the tasks of a conference, of one unit if it is named."""
    found = select(func.count()).select_from(TASK_TREE).where(TASK_TREE.c.conference == conference)
    if unit is not None:
        found = found.where(TASK_TREE.c.unit == unit)
    return int(connection.execute(found).scalar_one())


def page(
    connection: Connection, conference: ConferenceId, *, after: int, limit: int, unit: UnitCode | None = None
) -> list[dict[str, object]]:
    """Return up to `limit` tasks whose place is above `after`, in order."""
    found = select(TASK_TREE).where(TASK_TREE.c.conference == conference, TASK_TREE.c.place > after)
    if unit is not None:
        found = found.where(TASK_TREE.c.unit == unit)
    ordered = found.order_by(TASK_TREE.c.place).limit(limit)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def _row(task: TaskAssigned, place: int) -> dict[str, object]:
    return {
        "task": task.task,
        "conference": task.conference,
        "place": place,
        "item": task.item,
        "number": task.number,
        "kind": task.kind.value,
        "horizon": None if task.horizon is None else task.horizon.value,
        "text": task.text,
        "unit": task.unit,
        "unit_name": task.unit_name,
        "due": task.due,
    }
