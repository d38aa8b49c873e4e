"""The projector: keeps the projections' tables level with the journal.

Law: following the records 1 to n leads to the same tables as rebuilding from 1 to n, wherever
it was interrupted. A batch of records and the position that it leads to are one transaction.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from diemcau.journal.journal import Journal
from diemcau.journal.record import Record
from diemcau.projections import attendance, speaking_time, task_tree
from diemcau.projections.tables import ATTENDANCE, METADATA, PROGRESS, SPEAKING_TIME, TASK_TREE

Apply = Callable[[Connection, Record], None]

PROJECTIONS: Mapping[str, tuple[Table, Apply]] = MappingProxyType(
    {
        "attendance": (ATTENDANCE, attendance.apply),
        "speaking_time": (SPEAKING_TIME, speaking_time.apply),
        "task_tree": (TASK_TREE, task_tree.apply),
    }
)
BATCH = 500


class Projector:
    """Brings every projection up to the end of the journal. One at a time for one database."""

    def __init__(self, journal: Journal, engine: Engine) -> None:
        self._journal = journal
        self._engine = engine
        METADATA.create_all(engine)

    def catch_up(self) -> int:
        """Apply what the journal has and the tables haven't; return how many records were read."""
        return sum(self._catch_up_one(name) for name in PROJECTIONS)

    def rebuild(self) -> int:
        """Empty every projection and fill it again from the first record; return how many records were read."""
        with self._engine.execution_options(writes=True).begin() as connection:
            for table, _ in PROJECTIONS.values():
                connection.execute(delete(table))
            connection.execute(delete(PROGRESS))
        return self.catch_up()

    def _catch_up_one(self, name: str) -> int:
        _, apply = PROJECTIONS[name]
        read = 0
        while records := self._journal.follow(after=self._position(name), limit=BATCH):
            with self._engine.execution_options(writes=True).begin() as connection:
                for record in records:
                    apply(connection, record)
                _move(connection, name, records[-1].position)
            read += len(records)
        return read

    def _position(self, name: str) -> int:
        with self._engine.connect() as connection:
            found = select(PROGRESS.c.position).where(PROGRESS.c.projection == name)
            return connection.execute(found).scalar_one_or_none() or 0


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every projection, in order of the keys: to compare two of them."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, (table, _) in PROJECTIONS.items()
        }


def _move(connection: Connection, name: str, position: int) -> None:
    at = PROGRESS.c.projection == name
    if connection.execute(select(func.count()).select_from(PROGRESS).where(at)).scalar_one():
        connection.execute(update(PROGRESS).where(at).values(position=position))
    else:
        connection.execute(insert(PROGRESS).values(projection=name, position=position))
