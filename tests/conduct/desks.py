"""A desk over a journal in memory, with a clock that is wound by hand."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import Desk, convene, open_desk
from diemcau.core import sites, stages
from diemcau.core.conference import Command
from diemcau.core.convening import Facts
from diemcau.core.ids import CommandId, ConferenceId, PersonId, SiteId, StreamId
from diemcau.core.roles import Asker, Role
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Journal, JournalUnusable, JournalUnwritable, Reason
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author, Record
from diemcau.journal.seal import SealKey
from diemcau.projections.sections import AlarmKind, AlarmsSection, SectionName
from tests.core.samples import HANOI, HUE, NINE, VINH, facts

CHAIR = Asker(role=Role.CHAIR)
DEPUTY = Asker(role=Role.DEPUTY)
SECRETARY = Asker(role=Role.SECRETARY)
OPERATOR = Asker(role=Role.OPERATOR)
SYSTEM = Asker(role=Role.SYSTEM)
OFFICES = {PersonId("hue-1"): "Trưởng ban"}


def site(code: SiteId = HUE) -> Asker:
    """Return the asker of a site's desk."""
    return Asker(role=Role.SITE, site=code)


class FullDisk(MemoryJournal):
    """A journal whose disk is full while `full` is set, or after so many appends. Otherwise that of the contract.

    `breaks`: the next append fails in a way that nobody foresaw. `silent`: nothing can be read.
    """

    full = False
    breaks = False
    silent = False
    appends_left: int | None = None

    def read(self, stream: StreamId, *, after: int = 0) -> Iterator[Record]:
        if self.silent:
            raise JournalUnusable("the journal does not answer")
        return super().read(stream, after=after)

    def version(self, stream: StreamId) -> int:
        if self.silent:
            raise JournalUnusable("the journal does not answer")
        return super().version(stream)

    def append(
        self,
        stream: StreamId,
        *,
        expecting: int,
        events: Sequence[object],
        command: CommandId,
        author: Author,
        at: datetime,
    ) -> tuple[Record, ...]:
        if self.breaks:
            self.breaks = False
            raise ArithmeticError
        if self.full or self.appends_left == 0:
            raise JournalUnwritable(Reason.FULL, "the journal")
        if self.appends_left is not None:
            self.appends_left -= 1
        return super().append(stream, expecting=expecting, events=events, command=command, author=author, at=at)


@dataclass(slots=True)
class House:
    """A desk with what it stands on; `give` numbers the commands."""

    journal: Journal
    clock: HandClock
    desk: Desk
    given: int = 0

    async def give(self, asker: Asker, command: Command) -> int:
        self.given += 1
        number = CommandId(f"{self.desk.conference}-{self.given}")
        return await self.desk.ask(command, asker=asker, command_id=number)

    async def wind(self, length: timedelta) -> None:
        """Let time pass."""
        await self.clock.wind_to(self.clock.now() + length)

    async def again(self) -> "House":
        """Start the server again: a new desk from the same journal."""
        await self.desk.stop()
        desk = await open_desk(self.journal, self.clock, self.desk.conference, OFFICES)
        return House(self.journal, self.clock, desk, self.given)


async def a_house(journal: Journal | None = None, played: Facts | None = None, name: str = "review-2026") -> House:
    """Convene a conference and return its house."""
    journal = journal or MemoryJournal(CODEC)
    clock = HandClock(NINE)
    convened = replace(played or facts(), conference=ConferenceId(name))
    await convene(journal, clock, convened, Author(role="system"))
    return House(journal, clock, await open_desk(journal, clock, ConferenceId(name), OFFICES))


def a_key() -> SealKey:
    """Return a key that seals, made for one test."""
    return SealKey(Ed25519PrivateKey.generate())


async def an_open_house() -> House:
    """Return the house of a conference that was opened with three lines up."""
    house = await a_house()
    for one in (HANOI, HUE, VINH):
        await house.give(SYSTEM, sites.NoteLineUp(site=one))
    await house.give(CHAIR, stages.OpenConference())
    return house


def names_in(house: House, stream: StreamId) -> list[str]:
    """Name the events of a stream."""
    return [record.name for record in house.journal.read(stream)]


async def until(desk: Desk, wanted: type) -> None:
    """Wait until an event of a kind was written."""
    with desk.watch() as watch:
        async with asyncio.timeout(5):
            while not any(isinstance(one.event, wanted) for change in await watch.change() for one in change.records):
                pass


def alarms(house: House) -> list[AlarmKind]:
    """Return the kinds of alarm that the operator has now."""
    section = house.desk.board(Role.OPERATOR, None)[SectionName.ALARMS]
    assert isinstance(section, AlarmsSection)
    return [alarm.kind for alarm in section.alarms]
