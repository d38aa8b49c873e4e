import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.handouts import Handouts, HandoutTakenDown, PageShown, ShowPage, TakeDownHandout
from diemcau.core.ids import HandoutId
from tests.core.machines import Played, quick
from tests.core.samples import NINE, closed, convened, opened

REPORT = HandoutId("report")


def test_every_hall_is_shown_a_page_and_then_another() -> None:
    play = opened()

    assert play.give(ShowPage(handout=REPORT, page=1)) == (PageShown(handout=REPORT, page=1, at=NINE),)
    assert play.give(ShowPage(handout=REPORT, page=10_000)) == (PageShown(handout=REPORT, page=10_000, at=NINE),)
    assert play.now.handouts == Handouts(shown=REPORT, page=10_000)
    assert play.give(ShowPage(handout=REPORT, page=10_000)) == ()
    assert play.give(ShowPage(handout=HandoutId("h" * 200), page=1))


@pytest.mark.parametrize(
    ("handout", "page"), [("report", 0), ("report", -1), ("report", 10_001), (" ", 1), ("h" * 201, 1)]
)
def test_a_page_that_there_cannot_be_is_not_shown(handout: str, page: int) -> None:
    assert opened().refused(ShowPage(handout=HandoutId(handout), page=page)) == ("handouts.page_impossible", {})


def test_a_handout_is_taken_down_once() -> None:
    play = opened()
    play.give(ShowPage(handout=REPORT, page=1))

    assert play.give(TakeDownHandout()) == (HandoutTakenDown(handout=REPORT, at=NINE),)
    assert play.now.handouts == Handouts()
    assert play.refused(TakeDownHandout()) == ("handouts.nothing_shown", {})


def test_pages_are_shown_during_the_conference_and_its_breaks() -> None:
    adjourned = opened()
    adjourned.give(stages.AdjournConference(reason="Giải lao"))

    assert adjourned.give(ShowPage(handout=REPORT, page=1))
    for play in (convened(), closed()):
        assert play.refused(ShowPage(handout=REPORT, page=1))[0] == "stages.wrong_stage"


class HandoutsMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play.give(stages.OpenConference())
        self.expected = Handouts()

    @rule(handout=st.sampled_from(["", "report", "plan"]), page=st.integers(-1, 4))
    def page_is_turned(self, handout: str, page: int) -> None:
        if self.give(ShowPage(handout=HandoutId(handout), page=page)) is not None:
            self.expected = Handouts(shown=HandoutId(handout), page=page)
            assert handout
            assert page >= 1

    @rule()
    def is_taken_down(self) -> None:
        if self.give(TakeDownHandout()) is not None:
            self.expected = Handouts()

    @invariant()
    def every_hall_sees_what_was_shown_last(self) -> None:
        assert self.play.now.handouts == self.expected


TestHandouts = quick(HandoutsMachine)
