import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.record import Seal
from diemcau.journal.seal import key_from, seal_stream, text_of_seal
from diemcau.journal.sql import engine_for, open_journal
from tests.cli.conftest import Diemcau
from tests.cli.test_conference import SPRING


def sealed(data: Path, file: Path) -> Seal:
    """Seal the conference's stream and keep the seal in a file elsewhere."""
    engine = engine_for(f"sqlite:///{data / 'journal.sqlite'}")
    journal = open_journal(engine, CODEC)
    stream = streams.formal(SPRING)
    at = next(journal.read(stream)).at
    seal = seal_stream(journal, stream, key=key_from(data / "seal.key"), at=at)
    engine.dispose()
    file.write_text(text_of_seal(seal), encoding="utf-8")
    return seal


def tamper(data: Path, statement: str) -> None:
    """Change the journal behind its back."""
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection:
        connection.executescript(
            "CREATE TABLE loose AS SELECT * FROM journal_records; DROP TABLE journal_records;"
            "ALTER TABLE loose RENAME TO journal_records;"
        )
        connection.execute(statement)
        connection.commit()


def test_a_whole_journal_is_said_to_be_whole(diemcau: Diemcau, data: Path, tmp_path: Path) -> None:
    sealed(data, tmp_path / "seal.json")

    said = diemcau("verify-journal", "--data", data, "--seal", tmp_path / "seal.json")

    assert (said.status, said.err) == (0, "")
    assert said.out == "2 records in 1 streams and 1 seals: all whole.\n"


def test_a_record_that_was_changed_is_found_and_named(diemcau: Diemcau, data: Path) -> None:
    tamper(data, "UPDATE journal_records SET body = replace(body, 'Spring review', 'Autumn review')")

    said = diemcau("verify-journal", "--data", data)

    named, last = said.err.splitlines()
    assert (said.status, said.out) == (1, "")
    assert named == "• conference:spring-review: version 1 was changed: it does not agree with its hash"
    assert last == "1 fault(s) in the journal; restore the last backup and compare."


def test_an_end_that_was_cut_off_is_found_with_the_seal(diemcau: Diemcau, data: Path, tmp_path: Path) -> None:
    sealed(data, tmp_path / "seal.json")
    tamper(data, "DELETE FROM journal_records")
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection:
        connection.executescript("DROP TRIGGER journal_seals_never_removed; DELETE FROM journal_seals;")

    without = diemcau("verify-journal", "--data", data)
    with_seal = diemcau("verify-journal", "--data", data, "--seal", tmp_path / "seal.json")

    assert without.status == 0
    assert (with_seal.status, with_seal.out) == (1, "")
    assert "the end was cut off" in with_seal.err


@pytest.mark.parametrize("content", [b"hello", b"\xff\xfe\x00", b"{}", b'{"stream": 3}', b""])
def test_a_file_that_is_no_seal_is_refused_in_one_line(
    diemcau: Diemcau, data: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "no-seal"
    file.write_bytes(content)

    said = diemcau("verify-journal", "--data", data, "--seal", file)

    assert (said.status, said.out) == (1, "")
    assert said.err == f"{file} is no seal: name a file that diemcau export wrote (seal-1.json).\n"


def test_a_seal_that_is_not_there_or_a_folder_is_refused_in_one_line(
    diemcau: Diemcau, data: Path, tmp_path: Path
) -> None:
    missing = diemcau("verify-journal", "--data", data, "--seal", tmp_path / "nowhere")
    folder = diemcau("verify-journal", "--data", data, "--seal", tmp_path)

    assert (missing.status, folder.status) == (1, 1)
    assert (
        missing.err == f"{tmp_path / 'nowhere'}: there is no such file or folder; check the name, or make it first.\n"
    )
    assert folder.err == f"{tmp_path}: this is a folder, and a file is needed; name another.\n"


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\x00" + bytes(200)])
def test_a_file_that_is_no_journal_is_refused_in_one_line(diemcau: Diemcau, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.sqlite").write_bytes(content)

    for command in (("verify-journal",), ("conference", "list"), ("rebuild",)):
        said = diemcau(*command, "--data", tmp_path)
        assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
        assert str(tmp_path / "journal.sqlite") in said.err


def test_an_export_holds_every_record_and_the_seals(diemcau: Diemcau, data: Path, tmp_path: Path) -> None:
    seal = sealed(data, tmp_path / "seal.json")

    said = diemcau("export", SPRING, "--data", data, "--out", tmp_path / "out")

    lines = [json.loads(line) for line in (tmp_path / "out" / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (said.status, said.err) == (0, "")
    assert [(line["version"], line["name"]) for line in lines] == [(1, "conference.convened"), (2, "handouts.listed")]
    assert lines[-1]["hash"] == seal.hash
    assert "Giám đốc" not in json.dumps(lines, ensure_ascii=False)
    checked = diemcau("verify-journal", "--data", data, "--seal", tmp_path / "out" / "seal-1.json")
    assert checked.status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no conference nowhere: see diemcau conference list.\n"),
        (
            [SPRING, "--site", "nowhere"],
            "spring-review has no site nowhere: take a code of the plan's sites.\n",
        ),
    ],
)
def test_an_export_of_what_is_not_there_writes_nothing(
    diemcau: Diemcau, data: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    said = diemcau("export", *arguments, "--data", data, "--out", tmp_path / "out")

    assert (said.status, said.out, said.err) == (1, "", sentence)
    assert not (tmp_path / "out").exists()


def test_an_export_into_a_file_is_refused_in_one_line(diemcau: Diemcau, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()

    said = diemcau("export", SPRING, "--data", data, "--out", file)

    assert (said.status, said.out) == (1, "")
    assert said.err == f"{file}: a file stands where a folder is needed; name another folder.\n"


def test_a_rebuild_reads_every_record(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("rebuild", "--data", data)

    assert (said.status, said.err, said.out) == (0, "", "Rebuilt from 2 records.\n")
