"""When a line is lost, and which camera of a site may come in; by a clock that is wound by hand."""

from diemcau.core.ids import SiteId
from diemcau.media.lines import Busy, Line, Lines, Welcome

HUE = SiteId("hue")


def lines_of(heard: list[tuple[SiteId, Line]]) -> Lines:
    return Lines(lambda site, line: heard.append((site, line)))


def test_a_line_is_up_with_its_first_beat() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    before = list(heard)

    lines.beat(HUE, "first", at=0.1)
    lines.beat(HUE, "first", at=1.1)

    assert before == []
    assert heard == [(HUE, Line.UP)]


def test_a_line_is_lost_when_three_beats_are_missed() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=1.0)

    lines.tick(at=3.9)
    almost = list(heard)
    lines.tick(at=4.0)
    lines.tick(at=9.0)

    assert almost == [(HUE, Line.UP)]
    assert heard == [(HUE, Line.UP), (HUE, Line.LOST)]
    assert not lines.is_up(HUE)


def test_a_line_that_beats_again_is_up_again() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)
    lines.tick(at=3.0)

    lines.beat(HUE, "first", at=3.5)

    assert heard == [(HUE, Line.UP), (HUE, Line.LOST), (HUE, Line.UP)]


def test_a_page_that_is_loaded_anew_within_three_seconds_loses_no_line() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)
    lines.leave(HUE, "first")

    lines.enter(HUE, "second", at=2.5)
    lines.tick(at=3.2)
    lines.beat(HUE, "second", at=3.3)

    assert heard == [(HUE, Line.UP)]


def test_a_camera_that_left_and_stays_away_loses_its_line() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)
    lines.leave(HUE, "first")

    lines.tick(at=3.0)

    assert heard == [(HUE, Line.UP), (HUE, Line.LOST)]
    assert lines.ask(HUE, at=3.0) == Welcome()


def test_a_camera_that_left_before_its_first_beat_is_forgotten() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)

    lines.leave(HUE, "first")

    assert lines.ask(HUE, at=0.1) == Welcome()


def test_a_second_camera_is_refused_while_the_first_is_alive() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=5.0)

    answer = lines.ask(HUE, at=6.9)

    assert isinstance(answer, Busy)
    assert "site hue has a camera that was heard 1.9 s ago" in answer.reason


def test_a_second_camera_takes_over_when_the_first_is_silent_for_two_seconds() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=5.0)

    assert lines.ask(HUE, at=7.0) == Welcome(replacing="first")


def test_a_camera_that_left_stands_in_nobodys_way() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)

    lines.leave(HUE, "first")

    assert lines.ask(HUE, at=0.1) == Welcome(replacing="first")


def test_the_operator_lets_the_next_camera_in_once() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)

    lines.let_in(HUE, at=0.4)
    allowed = lines.ask(HUE, at=0.5)
    lines.enter(HUE, "second", at=0.5)

    assert allowed == Welcome(replacing="first")
    assert isinstance(lines.ask(HUE, at=0.6), Busy)


def test_a_camera_that_the_operator_let_in_has_half_a_minute_to_come() -> None:
    lines = lines_of([])
    lines.enter(HUE, "first", at=0.0)
    lines.let_in(HUE, at=10.0)
    lines.beat(HUE, "first", at=39.0)

    assert lines.ask(HUE, at=39.9) == Welcome(replacing="first")
    assert isinstance(lines.ask(HUE, at=40.0), Busy)


def test_a_camera_that_was_replaced_is_not_heard() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)
    lines.enter(HUE, "first", at=0.0)
    lines.beat(HUE, "first", at=0.0)
    lines.enter(HUE, "second", at=2.0)

    counts = lines.beat(HUE, "first", at=2.5)
    lines.leave(HUE, "first")
    lines.tick(at=5.0)

    assert not counts
    assert heard == [(HUE, Line.UP), (HUE, Line.LOST)]


def test_nobody_beats_for_a_site_that_never_came() -> None:
    heard: list[tuple[SiteId, Line]] = []
    lines = lines_of(heard)

    assert not lines.beat(HUE, "first", at=1.0)
    lines.leave(HUE, "first")
    assert heard == []
    assert not lines.is_up(HUE)
