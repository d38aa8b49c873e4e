from dataclasses import replace
from datetime import UTC, datetime, timedelta

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


@pytest.mark.parametrize(
    ("name", "ahead"),
    [("Asia/Ho_Chi_Minh", timedelta(hours=7)), ("+05:30", timedelta(hours=5.5)), ("-03:00", timedelta(hours=-3))],
)
def test_a_time_zone_is_named_by_its_place_or_by_its_offset(name: str, ahead: timedelta) -> None:
    zone = replace(facts(), time_zone=name).zone

    assert datetime(2020, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset() == ahead


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
