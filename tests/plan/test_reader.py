from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from diemcau.core.convening import ExpectedCount, Horizon, ItemKind
from diemcau.core.regulations import AtEnd, Conduct, DeputyTakes, Order, Regulations
from diemcau.plan import FaultyPlan, Plan, read_plan
from diemcau.plan.model import ConclusionItem, Duty, Expected, Language
from diemcau.plan.run_of_show import Grant, ReportAttendance
from tests.plan.samples import FILES, spoil, write_plan

HANOI = timezone(timedelta(hours=7))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plan(tmp_path / "plan")


@pytest.fixture
def plan(folder: Path) -> Plan:
    return read_plan(folder)


def test_a_sound_plan_is_read_whole(plan: Plan) -> None:
    assert plan.id == "spring-review"
    assert plan.language is Language.EN
    assert plan.starts_at == datetime(2026, 3, 12, 8, tzinfo=HANOI)
    assert plan.time_zone == "+07:00"
    assert [item.minutes for item in plan.agenda] == [20, 100]
    assert plan.expected == Expected(
        sites=3,
        speeches=1,
        delegates_present=4,
        tasks=2,
        conclusion=(
            ExpectedCount(kind=ItemKind.LESSON, horizon=None, count=1),
            ExpectedCount(kind=ItemKind.TASK, horizon=Horizon.YEAR, count=1),
        ),
    )


def test_sites_stand_in_order_of_protocol_with_the_main_site_first(plan: Plan) -> None:
    assert [site.code for site in plan.sites] == ["head-office", "hills", "coast"]
    assert [unit.code for unit in plan.units] == ["head-office", "hills", "coast"]
    assert [one.id for one in plan.delegates][-2:] == ["coast-01", "coast-02"]


def test_the_chair_and_the_deputy_are_those_of_the_main_site(plan: Plan) -> None:
    deputy = plan.deputy_chair

    assert plan.chair.office_en == "Director"
    assert deputy is not None
    assert deputy.id == "head-office-02"
    assert plan.secretary is None
    assert plan.site_chair(plan.site(plan.remote_sites[0].code).code).duty is Duty.CHAIR


def test_who_chairs_may_speak_unless_the_plan_says_otherwise(plan: Plan) -> None:
    assert [one.id for one in plan.delegates if one.speaks] == [
        "head-office-01",
        "head-office-02",
        "hills-01",
        "coast-01",
    ]


def test_a_speech_is_about_what_its_site_asked_for(plan: Plan) -> None:
    speech = plan.speeches[0]

    assert (speech.site, speech.topic, speech.speaks_for) == (
        "hills",
        "Wells",
        timedelta(seconds=10),
    )
    assert plan.speaker(speech).id == "hills-01"


def test_a_speech_may_name_who_speaks(folder: Path) -> None:
    spoil(folder, "conference.toml", "seconds = 10", 'delegate = "hills-01"\ntopic = "Roads"')

    speech = read_plan(folder).speeches[0]

    assert (speech.delegate, speech.topic) == ("hills-01", "Roads")


def test_attendance_without_named_sites_is_that_of_every_site(plan: Plan) -> None:
    reports = [step for step in plan.run_of_show if isinstance(step, ReportAttendance)]

    assert [report.sites for report in reports] == [("head-office", "hills", "coast")]
    assert plan.absent == {"coast-02"}


def test_an_item_for_all_is_for_every_remote_unit(plan: Plan) -> None:
    task = plan.conclusion[1]

    assert plan.units_for(task) == ("hills", "coast")
    assert plan.tasks.due(task) == date(2026, 12, 31)
    assert plan.expected.counts == {"lesson": 1, "year_task": 1}


def test_an_item_for_named_units_is_for_those(folder: Path) -> None:
    spoil(folder, "conference.toml", 'text = "Count the wells."', 'text = "Count."\nunits = ["coast"]')
    spoil(folder, "conference.toml", "tasks = 2", "tasks = 1")

    plan = read_plan(folder)

    assert plan.units_for(plan.conclusion[1]) == ("coast",)


def test_an_items_own_day_comes_before_that_of_its_horizon(folder: Path) -> None:
    spoil(folder, "conference.toml", 'text = "Count the wells."', 'text = "Count."\ndue = 2026-06-30')

    plan = read_plan(folder)

    assert plan.tasks.due(plan.conclusion[1]) == date(2026, 6, 30)


def test_a_plan_may_make_tasks_of_other_kinds(folder: Path) -> None:
    spoil(folder, "conference.toml", "[tasks]", '[tasks]\nkinds = ["lesson"]')
    spoil(folder, "conference.toml", 'text = "Listen first."', 'text = "Listen."\ndue = 2026-05-01')

    plan = read_plan(folder)

    assert plan.tasks.kinds == (ItemKind.LESSON,)
    assert plan.expected.tasks == 2
    assert not plan.tasks.makes_tasks(plan.conclusion[1])


def test_an_item_of_a_term_is_due_when_the_term_ends(plan: Plan) -> None:
    item = ConclusionItem(kind=ItemKind.TASK, horizon=Horizon.TERM, text="Build.", units=(), due=None)

    assert plan.tasks.due(item) == date(2030, 12, 31)


def test_regulations_that_are_not_given_are_the_usual_ones(plan: Plan) -> None:
    assert plan.regulations == Regulations()


def test_regulations_are_read_as_given(folder: Path) -> None:
    spoil(
        folder,
        "conference.toml",
        "[tasks]",
        """[regulations]
first_turn_minutes = 5
second_turn_minutes = 2
response_minutes = 1
max_turns = 1
order = "as_registered"
needs_acceptance = true
warning_seconds = [30, 90]
at_end = "cut"
quorum_sites_percent = 75
quorum_delegates_percent = 60
quorum_to_open = true
chair_lease_seconds = 5
deputy_takes = "by_itself"
conduct = "manual"
line_grace_seconds = 20
cut_in_seconds = 3

[tasks]""",
    )

    assert read_plan(folder).regulations == Regulations(
        first_turn=timedelta(minutes=5),
        second_turn=timedelta(minutes=2),
        response_turn=timedelta(minutes=1),
        max_turns=1,
        order=Order.AS_REGISTERED,
        needs_acceptance=True,
        warnings=(timedelta(seconds=90), timedelta(seconds=30)),
        at_end=AtEnd.CUT,
        quorum_sites=75,
        quorum_delegates=60,
        quorum_to_open=True,
        chair_lease=timedelta(seconds=5),
        deputy_takes=DeputyTakes.BY_ITSELF,
        conduct=Conduct.MANUAL,
        line_grace=timedelta(seconds=20),
        cut_in_after=timedelta(seconds=3),
    )


def test_a_time_without_offset_is_that_of_the_plans_zone(folder: Path) -> None:
    spoil(folder, "conference.toml", "starts_at = 2026-03-12T08:00:00+07:00", "starts_at = 2026-03-12T08:00:00")
    spoil(folder, "conference.toml", "organiser", 'time_zone = "Asia/Ho_Chi_Minh"\norganiser')

    plan = read_plan(folder)

    assert plan.starts_at == datetime(2026, 3, 12, 8, tzinfo=HANOI)
    assert plan.time_zone == "Asia/Ho_Chi_Minh"


def test_a_time_may_be_written_as_text(folder: Path) -> None:
    spoil(folder, "conference.toml", "2026-03-12T08:00:00+07:00", '"2026-03-12T08:00:00+07:00"')

    assert read_plan(folder).starts_at == datetime(2026, 3, 12, 8, tzinfo=HANOI)


def test_a_unit_is_there_from_its_first_to_its_last_day(plan: Plan) -> None:
    coast, hills = plan.unit(plan.units[2].code), plan.unit(plan.units[1].code)

    assert coast.name(Language.VI) == "Chi nhánh Biển"
    assert [coast.is_valid_on(date(2019, 12, 31)), coast.is_valid_on(date(2020, 1, 1))] == [False, True]
    assert [hills.is_valid_on(date(2030, 12, 31)), hills.is_valid_on(date(2031, 1, 1))] == [True, False]


def test_a_name_in_one_language_stands_for_both(folder: Path) -> None:
    spoil(folder, "units.csv", "Trụ sở,Head Office", ",Head Office")

    plan = read_plan(folder)

    assert plan.units[0].name(Language.VI) == "Head Office"
    assert plan.categories[0].name(Language.VI) == "Leaders"
    assert plan.chair.office(Language.VI) == "Giám đốc"


def test_names_are_composed_however_they_were_typed(folder: Path) -> None:
    decomposed = "Bie\u0302\u0309n"
    spoil(folder, "units.csv", "Chi nhánh Biển", decomposed)
    spoil(folder, "conference.toml", '"Spring review"', f'"{decomposed}"')

    plan = read_plan(folder)

    assert plan.unit(plan.units[2].code).name_vi == "Bi\u1ec3n"
    assert plan.title == "Bi\u1ec3n"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_tables_may_use_semicolons_or_tabs(folder: Path, delimiter: str) -> None:
    whole = read_plan(folder)
    for name in ("units.csv", "sites.csv", "delegates.csv"):
        (folder / name).write_text(FILES[name].replace(",", delimiter), encoding="utf-8")

    assert read_plan(folder) == whole


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    whole = read_plan(folder)
    for name, text in FILES.items():
        (folder / name).write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")

    assert read_plan(folder) == whole


def test_empty_rows_and_missing_last_cells_do_no_harm(folder: Path) -> None:
    whole = read_plan(folder)
    text = FILES["units.csv"].replace("central,,,,\n", "central\n,,,,,,,,,,\n\n")
    (folder / "units.csv").write_text(text, encoding="utf-8")

    assert read_plan(folder) == whole


def test_a_plan_may_do_without_a_run_of_show(folder: Path) -> None:
    text = FILES["conference.toml"].partition("[[run_of_show]]")[0].replace("speeches = 1\n", "")
    (folder / "conference.toml").write_text(text.replace("delegates_present = 4\n", ""), encoding="utf-8")

    plan = read_plan(folder)

    assert plan.run_of_show == ()
    assert plan.expected.delegates_present == 0


def test_the_plan_of_a_speech_that_changes_is_not_the_same(plan: Plan) -> None:
    changed = [replace(step, topic="") if isinstance(step, Grant) else step for step in plan.run_of_show]

    assert replace(plan, run_of_show=tuple(changed)) != plan


def test_a_faulty_plan_gives_nothing_but_its_faults(folder: Path) -> None:
    spoil(folder, "sites.csv", "coast,coast,no", "coast,reef,no")

    with pytest.raises(FaultyPlan, match="there is no unit of the code “reef”") as raised:
        read_plan(folder)

    assert len(raised.value.faults) == 1
