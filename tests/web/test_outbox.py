"""The outbox: what a line is sent when its reader is slow."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from diemcau.core.deputy import Presiding
from diemcau.projections.desk_sections import PresidencySection
from diemcau.projections.sections import MaySection, Section, SectionName
from diemcau.web.encode import REMEMBERED, SectionTexts
from diemcau.web.live.outbox import MOST_ANSWERS, Outbox, TooSlow
from tests.core.samples import NINE

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Reader:
    """A reader that takes one message each time it is told to."""

    board: dict[SectionName, Section]
    position: int = 1
    got: list[dict[str, Any]] = field(default_factory=list)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, text: str) -> None:
        await self.turns.acquire()
        self.got.append(json.loads(text))
        self.taken.set()

    def look(self) -> tuple[int, dict[SectionName, Section]]:
        return self.position, dict(self.board)

    def change(self, *commands: str) -> None:
        self.position += 1
        self.board[SectionName.MAY] = MaySection(commands=commands)

    async def take(self, count: int) -> None:
        """Read until `count` messages came in all."""
        while len(self.got) < count:
            self.taken.clear()
            self.turns.release()
            await self.taken.wait()


def presidency() -> PresidencySection:
    return PresidencySection(presiding=Presiding.CHAIR, lease_until=None, offered=False)


def a_reader() -> Reader:
    return Reader(board={SectionName.MAY: MaySection(commands=()), SectionName.PRESIDENCY: presidency()})


def an_outbox(reader: Reader, patience: timedelta = timedelta(seconds=60)) -> Outbox:
    return Outbox(reader.send, reader.look, texts=SectionTexts(), now=lambda: NINE, patience=patience)


async def test_a_slow_reader_gets_fewer_and_newer_sections() -> None:
    reader = a_reader()
    outbox = an_outbox(reader)
    delivering = asyncio.create_task(outbox.deliver())
    await reader.take(1)

    for number in range(1000):
        reader.change(f"command {number}")
        outbox.note_change()
    await reader.take(2)
    outbox.put_answer('{"kind":"answer","id":"a","position":1001}')
    await reader.take(3)
    delivering.cancel()

    assert [one["kind"] for one in reader.got] == ["board", "section", "answer"]
    assert reader.got[1] == {
        "kind": "section",
        "position": 1001,
        "name": "may",
        "value": {"commands": ["command 999"]},
    }


async def test_a_section_that_is_made_anew_but_says_the_same_is_not_sent() -> None:
    reader = a_reader()
    outbox = an_outbox(reader)
    delivering = asyncio.create_task(outbox.deliver())
    await reader.take(1)

    reader.board[SectionName.PRESIDENCY] = presidency()
    outbox.note_change()
    outbox.note_beat()
    await reader.take(2)
    delivering.cancel()

    assert reader.got[1] == {"kind": "beat", "now": "2026-11-23T09:00:00+00:00"}


async def test_a_reader_that_takes_nothing_is_dropped() -> None:
    reader = a_reader()

    with pytest.raises(TooSlow):
        await an_outbox(reader, timedelta(milliseconds=1)).deliver()

    assert reader.got == []


async def test_who_asks_far_more_than_it_reads_is_dropped() -> None:
    outbox = an_outbox(a_reader())
    for _ in range(MOST_ANSWERS):
        outbox.put_answer("{}")

    with pytest.raises(TooSlow):
        outbox.put_answer("{}")


async def test_a_section_is_written_once_for_all_desks_and_forgotten_in_time() -> None:
    texts = SectionTexts()
    sections = [MaySection(commands=(str(number),)) for number in range(REMEMBERED + 1)]

    first = texts.of(sections[0])
    again = texts.of(sections[0])
    for section in sections[1:]:
        texts.of(section)

    assert again is first
    assert texts.of(sections[0]) == first
    assert texts.of(sections[0]) is not first
