import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from diemcau.core.ids import StreamId
from diemcau.journal.chain import BEGINNING
from diemcau.journal.diagnosis import Fault, Finding
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.seal import SealKey, key_from, seal_stream
from diemcau.journal.sql import SqlJournal, engine_for, engine_to_read, open_journal, open_to_read
from diemcau.journal.verify import Report, verify
from tests.journal.samples import CODEC, HELD, HUE, HUNG, NINE, VINH, MoonRose, write
from tests.journal.tampering import COLUMNS, exchange, forge, get, put, unguarded

TEN = NINE + timedelta(hours=1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a journal of two streams: Huế at positions 1–3 and 7–8, Vinh at 4–6."""
    path = tmp_path_factory.mktemp("template") / "journal.sqlite"
    engine = engine_for(f"sqlite:///{path}")
    journal = open_journal(engine, CODEC)
    write(journal, HUNG, HELD, MoonRose())
    write(journal, HELD, HUNG, HELD, stream=VINH)
    write(journal, HUNG)
    write(journal, HELD)
    engine.dispose()
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "journal.sqlite"))


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return key_from(tmp_path / "seal.key")


def verified(path: Path) -> Report:
    engine = engine_to_read(f"sqlite:///{path}")
    try:
        return verify(open_to_read(engine, CODEC))
    finally:
        engine.dispose()


def found(path: Path) -> list[tuple[Finding, str, int]]:
    """Return what is found in the file: finding, stream, version."""
    return [(one.finding, one.stream, one.version) for one in verified(path).faults]


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


def test_records_after_a_seal_leave_it_valid(key: SealKey) -> None:
    journal = MemoryJournal(CODEC)
    write(journal, HUNG, HELD)
    seal = seal_stream(journal, HUE, key=key, at=TEN)
    write(journal, MoonRose())

    assert verify(journal, seals=[seal], key_id=key.key_id) == Report(streams=1, records=3, seals=1, faults=())


def test_an_end_that_was_cut_off_is_found_by_a_seal(key: SealKey) -> None:
    journal, shorter = MemoryJournal(CODEC), MemoryJournal(CODEC)
    write(journal, HUNG, HELD, MoonRose())
    write(shorter, HUNG, HELD)
    seal = seal_stream(journal, HUE, key=key, at=TEN)

    faults = verify(shorter, seals=[seal]).faults

    assert faults == (
        Fault(
            finding=Finding.CUT_OFF,
            stream=HUE,
            version=3,
            says="the end was cut off: sealed at version 3, found 2 records",
        ),
    )
    assert verify(shorter).is_whole


def test_a_stream_that_is_gone_is_found_by_a_seal(key: SealKey) -> None:
    journal = MemoryJournal(CODEC)
    write(journal, HUNG)
    seal = seal_stream(journal, HUE, key=key, at=TEN)

    faults = verify(MemoryJournal(CODEC), seals=[seal]).faults

    assert [(one.finding, one.version) for one in faults] == [(Finding.CUT_OFF, 1)]


def test_a_chain_that_was_written_anew_is_found_by_a_seal(key: SealKey) -> None:
    journal, anew = MemoryJournal(CODEC), MemoryJournal(CODEC)
    write(journal, HUNG, HELD)
    write(anew, HUNG, MoonRose())
    seal = seal_stream(journal, HUE, key=key, at=TEN)

    faults = verify(anew, seals=[seal]).faults

    assert faults == (
        Fault(
            finding=Finding.REWRITTEN,
            stream=HUE,
            version=2,
            says="versions 1 to 2 are not those that were sealed: written anew",
        ),
    )
    assert verify(anew).is_whole


def test_a_seal_after_a_break_adds_no_second_fault(path: Path, key: SealKey) -> None:
    engine = engine_for(f"sqlite:///{path}")
    seal = seal_stream(open_journal(engine, CODEC), HUE, key=key, at=TEN)
    engine.dispose()
    with unguarded(path) as connection:
        put(connection, 2, body="{}")

    report = verified(path)

    assert (report.seals, [one.finding for one in report.faults]) == (1, [Finding.CHANGED])
    assert seal.version == 5


def test_a_seal_of_another_key_is_not_believed(key: SealKey, tmp_path: Path) -> None:
    journal = MemoryJournal(CODEC)
    write(journal, HUNG)
    seal = seal_stream(journal, HUE, key=key_from(tmp_path / "other.key"), at=TEN)

    faults = verify(journal, key_id=key.key_id).faults

    assert [one.says for one in faults] == [f"the seal of version 1 is not signed by key {key.key_id}"]
    assert verify(journal, seals=[seal]).is_whole


def test_a_seal_that_was_changed_is_not_believed(key: SealKey) -> None:
    journal = MemoryJournal(CODEC)
    write(journal, HUNG)
    seal = seal_stream(journal, HUE, key=key, at=TEN)

    faults = verify(journal, seals=[replace(seal, hash=BEGINNING)]).faults

    assert [one.finding for one in faults] == [Finding.FORGED]


def test_a_kept_seal_that_cannot_be_read_is_named(path: Path, key: SealKey) -> None:
    engine = engine_for(f"sqlite:///{path}")
    seal_stream(open_journal(engine, CODEC), HUE, key=key, at=TEN)
    engine.dispose()
    with unguarded(path) as connection:
        connection.execute("DROP TRIGGER journal_seals_never_changed")
        connection.execute("UPDATE journal_seals SET at = 'yesterday'")

    report = verified(path)

    assert [(one.finding, one.stream) for one in report.faults] == [(Finding.FORGED, StreamId(""))]


@settings(deadline=None)
@given(
    row=st.integers(1, 8),
    column=st.sampled_from(COLUMNS),
    change=st.tuples(st.integers(0, 200), st.integers(1, 255)),
)
def test_no_byte_of_any_record_changes_unseen(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    row: int,
    column: str,
    change: tuple[int, int],
) -> None:
    place, step = change
    path = Path(shutil.copy(template, tmp_path_factory.mktemp("tampered")))
    with unguarded(path) as connection:
        (was,) = get(connection, row, column)
        if isinstance(was, int):
            put(connection, row, **{column: was + step})
        else:
            raw = bytearray(str(was).encode())
            raw[place % len(raw)] = (raw[place % len(raw)] + step) % 256
            connection.execute(
                f"UPDATE journal_records SET {column} = CAST(? AS TEXT) WHERE rowid = ?",  # noqa: S608 (the tests' own names)
                (bytes(raw), row),
            )

    assert not verified(path).is_whole


@settings(deadline=None)
@given(first=st.integers(1, 8), second=st.integers(1, 8), columns=st.sets(st.sampled_from(COLUMNS), min_size=1))
def test_no_exchange_of_records_goes_unseen(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    first: int,
    second: int,
    columns: set[str],
) -> None:
    path = Path(shutil.copy(template, tmp_path_factory.mktemp("exchanged")))
    with unguarded(path) as connection:
        before = sorted(connection.execute("SELECT * FROM journal_records").fetchall())
        exchange(connection, first, second, *sorted(columns))
        after = sorted(connection.execute("SELECT * FROM journal_records").fetchall())

    assert verified(path).is_whole == (before == after)


@settings(deadline=None)
@given(gone=st.sets(st.integers(1, 8), min_size=1))
def test_records_that_are_gone_from_the_middle_are_missed(
    template: Path, tmp_path_factory: pytest.TempPathFactory, gone: set[int]
) -> None:
    path = Path(shutil.copy(template, tmp_path_factory.mktemp("gone")))
    with unguarded(path) as connection:
        connection.executemany("DELETE FROM journal_records WHERE rowid = ?", [(row,) for row in sorted(gone)])

    expected = {
        stream: min(holes)
        for stream, rows in ((HUE, [1, 2, 3, 7, 8]), (VINH, [4, 5, 6]))
        if (left := [version for version, row in enumerate(rows, 1) if row not in gone])
        and (holes := set(range(1, max(left))) - set(left))
    }
    assert found(path) == [(Finding.MISSING, *one) for one in sorted(expected.items())]
