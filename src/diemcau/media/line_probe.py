"""The other end of the check of a line: a program that measures its own, as a page does.

What it measures by and in which order stands in `line_check`; what it comes to is `core.checks`'s.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from diemcau.core.ids import ConferenceId
from diemcau.media import paths
from diemcau.media.fabric import FabricError, Link, Publication, Source
from diemcau.media.line_check import DOWN, PING, PONG, RESULT, UP, Arrivals, pieces

PING_EVERY = 0.2
STAGE_WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFound:
    """What was measured; nothing where it could not be."""

    up_kbps: int
    down_kbps: int
    late_ms: int | None
    loss_permille: int | None
    rtt_ms: int | None
    clock_ms: int | None


@dataclass(slots=True)
class _Pings:
    """Round trips, and from the quickest of them how far this clock is off."""

    prefix: str
    sent: dict[str, float] = field(default_factory=dict)
    quickest: float | None = None
    clock_ms: int | None = None

    def send(self) -> bytes:
        name = f"{self.prefix}-{len(self.sent) + 1}"
        self.sent[name] = time.time()
        return name.encode()

    def answered(self, pong: dict[str, Any]) -> bool:
        """Hear an answer; say whether it is one to these pings."""
        sent, now = self.sent.get(str(pong["ping"])), time.time()
        if sent is not None and (self.quickest is None or now - sent < self.quickest):
            self.quickest = now - sent
            self.clock_ms = round((sent + self.quickest / 2) * 1000 - float(pong["now"]))
        return sent is not None


async def measure_line(link: Link, conference: ConferenceId, told: Callable[[str], None]) -> LineFound:
    """Measure a line once; `told` hears the stages (`waiting`, `up`, `down`, `done`). Raises `FabricError`."""
    nonce = paths.new_nonce()
    publication = link.publish(paths.checking(conference, nonce))
    pings, down = _Pings(prefix=nonce), Arrivals()
    publication.write_text(PING, pings.send())
    publication.write_text(UP, bytes(1))
    publication.announce()
    read = await link.read(paths.check(conference))
    news = _News(read, nonce, told)
    work = [
        asyncio.create_task(_ping(publication, pings)),
        asyncio.create_task(_send(publication)),
        asyncio.create_task(_hear_pongs(read, pings, news)),
        asyncio.create_task(_count(read, news, down)),
    ]
    try:
        done = await news.done()
    except TimeoutError as slow:
        raise FabricError("the line was not measured: nothing came back in time; try again.") from slow
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    rtt = done["rtt_ms"] if pings.quickest is None else round(pings.quickest * 1000)
    return LineFound(
        up_kbps=int(done["up_kbps"]),
        down_kbps=down.kbps,
        late_ms=max(int(done["late_ms"]), down.late_ms),
        loss_permille=done["loss_permille"],
        rtt_ms=rtt,
        clock_ms=pings.clock_ms,
    )


class _News:
    """What the server tells of one check. Each stage has a limit; the wait for a turn goes on while pings come back."""

    def __init__(self, read: Source, nonce: str, told: Callable[[str], None]) -> None:
        self._read = read
        self._nonce = nonce
        self._told = told
        self._patience = asyncio.timeout(STAGE_WITHIN)
        self._is_waiting = True
        self.begun = asyncio.Event()

    async def done(self) -> dict[str, Any]:
        """Return what came of it. Raises `TimeoutError` and `FabricError`."""
        async with self._patience:
            async for text in self._read.texts(RESULT):
                result: dict[str, Any] = json.loads(text)
                if result["check"] != self._nonce:
                    continue
                self._is_waiting = result["stage"] == "waiting"
                self._wait_on()
                self._told(str(result["stage"]))
                if result["stage"] == "done":
                    return result
                if not self._is_waiting:
                    self.begun.set()
        raise FabricError("the line broke while it was measured: try again.")

    def hear_pong(self) -> None:
        """Hear that the server still answers."""
        if self._is_waiting:
            self._wait_on()

    def _wait_on(self) -> None:
        self._patience.reschedule(asyncio.get_running_loop().time() + STAGE_WITHIN)


async def _ping(publication: Publication, pings: _Pings) -> None:
    while True:
        await asyncio.sleep(PING_EVERY)
        publication.write_text(PING, pings.send())


async def _send(publication: Publication) -> None:
    async for piece in pieces():
        publication.write_text(UP, piece)


async def _hear_pongs(read: Source, pings: _Pings, news: _News) -> None:
    async for text in read.texts(PONG):
        if pings.answered(json.loads(text)):
            news.hear_pong()


async def _count(read: Source, news: _News, down: Arrivals) -> None:
    """Count what comes down; before its turn that would be the last piece of the check before."""
    await news.begun.wait()
    async for piece in read.texts(DOWN):
        down.take(piece, time.monotonic())
