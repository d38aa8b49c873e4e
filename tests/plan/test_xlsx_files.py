import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from diemcau.plan import FaultCode, read_plan
from tests.plan.samples import faults_of, write_plan
from tests.plan.workbooks import add_parts, put, replace_part, write_workbook_plan

C = FaultCode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_workbook_plan(tmp_path / "workbook")


def told(folder: Path) -> list[tuple[FaultCode, str, int | None, str | None, str]]:
    return [(fault.code, fault.file, fault.row, fault.column, fault.found) for fault in faults_of(folder)]


def codes(folder: Path) -> list[FaultCode]:
    return [fault.code for fault in faults_of(folder)]


def test_a_workbook_gives_the_same_plan_as_text_files(folder: Path, tmp_path: Path) -> None:
    assert read_plan(folder) == read_plan(write_plan(tmp_path / "text"))


def test_numbers_dates_and_truths_may_be_typed_as_such(folder: Path) -> None:
    whole = read_plan(folder)
    put(folder, "Units", "C3", 2)
    put(folder, "Units", "C4", 1)
    put(folder, "Units", "J3", datetime(2020, 1, 1))  # noqa: DTZ001 - a workbook knows no time zones
    put(folder, "Units", "K4", date(2030, 12, 31))
    put(folder, "Sites", "C2", value=True)
    put(folder, "Sites", "C3", value=False)
    replace_part(folder, "xl/worksheets/sheet1.xml", b'"C4" t="n"><v>1<', b'"C4" t="n"><v>1.0<')

    assert read_plan(folder) == whole


def test_names_in_a_workbook_are_composed(folder: Path) -> None:
    put(folder, "Units", "E3", "Bie\u0302\u0309n")

    assert [unit.name_vi for unit in read_plan(folder).units][2] == "Bi\u1ec3n"


def test_a_fault_in_a_workbook_names_sheet_row_and_column(folder: Path) -> None:
    put(folder, "Sites", "B3", "reef")

    assert told(folder) == [(C.UNKNOWN_UNIT, "plan.xlsx [Sites]", 3, "unit", "reef")]


def test_a_row_left_empty_does_not_shift_the_rows_below(folder: Path) -> None:
    book = load_workbook(folder / "plan.xlsx")
    book["Sites"].insert_rows(3)
    book.save(folder / "plan.xlsx")
    put(folder, "Sites", "B4", "reef")

    assert told(folder) == [(C.UNKNOWN_UNIT, "plan.xlsx [Sites]", 4, "unit", "reef")]


def test_a_formula_is_told_and_not_computed(folder: Path) -> None:
    put(folder, "Units", "D3", '="Co"&"ast"')

    assert (C.FORMULA, "plan.xlsx [Units]", 3, "D", '="Co"&"ast"') in told(folder)


def test_a_missing_sheet_is_named(folder: Path) -> None:
    book = load_workbook(folder / "plan.xlsx")
    book.remove(book["Sites"])
    book.save(folder / "plan.xlsx")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.wanted) == (C.MISSING_SHEET, "Sites")


def test_a_table_in_two_places_is_told(folder: Path) -> None:
    (folder / "sites.csv").write_text("code,unit,main\n", encoding="utf-8")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.found, fault.wanted) == (C.TWO_SOURCES, "sites.csv", "plan.xlsx [Sites]")


def test_macros_are_refused(folder: Path) -> None:
    add_parts(folder, {"xl/vbaProject.bin": b"Sub AutoOpen()"})

    assert told(folder) == [(C.MACROS, "plan.xlsx", None, None, "xl/vbaProject.bin")]


def test_embedded_objects_are_refused(folder: Path) -> None:
    add_parts(folder, {"xl/embeddings/oleObject1.bin": b"\xd0\xcf"})

    assert codes(folder) == [C.MACROS]


def test_a_workbook_named_as_one_with_macros_is_refused(folder: Path) -> None:
    (folder / "plan.xlsx").rename(folder / "plan.xlsm")

    assert told(folder) == [(C.MACROS, "plan.xlsm", None, None, ".xlsm")]


def test_links_to_other_files_are_refused(folder: Path) -> None:
    add_parts(folder, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})

    assert told(folder) == [(C.EXTERNAL_LINK, "plan.xlsx", None, None, "xl/externalLinks/externalLink1.xml")]


def test_an_archive_that_unpacks_to_too_much_is_refused_unopened(folder: Path) -> None:
    zeros = bytes(9 * 1024 * 1024)
    add_parts(folder, {f"xl/media/{number}.bin": zeros for number in range(8)})

    (fault,) = faults_of(folder)

    assert (folder / "plan.xlsx").stat().st_size < 200_000
    assert (fault.code, fault.found, fault.wanted) == (C.ARCHIVE_BOMB, "72 MB", "64 MB")


def test_an_archive_packed_too_tightly_is_refused(folder: Path) -> None:
    add_parts(folder, {"xl/media/1.bin": bytes(9 * 1024 * 1024)})

    (fault,) = faults_of(folder)

    assert (fault.code, fault.wanted) == (C.ARCHIVE_BOMB, "100 : 1")


def test_an_archive_of_too_many_parts_is_refused(folder: Path) -> None:
    add_parts(folder, {f"xl/media/{number}.bin": b"" for number in range(200)})

    assert codes(folder) == [C.ARCHIVE_BOMB]


def test_an_archive_that_lies_about_its_size_is_refused(folder: Path) -> None:
    path = folder / "plan.xlsx"
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes().replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(content)

    assert codes(folder) == [C.NOT_XLSX]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_multiply_are_refused(folder: Path, encoding: str) -> None:
    bomb = f"""<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"""
    add_parts(folder, {"docProps/custom.xml": bomb.encode(encoding)})

    assert codes(folder) == [C.UNSAFE_XML]


def test_an_entity_that_reads_a_file_is_refused(folder: Path) -> None:
    theft = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>"""
    add_parts(folder, {"xl/stolen.xml": theft})

    assert codes(folder) == [C.UNSAFE_XML]


@pytest.mark.parametrize("content", [b"", b"code,unit,main\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 locked"])
def test_what_is_no_workbook_is_told(folder: Path, content: bytes) -> None:
    (folder / "plan.xlsx").write_bytes(content)

    assert codes(folder) == [C.NOT_XLSX]


def test_a_workbook_cut_short_is_told(folder: Path) -> None:
    path = folder / "plan.xlsx"
    path.write_bytes(path.read_bytes()[:-100])

    assert codes(folder) == [C.NOT_XLSX]


def test_a_sheet_that_is_no_xml_is_told(folder: Path) -> None:
    replace_part(folder, "xl/worksheets/sheet1.xml", b"</worksheet>", b"")

    assert codes(folder) == [C.NOT_XLSX]


def test_a_workbook_without_its_first_part_is_told(folder: Path) -> None:
    replace_part(folder, "[Content_Types].xml", b"sheet.main+xml", b"nothing+xml")

    assert codes(folder) == [C.NOT_XLSX]


def test_a_workbook_that_is_too_large_is_not_opened(folder: Path) -> None:
    with (folder / "plan.xlsx").open("r+b") as file:
        file.truncate(10 * 1024 * 1024 + 1)

    assert codes(folder) == [C.TOO_LARGE]


def test_what_a_formula_failed_with_is_told(folder: Path) -> None:
    put(folder, "Units", "E3", "#REF!")

    assert (C.FORMULA, "plan.xlsx [Units]", 3, "E", "#REF!") in told(folder)


def test_a_cell_far_below_does_not_keep_the_reader_busy(folder: Path) -> None:
    put(folder, "Sites", "A1048576", "far")

    assert C.TOO_MANY_ROWS in codes(folder)


def test_cells_far_to_the_right_are_told_not_kept(folder: Path) -> None:
    put(folder, "Sites", "I3", "stray")

    assert told(folder) == [(C.TOO_MANY_CELLS, "plan.xlsx [Sites]", 3, None, "stray")]
