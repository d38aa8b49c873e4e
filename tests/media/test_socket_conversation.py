import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from diemcau.media.fabric import Code, MediaFrame, Rendition, Source
from diemcau.media.limits import ALLOWED, Meter
from diemcau.media.limits import Sent as Counted
from diemcau.media.moq_fabric.writing import MoqOutlet
from diemcau.media.socket_fabric.answering import MOST_TRACKS
from diemcau.media.socket_fabric.conversation import Conversation
from diemcau.media.socket_fabric.messages import Ended, Message, Publish, Read, Sent, Stop, Unpublish, read
from tests.media.halls import HandClock, soon
from tests.media.wires import MemoryWire, memory_wires

pytestmark = pytest.mark.anyio
UP = "up/hn-2020/hue/0123abcd"
SOUND = Rendition(track="audio", codec="opus", description=None)
PICTURE = Rendition(track="video", codec="avc1.42c01f", description=None)


@dataclass
class Session:
    """A conversation on this side, and a page on the other that says what it likes."""

    talk: Conversation
    page: MemoryWire
    running: asyncio.Task[int | None]
    outlets: dict[str, MoqOutlet]
    heard: list[Publish | Unpublish] = field(default_factory=list)

    async def closed_with(self) -> int:
        await soon(asyncio.wait((self.running,)))
        return await soon(self.page.gone)


@asynccontextmanager
async def session(*, patience: float = 5.0, room: int = 64) -> AsyncIterator[Session]:
    ours, page = memory_wires(room)
    outlets: dict[str, MoqOutlet] = {}
    heard: list[Publish | Unpublish] = []
    clock = HandClock()

    def find(path: str) -> Source | None:
        return outlets[path].source() if path in outlets else None

    talk = Conversation(ours, find, heard.append, now=clock, meter=Meter(), patience=patience)
    running = asyncio.create_task(talk.run())
    try:
        yield Session(talk, page, running, outlets, heard)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def sound(number: int, at_us: int = 0) -> Sent:
    return Sent(number=number, begins=True, at_us=at_us, payload=b"opus")


async def test_a_text_that_is_read_comes_at_once_and_at_every_change() -> None:
    async with session() as one:
        outlet = one.outlets["program/c1"] = MoqOutlet()
        outlet.write_text("board", b"first")
        await one.page.say(Read(number=3, broadcast="program/c1", track="board"))

        now = read(await soon(one.page.receive()))
        outlet.write_text("board", b"second")
        later = read(await soon(one.page.receive()))

        assert now == Sent(number=3, begins=True, at_us=0, payload=b"first")
        assert later == Sent(number=3, begins=True, at_us=0, payload=b"second")


async def test_sound_that_is_read_comes_without_container() -> None:
    async with session() as one:
        outlet = one.outlets["program/c1/air/1"] = MoqOutlet()
        outlet.open_audio(sample_rate=48_000, channels=1)
        await one.page.say(Read(number=1, broadcast="program/c1/air/1", track="audio", latency_ms=150))
        outlet.write_audio(MediaFrame(payload=b"opus", at_us=20_000, key=True))

        frame = read(await soon(one.page.receive()))

        assert frame == Sent(number=1, begins=True, at_us=20_000, payload=b"opus")


@pytest.mark.parametrize("track", ["air", "none"])
async def test_what_is_not_there_is_said_to_have_ended(track: str) -> None:
    async with session() as one:
        one.outlets["program/c1"] = MoqOutlet()
        path = "program/c1" if track == "none" else "program/other"
        await one.page.say(Read(number=1, broadcast=path, track=track))

        said = await soon(one.page.hear())

        assert said == {"do": "ended", "id": 1, **({} if track == "none" else {"missing": True})}


async def test_what_is_stopped_is_said_to_have_ended_and_is_not_subscribed_to_any_more() -> None:
    async with session() as one:
        outlet = one.outlets["program/c1"] = MoqOutlet()
        outlet.write_text("board", b"first")
        await one.page.say(Read(number=1, broadcast="program/c1", track="board"))
        await soon(one.page.receive())

        await one.page.say(Stop(number=1))
        said = await soon(one.page.hear())

        assert said == {"do": "ended", "id": 1}


async def test_a_track_is_asked_of_the_page_only_while_somebody_reads_it() -> None:
    async with session() as one:
        source = one.talk.source(UP)
        frames = source.frames(SOUND)
        reading = asyncio.ensure_future(anext(frames))
        asked = await soon(one.page.hear())
        await one.page.say(sound(asked["id"], 20_000))
        frame = await soon(reading)

        await frames.aclose()  # type: ignore[attr-defined]  # a generator, which the port doesn't promise
        stopped = await soon(one.page.hear())

        assert asked == {"do": "read", "id": 1, "broadcast": UP, "track": "audio", "latency_ms": 250}
        assert frame == MediaFrame(payload=b"opus", at_us=20_000, key=True)
        assert stopped == {"do": "stop", "id": 1}


async def test_what_was_on_its_way_when_it_was_stopped_does_no_harm() -> None:
    async with session() as one:
        texts = one.talk.source(UP).texts("beat")
        reading = asyncio.ensure_future(anext(texts))
        await soon(one.page.hear())
        await one.page.say(sound(1))
        await soon(reading)
        await texts.aclose()
        await soon(one.page.hear())

        await one.page.say(sound(1), sound(1), Ended(number=1))
        await one.page.say(Read(number=1, broadcast="none", track="none"))
        said = await soon(one.page.hear())

        assert said == {"do": "ended", "id": 1, "missing": True}
        assert not one.running.done()


async def test_a_picture_is_read_from_a_key_frame_on() -> None:
    async with session() as one:
        reading = asyncio.ensure_future(anext(one.talk.source(UP).frames(PICTURE)))
        await soon(one.page.hear())
        for at_us, begins in ((1, False), (2, True)):
            await one.page.say(Sent(number=1, begins=begins, at_us=at_us, payload=b"\x00\x00\x00\x01\x65"))

        frame = await soon(reading)

        assert (frame.at_us, frame.key) == (2, True)


async def test_what_is_offered_is_read_from_the_catalog() -> None:
    async with session() as one:
        reading = asyncio.ensure_future(anext(one.talk.source(UP).renditions()))
        asked = await soon(one.page.hear())
        entry = {"codec": "opus", "sampleRate": 48_000, "numberOfChannels": 1}
        catalog = json.dumps({"audio": {"renditions": {"audio": entry}}}).encode()
        await one.page.say(Sent(number=1, begins=True, at_us=0, payload=catalog))

        offered = await soon(reading)

        assert asked["track"] == "catalog.json"
        assert offered.audio == Rendition(track="audio", codec="opus", description=None, sample_rate=48_000, channels=1)


async def test_a_broadcast_that_ends_ends_what_is_read_of_it() -> None:
    async with session() as one:
        beats = asyncio.create_task(_all(one.talk.source(UP).texts("beat")))
        await one.page.say(Publish(broadcast=UP))
        await soon(one.page.hear())
        await one.page.say(sound(1), Unpublish(broadcast=UP))

        assert await soon(beats) == [b"opus"]
        assert one.heard == [Publish(broadcast=UP), Unpublish(broadcast=UP)]


async def test_a_session_that_ends_ends_what_is_read_over_it() -> None:
    async with session() as one:
        source = one.talk.source(UP)
        beats = asyncio.create_task(_all(source.texts("beat")))
        await soon(one.page.hear())

        one.talk.close(Code.REPLACED)

        assert await one.closed_with() == 4410
        assert await soon(beats) == []
        assert await soon(_all(source.texts("beat"))) == []


@pytest.mark.parametrize(
    "said",
    [
        sound(1),
        Ended(number=1),
        Read(number=1, broadcast="none", track="none"),
    ],
)
async def test_a_page_that_sends_what_it_was_not_asked_for_is_sent_away(said: Message) -> None:
    async with session() as one:
        await one.page.say(Read(number=1, broadcast="none", track="none"))
        await soon(one.page.hear())

        await one.page.say(said)

        assert await one.closed_with() == 4400


async def test_a_page_that_says_nothing_known_is_sent_away() -> None:
    async with session() as one:
        await one.page.send("hello")

        assert await one.closed_with() == 4400


async def test_a_page_that_reads_too_much_at_once_is_sent_away() -> None:
    async with session(room=10_000) as one:
        outlet = one.outlets["program/c1"] = MoqOutlet()
        outlet.write_text("board", b"first")
        for number in range(1, MOST_TRACKS + 2):
            await one.page.say(Read(number=number, broadcast="program/c1", track="board"))

        assert await one.closed_with() == 4400


@pytest.mark.parametrize("what", [Counted.BYTES, Counted.FRAMES, Counted.ANNOUNCEMENTS])
async def test_a_page_that_floods_is_sent_away(what: Counted) -> None:
    async with session(room=100_000) as one:
        reading = asyncio.create_task(_all(one.talk.source(UP).frames(SOUND)))
        await soon(one.page.hear())
        flood: dict[Counted, Message] = {
            Counted.BYTES: Sent(number=1, begins=False, at_us=0, payload=bytes(500_000)),
            Counted.FRAMES: Sent(number=1, begins=False, at_us=0, payload=b"x"),
            Counted.ANNOUNCEMENTS: Publish(broadcast=UP),
        }
        most = ALLOWED[what].at_once / (500_000 if what is Counted.BYTES else 1)

        await one.page.say(*(flood[what] for _ in range(int(most) + 2)))

        assert await one.closed_with() == 4429
        await soon(reading)


async def test_a_page_that_takes_nothing_is_sent_away() -> None:
    async with session(patience=0.05, room=2) as one:
        outlet = one.outlets["program/c1"] = MoqOutlet()
        tracks = ("beat", "board") * 4
        for track in ("beat", "board"):
            outlet.write_text(track, b"first")
        asked = enumerate(tracks, start=1)
        await one.page.say(*(Read(number=number, broadcast="program/c1", track=track) for number, track in asked))

        assert await one.closed_with() == 4000


async def test_a_page_that_reads_the_same_again_and_again_is_sent_away() -> None:
    async with session() as one:
        one.outlets["program/c1"] = MoqOutlet()
        one.outlets["program/c1"].write_text("beat", b"first")
        for number in range(1, 6):
            await one.page.say(Read(number=number, broadcast="program/c1", track="beat"))

        assert await one.closed_with() == 4400


async def test_how_the_other_side_ended_it_is_told() -> None:
    async with session() as one:
        await one.page.close(1001)

        assert await soon(one.running) == 1001


async def _all(read_from: AsyncIterator[object]) -> list[object]:
    return [one async for one in read_from]
