"""A camera that is connected: its source, and what it offers, known before anyone asks.

Reading the offer ahead spares a grant one journey to the hall and back. No frame is read here.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from diemcau.media.fabric import Renditions, Source


class Camera:
    """One connection of a site's camera. `is_far`: whether what is lost on its line comes again late."""

    def __init__(self, source: Source, *, is_far: Callable[[], bool] = lambda: False) -> None:
        self.source = source
        self.is_far = is_far
        self._offered: Renditions | None = None
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._follow())

    @property
    def offered(self) -> Renditions:
        """What is offered now; nothing before `ready`."""
        return self._offered or Renditions()

    async def ready(self) -> None:
        """Wait until it is known what is offered."""
        while self._offered is None and not self._task.done():
            await self._changed.wait()

    def is_over(self) -> bool:
        """Whether it is gone."""
        return self._task.done()

    async def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change, until the camera is gone."""
        while True:
            changed = self._changed
            if self._offered is not None:
                yield self._offered
            if self._task.done():
                return
            await changed.wait()

    async def end(self) -> None:
        """Stop following what it offers."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _follow(self) -> None:
        try:
            async for renditions in self.source.renditions():
                self._offered = renditions
                self._wake()
        finally:
            asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
