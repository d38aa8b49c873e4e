"""Each fault alone: one thing is spoilt, and exactly that is told, with its place."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from diemcau.plan import FaultCode
from tests.plan.samples import FILES, faults_of, spoil, write_plan

TOML = "conference.toml"
C = FaultCode
At: TypeAlias = tuple[int | None, str | None]


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """What is replaced by what, and the place and finding of the fault that follows."""

    file: str
    right: str
    wrong: str
    code: FaultCode
    row: int | None
    column: str | None
    found: str = ""
    also: tuple[FaultCode, ...] = ()


def unit(right: str, wrong: str, code: FaultCode, at: At, found: str = "", *also: FaultCode) -> Spoilt:
    return Spoilt(
        file="units.csv", right=right, wrong=wrong, code=code, row=at[0], column=at[1], found=found, also=also
    )


def site(right: str, wrong: str, code: FaultCode, at: At, found: str = "", *also: FaultCode) -> Spoilt:
    return Spoilt(
        file="sites.csv", right=right, wrong=wrong, code=code, row=at[0], column=at[1], found=found, also=also
    )


def delegate(right: str, wrong: str, code: FaultCode, at: At, found: str = "", *also: FaultCode) -> Spoilt:
    return Spoilt(
        file="delegates.csv", right=right, wrong=wrong, code=code, row=at[0], column=at[1], found=found, also=also
    )


def conference(right: str, wrong: str, code: FaultCode, column: str | None, found: str = "") -> Spoilt:
    """Spoil the TOML file; the fault stands on the line of what is wrong."""
    before = FILES[TOML].partition(right)[0].count("\n")
    lines = wrong.splitlines()
    inner = next((i for i, line in enumerate(lines) if column and line.startswith(column)), 0)
    return Spoilt(file=TOML, right=right, wrong=wrong, code=code, row=before + inner + 1, column=column, found=found)


TABLE_FAULTS = [
    unit("coast,head-office,2", "coast,hq,2", C.UNKNOWN_PARENT, (3, "parent"), "hq"),
    unit("head-office,,0", "head-office,coast,0", C.CYCLE, (2, "parent"), "head-office → coast → head-office"),
    unit("2,Coast,", "2,Coast of the sea,", C.TOO_LONG, (3, "short_name"), "Coast of the sea"),
    unit("2,Coast,", "2,,", C.EMPTY, (3, "short_name")),
    unit("2,Coast,", "two,Coast,", C.OUT_OF_RANGE, (3, "protocol"), "two"),
    unit("2,Coast,", "-2,Coast,", C.OUT_OF_RANGE, (3, "protocol"), "-2"),
    unit("Chi nhánh Biển,Coast Branch", ",", C.EMPTY, (3, "name_vi")),
    unit("2020-01-01", "31/02/2020", C.IMPOSSIBLE_DATE, (3, "valid_from"), "31/02/2020"),
    unit("2020-01-01", "soon", C.IMPOSSIBLE_DATE, (3, "valid_from"), "soon"),
    unit("2020-01-01,", "2028-01-01,2027-01-01", C.VALID_TO_BEFORE_VALID_FROM, (3, "valid_to"), "2027-01-01"),
    unit("1,2,,2030", "1,1,,2030", C.SAME_GRID_PLACE, (4, "grid_row"), "1, 1"),
    unit("1,2,,2030", "1,,,2030", C.EMPTY, (4, "grid_column")),
    unit("1,2,,2030", ",2,,2030", C.EMPTY, (4, "grid_row")),
    unit("2030-12-31", "2030-12-31,more", C.TOO_MANY_CELLS, (4, None), "more"),
    unit(",valid_to", ",valid_until", C.UNKNOWN_COLUMN, (1, None), "valid_until"),
    unit("name_en,kind", "name_en,name_en", C.DUPLICATE_COLUMN, (1, None), "name_en"),
    unit("coast,head-office,2,Coast", "Coast!,head-office,2,Coast", C.BAD_SLUG, (3, "code"), "Coast!", C.UNKNOWN_UNIT),
    unit("hills,head-office", ",head-office", C.EMPTY, (4, "code"), "", C.UNKNOWN_UNIT),
    site("coast,coast,no", "coast,reef,no", C.UNKNOWN_UNIT, (3, "unit"), "reef"),
    site("coast,coast,no", "coast,coast,yes", C.TWO_MAIN_SITES, (3, "main"), "coast"),
    site("office,yes", "office,no", C.NO_MAIN_SITE, (None, None)),
    site("coast,coast,no", "coast,coast,maybe", C.UNKNOWN_CHOICE, (3, "main"), "maybe"),
    site("coast,coast,no,", "coast,coast,no,reef", C.UNKNOWN_PARENT, (3, "parent"), "reef"),
    site("coast,coast,no,", "coast,coast,no,coast", C.CYCLE, (3, "parent"), "coast → coast"),
    site("máy lẻ 1002", "gọi anh Ba", C.BAD_TELEPHONE, (4, "technician_telephone"), "gọi anh Ba"),
    site("máy lẻ 1002", "12", C.BAD_TELEPHONE, (4, "technician_telephone"), "12"),
    site("máy lẻ 1002", "1234567890123456", C.BAD_TELEPHONE, (4, "technician_telephone"), "1234567890123456"),
    site("code,unit,main", "code,unit,head", C.MISSING_COLUMN, (1, "main"), "", C.UNKNOWN_COLUMN),
    delegate("coast-02,coast", "coast-02,reef", C.UNKNOWN_SITE, (5, "site"), "reef", C.UNKNOWN_DELEGATE),
    delegate("coast-02,coast,leaders", "coast-02,coast,kings", C.UNKNOWN_CATEGORY, (5, "category"), "kings"),
    delegate("member,no", "chair,no", C.TWO_OF_ONE_DUTY, (5, "duty"), "chair"),
    delegate("member,no", "king,no", C.UNKNOWN_CHOICE, (5, "duty"), "king"),
    delegate(
        "coast-01,coast,leaders,Trưởng chi nhánh,Branch Head,,chair",
        "coast-01,coast,leaders,Trưởng chi nhánh,Branch Head,,head",
        C.NO_CHAIR,
        (None, "duty"),
        "coast",
    ),
    delegate("Director,,chair,", "Director,,head,", C.NO_CHAIR, (None, "duty"), "head-office"),
    delegate("coast-02,", "coast-01,", C.DUPLICATE_CODE, (5, "id"), "coast-01", C.UNKNOWN_DELEGATE),
    delegate("Kế toán,Accountant", '"Kế toán,Accountant', C.CSV_SYNTAX, (5, None), "unexpected end of data"),
]

CONFERENCE_FAULTS = [
    conference('id = "spring-review"\n', 'id = "Spring Review"\n', C.BAD_SLUG, "id", "Spring Review"),
    conference('id = "spring-review"\n', 'id = ""\n', C.EMPTY, "id"),
    conference('title = "Spring review"\n', "title = 7\n", C.WRONG_TYPE, "title", "7"),
    conference('language = "en"', 'language = "fr"', C.UNKNOWN_CHOICE, "language", "fr"),
    conference('organiser = "head-office"', 'organiser = "reef"', C.UNKNOWN_UNIT, "organiser", "reef"),
    conference(
        "starts_at = 2026-03-12T08:00:00+07:00",
        "starts_at = 2026-02-31T08:00:00+07:00",
        C.IMPOSSIBLE_DATE,
        "starts_at",
        "2026-02-31T08:00:00+07:00",
    ),
    conference(
        "starts_at = 2026-03-12T08:00:00+07:00",
        'starts_at = "next spring"',
        C.IMPOSSIBLE_DATE,
        "starts_at",
        "next spring",
    ),
    conference(
        "starts_at = 2026-03-12T08:00:00+07:00",
        "starts_at = 2026-03-12T08:00:00",
        C.MISSING_TIME_ZONE,
        "starts_at",
        "2026-03-12 08:00:00",
    ),
    conference(
        "ends_at = 2026-03-12T10:00:00+07:00",
        'ends_at = 2026-03-12T10:00:00+07:00\ntime_zone = "Mars/Olympus"',
        C.UNKNOWN_TIME_ZONE,
        "time_zone",
        "Mars/Olympus",
    ),
    conference(
        "ends_at = 2026-03-12T10:00:00+07:00",
        "ends_at = 2026-03-12T07:00:00+07:00",
        C.ENDS_BEFORE_STARTS,
        "ends_at",
        "2026-03-12 07:00:00+07:00",
    ),
    conference('ruleset = "plain"', 'ruleset = "fancy"', C.UNKNOWN_RULESET, "ruleset", "fancy"),
    conference('ruleset = "plain"', 'rules = "plain"\nruleset = "plain"', C.UNKNOWN_KEY, "rules", "rules"),
    conference('ruleset = "plain"', 'ruleset = "plain"\npaper = "a3"', C.UNKNOWN_CHOICE, "paper", "a3"),
    conference('ruleset = "plain"', 'ruleset = "plain"\nrecipients = "all"', C.WRONG_TYPE, "recipients", "all"),
    conference("minutes = 20", "minutes = 0", C.OUT_OF_RANGE, "minutes", "0"),
    conference("minutes = 20", "minutes = true", C.OUT_OF_RANGE, "minutes", "True"),
    conference('kind = "opening"', 'kind = "party"', C.UNKNOWN_CHOICE, "kind", "party"),
    conference('kind = "lesson"', 'kind = "lesson"\nhorizon = "year"', C.HORIZON_NOT_ALLOWED, "horizon", "year"),
    conference('kind = "lesson"', 'kind = "joke"', C.UNKNOWN_CHOICE, "kind", "joke"),
    conference("pages = 3", 'pages = 3\nfile = "../secret.pdf"', C.OUTSIDE_FOLDER, "file", "../secret.pdf"),
    conference("pages = 3", 'pages = 3\nfile = "report.pdf"', C.OUTSIDE_FOLDER, "file", "report.pdf"),
    conference('text = "Count the wells."', 'text = "Count."\nunits = []', C.WRONG_TYPE, "units", "[]"),
    conference('text = "Count the wells."', 'text = "Count."\nunits = "some"', C.WRONG_TYPE, "units", "some"),
    conference("[tasks]\n", '[tasks]\nkinds = "all"\n', C.WRONG_TYPE, "kinds", "all"),
    conference("[tasks]\n", "[regulations]\nwarning_seconds = 60\n[tasks]\n", C.WRONG_TYPE, "warning_seconds", "60"),
    conference("[tasks]\n", '[regulations]\nat_end = "gong"\n[tasks]\n', C.UNKNOWN_CHOICE, "at_end", "gong"),
    conference(
        "[tasks]\n", "[regulations]\nchair_lease_seconds = 11\n[tasks]\n", C.OUT_OF_RANGE, "chair_lease_seconds", "11"
    ),
    conference("[tasks]\n", "[regulations]\nquorum_to_open = 1\n[tasks]\n", C.WRONG_TYPE, "quorum_to_open", "1"),
    conference("due_year = 2026-12-31", "due_year = 2026-02-30", C.IMPOSSIBLE_DATE, "due_year", "2026-02-30"),
    conference("due_year = 2026-12-31", 'due_year = "31/2/2026"', C.IMPOSSIBLE_DATE, "due_year", "31/2/2026"),
    conference("sites = 3", "sites = 4", C.COUNT_DIFFERS, "sites", "4"),
    conference("speeches = 1", "speeches = 7", C.COUNT_DIFFERS, "speeches", "7"),
    conference("lesson = 1", "lesson = 2", C.COUNT_DIFFERS, "lesson", "2"),
    conference("lesson = 1", "lesson = 1\nbreakthrough = 3", C.COUNT_DIFFERS, "breakthrough", "3"),
    conference("tasks = 2", "tasks = 3", C.COUNT_DIFFERS, "tasks", "3"),
    conference("delegates_present = 4", "delegates_present = 5", C.COUNT_DIFFERS, "delegates_present", "5"),
    conference('title = "Spring review"', 'title = "Spring review', C.TOML_SYNTAX, None, "Illegal character '\\n'"),
]

RUN_OF_SHOW_FAULTS = [
    conference('step = "open"', 'step = "dance"', C.UNKNOWN_CHOICE, "step", "dance"),
    conference('absent = ["coast-02"]', 'absent = ["nobody"]', C.UNKNOWN_DELEGATE, "absent", "nobody"),
    conference('item = "discussion"', 'item = "dinner"', C.UNKNOWN_AGENDA_ITEM, "item", "dinner"),
    conference('handout = "report"', 'handout = "novel"', C.UNKNOWN_HANDOUT, "handout", "novel"),
    conference("page = 2", "page = 4", C.NO_SUCH_PAGE, "page", "4"),
    conference("page = 2", 'page = 2\ntext = "Look"', C.UNKNOWN_KEY, "text", "text"),
    conference('site = "hills"\ntopic', 'site = "reef"\ntopic', C.UNKNOWN_SITE, "site", "reef"),
    conference('site = "hills"\nseconds', 'site = "reef"\nseconds', C.UNKNOWN_SITE, "site", "reef"),
    conference('site = "hills"\ntext', 'site = "reef"\ntext', C.UNKNOWN_SITE, "site", "reef"),
    conference("seconds = 10", 'delegate = "coast-01"', C.UNKNOWN_DELEGATE, "delegate", "coast-01"),
    conference(
        'site = "hills"\nseconds',
        'delegate = "coast-02"\nsite = "coast"\nseconds',
        C.NOT_A_SPEAKER,
        "delegate",
        "coast-02",
    ),
    conference("seconds = 10", "seconds = 0", C.OUT_OF_RANGE, "seconds", "0"),
]


def name_of(spoilt: Spoilt) -> str:
    return f"{spoilt.code}-{spoilt.column}-{spoilt.found or 'nothing'}"


@pytest.mark.parametrize("spoilt", [*TABLE_FAULTS, *CONFERENCE_FAULTS, *RUN_OF_SHOW_FAULTS], ids=name_of)
def test_a_fault_is_told_with_its_place_and_what_was_found(tmp_path: Path, spoilt: Spoilt) -> None:
    folder = write_plan(tmp_path)
    spoil(folder, spoilt.file, spoilt.right, spoilt.wrong)

    faults = faults_of(folder)

    told = [(fault.code, fault.file, fault.row, fault.column, fault.found) for fault in faults]
    expected = (spoilt.code, spoilt.file, spoilt.row, spoilt.column, spoilt.found)
    assert expected in told
    assert sorted(fault.code for fault in faults) == sorted([spoilt.code, *spoilt.also])
