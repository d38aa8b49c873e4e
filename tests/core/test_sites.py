from datetime import datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from diemcau.core import sites
from diemcau.core.ids import SiteId
from diemcau.core.sites import (
    CameraLetIn,
    LetCameraIn,
    Line,
    LineLost,
    LineRestored,
    NoteLineLost,
    NoteLineUp,
    SiteConnected,
    SiteLine,
    line_of,
    who_is_connected,
)
from tests.core.machines import Played, quick
from tests.core.samples import DALAT, HANOI, HUE, NINE, NOWHERE, SECOND, SITES, VINH, closed, convened, sealed


def test_every_invited_site_is_expected_the_main_one_first() -> None:
    play = convened()

    assert play.now.lines.lines == tuple(SiteLine(site=site) for site in SITES)
    assert who_is_connected(play.now.lines) == ()


def test_a_line_comes_up_is_lost_and_comes_back() -> None:
    play = convened()

    assert play.give(NoteLineUp(site=HUE)) == (SiteConnected(site=HUE, at=NINE),)
    assert play.give(NoteLineLost(site=HUE)) == (LineLost(site=HUE, at=NINE),)
    assert play.give(NoteLineUp(site=HUE)) == (LineRestored(site=HUE, at=NINE),)
    assert who_is_connected(play.now.lines) == (HUE,)


def test_news_that_is_no_news_is_nothing() -> None:
    play = convened()

    assert play.give(NoteLineLost(site=HUE)) == ()
    play.give(NoteLineUp(site=HUE))
    assert play.give(NoteLineUp(site=HUE)) == ()
    play.give(NoteLineLost(site=HUE))
    assert play.give(NoteLineLost(site=HUE)) == ()


def test_the_operator_lets_another_camera_in_and_the_line_stays_as_it_is() -> None:
    play = convened()
    lines = play.now.lines

    assert play.give(LetCameraIn(site=DALAT)) == (CameraLetIn(site=DALAT, at=NINE),)
    assert play.now.lines == lines


@pytest.mark.parametrize("command", [NoteLineUp, NoteLineLost, LetCameraIn])
def test_a_site_that_was_not_invited_has_no_line(command: type[sites.Command]) -> None:
    assert convened().refused(command(site=NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


def test_lines_are_noted_after_the_closing_and_cameras_are_let_in_until_the_seal() -> None:
    assert closed().give(NoteLineLost(site=VINH)) == (LineLost(site=VINH, at=NINE),)
    assert sealed().refused(LetCameraIn(site=VINH))[0] == "stages.wrong_stage"


class SitesMachine(Played):
    def __init__(self) -> None:
        super().__init__()
        self.heard: dict[SiteId, tuple[Line, datetime]] = {}

    @rule(site=st.sampled_from(SITES))
    def is_heard(self, site: SiteId) -> None:
        self.play.at += SECOND
        if self.give(NoteLineUp(site=site)):
            self.heard[site] = (Line.CONNECTED, self.play.at)

    @rule(site=st.sampled_from(SITES))
    def is_not_heard(self, site: SiteId) -> None:
        self.play.at += SECOND
        happened = self.give(NoteLineLost(site=site))
        assert bool(happened) is (self.heard.get(site, (Line.EXPECTED,))[0] is Line.CONNECTED)
        if happened:
            self.heard[site] = (Line.LOST, self.play.at)

    @invariant()
    def each_line_is_as_it_was_heard_last(self) -> None:
        lines = self.play.now.lines
        assert [one.site for one in lines.lines] == [HANOI, HUE, VINH, DALAT]
        for one in lines.lines:
            assert (one.line, one.since) == self.heard.get(one.site, (Line.EXPECTED, None))
            assert line_of(lines, one.site) is one.line


TestSites = quick(SitesMachine)
