"""Wires in memory: the two ends of a session, one of which may take nothing for a while."""

import asyncio
import json
from typing import Any

from diemcau.media.socket_fabric.messages import Message, write
from diemcau.media.socket_fabric.wire import WireGone


class MemoryWire:
    """One end. What is sent waits until the other end takes it; only so much may wait."""

    def __init__(self, out: "asyncio.Queue[str | bytes]", into: "asyncio.Queue[str | bytes]") -> None:
        self._out = out
        self._in = into
        self.gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.other: MemoryWire = self

    async def send(self, message: str | bytes) -> None:
        await self._unless_gone(self._out.put(message))

    async def receive(self) -> str | bytes:
        received: str | bytes = await self._unless_gone(self._in.get())
        return received

    async def close(self, code: int) -> None:
        for end in (self, self.other):
            if not end.gone.done():
                end.gone.set_result(code)

    async def say(self, *messages: Message) -> None:
        """Send what a page would send."""
        for message in messages:
            await self.send(write(message))

    async def hear(self) -> dict[str, Any]:
        """Return the next words, whatever frames come before."""
        while not isinstance(heard := await self.receive(), str):
            pass
        said: dict[str, Any] = json.loads(heard)
        return said

    async def _unless_gone(self, work: Any) -> Any:  # noqa: ANN401 (whatever a queue gives)
        doing = asyncio.ensure_future(work)
        await asyncio.wait((doing, self.gone), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        doing.cancel()
        raise WireGone(self.gone.result())


def memory_wires(room: int = 64) -> tuple[MemoryWire, MemoryWire]:
    """Return the two ends of a wire on which so many messages may wait each way."""
    there: asyncio.Queue[str | bytes] = asyncio.Queue(room)
    back: asyncio.Queue[str | bytes] = asyncio.Queue(room)
    one, other = MemoryWire(there, back), MemoryWire(back, there)
    one.other, other.other = other, one
    return one, other
