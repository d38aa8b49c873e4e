"""The reception: lets guests in, has them looked after, and sees them out.

Who may come in is asked of whoever keeps the door; a fault with one guest is no matter of another,
nor is what one of them sends too much of.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from diemcau.core.ids import SiteId
from diemcau.media.fabric import Admission, Code, Guest, Knock, Node, Outlet, Quality, Refusal, Source
from diemcau.media.limits import MOST_FAREWELLS, MOST_HANDSHAKES, SESSIONS_A_PASS, Excess, Meter, Sent, SentTooMuch
from diemcau.media.measure import Arrivals
from diemcau.media.metered import MeteredSource

_LOG = logging.getLogger(__name__)


class Door(Protocol):
    """What the reception asks."""

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        """Say who comes with this token, or why not."""
        ...

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Admission | Refusal:
        """Say which relay comes with this token, to publish for which of its sites or to read, or why not."""
        ...

    async def welcome(self, guest: Guest) -> None:
        """Look after a guest; cancelled when the guest is gone."""
        ...

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what this guest reads under this name, or None."""
        ...

    def farewell(self, admission: Admission) -> None:
        """Hear that somebody who was admitted is gone, or never came."""
        ...

    def hear_excess(self, admission: Admission, excess: Excess) -> None:
        """Hear that somebody was seen out who sent too much."""
        ...


@dataclass(slots=True, eq=False)
class _Stay:
    """A guest, and what was counted of what the guest sends."""

    guest: Guest
    meter: Meter = field(default_factory=Meter)
    announcements: int = 0
    received: int = 0
    is_seen_out: bool = False


class Reception:
    """Everyone who is at a node."""

    def __init__(self, node: Node, door: Door, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._node = node
        self._door = door
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._unanswered: set[Knock] = set()
        self._coming: dict[str, Admission] = {}
        self._stays: dict[str, _Stay] = {}
        self._farewells = 0

    def open(self) -> None:
        """Begin to let guests in; the node listens already."""
        self._begin(self._receive())

    async def close(self) -> None:
        """See everyone out."""
        self.see_out(lambda _: True, Code.STOPPING)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def see_out(self, is_to_go: Callable[[Admission], bool], code: Code) -> None:
        """End the sessions of those who are to go."""
        for stay in tuple(self._stays.values()):
            if is_to_go(stay.guest.admission):
                stay.guest.close(code)

    def meter(self, admission: Admission) -> Meter:
        """Return what counts what a guest sends."""
        stay = self._stays.get(admission.connection)
        return stay.meter if stay is not None else Meter()

    def metered(self, admission: Admission, source: Source) -> Source:
        """Return the same texts of a guest, counted: who sends too many is seen out."""
        return MeteredSource(
            source,
            self.meter(admission),
            arrivals=Arrivals(),
            on_excess=lambda excess: self.see_out_for(admission, excess),
            clock=self._clock,
        )

    def see_out_for(self, admission: Admission, excess: Excess) -> None:
        """End a session that sent too much, and tell of it once."""
        stay = self._stays.get(admission.connection)
        if stay is None or stay.is_seen_out:
            return
        stay.is_seen_out = True
        _LOG.warning("a session of site %s, conference %s, sent %s", admission.site, admission.conference, excess)
        stay.guest.close(Code.TOO_MUCH)
        self._door.hear_excess(admission, excess)

    def look(self) -> Mapping[str, Quality]:
        """Count what everyone announced and sent since the last look; to be called once a second.

        Returns what the transport of each connection counts now, since asking the library is not cheap.
        """
        at = self._clock()
        counted = dict[str, Quality]()
        for connection, stay in tuple(self._stays.items()):
            quality = stay.guest.quality()
            if quality is not None:
                counted[connection] = quality
            excess = _count(stay, quality, at)
            if excess is not None:
                self.see_out_for(stay.guest.admission, excess)
        return counted

    async def meet(self, knock: Knock) -> None:
        """Answer somebody, who may come by another way than the node, and look after them until they are gone."""
        try:
            answer = await self._ask(knock)
            if isinstance(answer, Refusal):
                await self._refuse(knock, answer)
            else:
                await self._let_in(knock, answer)
        finally:
            self._unanswered.discard(knock)

    async def _let_in(self, knock: Knock, admission: Admission) -> None:
        try:
            if self._is_crowded(admission):
                await self._refuse(knock, Refusal(code=Code.TOO_MUCH, reason="this pass has too many sessions"))
                return
            self._coming[admission.connection] = admission
            guest = await knock.accept(admission, lambda path: self._door.offer(admission, path))
            self._unanswered.discard(knock)
            if guest is not None:
                await self._look_after(guest)
        finally:
            self._coming.pop(admission.connection, None)
            self._door.farewell(admission)

    async def _ask(self, knock: Knock) -> Admission | Refusal:
        if knock.is_relay:
            return await self._door.admit_relay(knock.token, for_site=knock.for_site)
        return await self._door.admit(knock.token, as_camera=knock.is_camera)

    async def _receive(self) -> None:
        async for knock in self._node.knocks():
            if len(self._unanswered) < MOST_HANDSHAKES:
                self._unanswered.add(knock)
                self._begin(self.meet(knock))

    async def _refuse(self, knock: Knock, refusal: Refusal) -> None:
        """Send somebody away and say why; while too many are being told, the rest are dropped without a word."""
        if self._farewells >= MOST_FAREWELLS:
            return
        _LOG.info("a session was refused: %s", refusal.reason)
        self._farewells += 1
        try:
            await knock.refuse(refusal.code)
        finally:
            self._farewells -= 1

    def _is_crowded(self, admission: Admission) -> bool:
        """Whether a pass has as many sessions as it may, a relay's for each site; one without a number is free."""
        here = [stay.guest.admission for stay in self._stays.values()]
        same = [
            one
            for one in (*here, *self._coming.values())
            if (one.number, one.site) == (admission.number, admission.site)
        ]
        return bool(admission.number) and len(same) >= SESSIONS_A_PASS[admission.part]

    async def _look_after(self, guest: Guest) -> None:
        connection = guest.admission.connection
        self._coming.pop(connection, None)
        self._stays[connection] = _Stay(guest)
        welcome = asyncio.create_task(self._door.welcome(guest))
        try:
            await guest.closed()
        except SentTooMuch as fact:
            self.see_out_for(guest.admission, fact.excess)
        finally:
            del self._stays[connection]
            welcome.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await welcome

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("a media session ended by a fault", exc_info=error)


def _count(stay: _Stay, quality: Quality | None, at: float) -> Excess | None:
    announced, stay.announcements = stay.guest.announcements - stay.announcements, stay.guest.announcements
    excess = stay.meter.note(Sent.ANNOUNCEMENTS, announced, at=at)
    if quality is None:
        return excess
    received, stay.received = quality.bytes_received - stay.received, quality.bytes_received
    return excess or stay.meter.note(Sent.BYTES, received, at=at)
