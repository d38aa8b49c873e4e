"""A desk over a journal in memory, with a clock that is wound by hand."""

from dataclasses import dataclass, replace
from datetime import timedelta

from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import Desk, convene, open_desk
from diemcau.core.conference import Command
from diemcau.core.convening import Facts
from diemcau.core.ids import CommandId, ConferenceId, PersonId, SiteId
from diemcau.core.roles import Asker, Role
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Journal
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from tests.core.samples import HUE, NINE, facts

CHAIR = Asker(role=Role.CHAIR)
DEPUTY = Asker(role=Role.DEPUTY)
SECRETARY = Asker(role=Role.SECRETARY)
OPERATOR = Asker(role=Role.OPERATOR)
SYSTEM = Asker(role=Role.SYSTEM)
OFFICES = {PersonId("hue-1"): "Trưởng ban"}


def site(code: SiteId = HUE) -> Asker:
    """Return the asker of a site's desk."""
    return Asker(role=Role.SITE, site=code)


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
