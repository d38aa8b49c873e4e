from dataclasses import replace
from pathlib import Path

import pytest

from diemcau.core.ids import SiteId
from diemcau.plan import Plan, TooFewSites, read_plan, scaled
from diemcau.plan.expected import count_expected
from diemcau.plan.hierarchy import cycles, unknown_parents
from diemcau.plan.run_of_show import Adopt, Grant, ReportAttendance, Request, TakeNote

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module", params=["nganh-to-chuc-2020", "health-service-review"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return read_plan(EXAMPLES / str(request.param))


SIZES = pytest.mark.parametrize("size", [8, 12, 17, 68, 150, 400])


@SIZES
def test_a_scaled_plan_has_as_many_sites_as_asked_for(plan: Plan, size: int) -> None:
    other = scaled(plan, sites=size)

    assert len(other.sites) == other.expected.sites == size
    assert other.main_site == plan.main_site
    assert sum(site.main for site in other.sites) == 1


@SIZES
def test_every_speech_is_kept_whatever_the_size(plan: Plan, size: int) -> None:
    other = scaled(plan, sites=size)

    assert other.speeches == plan.speeches
    assert [other.speaker(speech) for speech in other.speeches] == [plan.speaker(speech) for speech in plan.speeches]


@SIZES
def test_nothing_names_a_site_or_a_person_that_is_not_there(plan: Plan, size: int) -> None:
    other = scaled(plan, sites=size)
    sites, units = {site.code for site in other.sites}, {unit.code for unit in other.units}
    people = {one.id for one in other.delegates}

    assert {site.unit for site in other.sites} <= units
    assert {one.site for one in other.delegates} == sites
    assert other.absent <= people
    for step in other.run_of_show:
        match step:
            case ReportAttendance(sites=reporting):
                assert set(reporting) == sites
            case Request(site=site) | Grant(site=site) | TakeNote(site=str() as site):
                assert site in sites
            case _:
                pass


@SIZES
def test_codes_stay_unique_and_the_hierarchy_sound(plan: Plan, size: int) -> None:
    other = scaled(plan, sites=size)
    parents: dict[str, str | None] = {unit.code: unit.parent for unit in other.units}
    above: dict[str, str | None] = {site.code: site.parent for site in other.sites}

    assert len(parents) == len(other.units)
    assert len({one.id for one in other.delegates}) == len(other.delegates)
    assert cycles(parents) == cycles(above) == ()
    assert unknown_parents(parents) == unknown_parents(above) == ()
    assert max(len(unit.short_name) for unit in other.units) <= 12


@SIZES
def test_what_is_expected_is_what_the_scaled_plan_comes_to(plan: Plan, size: int) -> None:
    other = scaled(plan, sites=size)

    assert other.expected == count_expected(
        sites=other.sites,
        delegates=other.delegates,
        conclusion=other.conclusion,
        tasks=other.tasks,
        steps=other.run_of_show,
    )


def test_a_plan_scaled_to_its_own_size_is_the_same_plan(plan: Plan) -> None:
    assert scaled(plan, sites=len(plan.sites)) is plan


def test_the_seeds_tasks_follow_its_sites() -> None:
    plan = read_plan(EXAMPLES / "nganh-to-chuc-2020")

    tasks = {size: scaled(plan, sites=size).expected.tasks for size in (12, 68, 150)}

    assert tasks == {12: 12 * 11, 68: 12 * 67, 150: 12 * 149}


def test_fewer_sites_than_the_main_one_and_those_that_speak_are_refused(plan: Plan) -> None:
    fewest = 1 + len({speech.site for speech in plan.speeches})

    with pytest.raises(TooFewSites, match=f"at least {fewest} sites") as raised:
        scaled(plan, sites=fewest - 1)

    assert raised.value.fewest == fewest
    assert len(scaled(plan, sites=fewest).sites) == fewest


def test_a_site_whose_relay_is_gone_is_served_from_above() -> None:
    plan = read_plan(EXAMPLES / "health-service-review")

    fewest = scaled(plan, sites=5)

    assert plan.site(SiteId("ashdown-clinic")).parent == "st-anne"
    assert fewest.site(SiteId("ashdown-clinic")).parent is None


def test_a_note_on_a_site_that_is_gone_goes_with_it(plan: Plan) -> None:
    last = plan.remote_sites[-2].code
    report = next(step for step in plan.run_of_show if isinstance(step, ReportAttendance))
    note = TakeNote(site=last, text="Heard.", wait=report.wait)
    ask = Request(site=last, topic="Roads", wait=report.wait)
    alone = replace(report, sites=(last,), absent=())
    steps = (note, ask, alone, Adopt(wait=report.wait))
    small = scaled(replace(plan, run_of_show=steps), sites=2)

    assert [type(step) for step in small.run_of_show] == [Adopt]


def test_a_plan_of_one_hall_cannot_be_multiplied(plan: Plan) -> None:
    alone = scaled(replace(plan, run_of_show=()), sites=1)

    with pytest.raises(TooFewSites):
        scaled(alone, sites=2)


def test_a_copy_takes_no_code_that_is_in_use() -> None:
    plan = read_plan(EXAMPLES / "health-service-review")
    first = plan.remote_sites[0]
    sites = tuple(
        replace(site, code=SiteId(f"{first.code}-x2")) if site is plan.remote_sites[-1] else site for site in plan.sites
    )

    larger = scaled(replace(plan, sites=sites, run_of_show=()), sites=len(plan.sites) + 1)

    assert larger.sites[-1].code == f"{first.code}-x3"
