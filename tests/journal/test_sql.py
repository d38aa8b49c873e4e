import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from diemcau.journal.faults import reason_of
from diemcau.journal.journal import JournalUnusable, JournalUnwritable, Reason
from diemcau.journal.sql import (
    SqlJournal,
    engine_for,
    engine_to_read,
    open_journal,
    open_to_read,
    reading,
    where,
    writing,
)
from tests.journal.samples import CODEC, HELD, HUE, HUNG, write

Open = Callable[[str], SqlJournal]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the file of the journal that `sqlite_url` names."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def reader(database_url: str, opened: Open) -> Iterator[Engine]:
    """Open the database of a journal with one record, for reading only."""
    write(opened(database_url), HUNG)
    engine = engine_to_read(database_url)
    yield engine
    engine.dispose()


# Opening


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("journal.sqlite", "the database URL is none; write sqlite:///FILE"),
        ("mysql://root:secret@host/name", r"no journal can be kept in mysql://root:\*\*\*@host"),
        ("sqlite://", "no journal can be kept in sqlite://"),
        ("sqlite:////nowhere/at/all.sqlite", "there is no folder /nowhere/at"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused(url: str, says: str) -> None:
    with pytest.raises(JournalUnusable, match=says):
        engine_for(url)


def test_a_database_is_named_without_its_password() -> None:
    engine = engine_for("postgresql://clerk:secret@127.0.0.1/diemcau")

    assert where(engine) == "postgresql+psycopg://clerk:***@127.0.0.1/diemcau"


def test_a_journal_that_is_opened_again_goes_on(database_url: str, opened: Open) -> None:
    (first,) = write(opened(database_url), HUNG)

    journal = opened(database_url)
    (second,) = write(journal, HELD)

    assert list(journal.read(HUE)) == [first, second]
    assert second.previous == first.hash


def test_a_journal_of_a_newer_program_is_refused(database_url: str, opened: Open) -> None:
    journal = opened(database_url)
    with writing(journal.engine) as transaction:
        transaction.execute(text("UPDATE journal_schema SET version = 2"))

    with pytest.raises(JournalUnusable, match="has schema version 2, this program knows 1"):
        opened(database_url)


def test_a_file_that_is_no_database_is_refused(path: Path, sqlite_url: str, opened: Open) -> None:
    path.write_bytes(b"minutes of a meeting " * 500)

    with pytest.raises(JournalUnwritable, match="damaged") as told:
        opened(sqlite_url)

    assert (told.value.reason, told.value.where) == (Reason.BROKEN, str(path))


def test_a_journal_is_written_through_to_the_disk(database_url: str, opened: Open) -> None:
    with reading(opened(database_url).engine) as connection:
        if connection.dialect.name == "sqlite":
            pragmas = ("journal_mode", "synchronous", "foreign_keys")
            found = [connection.scalar(text(f"PRAGMA {pragma}")) for pragma in pragmas]
            assert found == ["wal", 2, 1]
        else:
            assert connection.scalar(text("SHOW synchronous_commit")) == "on"


@pytest.mark.parametrize("table", ["journal_records", "journal_seals"])
@pytest.mark.parametrize("change", ["DELETE FROM {table}", "UPDATE {table} SET version = 9, hash = ''"])
def test_the_database_itself_refuses_to_change_records(
    database_url: str, opened: Open, table: str, change: str
) -> None:
    journal = opened(database_url)
    write(journal, HUNG)
    with writing(journal.engine) as transaction:
        transaction.execute(text("INSERT INTO journal_seals VALUES ('conference/hue', 1, 'at', 'k', '', '', '')"))

    with pytest.raises(DBAPIError, match="append-only"), writing(journal.engine) as transaction:
        transaction.execute(text(change.format(table=table)))

    assert journal.position() == 1


# Opening to read


def test_a_journal_is_read_by_one_who_may_not_write(reader: Engine) -> None:
    journal = open_to_read(reader, CODEC)

    assert [record.event for record in journal.read(HUE)] == [HUNG]
    with pytest.raises(JournalUnwritable) as told:
        write(journal, HELD)
    assert told.value.reason is Reason.READ_ONLY
    assert journal.position() == 1


def test_a_reader_sees_what_is_written_meanwhile(reader: Engine, database_url: str, opened: Open) -> None:
    journal = open_to_read(reader, CODEC)

    write(opened(database_url), HELD)

    assert journal.position() == 2


def test_a_backup_on_a_disk_that_takes_nothing_is_read(path: Path, sqlite_url: str, opened: Open) -> None:
    journal = opened(sqlite_url)
    write(journal, HUNG)
    journal.engine.dispose()
    path.with_name("journal.sqlite-wal").mkdir()

    engine = engine_to_read(sqlite_url)

    assert open_to_read(engine, CODEC).position() == 1
    engine.dispose()


def test_a_file_that_is_not_there_is_not_read(path: Path, sqlite_url: str) -> None:
    with pytest.raises(JournalUnusable, match=f"there is no journal {path}"):
        engine_to_read(sqlite_url)

    assert not path.exists()


def test_a_file_with_a_space_and_a_mark_is_named_as_it_is(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "hội nghị 100%.sqlite"
    write(opened(f"sqlite:///{path}"), HUNG)

    engine = engine_to_read(f"sqlite:///{path}")

    assert open_to_read(engine, CODEC).position() == 1
    assert where(engine) == str(path)
    engine.dispose()


def test_a_database_without_a_journal_is_not_read(path: Path, sqlite_url: str) -> None:
    path.touch()
    engine = engine_to_read(sqlite_url)

    with pytest.raises(JournalUnusable, match=f"{path} holds no journal"):
        open_to_read(engine, CODEC)

    engine.dispose()


def test_a_journal_of_a_newer_program_is_not_read(reader: Engine, database_url: str, opened: Open) -> None:
    with writing(opened(database_url).engine) as transaction:
        transaction.execute(text("UPDATE journal_schema SET version = 2"))

    with pytest.raises(JournalUnusable, match="start the program that wrote it, or a newer one"):
        open_to_read(reader, CODEC)


def test_a_damaged_file_says_so_when_it_is_read(path: Path, sqlite_url: str, opened: Open) -> None:
    write(opened(sqlite_url), *[HUNG] * 100)
    opened(sqlite_url).engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine = engine_to_read(sqlite_url)
    journal = open_to_read(engine, CODEC)
    engine.dispose()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises(JournalUnusable, match="damaged: check the disk"):
        journal.follow()

    engine.dispose()


def test_a_question_that_is_wrong_is_our_own_fault(database_url: str, opened: Open) -> None:
    engine = opened(database_url).engine

    with pytest.raises(DBAPIError), reading(engine) as connection:
        connection.execute(text("SELECT colour FROM lanterns"))
    with pytest.raises(DBAPIError), writing(engine) as transaction:
        transaction.execute(text("SELECT colour FROM lanterns"))


# When nothing can be written


def test_a_full_disk_is_told_and_writing_goes_on_when_there_is_room(
    path: Path, sqlite_url: str, engines: Callable[[str], Engine]
) -> None:
    engine = engines(sqlite_url)
    journal = open_journal(engine, CODEC)
    write(journal, HUNG)

    with engine.connect() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(JournalUnwritable, match="make room on it") as told:
        write(journal, *[HELD] * 200)

    assert (told.value.reason, told.value.where) == (Reason.FULL, str(path))
    assert journal.position() == 1

    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 1000000"))
    write(journal, *[HELD] * 200)

    assert journal.position() == 201


def test_a_file_that_may_only_be_read_is_told(
    path: Path, sqlite_url: str, opened: Open, engines: Callable[[str], Engine]
) -> None:
    write(opened(sqlite_url), HUNG)
    engine = engines(f"sqlite:///file:{path}?mode=ro&uri=true")

    with pytest.raises(JournalUnwritable, match="let the server's user write") as told:
        open_journal(engine, CODEC)

    assert told.value.reason is Reason.READ_ONLY


@pytest.fixture
def impatient(sqlite_url: str) -> Iterator[SqlJournal]:
    """Open a journal that waits a millisecond, not ten seconds, for other writers."""
    engine = engine_for(sqlite_url, patience=timedelta(milliseconds=1))
    yield open_journal(engine, CODEC)
    engine.dispose()


def test_a_file_that_another_program_holds_is_told(path: Path, impatient: SqlJournal) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnwritable) as told:
            write(impatient, HUNG)
        other.execute("ROLLBACK")
    write(impatient, HUNG)

    assert told.value.reason is Reason.LOCKED
    assert impatient.position() == 1


def test_a_file_that_the_program_itself_holds_is_told(impatient: SqlJournal) -> None:
    with writing(impatient.engine), pytest.raises(JournalUnwritable) as told:
        write(impatient, HUNG)
    write(impatient, HUNG)

    assert told.value.reason is Reason.LOCKED
    assert impatient.position() == 1


def test_a_writer_that_goes_on_with_its_connection_keeps_its_turn(impatient: SqlJournal) -> None:
    with impatient.engine.execution_options(writes=True).connect() as connection:
        for _ in range(2):
            with connection.begin():
                connection.execute(text("UPDATE journal_schema SET version = 1"))

    write(impatient, HUNG)

    assert impatient.position() == 1


def test_a_database_that_another_program_holds_is_told(postgres_url: str, opened: Open) -> None:
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    with writing(opened(postgres_url).engine) as transaction:
        transaction.execute(text(f"ALTER DATABASE {name} SET lock_timeout = '10ms'"))
    holder, journal = opened(postgres_url), opened(postgres_url)

    with writing(holder.engine), pytest.raises(JournalUnwritable) as told:
        write(journal, HUNG)
    write(journal, HUNG)

    assert told.value.reason is Reason.LOCKED
    assert journal.position() == 1


def test_a_database_server_that_is_not_there_is_told(tmp_path: Path, engines: Callable[[str], Engine]) -> None:
    engine = engines(f"postgresql://tests@/journal?host={tmp_path}")

    with pytest.raises(JournalUnwritable, match="does not answer: start it") as told:
        open_journal(engine, CODEC)
    with pytest.raises(JournalUnusable, match="cannot be read: the database does not answer"):
        open_to_read(engine, CODEC)

    assert told.value.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (psycopg.errors.DiskFull(), Reason.FULL),
        (psycopg.errors.ReadOnlySqlTransaction(), Reason.READ_ONLY),
        (psycopg.errors.InsufficientPrivilege(), Reason.READ_ONLY),
        (psycopg.errors.AdminShutdown(), Reason.UNREACHABLE),
        (psycopg.errors.TooManyConnections(), Reason.UNREACHABLE),
        (psycopg.errors.IoError(), Reason.BROKEN),
        (psycopg.errors.UniqueViolation(), None),
        (psycopg.OperationalError(), Reason.UNREACHABLE),
        (psycopg.ProgrammingError(), None),
        (sqlite3.ProgrammingError(), None),
        (sqlite3.OperationalError(), Reason.BROKEN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_driver_s_error_is_put_in_the_journal_s_words(fault: Exception, reason: Reason | None) -> None:
    assert reason_of(fault) == reason
