"""The ladder of a line: down soon, up step by step, and never without sound."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.ladder import CALM_AT_MOST, Ladder, Measure, Rung, relieve, step

CALM = Measure(late_ms=0, gaps=0, loss=0.0)
LATE = Measure(late_ms=600)
VERY_LATE = Measure(late_ms=3000)
UNKNOWN = Measure()
ORDER = list(Rung)
measures = st.builds(
    Measure,
    late_ms=st.none() | st.sampled_from([0, 149, 150, 249, 250, 999, 1000, 5000]),
    gaps=st.none() | st.integers(0, 7),
    loss=st.none() | st.floats(0, 1),
    room_kbps=st.none() | st.sampled_from([0, 1000, 1799, 1800, 20_000]),
)


def after(ladder: Ladder, *seconds: Measure, at: float = 0.0) -> Ladder:
    for number, measure in enumerate(seconds):
        ladder = step(ladder, measure, at=at + number)
    return ladder


def steps_of(ladder: Ladder, measure: Measure, *, seconds: int, at: float = 0.0) -> list[tuple[float, Rung]]:
    """Return when the line came to which rung."""
    found: list[tuple[float, Rung]] = []
    for second in range(seconds):
        before, ladder = ladder.rung, step(ladder, measure, at=at + second)
        if ladder.rung is not before:
            found.append((at + second, ladder.rung))
    return found


def test_a_line_begins_with_the_whole_picture_and_keeps_it_while_calm() -> None:
    assert after(Ladder(), *[CALM] * 100).rung is Rung.HIGH


def test_one_bad_second_takes_no_picture_away() -> None:
    assert after(Ladder(), CALM, VERY_LATE, CALM, CALM).rung is Rung.HIGH
    assert after(Ladder(), LATE, LATE, CALM, LATE, CALM, CALM, LATE).rung is Rung.HIGH


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [(LATE, 3), (VERY_LATE, 2), (Measure(gaps=2), 3), (Measure(gaps=5), 2), (Measure(loss=0.2), 3)],
)
def test_trouble_takes_a_line_one_step_down_within_three_seconds(trouble: Measure, seconds: int) -> None:
    assert after(Ladder(), *[trouble] * (seconds - 1)).rung is Rung.HIGH
    assert after(Ladder(), *[trouble] * seconds).rung is Rung.LOW


def test_trouble_that_lasts_takes_a_line_down_to_sound_and_no_further() -> None:
    assert [rung for _, rung in steps_of(Ladder(), VERY_LATE, seconds=60)] == [Rung.LOW, Rung.THUMB, Rung.SOUND]


def test_the_last_moving_picture_is_taken_away_only_after_lasting_trouble() -> None:
    low = Ladder(rung=Rung.LOW)

    assert after(low, *[LATE] * 11).rung is Rung.LOW
    assert after(low, *[LATE] * 12).rung is Rung.THUMB
    assert after(low, *[VERY_LATE] * 6).rung is Rung.THUMB


def test_what_was_on_its_way_before_a_step_is_no_reason_for_the_next() -> None:
    low = after(Ladder(), VERY_LATE, VERY_LATE)

    settled = after(low, VERY_LATE, VERY_LATE, CALM, CALM, at=2.0)

    assert (low.rung, settled.rung) == (Rung.LOW, Rung.LOW)


def test_a_line_climbs_one_step_after_ten_calm_seconds_each() -> None:
    climbed = steps_of(Ladder(rung=Rung.SOUND), CALM, seconds=60)

    assert climbed == [(10, Rung.THUMB), (20, Rung.LOW), (30, Rung.HIGH)]


def test_a_doubtful_second_begins_the_calm_anew() -> None:
    fair = Measure(late_ms=200)
    doubted = after(Ladder(rung=Rung.LOW), *[CALM] * 8, fair)

    assert steps_of(doubted, CALM, seconds=30, at=9.0) == [(19, Rung.HIGH)]


def test_each_climb_that_fails_doubles_the_wait_up_to_two_minutes() -> None:
    ladder, at, waits = Ladder(rung=Rung.LOW), 0.0, []
    for _ in range(6):
        begun = at
        while ladder.rung is Rung.LOW:
            ladder, at = step(ladder, CALM, at=at), at + 1
        waits.append(at - 1 - begun)
        while ladder.rung is Rung.HIGH:
            ladder, at = step(ladder, VERY_LATE, at=at), at + 1

    assert waits == [10, 20, 40, 80, 120, 120]


def test_a_climb_that_fails_is_taken_back_with_the_first_second_of_trouble() -> None:
    climbed = after(Ladder(rung=Rung.LOW), *[CALM] * 11)

    assert climbed.rung is Rung.HIGH
    assert step(climbed, LATE, at=12.0).rung is Rung.LOW
    assert after(climbed, *[CALM] * 20, LATE, at=11.0).rung is Rung.HIGH


def test_where_a_queue_stands_the_large_picture_goes_at_once_and_only_that() -> None:
    assert relieve(Ladder(), at=1.0).rung is Rung.LOW
    assert relieve(Ladder(rung=Rung.LOW), at=1.0) == Ladder(rung=Rung.LOW)


def test_a_line_that_is_known_to_have_no_room_climbs_to_the_large_picture_only_after_the_longest_calm() -> None:
    narrow = replace(CALM, room_kbps=1000)

    assert steps_of(Ladder(rung=Rung.THUMB), narrow, seconds=200) == [(10, Rung.LOW), (130, Rung.HIGH)]
    assert steps_of(Ladder(rung=Rung.LOW), replace(CALM, room_kbps=1800), seconds=200) == [(10, Rung.HIGH)]


def test_a_line_that_has_room_again_climbs_at_once_after_a_long_calm() -> None:
    waited = after(Ladder(rung=Rung.LOW), *[replace(CALM, room_kbps=1000)] * 50)

    assert steps_of(waited, CALM, seconds=10, at=50.0) == [(50, Rung.HIGH)]


def test_a_climb_that_holds_makes_the_next_wait_short_again() -> None:
    failed = Ladder(rung=Rung.LOW, patience=80.0)

    held = after(failed, *[CALM] * 120)

    assert (held.rung, held.patience) == (Rung.HIGH, 10.0)


def test_a_line_of_which_nothing_is_known_stays_as_it_is() -> None:
    low = Ladder(rung=Rung.LOW)

    unknown = after(low, *[CALM] * 9, *[UNKNOWN] * 50)

    assert unknown.rung is Rung.LOW
    assert steps_of(unknown, CALM, seconds=20, at=59.0) == [(69, Rung.HIGH)]


def test_where_nothing_is_measured_a_moving_picture_is_tried_again_after_a_while() -> None:
    silent = Ladder(rung=Rung.SOUND)

    assert steps_of(silent, UNKNOWN, seconds=100) == [(10, Rung.THUMB), (20, Rung.LOW)]


def test_a_try_that_failed_makes_the_next_wait_twice_as_long() -> None:
    tried = after(Ladder(rung=Rung.THUMB), *[UNKNOWN] * 11)
    failed = after(tried, *[VERY_LATE] * 6, at=11.0)

    assert (tried.rung, failed.rung, failed.patience) == (Rung.LOW, Rung.THUMB, 20.0)
    assert steps_of(failed, UNKNOWN, seconds=60, at=17.0) == [(37, Rung.LOW)]


@given(st.lists(measures, max_size=200))
def test_a_line_never_skips_a_step(seconds: list[Measure]) -> None:
    ladder = Ladder()
    for at, measure in enumerate(seconds):
        before, ladder = ladder, step(ladder, measure, at=float(at))

        assert abs(ORDER.index(before.rung) - ORDER.index(ladder.rung)) <= 1
        assert 10.0 <= ladder.patience <= CALM_AT_MOST


@given(st.lists(measures, max_size=100))
def test_whatever_came_before_trouble_takes_the_line_down_from_the_large_picture_within_five_seconds(
    seconds: list[Measure],
) -> None:
    before = after(Ladder(), *seconds)

    troubled = after(before, *[LATE] * (5 if before.rung is Rung.HIGH else 15), at=float(len(seconds)))

    assert before.rung is Rung.SOUND or ORDER.index(troubled.rung) > ORDER.index(before.rung)


@given(st.lists(measures, max_size=100))
def test_whatever_came_before_calm_brings_the_whole_picture_back(seconds: list[Measure]) -> None:
    before = after(Ladder(), *seconds)

    assert after(before, *[CALM] * 400, at=float(len(seconds))).rung is Rung.HIGH


@given(st.lists(measures, max_size=200))
def test_no_line_climbs_within_ten_seconds_of_trouble(seconds: list[Measure]) -> None:
    ladder, bad_at = Ladder(), -100.0
    for number, measure in enumerate(seconds):
        at, before = float(number), ladder
        ladder = step(ladder, measure, at=at)
        if (measure.late_ms or 0) >= 250 or (measure.gaps or 0) >= 2:
            bad_at = at

        assert ORDER.index(ladder.rung) >= ORDER.index(before.rung) or at - bad_at >= 10


@given(st.sampled_from(Rung), st.lists(measures, max_size=50))
def test_a_worse_line_never_stands_higher(rung: Rung, seconds: list[Measure]) -> None:
    worse = [replace(measure, late_ms=5000) for measure in seconds]

    assert ORDER.index(after(Ladder(rung=rung), *worse).rung) >= ORDER.index(after(Ladder(rung=rung), *seconds).rung)
