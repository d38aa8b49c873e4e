"""What the door lists beside the live conference: tasks from the projections, recordings from their folders."""

import asyncio
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.ids import ConferenceId, TaskId, UnitCode
from diemcau.media.recording.recordings import Part, recordings_in
from diemcau.projections import task_tree
from diemcau.web.ports import Chapter, Recording, TaskLine, TaskPage


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


class RecordingShelf:
    """The recordings of all conferences, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def of(self, conference: ConferenceId) -> Recording | None:
        """Return a conference's recording (its longest part, and all parts), or nothing if nothing was recorded."""
        read = await asyncio.to_thread(recordings_in, self.folder_of(conference))
        if not read:
            return None
        parts = tuple(_recording(part) for part in read)
        return replace(max(parts, key=lambda part: part.length), parts=parts)

    def folder_of(self, conference: ConferenceId) -> Path:
        """Return the folder of a conference's recordings."""
        return self._folder / conference


def _recording(part: Part) -> Recording:
    chapters = tuple(Chapter(title=title, start=start) for title, start in part.chapters)
    return Recording(file=part.path, length=part.length, chapters=chapters)


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
