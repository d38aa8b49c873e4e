from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import conference, floor
from diemcau.core.deputy import (
    ChairBack,
    ChairGone,
    ChairReturned,
    Command,
    DeputyPresided,
    LeaseEnded,
    NoteChairBack,
    NoteChairGone,
    Preside,
    Presidency,
    Presiding,
    ReturnToChair,
)
from diemcau.core.ids import PersonId
from diemcau.core.regulations import DeputyTakes
from tests.core.machines import Played, quick
from tests.core.samples import HUE, MINUTE, NINE, SECOND, VINH, Play, facts, opened, sealed

LEASE = 10 * SECOND


def left() -> Play:
    """Return a conference whose chair has gone, so that its deputy may preside."""
    play = opened()
    play.give(NoteChairGone())
    play.wind(LEASE)
    return play


def test_when_the_last_desk_of_the_chair_is_gone_the_lease_ends_and_the_deputy_is_offered_to_preside() -> None:
    play = opened()

    assert play.give(NoteChairGone()) == (ChairGone(at=NINE, until=NINE + LEASE),)
    assert play.wind(LEASE - SECOND) == ()
    assert play.wind(SECOND) == (LeaseEnded(at=NINE + LEASE),)
    assert play.now.presidency == Presidency(offered=True)
    assert play.give(Preside()) == (DeputyPresided(at=NINE + LEASE),)
    assert play.now.presidency == Presidency(presiding=Presiding.DEPUTY)


def test_a_chair_that_comes_back_in_time_goes_on() -> None:
    play = opened()
    play.give(NoteChairGone())
    play.wind(LEASE - SECOND)

    assert play.give(NoteChairBack()) == (ChairBack(at=play.at),)

    assert play.wind(MINUTE) == ()
    assert play.refused(Preside()) == ("deputy.chair_presides", {})


def test_a_chair_that_comes_back_before_anybody_took_over_goes_on() -> None:
    play = left()

    assert play.give(NoteChairBack()) == (ChairBack(at=play.at),)

    assert play.now.presidency == Presidency()
    assert play.refused(ReturnToChair()) == ("deputy.chair_presides", {})
    assert play.refused(Preside()) == ("deputy.chair_presides", {})


def test_while_the_deputy_presides_the_chair_returns_only_by_a_press() -> None:
    play = left()
    play.give(Preside())

    assert play.give(NoteChairBack()) == ()
    assert play.now.presidency.presiding is Presiding.DEPUTY
    assert play.give(ReturnToChair()) == (ChairReturned(at=play.at),)
    assert play.now.presidency == Presidency()
    assert play.give(NoteChairGone()) == (ChairGone(at=play.at, until=play.at + LEASE),)


def test_a_deputy_who_presides_does_not_preside_once_more() -> None:
    play = left()
    play.give(Preside())

    assert play.refused(Preside()) == ("deputy.presides_already", {})
    assert play.give(NoteChairGone()) == ()


def test_the_chair_that_is_gone_is_not_noted_twice() -> None:
    play = opened()
    play.give(NoteChairGone())
    play.wind(SECOND)

    assert play.give(NoteChairGone()) == ()
    play.wind(LEASE)
    assert play.give(NoteChairGone()) == ()
    assert opened().give(NoteChairBack()) == ()


def test_the_deputy_does_not_preside_before_the_lease_has_ended() -> None:
    play = opened()
    play.give(NoteChairGone())

    assert play.refused(Preside()) == ("deputy.chair_presides", {})


def test_where_the_regulations_say_so_the_deputy_presides_by_itself() -> None:
    play = opened(deputy_takes=DeputyTakes.BY_ITSELF)
    play.give(NoteChairGone())

    assert play.wind(LEASE) == (LeaseEnded(at=NINE + LEASE), DeputyPresided(at=NINE + LEASE))


def test_an_alarm_that_comes_too_early_ends_no_lease() -> None:
    play = opened()
    play.give(NoteChairGone())
    play.at += LEASE - SECOND

    assert play.give(conference.ReachDeadline()) == ()


def test_without_a_deputy_the_conference_waits_for_the_chair() -> None:
    play = opened(deputy=None, deputy_takes=DeputyTakes.BY_ITSELF)
    play.give(NoteChairGone())

    assert play.wind(MINUTE) == (LeaseEnded(at=NINE + LEASE),)
    assert play.refused(Preside()) == ("deputy.no_deputy", {})
    assert play.give(NoteChairBack())


def test_the_speaker_stays_on_air_and_the_queue_is_kept() -> None:
    play = opened()
    play.give(floor.RequestFloor(site=VINH, topic="Ý kiến"), floor.GrantFloor(site=HUE), NoteChairGone())
    air, queue = play.now.air, play.now.floor

    play.wind(LEASE)
    play.give(Preside())

    assert (play.now.air, play.now.floor) == (air, queue)


def test_nobody_presides_over_a_sealed_record() -> None:
    assert sealed().refused(Preside())[0] == "stages.wrong_stage"
    assert sealed().refused(ReturnToChair())[0] == "stages.wrong_stage"


class DeputyMachine(Played):
    @initialize(takes=st.sampled_from(DeputyTakes), deputy=st.sampled_from([None, PersonId("hanoi-2")]))
    def begins(self, takes: DeputyTakes, deputy: PersonId | None) -> None:
        self.play = Play(facts(deputy_takes=takes, deputy=deputy))

    @rule(command=st.sampled_from([NoteChairGone(), NoteChairBack(), Preside(), ReturnToChair()]))
    def somebody_acts(self, command: Command) -> None:
        before = self.play.now.presidency
        happened = self.give(command)
        if isinstance(command, Preside):
            assert (happened is not None) is (before.offered and self.play.now.facts.deputy is not None)

    @invariant()
    def a_deputy_presides_only_after_the_lease_has_ended(self) -> None:
        offered = False
        for event in self.play.events:
            match event:
                case LeaseEnded():
                    offered = True
                case ChairBack() | ChairReturned():
                    offered = False
                case DeputyPresided():
                    assert offered
                    assert self.play.now.facts.deputy is not None
                case _:
                    pass

    @invariant()
    def the_lease_ends_in_time(self) -> None:
        until = self.play.now.presidency.lease_until
        assert until is None or until - self.play.at <= LEASE
        gone = {event.until - event.at for event in self.play.events if isinstance(event, ChairGone)}
        assert gone <= {timedelta(seconds=10)}

    @invariant()
    def a_lease_runs_only_while_the_chair_presides(self) -> None:
        now = self.play.now.presidency
        if now.presiding is Presiding.DEPUTY:
            assert (now.lease_until, now.offered) == (None, False)
        assert now.lease_until is None or not now.offered


TestDeputy = quick(DeputyMachine)
