from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from diemcau.journal.diagnosis import Fault, Finding
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.sql import SqlJournal
from diemcau.journal.verify import Report, verify
from tests.journal.samples import CODEC, HELD, HUE, HUNG, VINH, write
from tests.journal.tampering import COLUMNS, exchange, forge, found, get, put, unguarded, verified


def test_a_journal_that_nobody_touched_is_whole(path: Path) -> None:
    report = verified(path)

    assert report == Report(streams=2, records=8, seals=0, faults=())
    assert report.is_whole


def test_an_empty_journal_is_whole() -> None:
    assert verify(MemoryJournal(CODEC)).is_whole


def test_a_journal_on_postgresql_is_verified_too(postgres_url: str, opened: Callable[[str], SqlJournal]) -> None:
    journal = opened(postgres_url)
    write(journal, HUNG, HELD)
    assert verify(journal).is_whole
    with journal.engine.begin() as connection:
        connection.execute(text("ALTER TABLE journal_records DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE journal_records SET body = '{}' WHERE version = 2"))

    report = verify(journal)

    assert [(one.finding, one.version) for one in report.faults] == [(Finding.CHANGED, 2)]


def test_a_changed_event_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        put(connection, 2, body="{}")

    report = verified(path)

    assert report.faults == (
        Fault(
            finding=Finding.CHANGED,
            stream=HUE,
            version=2,
            says="version 2 was changed: it does not agree with its hash",
        ),
    )
    assert not report.is_whole


def test_an_event_whose_text_is_broken_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE journal_records SET body = CAST(x'7bff' AS TEXT) WHERE rowid = 5")

    assert found(path) == [(Finding.CHANGED, VINH, 2)]


def test_a_change_with_a_new_hash_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        forge(connection, 2, body="{}")

    report = verified(path)

    assert [(one.finding, one.version, one.says) for one in report.faults] == [
        (Finding.CHANGED, 2, "version 2 was changed: the next record follows from another one")
    ]


def test_a_changed_beginning_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        forge(connection, 1, previous="f" * 64)

    assert found(path) == [(Finding.CHANGED, HUE, 1)]


def test_a_missing_record_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM journal_records WHERE rowid = 2")

    report = verified(path)

    assert [(one.finding, one.stream, one.version, one.says) for one in report.faults] == [
        (Finding.MISSING, HUE, 2, "version 2 is missing: the records after it are there")
    ]


def test_a_missing_beginning_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM journal_records WHERE rowid = 4")

    assert found(path) == [(Finding.MISSING, VINH, 1)]


def test_a_missing_record_whose_place_was_closed_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM journal_records WHERE rowid = 2")
        connection.execute("UPDATE journal_records SET version = version - 1 WHERE rowid IN (3, 7, 8)")

    assert found(path) == [(Finding.MISSING, HUE, 2)]


def test_a_record_missing_before_a_changed_one_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM journal_records WHERE rowid = 2")
        put(connection, 3, body="{}")

    assert found(path) == [(Finding.MISSING, HUE, 2)]


@pytest.mark.parametrize(
    "columns",
    [
        ["version"],
        ["version", "position"],
        ["command", "at", "author", "name", "event_version", "body", "hash"],
        ["command", "at", "author", "name", "event_version", "body"],
        ["name", "body", "command", "at", "author", "event_version", "hash", "previous"],
    ],
    ids=["numbers", "places", "contents and hashes", "contents", "contents and links"],
)
def test_records_that_changed_places_are_named(path: Path, columns: list[str]) -> None:
    with unguarded(path) as connection:
        exchange(connection, 2, 7, *columns)

    report = verified(path)

    assert [(one.finding, one.stream, one.version, one.says) for one in report.faults] == [
        (Finding.REORDERED, HUE, 2, "version 2 is out of order: it stands as version 4")
    ]


def test_a_stream_that_was_renumbered_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE journal_records SET version = version + 1 WHERE stream = 'conference/hue'")

    assert found(path) == [(Finding.REORDERED, HUE, 1)]


def test_positions_that_were_exchanged_are_named(path: Path) -> None:
    with unguarded(path) as connection:
        exchange(connection, 3, 6, "position")

    report = verified(path)

    assert [(one.finding, one.stream, one.version) for one in report.faults] == [
        (Finding.REORDERED, HUE, 3),
        (Finding.REORDERED, VINH, 3),
    ]


def test_a_changed_link_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        put(connection, 2, previous="f" * 64)

    report = verified(path)

    assert [one.says for one in report.faults] == [
        "version 2 was changed: its place in the chain was changed, its event was not"
    ]


def test_a_record_that_stands_twice_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        columns = ", ".join(COLUMNS)
        connection.execute(
            f"INSERT INTO journal_records ({columns}) "  # noqa: S608 (the tests' own names)
            f"SELECT {columns} FROM journal_records WHERE rowid = 2"
        )

    assert found(path) == [(Finding.ADDED, HUE, 3)]


def test_an_end_that_stands_twice_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        columns = ", ".join(COLUMNS)
        connection.execute(
            f"INSERT INTO journal_records ({columns}) "  # noqa: S608 (the tests' own names)
            f"SELECT {columns} FROM journal_records WHERE rowid = 6"
        )

    assert found(path) == [(Finding.ADDED, VINH, 4)]


def test_a_record_that_was_overwritten_by_another_is_missing(path: Path) -> None:
    with unguarded(path) as connection:
        copied = get(connection, 7, *COLUMNS[3:])
        put(connection, 2, **dict(zip(COLUMNS[3:], copied, strict=True)))

    assert found(path) == [(Finding.MISSING, HUE, 2)]


def test_a_record_that_was_moved_to_another_stream_is_named_in_both(path: Path) -> None:
    with unguarded(path) as connection:
        put(connection, 2, stream="conference/vinh", version=4)

    report = verified(path)

    assert [(one.finding, one.stream, one.version, one.says) for one in report.faults] == [
        (
            Finding.MOVED,
            HUE,
            2,
            "version 2 was moved between streams: it stands in stream conference/vinh as version 4",
        ),
        (Finding.CHANGED, VINH, 4, "version 4 was changed: it does not agree with its hash"),
    ]


def test_a_record_that_another_stream_lost_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        exchange(connection, 3, 6, "stream")

    report = verified(path)

    assert [(one.finding, one.stream, one.version) for one in report.faults] == [
        (Finding.MOVED, HUE, 3),
        (Finding.MOVED, VINH, 3),
    ]


def test_a_copy_from_another_stream_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        copied = get(connection, 5, *COLUMNS[3:])
        put(connection, 2, **dict(zip(COLUMNS[3:], copied, strict=True)))

    report = verified(path)

    assert [one.says for one in report.faults] == [
        "version 2 was moved between streams: what stands there is version 2 of stream conference/vinh"
    ]
