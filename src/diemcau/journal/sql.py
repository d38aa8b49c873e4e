"""The journal on a disk: SQLite by default, PostgreSQL by a URL, the same code for both.

The only file that knows how a database is opened: the directory and the projections get
their engine and their transactions here. Writers take turns (SQLite's write lock, an
advisory lock in PostgreSQL), so positions become visible in order and without gaps. What is
read back from the texts is `journal.chain`'s and `journal.codec`'s.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Select, event, func, insert, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.canonical import text_of
from diemcau.journal.chain import Stored, Tail, link, read_back
from diemcau.journal.codec import Codec
from diemcau.journal.faults import APPEND_ONLY, reason_of
from diemcau.journal.journal import MENDING, AlreadyAppended, Conflict, JournalUnusable, JournalUnwritable, Reason
from diemcau.journal.record import Author, Record, Seal
from diemcau.journal.turns import Turns

SCHEMA_VERSION: Final = 1
_MOST_AT_ONCE: Final = 40
"""Connections that may be open besides the pool's five: as many as threads that ask."""
_TURN: Final = 4_137_001
"""The advisory lock by which PostgreSQL lets one writer in at a time."""

_METADATA: Final = sa.MetaData()
_WHOLE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_records: Final = sa.Table(
    "journal_records",
    _METADATA,
    sa.Column("position", _WHOLE, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", _WHOLE, nullable=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("event_version", _WHOLE, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("stream", "version"),
    sa.Index("journal_records_by_command", "command"),
    sqlite_strict=True,
)
_seals: Final = sa.Table(
    "journal_seals",
    _METADATA,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("version", _WHOLE, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sqlite_strict=True,
)
_schema: Final = sa.Table("journal_schema", _METADATA, sa.Column("version", sa.Integer, primary_key=True))


# Engines and transactions, for every part that keeps something in the database


def engine_for(url: str, *, patience: timedelta = timedelta(seconds=10)) -> Engine:
    """Return an engine for `sqlite:///file` or `postgresql://…`; nothing is opened yet.

    Writers on SQLite wait for each other as long as `patience` (PostgreSQL has its own setting).

    Raises `JournalUnusable` for another database, a missing folder or a URL that is none.
    When the database fails, whoever uses the engine gets `JournalUnwritable` with the execution
    option `writes=True` (on SQLite it takes the write lock at once), else `JournalUnusable`.
    """
    engine = _engine_of(_parsed(url), patience)
    event.listen(engine, "handle_error", _in_our_words)
    return engine


def engine_to_read(url: str) -> Engine:
    """Return an engine that never writes, for looking at a journal that may be in use."""
    engine = engine_for(url)
    if engine.dialect.name == "postgresql":
        return engine.execution_options(postgresql_readonly=True)
    path = Path(str(engine.url.database))
    if not path.is_file():
        raise JournalUnusable(f"there is no journal {path}; name the file that the server writes")
    engine = _sqlite_to_read(path, mode="ro")
    ahead = path.with_name(f"{path.name}-wal")
    if (ahead.is_file() and ahead.stat().st_size) or _opens(engine):
        return engine
    engine.dispose()
    return _sqlite_to_read(path, immutable="1")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes, one writer at a time; commit at the end of the block."""
    with engine.execution_options(writes=True).begin() as transaction:
        if engine.dialect.name == "postgresql":
            transaction.execute(select(func.pg_advisory_xact_lock(_TURN)))
        yield transaction


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that changes nothing."""
    with engine.connect() as connection:
        yield connection


def where(engine: Engine) -> str:
    """Name the database for a person: the file, or the URL without its password."""
    if engine.dialect.name == "sqlite":
        return unquote(str(engine.url.database).removeprefix("file://"))
    return engine.url.render_as_string(hide_password=True)


# The journal


def open_journal(engine: Engine, codec: Codec) -> "SqlJournal":
    """Return the journal in the database of `engine`, making its tables the first time.

    Raises `JournalUnusable` for a newer schema, `JournalUnwritable` if nothing can be written.
    """
    with writing(engine) as transaction:
        if not sa.inspect(transaction).has_table(_schema.name):
            _METADATA.create_all(transaction)
            _protect(transaction)
            transaction.execute(insert(_schema).values(version=SCHEMA_VERSION))
        _require_known_schema(transaction, engine)
        transaction.execute(sa.update(_schema).values(version=SCHEMA_VERSION))  # is it writable?
    return SqlJournal(engine, codec)


def open_to_read(engine: Engine, codec: Codec) -> "SqlJournal":
    """Return the journal for reading only; use an engine of `engine_to_read`."""
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table(_schema.name):
            raise JournalUnusable(f"{where(engine)} holds no journal; name the server's database")
        _require_known_schema(connection, engine)
    return SqlJournal(engine, codec)


class SqlJournal:
    """The journal port on a database; open one with `open_journal`."""

    def __init__(self, engine: Engine, codec: Codec) -> None:
        self.engine = engine
        self._codec = codec

    def append(
        self,
        stream: StreamId,
        *,
        expecting: int,
        events: Sequence[object],
        command: CommandId,
        author: Author,
        at: datetime,
    ) -> tuple[Record, ...]:
        """Write `events`, all or none; see the port."""
        if not events:
            raise ValueError("an append needs at least one event")
        encoded = [self._codec.encode(event) for event in events]
        with writing(self.engine) as transaction:
            if known := self._records(transaction, _written_by(command)):
                raise AlreadyAppended(known)
            tail = _tail(transaction, stream)
            if tail.version != expecting:
                raise Conflict(stream=stream, expecting=expecting, found=tail.version)
            linked = link(tail, stream=stream, events=encoded, command=command, author=author, at=at)
            transaction.execute(insert(_records), [_columns(one) for one in linked])
        return tuple(read_back(one, self._codec) for one in linked)

    def read(self, stream: StreamId, *, after: int = 0) -> Iterator[Record]:
        """Return the records of a stream, a thousand at a time; see the port."""
        ordered = select(_records).where(_records.c.stream == stream).order_by(_records.c.version)
        while True:
            with reading(self.engine) as connection:
                page = ordered.where(_records.c.version > after).limit(1000)
                found = self._records(connection, page)
            if not found:
                return
            yield from found
            after = found[-1].version

    def follow(self, *, after: int = 0, limit: int = 1000) -> list[Record]:
        """Return the records of all streams; see the port."""
        page = select(_records).where(_records.c.position > after)
        with reading(self.engine) as connection:
            ordered = page.order_by(_records.c.position).limit(limit)
            return list(self._records(connection, ordered))

    def version(self, stream: StreamId) -> int:
        """Return how many records a stream has."""
        with reading(self.engine) as connection:
            return _tail(connection, stream).version

    def position(self) -> int:
        """Return the position of the last record."""
        with reading(self.engine) as connection:
            return _last_position(connection)

    def streams(self) -> list[StreamId]:
        """Return the streams in the order of their first record."""
        grouped = select(_records.c.stream).group_by(_records.c.stream)
        with reading(self.engine) as connection:
            ordered = grouped.order_by(func.min(_records.c.position))
            return [StreamId(stream) for stream in connection.scalars(ordered)]

    def answer_to(self, command: CommandId) -> tuple[Record, ...]:
        """Return what a command wrote; see the port."""
        with reading(self.engine) as connection:
            return self._records(connection, _written_by(command))

    def keep_seal(self, seal: Seal) -> None:
        """Keep a seal beside the records."""
        with writing(self.engine) as transaction:
            if seal not in _seals_in(transaction, seal.stream):
                columns = {name: getattr(seal, name) for name in _seals.c.keys()}  # noqa: SIM118 (no dict)
                transaction.execute(insert(_seals), columns | {"at": text_of(seal.at)})

    def seals(self, stream: StreamId | None = None) -> tuple[Seal, ...]:
        """Return the seals that were kept; see the port."""
        with reading(self.engine) as connection:
            return _seals_in(connection, stream)

    def read_as_stored(self) -> Iterator[Stored]:
        """Return every record as it stands, by stream and version, even broken text."""
        ordered = select(_records).order_by(_records.c.stream, _records.c.version)
        with reading(self.engine) as connection, _broken_text_allowed(connection):
            paged = connection.execution_options(yield_per=1000).execute(ordered)
            yield from (_stored(row) for row in paged)

    def _records(self, connection: Connection, found: Select[Any]) -> tuple[Record, ...]:
        return tuple(read_back(_stored(row), self._codec) for row in connection.execute(found))


def _written_by(command: CommandId) -> Select[Any]:
    return select(_records).where(_records.c.command == command).order_by(_records.c.position)


def _tail(connection: Connection, stream: StreamId) -> Tail:
    own = select(_records.c.version, _records.c.hash).where(_records.c.stream == stream)
    last = connection.execute(own.order_by(_records.c.version.desc()).limit(1)).first()
    position = _last_position(connection)
    if last is None:
        return Tail(position=position)
    return Tail(position=position, version=last.version, hash=last.hash)


def _last_position(connection: Connection) -> int:
    return connection.scalar(select(func.coalesce(func.max(_records.c.position), 0))) or 0


def _stored(row: sa.Row[Any]) -> Stored:
    return Stored(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)


def _columns(stored: Stored) -> dict[str, object]:
    return {column.name: getattr(stored, column.name) for column in _records.columns}


def _seals_in(connection: Connection, stream: StreamId | None) -> tuple[Seal, ...]:
    found = select(_seals).order_by(_seals.c.stream, _seals.c.version, _seals.c.at)
    if stream is not None:
        found = found.where(_seals.c.stream == stream)
    rows = connection.execute(found).mappings()
    return tuple(Seal(**dict(row) | {"at": datetime.fromisoformat(row["at"])}) for row in rows)


# Opening


def _parsed(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except ArgumentError as fault:
        raise JournalUnusable(
            "the database URL is none; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from fault


def _engine_of(url: sa.URL, patience: timedelta) -> Engine:
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # a fault names no person and quotes no speech
            pool_pre_ping=True,
            max_overflow=_MOST_AT_ONCE,
            connect_args={"options": "-c synchronous_commit=on"},
        )
    if url.get_backend_name() != "sqlite" or not url.database:
        raise JournalUnusable(
            f"no journal can be kept in {url.render_as_string()}; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    _require_folder(url.database)
    engine = sa.create_engine(url.set(drivername="sqlite"), max_overflow=_MOST_AT_ONCE, hide_parameters=True)
    turns = Turns(patience)
    event.listen(engine, "connect", partial(_prepare_sqlite, patience))
    event.listen(engine, "begin", partial(_begin_sqlite, turns))
    event.listen(engine, "checkin", lambda _, kept: turns.give_back(kept.info))
    return engine


def _sqlite_to_read(path: Path, **query: str) -> Engine:
    url = sa.URL.create("sqlite", database=path.resolve().as_uri(), query={"uri": "true", **query})
    engine = sa.create_engine(url)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    event.listen(engine, "handle_error", _in_our_words)
    return engine


def _opens(engine: Engine) -> bool:
    """Say whether the file can be read as one that others write; not so from a read-only disk."""
    try:
        with reading(engine) as connection:
            sa.inspect(connection).get_table_names()
    except JournalUnusable:
        return False
    return True


def _require_folder(database: str) -> None:
    folder = Path(database.removeprefix("file:")).parent
    if not folder.is_dir():
        raise JournalUnusable(f"there is no folder {folder} for the journal; make it first")


def _require_known_schema(connection: Connection, engine: Engine) -> None:
    found = connection.scalar(select(func.max(_schema.c.version)))
    if found != SCHEMA_VERSION:
        raise JournalUnusable(
            f"{where(engine)} has schema version {found}, this program knows {SCHEMA_VERSION}; "
            "start the program that wrote it, or a newer one"
        )


def _protect(transaction: Connection) -> None:
    for table in (_records, _seals):
        for statement in APPEND_ONLY[transaction.dialect.name]:
            transaction.execute(sa.text(statement.format(table=table.name)))


def _prepare_sqlite(patience: timedelta, connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's own)
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {patience // timedelta(milliseconds=1)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(turns: Turns, connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if writes and not turns.take(connection.info):
        raise JournalUnwritable(Reason.LOCKED, where(connection.engine))
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_our_words(context: ExceptionContext) -> Exception | None:
    reason = reason_of(context.original_exception)
    asked = context.connection or context.engine
    if reason is None or asked is None:
        return None
    if asked.get_execution_options().get("writes", False):
        return JournalUnwritable(reason, where(asked.engine))
    return JournalUnusable(f"{where(asked.engine)} cannot be read: {MENDING[reason]}")


@contextmanager
def _broken_text_allowed(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str
