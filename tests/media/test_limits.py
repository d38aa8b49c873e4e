"""Limits: a session that sends as a hall does is never too much, and one that floods soon is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.limits import ALLOWED, Bucket, Excess, Meter, Rate, Sent

STEADY = Rate(a_second=10, at_once=20)


def test_a_bucket_holds_so_much_at_once() -> None:
    bucket = Bucket(STEADY)

    assert [bucket.take(5, at=0.0) for _ in range(5)] == [True] * 4 + [False]


def test_a_bucket_fills_again_and_never_runs_over() -> None:
    bucket = Bucket(STEADY)
    bucket.take(20, at=0.0)

    assert bucket.take(10, at=1.0)
    assert not bucket.take(21, at=1000.0)


@given(st.lists(st.floats(0, 2), max_size=100))
def test_whoever_keeps_to_the_rate_is_never_too_much(pauses: list[float]) -> None:
    bucket, at = Bucket(STEADY), 0.0
    for pause in pauses:
        at += pause

        assert bucket.take(min(20, pause * 10) * 0.999, at=at)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 30)), max_size=100))
def test_nobody_gets_more_than_the_rate_and_what_is_held_at_once(sent: list[tuple[float, float]]) -> None:
    bucket, at, got = Bucket(STEADY), 0.0, 0.0
    for pause, amount in sent:
        at += pause
        if bucket.take(amount, at=at):
            got += amount

    assert got <= 20 + 10 * at + 1e-6


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    bucket = Bucket(STEADY)
    bucket.take(20, at=100.0)

    assert not bucket.take(1, at=50.0)


def test_an_hour_of_a_hall_that_sends_all_that_it_may_is_not_too_much() -> None:
    meter = Meter()
    excess = []
    for second in range(3600):
        at = float(second)
        excess += [
            meter.note(Sent.FRAMES, 2 * (25 + 25 + 5 + 50), at=at),
            meter.note(Sent.GROUPS, 2 * (1 + 1 + 5 + 50 + 2), at=at),
            meter.note(Sent.BYTES, 1_000_000, at=at),
        ]
        if second % 60 == 0:  # the page is loaded anew each minute
            excess.append(meter.note(Sent.ANNOUNCEMENTS, 3, at=at))

    assert [one for one in excess if one is not None] == []


@pytest.mark.parametrize("sent", Sent)
def test_a_flood_of_anything_is_too_much(sent: Sent) -> None:
    meter = Meter()

    excess = meter.note(sent, ALLOWED[sent].at_once * 2, at=0.0)

    assert excess == Excess(sent=sent, allowed=ALLOWED[sent])
    assert str(excess).startswith(f"more {sent.value} than ")


def test_one_thing_too_much_takes_nothing_from_another() -> None:
    meter = Meter()
    meter.note(Sent.ANNOUNCEMENTS, 10_000, at=0.0)

    assert meter.note(Sent.FRAMES, 100, at=0.0) is None
