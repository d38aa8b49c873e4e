"""The projector: keeps the projections' tables level with the journal.

Law: following the records 1 to n leads to the same tables as rebuilding from 1 to n, wherever
it was interrupted. A batch of records and the position that it leads to are one transaction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

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
_TURN = 0x64632D7072  # the projectors' own lock on PostgreSQL


class Projector:
    """Brings every projection up to the end of the journal. Several of them may work on one database."""

    def __init__(self, journal: Journal, engine: Engine, *, batch: int = BATCH) -> None:
        self._journal = journal
        self._engine = engine
        self._batch = batch
        METADATA.create_all(engine)

    def catch_up(self) -> int:
        """Apply what the journal has and the tables haven't; return how many records were read."""
        return sum(self._catch_up_one(name) for name in PROJECTIONS)

    def rebuild(self) -> int:
        """Empty every projection and fill it again from the first record; return how many records were read."""
        with _writing(self._engine) as connection:
            for table, _ in PROJECTIONS.values():
                connection.execute(delete(table))
            connection.execute(delete(PROGRESS))
        return self.catch_up()

    def _catch_up_one(self, name: str) -> int:
        read = 0
        while records := self._journal.follow(after=(after := self._position(name)), limit=self._batch):
            with _writing(self._engine) as connection:
                if _position(connection, name) == after:  # else another projector was here meanwhile
                    _apply(connection, name, records)
                    read += len(records)
        return read

    def _position(self, name: str) -> int:
        with self._engine.connect() as connection:
            return _position(connection, name)


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every projection, in order of the keys: to compare two of them."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, (table, _) in PROJECTIONS.items()
        }


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that changes projections, one at a time; the journal may be written meanwhile."""
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
        yield connection


def _position(connection: Connection, name: str) -> int:
    found = select(PROGRESS.c.position).where(PROGRESS.c.projection == name)
    return connection.execute(found).scalar_one_or_none() or 0


def _apply(connection: Connection, name: str, records: Sequence[Record]) -> None:
    _, apply = PROJECTIONS[name]
    for record in records:
        apply(connection, record)
    connection.execute(delete(PROGRESS).where(PROGRESS.c.projection == name))
    connection.execute(insert(PROGRESS).values(projection=name, position=records[-1].position))
