"""A strand: whatever is chosen when, what goes out begins with a key frame and has no gap."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.fabric import MalformedMediaError, MediaFrame, Rendition
from diemcau.media.strand import Strand, TextStrand
from tests.media.halls import AUDIO, VIDEO, eventually
from tests.media.sources import KEY, LOW, NEXT, SOUND, THUMB, TILE, Invented, Scripted, at_rest

pytestmark = pytest.mark.anyio


@dataclass
class Taken:
    """What was written."""

    frames: list[MediaFrame] = field(default_factory=list)
    malformed: int = 0

    def write(self, frame: MediaFrame) -> None:
        if self.malformed:
            self.malformed -= 1
            raise MalformedMediaError("not what was announced")
        self.frames.append(frame)


def key(ms: int) -> MediaFrame:
    return replace(KEY, at_us=ms * 1000)


def after(ms: int) -> MediaFrame:
    return replace(NEXT, at_us=ms * 1000)


async def test_another_size_goes_on_where_the_first_one_stopped() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(1000), after(1040))

    strand.choose(LOW)
    await source.send(LOW, key(1000), after(1040))
    await source.send(VIDEO, after(1080))
    await source.send(LOW, after(1120), key(1120), after(1160))
    await source.send(VIDEO, after(1200))

    assert taken.frames == [key(1000), after(1040), after(1080), key(1120), after(1160)]
    assert source.subscribed() == [LOW]
    await strand.end()


async def test_a_smaller_size_that_is_to_make_room_is_waited_for_with_nothing_beside_it() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(1000), after(1040))

    strand.choose(LOW, at_once=True)
    await source.send(VIDEO, after(1080))
    assert source.subscribed() == [LOW]
    await source.send(LOW, after(1120), key(1160), after(1200))

    assert taken.frames == [key(1000), after(1040), key(1160), after(1200)]
    await strand.end()


async def test_another_size_is_shown_from_its_next_key_frame_on_where_the_first_one_is_gone() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(2000), None)

    strand.choose(LOW)
    await source.send(LOW, key(1900), after(2020), key(2900))

    assert taken.frames == [key(2000), key(2900)]
    await strand.end()


async def test_what_was_sent_before_a_pause_is_not_sent_again_after_it() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(60_000), after(60_040))
    strand.choose(None)
    await at_rest()

    strand.choose(VIDEO)
    await source.send(VIDEO, key(50_000), after(50_040), key(90_000))

    assert taken.frames == [key(60_000), after(60_040), key(90_000)]
    await strand.end()


@pytest.mark.parametrize("sent", [[60_000, 54_999], [50_000, 52_000, 55_001]])
async def test_a_clock_that_goes_back_is_told_of(sent: list[int]) -> None:
    source, taken, told = Scripted(), Taken(), list[str]()
    strand = Strand(source, taken.write, on_clock_back=lambda: told.append("back"))
    strand.choose(VIDEO)
    await source.send(VIDEO, key(60_000))
    strand.choose(None)
    await at_rest()

    strand.choose(VIDEO)
    await source.send(VIDEO, *(key(at) for at in sent))

    assert told == ["back"]
    await strand.end()


async def test_what_was_chosen_and_not_shown_yet_is_given_up_for_what_is_shown() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(1000))

    strand.choose(LOW)
    await at_rest()
    strand.choose(TILE)
    await at_rest()
    strand.choose(VIDEO)
    await source.send(VIDEO, after(1040))

    assert taken.frames == [key(1000), after(1040)]
    assert source.subscribed() == [VIDEO]
    await strand.end()


async def test_a_strand_of_nothing_is_subscribed_to_nothing() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(1000))

    strand.choose(None)
    await source.send(VIDEO, after(1040))

    assert (taken.frames, source.subscribed()) == ([key(1000)], [])


async def test_nothing_is_written_once_a_strand_has_ended() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    strand.choose(VIDEO)
    await source.send(VIDEO, key(1000))

    (listening,) = source.listening[VIDEO]
    listening.put_nowait(after(1040))
    await strand.end()

    assert (taken.frames, source.subscribed()) == ([key(1000)], [])


async def test_what_is_malformed_is_tried_again_after_a_while() -> None:
    source, taken = Invented([KEY, NEXT]), Taken(malformed=1)
    strand = Strand(source, taken.write, again_after=0.01)
    strand.choose(VIDEO)

    await eventually(lambda: taken.frames == [KEY, NEXT])

    await strand.end()
    assert source.subscribed() == set()


async def test_a_fault_ends_nothing_but_is_tried_again() -> None:
    source, taken, faults = Invented([KEY, NEXT]), Taken(), [ZeroDivisionError()]

    def write(frame: MediaFrame) -> None:
        if faults:
            raise faults.pop()
        taken.write(frame)

    strand = Strand(source, write, again_after=0.01)
    strand.choose(VIDEO)

    await eventually(lambda: taken.frames == [KEY, NEXT])
    await strand.end()


async def test_each_frame_of_sound_stands_alone() -> None:
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write, alone=True)
    strand.choose(AUDIO)
    sounds = [replace(SOUND, at_us=at, key=False) for at in (60_000, 120_000, 60_000, 180_000)]

    await source.send(AUDIO, *sounds)

    assert [one.at_us for one in taken.frames] == [60_000, 120_000, 180_000]
    await strand.end()


async def test_small_pictures_come_from_the_camera_that_is_there() -> None:
    first, second, pictures = Invented(), Invented(), list[bytes]()
    strand = TextStrand("thumb", pictures.append)

    strand.choose(first)
    await eventually(lambda: pictures == [THUMB])
    strand.choose(second)
    await eventually(lambda: pictures == [THUMB, THUMB])

    assert (first.subscribed(), second.subscribed()) == (set(), {"thumb"})
    await strand.end()
    assert second.subscribed() == set()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("choose"), st.sampled_from([VIDEO, LOW, TILE, None])),
        st.tuples(st.sampled_from(["key", "next"]), st.sampled_from([VIDEO, LOW, TILE])),
    ),
    max_size=40,
)


@given(STEPS)
def test_whatever_is_chosen_when_a_decoder_can_follow(steps: list[tuple[str, Rendition | None]]) -> None:
    written = asyncio.run(played(steps))

    sources = [frame.payload for frame in written]
    changes = [0, *(at for at in range(1, len(written)) if sources[at] != sources[at - 1])]
    assert all(written[at].key for at in changes if at < len(written))
    assert [frame.at_us for frame in written] == sorted(frame.at_us for frame in written)


async def played(steps: list[tuple[str, Rendition | None]]) -> list[MediaFrame]:
    """Play choices and frames, whose payload names the rendition; return what was written."""
    source, taken = Scripted(), Taken()
    strand = Strand(source, taken.write)
    for ms, (what, rendition) in enumerate(steps):
        if what == "choose":
            strand.choose(rendition)
        elif rendition is not None:
            frame = MediaFrame(payload=rendition.track.encode(), at_us=ms * 1000, key=what == "key")
            await source.send(rendition, frame)
    await strand.end()
    assert source.subscribed() == []
    return taken.frames
