"""Sound of several sources on one timeline."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.recording.mixer import RATE, Mixer, Samples


def tone(level: float, samples: int) -> Samples:
    return np.full(samples, level, dtype=np.float32)


def test_two_voices_at_once_are_added_up() -> None:
    mixer = Mixer()
    mixer.add(tone(0.25, 100), at=0)
    mixer.add(tone(0.5, 100), at=50)

    mixed = mixer.take(until=150)

    assert mixed.tolist() == [0.25] * 50 + [0.75] * 50 + [0.5] * 50


def test_what_nobody_spoke_is_silence() -> None:
    mixer = Mixer()
    mixer.add(tone(0.5, 10), at=3 * RATE)

    assert mixer.take(until=2 * RATE).tolist() == [0.0] * (2 * RATE)
    assert mixer.take(until=3 * RATE + 10)[-10:].tolist() == [0.5] * 10


def test_what_comes_too_late_is_left_out_and_the_rest_kept() -> None:
    mixer = Mixer()
    mixer.take(until=100)

    mixer.add(tone(0.5, 100), at=50)
    mixer.add(tone(0.5, 10), at=0)

    assert mixer.take(until=200).tolist() == [0.5] * 50 + [0.0] * 50


def test_many_loud_voices_do_not_overflow() -> None:
    mixer = Mixer()
    for _ in range(5):
        mixer.add(tone(0.9, 10), at=0)

    assert mixer.take(until=10).max() == 1.0


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 500)), max_size=20), st.lists(st.integers(0, 3000)))
def test_what_is_taken_is_always_one_unbroken_line(added: list[tuple[int, int]], lengths: list[int]) -> None:
    mixer = Mixer()
    taken = 0
    for at, samples in added:
        mixer.add(tone(0.1, samples), at=at)
    for length in lengths:
        part = mixer.take(until=taken + length)
        taken += length

        assert len(part) == length
        assert mixer.taken_until == taken
