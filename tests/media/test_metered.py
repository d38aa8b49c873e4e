"""A metered source: counted and timed, without what a track ended with long ago."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from diemcau.media.fabric import MediaFrame, Rendition, Renditions
from diemcau.media.ladder import Measure
from diemcau.media.limits import Excess, Meter, Rate, Sent
from diemcau.media.measure import Arrivals
from diemcau.media.metered import MeteredSource
from tests.media.halls import AUDIO, SILENCE, VIDEO, HandClock

pytestmark = pytest.mark.anyio

SECOND = 1_000_000
FEW = {
    Sent.ANNOUNCEMENTS: Rate(a_second=1, at_once=1),
    Sent.GROUPS: Rate(a_second=1, at_once=2),
    Sent.FRAMES: Rate(a_second=1, at_once=5),
    Sent.BYTES: Rate(a_second=1, at_once=1),
}


@dataclass
class Sending:
    """A source that sends what it is told to, each at its second by the clock."""

    clock: HandClock
    sent: list[tuple[float, MediaFrame]] = field(default_factory=list)
    path: str = "up/c/s/n"

    async def renditions(self) -> AsyncIterator[Renditions]:
        for _ in range(9):
            yield Renditions()

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:  # noqa: ARG002 (one track)
        for at, frame in self.sent:
            self.clock.at = at
            yield frame

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        for _ in range(9):
            yield track.encode()


def picture(seconds: float, *, key: bool = False) -> MediaFrame:
    return MediaFrame(payload=b"picture", at_us=round(seconds * SECOND), key=key)


def metered(
    sending: Sending, arrivals: Arrivals | None = None, meter: Meter | None = None
) -> tuple[MeteredSource, list[Excess]]:
    excesses: list[Excess] = []
    source = MeteredSource(
        sending,
        meter or Meter(),
        arrivals=arrivals or Arrivals(),
        on_excess=excesses.append,
        clock=sending.clock,
    )
    return source, excesses


async def test_frames_pass_as_they_are_and_are_timed() -> None:
    clock, arrivals = HandClock(), Arrivals()
    sending = Sending(clock, [(100.0, picture(0, key=True)), (100.54, picture(0.04)), (101.0, picture(1.0, key=True))])
    source, excesses = metered(sending, arrivals)

    passed = [frame async for frame in source.frames(VIDEO)]

    assert passed == [frame for _, frame in sending.sent]
    assert arrivals.take(at=101.0) == Measure(late_ms=0)
    assert (excesses, source.path) == ([], "up/c/s/n")


async def test_sound_that_comes_through_a_queue_is_told_of_at_once() -> None:
    clock, told = HandClock(), list[float]()
    sound = [MediaFrame(payload=SILENCE, at_us=number * 60_000, key=True) for number in range(8)]
    late = [0.0, 0.0, *[0.15] * 6]
    sending = Sending(clock, [(100.0 + one.at_us / SECOND + more, one) for one, more in zip(sound, late, strict=True)])
    source = MeteredSource(
        sending,
        Meter(),
        arrivals=Arrivals(),
        on_excess=lambda _: None,
        clock=clock,
        on_crowded=lambda: told.append(clock.at),
    )

    assert [frame async for frame in source.frames(AUDIO)] == sound
    assert told == pytest.approx([clock.at - 0.12, clock.at - 0.06, clock.at])


async def test_what_a_track_ended_with_long_ago_is_left_out_when_it_is_asked_for_again() -> None:
    clock, arrivals = HandClock(), Arrivals()
    sending = Sending(clock, [(100.0, picture(0, key=True)), (100.04, picture(0.04))])
    source, _ = metered(sending, arrivals)
    _ = [frame async for frame in source.frames(VIDEO)]
    arrivals.take(at=101.0)

    old, new = [picture(0, key=True), picture(0.04)], [picture(600.1, key=True), picture(600.14)]
    sending.sent = [(700.0, old[0]), (700.01, old[1]), (700.15, new[0]), (700.2, new[1])]
    passed = [frame async for frame in source.frames(VIDEO)]

    assert passed == new
    assert (arrivals.take(at=701.0).late_ms or 0) < 100


async def test_a_page_that_counts_time_anew_is_taken_for_what_it_is_after_a_while() -> None:
    clock, arrivals = HandClock(), Arrivals()
    sending = Sending(clock, [(100.0, picture(50, key=True))])
    source, _ = metered(sending, arrivals)
    _ = [frame async for frame in source.frames(VIDEO)]

    sending.sent = [(200.0 + second, picture(second, key=True)) for second in range(6)]
    passed = [frame.at_us // SECOND async for frame in source.frames(VIDEO)]

    assert passed == [3, 4, 5]


async def test_sound_is_timed_by_how_long_it_lasts() -> None:
    clock, arrivals = HandClock(), Arrivals()
    places = [0, 20_000, 40_000, 140_000, 160_000]
    frames = [MediaFrame(payload=SILENCE, at_us=at_us, key=True) for at_us in places]
    source, _ = metered(Sending(clock, [(100 + one.at_us / SECOND, one) for one in frames]), arrivals)

    passed = [frame async for frame in source.frames(AUDIO)]

    assert passed == frames
    assert arrivals.take(at=101.0) == Measure(late_ms=0, gaps=1)


async def test_whoever_sends_too_many_frames_is_told_of_once_and_nothing_more_comes() -> None:
    clock = HandClock()
    source, excesses = metered(Sending(clock, [(100.0, picture(0))] * 50), meter=Meter(FEW))

    first, second = [len([frame async for frame in source.frames(VIDEO)]) for _ in range(2)]

    assert (first, second) == (5, 0)
    assert [excess.sent for excess in excesses] == [Sent.FRAMES]


async def test_texts_catalogs_and_key_frames_are_groups() -> None:
    key_frames = Sending(HandClock(), [(100.0, picture(0, key=True))] * 9)
    counted = []
    for reading in range(3):
        source, excesses = metered(key_frames, meter=Meter(FEW))
        read = (source.frames(VIDEO), source.texts("beat"), source.renditions())[reading]
        counted.append((len([one async for one in read]), [excess.sent for excess in excesses]))

    assert counted == [(2, [Sent.GROUPS])] * 3
