"""A plan's run of show played on a desk in memory, with a clock wound by hand and every line up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import Desk, convene, open_desk
from diemcau.conduct.errands import run_errands
from diemcau.conduct.run_of_show import Act, Ask, Pause, Player, Speak
from diemcau.core import sites
from diemcau.core.ids import CommandId, PersonId
from diemcau.core.roles import Asker
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Journal
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author, Record
from diemcau.journal.seal import SealKey
from diemcau.plan.convening import facts_of, handouts_of, person_id
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SEED, HEALTH = "nganh-to-chuc-2020", "health-service-review"


@dataclass(slots=True)
class Story:
    """A conference that is played from its plan, and what was done in it."""

    plan: Plan
    journal: Journal
    clock: HandClock
    desk: Desk
    acts: list[Act]

    async def play(self) -> None:
        """Play the whole run of show, at once: only speaking takes time."""
        for act in self._acts():
            self.acts.append(act)
            match act:
                case Ask(role=role, command=command, site=site):
                    number = CommandId(f"{self.plan.id}-{len(self.acts)}")
                    await self.desk.ask(command, asker=Asker(role=role, site=site), command_id=number, scripted=True)
                case Speak(length=length) | Pause(length=length):
                    await self.clock.wind_to(self.clock.now() + length)

    async def run_errands(self, key: SealKey) -> None:
        """Do what follows from what was written."""
        await run_errands(self.journal, self.clock, self.plan.id, key)

    def records(self) -> tuple[Record, ...]:
        """Return everything that was written."""
        return tuple(self.journal.follow(limit=100_000))

    def _acts(self) -> Iterator[Act]:
        player = Player(self.plan, lambda: self.desk.current.floor, fast=True)
        for step in self.plan.run_of_show:
            yield from player.acts(step)


@cache
def example(name: str) -> Plan:
    """Return the plan of an example, read once."""
    return read_plan(EXAMPLES / name)


async def begin(plan: Plan, journal: Journal | None = None, *, digests: Mapping[PersonId, str] | None = None) -> Story:
    """Convene the conference of `plan` and let every hall's line come up."""
    journal = journal or MemoryJournal(CODEC)
    clock = HandClock(plan.starts_at)
    facts = facts_of(plan, digests or digests_of(plan))
    await convene(journal, clock, facts, Author(role="plan"), handouts_of(plan))
    offices = {person_id(plan.id, one): one.office(plan.language) for one in plan.delegates}
    desk = await open_desk(journal, clock, plan.id, offices)
    for site in plan.sites:
        await desk.note(sites.NoteLineUp(site=site.code))
    return Story(plan, journal, clock, desk, [])


def digests_of(plan: Plan) -> dict[PersonId, str]:
    """Return a digest for every delegate, as the directory would give one."""
    return {person_id(plan.id, one): "0" * 64 for one in plan.delegates}
