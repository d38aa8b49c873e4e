import pytest

from diemcau.core.convening import Horizon, ItemKind, count_name
from tests.core.samples import CHAIR_PERSON, HANOI, HUE, NOWHERE, STRANGER, facts, people_of


def test_the_main_site_is_where_the_chair_sits() -> None:
    assert facts().main_site == HANOI


def test_facts_know_the_sites_and_who_is_expected_there() -> None:
    assert facts().has_site(HUE)
    assert not facts().has_site(NOWHERE)
    assert facts().people_of(HUE) == set(people_of(HUE))
    assert facts().people_of(NOWHERE) == set()


def test_only_a_delegate_of_the_main_site_signs_a_correction() -> None:
    assert facts().is_author(CHAIR_PERSON)
    assert not facts().is_author(people_of(HUE)[0])
    assert not facts().is_author(STRANGER)


@pytest.mark.parametrize(
    ("kind", "horizon", "name"),
    [
        (ItemKind.LESSON, None, "lesson"),
        (ItemKind.TASK, Horizon.TERM, "term_task"),
        (ItemKind.TASK, Horizon.YEAR, "year_task"),
        (ItemKind.TASK, None, "task"),
        (ItemKind.BREAKTHROUGH, Horizon.TERM, "breakthrough"),
        (ItemKind.SOLUTION_GROUP, None, "solution_group"),
    ],
)
def test_each_count_has_a_name(kind: ItemKind, horizon: Horizon | None, name: str) -> None:
    assert count_name(kind, horizon) == name
