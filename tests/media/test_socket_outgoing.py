import asyncio

import pytest

from diemcau.media.socket_fabric.messages import Ended, Message, Sent, read
from diemcau.media.socket_fabric.outgoing import MOST_WORDS, Kind, Lane, Outgoing, TooSlow
from tests.media.halls import HandClock, eventually

pytestmark = pytest.mark.anyio


class Reader:
    """The other side of a wire, which takes as much as it is let."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.takes = asyncio.Semaphore(0)

    async def send(self, message: str | bytes) -> None:
        await self.takes.acquire()
        self.heard.append(read(message))

    async def take(self, count: int) -> list[Message]:
        """Take so many messages, and return all that came so far."""
        wanted = len(self.heard) + count
        for _ in range(count):
            self.takes.release()
        await eventually(lambda: len(self.heard) == wanted)
        return self.heard


def frame(lane: Lane, at_us: int, *, begins: bool = False) -> Sent:
    return Sent(number=lane.number, begins=begins, at_us=at_us, payload=b"x")


async def test_words_go_first_then_texts_then_sound_then_pictures() -> None:
    reader, clock = Reader(), HandClock()
    outgoing = Outgoing(reader.send, clock)
    picture, sound, text = (outgoing.open(1 + kind, kind, 0.15) for kind in reversed(Kind))
    sent = [frame(lane, 0, begins=True) for lane in (picture, sound, text)]
    for lane, one in zip((picture, sound, text), sent, strict=True):
        outgoing.put(lane, one)
    outgoing.say(Ended(number=9))
    delivering = asyncio.create_task(outgoing.deliver())

    heard = await reader.take(4)
    delivering.cancel()

    assert heard == [Ended(number=9), *reversed(sent)]


async def test_of_a_text_only_the_newest_waits() -> None:
    reader, clock = Reader(), HandClock()
    outgoing = Outgoing(reader.send, clock)
    text = outgoing.open(1, Kind.TEXT, 0)
    for at_us in range(5):
        outgoing.put(text, frame(text, at_us))
    outgoing.end(text)
    delivering = asyncio.create_task(outgoing.deliver())

    heard = await reader.take(2)
    delivering.cancel()

    assert heard == [frame(text, 4), Ended(number=1)]


async def test_a_slow_reader_is_spared_pictures_up_to_the_next_key_frame_and_no_sound() -> None:
    reader, clock = Reader(), HandClock()
    outgoing = Outgoing(reader.send, clock)
    picture, sound = outgoing.open(1, Kind.PICTURE, 0.15), outgoing.open(2, Kind.SOUND, 0.15)
    for tick in range(79):  # 25 pictures and sounds a second, a key frame each second
        outgoing.put(picture, frame(picture, tick, begins=tick % 25 == 0))
        outgoing.put(sound, frame(sound, tick))
        clock.at += 0.04
    delivering = asyncio.create_task(outgoing.deliver())

    heard = await reader.take(79 + 4)
    delivering.cancel()

    pictures = [one.at_us for one in heard if isinstance(one, Sent) and one.number == 1]
    sounds = [one.at_us for one in heard if isinstance(one, Sent) and one.number == 2]
    assert sounds == list(range(79))
    assert pictures == [75, 76, 77, 78]
    assert picture.spared == 75


async def test_pictures_go_on_with_a_key_frame_when_the_reader_takes_them_again() -> None:
    reader, clock = Reader(), HandClock()
    outgoing = Outgoing(reader.send, clock)
    picture = outgoing.open(1, Kind.PICTURE, 0.15)
    for tick in range(10):
        outgoing.put(picture, frame(picture, tick, begins=tick == 0))
        clock.at += 0.04
    delivering = asyncio.create_task(outgoing.deliver())

    for tick in range(10, 14):
        outgoing.put(picture, frame(picture, tick, begins=tick == 12))
    heard = await reader.take(2)
    delivering.cancel()

    assert [one.at_us for one in heard if isinstance(one, Sent)] == [12, 13]


async def test_a_track_that_is_stopped_sends_nothing_more_and_says_that_it_ended() -> None:
    reader, clock = Reader(), HandClock()
    outgoing = Outgoing(reader.send, clock)
    sound = outgoing.open(1, Kind.SOUND, 0.15)
    outgoing.put(sound, frame(sound, 0))
    outgoing.stop(sound)
    delivering = asyncio.create_task(outgoing.deliver())

    heard = await reader.take(1)
    delivering.cancel()

    assert heard == [Ended(number=1)]


async def test_a_reader_that_is_behind_by_seconds_with_sound_is_too_slow() -> None:
    clock = HandClock()
    outgoing = Outgoing(Reader().send, clock)
    sound = outgoing.open(1, Kind.SOUND, 0.15)
    outgoing.put(sound, frame(sound, 0))
    clock.at += 5.1

    with pytest.raises(TooSlow):
        outgoing.put(sound, frame(sound, 1))


async def test_a_reader_that_takes_nothing_at_all_is_too_slow() -> None:
    outgoing = Outgoing(Reader().send, HandClock(), patience=0.01)
    outgoing.say(Ended(number=1))

    with pytest.raises(TooSlow):
        await outgoing.deliver()


async def test_a_reader_that_takes_no_answers_is_too_slow() -> None:
    outgoing = Outgoing(Reader().send, HandClock())
    for number in range(MOST_WORDS):
        outgoing.say(Ended(number=1 + number))

    with pytest.raises(TooSlow):
        outgoing.say(Ended(number=MOST_WORDS + 1))
