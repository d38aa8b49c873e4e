"""Handouts: what is on the list, and which page every hall is shown."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.handouts import (
    MOST_HANDOUTS,
    Handout,
    HandoutListed,
    HandoutTakenDown,
    ListHandout,
    PageShown,
    ShowPage,
    TakeDownHandout,
    find,
    listed_again,
)
from diemcau.core.ids import HandoutId
from tests.core.machines import Played, quick
from tests.core.samples import NINE, Play, closed, convened, opened

REPORT = HandoutId("report")
DIGEST = "0" * 64


def listing(handout: str = "report", title: str = "Báo cáo", pages: int = 12, digest: str = DIGEST) -> ListHandout:
    return ListHandout(handout=HandoutId(handout), title=title, pages=pages, digest=digest)


def with_report(pages: int = 12) -> Play:
    play = opened()
    play.give(listing(pages=pages))
    return play


def test_every_hall_is_shown_a_page_and_then_another() -> None:
    play = with_report()

    assert play.give(ShowPage(handout=REPORT, page=1)) == (PageShown(handout=REPORT, page=1, at=NINE),)
    assert play.give(ShowPage(handout=REPORT, page=12)) == (PageShown(handout=REPORT, page=12, at=NINE),)
    assert (play.now.handouts.shown, play.now.handouts.page) == (REPORT, 12)
    assert play.give(ShowPage(handout=REPORT, page=12)) == ()


@pytest.mark.parametrize("page", [0, -1, 13])
def test_a_page_that_the_handout_does_not_have_is_not_shown(page: int) -> None:
    assert with_report().refused(ShowPage(handout=REPORT, page=page)) == ("handouts.page_impossible", {})


def test_a_handout_that_nobody_listed_is_not_shown() -> None:
    assert opened().refused(ShowPage(handout=REPORT, page=1)) == ("handouts.unknown", {})


def test_a_handout_is_taken_down_once() -> None:
    play = with_report()
    play.give(ShowPage(handout=REPORT, page=1))

    assert play.give(TakeDownHandout()) == (HandoutTakenDown(handout=REPORT, at=NINE),)
    assert play.now.handouts.shown is None
    assert play.refused(TakeDownHandout()) == ("handouts.nothing_shown", {})


def test_pages_are_shown_during_the_conference_and_its_breaks() -> None:
    adjourned = with_report()
    adjourned.give(stages.AdjournConference(reason="Giải lao"))

    assert adjourned.give(ShowPage(handout=REPORT, page=1))
    for play in (convened(), closed()):
        assert play.refused(ShowPage(handout=REPORT, page=1))[0] == "stages.wrong_stage"


def test_handouts_are_listed_beforehand_and_until_the_conference_is_closed() -> None:
    play = convened()

    assert play.give(listing()) == (HandoutListed(handout=REPORT, title="Báo cáo", pages=12, digest=DIGEST, at=NINE),)
    assert find(play.now.handouts, REPORT) == Handout(handout=REPORT, title="Báo cáo", pages=12, digest=DIGEST)
    assert play.give(listing()) == ()
    assert closed().refused(listing())[0] == "stages.wrong_stage"


def test_a_new_file_takes_the_place_of_the_one_before_and_a_page_that_is_gone_is_taken_down() -> None:
    play = with_report()
    play.give(listing("figures", pages=3), ShowPage(handout=REPORT, page=12))

    first, second = play.give(listing(pages=4, digest="1" * 64))

    assert first == HandoutTakenDown(handout=REPORT, at=NINE)
    assert isinstance(second, HandoutListed)
    assert [one.handout for one in play.now.handouts.listed] == ["report", "figures"]
    play.give(ShowPage(handout=REPORT, page=4))
    assert play.give(listing(pages=4)) == (
        HandoutListed(handout=REPORT, title="Báo cáo", pages=4, digest=DIGEST, at=NINE),
    )
    assert play.now.handouts.page == 4


@pytest.mark.parametrize(
    "wrong",
    [
        listing(handout=" "),
        listing(handout="h" * 201),
        listing(title="\t"),
        listing(title="t" * 301),
        listing(pages=0),
        listing(pages=10_001),
        listing(digest="not a digest"),
        listing(digest="F" * 64),
    ],
)
def test_a_handout_without_a_name_a_title_pages_or_a_digest_is_not_listed(wrong: ListHandout) -> None:
    assert convened().refused(wrong) == ("handouts.impossible", {})


def test_a_conference_has_so_many_handouts_and_no_more() -> None:
    play = convened()
    play.give(*(listing(f"h{number}", digest="") for number in range(MOST_HANDOUTS)))

    assert play.refused(listing("one-more")) == ("handouts.too_many", {})
    assert play.give(listing("h0", title="Bản mới"))


def test_a_rehearsal_has_the_handouts_of_the_conference() -> None:
    play = with_report()
    elsewhere = convened()

    assert [(one.handout, one.pages) for one in listed_again(play.now.handouts, NINE)] == [("report", 12)]
    assert listed_again(elsewhere.now.handouts, NINE) == ()


class HandoutsMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play.give(listing("report", pages=3), listing("plan", pages=2), stages.OpenConference())
        self.expected: tuple[str | None, int] = (None, 0)

    @rule(handout=st.sampled_from(["", "report", "plan"]), page=st.integers(-1, 4))
    def page_is_turned(self, handout: str, page: int) -> None:
        if self.give(ShowPage(handout=HandoutId(handout), page=page)) is not None:
            self.expected = (handout, page)

    @rule(handout=st.sampled_from(["report", "plan"]), pages=st.integers(1, 4))
    def another_file_comes(self, handout: str, pages: int) -> None:
        if self.give(listing(handout, pages=pages)) is not None and self.expected[0] == handout:
            self.expected = self.expected if self.expected[1] <= pages else (None, 0)

    @rule()
    def is_taken_down(self) -> None:
        if self.give(TakeDownHandout()) is not None:
            self.expected = (None, 0)

    @invariant()
    def every_hall_sees_what_was_shown_last(self) -> None:
        handouts = self.play.now.handouts
        assert (handouts.shown, handouts.page) == self.expected

    @invariant()
    def what_is_shown_is_a_page_of_a_listed_handout(self) -> None:
        handouts = self.play.now.handouts
        shown = None if handouts.shown is None else find(handouts, handouts.shown)
        assert handouts.shown is None or (shown is not None and 1 <= handouts.page <= shown.pages)


TestHandouts = quick(HandoutsMachine)
