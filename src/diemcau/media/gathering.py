"""The gathering: the sessions of one conference, and what is heard of each.

Cameras and their beats, screens and theirs, voices of the talkback; what each line is asked to
carry, second by second. What is on air is the director's; who may come in is the studio's.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final, Protocol

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.beats import read_camera_beat, read_screen_beat
from diemcau.media.camera import Camera
from diemcau.media.director import Director
from diemcau.media.fabric import Admission, Guest, Outlet, Quality, Source
from diemcau.media.ladder import Rung
from diemcau.media.limits import Excess, Meter
from diemcau.media.line_check import LineChecks
from diemcau.media.lines import Line, Lines
from diemcau.media.metered import MeteredSource
from diemcau.media.talkback import Talkback
from diemcau.media.visits import Visits, write_states

_LOG = logging.getLogger(__name__)
_BEAT_EVERY: Final = 1.0
MOST_SOURCES: Final = 8
"""Of one session at a time: a camera, a screen and a voice, and each once more while it begins anew."""


class Usher(Protocol):
    """Who counts what guests send, and sees them out (`reception.Reception`)."""

    def meter(self, admission: Admission) -> Meter:
        """Return what counts what a guest sends."""
        ...

    def see_out_for(self, admission: Admission, excess: Excess) -> None:
        """End a session that sent too much."""
        ...


class Gathering:
    """Everyone in one conference."""

    def __init__(
        self,
        conference: ConferenceId,
        director: Director,
        new_outlet: Callable[[], Outlet],
        *,
        usher: Usher,
        on_line: Callable[[SiteId, Line], None],
        clock: Callable[[], float],
    ) -> None:
        self._conference = conference
        self._director = director
        self._usher = usher
        self._on_line = on_line
        self._clock = clock
        self.lines = Lines(self._hear_line)
        self.visits = Visits(new_outlet)
        self.talkback = Talkback(conference, new_outlet, self._hear_talk)
        self.checks = LineChecks(new_outlet, clock=clock)

    def admit(self, admission: Admission) -> None:
        """Hear who was admitted and is about to come."""
        self.visits.begin(admission)

    async def welcome(self, guest: Guest) -> None:
        """Hear what a guest publishes until it is gone."""
        self.visits.enter(guest)
        tasks: set[asyncio.Task[None]] = set()
        camera: asyncio.Task[None] | None = None
        try:
            async for source in guest.sources():
                if len(tasks) >= MOST_SOURCES:
                    _LOG.info("%s is not heard: the session publishes %d others", source.path, MOST_SOURCES)
                    continue
                is_camera = paths.read_up(source.path) is not None
                if is_camera and camera is not None:
                    camera.cancel()  # a camera that begins anew takes its own place
                task = asyncio.create_task(self._hear(guest.admission, self._metered(guest.admission, source)))
                camera = task if is_camera else camera
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        finally:
            heard = tuple(tasks)
            for task in heard:
                task.cancel()
            await asyncio.gather(*heard, return_exceptions=True)

    def farewell(self, admission: Admission) -> None:
        """Hear that somebody is gone, or never came."""
        self.visits.leave(admission)
        self.checks.leave(admission.connection)
        if admission.site is not None:
            self.lines.leave(admission.site, admission.connection)

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what only this guest reads under a name: its own line and its check, and who talks to it."""
        if path == paths.line(self._conference):
            return self.visits.line_of(admission)
        if path == paths.check(self._conference):
            return self.checks.offer(admission.connection)
        return self.talkback.offer(admission, path)

    def tick(self) -> None:
        """Find the lines that are lost; to be called a few times a second."""
        self.lines.tick(at=self._clock())

    def second(self, counted: Mapping[str, Quality]) -> None:
        """Ask each line for what it can carry, and tell the operators; to be called once a second.

        `counted`: what the transport of each connection counts now.
        """
        at = time.monotonic()
        self.visits.hear_transports(counted)
        changed = self.visits.second(on_air={one.site for one in self._director.on_air()}, at=at)
        self._ask_for(changed)
        self._director.wall.tell(write_states(self.visits.states(at=at)))

    def skip_second(self) -> None:
        """Judge no line by a second in which this process was held up."""
        self.visits.skip(at=time.monotonic())

    def close(self) -> None:
        """End everyone's line."""
        self.visits.close()

    def _relieve(self, admission: Admission) -> None:
        if admission.site is not None:
            self._ask_for(self.visits.relieve(admission.site, at=time.monotonic()))

    def _ask_for(self, changed: Mapping[SiteId, Rung]) -> None:
        for site, rung in changed.items():
            _LOG.info("site %s, conference %s, is asked for %s from now on", site, self._conference, rung)
            self._director.set_up_rung(site, rung)

    def _metered(self, admission: Admission, source: Source) -> Source:
        return MeteredSource(
            source,
            self._usher.meter(admission),
            arrivals=self.visits.arrivals(admission),
            on_excess=lambda excess: self._usher.see_out_for(admission, excess),
            clock=time.monotonic,  # media comes when it comes, whichever clock lines are judged by
            on_crowded=lambda: self._relieve(admission),
        )

    async def _hear(self, admission: Admission, source: Source) -> None:
        try:
            if paths.read_up(source.path) is not None and admission.site is not None:
                await self._hear_camera(admission.site, admission.connection, source)
            elif paths.read_watch(source.path) is not None:
                async for text in source.texts(paths.BEAT):
                    self.visits.hear_screen(admission.connection, read_screen_beat(text), at=time.monotonic())
            elif paths.read_checking(source.path) is not None:
                connection = admission.connection
                await self.checks.follow(connection, source, lambda: self.visits.quality(connection))
            else:
                await self.talkback.hear(admission, source)
        except Exception:  # noqa: BLE001 (the top of a task; the session's other sources go on)
            _LOG.exception("%s is heard no more by a fault", source.path)

    async def _hear_camera(self, site: SiteId, connection: str, source: Source) -> None:
        camera = Camera(source, is_far=lambda: self.visits.is_far(connection))
        try:
            await camera.ready()
            async for text in _beats(camera):
                if not self.lines.beat(site, connection, at=self._clock()):
                    continue
                self.visits.hear_camera(site, connection, read_camera_beat(text))
                if not self._director.is_connected(site, camera):
                    await self._director.connect(site, camera)
        finally:
            await camera.end()

    def _hear_line(self, site: SiteId, line: Line) -> None:
        if line is Line.LOST:
            self.visits.lose_camera(site)
        self._on_line(site, line)

    def _hear_talk(self) -> None:
        self.visits.talk(spoken_to=self.talkback.spoken_to, speaking=self.talkback.speaking)


async def _beats(camera: Camera) -> AsyncIterator[bytes]:
    """Yield a camera's beats. Who never sends one (publishers that are not ours) is alive as long as its session."""
    has_beats = False
    async for text in camera.source.texts(paths.BEAT):
        has_beats = True
        yield text
    while not has_beats and not camera.is_over():
        yield b"{}"
        await asyncio.sleep(_BEAT_EVERY)
