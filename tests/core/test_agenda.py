from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.agenda import FinishItem, ItemFinished, ItemStarted, ItemTimes, StartItem
from diemcau.core.ids import AgendaId
from tests.core.machines import Played, quick
from tests.core.samples import DISCUSSION, MINUTE, NINE, REPORTS, closed, convened, opened


def test_an_item_begins_and_ends() -> None:
    play = opened()

    assert play.give(StartItem(item=REPORTS)) == (ItemStarted(item=REPORTS, at=NINE),)
    play.wind(MINUTE)
    assert play.give(FinishItem()) == (ItemFinished(item=REPORTS, at=NINE + MINUTE),)
    assert play.now.agenda.current is None
    assert play.now.agenda.times == (ItemTimes(item=REPORTS, started_at=NINE, finished_at=NINE + MINUTE),)


def test_going_to_another_item_finishes_the_one_before() -> None:
    play = opened()
    play.give(StartItem(item=REPORTS))

    happened = play.give(StartItem(item=DISCUSSION))

    assert happened == (ItemFinished(item=REPORTS, at=NINE), ItemStarted(item=DISCUSSION, at=NINE))


def test_an_item_may_be_gone_back_to_and_both_times_are_kept() -> None:
    play = opened()
    play.give(StartItem(item=REPORTS), StartItem(item=DISCUSSION))
    play.wind(MINUTE)
    play.give(StartItem(item=REPORTS))
    play.wind(MINUTE)

    play.give(FinishItem())

    assert play.now.agenda.times == (
        ItemTimes(item=REPORTS, started_at=NINE, finished_at=NINE),
        ItemTimes(item=DISCUSSION, started_at=NINE, finished_at=NINE + MINUTE),
        ItemTimes(item=REPORTS, started_at=NINE + MINUTE, finished_at=NINE + 2 * MINUTE),
    )


def test_an_item_that_is_not_planned_or_is_running_is_refused() -> None:
    play = opened()
    play.give(StartItem(item=REPORTS))

    assert play.refused(StartItem(item=AgendaId("lunch"))) == ("agenda.item_unknown", {"item": "lunch"})
    assert play.refused(StartItem(item=REPORTS)) == ("agenda.item_running", {"item": REPORTS})


def test_nothing_is_finished_when_nothing_runs() -> None:
    assert opened().refused(FinishItem()) == ("agenda.no_item_running", {})


def test_the_agenda_goes_on_only_while_the_conference_is_open() -> None:
    adjourned = opened()
    adjourned.give(stages.AdjournConference(reason="Giải lao"))

    for play in (convened(), adjourned, closed()):
        assert play.refused(StartItem(item=REPORTS))[0] == "stages.wrong_stage"
        assert play.refused(FinishItem())[0] == "stages.wrong_stage"


class AgendaMachine(Played):
    @initialize()
    def opens(self) -> None:
        self.play.give(stages.OpenConference())

    @rule(item=st.sampled_from([REPORTS, DISCUSSION, AgendaId("lunch")]))
    def goes_to(self, item: AgendaId) -> None:
        possible = item not in ("lunch", self.play.now.agenda.current)
        assert (self.give(StartItem(item=item)) is not None) is possible

    @rule()
    def finishes(self) -> None:
        running = self.play.now.agenda.current is not None
        assert (self.give(FinishItem()) is not None) is running

    @rule()
    def pauses(self) -> None:
        self.play.give(stages.AdjournConference(reason="Giải lao"), stages.ResumeConference())

    @invariant()
    def only_the_item_being_dealt_with_has_no_end(self) -> None:
        now = self.play.now.agenda
        unfinished = [one.item for one in now.times if one.finished_at is None]
        assert unfinished == ([] if now.current is None else [now.current])

    @invariant()
    def no_two_items_are_dealt_with_at_once(self) -> None:
        times = self.play.now.agenda.times
        for before, after in pairwise(times):
            assert before.finished_at is not None
            assert before.started_at <= before.finished_at <= after.started_at


TestAgenda = quick(AgendaMachine)
