"""A second recorder: reads what is on air as any screen does, and records it wherever it stands.

It knows a server by its media alone, so it may be on another machine; neither recorder is aware of
the other. What the first one has and this one has not: chapters, and what the halls were shown of
handouts.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.director import OnAir, Place
from diemcau.media.fabric import FabricError, Link, Rendition, Source
from diemcau.media.recording.recorder import Recorder
from diemcau.media.strand import Strand

_VIDEO = Rendition(track=paths.VIDEO, codec="avc3", description=None)
_AUDIO = Rendition(track=paths.AUDIO, codec="opus", description=None)
_AGAIN_AFTER = (0.5, 1.0, 2.0, 5.0)
_ASKED_AGAIN_AFTER = 1.0
_BEATS_WITHIN = 3.0
_RECORDED = {"main": Place.MAIN, "holder": Place.HOLDER}


class News(StrEnum):
    """What happened to the line."""

    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A session with the server, and the conference that it is in."""

    link: Link
    conference: ConferenceId


class SecondRecorder:
    """Records one conference from afar. `sit` comes in anew and raises `FabricError` if that can't be now."""

    def __init__(
        self, recorder: Recorder, sit: Callable[[], Awaitable[Seat]], tell: Callable[[News, str], None]
    ) -> None:
        self._recorder = recorder
        self._sit = sit
        self._tell = tell
        self._number = 0

    async def run(self) -> None:
        """Record until cancelled, however often the line is lost."""
        tries = 0
        while True:
            try:
                seat = await self._sit()
                tries = 0
                self._tell(News.CONNECTED, "")
                await self._follow(seat)
                self._tell(News.LOST, "")
            except FabricError as error:
                self._tell(News.LOST, str(error))
            await asyncio.sleep(_AGAIN_AFTER[min(tries, len(_AGAIN_AFTER) - 1)])
            tries += 1

    async def _follow(self, seat: Seat) -> None:
        """Record what is on air until the session ends or the server is silent."""
        running: dict[int, asyncio.Task[None]] = {}
        try:
            program = await seat.link.read(paths.program(seat.conference))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._airs(seat.link, program, running))
                tasks.create_task(_beats(program))
        except* TimeoutError:
            pass  # the server is silent: a new session is begun
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)
            await seat.link.close()

    async def _airs(self, link: Link, program: Source, running: dict[int, asyncio.Task[None]]) -> None:
        async for text in program.texts(paths.AIR):
            airs = {int(air["n"]): air for air in json.loads(text)["airs"] if air["role"] in _RECORDED}
            for number in [one for one in running if one not in airs]:
                running.pop(number).cancel()
            for number, air in airs.items():
                if number not in running:
                    running[number] = asyncio.create_task(self._record(link, air))

    async def _record(self, link: Link, air: dict[str, str]) -> None:
        """Record one air until cancelled; a picture or a sound that is not offered yet is asked for again."""
        self._number += 1
        on_air = OnAir(number=self._number, place=_RECORDED[air["role"]], site=SiteId(air["site"]))
        tap = self._recorder.tap(on_air)
        source = await _read(link, air["broadcast"])
        pictures = Strand(source, tap.video, again_after=_ASKED_AGAIN_AFTER)
        sound = Strand(source, tap.audio, alone=True, again_after=_ASKED_AGAIN_AFTER)
        try:
            pictures.choose(_VIDEO)
            sound.choose(_AUDIO)
            await asyncio.get_running_loop().create_future()  # until the air leaves the record
        finally:
            await asyncio.gather(pictures.end(), sound.end())
            tap.end()


async def _beats(program: Source) -> None:
    """Return when the server is silent; raise `TimeoutError` then."""
    beats = program.texts(paths.BEAT)
    while True:
        async with asyncio.timeout(_BEATS_WITHIN):
            if await anext(beats, None) is None:
                raise TimeoutError


async def _read(link: Link, broadcast: str) -> Source:
    """Return a broadcast as soon as it can be read."""
    while True:
        with contextlib.suppress(FabricError):
            return await link.read(broadcast)
        await asyncio.sleep(_ASKED_AGAIN_AFTER)
