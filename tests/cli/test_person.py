from pathlib import Path

from diemcau.core.ids import PersonId
from diemcau.directory.people import find
from diemcau.journal.sql import engine_for
from tests.cli.conftest import Diemcau

WHO = "spring-review.head-office-02"


def is_known(data: Path) -> bool:
    engine = engine_for(f"sqlite:///{data / 'journal.sqlite'}")
    try:
        return find(engine, PersonId(WHO)) is not None
    finally:
        engine.dispose()


def test_a_person_is_erased_with_the_documents_that_were_made_and_the_journal_stays_whole(
    diemcau: Diemcau, data: Path
) -> None:
    made = data / "documents" / "spring-review" / "7-0-0" / "attendance"
    made.mkdir(parents=True)
    known = is_known(data)

    said = diemcau("person", "erase", WHO, "--reason", "Theo yêu cầu", "--data", data)

    assert (known, is_known(data)) == (True, False)
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"{WHO} is erased")
    assert not (data / "documents").exists()
    office = b"Deputy Director"
    assert [file.name for file in data.glob("journal.sqlite*") if office in file.read_bytes()] == []
    assert diemcau("verify-journal", "--data", data).status == 0


def test_nobody_is_erased_without_a_reason(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("person", "erase", WHO, "--reason", " ", "--data", data)

    assert (said.status, said.out, is_known(data)) == (1, "", True)
    assert "reason" in said.err
    assert "Traceback" not in said.err


def test_a_person_whom_the_directory_does_not_know_is_named(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("person", "erase", "spring-review.nobody", "--reason", "x", "--data", data)

    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("The directory knows no person spring-review.nobody: write CONFERENCE.DELEGATE")


def test_erasing_makes_no_journal_where_there_is_none(diemcau: Diemcau, tmp_path: Path) -> None:
    said = diemcau("person", "erase", WHO, "--reason", "x", "--data", tmp_path / "nothing")

    assert said.status == 1
    assert said.err.startswith("there is no folder")
    assert not (tmp_path / "nothing").exists()
