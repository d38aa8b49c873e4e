"""The check of a line: both ways, over the very path that sound and picture will take.

A session that wants to be measured publishes `check/<conference>/<nonce>` and reads
`check/<conference>`. First it sends for ten seconds as much as a good camera would and more, then
it is sent as much. What came up is counted here, what came down there. Only a few are measured
at a time, so that the halls that check together an hour before don't measure each other; who waits
is told its place. A session has one check: a new one takes the place of the one before.
`docs/media-contract.md` has the tracks. Whether a hall is fit is `core.checks`'s to say.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from diemcau.media.fabric import Outlet, Quality, Source

AT_ONCE = 8
LASTS = 10.0
SILENT_FOR = 20.0
"""As long as a crowded line may hold a ping up; who is silent for longer is gone."""
PIECE_BYTES = 15_000
PIECES_PER_SECOND = 25
PING, PONG, UP, DOWN, RESULT = "ping", "pong", "up", "down", "result"
_HEAD_BYTES = 12
_LONGEST_PING = 200
_MOST_PINGS = 10_000
_CLEARED = bytes(1)
"""No piece: in the place of the last one of the check before."""


@dataclass(slots=True, kw_only=True)
class Arrivals:
    """What came of one stream of pieces. A piece begins with its number (u32) and when it was sent (u64, µs)."""

    received: int = 0
    first_at: float | None = None
    last_at: float = 0.0
    leads: list[float] = field(default_factory=list)

    def take(self, piece: bytes, at: float) -> None:
        """Count one piece; one without a head counts for nothing."""
        if len(piece) < _HEAD_BYTES:
            return
        if self.first_at is None:
            self.first_at = at
        else:
            self.received += len(piece)
        self.last_at = at
        self.leads.append(at - int.from_bytes(piece[4:_HEAD_BYTES], "big") / 1_000_000)

    @property
    def kbps(self) -> int:
        """The rate from the first piece to the last."""
        lasted = 0.0 if self.first_at is None else self.last_at - self.first_at
        return round(self.received * 8 / lasted / 1000) if lasted > 0 else 0

    @property
    def late_ms(self) -> int:
        """How much later than the quickest the slowest piece came, but for the slowest twentieth."""
        ordered = sorted(self.leads)
        return round((ordered[(len(ordered) - 1) * 19 // 20] - ordered[0]) * 1000) if ordered else 0


@dataclass(slots=True, kw_only=True, eq=False)
class _Check:
    """One check that is under way."""

    source: Source
    outlet: Outlet
    quality: Callable[[], Quality | None]
    place: int | None = None

    def tell(self, **said: object) -> None:
        """Say how it goes, with the check that is meant: the one before may still be read."""
        nonce = self.source.path.rpartition("/")[2]
        self.outlet.write_text(RESULT, json.dumps({"check": nonce, **said}).encode())


class LineChecks:
    """The checks of all lines at one node."""

    def __init__(
        self,
        new_outlet: Callable[[], Outlet],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        lasts: float = LASTS,
        at_once: int = AT_ONCE,
        silent_for: float = SILENT_FOR,
    ) -> None:
        self._new_outlet = new_outlet
        self._clock = clock
        self._now = now
        self._lasts = lasts
        self._silent_for = silent_for
        self._turns = asyncio.Semaphore(at_once)
        self._waiting: list[_Check] = []
        self._outlets: dict[str, Outlet] = {}
        self._measuring: dict[str, asyncio.Task[None]] = {}

    def offer(self, connection: str) -> Outlet:
        """Return what one session reads of its check."""
        outlet = self._outlets.get(connection)
        if outlet is None:
            outlet = self._outlets[connection] = self._new_outlet()
            for track in (PONG, DOWN, RESULT):
                outlet.open_text(track)
        return outlet

    def leave(self, connection: str) -> None:
        """Forget a session that is over."""
        outlet = self._outlets.pop(connection, None)
        if outlet is not None:
            outlet.finish()

    async def follow(self, connection: str, source: Source, quality: Callable[[], Quality | None]) -> None:
        """Measure a session's line once, in place of its check before; no longer than the session asks for it.

        It asks by its pings: when they end, or none comes for long, nobody is measured any more.
        """
        before = self._measuring.get(connection)
        if before is not None:
            before.cancel()
        check = _Check(source=source, outlet=self.offer(connection), quality=quality)
        check.outlet.write_text(DOWN, _CLEARED)
        pinging = asyncio.create_task(self._answer_pings(check))
        measuring = self._measuring[connection] = asyncio.create_task(self._wait_and_measure(check))
        try:
            await asyncio.wait({pinging, measuring}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._measuring.get(connection) is measuring:
                del self._measuring[connection]
            pinging.cancel()
            measuring.cancel()
            await asyncio.gather(pinging, measuring, return_exceptions=True)
        for task in (pinging, measuring):
            if not task.cancelled():
                task.result()

    async def _wait_and_measure(self, check: _Check) -> None:
        self._waiting.append(check)
        try:
            self._tell_places()
            await self._turns.acquire()
        finally:
            self._waiting.remove(check)
            self._tell_places()
        try:
            await self._measure(check)
        finally:
            self._turns.release()

    def _tell_places(self) -> None:
        """Tell those who wait how many are measured before them, if that changed."""
        for place, check in enumerate(self._waiting, start=1):
            if check.place != place:
                check.place = place
                check.tell(stage="waiting", place=place)

    async def _measure(self, check: _Check) -> None:
        before = check.quality()
        check.tell(stage="up")
        arrived = await self._listen(check.source)
        check.tell(stage="down", up_kbps=arrived.kbps)
        await self._speak(check.outlet)
        after = check.quality()
        check.tell(
            stage="done",
            up_kbps=arrived.kbps,
            late_ms=arrived.late_ms,
            loss_permille=_loss(before, after),
            rtt_ms=None if after is None else after.rtt_ms,
        )

    async def _listen(self, source: Source) -> Arrivals:
        """Take what the session sends, until the time is over or nothing follows."""
        arrived = Arrivals()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._lasts):
                async for piece in source.texts(UP):
                    arrived.take(piece, self._clock())
        return arrived

    async def _speak(self, outlet: Outlet) -> None:
        """Send the session as much as it has sent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._lasts):
                async for piece in pieces(self._clock):
                    outlet.write_text(DOWN, piece)

    async def _answer_pings(self, check: _Check) -> None:
        """Send every ping back with the time of this clock, in ms since 1970, until none comes any more."""
        answered, loop = 0, asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._silent_for) as patience:
                async for ping in check.source.texts(PING):
                    patience.reschedule(loop.time() + self._silent_for)
                    answered += 1
                    if len(ping) <= _LONGEST_PING and answered <= _MOST_PINGS:
                        pong = {"ping": ping.decode(errors="replace"), "now": round(self._now() * 1000)}
                        check.outlet.write_text(PONG, json.dumps(pong).encode())


def _loss(before: Quality | None, after: Quality | None) -> int | None:
    """Return how many of a thousand packets were lost on the way down in between."""
    if before is None or after is None or after.packets_sent <= before.packets_sent:
        return None
    return round(1000 * (after.packets_lost - before.packets_lost) / (after.packets_sent - before.packets_sent))


async def pieces(clock: Callable[[], float] = time.monotonic) -> AsyncIterator[bytes]:
    """Yield for ever what is sent to measure a line: pieces at a steady pace; what is late is left out."""
    due, number = clock(), 0
    while True:
        number += 1
        head = number.to_bytes(4, "big") + round(clock() * 1_000_000).to_bytes(8, "big")
        yield head + bytes(PIECE_BYTES - _HEAD_BYTES)
        due = max(due + 1 / PIECES_PER_SECOND, clock() - 1 / PIECES_PER_SECOND)
        await asyncio.sleep(max(0.0, due - clock()))
