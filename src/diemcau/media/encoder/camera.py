"""An encoder as a site's camera: keeps the input open and the line to the server up, for ever.

Input and line fail and come back each by itself: an encoder that was switched off is no reason to
leave the conference, nor a lost line to stop reading. Only a film that is over ends it.
"""

import asyncio
import contextlib
import logging
import math
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import av

from diemcau.core.ids import ConferenceId
from diemcau.media import paths
from diemcau.media.encoder.reading import EncoderAway, EncoderUnusable, Reader
from diemcau.media.encoder.sending import Sending
from diemcau.media.fabric import Code, FabricError, Link, RefusedError

_LOG = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_BUSY_WAIT: Final = 5.0
_CLOSES_WITHIN: Final = 1.0
LOST_AFTER: Final = 3.0
NO_INPUT_AFTER: Final = 3.0


class News(StrEnum):
    """What the person who started it is told."""

    CONNECTED = "connected"
    LOST = "lost"
    BUSY = "busy"
    NO_INPUT = "no_input"
    OVER = "over"


class CameraEnded(Exception):  # noqa: N818 (a fact, as in the core)
    """The server wants this camera no more; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A session with the server, where its camera is published, and what carries it."""

    link: Link
    conference: ConferenceId
    up: str
    by: str


Connect = Callable[[], Awaitable[Way]]
"""Begins a session. Raises `FabricError`, or what ends the program."""


class EncoderCamera:
    """One encoder, one site. `lost_after`: for how many seconds the server may be silent."""

    def __init__(
        self,
        connect: Connect,
        make_reader: "MakeReader",
        tell: Callable[[News, str], None],
        *,
        lost_after: float = LOST_AFTER,
    ) -> None:
        self._connect = connect
        self._make_reader = make_reader
        self._tell = tell
        self._lost_after = lost_after
        self._sending: Sending | None = None
        self._height = 0
        self._came_at = -math.inf

    async def run(self) -> None:
        """Send until a film is over. Raises `EncoderUnusable` or `CameraEnded`, and what `connect` raises."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send())
            await self._read()
            self._tell(News.OVER, "")
            sending.cancel()

    # the reader's thread gives what comes to whichever connection is up

    def opened(self, height: int) -> None:
        """Hear how many lines the picture has that will come."""
        self._height = height
        if sending := self._sending:
            sending.opened(height)

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        """Take one frame of H.264."""
        self._came_at = time.monotonic()
        if sending := self._sending:
            sending.picture(payload, at_us, key=key)

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        """Take one decoded picture."""
        if sending := self._sending:
            sending.raw(picture, at_us)

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        """Take one packet of Opus."""
        self._came_at = time.monotonic()
        if sending := self._sending:
            sending.sound(packet, at_us, level)

    def thumb(self, jpeg: bytes) -> None:
        """Take a small picture."""
        if sending := self._sending:
            sending.thumb(jpeg)

    def wants_raw(self) -> bool:
        """Whether decoded pictures are asked for."""
        sending = self._sending
        return sending is not None and sending.wants_raw()

    def wants_thumb(self) -> bool:
        """Whether small pictures are asked for."""
        sending = self._sending
        return sending is not None and sending.wants_thumb()

    def _has_input(self) -> bool:
        return time.monotonic() - self._came_at <= NO_INPUT_AFTER

    async def _read(self) -> None:
        """Read until a film is over."""
        wait = _FIRST_WAIT
        while True:
            reader, began = self._make_reader(self), time.monotonic()
            try:
                await _in_thread(reader.read)
            except EncoderAway as away:
                self._tell(News.NO_INPUT, str(away))
            else:
                return
            finally:
                reader.stop()
            if self._came_at >= began:
                wait = _FIRST_WAIT
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _send(self) -> None:
        wait = _FIRST_WAIT
        while True:
            began, code = time.monotonic(), 0
            try:
                code = await self._take_part()
            except FabricError as fault:
                self._tell(News.LOST, str(fault))
            else:
                self._judge(code)
            if time.monotonic() - began > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            pause = _BUSY_WAIT if code == Code.CAMERA_BUSY else wait
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the load
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _take_part(self) -> int:
        """Send over one connection until it ends; return the code that the server gave, else 0."""
        way = await self._connect()
        ends = [asyncio.ensure_future(way.link.closed()), asyncio.ensure_future(self._heed(way))]
        try:
            async with self._sends(way):
                self._tell(News.CONNECTED, way.by)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if ends[0].done():
                ends[0].result()
        except RefusedError as refused:
            return refused.code
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            await asyncio.wait((asyncio.ensure_future(way.link.close()),), timeout=_CLOSES_WITHIN)
        return 0

    async def _heed(self, way: Way) -> None:
        """Return when the server is silent for too long, whatever the transport says of the line."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._lost_after) as patience:
                with contextlib.suppress(FabricError):
                    program = await way.link.read(paths.program(way.conference))
                    async for _ in program.texts(paths.BEAT):
                        patience.reschedule(asyncio.get_running_loop().time() + self._lost_after)
                await asyncio.Event().wait()  # a session that was closed tells why

    @asynccontextmanager
    async def _sends(self, way: Way) -> AsyncIterator[None]:
        sending = self._sending = Sending(way.link.publish(way.up), by=way.by, is_alive=self._has_input)
        sending.opened(self._height)
        beating = asyncio.create_task(sending.beat())
        try:
            yield
        finally:
            self._sending = None
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    def _judge(self, code: int) -> None:
        match code:
            case Code.UNKNOWN_PASS | Code.NOT_ALLOWED:
                raise CameraEnded("The link is no longer good: ask for a new one.")
            case Code.REPLACED:
                raise CameraEnded("Another camera of this site took over.")
            case Code.CAMERA_BUSY:
                self._tell(News.BUSY, "")
            case _:
                self._tell(News.LOST, "")


def _in_thread(work: Callable[[], None]) -> asyncio.Future[None]:
    """Do blocking work in a thread that the end of the program does not wait for."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(fault: BaseException | None) -> None:
        if done.cancelled():
            return
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(fault)

    def run() -> None:
        fault: BaseException | None = None
        try:
            work()
        except Exception as raised:  # noqa: BLE001 - the top of a task of a thread; told
            fault = raised
        with contextlib.suppress(RuntimeError):  # the program is over
            loop.call_soon_threadsafe(tell, fault)

    threading.Thread(target=run, name="encoder", daemon=True).start()
    return done


MakeReader = Callable[[EncoderCamera], Reader]

__all__ = ["CameraEnded", "Connect", "EncoderCamera", "EncoderUnusable", "MakeReader", "News", "Way"]
