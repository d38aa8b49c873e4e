"""A conference as a whole: every topic at once, played by chance, and the laws that hold between topics."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import (
    agenda,
    conclusions,
    conference,
    deputy,
    entry,
    floor,
    handouts,
    notes,
    onair,
    rollcall,
    sites,
    stages,
)
from diemcau.core.conference import NEWS, Command, next_deadline, replay
from diemcau.core.floor import GrantFloor, RequestState
from diemcau.core.ids import HandoutId, RequestId, SiteId
from diemcau.core.onair import SiteCutBack, SiteTaken
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import AtEnd, Conduct, DeputyTakes, Order
from diemcau.core.roles import Asker, Role, check
from diemcau.core.stages import Stage
from tests.core import commands
from tests.core.machines import Played, quick
from tests.core.samples import (
    HANOI,
    HUE,
    MINUTE,
    NINE,
    REPORTS,
    SECOND,
    SITES,
    VINH,
    Play,
    closed,
    convened,
    facts,
    opened,
    sealed,
)


def test_a_conference_begins_with_its_facts_and_is_the_same_when_told_again() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE))

    assert play.events[0] == stages.ConferenceConvened(facts=facts())
    assert replay(tuple(play.events)) == play.now


def test_a_story_that_does_not_begin_at_the_beginning_is_not_told() -> None:
    with pytest.raises(TypeError, match="begins with ConferenceConvened, not with RollCallOpened"):
        replay((rollcall.RollCallOpened(at=NINE),))


def test_the_next_deadline_is_the_earliest_of_all_topics() -> None:
    play = opened()
    assert next_deadline(play.now) is None

    play.give(GrantFloor(site=HUE))
    assert next_deadline(play.now) == NINE + 6 * MINUTE
    play.give(deputy.NoteChairGone())
    assert next_deadline(play.now) == NINE + 10 * SECOND
    play.give(sites.NoteLineLost(site=HUE))
    assert next_deadline(play.now) == NINE + 2 * SECOND


def test_deadlines_that_come_together_are_all_reached() -> None:
    play = opened(line_grace=10 * SECOND)
    play.give(GrantFloor(site=HUE), sites.NoteLineLost(site=HUE), deputy.NoteChairGone())
    play.at += MINUTE

    happened = play.give(conference.ReachDeadline())

    assert [type(event).__name__ for event in happened] == ["FloorRevoked", "SiteCutBack", "LeaseEnded"]
    assert next_deadline(play.now) is None


def test_a_sealed_record_waits_for_nothing() -> None:
    play = closed()
    play.give(deputy.NoteChairGone(), stages.SealConference())

    assert next_deadline(play.now) is None
    assert play.wind(timedelta(days=1)) == ()


def test_a_sealed_record_takes_no_news() -> None:
    assert sealed().give(sites.NoteLineLost(site=HUE)) == ()


def test_all_that_runs_ends_with_the_conference_in_this_order() -> None:
    play = opened()
    play.give(
        agenda.StartItem(item=REPORTS),
        rollcall.OpenRollCall(),
        handouts.ListHandout(handout=HandoutId("report"), title="Báo cáo", pages=9, digest=""),
        handouts.ShowPage(handout=HandoutId("report"), page=1),
        GrantFloor(site=HUE),
        notes.TakeNote(text="Ý kiến", speech=RequestId("r1")),
    )

    happened = play.give(stages.CloseConference())

    assert happened == (
        stages.ConferenceClosed(at=NINE),
        floor.FloorReleased(request=RequestId("r1"), site=HUE, at=NINE),
        SiteCutBack(site=HUE, at=NINE),
        agenda.ItemFinished(item=REPORTS, at=NINE),
        rollcall.RollCallClosed(at=NINE),
        handouts.HandoutTakenDown(handout=HandoutId("report"), at=NINE),
    )


def test_a_note_is_taken_only_of_a_speech_that_there_is() -> None:
    assert opened().refused(notes.TakeNote(text="Ý kiến", speech=RequestId("r1")))[0] == "floor.request_unknown"


def test_a_lost_line_ends_the_speech_exactly_when_its_grace_is_over() -> None:
    play = opened()
    play.give(GrantFloor(site=HUE), sites.NoteLineLost(site=HUE))
    play.at += MINUTE - SECOND
    assert play.give(conference.ReachDeadline()) == (onair.MainCutIn(site=HUE, at=play.at),)
    play.at += SECOND

    assert len(play.give(conference.ReachDeadline())) == 2


def test_a_hall_whose_line_is_lost_and_every_hall_after_the_closing_is_not_ready() -> None:
    play = opened()
    play.give(onair.ConfirmReady(site=HUE), onair.ConfirmReady(site=VINH), sites.NoteLineLost(site=HUE))
    assert play.now.air.ready == {VINH}

    play.give(stages.CloseConference())

    assert play.now.air.ready == frozenset()


def test_a_rehearsal_is_played_like_a_conference() -> None:
    play = convened(rehearsal=True)

    play.give(stages.OpenConference(), GrantFloor(site=HUE), stages.CloseConference(), stages.SealConference())

    assert play.now.stages.stage is Stage.SEALED


@given(command=st.one_of(commands.EVERY, commands.STAGES), start=st.sampled_from([convened, opened, closed, sealed]))
def test_a_command_is_refused_or_leads_to_events_that_can_be_told_again(
    command: Command, start: Callable[[], Play]
) -> None:
    play = start()
    before = repr(play.now)

    try:
        happened = conference.decide(play.now, command, play.at)
    except Refusal:
        happened = ()

    assert repr(play.now) == before
    assert isinstance(replay((*play.events, *happened)), conference.Conference)


class ConferenceMachine(Played):
    @initialize(
        order=st.sampled_from(Order),
        needs=st.booleans(),
        at_end=st.sampled_from(AtEnd),
        takes=st.sampled_from(DeputyTakes),
        conduct=st.sampled_from(Conduct),
        up=st.sets(st.sampled_from(SITES)),
        quorum=st.sampled_from([0, 0, 25]),
    )
    def is_convened(
        self,
        *,
        order: Order,
        needs: bool,
        at_end: AtEnd,
        takes: DeputyTakes,
        conduct: Conduct,
        up: set[SiteId],
        quorum: int,
    ) -> None:
        warnings = (MINUTE, 30 * SECOND, 10 * MINUTE)
        rules = {"order": order, "needs_acceptance": needs, "at_end": at_end, "deputy_takes": takes}
        more = {"conduct": conduct, "warnings": warnings, "quorum_sites": quorum, "quorum_to_open": True}
        self.play = Play(facts(**rules, **more))  # type: ignore[arg-type] # regulations by name
        self.play.give(*(sites.NoteLineUp(site=site) for site in sorted(up)))
        if quorum == 0:
            self.play.give(stages.OpenConference())

    @rule(command=commands.EVERY, role=st.sampled_from(Role), site=st.sampled_from(SITES))
    def somebody_gives_a_command(self, command: Command, role: Role, site: SiteId) -> None:
        asker = Asker(role=role, site=site if role is Role.SITE else None)
        try:
            check(asker, command, self.play.now.presidency.presiding)
        except Refusal:
            return
        assert role is not Role.RELAY
        assert isinstance(command, entry.Command) or (role is Role.SYSTEM) is isinstance(command, NEWS)
        self.give(command)

    @rule(command=commands.EVERY)
    def whoever_may_gives_a_command(self, command: Command) -> None:
        self.give(command)

    @rule(command=commands.STAGES, chance=st.integers(0, 3))
    def the_stage_changes(self, command: stages.Command, chance: int) -> None:
        ends = isinstance(command, stages.CloseConference | stages.SealConference)
        if not ends or chance == 0:
            self.give(command)

    @invariant()
    def nobody_but_the_main_site_and_the_holder_is_on_air(self) -> None:
        now = self.play.now
        assert now.air.taken in (None, now.holder)
        assert now.air.taken != HANOI

    @invariant()
    def somebody_speaks_only_while_the_conference_is_open(self) -> None:
        assert self.play.now.holder is None or self.play.now.stages.stage is Stage.OPEN

    @invariant()
    def every_hall_is_shown_a_site_only_while_it_has_the_floor(self) -> None:
        holder: SiteId | None = None
        taken: SiteId | None = None
        for event in self.play.events:
            match event:
                case floor.FloorGranted(site=site):
                    holder = site
                case floor.FloorReleased() | floor.FloorRevoked():
                    holder = None
                case SiteTaken(site=site):
                    assert site == holder
                    taken = site
                case onair.TakeUndone(taken=back):
                    assert back in (None, holder)
                    taken = back
                case SiteCutBack():
                    taken = None
                case _:
                    # Between the end of a speech and the cut nothing else happens.
                    assert taken in (None, holder)

    @invariant()
    def the_queue_holds_exactly_the_accepted_requests(self) -> None:
        now = self.play.now.floor
        accepted = sorted(one.request for one in now.requests if one.state is RequestState.ACCEPTED)
        assert sorted(now.queue) == accepted

    @invariant()
    def the_chair_and_the_deputy_never_preside_together(self) -> None:
        presiding = self.play.now.presidency.presiding
        for kind in (GrantFloor(site=HUE), stages.CloseConference()):
            refused = []
            for role in (Role.CHAIR, Role.DEPUTY):
                try:
                    check(Asker(role=role), kind, presiding)
                except Refusal:
                    refused.append(role)
            assert len(refused) == 1

    @invariant()
    def a_sealed_record_is_only_corrected_and_its_links_revoked(self) -> None:
        kinds = [type(event) for event in self.play.events]
        if stages.ConferenceSealed in kinds:
            after = kinds[kinds.index(stages.ConferenceSealed) + 1 :]
            assert all(kind.__name__.endswith(("Corrected", "Revoked")) for kind in after)

    @invariant()
    def an_adopted_conclusion_is_frozen(self) -> None:
        adopted = [event for event in self.play.events if isinstance(event, conclusions.ConclusionAdopted)]
        assert len(adopted) <= 1
        if adopted:
            assert self.play.now.conclusion.items == adopted[0].items

    @invariant()
    def no_conference_is_open_without_the_quorum_that_is_asked_for(self) -> None:
        was_open = self.play.now.stages.opened_at is not None
        rules = self.play.now.facts.regulations
        assert (
            not was_open
            or rules.quorum_sites == 0
            or any(
                isinstance(event, rollcall.AttendanceReported | rollcall.AttendanceCorrected)
                for event in self.play.events
            )
        )


TestConference = quick(ConferenceMachine, examples=100, steps=40)
