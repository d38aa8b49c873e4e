"""A small plan without a fault, written file by file, so that a test can spoil one thing."""

from pathlib import Path

from diemcau.plan.faults import Fault, FaultyPlan
from diemcau.plan.reader import read_plan

CONFERENCE = """\
id = "spring-review"
title = "Spring review"
title_short = "Spring"
language = "en"
organiser = "head-office"
starts_at = 2026-03-12T08:00:00+07:00
ends_at = 2026-03-12T10:00:00+07:00

[documents]
ruleset = "plain"
issuing_body = "Head Office"

[tasks]
due_term = 2030-12-31
due_year = 2026-12-31

[expected]
sites = 3
speeches = 1
lesson = 1
year_task = 1
tasks = 2
delegates_present = 4

[[categories]]
code = "leaders"
name_en = "Leaders"

[[agenda]]
id = "opening"
title = "Opening"
minutes = 20
kind = "opening"

[[agenda]]
id = "discussion"
title = "Discussion"
minutes = 100
kind = "discussion"

[[handouts]]
id = "report"
title = "Report"
pages = 3

[[conclusion]]
kind = "lesson"
text = "Listen first."

[[conclusion]]
kind = "task"
horizon = "year"
text = "Count the wells."

[[run_of_show]]
step = "open"

[[run_of_show]]
step = "open_roll_call"

[[run_of_show]]
step = "report_attendance"
absent = ["coast-02"]

[[run_of_show]]
step = "begin_item"
item = "discussion"

[[run_of_show]]
step = "show"
handout = "report"
page = 2

[[run_of_show]]
step = "request"
site = "hills"
topic = "Wells"

[[run_of_show]]
step = "grant"
site = "hills"
seconds = 10

[[run_of_show]]
step = "note"
site = "hills"
text = "The wells are dry."

[[run_of_show]]
step = "close"
"""

UNITS = """\
code,parent,protocol,short_name,name_vi,name_en,kind,grid_row,grid_column,valid_from,valid_to
head-office,,0,Head,Trụ sở,Head Office,central,,,,
coast,head-office,2,Coast,Chi nhánh Biển,Coast Branch,branch,1,1,2020-01-01,
hills,head-office,1,Hills,Chi nhánh Đồi,Hills Branch,branch,1,2,,2030-12-31
"""

SITES = """\
code,unit,main,parent,hall_address,technician_telephone
head-office,head-office,yes,,Great Hall,ext. 1000
coast,coast,no,,Coast Hall,+84 (0)12 345 678
hills,hills,no,,Hills Hall,máy lẻ 1002
"""

DELEGATES = """\
id,site,category,office_vi,office_en,name,duty,speaks
head-office-01,head-office,leaders,Giám đốc,Director,,chair,
head-office-02,head-office,leaders,Phó Giám đốc,Deputy Director,,deputy,yes
coast-01,coast,leaders,Trưởng chi nhánh,Branch Head,,chair,yes
coast-02,coast,leaders,Kế toán,Accountant,,member,no
hills-01,hills,leaders,Trưởng chi nhánh,Branch Head,,chair,yes
"""

FILES = {
    "conference.toml": CONFERENCE,
    "units.csv": UNITS,
    "sites.csv": SITES,
    "delegates.csv": DELEGATES,
}


def write_plan(folder: Path) -> Path:
    """Write the sound plan into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def spoil(folder: Path, file: str, right: str, wrong: str) -> None:
    """Replace one piece of one file, which must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    if right not in text:
        raise ValueError(f"{file} does not hold {right!r}")
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return the faults of a plan; none if it is sound."""
    try:
        read_plan(folder)
    except FaultyPlan as faulty:
        return faulty.faults
    return ()
