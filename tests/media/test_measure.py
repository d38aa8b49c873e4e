"""Measuring a line: lateness without a common clock, sound that is missing, packets that are lost."""

from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.fabric import Quality
from diemcau.media.ladder import Measure
from diemcau.media.measure import Arrivals, Flow, Room, Traffic

SECOND = 1_000_000
PICTURE = SECOND // 25
SOUND = 60_000


def film(arrivals: Arrivals, *, second: int, late: float = 0.0, track: str = "video", start: float = 1000.0) -> None:
    """Let one second of pictures come, each so late."""
    for number in range(25):
        at_us = second * SECOND + number * PICTURE
        arrivals.picture(track, at_us, at=start + at_us / 1e6 + late)


def test_what_comes_as_fast_as_ever_is_in_time() -> None:
    arrivals = Arrivals()
    film(arrivals, second=0)

    assert arrivals.take(at=1001.0) == Measure(late_ms=0)


def test_what_comes_later_than_ever_before_is_late_by_the_difference() -> None:
    arrivals = Arrivals()
    film(arrivals, second=0, late=0.05)
    arrivals.take(at=1001.05)
    film(arrivals, second=1, late=0.85)

    assert arrivals.take(at=1002.8) == Measure(late_ms=800)


def test_a_few_pictures_that_had_to_be_sent_again_make_no_late_second() -> None:
    arrivals = Arrivals()
    film(arrivals, second=0)
    for number in range(25):
        at_us = SECOND + number * PICTURE
        arrivals.picture("video", at_us, at=1000.0 + at_us / 1e6 + (0.4 if number % 5 == 0 else 0.0))

    assert arrivals.take(at=1002.0).late_ms == 0


def test_a_second_in_which_nothing_came_says_nothing_of_a_camera_that_is_not_asked() -> None:
    arrivals = Arrivals()
    film(arrivals, second=0)
    arrivals.take(at=1001.0)
    arrivals.end("video")

    assert arrivals.take(at=1010.0) == Measure()


def test_a_picture_that_is_asked_for_and_stops_coming_is_late_by_its_silence() -> None:
    arrivals = Arrivals()
    film(arrivals, second=0)
    arrivals.take(at=1001.0)

    assert arrivals.take(at=1003.0) == Measure(late_ms=2040)


def test_a_clock_that_drifts_makes_nobody_late() -> None:
    arrivals = Arrivals()
    latest = []
    for second in range(600):
        film(arrivals, second=second, late=second * 0.001)  # a thousandth slower: far more than any clock
        latest.append(arrivals.take(at=1001.0 + second * 1.001).late_ms or 0)

    assert max(latest) <= 70


def test_a_camera_that_begins_to_count_time_anew_is_not_late() -> None:
    arrivals = Arrivals()
    film(arrivals, second=1000, start=0.0)
    arrivals.take(at=1001.0)
    film(arrivals, second=0, start=1001.0)

    assert arrivals.take(at=1002.0).late_ms == 0


def test_sound_that_is_missing_is_a_gap() -> None:
    arrivals = Arrivals()
    frames = [number * SOUND for number in range(16)]
    for at_us in (*frames[:5], *frames[6:9], *frames[12:]):
        arrivals.sound(at_us, lasts_us=SOUND, at=1000.0 + at_us / 1e6)

    assert arrivals.take(at=1001.0) == Measure(late_ms=0, gaps=2)
    assert arrivals.take(at=1002.0) == Measure()


def test_sound_of_short_frames_that_come_in_bunches_has_no_gap() -> None:
    arrivals = Arrivals()
    for number in range(48):
        arrivals.sound(number * 20_000, lasts_us=20_000, at=1000.0 + number // 3 * 0.06)

    assert arrivals.take(at=1001.0).gaps == 0


def test_sound_that_a_page_times_roughly_or_that_is_read_twice_has_no_gap() -> None:
    arrivals = Arrivals()
    for number in range(50):
        at_us = number * 20_000 + (number % 7) * 5_000
        arrivals.sound(at_us, lasts_us=20_000, at=1000.0 + at_us / 1e6)
        arrivals.sound(max(0, at_us - 100_000), lasts_us=20_000, at=1000.0 + at_us / 1e6)

    assert arrivals.take(at=1001.0).gaps == 0


def test_sound_of_a_clock_that_begins_anew_has_no_gap() -> None:
    arrivals = Arrivals()
    for at_us in (0, SOUND, 100 * SECOND, 100 * SECOND + SOUND, 0, SOUND):
        arrivals.sound(at_us, lasts_us=SOUND, at=1000.0)

    assert arrivals.take(at=1001.0).gaps == 0


def test_sound_that_was_not_asked_for_meanwhile_has_no_gap() -> None:
    arrivals = Arrivals()
    arrivals.sound(0, lasts_us=SOUND, at=1000.0)
    arrivals.sound(SOUND, lasts_us=SOUND, at=1000.06)
    arrivals.end("audio")
    arrivals.sound(10 * SECOND, lasts_us=SOUND, at=1010.0)

    assert arrivals.take(at=1010.5).gaps == 0


def crowded_with(latenesses: list[float]) -> list[bool]:
    """Return with each of these sounds whether a queue stands; pictures come in time, as they are stamped."""
    arrivals, found = Arrivals(), []
    for number, late in enumerate(latenesses):
        at_us = number * SOUND
        arrivals.picture("video", at_us, at=1000.0 + at_us / 1e6 - 0.06)
        arrivals.sound(at_us, lasts_us=SOUND, at=1000.0 + at_us / 1e6 + late)
        found.append(arrivals.is_crowded)
    return found


def test_sound_that_comes_late_for_a_while_shows_a_queue_sooner_than_a_quarter_of_a_second() -> None:
    assert crowded_with([0.0, 0.02, 0.09, 0.12, 0.16, 0.18, 0.18]).index(True) == 4


def test_sound_that_is_lost_now_and_then_or_comes_roughly_shows_no_queue() -> None:
    assert not any(crowded_with([0.0, 0.1, 0.0, 0.0, 0.11, 0.1, 0.0, *[0.06, 0.075] * 20]))


def test_sound_that_comes_all_at_once_after_a_pause_shows_no_queue() -> None:
    assert not any(crowded_with([0.0, 0.0, *[number * 0.06 for number in range(20, 0, -1)], 0.0]))


def test_a_queue_is_forgotten_when_it_is_gone_and_when_nothing_is_asked_for() -> None:
    assert crowded_with([0.0, *[0.15] * 5, 0.02, 0.15, 0.15])[6:] == [False] * 3
    arrivals = Arrivals()
    for number in range(6):
        arrivals.sound(number * SOUND, lasts_us=SOUND, at=1000.0 + number * 0.06 + (0.15 if number else 0.0))
    assert arrivals.is_crowded
    arrivals.end("audio")

    assert not arrivals.is_crowded


@given(st.integers(300, 50_000), st.integers(6000, 60_000))
def test_key_frames_tell_how_much_a_line_has_room_for(kbps: int, size: int) -> None:
    room = Room()
    for _ in range(4):
        room.note(7.01 + size * 8 / 1000 / kbps, size=size, key=True)
        for rough in (0.005, 0.0, 0.003):
            room.note(7.0 + rough, size=1000, key=False)

    assert room.kbps is not None
    assert abs(room.kbps - min(kbps, size * 8)) <= 1 + kbps / 1000


def test_what_comes_through_at_once_has_room_enough_and_small_key_frames_tell_nothing() -> None:
    arrivals, small = Arrivals(), Room()
    for second in range(3):
        for number in range(25):
            at_us = second * SECOND + number * PICTURE
            arrivals.picture("video-low", at_us, at=1000.0 + at_us / 1e6, size=15_000, key=number == 0)
        small.note(0.5, size=5999, key=True)
        small.note(0.0, size=1000, key=False)

    assert arrivals.take(at=1003.0).room_kbps == 120_000
    assert small.kbps is None


@given(st.floats(-1e6, 1e6), st.floats(0.4, 5))
def test_whatever_the_two_clocks_show_the_lateness_is_the_same(apart: float, late: float) -> None:
    arrivals = Arrivals()
    film(arrivals, second=0, start=apart)
    arrivals.take(at=apart + 1)
    film(arrivals, second=1, late=late, start=apart)

    assert abs((arrivals.take(at=apart + 2 + late).late_ms or 0) - late * 1000) <= 1


def test_what_a_session_carried_is_counted_from_look_to_look() -> None:
    traffic = Traffic()

    first = traffic.take(Quality(bytes_received=1000, packets_sent=100, packets_lost=10))
    second = traffic.take(Quality(bytes_received=1500, packets_sent=150, packets_lost=10))
    quiet = traffic.take(Quality(bytes_received=1500, packets_sent=151, packets_lost=11))

    assert (first, second, quiet) == (Flow(received=1000, loss=0.1), Flow(received=500, loss=0.0), Flow())


def test_a_transport_that_counts_nothing_tells_nothing() -> None:
    assert Traffic().take(None) == Flow()
