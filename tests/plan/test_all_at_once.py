from pathlib import Path

import pytest

from diemcau.plan import Fault, FaultCode, FaultyPlan, read_plan
from diemcau.plan.faults import Place
from diemcau.plan.wording import WORDING
from tests.plan.samples import CONFERENCE, FILES, faults_of, spoil, write_plan

C = FaultCode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plan(tmp_path / "plan")


def codes(folder: Path) -> list[tuple[str, FaultCode]]:
    return [(fault.file, fault.code) for fault in faults_of(folder)]


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    spoil(folder, "conference.toml", "2026-03-12T08", "2026-02-31T08")
    spoil(folder, "conference.toml", 'ruleset = "plain"', 'ruleset = "fancy"')
    spoil(folder, "conference.toml", "speeches = 1", "speeches = 7")
    spoil(folder, "conference.toml", 'item = "discussion"', 'item = "dinner"')
    spoil(folder, "units.csv", "coast,head-office", "coast,reef")
    spoil(folder, "units.csv", "hills,head-office", "hills,hills")
    spoil(folder, "sites.csv", "coast,coast,no", "coast,coast,yes")
    spoil(folder, "sites.csv", "máy lẻ 1002", "gọi anh Ba")
    spoil(folder, "delegates.csv", "Director,,chair", "Director,,head")
    spoil(folder, "delegates.csv", "hills-01", "coast-01")

    assert codes(folder) == [
        ("conference.toml", C.IMPOSSIBLE_DATE),
        ("conference.toml", C.UNKNOWN_RULESET),
        ("conference.toml", C.COUNT_DIFFERS),
        ("conference.toml", C.UNKNOWN_AGENDA_ITEM),
        ("delegates.csv", C.NO_CHAIR),
        ("delegates.csv", C.DUPLICATE_CODE),
        ("sites.csv", C.TWO_MAIN_SITES),
        ("sites.csv", C.BAD_TELEPHONE),
        ("units.csv", C.UNKNOWN_PARENT),
        ("units.csv", C.CYCLE),
    ]


def test_two_impossible_dates_are_both_told_and_hide_nothing(folder: Path) -> None:
    spoil(folder, "conference.toml", "2026-03-12T08", "2026-02-31T08")
    spoil(folder, "conference.toml", "due_year = 2026-12-31", "due_year = 2026-13-31")
    spoil(folder, "conference.toml", 'kind = "lesson"', 'kind = "joke"')

    assert codes(folder) == [
        ("conference.toml", C.IMPOSSIBLE_DATE),
        ("conference.toml", C.IMPOSSIBLE_DATE),
        ("conference.toml", C.UNKNOWN_CHOICE),
    ]


def test_a_conference_that_is_not_toml_hides_no_fault_of_the_tables(folder: Path) -> None:
    spoil(folder, "conference.toml", "[documents]", "[documents")
    spoil(folder, "sites.csv", "coast,coast,no", "coast,reef,no")

    assert codes(folder) == [("conference.toml", C.TOML_SYNTAX), ("sites.csv", C.UNKNOWN_UNIT)]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_one_fault_and_not_a_thousand(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert codes(folder) == [(name, C.MISSING_FILE)]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert codes(tmp_path / "nowhere") == [(str(tmp_path / "nowhere"), C.MISSING_FOLDER)]


def test_a_file_in_place_of_the_folder_is_no_plan(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("", encoding="utf-8")

    assert codes(tmp_path / "plan") == [(str(tmp_path / "plan"), C.MISSING_FOLDER)]


def test_a_folder_in_place_of_a_file_cannot_be_read(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    (folder / "sites.csv").mkdir()

    assert codes(folder) == [("sites.csv", C.UNREADABLE_FILE)]


def test_a_file_that_is_too_large_is_not_read(folder: Path) -> None:
    with (folder / "sites.csv").open("r+b") as file:
        file.truncate(10 * 1024 * 1024 + 1)

    assert codes(folder) == [("sites.csv", C.TOO_LARGE)]


def test_a_conference_file_that_is_too_large_is_not_read(folder: Path) -> None:
    (folder / "conference.toml").write_text("#" * (1024 * 1024 + 1), encoding="utf-8")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.wanted) == (C.TOO_LARGE, "1.0 MB")


def test_a_table_of_too_many_rows_is_not_read(folder: Path) -> None:
    rows = "".join(f"coast-{number},coast,leaders,,Guest,,member,no\n" for number in range(20_001))
    (folder / "delegates.csv").write_text(FILES["delegates.csv"] + rows, encoding="utf-8")

    assert codes(folder) == [("delegates.csv", C.TOO_MANY_ROWS)]


def test_dozens_of_impossible_dates_are_told_up_to_a_limit(folder: Path) -> None:
    dates = "".join(f"day_{number} = 2026-02-31\n" for number in range(25))
    (folder / "conference.toml").write_text(dates, encoding="utf-8")

    assert codes(folder) == [("conference.toml", C.IMPOSSIBLE_DATE)] * 20


def test_a_site_of_which_a_unit_is_unfit_is_told_apart_from_its_row(folder: Path) -> None:
    spoil(folder, "sites.csv", "coast,coast,no", "coast,Coast!,no")

    told = [(fault.code, fault.found) for fault in faults_of(folder)]

    assert told == [(C.BAD_SLUG, "Coast!")]


def test_an_item_for_a_unit_that_is_gone_is_told(folder: Path) -> None:
    spoil(
        folder,
        "units.csv",
        "hills,head-office,1",
        "dunes,head-office,3,Dunes,,Dunes,,,,,2020-01-01\nhills,head-office,1",
    )
    spoil(folder, "conference.toml", 'text = "Count the wells."', 'text = "Count."\nunits = ["coast", "dunes"]')

    (fault,) = faults_of(folder)

    assert (fault.code, fault.found, fault.wanted) == (C.UNIT_NOT_VALID, "dunes", "2026-03-12")


def test_an_organiser_that_is_gone_is_told(folder: Path) -> None:
    spoil(
        folder,
        "units.csv",
        "hills,head-office,1",
        "dunes,head-office,3,Dunes,,Dunes,,,,,2020-01-01\nhills,head-office,1",
    )
    spoil(folder, "conference.toml", 'organiser = "head-office"', 'organiser = "dunes"')

    (fault,) = faults_of(folder)

    assert (fault.code, fault.column, fault.found, fault.wanted) == (
        C.UNIT_NOT_VALID,
        "organiser",
        "dunes",
        "2026-03-12",
    )


def test_a_plan_without_sites_says_so(folder: Path) -> None:
    header = FILES["sites.csv"].partition("\n")[0]
    (folder / "sites.csv").write_text(header + "\n", encoding="utf-8")

    assert ("sites.csv", C.NO_SITES) in codes(folder)
    assert ("sites.csv", C.NO_MAIN_SITE) not in codes(folder)


def test_an_empty_file_of_sites_has_neither_columns_nor_sites(folder: Path) -> None:
    (folder / "sites.csv").write_text("", encoding="utf-8")

    told = [code for file, code in codes(folder) if file == "sites.csv"]

    assert told == [C.NO_SITES, C.MISSING_COLUMN, C.MISSING_COLUMN, C.MISSING_COLUMN]


def test_an_empty_conference_names_every_key_that_it_needs(folder: Path) -> None:
    (folder / "conference.toml").write_text("", encoding="utf-8")

    told = [(fault.code, fault.column) for fault in faults_of(folder)]

    assert told == [
        (C.MISSING_KEY, "id"),
        (C.MISSING_KEY, "title"),
        (C.MISSING_KEY, "organiser"),
        (C.MISSING_KEY, "starts_at"),
        (C.MISSING_KEY, "ends_at"),
        (C.MISSING_KEY, "documents"),
        (C.MISSING_KEY, "agenda"),
        (C.MISSING_KEY, "categories"),
    ]


def test_minutes_that_do_not_add_up_are_told_with_both_sums(folder: Path) -> None:
    spoil(folder, "conference.toml", "minutes = 20", "minutes = 15")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.found, fault.wanted) == (C.MINUTES_DO_NOT_ADD_UP, "115", "120")
    assert fault.row == CONFERENCE.partition("[[agenda]]")[0].count("\n") + 1


def test_two_items_of_the_agenda_may_not_share_a_code(folder: Path) -> None:
    spoil(folder, "conference.toml", 'id = "opening"', 'id = "discussion"')

    (fault,) = faults_of(folder)

    assert (fault.code, fault.column, fault.found) == (C.DUPLICATE_CODE, "id", "discussion")


def test_an_item_that_makes_tasks_needs_a_day(folder: Path) -> None:
    spoil(folder, "conference.toml", "due_year = 2026-12-31\n", "")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.found, fault.wanted) == (C.NO_DUE_DATE, "Count the wells.", "due_year")


def test_a_task_needs_a_horizon(folder: Path) -> None:
    spoil(folder, "conference.toml", 'horizon = "year"\n', "")

    told = [(fault.code, fault.column) for fault in faults_of(folder)]

    assert (C.MISSING_KEY, "horizon") in told


def test_a_site_of_a_unit_that_is_gone_is_told(folder: Path) -> None:
    spoil(folder, "units.csv", "2030-12-31", "2026-03-11")

    (fault,) = faults_of(folder)

    assert (fault.code, fault.file, fault.row, fault.wanted) == (C.UNIT_NOT_VALID, "sites.csv", 4, "2026-03-12")


def test_an_item_for_an_unknown_unit_is_told(folder: Path) -> None:
    spoil(folder, "conference.toml", 'text = "Count the wells."', 'text = "Count."\nunits = ["coast", "reef"]')

    told = [(fault.code, fault.column, fault.found) for fault in faults_of(folder)]

    assert told == [(C.UNKNOWN_UNIT, "units", "reef")]


def test_a_section_of_the_wrong_shape_is_told(folder: Path) -> None:
    spoil(folder, "conference.toml", "[documents]", "[[documents]]")

    told = [(fault.code, fault.column) for fault in faults_of(folder)]

    assert told == [(C.WRONG_TYPE, "documents")]


def test_a_single_agenda_item_that_is_no_list_is_told(folder: Path) -> None:
    text = CONFERENCE.replace("[[handouts]]", "[handouts]")
    (folder / "conference.toml").write_text(text, encoding="utf-8")

    told = [(fault.code, fault.column) for fault in faults_of(folder)]

    assert (C.WRONG_TYPE, "handouts") in told


def test_toml_nested_too_deeply_is_told(folder: Path) -> None:
    (folder / "conference.toml").write_text("x = " + "[" * 5000, encoding="utf-8")

    assert codes(folder) == [("conference.toml", C.TOML_SYNTAX)]


def test_every_kind_of_fault_is_worded_in_both_languages() -> None:
    assert set(WORDING) == set(FaultCode)
    for wording in WORDING.values():
        sentences = [wording.problem.vi, wording.problem.en, wording.mend.vi, wording.mend.en]
        assert all(sentence.endswith((".", ").")) for sentence in sentences)
        assert len(set(sentences)) == 4


def test_a_fault_reads_as_one_line_in_either_language() -> None:
    place = Place(file="sites.csv", row=3, column="unit")
    fault = Fault(code=C.UNKNOWN_UNIT, place=place, found="reef")

    assert fault.text("vi") == (
        "sites.csv, dòng 3, cột “unit”: không có đơn vị nào mã “reef”. Hãy sửa mã hoặc thêm đơn vị vào bảng Units."
    )
    assert fault.text("en") == (
        "sites.csv, row 3, column “unit”: there is no unit of the code “reef”."
        " Correct the code or add the unit to the table Units."
    )


def test_the_place_in_the_conference_file_is_a_line_and_a_key() -> None:
    place = Place(file="conference.toml", row=9, column="title")

    assert place.text("vi") == "conference.toml, dòng 9, mục “title”"
    assert place.text("en") == "conference.toml, line 9, key “title”"


def test_what_was_found_is_shortened_and_cannot_write_to_a_terminal() -> None:
    found = "\x1b[2J" + "a" * 100
    fault = Fault(code=C.UNKNOWN_UNIT, place=Place(file="sites.csv"), found=found)

    assert "\x1b" not in fault.problem("en")
    assert len(fault.problem("en")) < 110


def test_a_brace_in_a_cell_is_shown_as_it_stands(folder: Path) -> None:
    spoil(folder, "sites.csv", "coast,coast,no", "coast,{wanted},no")

    assert "“{wanted}”" in faults_of(folder)[0].text("en")


def test_a_faulty_plan_says_all_of_its_faults(folder: Path) -> None:
    spoil(folder, "sites.csv", "coast,coast,no", "coast,reef,no")
    spoil(folder, "conference.toml", "speeches = 1", "speeches = 7")

    with pytest.raises(FaultyPlan) as raised:
        read_plan(folder)

    assert str(raised.value).splitlines() == [fault.text("en") for fault in raised.value.faults]
