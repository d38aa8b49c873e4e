"""A conversation: one session over a wire, the same at both ends.

Each end reads tracks of the other and answers what the other reads. It ends when the wire does,
when this side closes it, or when the other side sends what no session may.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final, assert_never

from diemcau.media.fabric import Code, MediaFrame, Rendition, Renditions
from diemcau.media.limits import Excess, Meter, SentTooMuch
from diemcau.media.limits import Sent as Counted
from diemcau.media.socket_fabric.answering import Answering, Find
from diemcau.media.socket_fabric.asking import Asking
from diemcau.media.socket_fabric.catalog import frame_of, read_catalog
from diemcau.media.socket_fabric.messages import (
    CATALOG,
    Ended,
    Garbled,
    Message,
    Publish,
    Read,
    Sent,
    Stop,
    Unpublish,
    Words,
    read,
)
from diemcau.media.socket_fabric.outgoing import PATIENCE, Kind, Outgoing, TooSlow
from diemcau.media.socket_fabric.wire import GARBLED, Wire, WireGone, close_code

_LOG = logging.getLogger(__name__)
PICTURES_WAIT_MS: Final = 250
_OPUS = "opus"


class _Closed(Exception):  # noqa: N818 (a fact, as in the core)
    """It was closed from here."""


class Conversation:
    """One session. `find` says what is read here under a name; `hear` is told what the other side publishes."""

    def __init__(
        self,
        wire: Wire,
        find: Find,
        hear: Callable[[Publish | Unpublish], None],
        *,
        now: Callable[[], float],
        meter: Meter | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.bytes_received = 0
        self.excess: Excess | None = None  # what the other side sent too much of, if that ended it
        self._wire = wire
        self._find = find
        self._hear = hear
        self._now = now
        self._meter = meter
        self._patience = patience
        self._outgoing = Outgoing(wire.send, now, patience)
        self._asking = Asking(self._say)
        self._answering: Answering | None = None
        self._closing: asyncio.Future[Code] = asyncio.get_running_loop().create_future()

    def close(self, code: Code) -> None:
        """End it, and tell the other side why."""
        if not self._closing.done():
            self._closing.set_result(code)

    def source(self, path: str) -> "SocketSource":
        """Return what the other side publishes under a name; nothing is asked for before it is read."""
        return SocketSource(path, self._asking)

    async def find(self, path: str) -> "SocketSource | None":
        """Return what the other side publishes under a name, or None if it publishes nothing there."""
        return self.source(path) if await self._asking.is_there(path) else None

    def publish(self, path: str) -> None:
        """Tell the other side of a broadcast that it may read."""
        self._say(Publish(broadcast=path))

    async def run(self) -> int | None:
        """Carry it to its end; return the close code of the other side if that ended it."""
        told: int | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                self._answering = Answering(self._outgoing, self._find, tasks.create_task)
                for work in (self._listen(), self._outgoing.deliver(), self._until_closed()):
                    tasks.create_task(work)
        except* WireGone as gone:
            told = _code_of(gone)
        except* _Closed:
            await self._end(self._closing.result())
        except* Garbled as fault:
            _LOG.info("a session sent what it may not: %s", fault.exceptions[0])
            await self._end(GARBLED)
        except* SentTooMuch:
            await self._end(Code.TOO_MUCH)
        except* TooSlow:
            await self._end(Code.STOPPING)
        finally:
            self._asking.close()
        return told

    async def _listen(self) -> None:
        while True:
            raw = await self._wire.receive()
            self.bytes_received += len(raw)
            self._count(Counted.BYTES, len(raw))
            self._take(read(raw))

    def _take(self, message: Message) -> None:
        match message:
            case Sent():
                self._count(Counted.FRAMES)
                if message.begins:
                    self._count(Counted.GROUPS)
                self._asking.take(message)
            case Ended():
                self._asking.end(message)
            case Read() if self._answering is not None:
                self._count(Counted.GROUPS)
                self._answering.read(message)
            case Stop(number=number) if self._answering is not None:
                self._count(Counted.GROUPS)
                self._answering.stop(number)
            case Publish():
                self._count(Counted.ANNOUNCEMENTS)
                self._hear(message)
            case Unpublish(broadcast=broadcast):
                self._asking.end_broadcast(broadcast)
                self._hear(message)
            case Read() | Stop():
                raise AssertionError(message)
            case _:
                assert_never(message)

    def _say(self, words: Words) -> None:
        self._outgoing.say(words)

    def _count(self, what: Counted, amount: int = 1) -> None:
        excess = None if self._meter is None else self._meter.note(what, amount, at=self._now())
        if excess is not None:
            self.excess = excess
            raise SentTooMuch(excess)

    async def _until_closed(self) -> None:
        await self._closing
        raise _Closed

    async def _end(self, code: int) -> None:
        with contextlib.suppress(WireGone, TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._wire.close(close_code(code))


class SocketSource:
    """A broadcast that the other side publishes."""

    def __init__(self, path: str, asking: Asking) -> None:
        self._path = path
        self._asking = asking

    @property
    def path(self) -> str:
        """The name under which it is published."""
        return self._path

    async def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change."""
        async for catalog in self.texts(CATALOG):
            yield read_catalog(catalog)

    async def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        """Yield the frames of one track from a key frame on; subscribed while iterated."""
        kind = Kind.SOUND if rendition.codec == _OPUS else Kind.PICTURE
        async with contextlib.aclosing(
            self._asking.read(self._path, rendition.track, kind, PICTURES_WAIT_MS)
        ) as frames:
            async for frame in frames:
                if frame.payload:
                    yield frame_of(frame, rendition)

    async def texts(self, track: str) -> AsyncGenerator[bytes, None]:
        """Yield the newest text of a track and every later one."""
        async with contextlib.aclosing(self._asking.read(self._path, track, Kind.TEXT, None)) as frames:
            async for frame in frames:
                yield frame.payload


def _code_of(gone: BaseExceptionGroup[WireGone]) -> int | None:
    return next((one.code for one in gone.exceptions if isinstance(one, WireGone) and one.code is not None), None)
