"""The desks of all conferences on one server. They share the journal and nothing else."""

import asyncio
from collections.abc import Callable, Mapping

from diemcau.conduct.clock import Clock
from diemcau.conduct.desk import Desk, open_desk
from diemcau.core.ids import ConferenceId, PersonId
from diemcau.journal.journal import Journal


class Desks:
    """Every conference that this server runs."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._desks: dict[ConferenceId, Desk] = {}
        self._opening = asyncio.Lock()
        self.on_open: Callable[[Desk], None] = _nothing

    def find(self, conference: ConferenceId) -> Desk | None:
        """Return the desk of a conference, or nothing if this server doesn't run it."""
        return self._desks.get(conference)

    def all(self) -> tuple[Desk, ...]:
        """Return the desks of all conferences."""
        return tuple(self._desks.values())

    async def open(self, conference: ConferenceId, offices: Mapping[PersonId, str]) -> Desk:
        """Run a conference that the journal has; raises `LookupError` if it has none."""
        async with self._opening:  # a conference has one desk, however many ask for it at once
            desk = self._desks.get(conference)
            if desk is None:
                desk = await open_desk(self._journal, self._clock, conference, offices)
                self._desks[conference] = desk
                desk.start()
                await desk.look_for_chair()  # who was connected before a crash is not
                self.on_open(desk)
            return desk

    async def stop(self) -> None:
        """Stop keeping deadlines; what was acknowledged is in the journal."""
        for desk in self.all():
            await desk.stop()


def _nothing(_desk: Desk) -> None:
    """Do nothing when a desk opens."""
