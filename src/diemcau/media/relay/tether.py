"""A tether: the way up of one camera below a relay, in a session of its own with the node above.

Whatever the camera publishes is published above as it is, and only what is asked for there is
sent: no frame passes through this program. So the node above sees each camera as one that came
to itself: it says which may come in, hears its beats and takes its pictures. Not a feed.
"""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import Code, FabricError, Guest, Link, Outlet, RefusedError
from diemcau.media.relay.checked import CarriedCheck
from diemcau.media.relay.upstream import Way
from diemcau.media.relay.voice import CarriedVoice

_LOG = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 3.0
_OWN_GHOST_TRIES: Final = 8
_VOICE_WITHIN: Final = 2.0
_FOR_THE_CAMERA: Final = frozenset({Code.NOT_ALLOWED, Code.CAMERA_BUSY, Code.REPLACED, Code.TOO_MUCH})


class CarryUp(Protocol):
    """Publishes at another node whatever a guest publishes here (`moq_fabric.carry_up`)."""

    async def __call__(self, guest: Guest, url: str, *, fingerprints: tuple[str, ...]) -> Link:
        """Begin. Raises `FabricError`."""
        ...


class Tether:
    """Keeps one camera's session with the node above until the camera is gone.

    After a break the node above may take the session before for another camera that is alive: so
    a camera that was in is asked for again a few times before it is told that it is not alone.
    """

    def __init__(
        self,
        guest: Guest,
        site: SiteId,
        line: Outlet | None,
        new_outlet: Callable[[], Outlet],
        *,
        carry_up: CarryUp,
        token: str,
        way: Callable[[], Awaitable[Way]],
    ) -> None:
        self._guest = guest
        self._site = site
        self._carry_up = carry_up
        self._token = token
        self._way = way
        self._line = line
        self.voice = CarriedVoice(new_outlet)
        self._spoken = 0
        self.check = CarriedCheck(new_outlet)
        self._lost = asyncio.Event()

    def lose(self) -> None:
        """Give up the session: the node above is silent."""
        self._lost.set()

    async def hold(self) -> None:
        """Keep a session for ever; returns when the node above sends the camera away."""
        wait, ghosts = _FIRST_WAIT, 0
        while True:
            way = await self._way()
            self._lost.clear()
            try:
                code = await self._stay(way)
            except FabricError as fault:
                _LOG.debug("no way up for %s: %s", self._site, fault)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                wait = _FIRST_WAIT
                ghosts = ghosts - 1 if code == Code.CAMERA_BUSY else _OWN_GHOST_TRIES
                if code in _FOR_THE_CAMERA and (code != Code.CAMERA_BUSY or ghosts <= 0):
                    self._guest.close(Code(code))
                    return
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the load

    async def _stay(self, way: Way) -> int | None:
        """Stay until the session ends; return the code that it ended with."""
        url = f"{way.url}/relay?jwt={self._token}&site={self._site}"
        link = await self._carry_up(self._guest, url, fingerprints=way.fingerprints)
        closed = asyncio.ensure_future(link.closed())
        lost = asyncio.ensure_future(self._lost.wait())
        line = asyncio.ensure_future(self._follow_line(link, way))
        check = asyncio.ensure_future(self.check.follow(link, way.conference))
        try:
            await asyncio.wait((closed, lost), return_when=asyncio.FIRST_COMPLETED)
            error = closed.exception() if closed.done() else None
            return error.code if isinstance(error, RefusedError) else None
        finally:
            for task in (closed, lost, line, check):
                task.cancel()
            await asyncio.gather(closed, lost, line, check, return_exceptions=True)
            await self.check.pause()
            await self.voice.end()
            await link.close()

    async def _follow_line(self, link: Link, way: Way) -> None:
        """Tell the camera what the node above asks of it."""
        source = await link.read(paths.line(way.conference))
        async for text in source.texts(paths.STATE):
            await self._hear_talk(link, way, text)
            if self._line is not None:
                self._line.write_text(paths.STATE, text)

    async def _hear_talk(self, link: Link, way: Way, state: bytes) -> None:
        """Carry the operator's voice before the site is told of it."""
        spoken = _voice_of(state)
        if spoken is None:
            await self.voice.end()
        elif self.voice.outlet is None or spoken != self._spoken:
            self._spoken = spoken
            with contextlib.suppress(FabricError, TimeoutError):
                async with asyncio.timeout(_VOICE_WITHIN):
                    await self.voice.begin(await link.read(paths.talk(way.conference, self._site)))


def _voice_of(state: bytes) -> int | None:
    """Return which voice talks to the site, 0 where the node above does not number them; None: nobody talks."""
    with contextlib.suppress(ValueError, AttributeError):
        told = json.loads(state)
        if told.get("talk") is True:
            voice = told.get("voice")
            return voice if isinstance(voice, int) else 0
    return None
