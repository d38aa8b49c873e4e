"""From a plan to the facts with which a conference is convened."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from diemcau.core.convening import ExpectedCount, Facts, Horizon, InvitedDelegate, InvitedSite, ItemKind
from diemcau.core.ids import ConferenceId, PersonId
from diemcau.plan.convening import expected_counts, facts_of, person_id
from diemcau.plan.model import ConclusionItem, Duty, Language, Plan
from tests.stories.playing import HEALTH, SEED, digests_of, example

SEED_PLAN, HEALTH_PLAN = example(SEED), example(HEALTH)


def the_facts(plan: Plan) -> Facts:
    return facts_of(plan, digests_of(plan))


def test_a_person_has_another_id_in_each_conference() -> None:
    delegate = SEED_PLAN.chair

    assert person_id(ConferenceId("one"), delegate) == PersonId(f"one.{delegate.id}")
    assert person_id(ConferenceId("one"), delegate) != person_id(ConferenceId("other"), delegate)


@pytest.mark.parametrize("plan", [SEED_PLAN, HEALTH_PLAN], ids=lambda plan: plan.id)
def test_everything_that_was_planned_is_in_the_facts(plan: Plan) -> None:
    facts = the_facts(plan)

    assert (facts.conference, facts.title, facts.language) == (plan.id, plan.title, plan.language.value)
    assert (facts.starts_at, facts.ends_at, facts.time_zone) == (plan.starts_at, plan.ends_at, plan.time_zone)
    assert facts.regulations == plan.regulations
    assert [one.site for one in facts.sites] == [one.code for one in plan.sites]
    assert facts.main_site == plan.main_site.code
    assert [one.person for one in facts.delegates] == [person_id(plan.id, one) for one in plan.delegates]
    assert [one.item for one in facts.agenda] == [one.id for one in plan.agenda]
    assert facts.expected == plan.expected.conclusion
    assert facts.task_kinds == plan.tasks.kinds
    assert facts.is_author(person_id(plan.id, plan.chair))
    assert facts.letterhead.issuer == plan.documents.issuing_body
    assert not facts.rehearsal


def test_names_are_in_the_language_of_the_conference() -> None:
    english = the_facts(replace(SEED_PLAN, language=Language.EN))

    assert the_facts(SEED_PLAN).sites[1].name == "Ban Tổ chức Thành uỷ Hà Nội"
    assert english.sites[1].name == "Organization Committee, Hanoi City Party Committee"
    assert english.organiser == "Central Organization Committee"
    assert english.delegates[0].category == "Heads and deputy heads"


def test_a_site_carries_its_units_names_and_place_and_its_halls_address() -> None:
    site, unit = HEALTH_PLAN.sites[1], HEALTH_PLAN.unit(HEALTH_PLAN.sites[1].unit)

    assert the_facts(HEALTH_PLAN).sites[1] == InvitedSite(
        site=site.code,
        unit=unit.code,
        name=unit.name_en,
        short_name=unit.short_name,
        protocol=unit.protocol,
        main=False,
        address=site.hall_address,
        row=unit.grid_row,
        column=unit.grid_column,
    )


def test_a_delegate_is_an_id_and_a_digest_and_nothing_personal() -> None:
    plan = replace(SEED_PLAN, delegates=tuple(replace(one, name=f"<name of {one.id}>") for one in SEED_PLAN.delegates))
    facts = facts_of(plan, {person_id(plan.id, one): f"digest of {one.id}" for one in plan.delegates})

    assert facts.delegates[0].digest == f"digest of {plan.delegates[0].id}"
    assert {field.name for field in fields(InvitedDelegate)} == {"person", "site", "category", "duty", "digest"}
    written = repr(facts)
    telephones = [site.technician_telephone for site in plan.sites if site.technician_telephone]
    offices = [one.office_vi for one in plan.delegates if len(one.office_vi) > len("Trưởng ban")]
    assert "<name of" not in written
    assert telephones
    assert not [one for one in telephones if f"'{one}'" in written]
    assert not [one for one in offices if f"'{one}'" in written]


def test_a_delegate_without_a_row_in_the_directory_is_not_invited_silently() -> None:
    with pytest.raises(KeyError):
        facts_of(SEED_PLAN, {})


def test_only_units_that_exist_on_the_day_are_in_the_facts() -> None:
    day = SEED_PLAN.starts_at.date()
    first, *others = SEED_PLAN.units
    gone = replace(others[-1], valid_to=day - timedelta(days=1))
    last_day = replace(others[-2], valid_to=day)

    facts = the_facts(replace(SEED_PLAN, units=(first, *others[:-2], last_day, gone)))

    codes = [unit.unit for unit in facts.units]
    assert gone.code not in codes
    assert last_day.code in codes


def test_a_unit_whose_parent_no_longer_exists_stands_below_the_next_one_above() -> None:
    day = HEALTH_PLAN.starts_at.date()
    clinic = next(unit for unit in HEALTH_PLAN.units if unit.parent not in (None, HEALTH_PLAN.organiser))
    units = tuple(
        replace(unit, valid_to=day - timedelta(days=1)) if unit.code == clinic.parent else unit
        for unit in HEALTH_PLAN.units
    )
    kept = tuple(site for site in HEALTH_PLAN.sites if site.unit != clinic.parent)

    facts = the_facts(replace(HEALTH_PLAN, units=units, sites=kept))

    found = {unit.unit: unit.parent for unit in facts.units}
    assert found[clinic.code] == HEALTH_PLAN.organiser
    assert {parent for parent in found.values() if parent} <= set(found)


def test_a_conference_without_a_deputy_names_none() -> None:
    nobody = tuple(one for one in SEED_PLAN.delegates if one.duty is not Duty.DEPUTY)

    assert the_facts(replace(SEED_PLAN, delegates=nobody)).deputy is None
    assert the_facts(SEED_PLAN).deputy == person_id(SEED_PLAN.id, SEED_PLAN.delegates[1])


def test_tasks_are_counted_by_horizon_and_other_kinds_whatever_theirs() -> None:
    def item(kind: ItemKind, horizon: Horizon | None) -> ConclusionItem:
        return ConclusionItem(kind=kind, horizon=horizon, text="Nội dung", units=(), due=None)

    counts = expected_counts(
        (
            item(ItemKind.TASK, Horizon.YEAR),
            item(ItemKind.BREAKTHROUGH, Horizon.TERM),
            item(ItemKind.BREAKTHROUGH, Horizon.YEAR),
            item(ItemKind.TASK, Horizon.TERM),
            item(ItemKind.TASK, Horizon.YEAR),
        )
    )

    assert counts == (
        ExpectedCount(kind=ItemKind.TASK, horizon=Horizon.YEAR, count=2),
        ExpectedCount(kind=ItemKind.BREAKTHROUGH, horizon=None, count=2),
        ExpectedCount(kind=ItemKind.TASK, horizon=Horizon.TERM, count=1),
    )
