import csv
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from diemcau.core.convening import AgendaKind
from diemcau.core.ids import SiteId, UnitCode
from diemcau.core.regulations import AtEnd, Order
from diemcau.plan import Plan, read_plan
from diemcau.plan.model import Language
from diemcau.plan.rulesets import Ruleset
from diemcau.plan.run_of_show import (
    Adopt,
    Close,
    Draft,
    Grant,
    Open,
    OpenRollCall,
    ReadOut,
    ReportAttendance,
    Request,
)

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "examples" / "nganh-to-chuc-2020"
HEALTH = ROOT / "examples" / "health-service-review"


@pytest.fixture(scope="module")
def seed() -> Plan:
    return read_plan(SEED)


@pytest.fixture(scope="module")
def health() -> Plan:
    return read_plan(HEALTH)


def codes(plan: Plan) -> set[str]:
    """Return every code that a plan gives to something."""
    return {
        plan.id,
        *(unit.code for unit in plan.units),
        *(site.code for site in plan.sites),
        *(one.id for one in plan.delegates),
        *(one.code for one in plan.categories),
        *(item.id for item in plan.agenda),
        *(one.id for one in plan.handouts),
    }


def test_the_seed_has_68_halls_7_speeches_and_a_conclusion_of_5_6_3_3_5(seed: Plan) -> None:
    assert (seed.expected.sites, seed.expected.speeches, seed.expected.tasks) == (68, 7, 804)
    assert seed.expected.counts == {
        "lesson": 5,
        "term_task": 6,
        "breakthrough": 3,
        "year_task": 3,
        "solution_group": 5,
    }


def test_the_seed_is_held_on_the_morning_of_12_march_2021_from_hanoi(seed: Plan) -> None:
    assert seed.starts_at.isoformat() == "2021-03-12T08:00:00+07:00"
    assert seed.main_site.hall_address == "Hội trường tầng G, 2A Hoàng Văn Thụ, quận Ba Đình, Hà Nội"
    assert seed.documents.ruleset is Ruleset.HD36_2018
    assert seed.chair.office_vi == "Trưởng Ban Tổ chức Trung ương"


def test_the_seeds_remote_halls_are_the_provinces_two_blocs_and_two_more(seed: Plan) -> None:
    kinds = Counter(seed.unit(site.unit).kind for site in seed.remote_sites)

    assert kinds == {"city": 5, "province": 58, "bloc": 2, "military": 1, "police": 1}


def test_the_tier_below_one_province_has_units_but_no_halls(seed: Plan) -> None:
    below = [unit for unit in seed.units if unit.parent == "binh-thuan"]

    assert len(below) == 10
    assert {unit.code for unit in below} & {site.unit for site in seed.sites} == set()
    assert all(unit.valid_to == date(2025, 6, 30) for unit in below)


def test_a_merged_province_ends_with_june_2025(seed: Plan) -> None:
    assert seed.unit(UnitCode("binh-thuan")).valid_to == date(2025, 6, 30)
    assert seed.unit(UnitCode("ha-noi")).valid_to is None


def test_every_remote_hall_of_the_seed_has_a_delegation_of_several_categories(seed: Plan) -> None:
    for site in seed.remote_sites:
        delegation = seed.delegates_at(site.code)
        assert 8 <= len(delegation) <= 17
        assert len({one.category for one in delegation}) == 5


def test_a_speech_of_the_seed_is_that_of_a_site_whose_turn_it_is(seed: Plan) -> None:
    asked = [step.site for step in seed.run_of_show if isinstance(step, Request)]
    granted = [speech.site for speech in seed.speeches]

    assert seed.regulations.order is Order.AS_REGISTERED
    assert granted == asked[:7]
    assert asked[7:] == ["ca-mau"]


def test_the_health_service_has_12_hospitals_and_40_clinics_below_them(health: Plan) -> None:
    kinds = Counter(unit.kind for unit in health.units)
    hospitals = {unit.code for unit in health.units if unit.kind == "hospital"}

    assert kinds == {"authority": 1, "hospital": 12, "clinic": 40}
    assert {unit.parent for unit in health.units if unit.kind == "clinic"} == hospitals
    assert {health.site(SiteId(code)).unit for code in hospitals} == hospitals


def test_the_health_service_is_regulated_and_counted_otherwise(seed: Plan, health: Plan) -> None:
    assert health.language is Language.EN
    assert health.documents.ruleset is Ruleset.PLAIN
    assert health.regulations.first_turn == timedelta(minutes=5)
    assert (health.regulations.max_turns, health.regulations.at_end) == (1, AtEnd.CUT)
    assert health.regulations.needs_acceptance
    assert health.expected.counts != seed.expected.counts
    assert health.tasks.kinds != seed.tasks.kinds


def test_a_clinics_hall_is_served_by_its_hospitals_relay(health: Plan) -> None:
    clinics = [site for site in health.sites if health.unit(site.unit).kind == "clinic"]

    assert len(clinics) == 4
    assert all(str(site.parent) == str(health.unit(site.unit).parent) for site in clinics)


@pytest.mark.parametrize("folder", [SEED, HEALTH], ids=lambda folder: folder.name)
def test_people_are_named_by_office_only(folder: Path) -> None:
    plan = read_plan(folder)

    assert {one.name for one in plan.delegates} == {""}
    assert all(one.office_vi and one.office_en for one in plan.delegates)


@pytest.mark.parametrize("folder", [SEED, HEALTH], ids=lambda folder: folder.name)
def test_what_is_concluded_is_marked_as_a_sample(folder: Path) -> None:
    plan = read_plan(folder)
    mark = {Language.VI: "(mẫu)", Language.EN: "(sample)"}[plan.language]

    assert [item.text for item in plan.conclusion if mark not in item.text] == []


@pytest.mark.parametrize("folder", [SEED, HEALTH], ids=lambda folder: folder.name)
def test_telephones_are_invented_extensions(folder: Path) -> None:
    plan = read_plan(folder)

    assert all(re.fullmatch(r"(máy lẻ|ext\.) \d{3,4}", site.technician_telephone) for site in plan.sites)


@pytest.mark.parametrize("folder", [SEED, HEALTH], ids=lambda folder: folder.name)
def test_a_run_of_show_goes_from_opening_to_closing_with_every_item(folder: Path) -> None:
    plan = read_plan(folder)
    kinds = [type(step) for step in plan.run_of_show]

    assert [kinds.count(kind) for kind in (OpenRollCall, ReportAttendance, Open, Draft, ReadOut, Adopt, Close)] == [
        1
    ] * 7
    assert kinds.index(Open) < kinds.index(Grant) < kinds.index(Draft) < kinds.index(ReadOut) < kinds.index(Adopt)
    assert kinds[-1] is Close
    assert {item.kind for item in plan.agenda} >= {AgendaKind.DISCUSSION, AgendaKind.CONCLUSION}


@pytest.mark.parametrize("folder", [SEED, HEALTH], ids=lambda folder: folder.name)
def test_a_demonstration_takes_about_five_minutes_and_a_headless_one_seconds(folder: Path) -> None:
    plan = read_plan(folder)
    talk = sum((speech.speaks_for for speech in plan.speeches), timedelta())
    rest = sum((step.wait for step in plan.run_of_show), timedelta())
    fast = sum((speech.speaks_for_fast for speech in plan.speeches), timedelta())

    assert timedelta(minutes=2) < talk + rest < timedelta(minutes=6)
    assert fast <= timedelta(seconds=30)
    assert min(speech.speaks_for_fast for speech in plan.speeches) > timedelta(seconds=2)


def test_the_two_examples_share_no_code(seed: Plan, health: Plan) -> None:
    assert codes(seed) & codes(health) == set()


def test_nothing_in_the_program_is_special_to_an_example(seed: Plan, health: Plan) -> None:
    names = {code for plan in (seed, health) for code in codes(plan) - {plan.id} if "-" in code}
    for folder in (SEED, HEALTH):
        with (folder / "units.csv").open(encoding="utf-8") as file:
            names |= {row["name_vi"] for row in csv.DictReader(file)}

    sources = {file: file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py")}
    found = {f"{file.relative_to(ROOT)}: {name}" for file, text in sources.items() for name in names if name in text}

    assert found == set()
