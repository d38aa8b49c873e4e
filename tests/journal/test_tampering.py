import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.journal.diagnosis import Finding
from tests.journal.samples import HUE, VINH
from tests.journal.tampering import COLUMNS, exchange, found, get, put, unguarded, verified


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
