from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.core.ids import StreamId
from diemcau.journal.chain import BEGINNING
from diemcau.journal.diagnosis import Fault, Finding
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.seal import SealKey, key_from, seal_stream
from diemcau.journal.sql import engine_for, open_journal
from diemcau.journal.verify import Report, verify
from tests.journal.samples import CODEC, HELD, HUE, HUNG, NINE, MoonRose, write
from tests.journal.tampering import put, unguarded, verified

TEN = NINE + timedelta(hours=1)


@pytest.fixture
def key(tmp_path: Path) -> SealKey:
    return key_from(tmp_path / "seal.key")


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
