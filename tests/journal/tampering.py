"""How tests change a journal behind its back: straight in the file, all its guards removed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from diemcau.journal.chain import Stored, hash_of
from diemcau.journal.diagnosis import Finding
from diemcau.journal.sql import engine_to_read, open_to_read
from diemcau.journal.verify import Report, verify
from tests.journal.samples import CODEC

COLUMNS = (
    "position",
    "stream",
    "version",
    "command",
    "at",
    "author",
    "name",
    "event_version",
    "body",
    "previous",
    "hash",
)


def verified(path: Path) -> Report:
    """Verify the journal in a file."""
    engine = engine_to_read(f"sqlite:///{path}")
    try:
        return verify(open_to_read(engine, CODEC))
    finally:
        engine.dispose()


def found(path: Path) -> list[tuple[Finding, str, int]]:
    """Return what is found in the file: finding, stream, version."""
    return [(one.finding, one.stream, one.version) for one in verified(path).faults]


@contextmanager
def unguarded(journal: Path) -> Iterator[sqlite3.Connection]:
    """Open the file with neither triggers nor constraints; a `rowid` is a record's position."""
    with closing(sqlite3.connect(journal)) as connection:
        connection.executescript(
            "CREATE TABLE loose AS SELECT * FROM journal_records ORDER BY position;"
            "DROP TABLE journal_records;"
            "ALTER TABLE loose RENAME TO journal_records"
        )
        yield connection
        connection.commit()


def get(connection: sqlite3.Connection, row: int, *columns: str) -> tuple[object, ...]:
    """Return `columns` of one record."""
    asked = f"SELECT {', '.join(columns)} FROM journal_records WHERE rowid = ?"  # noqa: S608 (the tests' own names)
    found: tuple[object, ...] = connection.execute(asked, (row,)).fetchone()
    return found


def put(connection: sqlite3.Connection, row: int, **columns: object) -> None:
    """Write `columns` of one record."""
    setting = ", ".join(f"{column} = ?" for column in columns)
    told = f"UPDATE journal_records SET {setting} WHERE rowid = ?"  # noqa: S608 (the tests' own names)
    connection.execute(told, (*columns.values(), row))


def exchange(connection: sqlite3.Connection, first: int, second: int, *columns: str) -> None:
    """Exchange `columns` of two records."""
    one, other = (get(connection, row, *columns) for row in (first, second))
    put(connection, first, **dict(zip(columns, other, strict=True)))
    put(connection, second, **dict(zip(columns, one, strict=True)))


def forge(connection: sqlite3.Connection, row: int, **columns: object) -> None:
    """Write `columns` of one record and reckon its hash anew, as one who knows how would."""
    put(connection, row, **columns)
    standing: dict[str, Any] = dict(zip(COLUMNS, get(connection, row, *COLUMNS), strict=True))
    put(connection, row, hash=hash_of(Stored(**standing)))
