from datetime import datetime, timedelta

import pytest

from diemcau.core import agenda, conference, stages
from diemcau.core.floor import (
    CorrectSpeech,
    ExtendFloor,
    FloorExtended,
    FloorGranted,
    FloorReleased,
    FloorRequested,
    FloorRevoked,
    GrantFloor,
    InsertRequest,
    Lane,
    ReleaseFloor,
    RequestFloor,
    RequestState,
    RevokeFloor,
    SpeakingTimeReached,
    SpeakingTimeWarned,
    SpeechCorrected,
    find,
    speeches,
    waiting_of,
    who_speaks,
)
from diemcau.core.ids import PersonId, RequestId
from diemcau.core.onair import SiteTaken
from diemcau.core.regulations import AtEnd, Conduct, Order
from tests.core.samples import (
    CHAIR_PERSON,
    DALAT,
    DISCUSSION,
    HANOI,
    HOUR,
    HUE,
    MINUTE,
    NINE,
    NOWHERE,
    REPORTS,
    SECOND,
    STRANGER,
    VINH,
    Play,
    closed,
    opened,
    sealed,
)
from tests.core.test_floor_asking import R1, R2, R3, R4, asking, waiting

REGISTERED = Order.AS_REGISTERED


def speaking(**rules: object) -> Play:
    """Return a conference in which Huế speaks, from nine o'clock."""
    play = opened(**rules)  # type: ignore[arg-type] # regulations by name
    play.give(GrantFloor(site=HUE))
    return play


def times(happened: tuple[conference.Event, ...]) -> list[timedelta | datetime]:
    """Return the warnings (how much is left) and the end of the turn that are among what happened."""
    return [
        event.left if isinstance(event, SpeakingTimeWarned) else event.at
        for event in happened
        if isinstance(event, SpeakingTimeWarned | SpeakingTimeReached)
    ]


def test_the_chair_calls_the_site_that_waits() -> None:
    play = waiting()

    happened = play.give(GrantFloor(site=VINH))

    assert happened == (
        FloorGranted(request=R2, site=VINH, turn=1, at=NINE, until=NINE + 7 * MINUTE),
        SiteTaken(site=VINH, at=NINE),
    )
    assert play.now.floor.queue == (R1, R3)
    assert play.now.holder == VINH


def test_the_chair_calls_a_site_that_had_not_asked() -> None:
    play = waiting()

    happened = play.give(GrantFloor(site=HANOI))

    assert happened == (
        FloorRequested(
            request=R4, site=HANOI, speaker=None, topic="", lane=Lane.SPEECH, item=None, on_behalf=True, at=NINE
        ),
        FloorGranted(request=R4, site=HANOI, turn=1, at=NINE, until=NINE + 7 * MINUTE),
    )
    assert play.now.floor.queue == (R1, R2, R3)


def test_whoever_speaks_is_thanked_before_the_next_site_is_called() -> None:
    play = waiting()
    play.give(GrantFloor(site=HUE))

    happened = play.give(GrantFloor(site=VINH))

    assert happened[0] == FloorReleased(request=R1, site=HUE, at=NINE)
    assert find(play.now.floor, R1).state is RequestState.RELEASED
    assert play.now.holder == VINH
    assert [one.site for one in speeches(play.now.floor)] == [HUE, VINH]


def test_who_speaks_is_not_called_again_and_who_was_not_invited_never() -> None:
    play = speaking()

    assert play.refused(GrantFloor(site=HUE)) == ("floor.holds_floor", {"site": HUE})
    assert play.refused(GrantFloor(site=NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


def test_who_was_not_invited_is_not_called_by_hand_either() -> None:
    play = opened(conduct=Conduct.MANUAL)

    assert play.refused(GrantFloor(site=NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


def test_a_first_turn_a_second_turn_and_a_response_have_times_of_their_own() -> None:
    play = opened()

    for lane, turn, minutes in ((Lane.SPEECH, 1, 7), (Lane.SPEECH, 2, 3), (Lane.RESPONSE, 1, 3)):
        play.give(asking(HUE, lane), GrantFloor(site=HUE))
        speech = who_speaks(play.now.floor)
        assert speech is not None
        assert (speech.turn, speech.until) == (turn, NINE + minutes * MINUTE)
        play.give(ReleaseFloor(site=HUE))


def test_a_turn_counts_for_the_item_under_which_the_site_asked() -> None:
    play = opened()
    play.give(agenda.StartItem(item=REPORTS), GrantFloor(site=HUE), ReleaseFloor(site=HUE), asking(HUE))

    happened = play.give(agenda.StartItem(item=DISCUSSION), GrantFloor(site=HUE))

    assert happened[0] == FloorGranted(request=R2, site=HUE, turn=2, at=NINE, until=NINE + 3 * MINUTE)


def test_the_chair_may_allot_another_time() -> None:
    play = opened()

    play.give(GrantFloor(site=HUE, allotted=2 * HOUR))

    assert conference.next_deadline(play.now) == NINE + 2 * HOUR - MINUTE


@pytest.mark.parametrize("length", [timedelta(0), -SECOND, 2 * HOUR + SECOND, timedelta.max])
def test_a_time_is_more_than_nothing_and_at_most_two_hours(length: timedelta) -> None:
    expected = ("floor.time_impossible", {"seconds": str(length.total_seconds())})

    assert opened().refused(GrantFloor(site=HUE, allotted=length)) == expected
    assert speaking().refused(ExtendFloor(by=length)) == expected


def test_the_other_request_of_the_site_that_speaks_stays() -> None:
    play = opened()
    play.give(asking(HUE), asking(HUE, Lane.RESPONSE), GrantFloor(site=HUE))

    assert [one.request for one in waiting_of(play.now.floor, HUE)] == [R2]


def test_a_pending_request_may_be_called_at_once() -> None:
    play = waiting(needs_acceptance=True)

    assert play.give(GrantFloor(site=VINH))[0] == FloorGranted(
        request=R2, site=VINH, turn=1, at=NINE, until=NINE + 7 * MINUTE
    )


def test_where_the_order_of_registration_holds_only_the_next_site_is_called() -> None:
    play = waiting(order=REGISTERED)

    assert play.refused(GrantFloor(site=VINH)) == ("floor.not_next", {"next": HUE})
    assert play.refused(GrantFloor(site=HANOI)) == ("floor.not_next", {"next": HUE})
    assert play.give(GrantFloor(site=HUE))
    assert play.give(GrantFloor(site=VINH))


def test_where_nobody_waits_any_site_is_called_whatever_the_order() -> None:
    play = opened(order=REGISTERED, needs_acceptance=True)
    play.give(asking(VINH))

    assert play.give(GrantFloor(site=HUE))
    assert play.give(GrantFloor(site=VINH))


def test_responses_keep_an_order_of_their_own() -> None:
    play = waiting(order=REGISTERED)
    play.give(asking(VINH, Lane.RESPONSE), asking(DALAT, Lane.RESPONSE))

    assert play.refused(GrantFloor(site=DALAT)) == ("floor.not_next", {"next": HUE})
    assert play.give(GrantFloor(site=VINH))[0] == FloorGranted(
        request=R4, site=VINH, turn=1, at=NINE, until=NINE + 3 * MINUTE
    )


def test_a_speech_ends_by_the_site_that_speaks() -> None:
    play = speaking()

    assert play.refused(ReleaseFloor(site=VINH)) == ("floor.holds_no_floor", {"site": VINH})
    assert play.give(ReleaseFloor(site=HUE))[0] == FloorReleased(request=R1, site=HUE, at=NINE)
    assert play.now.holder is None
    assert find(play.now.floor, R1).ended_at == NINE


def test_the_chair_takes_the_floor_back_with_a_reason() -> None:
    play = speaking()

    assert play.refused(RevokeFloor(reason=" "))[0] == "reason_missing"
    assert play.give(RevokeFloor(reason=" Lạc đề "))[0] == FloorRevoked(request=R1, site=HUE, reason="Lạc đề", at=NINE)
    assert find(play.now.floor, R1).state is RequestState.REVOKED


@pytest.mark.parametrize("command", [ReleaseFloor(site=HUE), RevokeFloor(reason="Lạc đề"), ExtendFloor(by=MINUTE)])
def test_where_nobody_speaks_nothing_is_ended_or_extended(command: ReleaseFloor) -> None:
    assert opened().refused(command) == ("floor.nobody_speaks", {})


def test_a_speaker_is_warned_and_then_the_time_is_over_once() -> None:
    play = speaking(warnings=(MINUTE, 3 * MINUTE, MINUTE))

    happened = play.wind(HOUR)

    assert times(happened) == [3 * MINUTE, MINUTE, NINE + 7 * MINUTE]
    assert len(happened) == 3
    assert play.now.holder == HUE


def test_a_warning_as_long_as_the_time_that_was_given_tells_nothing_and_is_not_given() -> None:
    play = opened(warnings=(-SECOND, timedelta(0), MINUTE, 2 * MINUTE, 3 * MINUTE))
    play.give(GrantFloor(site=HUE, allotted=2 * MINUTE))

    assert times(play.wind(SECOND)) == []
    assert times(play.wind(HOUR)) == [MINUTE, NINE + 2 * MINUTE]


def test_a_speaker_who_was_given_more_time_is_warned_again_only_if_it_lies_ahead() -> None:
    play = speaking(warnings=(MINUTE, 5 * MINUTE))
    assert times(play.wind(6 * MINUTE)) == [5 * MINUTE, MINUTE]

    happened = play.give(ExtendFloor(by=2 * MINUTE))

    assert happened == (FloorExtended(request=R1, until=NINE + 9 * MINUTE, at=NINE + 6 * MINUTE),)
    assert times(play.wind(HOUR)) == [MINUTE, NINE + 9 * MINUTE]


def test_more_time_after_the_end_counts_from_now() -> None:
    play = speaking()
    play.wind(10 * MINUTE)

    play.give(ExtendFloor(by=MINUTE))

    assert times(play.wind(HOUR)) == [NINE + 11 * MINUTE]


def test_a_deadline_that_was_reached_late_tells_only_what_is_still_true() -> None:
    play = speaking(warnings=(MINUTE, 3 * MINUTE))
    play.at = NINE + 6 * MINUTE + 30 * SECOND
    assert times(play.give(conference.ReachDeadline())) == [3 * MINUTE, MINUTE]

    play = speaking(warnings=(MINUTE, 3 * MINUTE))
    play.at = NINE + 8 * MINUTE
    assert times(play.give(conference.ReachDeadline())) == [NINE + 8 * MINUTE]


def test_nothing_happens_at_a_deadline_that_is_none() -> None:
    assert opened().give(conference.ReachDeadline()) == ()
    assert speaking().give(conference.ReachDeadline()) == ()


def test_where_the_regulations_cut_the_floor_goes_back_when_the_time_is_over() -> None:
    play = speaking(at_end=AtEnd.CUT)

    happened = play.wind(HOUR)

    assert times(happened) == [MINUTE, NINE + 7 * MINUTE]
    assert FloorRevoked(request=R1, site=HUE, reason="time", at=NINE + 7 * MINUTE) in happened
    assert play.now.holder is None


def correction(**changes: object) -> CorrectSpeech:
    given = {"ended_at": NINE, "reason": "Ghi nhầm", "author": CHAIR_PERSON} | changes
    return CorrectSpeech(request=R1, granted_at=NINE - MINUTE, **given)  # type: ignore[arg-type] # as tests need it


def spoken() -> Play:
    play = speaking()
    play.give(ReleaseFloor(site=HUE))
    return play


def test_the_times_of_a_speech_are_corrected_with_reason_and_author_even_after_the_seal() -> None:
    play = spoken()
    play.give(stages.CloseConference(), stages.SealConference())

    happened = play.give(correction())

    assert happened == (
        SpeechCorrected(
            request=R1, granted_at=NINE - MINUTE, ended_at=NINE, reason="Ghi nhầm", author=CHAIR_PERSON, at=NINE
        ),
    )
    speech = find(play.now.floor, R1)
    assert (speech.granted_at, speech.ended_at) == (NINE - MINUTE, NINE)


@pytest.mark.parametrize("ended_at", [NINE - 2 * MINUTE, NINE + SECOND], ids=["before it began", "in the future"])
def test_a_speech_ends_after_it_began_and_not_in_the_future(ended_at: datetime) -> None:
    assert spoken().refused(correction(ended_at=ended_at)) == ("floor.time_impossible", {"request": R1})


def test_a_speech_may_be_corrected_to_no_time_at_all() -> None:
    assert spoken().give(correction(ended_at=NINE - MINUTE))


@pytest.mark.parametrize("author", [STRANGER, PersonId("hue-1")])
def test_a_correction_needs_an_author_of_the_main_site_and_a_reason(author: PersonId) -> None:
    assert spoken().refused(correction(author=author)) == ("author_unknown", {"person": author})
    assert spoken().refused(correction(reason=""))[0] == "reason_missing"


def test_only_a_speech_that_has_ended_is_corrected() -> None:
    assert speaking().refused(correction()) == ("floor.request_not_open", {"request": R1, "state": "granted"})
    assert sealed().refused(correction()) == ("floor.request_unknown", {"request": RequestId("r1")})


def test_the_floor_is_given_only_while_the_conference_is_open() -> None:
    play = closed()

    for command in (GrantFloor(site=HUE), InsertRequest(site=HUE, topic="Ý kiến"), RequestFloor(site=HUE, topic="Ý")):
        assert play.refused(command)[0] == "stages.wrong_stage"
