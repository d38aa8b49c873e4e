"""The directory's tables, and the rows of them as the program sees them.

Ordinary tables that may be changed, with an audit line for each change; what is asked of
them is `directory.queries`, what changes them `directory.changes`, and personal data has
tables of its own rules in `directory.people`. The tables stand in the journal's database,
and wiring brings the engine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    inspect,
    select,
)

from diemcau.core.ids import PersonId, SiteId, UnitCode

SCHEMA_VERSION: Final = 1
ALWAYS: Final = date.min
"""From when a unit is valid that has no first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A body in the hierarchy, from its first day to its last (None: until further notice)."""

    code: UnitCode
    parent: UnitCode | None
    name: str
    name_en: str
    short_name: str
    protocol: int
    kind: str
    row: int | None = None
    column: int | None = None
    valid_from: date = ALWAYS
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """The hall of a site: which unit's it is, where, and whom to call when a line fails."""

    site: SiteId
    unit: UnitCode
    address: str
    technician_telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a person id is: personal data, which can be erased."""

    person: PersonId
    name: str
    office: str
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An audit line: what was changed when and by which role; never what personal data said."""

    number: int
    at: datetime
    author: str
    subject: str
    change: str
    reason: str


METADATA: Final = MetaData()

units: Final = Table(
    "directory_units",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("valid_to", Text),
    Column("parent", Text),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("protocol", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("row", Integer),
    Column("column", Integer),
)
halls: Final = Table(
    "directory_halls",
    METADATA,
    Column("site", Text, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("technician_telephone", Text, nullable=False),
)
people: Final = Table(
    "directory_people",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False),
    Column("salt", LargeBinary),
    Column("name", Text),
    Column("office", Text),
    Column("telephone", Text),
    Column("erased_at", Text),
    UniqueConstraint("person", "digest"),
)
changes: Final = Table(
    "directory_changes",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("change", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
_schema: Final = Table("directory_schema", METADATA, Column("version", Integer, primary_key=True))


class DirectoryUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The directory cannot be opened; the message says why and how to mend it."""


def open_directory(engine: Engine) -> None:
    """Make the directory's tables the first time; raise `DirectoryUnusable` for a newer schema."""
    with writing(engine) as transaction:
        if not inspect(transaction).has_table(_schema.name):
            METADATA.create_all(transaction)
            transaction.execute(insert(_schema).values(version=SCHEMA_VERSION))
        found = transaction.scalar(select(func.max(_schema.c.version)))
    if found != SCHEMA_VERSION:
        raise DirectoryUnusable(
            f"the directory has schema version {found}, this program knows {SCHEMA_VERSION}; "
            "start the program that wrote it, or a newer one"
        )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; commit at the end of the block."""
    with engine.execution_options(writes=True).begin() as transaction:
        yield transaction


def note(transaction: Connection, *, at: datetime, author: str, subject: str, change: str, reason: str) -> None:
    """Write an audit line in the transaction of the change itself."""
    line = {"author": author, "subject": subject, "change": change, "reason": reason}
    written_at = at.astimezone(UTC).isoformat(timespec="microseconds")
    transaction.execute(insert(changes).values(at=written_at, **line))
