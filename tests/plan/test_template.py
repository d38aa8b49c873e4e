import csv
import io
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from diemcau.plan import FaultyPlan, read_plan, write_template
from diemcau.plan.columns import TABLES, TableForm
from diemcau.plan.model import Duty
from tests.plan.samples import CONFERENCE, DELEGATES, SITES, UNITS, faults_of, write_plan

TEXTS = {"Units": UNITS, "Sites": SITES, "Delegates": DELEGATES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template(tmp_path / "plan.xlsx")
    (tmp_path / "conference.toml").write_text(CONFERENCE, encoding="utf-8")
    return tmp_path


def fill_in(folder: Path, sheet: str, text: str) -> None:
    """Fill a sheet as a person does: each value under its header, over the example row."""
    book = load_workbook(folder / "plan.xlsx")
    headers = [cell.value for cell in book[sheet][1]]
    for number, record in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        for name, value in record.items():
            book[sheet].cell(row=number, column=headers.index(name) + 1).value = value or None
    book.save(folder / "plan.xlsx")


def test_a_template_filled_in_is_the_plan_that_was_meant(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for sheet, text in TEXTS.items():
        fill_in(folder, sheet, text)

    assert read_plan(folder) == read_plan(write_plan(tmp_path_factory.mktemp("text")))


def test_the_example_rows_are_a_plan_of_one_hall_without_a_fault(folder: Path) -> None:
    text = CONFERENCE.partition("[expected]")[0].replace('"head-office"', '"ban-mau"') + (
        '[[categories]]\ncode = "lanh-dao"\nname_vi = "Lãnh đạo"\n'
        '[[agenda]]\nid = "all"\ntitle = "All"\nminutes = 120\nkind = "other"\n'
    )
    (folder / "conference.toml").write_text(text, encoding="utf-8")

    plan = read_plan(folder)

    assert [site.code for site in plan.sites] == ["ban-mau"]
    assert plan.chair.office_vi == "Trưởng ban"


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.sheet)
def test_a_sheet_has_every_column_frozen_above_what_is_filled_in(folder: Path, form: TableForm) -> None:
    sheet = load_workbook(folder / "plan.xlsx")[form.sheet]

    assert tuple(cell.value for cell in sheet[1]) == form.names
    assert sheet.freeze_panes == "A2"


def test_choices_are_offered_as_lists(folder: Path) -> None:
    book = load_workbook(folder / "plan.xlsx")

    rules = {
        (sheet, str(rule.sqref)): rule.formula1
        for sheet in TEXTS
        for rule in book[sheet].data_validations.dataValidation
    }

    assert rules == {
        ("Sites", "C2:C5000"): '"yes,no"',
        ("Delegates", "G2:G5000"): f'"{",".join(duty.value for duty in Duty)}"',
        ("Delegates", "H2:H5000"): '"yes,no"',
    }


def test_the_instructions_explain_every_column_in_both_languages(folder: Path) -> None:
    sheet = load_workbook(folder / "plan.xlsx")["Instructions"]

    told = {row[0]: (row[2], row[3]) for row in sheet.iter_rows(values_only=True) if row[0] and row[2]}
    explained = {name for name, (vietnamese, english) in told.items() if vietnamese and english}

    assert explained == {name for form in TABLES for name in form.names}


def test_a_code_typed_as_a_number_stays_as_it_was_typed(folder: Path) -> None:
    sheet = load_workbook(folder / "plan.xlsx")["Delegates"]

    assert {cell.number_format for cell in sheet[2]} == {"@"}


def test_a_template_cannot_be_written_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_template(tmp_path / "nowhere" / "plan.xlsx")


def test_a_template_alone_is_not_yet_a_plan(folder: Path) -> None:
    (folder / "conference.toml").unlink()

    with pytest.raises(FaultyPlan):
        read_plan(folder)
    assert [fault.file for fault in faults_of(folder)] == ["conference.toml"]


def test_a_template_survives_being_copied(folder: Path) -> None:
    shutil.copy(folder / "plan.xlsx", folder / "copy.xlsx")

    assert load_workbook(folder / "copy.xlsx").sheetnames == ["Units", "Sites", "Delegates", "Instructions"]
