from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from diemcau.plan import FaultCode, values
from diemcau.plan.faults import Unfit
from diemcau.plan.toml_lines import line_numbers, nearest_line


def code_of(reader: Callable[[str], object], text: str) -> FaultCode | None:
    try:
        reader(text)
    except Unfit as unfit:
        return unfit.code
    return None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_reads_the_same_in_either_way_of_writing(day: date) -> None:
    assert values.day(day.isoformat()) == day
    assert values.day(f"{day.day}/{day.month}/{day.year}") == day
    assert values.day(f"{day:%d.%m.}{day.year}") == day


@given(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))
def test_a_day_that_is_not_in_the_calendar_is_refused(year: int, month: int, number: int) -> None:
    text = f"{year:04}-{month:02}-{number:02}"
    try:
        date(year, month, number)
    except ValueError:
        assert code_of(values.day, text) is FaultCode.IMPOSSIBLE_DATE
    else:
        assert values.day(text) == date(year, month, number)


@given(st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda text: len(text) <= 48))
def test_a_slug_is_a_code(text: str) -> None:
    assert values.slug(text) == text


@given(st.text(min_size=1, max_size=60))
def test_nothing_but_ascii_is_a_code(text: str) -> None:
    assume(not text.isascii() or text != text.lower() or " " in text)

    assert code_of(values.slug, text) is FaultCode.BAD_SLUG


@pytest.mark.parametrize("text", ["-a", "a-", "a--b", "a_b", "A", "đà-nẵng", "a" * 49, "a\n", "²"])
def test_what_is_almost_a_code_is_none(text: str) -> None:
    assert code_of(values.slug, text) is FaultCode.BAD_SLUG


@pytest.mark.parametrize(
    "text", ["máy lẻ 1011", "ext. 200", "+84 28 3822 0000", "(028) 38.22-00", "028 382 200 ext 12", "112", "Số lẻ 123"]
)
def test_a_telephone_may_be_written_as_people_write_it(text: str) -> None:
    assert values.telephone(text) == text


@pytest.mark.parametrize("text", ["", "12", "call me", "=1+1", "tel:123456", "1" * 16, "123;456", "ext."])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    assert code_of(values.telephone, text) is FaultCode.BAD_TELEPHONE


@pytest.mark.parametrize("text", ["yes", "YES", "Có", "1", "true", "x"])
def test_yes_may_be_said_in_several_ways(text: str) -> None:
    assert values.yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "Không", "0", "FALSE"])
def test_no_may_be_said_in_several_ways(text: str) -> None:
    assert values.yes_or_no(text) is False


@pytest.mark.parametrize("text", ["1.5", "one", "1e3", "٣", "", "9" * 12])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert code_of(lambda found: values.whole(found, 0, 10**9), text) is FaultCode.OUT_OF_RANGE


def test_a_number_at_its_limits_is_taken() -> None:
    assert (values.whole("0", 0, 99), values.whole("99", 0, 99)) == (0, 99)


def test_the_line_of_each_key_is_known() -> None:
    text = """\
title = "x"
note = '''
fake = 1
[fake]
'''

[documents] # letterhead
"ruleset" = "plain"
paper.size = "a4"

[[agenda]]
id = "one"

[[agenda]]
id = "two"
[[agenda.parts]]
id = "inner"
not a key
[plain.inner]
key = 1
"""

    assert line_numbers(text) == {
        ("title",): 1,
        ("note",): 2,
        ("documents",): 7,
        ("documents", "ruleset"): 8,
        ("documents", "paper", "size"): 9,
        ("agenda",): 11,
        ("agenda", 0): 11,
        ("agenda", 0, "id"): 12,
        ("agenda", 1): 14,
        ("agenda", 1, "id"): 15,
        ("agenda", 1, "parts"): 16,
        ("agenda", 1, "parts", 0): 16,
        ("agenda", 1, "parts", 0, "id"): 17,
        ("plain", "inner"): 19,
        ("plain", "inner", "key"): 20,
    }


def test_a_key_without_a_line_of_its_own_is_pointed_at_by_what_encloses_it() -> None:
    lines = line_numbers("[documents]\nruleset = 'plain'\n")

    assert nearest_line(lines, ("documents", "paper")) == 1
    assert nearest_line(lines, ("agenda", 0, "id")) is None
