from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from diemcau.core.ids import SiteId, UnitCode
from diemcau.core.refusals import Refusal
from diemcau.directory.changes import (
    HallUnknown,
    ParentBelow,
    PeriodImpossible,
    PeriodsOverlap,
    UnitUnknown,
    end_unit,
    remove_hall,
    set_halls,
    set_units,
)
from diemcau.directory.models import Change, DirectoryUnusable, Hall, Unit, open_directory
from diemcau.directory.queries import (
    all_halls,
    changes_of,
    hall_of,
    history_of,
    unit_on,
    units_on,
)

HANOI = timezone(timedelta(hours=7))
NINE = datetime(2026, 11, 23, 16, 0, tzinfo=HANOI)
TODAY = date(2026, 11, 23)
CENTRE = Unit(
    code=UnitCode("centre"),
    parent=None,
    name="Ban Tổ chức Trung ương",
    name_en="Central Organisation Commission",
    short_name="TW",
    protocol=1,
    kind="central",
)
HUE = replace(
    CENTRE,
    code=UnitCode("hue"),
    parent=UnitCode("centre"),
    name="Thừa Thiên Huế",
    short_name="TT Huế",
    protocol=3,
    kind="province",
    row=4,
    column=2,
    valid_to=date(2024, 12, 31),
)
CITY = replace(HUE, name="Thành phố Huế", short_name="Huế", valid_from=date(2025, 1, 1), valid_to=None)
VINH = replace(HUE, code=UnitCode("vinh"), name="Vinh", short_name="Vinh", protocol=2, valid_to=None)
HALL = Hall(
    site=SiteId("hue"),
    unit=UnitCode("hue"),
    address="Hội trường số 1",
    technician_telephone="0234 000 222",
)


def put(directory: Engine, *units: Unit) -> None:
    set_units(directory, units, author="operator", at=NINE, reason="plan")


def put_halls(directory: Engine, *halls: Hall) -> None:
    set_halls(directory, halls, day=TODAY, author="operator", at=NINE, reason="plan")


def refused(ask: Callable[[], object]) -> tuple[type, dict[str, str]]:
    """Return the refusal that `ask` gets, and what it is about."""
    with pytest.raises(Refusal) as told:
        ask()
    return type(told.value), told.value.about


def test_a_new_directory_is_empty(directory: Engine) -> None:
    assert units_on(directory, TODAY) == ()
    assert all_halls(directory) == ()
    assert changes_of(directory) == ()


def test_a_directory_that_is_opened_again_is_the_same(directory: Engine) -> None:
    put(directory, CENTRE)

    open_directory(directory)

    assert units_on(directory, TODAY) == (CENTRE,)


def test_a_directory_of_a_newer_program_is_refused(directory: Engine) -> None:
    with directory.begin() as connection:
        connection.execute(text("UPDATE directory_schema SET version = 2"))

    with pytest.raises(DirectoryUnusable, match="has schema version 2, this program knows 1"):
        open_directory(directory)


def test_units_stand_in_order_of_protocol(directory: Engine) -> None:
    put(directory, CITY, VINH, CENTRE)

    assert units_on(directory, TODAY) == (CENTRE, VINH, CITY)


def test_a_unit_has_the_name_of_the_day(directory: Engine) -> None:
    put(directory, CENTRE, HUE, CITY)

    assert unit_on(directory, HUE.code, date(2024, 12, 31)) == HUE
    assert unit_on(directory, HUE.code, date(2025, 1, 1)) == CITY
    assert units_on(directory, date(2020, 1, 1)) == (CENTRE, HUE)
    assert history_of(directory, HUE.code) == (HUE, CITY)


def test_a_unit_ends_with_its_last_day(directory: Engine) -> None:
    put(directory, CENTRE, VINH)

    end_unit(directory, VINH.code, TODAY, author="operator", at=NINE, reason="merged")

    assert unit_on(directory, VINH.code, TODAY) == replace(VINH, valid_to=TODAY)
    assert unit_on(directory, VINH.code, TODAY + timedelta(days=1)) is None
    assert changes_of(directory, "unit:vinh")[-1] == Change(
        number=3,
        at=NINE,
        author="operator",
        subject="unit:vinh",
        change="ends on 2026-11-23",
        reason="merged",
    )


def test_a_change_says_what_was_changed(directory: Engine) -> None:
    put(directory, CENTRE, VINH)

    put(directory, replace(VINH, name="Thành phố Vinh", protocol=4))

    assert [one.change for one in changes_of(directory, "unit:vinh")] == [
        "added",
        "changed name, protocol",
    ]


def test_what_stands_there_already_is_no_change(directory: Engine) -> None:
    put(directory, CENTRE, VINH)

    put(directory, CENTRE, VINH)

    assert len(changes_of(directory)) == 2


@pytest.mark.parametrize(
    ("units", "answer"),
    [
        (
            [replace(CITY, valid_to=date(2024, 12, 31))],
            (PeriodImpossible, {"unit": "hue"}),
        ),
        (
            [HUE, replace(CITY, valid_from=date(2024, 12, 31))],
            (PeriodsOverlap, {"unit": "hue"}),
        ),
        (
            [CITY, replace(HUE, valid_to=None)],
            (PeriodsOverlap, {"unit": "hue"}),
        ),
        (
            [replace(VINH, parent=UnitCode("nowhere"))],
            (UnitUnknown, {"unit": "nowhere"}),
        ),
        (
            [replace(CENTRE, parent=UnitCode("vinh")), VINH],
            (ParentBelow, {"unit": "centre", "parent": "vinh"}),
        ),
        (
            [CITY, replace(CENTRE, parent=CENTRE.code)],
            (ParentBelow, {"unit": "hue", "parent": "centre"}),
        ),
    ],
    ids=["ends too early", "two names in a day", "no end", "no parent", "a ring", "its own parent"],
)
def test_units_that_cannot_be_are_refused_as_a_whole(
    directory: Engine, units: list[Unit], answer: tuple[type, dict[str, str]]
) -> None:
    put(directory, CENTRE)

    assert refused(lambda: put(directory, *units)) == answer
    assert units_on(directory, TODAY) == (CENTRE,)
    assert len(changes_of(directory)) == 1


def test_a_parent_may_be_younger_than_its_units(directory: Engine) -> None:
    young = replace(CENTRE, valid_from=date(2025, 1, 1))

    put(directory, VINH, young)

    assert units_on(directory, TODAY) == (young, VINH)


def test_a_parent_that_ended_before_its_unit_began_is_refused(directory: Engine) -> None:
    put(directory, replace(CENTRE, valid_to=date(2024, 12, 31)))

    assert refused(lambda: put(directory, CITY)) == (UnitUnknown, {"unit": "centre"})


def test_a_unit_that_is_not_there_does_not_end(directory: Engine) -> None:
    answer = refused(lambda: end_unit(directory, VINH.code, TODAY, author="operator", at=NINE, reason="x"))

    assert answer == (UnitUnknown, {"unit": "vinh"})


def test_a_hall_names_whom_to_call(directory: Engine) -> None:
    put(directory, CENTRE, CITY)

    put_halls(directory, HALL)

    assert hall_of(directory, HALL.site) == HALL
    assert hall_of(directory, SiteId("vinh")) is None
    assert all_halls(directory) == (HALL,)


def test_a_changed_telephone_is_in_no_audit_line(directory: Engine) -> None:
    put(directory, CENTRE, CITY)
    put_halls(directory, HALL)
    moved = replace(HALL, technician_telephone="0234 000 333")

    put_halls(directory, moved, moved)

    assert hall_of(directory, HALL.site) == moved
    assert [one.change for one in changes_of(directory, "hall:hue")] == [
        "added",
        "changed technician_telephone",
    ]


def test_a_hall_of_no_unit_is_refused(directory: Engine) -> None:
    assert refused(lambda: put_halls(directory, HALL)) == (UnitUnknown, {"unit": "hue"})
    assert all_halls(directory) == ()


def test_a_hall_is_removed_once(directory: Engine) -> None:
    put(directory, CENTRE, CITY)
    put_halls(directory, HALL)

    def remove() -> None:
        remove_hall(directory, HALL.site, author="operator", at=NINE, reason="closed")

    remove()

    assert all_halls(directory) == ()
    assert refused(remove) == (HallUnknown, {"site": "hue"})
    assert [one.change for one in changes_of(directory, "hall:hue")] == ["added", "removed"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.sets(st.integers(1, 60), min_size=1, max_size=5), asked=st.integers(0, 62))
def test_a_unit_has_at_most_one_name_on_any_day(directory: Engine, ends: set[int], asked: int) -> None:
    last_days = [TODAY + timedelta(days=end) for end in sorted(ends)]
    code = UnitCode(f"unit-{'-'.join(str(end) for end in sorted(ends))}")
    first_days = [TODAY, *(last + timedelta(days=1) for last in last_days[:-1])]
    periods = [
        replace(CENTRE, code=code, name=f"until {last}", valid_from=first, valid_to=last)
        for first, last in zip(first_days, last_days, strict=True)
    ]
    put(directory, *reversed(periods))
    day = TODAY + timedelta(days=asked)

    found = [unit for unit in units_on(directory, day) if unit.code == code]

    assert found == [one for one in periods if one.valid_from <= day <= (one.valid_to or day)]
