"""The clock: what time it is, and waiting. Tests wind one by hand."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is (aware), and a wait until then."""

    def now(self) -> datetime:
        """Return the time now, aware."""
        ...

    async def sleep_until(self, at: datetime) -> None:
        """Return when it is `at` or later."""
        ...


class WallClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Return the time now in UTC."""
        return datetime.now(UTC)

    async def sleep_until(self, at: datetime) -> None:
        """Return when it is `at` or later by the machine's clock."""
        await asyncio.sleep(max((at - self.now()).total_seconds(), 0))


class HandClock:
    """A clock that stands still until it is wound. For tests and rehearsals of rules."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._wound = asyncio.Condition()

    def now(self) -> datetime:
        """Return the time to which the clock was wound."""
        return self._now

    async def sleep_until(self, at: datetime) -> None:
        """Return when the clock was wound to `at` or later."""
        async with self._wound:
            await self._wound.wait_for(lambda: self._now >= at)

    async def wind_to(self, at: datetime) -> None:
        """Make it `at`, and wake who waited for that."""
        async with self._wound:
            self._now = max(self._now, at)
            self._wound.notify_all()
