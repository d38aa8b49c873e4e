"""What a rehearsal site counts as a speech, and how it tells."""

from diemcau.core.ids import SiteId
from diemcau.media.rehearsal_sites.report import FirstFrame, Line, SpeechSeen, Tally, read, write

HUE, CENTRE, VINH = SiteId("hue"), SiteId("trung-uong"), SiteId("vinh")


def see(tally: Tally, air: int, *, pictures: int, from_ns: int = 0) -> None:
    for number in range(pictures):
        tally.video(air, from_ns + number)


def test_a_holders_pictures_count_for_its_speech() -> None:
    tally = Tally(VINH)
    tally.begin("first", HUE)
    tally.open(2, HUE, on_air_as="holder")
    see(tally, 2, pictures=3, from_ns=50)
    tally.audio(2)

    seen = tally.end()

    assert seen == SpeechSeen(viewer=VINH, speech="first", site=HUE, frames=3, audio_frames=1, first_at_ns=50)


def test_pictures_that_came_before_the_word_of_the_speech_count_too() -> None:
    tally = Tally(VINH)
    tally.open(2, HUE, on_air_as="holder")
    see(tally, 2, pictures=2, from_ns=50)

    tally.begin("first", HUE)
    see(tally, 2, pictures=1, from_ns=60)

    seen = tally.end()
    assert seen is not None
    assert (seen.frames, seen.first_at_ns) == (3, 50)


def test_a_second_speech_of_a_site_counts_none_of_the_first() -> None:
    tally = Tally(VINH)
    tally.begin("first", HUE)
    tally.open(2, HUE, on_air_as="holder")
    see(tally, 2, pictures=5)
    tally.end()

    tally.begin("second", HUE)
    tally.open(3, HUE, on_air_as="holder")
    see(tally, 3, pictures=2, from_ns=90)

    seen = tally.end()
    assert seen is not None
    assert (seen.frames, seen.first_at_ns) == (2, 90)


def test_of_the_main_site_only_what_comes_during_its_speech_counts() -> None:
    tally = Tally(VINH)
    tally.open(1, CENTRE, on_air_as="main")
    see(tally, 1, pictures=9, from_ns=10)

    tally.begin("answer", CENTRE)
    see(tally, 1, pictures=4, from_ns=70)

    seen = tally.end()
    assert seen is not None
    assert (seen.frames, seen.first_at_ns) == (4, 70)


def test_a_speech_of_which_nothing_arrived_is_told_as_nothing() -> None:
    tally = Tally(VINH)
    tally.begin("first", HUE)

    seen = tally.end()

    assert seen is not None
    assert (seen.frames, seen.first_at_ns) == (0, None)
    assert tally.end() is None


def test_every_report_survives_the_way_through_a_line() -> None:
    reports = (
        Line(site=HUE, state="lost", code=410, at_ns=5),
        FirstFrame(viewer=VINH, air=3, site=HUE, at_ns=7, is_whole=True),
        SpeechSeen(viewer=VINH, speech="s", site=HUE, frames=1, audio_frames=2, first_at_ns=None),
    )

    assert tuple(read(write(report)) for report in reports) == reports
