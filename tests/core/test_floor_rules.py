"""The floor as a whole, played by chance against a queue that is kept by hand."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import agenda, stages
from diemcau.core.conference import Event
from diemcau.core.floor import (
    AcceptRequest,
    CancelRequest,
    CorrectSpeech,
    DenyRequest,
    ExtendFloor,
    FloorExtended,
    FloorGranted,
    FloorReleased,
    FloorRevoked,
    GrantFloor,
    InsertRequest,
    Lane,
    MoveRequest,
    ReleaseFloor,
    RemoveRequest,
    RequestFloor,
    RequestState,
    RevokeFloor,
    SpeakingTimeReached,
    SpeakingTimeWarned,
    speeches,
    who_speaks,
)
from diemcau.core.ids import RequestId, SiteId
from diemcau.core.regulations import AtEnd, Order
from tests.core.machines import Played, quick
from tests.core.samples import (
    CHAIR_PERSON,
    DISCUSSION,
    MINUTE,
    REPORTS,
    SITES,
    Play,
    facts,
)

some_site = st.sampled_from(SITES)
some_request = st.integers(1, 6).map(lambda number: RequestId(f"r{number}"))
some_lane = st.sampled_from(Lane)
some_place = st.none() | st.integers(0, 4)


def test_a_request_that_was_never_called_may_be_written_and_keeps_its_place() -> None:
    play = Play(facts())
    play.give(stages.OpenConference(), RequestFloor(site=SITES[1], topic="Ý kiến"))

    play.give(stages.CloseConference())

    written = play.now.floor.requests[0]
    assert (written.written, written.state) == (True, RequestState.ACCEPTED)


class FloorMachine(Played):
    @initialize(
        needs=st.booleans(),
        order=st.sampled_from(Order),
        at_end=st.sampled_from(AtEnd),
        warnings=st.lists(st.sampled_from([-60, 0, 30, 60, 420, 900]), max_size=3),
    )
    def opens(self, *, needs: bool, order: Order, at_end: AtEnd, warnings: list[int]) -> None:
        lengths = tuple(timedelta(seconds=one) for one in warnings)
        self.play = Play(facts(needs_acceptance=needs, order=order, at_end=at_end, warnings=lengths))
        self.play.give(stages.OpenConference(), agenda.StartItem(item=REPORTS))
        self.queue: list[str] = []

    def ended(self, happened: tuple[Event, ...] | None, request: str) -> None:
        if happened is not None and request in self.queue:
            self.queue.remove(request)

    @rule(site=some_site, lane=some_lane)
    def asks(self, site: SiteId, lane: Lane) -> None:
        happened = self.give(RequestFloor(site=site, topic="Ý kiến", lane=lane))
        if happened is not None and not self.play.now.facts.regulations.needs_acceptance:
            self.queue.append(self.play.now.floor.requests[-1].request)

    @rule(site=some_site, lane=some_lane, place=some_place)
    def is_inserted(self, site: SiteId, lane: Lane, place: int | None) -> None:
        if self.give(InsertRequest(site=site, topic="Ý kiến", lane=lane, position=place)) is not None:
            at = len(self.queue) if place is None else place - 1
            self.queue.insert(at, self.play.now.floor.requests[-1].request)

    @rule(request=some_request, place=some_place)
    def is_accepted(self, request: RequestId, place: int | None) -> None:
        if self.give(AcceptRequest(request=request, position=place)) is not None:
            self.queue.insert(len(self.queue) if place is None else place - 1, request)

    @rule(request=some_request, place=st.integers(0, 4))
    def is_moved(self, request: RequestId, place: int) -> None:
        if self.give(MoveRequest(request=request, position=place)) is not None:
            self.queue.remove(request)
            self.queue.insert(place - 1, request)

    @rule(site=some_site, request=some_request)
    def is_cancelled(self, site: SiteId, request: RequestId) -> None:
        self.ended(self.give(CancelRequest(site=site, request=request)), request)

    @rule(request=some_request)
    def is_removed(self, request: RequestId) -> None:
        self.ended(self.give(RemoveRequest(request=request, reason="Hết giờ")), request)

    @rule(request=some_request)
    def is_denied(self, request: RequestId) -> None:
        assert not (self.give(DenyRequest(request=request, reason="Trùng")) and request in self.queue)

    @rule(site=some_site)
    def is_called(self, site: SiteId) -> None:
        for event in self.give(GrantFloor(site=site)) or ():
            if isinstance(event, FloorGranted):
                self.ended((event,), event.request)

    @rule(site=some_site)
    def finishes(self, site: SiteId) -> None:
        spoke = self.play.now.holder == site
        assert (self.give(ReleaseFloor(site=site)) is not None) is spoke

    @rule()
    def is_stopped(self) -> None:
        self.give(RevokeFloor(reason="Lạc đề"))

    @rule(seconds=st.integers(-1, 300))
    def is_given_more_time(self, seconds: int) -> None:
        self.give(ExtendFloor(by=timedelta(seconds=seconds)))

    @rule(request=some_request)
    def is_corrected(self, request: RequestId) -> None:
        began = self.play.at - MINUTE
        self.give(
            CorrectSpeech(request=request, granted_at=began, ended_at=self.play.at, reason="Nhầm", author=CHAIR_PERSON)
        )

    @rule(item=st.sampled_from([REPORTS, DISCUSSION]))
    def goes_to(self, item: str) -> None:
        self.give(agenda.StartItem(item=REPORTS if item == REPORTS else DISCUSSION))

    @invariant()
    def the_queue_is_the_one_kept_by_hand(self) -> None:
        assert list(self.play.now.floor.queue) == self.queue

    @invariant()
    def the_queue_holds_exactly_the_accepted_requests(self) -> None:
        now = self.play.now.floor
        accepted = {one.request for one in now.requests if one.state is RequestState.ACCEPTED}
        assert (set(now.queue), len(now.queue)) == (accepted, len(accepted))

    @invariant()
    def at_most_one_site_holds_the_floor(self) -> None:
        granted = [one for one in self.play.now.floor.requests if one.state is RequestState.GRANTED]
        assert granted == [one for one in [who_speaks(self.play.now.floor)] if one is not None]

    @invariant()
    def a_site_waits_at_most_once_in_each_lane(self) -> None:
        waiting = [
            (one.site, one.lane)
            for one in self.play.now.floor.requests
            if one.state in (RequestState.PENDING, RequestState.ACCEPTED)
        ]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def one_speech_ends_before_another_begins(self) -> None:
        speaks: RequestId | None = None
        for event in self.play.events:
            if isinstance(event, FloorGranted):
                assert speaks is None
                speaks = event.request
            if isinstance(event, FloorReleased | FloorRevoked):
                assert speaks == event.request
                speaks = None

    @invariant()
    def a_speaker_is_warned_of_less_time_than_was_given_and_never_after_the_end(self) -> None:
        given: dict[RequestId, timedelta] = {}
        over: set[RequestId] = set()
        for event in self.play.events:
            match event:
                case (
                    FloorGranted(request=request, until=until, at=at)
                    | FloorExtended(request=request, until=until, at=at)
                ):
                    given[request] = until - at
                    over.discard(request)
                case SpeakingTimeWarned(request=request, left=left):
                    assert timedelta(0) < left < given[request]
                    assert request not in over
                case SpeakingTimeReached(request=request):
                    assert request not in over
                    over.add(request)
                case _:
                    pass

    @invariant()
    def every_speech_has_a_beginning_and_an_end(self) -> None:
        for one in speeches(self.play.now.floor):
            assert one.granted_at is not None
            assert (one.ended_at is None) is (one.state is RequestState.GRANTED)
            assert one.ended_at is None or one.granted_at <= one.ended_at


TestFloor = quick(FloorMachine, examples=60, steps=30)
