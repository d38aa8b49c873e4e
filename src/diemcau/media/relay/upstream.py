"""The session with the node above: begun again for ever, and given up as soon as three beats are missed.

What comes is handed on; what it means for the halls below is not decided here.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from diemcau.core.ids import ConferenceId
from diemcau.media import paths
from diemcau.media.beats import read_alone
from diemcau.media.fabric import FabricError, Link, RefusedError, Source

_LOG = logging.getLogger(__name__)
BEAT_EVERY: Final = 1.0
LOST_AFTER: Final = 3.0
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0


class UpstreamUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The node above can't be used as it was named; the sentence says why and how to mend it."""


class UpstreamAway(Exception):  # noqa: N818 (a fact, as in the core)
    """The node above does not answer now; it is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way to the node above: its media address, and the public key by which passes are read."""

    conference: ConferenceId
    url: str
    fingerprints: tuple[str, ...]
    public_key: str


class Connect(Protocol):
    """Begins a session with a node (`moq_fabric.connect`)."""

    async def __call__(self, url: str, *, fingerprints: Sequence[str]) -> Link:
        """Begin. Raises `FabricError`."""
        ...


class Below(Protocol):
    """Who is told what comes."""

    async def begin(self, link: Link, way: Way) -> None:
        """Hear that a session began; everything of the one before is void."""
        ...

    async def air(self, text: bytes) -> None:
        """Hear what is on air."""
        ...

    def board(self, text: bytes) -> None:
        """Hear the board."""
        ...

    def presence(self) -> bytes:
        """Return the beat that tells who is here."""
        ...

    async def lose(self) -> None:
        """Hear that the session is over."""
        ...


class Upstream:
    """The session with the node above."""

    def __init__(
        self,
        find: Callable[[], Awaitable[Way]],
        connect: Connect,
        token: str,
        below: Below,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find = find
        self._connect = connect
        self._token = token
        self._below = below
        self._clock = clock
        self._heard_at: float | None = None
        self._alone_s = 0.0
        self.is_up = False

    def silent_for(self) -> float | None:
        """Return for how many seconds nothing of the conference was heard; None if nothing ever was.

        A relay above may beat and hear nothing itself: then it is as silent as what is above it.
        """
        return None if self._heard_at is None else self._clock() - self._heard_at + self._alone_s

    async def run(self) -> None:
        """Keep a session until cancelled."""
        wait, said = _FIRST_WAIT, ""
        while True:
            try:
                way = await self._find()
                link = await self._connect(f"{way.url}/relay?jwt={self._token}", fingerprints=way.fingerprints)
            except (FabricError, UpstreamAway, UpstreamUnusable) as fault:
                if str(fault) != said:
                    _LOG.warning("the node above is away: %s", fault)
                said = str(fault)
            else:
                said = ""
                began = self._clock()
                await self._stay(link, way)
                if self._clock() - began > _LONGEST_WAIT:
                    wait = _FIRST_WAIT
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the load
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _stay(self, link: Link, way: Way) -> None:
        closed = asyncio.ensure_future(link.closed())
        work = asyncio.ensure_future(self._take_part(link, way))
        try:
            await asyncio.wait((work, closed), return_when=asyncio.FIRST_COMPLETED)
            _LOG.warning("the line to %s is lost: %s", way.url, _why(closed))
        finally:
            self.is_up = False
            for task in (work, closed):
                task.cancel()
            results = await asyncio.gather(work, closed, return_exceptions=True)
            await self._below.lose()
            await link.close()
            if isinstance(results[0], Exception):
                _LOG.error("following the node above ended by a fault", exc_info=results[0])

    async def _take_part(self, link: Link, way: Way) -> None:
        program = await link.read(paths.program(way.conference))
        await self._below.begin(link, way)
        ends = (
            asyncio.ensure_future(self._heed(program.texts(paths.BEAT), way)),
            asyncio.ensure_future(self._pass_on(program.texts(paths.AIR), self._below.air)),
        )
        others = (
            asyncio.ensure_future(self._follow_board(program)),
            asyncio.ensure_future(self._tell(link, way.conference)),
        )
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*ends, *others):
                task.cancel()
            await asyncio.gather(*ends, *others, return_exceptions=True)

    async def _follow_board(self, program: Source) -> None:
        """Hand on every board; a conference that has none yet is asked again."""
        while True:
            async for text in program.texts(paths.BOARD):
                self._below.board(text)
            await asyncio.sleep(BEAT_EVERY)

    async def _pass_on(self, texts: AsyncIterator[bytes], take: Callable[[bytes], Awaitable[None]]) -> None:
        async for text in texts:
            await take(text)

    async def _heed(self, beats: AsyncIterator[bytes], way: Way) -> None:
        """Return when the beats end or three are missed."""
        while True:
            try:
                beat = await asyncio.wait_for(anext(beats, None), LOST_AFTER)
            except TimeoutError:
                return
            if beat is None:
                return
            if not self.is_up:
                _LOG.info("the line to %s is up", way.url)
            self._heard_at, self._alone_s = self._clock(), read_alone(beat)
            self.is_up = True

    async def _tell(self, link: Link, conference: ConferenceId) -> None:
        publication = link.publish(paths.relay(conference, paths.new_nonce()))
        publication.write_text(paths.BEAT, self._below.presence())
        publication.announce()
        while True:
            await asyncio.sleep(BEAT_EVERY)
            publication.write_text(paths.BEAT, self._below.presence())


def _why(closed: asyncio.Future[None]) -> str:
    if not closed.done():
        return "three beats were missed"
    error = closed.exception()
    return f"it was closed with code {error.code}" if isinstance(error, RefusedError) else "it was closed"
