from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from diemcau.core.conclusions import ConclusionAdopted, ConclusionItem
from diemcau.core.convening import Facts, Horizon, ItemKind, NamedUnit
from diemcau.core.ids import ConferenceId, ItemId, UnitCode
from diemcau.core.tasks import TaskAssigned, implied, task_id
from tests.core.samples import NINE, facts
from tests.core.test_conclusions import SEED


def of_the_seed() -> tuple[ConclusionAdopted, Facts]:
    """Return a conclusion counted 5/6/3/3/5 in which every item names 67 units."""
    units = tuple(UnitCode(f"unit-{number}") for number in range(67))
    named = tuple(
        NamedUnit(unit=unit, parent=None, name=f"Đơn vị {unit}", name_en=unit, short_name=unit, protocol=place)
        for place, unit in enumerate(units)
    )
    items = tuple(
        ConclusionItem(
            item=ItemId(f"i{number}"),
            kind=kind,
            horizon=horizon,
            text=f"Mẫu {number}",
            units=units,
            due=date(2026, 12, 31),
        )
        for number, (kind, horizon) in enumerate(SEED, start=1)
    )
    return ConclusionAdopted(items=items, at=NINE), replace(facts(), units=named)


def test_the_conclusion_of_the_seed_makes_804_tasks_each_once() -> None:
    adopted, of = of_the_seed()

    tasks = implied(adopted, of)

    assert len(tasks) == 12 * 67 == 804
    assert len({task.task for task in tasks}) == 804
    assert {task.kind for task in tasks} == {ItemKind.TASK, ItemKind.BREAKTHROUGH}


def test_a_task_says_everything_of_its_item_and_its_unit() -> None:
    adopted, of = of_the_seed()

    assert implied(adopted, of)[0] == TaskAssigned(
        task=task_id(of.conference, ItemId("i6"), UnitCode("unit-0")),
        conference=of.conference,
        item=ItemId("i6"),
        number=6,
        kind=ItemKind.TASK,
        horizon=Horizon.TERM,
        text="Mẫu 6",
        unit=UnitCode("unit-0"),
        unit_name="Đơn vị unit-0",
        due=date(2026, 12, 31),
    )


def test_the_same_conclusion_always_makes_the_same_tasks() -> None:
    adopted, of = of_the_seed()

    assert implied(adopted, of) == implied(adopted, of)
    assert task_id(ConferenceId("review-2026"), ItemId("i6"), UnitCode("unit-0")) == "3bce1b4184ae03df701b"


def test_another_conference_makes_other_tasks() -> None:
    adopted, of = of_the_seed()

    other = implied(adopted, replace(of, conference=ConferenceId("review-2027")))

    assert not {task.task for task in other} & {task.task for task in implied(adopted, of)}


def test_lessons_make_tasks_if_the_plan_says_so() -> None:
    adopted, of = of_the_seed()

    assert len(implied(adopted, replace(of, task_kinds=(ItemKind.LESSON,)))) == 5 * 67
    assert implied(adopted, replace(of, task_kinds=())) == ()


def test_a_rehearsal_makes_no_tasks() -> None:
    adopted, of = of_the_seed()

    assert implied(adopted, replace(of, rehearsal=True)) == ()


@given(st.lists(st.tuples(st.sampled_from(ItemKind), st.sets(st.integers(0, 66))), max_size=6))
def test_there_is_one_task_for_each_unit_that_a_task_names(items: list[tuple[ItemKind, set[int]]]) -> None:
    adopted, of = of_the_seed()
    named = tuple(
        replace(
            adopted.items[0], item=ItemId(f"i{place}"), kind=kind, units=tuple(UnitCode(f"unit-{one}") for one in units)
        )
        for place, (kind, units) in enumerate(items)
    )

    tasks = implied(ConclusionAdopted(items=named, at=NINE), of)

    expected = [(item.item, unit) for item in named if item.kind in of.task_kinds for unit in item.units]
    assert [(task.item, task.unit) for task in tasks] == expected
    assert len({task.task for task in tasks}) == len(tasks)
