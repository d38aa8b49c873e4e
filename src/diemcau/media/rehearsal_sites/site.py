"""One rehearsal site: a hall that really sends and really receives.

It sends what a hall sends (`sending`), reads everything that a hall reads, frame by frame, and
tells what arrived. It connects again for ever. It gives no commands to the conference and knows no
rules.
"""

import asyncio
import contextlib
import itertools
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import h264, paths
from diemcau.media.fabric import (
    FabricError,
    Link,
    MediaFrame,
    RefusedError,
    Rendition,
    Source,
)
from diemcau.media.ladder import Rung
from diemcau.media.moq_fabric import connect
from diemcau.media.rehearsal_sites.elsewhere import Parent, another_is_better
from diemcau.media.rehearsal_sites.report import FirstFrame, Line, Report, Tally
from diemcau.media.rehearsal_sites.sending import Quality, Sending

_LOG = logging.getLogger(__name__)
_BEAT_EVERY = 1.0
_MISSED_BEATS = 3
_RESTS, _STRAGGLERS = 0.3, 0.2
_EAGER, _A_WAIT = 1.0, 0.005
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 5.0
_JITTER, _ANSWERS_WITHIN = 0.3, 3.0
_TRACKS = {Rung.HIGH: paths.VIDEO, Rung.LOW: paths.VIDEO_LOW}
_AUDIO = Rendition(track=paths.AUDIO, codec="opus", description=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Which site it is and how it comes in. `parents`: other nodes, for when the first does not answer."""

    conference: ConferenceId
    site: SiteId
    name: str
    url: str
    fingerprints: tuple[str, ...]
    token: str
    parents: tuple[Parent, ...] = ()


class RehearsalSite:
    """One hall."""

    def __init__(self, hall: Hall, quality: Quality, tell: Callable[[Report], None]) -> None:
        self._hall = hall
        self._quality = quality
        self._tell = tell
        self._tally = Tally(hall.site)
        self._rung = _RungToWatch()
        self._unseen: set[int] = set()
        self._at = Parent(url=hall.url, fingerprints=hall.fingerprints)
        self._parents = (self._at, *hall.parents)

    def begin_speech(self, speech: str, site: SiteId) -> None:
        """Count the frames of a speech from now on; the one before is told."""
        self._end_speech(self._tally.speech)
        self._tally.begin(speech, site)

    def end_speech(self) -> None:
        """Tell what arrived of the speech, when what is still on the way has arrived."""
        loop = asyncio.get_running_loop()
        loop.call_later(_RESTS + _STRAGGLERS, self._end_speech, self._tally.speech)

    def _end_speech(self, speech: str | None) -> None:
        if speech is not None and speech == self._tally.speech:
            report = self._tally.end()
            if report is not None:
                self._tell(report)

    async def run(self) -> None:
        """Take part until cancelled."""
        parents = self._parents
        wait, tried = _FIRST_WAIT, 0
        for parent in itertools.cycle(parents):
            stayed = await self._visit(parent)
            tried = tried + 1 if not stayed else 1
            if stayed > _LONGEST_WAIT:
                wait = _FIRST_WAIT
            if tried < len(parents):
                await asyncio.sleep(random.uniform(0, _JITTER))  # noqa: S311 - spreads the load
                continue
            tried = 0
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the load
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _visit(self, parent: Parent) -> float:
        """Take part at a node until it is lost; return for how many seconds, 0 if it let nobody stay."""
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN):
                link = await connect(f"{parent.url}/camera?jwt={self._hall.token}", fingerprints=parent.fingerprints)
        except (FabricError, TimeoutError) as error:
            _LOG.debug("%s: %s", self._hall.site, error)
            return 0.0
        began, self._at = time.monotonic(), parent
        code = await self._take_part(link)
        stayed = time.monotonic() - began
        return stayed if code is None and stayed > _BEAT_EVERY else 0.0

    async def _take_part(self, link: Link) -> int | None:
        """Take part until the session is lost; return the code that the node gave, if it gave one."""
        code: int | None = None
        work = [asyncio.ensure_future(part) for part in (self._send(link), self._receive(link))]
        closed = asyncio.ensure_future(link.closed())
        try:
            await asyncio.wait((*work, closed), return_when=asyncio.FIRST_COMPLETED)
            if closed.done() and isinstance(error := closed.exception(), RefusedError):
                code = error.code
        finally:
            for task in (*work, closed):
                task.cancel()
            await asyncio.gather(*work, closed, return_exceptions=True)
            await link.close()
            self._tell(Line(site=self._hall.site, state="lost", code=code, at_ns=time.time_ns()))
        return code

    async def _send(self, link: Link) -> None:
        path = paths.up(self._hall.conference, self._hall.site, paths.new_nonce())
        await Sending(link.publish(path), self._hall.name, self._quality).run()

    async def _receive(self, link: Link) -> None:
        program = await link.read(paths.program(self._hall.conference))
        line = Line(site=self._hall.site, state="up", code=None, at_ns=time.time_ns())
        self._tell(line)
        ended = [
            asyncio.ensure_future(work)
            for work in (
                self._follow_air(link, program),
                _drain(program.texts(paths.BOARD)),
                _heed(program.texts(paths.BEAT)),
                self._another_is_better(program),
                self._follow_line(link),
            )
        ]
        try:
            await asyncio.wait((ended[0], ended[2], ended[3]), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ended:
                task.cancel()
            await asyncio.gather(*ended, return_exceptions=True)

    async def _another_is_better(self, program: Source) -> None:
        others = [parent for parent in self._parents if parent != self._at]
        await another_is_better(program.texts(paths.BEAT), others, self._hall.conference, self._hall.token)

    async def _follow_air(self, link: Link, program: Source) -> None:
        watching: dict[int, asyncio.Task[None]] = {}
        try:
            async for text in program.texts(paths.AIR):
                airs = {air["n"]: air for air in json.loads(text)["airs"]}
                for number in airs.keys() - watching.keys():
                    watching[number] = asyncio.create_task(self._watch(link, airs[number]))
        finally:
            for task in watching.values():
                task.cancel()
            await asyncio.gather(*watching.values(), return_exceptions=True)

    async def _watch(self, link: Link, air: dict[str, object]) -> None:
        number, site, role = int(str(air["n"])), SiteId(str(air["site"])), str(air["role"])
        source = await link.read(str(air["broadcast"]))
        if role == "gallery":
            await _drain(_unhurried(source.frames(_video(paths.VIDEO))))
            return
        self._tally.open(number, site, on_air_as=role)
        work: list[Coroutine[None, None, None]] = [self._see(number, site, source)]
        if site != self._hall.site:
            work.append(self._hear(number, source))
        await asyncio.gather(*work)

    async def _follow_line(self, link: Link) -> None:
        """Hear which rung of the program to look at; the highest where nobody says so."""
        with contextlib.suppress(FabricError):
            source = await link.read(paths.line(self._hall.conference))
            async for text in source.texts(paths.STATE):
                self._rung.set(Rung(json.loads(text)["down"]))

    async def _see(self, number: int, site: SiteId, source: Source) -> None:
        """Look at a source in the rung that the line says, until the source ends."""
        self._unseen.add(number)
        while (seen := await self._until_another_rung(self._see_track(number, site, source))) is None:
            pass
        if not seen and self._rung.now is Rung.LOW:  # a source that has one size only
            await self._count(number, site, source, paths.VIDEO)

    async def _see_track(self, number: int, site: SiteId, source: Source) -> int:
        """Look at one track; return how many pictures came before it ended."""
        if self._rung.now not in _TRACKS:
            await asyncio.Event().wait()
        return await self._count(number, site, source, _TRACKS[self._rung.now])

    async def _until_another_rung(self, looking: Coroutine[None, None, int]) -> int | None:
        """Look until it ends, or (None) until another rung is to be looked at."""
        seeing, changed = asyncio.ensure_future(looking), asyncio.ensure_future(self._rung.changed())
        try:
            await asyncio.wait((seeing, changed), return_when=asyncio.FIRST_COMPLETED)
            return seeing.result() if seeing.done() else None
        finally:
            changed.cancel()
            seeing.cancel()
            await asyncio.gather(seeing, return_exceptions=True)

    async def _count(self, number: int, site: SiteId, source: Source, track: str) -> int:
        seen = 0
        async for frame in _unhurried(source.frames(_video(track))):
            at_ns = time.time_ns()
            seen += 1
            self._tally.video(number, at_ns)
            if number in self._unseen:
                self._unseen.discard(number)
                self._tell(self._first(number, site, frame, at_ns))
        return seen

    def _first(self, number: int, site: SiteId, frame: MediaFrame, at_ns: int) -> FirstFrame:
        return FirstFrame(
            viewer=self._hall.site,
            air=number,
            site=site,
            at_ns=at_ns,
            is_whole=frame.key and h264.is_whole_key_frame(frame.payload),
        )

    async def _hear(self, number: int, source: Source) -> None:
        async for _ in _unhurried(source.frames(_AUDIO)):
            self._tally.audio(number)


def _video(track: str) -> Rendition:
    return Rendition(track=track, codec="avc3", description=None)


class _RungToWatch:
    """Which rung of the program is looked at."""

    def __init__(self) -> None:
        self.now = Rung.HIGH
        self._waiting = asyncio.Event()

    def set(self, rung: Rung) -> None:
        """Look at another."""
        if rung is not self.now:
            self.now = rung
            waiting, self._waiting = self._waiting, asyncio.Event()
            waiting.set()

    async def changed(self) -> None:
        """Wait for another."""
        await self._waiting.wait()


async def _unhurried(frames: AsyncIterator[MediaFrame]) -> AsyncIterator[MediaFrame]:
    """Yield every frame, the first ones at once, later ones a few at a time.

    Waking for each of them costs more than reading it: a third of what a rehearsal site needs.
    """
    loop = asyncio.get_running_loop()
    began = asked = loop.time()
    async for frame in frames:
        yield frame
        had_to_wait = loop.time() - asked > _A_WAIT
        if had_to_wait and loop.time() - began > _EAGER:
            await asyncio.sleep(_RESTS)
        asked = loop.time()


async def _drain(arriving: AsyncIterator[object]) -> None:
    async for _ in arriving:
        pass


async def _heed(beats: AsyncIterator[bytes]) -> None:
    """Return when three beats are missed; a process too busy to hear looks once more each time."""
    missed = 0
    hearing = asyncio.ensure_future(_next(beats))
    try:
        while missed < _MISSED_BEATS:
            await asyncio.wait((hearing,), timeout=_BEAT_EVERY)
            await asyncio.sleep(0)
            missed = 0 if hearing.done() else missed + 1
            if hearing.done():
                if hearing.result() is None:
                    return
                hearing = asyncio.ensure_future(_next(beats))
    finally:
        hearing.cancel()


async def _next(texts: AsyncIterator[bytes]) -> bytes | None:
    return await anext(texts, None)
