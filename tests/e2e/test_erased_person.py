from pathlib import Path

import pytest
from docx import Document

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import PersonId
from diemcau.directory.people import erase
from diemcau.journal.sql import engine_for
from tests.e2e.programs import run
from tests.e2e.test_headless import SMALL
from tests.plan.samples import write_plan

SPRING = "spring-review"


def text_of(folder: Path) -> str:
    """Return the text of the attendance list in a folder, tables and all."""
    document = Document(str(folder / "attendance-list.docx"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.slow
async def test_documents_made_after_a_person_was_erased_say_so_and_the_seal_still_holds(tmp_path: Path) -> None:
    out, before, after = tmp_path / "out", tmp_path / "before", tmp_path / "after"
    plan = write_plan(tmp_path / "plan")
    await run("demo", "--headless", "--fast", "--plan", plan, "--out", out, *SMALL)
    assert (await run("export", SPRING, "--data", out, "--out", before))[0] == 0

    engine = engine_for(f"sqlite:///{out / 'journal.sqlite'}")
    who = PersonId(f"{SPRING}.head-office-02")
    erase(engine, who, reason="Theo yêu cầu của người đó", author="secretary", at=WallClock().now())
    engine.dispose()

    assert (await run("export", SPRING, "--data", out, "--out", after))[0] == 0
    assert "Deputy Director" in text_of(before)
    assert "Deputy Director" not in text_of(after)
    assert ("(erased)" in text_of(before), "(erased)" in text_of(after)) == (False, True)
    assert "Branch Head" in text_of(after)
    status, said, _ = await run("verify-journal", "--data", out, "--seal", before / "seal-1.json")
    assert (status, said.endswith("1 seals: all whole.")) == (0, True)
    assert (after / "journal.jsonl").read_bytes() == (before / "journal.jsonl").read_bytes()
