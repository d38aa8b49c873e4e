"""Serving: a guest that comes over a WebSocket, and what it may read.

It is the same guest as one over QUIC: what it reads is asked of the keeper of the door, and what
it publishes is read only while somebody here wants it.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from diemcau.core.ids import SiteId
from diemcau.media.fabric import Admission, Code, FabricError, Guest, Outlet, Quality, Source
from diemcau.media.limits import Meter, SentTooMuch
from diemcau.media.names import may_publish, read_prefixes
from diemcau.media.socket_fabric.conversation import Conversation
from diemcau.media.socket_fabric.messages import Garbled, Publish, Unpublish
from diemcau.media.socket_fabric.outgoing import PATIENCE
from diemcau.media.socket_fabric.wire import Wire, WireGone, close_code

MOST_BROADCASTS = 16
Offer: TypeAlias = Callable[[str], Outlet | None]


class SocketGuest:
    """One session over a WebSocket."""

    def __init__(self, wire: Wire, admission: Admission, offer: Offer, *, camera: bool, patience: float) -> None:
        self._admission = admission
        self._is_camera = camera
        self._offer = offer
        self._announcements = 0
        self._published: set[str] = set()
        self._begun: asyncio.Queue[Source | None] = asyncio.Queue()
        self._talk = Conversation(wire, self._find, self._hear, now=time.monotonic, meter=Meter(), patience=patience)
        self._running = asyncio.create_task(self._talk.run())
        self._running.add_done_callback(lambda _: self._begun.put_nowait(None))

    @property
    def admission(self) -> Admission:
        """Who it is."""
        return self._admission

    @property
    def is_camera(self) -> bool:
        """Whether it came to publish."""
        return self._is_camera

    @property
    def announcements(self) -> int:
        """How many broadcasts it announced or ended so far, under whatever name."""
        return self._announcements

    def quality(self) -> Quality | None:
        """Return what its transport counts: of a WebSocket only what came."""
        return Quality(bytes_received=self._talk.bytes_received)

    async def sources(self) -> AsyncIterator[Source]:
        """Yield what it publishes under names of its own, as it begins."""
        while (source := await self._begun.get()) is not None:
            yield source

    async def closed(self) -> None:
        """Wait until the session is over; from then on it reads nothing more. Raises `SentTooMuch`."""
        await asyncio.wait((self._running,))
        self._running.result()
        if self._talk.excess is not None:
            raise SentTooMuch(self._talk.excess)

    def close(self, code: Code) -> None:
        """End the session."""
        self._talk.close(code)

    def _find(self, path: str) -> Source | None:
        is_open = any(path == one or path.startswith(f"{one}/") for one in read_prefixes(self._admission))
        outlet = self._offer(path) if is_open else None
        with contextlib.suppress(FabricError):
            return None if outlet is None else outlet.source()
        return None

    def _hear(self, said: Publish | Unpublish) -> None:
        self._announcements += 1
        path = said.broadcast
        if isinstance(said, Unpublish):
            self._published.discard(path)
        elif path in self._published or len(self._published) >= MOST_BROADCASTS:
            raise Garbled(f"{path} is one broadcast too many")
        elif may_publish(self._admission, path, as_camera=self._is_camera):
            self._published.add(path)
            self._begun.put_nowait(self._talk.source(path))


class SocketKnock:
    """Somebody who wants to come in over a WebSocket, which is open already.

    `patience`: for how many seconds a reader may take nothing.
    """

    def __init__(self, wire: Wire, *, token: str, camera: bool, patience: float = PATIENCE) -> None:
        self._wire = wire
        self._patience = patience
        self._token = token
        self._is_camera = camera

    @property
    def token(self) -> str:
        """What is shown as a pass; may be empty or anything."""
        return self._token

    @property
    def is_camera(self) -> bool:
        """Whether it wants to publish."""
        return self._is_camera

    @property
    def is_relay(self) -> bool:
        """Whether a province's node comes: never this way."""
        return False

    @property
    def for_site(self) -> SiteId | None:
        """For which site below it a relay wants to publish: none comes this way."""
        return None

    async def accept(self, admission: Admission, offer: Offer) -> Guest | None:
        """Let it in."""
        return SocketGuest(self._wire, admission, offer, camera=self._is_camera, patience=self._patience)

    async def refuse(self, code: Code) -> None:
        """Send it away, and tell it why."""
        with contextlib.suppress(WireGone):
            await self._wire.close(close_code(code))
