"""The reception: lets guests in, has them looked after, and sees them out.

Who may come in is asked of whoever keeps the door; a fault with one guest is no matter of another.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Protocol

from diemcau.media.fabric import Admission, Code, Guest, Knock, Node, Outlet, Refusal

_LOG = logging.getLogger(__name__)


class Door(Protocol):
    """What the reception asks."""

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        """Say who comes with this token, or why not."""
        ...

    async def welcome(self, guest: Guest) -> None:
        """Look after a guest; cancelled when the guest is gone."""
        ...

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what this guest reads under this name, or None."""
        ...


class Reception:
    """Everyone who is at a node."""

    def __init__(self, node: Node, door: Door) -> None:
        self._node = node
        self._door = door
        self._tasks: set[asyncio.Task[None]] = set()
        self._guests: set[Guest] = set()

    def open(self) -> None:
        """Begin to let guests in; the node listens already."""
        self._begin(self._receive())

    async def close(self) -> None:
        """See everyone out."""
        for guest in tuple(self._guests):
            guest.close(Code.STOPPING)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def meet(self, knock: Knock) -> None:
        """Answer somebody, who may come by another way than the node, and look after them until they are gone."""
        answer = await self._door.admit(knock.token, as_camera=knock.is_camera)
        if isinstance(answer, Refusal):
            _LOG.info("a session was refused: %s", answer.reason)
            await knock.refuse(answer.code)
            return
        guest = await knock.accept(answer, lambda path: self._door.offer(answer, path))
        if guest is not None:
            await self._look_after(guest)

    async def _receive(self) -> None:
        async for knock in self._node.knocks():
            self._begin(self.meet(knock))

    async def _look_after(self, guest: Guest) -> None:
        self._guests.add(guest)
        welcome = asyncio.create_task(self._door.welcome(guest))
        try:
            await guest.closed()
        finally:
            self._guests.discard(guest)
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
