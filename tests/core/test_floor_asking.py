import pytest

from diemcau.core import agenda
from diemcau.core.floor import (
    AcceptRequest,
    CancelRequest,
    DenyRequest,
    FloorRequested,
    GrantFloor,
    InsertRequest,
    Lane,
    MoveRequest,
    ReleaseFloor,
    RemoveRequest,
    RequestAccepted,
    RequestCancelled,
    RequestDenied,
    RequestFloor,
    RequestMoved,
    RequestRemoved,
    RequestState,
    RequestWritten,
    find,
    waiting_of,
)
from diemcau.core.floor_asking import turn_written, turns_taken
from diemcau.core.ids import PersonId, RequestId, SiteId
from tests.core.samples import (
    DALAT,
    DISCUSSION,
    HANOI,
    HUE,
    NINE,
    NOWHERE,
    REPORTS,
    STRANGER,
    VINH,
    Play,
    closed,
    convened,
    opened,
    people_of,
)

R1, R2, R3, R4 = (RequestId(f"r{number}") for number in range(1, 5))


def asking(site: SiteId, lane: Lane = Lane.SPEECH) -> RequestFloor:
    return RequestFloor(site=site, topic="Kết quả công tác", lane=lane)


def waiting(**rules: object) -> Play:
    """Return a conference in which Huế, Vinh and Đà Lạt wait to speak, in this order."""
    play = opened(**rules)  # type: ignore[arg-type] # regulations by name
    play.give(asking(HUE), asking(VINH), asking(DALAT))
    return play


def test_a_site_asks_and_takes_its_place_in_the_queue() -> None:
    play = opened()
    play.give(agenda.StartItem(item=DISCUSSION))

    happened = play.give(RequestFloor(site=HUE, topic=" Kết quả ", speaker=people_of(HUE)[0]))

    assert happened == (
        FloorRequested(
            request=R1,
            site=HUE,
            speaker=people_of(HUE)[0],
            topic="Kết quả",
            lane=Lane.SPEECH,
            item=DISCUSSION,
            on_behalf=False,
            at=NINE,
        ),
        RequestAccepted(request=R1, position=1),
    )
    assert play.now.floor.queue == (R1,)
    assert find(play.now.floor, R1).state is RequestState.ACCEPTED


def test_sites_wait_in_the_order_in_which_they_asked() -> None:
    assert waiting().now.floor.queue == (R1, R2, R3)


def test_where_requests_need_acceptance_they_are_pending_until_they_are_accepted() -> None:
    play = waiting(needs_acceptance=True)
    assert [one.state for one in play.now.floor.requests] == [RequestState.PENDING] * 3

    assert play.give(AcceptRequest(request=R1)) == (RequestAccepted(request=R1, position=1),)
    assert play.give(AcceptRequest(request=R2)) == (RequestAccepted(request=R2, position=2),)
    assert play.give(AcceptRequest(request=R3, position=1)) == (RequestAccepted(request=R3, position=1),)

    assert play.now.floor.queue == (R3, R1, R2)


def test_only_a_pending_request_is_accepted_or_denied() -> None:
    play = waiting()
    expected = ("floor.request_not_open", {"request": R1, "state": "accepted"})

    assert play.refused(AcceptRequest(request=R1)) == expected
    assert play.refused(DenyRequest(request=R1, reason="Trùng")) == expected


@pytest.mark.parametrize("position", [0, -1, 2, 10**9])
def test_a_place_that_the_queue_does_not_have_is_refused(position: int) -> None:
    pending, play = opened(needs_acceptance=True), opened()
    pending.give(asking(HUE))

    expected = ("floor.position_impossible", {"position": str(position), "last": "1"})
    assert pending.refused(AcceptRequest(request=R1, position=position)) == expected
    assert play.refused(InsertRequest(site=HUE, topic="Ý kiến", position=position)) == expected


def test_a_request_is_denied_with_a_reason() -> None:
    play = waiting(needs_acceptance=True)

    assert play.refused(DenyRequest(request=R1, reason=" "))[0] == "reason_missing"
    assert play.give(DenyRequest(request=R1, reason=" Trùng ")) == (RequestDenied(request=R1, reason="Trùng", at=NINE),)
    assert find(play.now.floor, R1).state is RequestState.DENIED
    assert play.give(asking(HUE))


def test_a_waiting_request_is_removed_with_a_reason_and_counts_as_denied() -> None:
    play = waiting()

    assert play.refused(RemoveRequest(request=R2, reason=""))[0] == "reason_missing"
    assert play.give(RemoveRequest(request=R2, reason="Hết giờ")) == (
        RequestRemoved(request=R2, reason="Hết giờ", at=NINE),
    )
    assert play.now.floor.queue == (R1, R3)
    assert find(play.now.floor, R2).state is RequestState.DENIED
    assert play.refused(RemoveRequest(request=R2, reason="Hết giờ"))[0] == "floor.request_not_open"


def test_a_pending_request_is_removed_too() -> None:
    play = waiting(needs_acceptance=True)

    assert play.give(RemoveRequest(request=R2, reason="Hết giờ"))
    assert waiting_of(play.now.floor, VINH) == ()


def test_only_the_site_that_asked_cancels_and_only_while_it_waits() -> None:
    play = waiting()

    assert play.refused(CancelRequest(site=VINH, request=R1)) == ("floor.not_your_request", {"request": R1})
    assert play.give(CancelRequest(site=HUE, request=R1)) == (RequestCancelled(request=R1, at=NINE),)
    assert play.now.floor.queue == (R2, R3)
    assert find(play.now.floor, R1).state is RequestState.CANCELLED
    assert play.refused(CancelRequest(site=HUE, request=R1))[0] == "floor.request_not_open"
    play.give(GrantFloor(site=VINH))
    assert play.refused(CancelRequest(site=VINH, request=R2)) == (
        "floor.request_not_open",
        {"request": R2, "state": "granted"},
    )


def test_a_request_moves_to_another_place() -> None:
    play = waiting()

    assert play.give(MoveRequest(request=R3, position=1)) == (RequestMoved(request=R3, position=1),)
    assert play.now.floor.queue == (R3, R1, R2)
    assert play.give(MoveRequest(request=R3, position=3)) == (RequestMoved(request=R3, position=3),)
    assert play.now.floor.queue == (R1, R2, R3)
    assert play.give(MoveRequest(request=R2, position=2)) == ()


def test_a_request_moves_only_within_the_queue_and_only_while_it_is_in_it() -> None:
    play = waiting()

    for position in (0, 4):
        assert play.refused(MoveRequest(request=R1, position=position)) == (
            "floor.position_impossible",
            {"position": str(position), "last": "3"},
        )
    play.give(CancelRequest(site=HUE, request=R1))
    assert play.refused(MoveRequest(request=R1, position=1))[0] == "floor.request_not_open"


@pytest.mark.parametrize(
    "command",
    [
        AcceptRequest(request=R4),
        DenyRequest(request=R4, reason="Trùng"),
        MoveRequest(request=R4, position=1),
        RemoveRequest(request=R4, reason="Trùng"),
        CancelRequest(site=HUE, request=R4),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_request_that_there_is_not_is_refused(command: AcceptRequest) -> None:
    assert waiting().refused(command) == ("floor.request_unknown", {"request": R4})


def test_the_secretary_inserts_a_site_at_any_place_even_where_requests_need_acceptance() -> None:
    play = opened(needs_acceptance=True)
    play.give(asking(HUE), AcceptRequest(request=R1))

    happened = play.give(InsertRequest(site=VINH, topic="Ý kiến", position=1))

    assert happened == (
        FloorRequested(
            request=R2, site=VINH, speaker=None, topic="Ý kiến", lane=Lane.SPEECH, item=None, on_behalf=True, at=NINE
        ),
        RequestAccepted(request=R2, position=1),
    )
    play.give(InsertRequest(site=DALAT, topic="Ý kiến"), InsertRequest(site=HANOI, topic="Ý kiến", position=4))
    assert play.now.floor.queue == (R2, R1, R3, R4)


def test_a_site_waits_only_once_in_each_lane() -> None:
    play = waiting(needs_acceptance=True)

    assert play.refused(asking(HUE)) == ("floor.already_waiting", {"site": HUE})
    assert play.refused(InsertRequest(site=HUE, topic="Ý kiến")) == ("floor.already_waiting", {"site": HUE})
    assert play.give(asking(HUE, Lane.RESPONSE))
    assert play.refused(asking(HUE, Lane.RESPONSE)) == ("floor.already_waiting", {"site": HUE})
    assert [one.request for one in waiting_of(play.now.floor, HUE)] == [R1, R4]


def test_a_site_has_so_many_turns_under_one_item_the_one_it_takes_included() -> None:
    play = opened(max_turns=2)
    play.give(agenda.StartItem(item=REPORTS), GrantFloor(site=HUE), ReleaseFloor(site=HUE), GrantFloor(site=HUE))

    assert turns_taken(play.now.floor, HUE, REPORTS) == 2
    assert play.refused(asking(HUE)) == ("floor.no_turns_left", {"site": HUE})
    assert play.refused(InsertRequest(site=HUE, topic="Ý kiến"))[0] == "floor.no_turns_left"
    assert play.give(asking(HUE, Lane.RESPONSE))
    play.give(agenda.StartItem(item=DISCUSSION))
    assert play.give(asking(HUE))


def test_responses_take_no_turn_of_the_speeches() -> None:
    play = opened(max_turns=1)
    play.give(asking(HUE, Lane.RESPONSE), GrantFloor(site=HUE), ReleaseFloor(site=HUE))

    assert turns_taken(play.now.floor, HUE, None) == 0
    assert turns_taken(play.now.floor, HUE, None, Lane.RESPONSE) == 1
    assert play.give(asking(HUE))


@pytest.mark.parametrize("speaker", [STRANGER, PersonId("vinh-1")])
def test_a_speaker_is_a_delegate_of_the_site_that_asks(speaker: PersonId) -> None:
    play = opened()

    for kind in (RequestFloor, InsertRequest):
        assert play.refused(kind(site=HUE, topic="Kết quả", speaker=speaker)) == (
            "floor.speaker_unknown",
            {"site": HUE},
        )


@pytest.mark.parametrize("topic", ["", " \n ", "k" * 301, "k" * 1_000_000])
def test_a_topic_is_named_in_at_most_300_characters(topic: str) -> None:
    assert opened().refused(RequestFloor(site=HUE, topic=topic)) == ("floor.topic_missing", {"site": HUE})
    assert opened().give(RequestFloor(site=HUE, topic="k" * 300))


def test_a_site_that_was_not_invited_does_not_wait() -> None:
    assert opened().refused(asking(NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


def test_the_main_site_may_ask_as_every_other() -> None:
    assert opened().give(asking(HANOI))


def test_what_was_never_called_may_be_written() -> None:
    play = waiting()
    play.give(GrantFloor(site=HUE), CancelRequest(site=VINH, request=R2))

    assert turn_written(play.now.floor) == (RequestWritten(request=R3, site=DALAT),)


def test_nobody_asks_before_the_opening_or_after_the_closing() -> None:
    for play in (convened(), closed()):
        assert play.refused(asking(HUE))[0] == "stages.wrong_stage"
