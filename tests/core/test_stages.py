from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from diemcau.core import agenda, deputy, entry, floor, handouts, rollcall, stages
from diemcau.core.conference import NEWS, STAGES_OF, Command
from diemcau.core.ids import HandoutId, RequestId
from diemcau.core.stages import (
    AdjournConference,
    CloseConference,
    ConferenceAdjourned,
    ConferenceClosed,
    ConferenceOpened,
    ConferenceResumed,
    ConferenceSealed,
    EndRehearsal,
    OpenConference,
    RehearsalEnded,
    RehearsalStarted,
    ResumeConference,
    SealConference,
    Stage,
    Stages,
    StartRehearsal,
)
from tests.core.machines import Played, quick
from tests.core.samples import HUE, MINUTE, NINE, REPORTS, VINH, closed, convened, opened, sealed

WAYS: dict[Stage, dict[type[stages.Command], Stage]] = {
    Stage.CONVENED: {StartRehearsal: Stage.REHEARSING, OpenConference: Stage.OPEN},
    Stage.REHEARSING: {EndRehearsal: Stage.CONVENED, OpenConference: Stage.OPEN},
    Stage.OPEN: {AdjournConference: Stage.ADJOURNED, CloseConference: Stage.CLOSED},
    Stage.ADJOURNED: {ResumeConference: Stage.OPEN, CloseConference: Stage.CLOSED},
    Stage.CLOSED: {SealConference: Stage.SEALED},
    Stage.SEALED: {},
}
COMMANDS: tuple[stages.Command, ...] = (
    StartRehearsal(),
    EndRehearsal(),
    OpenConference(),
    AdjournConference(reason="Giải lao"),
    ResumeConference(),
    CloseConference(),
    SealConference(),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("stage", Stage)
def test_a_conference_goes_only_the_ways_that_there_are(stage: Stage, command: stages.Command) -> None:
    before = Stages(stage=stage)
    goes_to = WAYS[stage].get(type(command))

    if goes_to is None:
        with pytest.raises(stages.WrongStage) as refusal:
            stages.decide(before, command, NINE, rehearsal=False)
        assert refusal.value.about["stage"] == stage
    else:
        after = before
        for event in stages.decide(before, command, NINE, rehearsal=False):
            after = stages.evolve(after, event)
        assert after.stage is goes_to


def test_a_day_of_a_conference_is_written_down() -> None:
    play = convened()

    assert play.give(StartRehearsal()) == (RehearsalStarted(number=1),)
    assert play.give(EndRehearsal()) == (RehearsalEnded(number=1),)
    assert play.give(StartRehearsal()) == (RehearsalStarted(number=2),)
    assert play.give(OpenConference()) == (RehearsalEnded(number=2), ConferenceOpened(at=NINE))
    assert play.give(AdjournConference(reason=" Giải lao ")) == (ConferenceAdjourned(at=NINE, reason="Giải lao"),)
    assert play.now.stages.adjourned_at == NINE
    assert play.give(ResumeConference()) == (ConferenceResumed(at=NINE),)
    assert play.give(CloseConference()) == (ConferenceClosed(at=NINE),)
    assert play.give(SealConference()) == (ConferenceSealed(at=NINE),)
    assert play.now.stages == Stages(stage=Stage.SEALED, rehearsals=2, opened_at=NINE, closed_at=NINE)


@pytest.mark.parametrize(
    ("reason", "code"),
    [(" ", "reason_missing"), ("g" * 1_001, "reason_too_long")],
    ids=["none", "a book"],
)
def test_an_adjournment_has_a_reason_of_some_words(reason: str, code: str) -> None:
    assert opened().refused(AdjournConference(reason=reason))[0] == code


def test_a_rehearsal_is_not_rehearsed() -> None:
    play = convened(rehearsal=True)

    assert play.refused(StartRehearsal()) == ("stages.rehearsal_in_rehearsal", {})
    assert play.refused(EndRehearsal())[0] == "stages.wrong_stage"
    assert play.give(OpenConference()) == (ConferenceOpened(at=NINE),)


def test_without_the_quorum_that_the_regulations_ask_for_the_conference_is_not_opened() -> None:
    play = convened(quorum_sites=50, quorum_to_open=True)

    assert play.refused(OpenConference()) == ("rollcall.no_quorum", {})


def test_who_opens_an_open_conference_hears_of_the_stage_and_not_of_the_quorum() -> None:
    play = convened(quorum_sites=25, quorum_to_open=True)
    people = play.now.facts.delegates[0]
    play.give(rollcall.OpenRollCall(), rollcall.ReportAttendance(site=people.site, present=(people.person,)))
    play.give(OpenConference(), rollcall.ReportAttendance(site=people.site, present=()))

    assert play.refused(OpenConference())[0] == "stages.wrong_stage"


def test_an_adjournment_ends_the_speech_and_keeps_the_queue_and_the_item() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS), floor.RequestFloor(site=VINH, topic="Kết quả"))
    play.give(floor.GrantFloor(site=HUE))

    happened = play.give(AdjournConference(reason="Giải lao"))

    assert [type(event).__name__ for event in happened] == ["ConferenceAdjourned", "FloorReleased", "SiteCutBack"]
    assert play.now.holder is None
    assert play.now.air.taken is None
    assert play.now.floor.queue == (RequestId("r1"),)
    assert play.now.agenda.current == REPORTS


def test_closing_ends_everything_that_runs_and_what_was_not_called_may_be_written() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS), floor.RequestFloor(site=VINH, topic="Kết quả"), rollcall.OpenRollCall())
    play.give(handouts.ListHandout(handout=HandoutId("report"), title="Báo cáo", pages=9, digest=""))
    play.give(floor.GrantFloor(site=HUE), handouts.ShowPage(handout=HandoutId("report"), page=1))

    happened = play.give(CloseConference())

    assert [type(event).__name__ for event in happened] == [
        "ConferenceClosed",
        "FloorReleased",
        "SiteCutBack",
        "ItemFinished",
        "RollCallClosed",
        "HandoutTakenDown",
        "RequestWritten",
    ]
    assert happened[-1] == floor.RequestWritten(request=RequestId("r1"), site=VINH)
    assert play.now.floor.requests[0].written
    assert play.wind(timedelta(hours=5)) == ()


REVOKING = {entry.RevokePass, entry.RevokeLinks}


@pytest.mark.parametrize("command", [kind for kind in STAGES_OF if kind not in NEWS], ids=lambda kind: kind.__name__)
def test_a_sealed_record_is_only_corrected_and_its_links_revoked(command: type[Command]) -> None:
    assert (Stage.SEALED in STAGES_OF[command]) is (
        command.__name__.startswith("Correct") or command in {type(one) for one in COMMANDS} | REVOKING
    )


def test_a_sealed_record_takes_no_news_of_lines_and_nobody_is_refused_for_it() -> None:
    play = sealed()

    for kind in NEWS:
        news = kind(site=HUE) if "site" in {field.name for field in fields(kind)} else kind()
        assert play.give(news) == ()


def test_the_lease_of_a_chair_that_left_after_the_closing_ends_once() -> None:
    play = closed()
    play.give(deputy.NoteChairGone())

    assert [type(event).__name__ for event in play.wind(MINUTE)] == ["LeaseEnded"]


class StagesMachine(Played):
    @rule(command=st.sampled_from(COMMANDS))
    def goes_on(self, command: stages.Command) -> None:
        before = self.play.now.stages.stage
        happened = self.give(command)
        assert (happened is not None) is (type(command) in WAYS[before])

    @invariant()
    def the_stage_agrees_with_its_times(self) -> None:
        now = self.play.now.stages
        was_open = now.stage not in (Stage.CONVENED, Stage.REHEARSING)
        assert (now.opened_at is not None) is was_open
        assert (now.closed_at is not None) is (now.stage in (Stage.CLOSED, Stage.SEALED))


TestStages = quick(StagesMachine)
