"""The PDF of a handout: as many pages as it says, and no other kind of file."""

import io
from pathlib import Path

import pytest
from pypdf import PdfWriter

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import FaultyPlan
from diemcau.plan.handout_file import NotAHandout, pages_of
from diemcau.plan.reader import read_plan
from tests.plan.samples import spoil, write_plan


def pdf(pages: int, password: str | None = None) -> bytes:
    writer, written = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=320, height=180)
    if password is not None:
        writer.encrypt(password)
    writer.write(written)
    return written.getvalue()


def faults_of(tmp_path: Path, file: bytes, pages: str = "pages = 3") -> list[tuple[FaultCode, str]]:
    plan = write_plan(tmp_path / "plan")
    spoil(plan, "conference.toml", "pages = 3", f'{pages}\nfile = "report.pdf"')
    (plan / "report.pdf").write_bytes(file)
    try:
        read_plan(plan)
    except FaultyPlan as faulty:
        return [(one.code, one.text("en")) for one in faulty.faults]
    return []


def test_a_pdf_has_as_many_pages_as_it_has() -> None:
    assert pages_of(pdf(7)) == 7


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"", "can't be read as a PDF"),
        (b"PK\x03\x04 a document of another kind", "can't be read as a PDF"),
        (pdf(2)[:200], "can't be read as a PDF"),
        (pdf(2, password="secret"), "password"),
        (pdf(0), "0 pages"),
    ],
)
def test_what_is_no_pdf_with_pages_is_no_handout(file: bytes, says: str) -> None:
    with pytest.raises(NotAHandout, match=says):
        pages_of(file)


def test_the_pages_that_the_plan_names_are_those_of_the_file(tmp_path: Path) -> None:
    assert faults_of(tmp_path, pdf(3)) == []


def test_a_plan_that_names_other_pages_than_the_file_has_is_told_how_many(tmp_path: Path) -> None:
    ((code, sentence),) = faults_of(tmp_path, pdf(5))

    assert code is FaultCode.OTHER_PAGES
    assert "has 5 pages, not 3" in sentence


def test_a_plan_whose_handout_is_no_pdf_is_told_so(tmp_path: Path) -> None:
    assert [code for code, _ in faults_of(tmp_path, b"nothing")] == [FaultCode.NOT_A_PDF]
