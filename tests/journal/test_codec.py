from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.core.ids import SiteId
from diemcau.journal.codec import Codec, Encoded, UnreadableEvent
from tests.journal.samples import (
    CODEC,
    HELD,
    HUNG,
    Colour,
    FestivalHeld,
    Lantern,
    LanternHung,
    MoonRose,
)

lanterns = st.builds(Lantern, colour=st.sampled_from(Colour), lit=st.booleans())
events = st.one_of(
    st.builds(
        LanternHung,
        site=st.builds(SiteId, st.text()),
        lantern=lanterns,
        at=st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.timezones()).map(  # noqa: DTZ001 (the strategy adds zones)
            # An hour that a zone has twice equals nothing outside that zone; as an offset it does.
            lambda at: at.astimezone(timezone(at.utcoffset() or timedelta(0)))
        ),
    ),
    st.builds(
        FestivalHeld,
        title=st.text(),
        day=st.dates(),
        lasted=st.timedeltas(),
        guests=st.none() | st.integers(),
        lanterns=st.lists(lanterns).map(tuple),
        middle=st.none() | lanterns,
        riddle=st.tuples(st.text(), st.integers()),
    ),
    st.just(MoonRose()),
)


class Storey(IntEnum):
    GROUND = 0
    FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung:
    storey: Storey
    times: Optional[int]  # noqa: UP045 (both ways of writing it are read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    kilograms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Either:
    one: int | str


def spoiled(event: Any, **columns: object) -> object:  # noqa: ANN401 (any dataclass)
    """Return `event` with columns that its type does not allow."""
    return replace(event, **columns)


@given(event=events)
def test_every_event_comes_back_as_it_was(event: object) -> None:
    encoded = CODEC.encode(event)

    assert CODEC.decode(encoded.name, encoded.version, encoded.body) == event
    assert CODEC.encode(event) == encoded


@given(event=events)
def test_what_comes_back_is_written_the_same_again(event: object) -> None:
    encoded = CODEC.encode(event)

    again = CODEC.encode(CODEC.decode(encoded.name, encoded.version, encoded.body))

    assert again == encoded


def test_an_event_is_canonical_json() -> None:
    assert CODEC.encode(HELD) == Encoded(
        name="festival.held",
        version=1,
        body='{"day":"2026-09-25","guests":null,'
        '"lanterns":[{"colour":"red","lit":false},{"colour":"green","lit":true}],'
        '"lasted":7200000005,"middle":null,"riddle":["trăng",15],'
        '"title":"Tết Trung thu ở Huế – “rước đèn”"}',
    )


def test_a_number_that_stands_for_a_choice_is_read_back() -> None:
    codec = Codec({"bell.rung": (1, BellRung)})
    event = BellRung(storey=Storey.FIRST, times=None)

    body = codec.encode(event).body

    assert body == '{"storey":1,"times":null}'
    assert codec.decode("bell.rung", 1, body) == event


def test_a_text_may_be_one_of_a_fixed_choice() -> None:
    body = CODEC.encode(replace(HUNG, site=SiteId(Colour.RED))).body

    assert '"site":"red"' in body


@pytest.mark.parametrize(
    ("unfit", "says"),
    [
        (spoiled(HUNG, site=7), "str expected, found 7"),
        (spoiled(HUNG, at=datetime(2026, 11, 23)), "has no time zone"),  # noqa: DTZ001 (the fault)
        (spoiled(HUNG, at=date(2026, 11, 23)), "datetime expected"),
        (spoiled(HUNG, lantern=HELD), "Lantern expected"),
        (spoiled(HELD, guests=True), "int expected, found True"),
        (spoiled(HELD, day=datetime(2026, 11, 23, tzinfo=UTC)), "date expected"),
        (spoiled(HELD, lasted=7), "timedelta expected"),
        (spoiled(HELD, lanterns=[]), r"tuple expected, found \[\]"),
        (spoiled(HELD, riddle=("trăng",)), "zip"),
        (spoiled(HELD, middle=spoiled(Lantern(colour=Colour.RED), colour="red")), "Colour expected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_that_holds_something_else_is_not_written(unfit: object, says: str) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        CODEC.encode(unfit)


@pytest.mark.parametrize(
    ("name", "version", "body", "says"),
    [
        ("moon.set", 1, "{}", "no event is called moon.set"),
        ("moon.rose", 2, "{}", "moon.rose has versions 1 to 1, found 2"),
        ("moon.rose", 0, "{}", "found 0"),
        ("moon.rose", 1, "{", "moon.rose version 1 does not fit"),
        ("moon.rose", 1, "[]", r"MoonRose has \[\], found \[\]"),
        ("moon.rose", 1, '{"colour":"red"}', r"MoonRose has \[\], found {'colour': 'red'}"),
    ],
)
def test_a_text_that_is_no_event_is_not_read(name: str, version: int, body: str, says: str) -> None:
    with pytest.raises(UnreadableEvent, match=says):
        CODEC.decode(name, version, body)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"red"', '"blue"'),
        ("true", "1"),
        ('"hue"', "null"),
        ("T09:00:00.000000+00:00", "T09:00:00.000000"),
        ("T09:00:00.000000+00:00", "T16:00:00.000000+07:00"),
        ("2026-11-23", "2026-11-31"),
        ('"site"', '"sight"'),
        ('{"colour":"red","lit":true}', "[]"),
    ],
)
def test_a_text_that_does_not_fit_exactly_is_not_read(was: str, becomes: str) -> None:
    body = CODEC.encode(HUNG).body
    assert was in body

    with pytest.raises(UnreadableEvent, match=r"lantern\.hung version 1 does not fit"):
        CODEC.decode("lantern.hung", 1, body.replace(was, becomes))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("7200000005", "1e99"),
        ("7200000005", "1" + "0" * 30),
        ('["trăng",15]', '["trăng"]'),
        ('["trăng",15]', '{"trăng":15}'),
        ("null", "false"),
        ("2026-09-25", "25/9/2026"),
    ],
)
def test_a_festival_that_does_not_fit_exactly_is_not_read(was: str, becomes: str) -> None:
    body = CODEC.encode(HELD).body
    assert was in body

    with pytest.raises(UnreadableEvent, match=r"festival\.held version 1 does not fit"):
        CODEC.decode("festival.held", 1, body.replace(was, becomes))


def test_an_old_event_is_read_as_todays() -> None:
    codec = Codec(
        {"bell.rung": (3, BellRung)},
        upcasts={
            ("bell.rung", 1): lambda body: {"storey": 0, "count": body["count"]},
            ("bell.rung", 2): lambda body: {"storey": body["storey"], "times": body["count"]},
        },
    )

    read = [
        codec.decode("bell.rung", 1, '{"count":3}'),
        codec.decode("bell.rung", 2, '{"count":3,"storey":1}'),
        codec.decode("bell.rung", 3, '{"times":3,"storey":1}'),
    ]

    assert read == [
        BellRung(storey=Storey.GROUND, times=3),
        BellRung(storey=Storey.FIRST, times=3),
        BellRung(storey=Storey.FIRST, times=3),
    ]
    assert codec.encode(read[0]).version == 3


def test_an_old_event_that_does_not_fit_is_not_read() -> None:
    codec = Codec({"bell.rung": (2, BellRung)}, upcasts={("bell.rung", 1): lambda body: body["x"]})

    with pytest.raises(UnreadableEvent, match=r"bell\.rung version 1 does not fit"):
        codec.decode("bell.rung", 1, "{}")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Codec({"a": (1, Weighed)}), "events cannot hold <class 'float'>"),
        (lambda: Codec({"a": (1, Either)}), "one type or None"),
        (lambda: Codec({"a": (1, MoonRose), "b": (1, MoonRose)}), "has two names"),
        (lambda: Codec({"a": (2, MoonRose)}), r"missing or not needed: \[\('a', 1\)\]"),
        (
            lambda: Codec({"a": (1, MoonRose)}, upcasts={("a", 1): dict}),
            r"missing or not needed: \[\('a', 1\)\]",
        ),
    ],
)
def test_a_table_that_cannot_be_kept_to_is_refused(make: Callable[[], Codec], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        make()


def test_a_length_is_whole_microseconds() -> None:
    body = CODEC.encode(replace(HELD, lasted=-timedelta(microseconds=1))).body

    assert '"lasted":-1,' in body
