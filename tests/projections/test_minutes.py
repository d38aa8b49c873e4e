from dataclasses import replace

import pytest

from diemcau.core import agenda, conclusions, deputy, floor, notes, onair, rollcall, stages
from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.floor import Lane
from diemcau.core.ids import StreamId
from diemcau.core.rollcall import Headcount
from diemcau.journal.record import Seal
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import (
    ADOPTED,
    CLOSED,
    FACTS,
    OPENED,
    AttendanceCorrection,
    Break,
    DeputyTime,
    NoteCorrection,
    SpeechCorrection,
    agenda_times,
    attendance,
    by_category,
    conclusion,
    general_notes,
    sources_of,
    speeches,
    written_statements,
)
from tests.core.samples import (
    CHAIR_PERSON,
    DALAT,
    DISCUSSION,
    HANOI,
    HUE,
    MINUTE,
    NINE,
    REPORTS,
    SITES,
    UNITS,
    VINH,
    Play,
    convened,
    facts,
    opened,
    people_of,
)
from tests.projections.told import STREAM, records_of, told


def position_of(play: Play, kind: type) -> int:
    """Return where the last event of a class stands."""
    return max(record.position for record in records_of(play) if isinstance(record.event, kind))


def test_nothing_is_told_before_the_conference_is_convened() -> None:
    assert proceedings_of([]) is None
    assert proceedings_of(records_of(opened())[1:]) is None


def test_a_rehearsal_never_enters() -> None:
    play = Play(facts(rehearsal=True))
    play.give(stages.OpenConference())

    assert proceedings_of(records_of(play)) is None


def test_records_of_another_conference_change_nothing() -> None:
    mine, other = records_of(convened()), records_of(opened(), StreamId("conference:other"), first=90)

    assert proceedings_of([*mine, *other]) == proceedings_of(mine)


def test_an_event_that_is_not_the_conferences_changes_nothing() -> None:
    records = records_of(convened())
    strange = replace(records[0], event="something else", position=99, version=2)

    assert proceedings_of([*records, strange]) == proceedings_of(records)


def test_a_seal_is_kept_when_it_is_given() -> None:
    seal = Seal(stream=STREAM, version=1, hash="00", at=NINE, key_id="k", public_key="", signature="")
    found = proceedings_of(records_of(convened()), seal=seal)

    assert found is not None
    assert found.seal == seal


def test_opening_and_closing_are_followed_back_to_their_events() -> None:
    play = opened()
    play.give(stages.CloseConference())

    found = told(play)

    assert sources_of(found, FACTS) == (11,)
    assert sources_of(found, OPENED) == (position_of(play, stages.ConferenceOpened),)
    assert sources_of(found, CLOSED) == (position_of(play, stages.ConferenceClosed),)


def test_a_break_has_a_reason_and_both_its_times() -> None:
    play = opened()
    play.give(stages.AdjournConference(reason="coffee"))
    play.wind(15 * MINUTE)
    play.give(stages.ResumeConference())
    play.wind(MINUTE)
    play.give(stages.AdjournConference(reason="lunch"))
    places = [
        record.position
        for record in records_of(play)
        if isinstance(record.event, stages.ConferenceAdjourned | stages.ConferenceResumed)
    ]

    breaks = told(play).breaks

    assert breaks == (
        Break(since=NINE, until=NINE + 15 * MINUTE, reason="coffee", sources=tuple(places[:2])),
        Break(since=NINE + 16 * MINUTE, reason="lunch", sources=(places[2],)),
    )


def test_the_time_in_which_the_deputy_presided_is_told() -> None:
    play = opened()
    play.give(deputy.NoteChairGone())
    play.wind(MINUTE)
    play.give(deputy.Preside())
    play.wind(MINUTE)
    play.give(deputy.ReturnToChair())
    places = (position_of(play, deputy.DeputyPresided), position_of(play, deputy.ChairReturned))

    assert told(play).deputy_times == (DeputyTime(since=NINE + MINUTE, until=NINE + 2 * MINUTE, sources=places),)


def test_attendance_is_told_site_by_site_from_the_main_site_on() -> None:
    play = convened()
    play.give(
        rollcall.OpenRollCall(),
        rollcall.ReportAttendance(site=HUE, present=people_of(HUE), guests=(Headcount(category="guest", count=3),)),
        rollcall.MarkSiteAbsent(site=VINH, reason="storm"),
    )

    halls = attendance(told(play))

    assert [one.site.site for one in halls] == list(SITES)
    hanoi, hue, vinh, _ = halls
    assert (hanoi.reported, hanoi.absent, hanoi.people) == (False, False, 0)
    assert (hue.reported, hue.present, hue.guest_count, hue.people) == (True, people_of(HUE), 3, 5)
    assert (vinh.reported, vinh.absent, vinh.reason) == (False, True, "storm")
    assert hue.sources == (11, position_of(play, rollcall.AttendanceReported))


def test_a_site_that_comes_after_all_is_absent_no_more() -> None:
    play = convened()
    play.give(
        rollcall.OpenRollCall(),
        rollcall.MarkSiteAbsent(site=VINH, reason="storm"),
        rollcall.ReportAttendance(site=VINH, present=people_of(VINH)[:1]),
    )

    vinh = next(one for one in attendance(told(play)) if one.site.site == VINH)

    assert (vinh.absent, vinh.reason, vinh.people) == (False, "", 1)


def test_people_are_counted_by_category_in_the_order_of_the_invitation() -> None:
    play = convened()
    play.give(
        rollcall.OpenRollCall(),
        rollcall.ReportAttendance(site=HUE, present=people_of(HUE), guests=(Headcount(category="guest", count=3),)),
        rollcall.ReportAttendance(site=VINH, present=people_of(VINH)[:1]),
    )

    assert by_category(told(play)) == (
        Headcount(category="head", count=2),
        Headcount(category="specialist", count=1),
        Headcount(category="guest", count=3),
    )


def test_a_speech_is_told_with_all_its_times_its_notes_and_where_they_stand() -> None:
    play = opened()
    (asked,) = play.give(floor.RequestFloor(site=HUE, topic="Roads", speaker=people_of(HUE)[0]))[:1]
    assert isinstance(asked, floor.FloorRequested)
    play.wind(MINUTE)
    play.give(floor.GrantFloor(site=HUE), notes.TakeNote(text="Said it", speech=asked.request))
    play.wind(5 * MINUTE)
    play.give(floor.ReleaseFloor(site=HUE))

    (speech,) = speeches(told(play))

    assert (speech.number, speech.site, speech.speaker, speech.topic) == (1, HUE, people_of(HUE)[0], "Roads")
    assert (speech.requested_at, speech.granted_at, speech.on_air_at) == (NINE, NINE + MINUTE, NINE + MINUTE)
    assert (speech.ended_at, speech.duration, speech.turn) == (NINE + 6 * MINUTE, 5 * MINUTE, 1)
    assert [one.text for one in speech.notes] == ["Said it"]
    wanted = (floor.FloorRequested, floor.FloorGranted, onair.SiteTaken, notes.NoteTaken, floor.FloorReleased)
    assert speech.sources == tuple(sorted(position_of(play, kind) for kind in wanted))


def test_a_speech_that_goes_on_has_no_end_and_no_length() -> None:
    play = opened()
    play.give(floor.GrantFloor(site=HUE))

    (speech,) = speeches(told(play))

    assert (speech.ended_at, speech.duration, speech.revoked) == (None, None, None)


def test_a_site_that_is_taken_to_the_air_again_keeps_its_first_time() -> None:
    play = opened()
    play.give(floor.GrantFloor(site=HUE))
    play.wind(MINUTE)
    play.give(onair.CutBack(), onair.TakeSite(site=HUE))

    (speech,) = speeches(told(play))

    assert speech.on_air_at == NINE


def test_a_speech_that_was_ended_says_why() -> None:
    play = opened()
    play.give(floor.GrantFloor(site=HUE), floor.RevokeFloor(reason="off topic"))

    (speech,) = speeches(told(play))

    assert speech.revoked == "off topic"


def test_responses_are_numbered_apart_from_speeches() -> None:
    play = opened()
    for site, lane in ((HUE, Lane.SPEECH), (VINH, Lane.RESPONSE)):
        play.give(
            floor.RequestFloor(site=site, topic="Roads", lane=lane),
            floor.GrantFloor(site=site),
            floor.ReleaseFloor(site=site),
        )
        play.wind(MINUTE)

    found = told(play)

    assert [(one.number, one.site) for one in speeches(found)] == [(1, HUE)]
    assert [(one.number, one.site) for one in speeches(found, Lane.RESPONSE)] == [(1, VINH)]


def test_requests_that_were_never_called_become_written_statements() -> None:
    play = opened()
    play.give(
        floor.RequestFloor(site=HUE, topic="Roads"),
        floor.RequestFloor(site=VINH, topic="Bridges"),
        floor.GrantFloor(site=HUE),
        stages.CloseConference(),
    )

    (statement,) = written_statements(told(play))

    assert (statement.number, statement.site, statement.topic) == (1, VINH, "Bridges")
    assert statement.sources[-1] == position_of(play, floor.RequestWritten)


def test_notes_on_no_speech_are_general() -> None:
    play = opened()
    play.give(notes.TakeNote(text="The lights went out."))

    assert [one.text for one in general_notes(told(play))] == ["The lights went out."]


def test_items_are_numbered_within_their_kind_and_horizon() -> None:
    play = opened()
    for kind, horizon in (
        (ItemKind.TASK, Horizon.YEAR),
        (ItemKind.LESSON, None),
        (ItemKind.TASK, Horizon.TERM),
        (ItemKind.TASK, Horizon.YEAR),
    ):
        play.give(conclusions.DraftItem(kind=kind, horizon=horizon, text=f"{kind} {horizon}", units=UNITS[:1]))
    before = conclusion(told(play))
    play.give(conclusions.ReadOutConclusion(), conclusions.AdoptConclusion())

    lists = conclusion(told(play))

    assert before == ()
    assert [(one.name, [item.number for item in one.items]) for one in lists] == [
        ("lesson", [1]),
        ("term_task", [1]),
        ("year_task", [1, 2]),
    ]
    assert lists[0].sources == sources_of(told(play), ADOPTED) == (position_of(play, conclusions.ConclusionAdopted),)
    assert told(play).adopted_at == NINE


def test_the_agenda_is_told_with_every_beginning_and_the_items_never_reached() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS), agenda.FinishItem(), agenda.StartItem(item=REPORTS))

    rows = agenda_times(told(play))

    assert [(one.planned.item, one.times is not None) for one in rows] == [
        (REPORTS, True),
        (REPORTS, True),
        (DISCUSSION, False),
    ]


def test_corrections_tell_what_stood_before_and_after_with_reason_and_author() -> None:
    play = opened()
    play.give(rollcall.OpenRollCall(), rollcall.ReportAttendance(site=HUE, present=people_of(HUE)))
    (granted, *_) = play.give(floor.GrantFloor(site=HUE))
    assert isinstance(granted, floor.FloorRequested | floor.FloorGranted)
    play.wind(MINUTE)
    play.give(floor.ReleaseFloor(site=HUE), notes.TakeNote(text="Wrong"), stages.CloseConference())
    play.give(
        rollcall.CorrectAttendance(site=HUE, present=people_of(HUE)[:1], reason="left early", author=CHAIR_PERSON),
        rollcall.CorrectAttendance(site=DALAT, present=(), reason="empty hall", author=CHAIR_PERSON),
        stages.SealConference(),
        floor.CorrectSpeech(
            request=granted.request,
            granted_at=NINE,
            ended_at=NINE + MINUTE / 2,
            reason="slow clock",
            author=CHAIR_PERSON,
        ),
        notes.CorrectNote(note=play.now.notes.notes[0].note, text="Right", reason="misheard", author=CHAIR_PERSON),
    )

    first, second, third, fourth = told(play).corrections

    assert isinstance(first, AttendanceCorrection)
    assert (first.site, first.before, first.after, first.amendment.reason) == (HUE, 2, 1, "left early")
    assert (first.amendment.author, first.amendment.after_seal) == (CHAIR_PERSON, False)
    assert isinstance(second, AttendanceCorrection)
    assert (second.before, second.after) == (0, 0)
    assert isinstance(third, SpeechCorrection)
    assert (third.before, third.after) == ((NINE, NINE + MINUTE), (NINE, NINE + MINUTE / 2))
    assert third.amendment.after_seal
    assert third.amendment.source == position_of(play, floor.SpeechCorrected)
    assert isinstance(fourth, NoteCorrection)
    assert (fourth.before, fourth.after) == ("Wrong", "Right")


@pytest.mark.parametrize("site", [HANOI, DALAT])
def test_what_stands_of_a_site_leads_back_to_its_own_reports_only(site: str) -> None:
    play = convened()
    play.give(rollcall.OpenRollCall())
    play.give(*(rollcall.ReportAttendance(site=one, present=people_of(one)) for one in SITES))
    places = {
        record.event.site: record.position
        for record in records_of(play)
        if isinstance(record.event, rollcall.AttendanceReported)
    }

    hall = next(one for one in attendance(told(play)) if one.site.site == site)

    assert hall.sources == (11, places[hall.site.site])
