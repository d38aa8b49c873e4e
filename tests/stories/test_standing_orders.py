"""Stories that the rules alone tell: no desk, no journal, no media, a clock that is wound by hand."""

from datetime import timedelta

import pytest

from diemcau.core import (
    agenda,
    conclusions,
    conference,
    deputy,
    floor,
    notes,
    onair,
    rollcall,
    sites,
    stages,
    tasks,
)
from diemcau.core.convening import ExpectedCount, Facts, Horizon, ItemKind
from diemcau.core.ids import RequestId
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import AtEnd, Conduct, Order
from diemcau.core.roles import Asker, Role, check
from diemcau.core.stages import Stage
from tests.core.samples import (
    CHAIR_PERSON,
    DALAT,
    DISCUSSION,
    HANOI,
    HUE,
    MINUTE,
    SECOND,
    SITES,
    UNITS,
    VINH,
    Play,
    facts,
    opened,
    people_of,
)


def prepared(*, of: Facts) -> Play:
    """Return a conference whose halls are connected and have reported, and which was opened."""
    play = Play(of)
    play.give(*(sites.NoteLineUp(site=site) for site in SITES), rollcall.OpenRollCall())
    play.give(*(rollcall.ReportAttendance(site=site, present=people_of(site)) for site in SITES))
    play.give(rollcall.CloseRollCall(), stages.OpenConference(), agenda.StartItem(item=DISCUSSION))
    return play


def test_a_day_from_the_roll_call_to_the_seal() -> None:
    play = prepared(of=facts(quorum_sites=100, quorum_to_open=True))

    play.give(*(floor.RequestFloor(site=site, topic="Kết quả công tác") for site in (HUE, VINH, DALAT)))
    for site in (HUE, VINH):
        play.give(floor.GrantFloor(site=site))
        assert play.now.air.taken == site
        play.wind(5 * MINUTE)
        play.give(floor.ReleaseFloor(site=site), notes.TakeNote(text="Đã phát biểu"))
    play.give(
        conclusions.DeclareCounts(counts=(ExpectedCount(kind=ItemKind.TASK, horizon=Horizon.YEAR, count=1),)),
        conclusions.DraftItem(kind=ItemKind.TASK, horizon=Horizon.YEAR, text="Nhiệm vụ mẫu", units=UNITS[1:]),
        conclusions.ReadOutConclusion(),
    )
    adopted = play.give(conclusions.AdoptConclusion())[0]
    play.give(stages.CloseConference(), stages.SealConference())

    assert isinstance(adopted, conclusions.ConclusionAdopted)
    assert [task.unit for task in tasks.implied(adopted, play.now.facts)] == list(UNITS[1:])
    spoke = [(one.site, one.written) for one in play.now.floor.requests]
    assert spoke == [(HUE, False), (VINH, False), (DALAT, True)]
    assert conference.replay(tuple(play.events)) == play.now
    assert play.now.stages.stage is Stage.SEALED


def test_the_chair_loses_its_line_while_a_site_speaks_and_the_deputy_calls_the_next() -> None:
    play = prepared(of=facts())
    play.give(floor.RequestFloor(site=VINH, topic="Ý kiến"), floor.GrantFloor(site=HUE))
    chair, second = Asker(role=Role.CHAIR), Asker(role=Role.DEPUTY)

    play.give(deputy.NoteChairGone(), sites.NoteLineLost(site=HANOI))
    play.wind(10 * SECOND)
    assert (play.now.holder, play.now.air.taken) == (HUE, HUE)
    check(second, deputy.Preside(), play.now.presidency.presiding)
    play.give(deputy.Preside())
    check(second, floor.GrantFloor(site=VINH), play.now.presidency.presiding)
    play.give(floor.GrantFloor(site=VINH))
    assert play.now.air.taken == VINH

    play.give(deputy.NoteChairBack())
    with pytest.raises(Refusal):
        check(chair, floor.RevokeFloor(reason="Hết giờ"), play.now.presidency.presiding)
    play.give(deputy.ReturnToChair())
    check(chair, floor.RevokeFloor(reason="Hết giờ"), play.now.presidency.presiding)
    with pytest.raises(Refusal):
        check(second, floor.RevokeFloor(reason="Hết giờ"), play.now.presidency.presiding)


def test_a_speaker_who_never_stops_is_cut_and_a_hall_whose_line_breaks_makes_room() -> None:
    play = prepared(of=facts(at_end=AtEnd.CUT, order=Order.AS_REGISTERED))
    play.give(*(floor.RequestFloor(site=site, topic="Ý kiến") for site in (HUE, VINH)))

    play.give(floor.GrantFloor(site=HUE))
    play.wind(timedelta(hours=1))
    play.give(floor.GrantFloor(site=VINH))
    play.wind(MINUTE)
    play.give(sites.NoteLineLost(site=VINH))
    play.wind(timedelta(hours=1))

    ends = [(event.site, event.reason) for event in play.events if isinstance(event, floor.FloorRevoked)]
    assert ends == [(HUE, "time"), (VINH, "line")]
    assert (play.now.holder, play.now.air.taken) == (None, None)


def test_the_operator_conducts_by_hand() -> None:
    play = prepared(of=facts(conduct=Conduct.MANUAL))

    play.give(onair.ConfirmReady(site=HUE), onair.PreviewSite(site=HUE), floor.GrantFloor(site=HUE))
    assert onair.state_of(play.now.air, HUE) is onair.AirState.PREVIEW
    play.give(onair.TakeSite(site=HUE))
    play.give(floor.GrantFloor(site=VINH))

    assert onair.state_of(play.now.air, HUE) is onair.AirState.OFF
    assert onair.state_of(play.now.air, VINH) is onair.AirState.OFF


def test_a_break_in_the_middle_of_a_speech_keeps_who_waits() -> None:
    play = prepared(of=facts())
    play.give(floor.RequestFloor(site=VINH, topic="Ý kiến"), floor.GrantFloor(site=HUE))

    play.give(stages.AdjournConference(reason="Giải lao"))
    play.wind(20 * MINUTE)
    play.give(stages.ResumeConference())
    happened = play.give(floor.GrantFloor(site=VINH))

    assert isinstance(happened[0], floor.FloorGranted)
    assert play.now.air.taken == VINH


def test_what_was_written_wrongly_is_corrected_after_the_seal_and_nothing_else_is() -> None:
    play = prepared(of=facts())
    play.give(floor.GrantFloor(site=HUE), notes.TakeNote(text="Sai", speech=RequestId("r1")))
    play.wind(MINUTE)
    play.give(stages.CloseConference(), stages.SealConference())
    why = "Ghi nhầm"

    play.give(
        rollcall.CorrectAttendance(site=VINH, present=(), reason=why, author=CHAIR_PERSON),
        notes.CorrectNote(note=play.now.notes.notes[0].note, text="Đúng", reason=why, author=CHAIR_PERSON),
        floor.CorrectSpeech(
            request=RequestId("r1"), granted_at=play.at - MINUTE, ended_at=play.at, reason=why, author=CHAIR_PERSON
        ),
    )

    assert rollcall.delegates_present(play.now.roll) == 6
    assert play.now.notes.notes[0].text == "Đúng"
    for command in (notes.TakeNote(text="Thêm"), floor.GrantFloor(site=HUE), rollcall.OpenRollCall()):
        assert play.refused(command)[0] == "stages.wrong_stage"


def test_two_conferences_share_nothing() -> None:
    one, other = opened(), opened()
    before = other.now

    one.give(floor.GrantFloor(site=HUE), stages.CloseConference())

    assert other.now == before


def test_the_operator_takes_too_early_goes_back_and_the_line_of_the_speaker_comes_and_goes() -> None:
    play = prepared(of=facts(conduct=Conduct.MANUAL))
    play.give(onair.ChooseGallery(sites=(VINH, DALAT)), onair.ChooseLayout(layout=onair.Layout.GALLERY))
    play.give(floor.GrantFloor(site=HUE), onair.TakeSite(site=HUE), onair.UndoTake())
    assert (play.now.holder, play.now.air.taken, play.now.air.layout) == (HUE, None, onair.Layout.GALLERY)

    play.give(onair.TakeSite(site=HUE), onair.PinLowerThird(site=HUE), sites.NoteLineLost(site=HUE))
    play.wind(30 * SECOND)
    assert (play.now.holder, play.now.air.cut_in) == (HUE, True)
    play.give(sites.NoteLineUp(site=HUE), onair.FreezeProgram(), onair.ShowSlate(text="Xin chờ ít phút"))
    assert (play.now.air.taken, play.now.air.cut_in, play.now.air.lower_third) == (HUE, False, HUE)

    play.give(stages.AdjournConference(reason="Sự cố kỹ thuật"), stages.ResumeConference())
    air = play.now.air
    assert (air.taken, air.frozen, air.slate, air.lower_third) == (None, False, None, None)
    assert air.gallery == (VINH, DALAT)
    assert conference.replay(tuple(play.events)) == play.now
