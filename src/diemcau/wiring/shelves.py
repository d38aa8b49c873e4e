"""What the door lists beside the live conference: the tasks, from the projections."""

import asyncio

from sqlalchemy import Engine

from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.ids import ConferenceId, TaskId, UnitCode
from diemcau.projections import task_tree
from diemcau.web.ports import TaskLine, TaskPage


class TaskShelf:
    """The tasks that conferences set."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def page(self, conference: ConferenceId, *, after: int, unit: UnitCode | None, limit: int) -> TaskPage:
        """Return up to `limit` tasks behind the first `after`, of one unit or of all."""
        return await asyncio.to_thread(self._page, conference, after, unit, limit)

    def _page(self, conference: ConferenceId, after: int, unit: UnitCode | None, limit: int) -> TaskPage:
        with self._engine.connect() as connection:
            total = task_tree.count(connection, conference, unit)
            rows = task_tree.page(connection, conference, after=after, limit=limit, unit=unit)
        lines = tuple(_line(row) for row in rows)
        last = rows[-1]["place"] if len(rows) == limit else None
        return TaskPage(total=total, tasks=lines, next=None if last is None else int(str(last)))


def _line(row: dict[str, object]) -> TaskLine:
    horizon = row["horizon"]
    return TaskLine(
        task=TaskId(str(row["task"])),
        number=int(str(row["number"])),
        kind=ItemKind(str(row["kind"])),
        horizon=None if horizon is None else Horizon(str(horizon)),
        text=str(row["text"]),
        unit=UnitCode(str(row["unit"])),
        unit_name=str(row["unit_name"]),
        due=row["due"],  # type: ignore[arg-type]  # a date or nothing, as the table says
    )
