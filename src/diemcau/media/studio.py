"""The studio: everything of sound and picture that the rest of the program calls.

One node for all conferences; for each open conference its lines, its director and, when a
folder is given, its recorder. It shows and records what it is told; it decides nothing but which
camera of a site may come in.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.camera import Camera
from diemcau.media.director import Air, Director
from diemcau.media.fabric import (
    Admission,
    Code,
    Guest,
    Node,
    Outlet,
    Part,
    Refusal,
    Source,
)
from diemcau.media.lines import Busy, Line, Lines
from diemcau.media.reception import Reception
from diemcau.media.recording.finishing import Recording
from diemcau.media.recording.recorder import Recorder

_LOG = logging.getLogger(__name__)
_BEAT_EVERY = 1.0
_TICKS_IN_A_BEAT = 4
_HELD_UP = 0.5

AdmitPass = Callable[[str], Awaitable[Admission | Refusal]]


@dataclass(slots=True, kw_only=True)
class _Open:
    lines: Lines
    director: Director
    sites: frozenset[SiteId]
    cameras: dict[str, Guest] = field(default_factory=dict)
    recorder: Recorder | None = None


class Studio:
    """The media of all conferences of this server."""

    def __init__(
        self,
        node: Node,
        *,
        admit: AdmitPass,
        on_line: Callable[[ConferenceId, SiteId, Line], None],
        on_trouble: Callable[[str | None], None] | None = None,
        on_busy: Callable[[ConferenceId, SiteId], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._node = node
        self._reception = Reception(node, self)
        self._admit = admit
        self._on_line = on_line
        self._on_trouble = on_trouble
        self._on_busy = on_busy
        self._clock = clock
        self._open: dict[ConferenceId, _Open] = {}
        self._ticking: asyncio.Task[None] | None = None
        self._jobs: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Raises `FabricError` with a sentence for the person who started the server."""
        await self._node.listen()
        self._reception.open()
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Close every conference and the port."""
        for conference in tuple(self._open):
            await self.close_conference(conference)
        if self._ticking is not None:
            self._ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticking
        await self._reception.close()
        await self._node.close()

    async def open_conference(
        self,
        conference: ConferenceId,
        main_site: SiteId,
        sites: frozenset[SiteId],
        recording_folder: Path | None = None,
    ) -> None:
        """Let the sites of a conference in; nothing is on air before `show`.

        Raises `RecorderError` if the folder can't be written.
        """

        def on_line(site: SiteId, line: Line) -> None:
            self._hear_line(conference, site, line)

        opened = _Open(
            lines=Lines(on_line),
            director=Director(conference, self._node.new_outlet),
            sites=sites | {main_site},
        )
        self._open[conference] = opened
        if recording_folder is not None:
            await self.begin_recording(conference, recording_folder)

    async def begin_recording(
        self, conference: ConferenceId, folder: Path, on_trouble: Callable[[str | None], None] | None = None
    ) -> None:
        """Record what goes on air from now on. Raises `RecorderError` if the folder can't be written."""
        opened = self._open[conference]
        recorder = Recorder(folder, on_trouble=on_trouble or self._on_trouble)
        await recorder.start()
        opened.recorder = recorder
        opened.director.listen(recorder)

    async def end_recording(self, conference: ConferenceId) -> tuple[Recording, ...]:
        """Record no more; finish the recording and return it with what earlier crashes left."""
        opened = self._open[conference]
        recorder, opened.recorder = opened.recorder, None
        opened.director.listen(None)
        return await recorder.close() if recorder is not None else ()

    async def show(
        self,
        conference: ConferenceId,
        main_site: SiteId | None,
        holder: SiteId | None = None,
        layout: str = "",
    ) -> None:
        """Put this on air in a conference, and nothing else."""
        air = Air(main_site=main_site, holder=holder, layout=layout)
        await self._open[conference].director.show(air)

    def begin_chapter(self, conference: ConferenceId, title: str, at: datetime) -> None:
        """Begin a chapter of the recording: one for each speech, titled with office and site."""
        recorder = self._open[conference].recorder
        if recorder is not None:
            recorder.chapter(title, at)

    def end_chapter(self, conference: ConferenceId, at: datetime) -> None:
        """End the chapter of a speech; what follows belongs to none."""
        recorder = self._open[conference].recorder
        if recorder is not None:
            recorder.end_chapter(at)

    def note(self, conference: ConferenceId, kind: str, body: str, at: datetime) -> None:
        """Note a change of layout or a page turn beside the recording."""
        recorder = self._open[conference].recorder
        if recorder is not None:
            recorder.note(kind, body, at)

    async def publish_board(self, conference: ConferenceId, board: bytes) -> None:
        """Send every screen of a conference the board that every hall may see."""
        await self._open[conference].director.publish_board(board)

    def is_up(self, conference: ConferenceId, site: SiteId) -> bool:
        """Whether a site's camera is alive."""
        return self._open[conference].lines.is_up(site)

    def let_camera_in(self, conference: ConferenceId, site: SiteId) -> None:
        """Let the next camera of a site in, once, though the old one is alive."""
        self._open[conference].lines.let_in(site)

    async def close_conference(self, conference: ConferenceId) -> tuple[Recording, ...]:
        """End the program of a conference, close its cameras and finish its recording."""
        opened = self._open.pop(conference)
        await opened.director.close()
        for guest in tuple(opened.cameras.values()):
            guest.close(Code.STOPPING)
        return await opened.recorder.close() if opened.recorder is not None else ()

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._node.port

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex."""
        return self._node.fingerprints()

    # what the node asks

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        """Say who comes with this token, or why not."""
        answer = await self._admit(token)
        if isinstance(answer, Refusal):
            return answer
        opened = self._open.get(answer.conference)
        if opened is None:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"conference {answer.conference} is not open")
        if not as_camera:
            return answer
        if not answer.may_publish or answer.site is None or answer.site not in opened.sites:
            return Refusal(code=Code.NOT_ALLOWED, reason="this pass may not connect a camera")
        verdict = opened.lines.ask(answer.site, at=self._clock())
        if isinstance(verdict, Busy):
            if self._on_busy is not None:
                self._on_busy(answer.conference, answer.site)
            return Refusal(code=Code.CAMERA_BUSY, reason=verdict.reason)
        if verdict.replacing is not None and (old := opened.cameras.get(verdict.replacing)):
            old.close(Code.REPLACED)
        opened.lines.enter(answer.site, answer.connection, at=self._clock())
        return answer

    async def welcome(self, guest: Guest) -> None:
        """Look after a camera until it is gone."""
        admission = guest.admission
        opened = self._open.get(admission.conference)
        if opened is None or not guest.is_camera or admission.site is None:
            return
        opened.cameras[admission.connection] = guest
        try:
            async for source in guest.sources():
                await self._follow(opened, admission.site, admission.connection, source)
        finally:
            opened.cameras.pop(admission.connection, None)
            opened.lines.leave(admission.site, admission.connection)

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what this guest reads under this name, or None."""
        opened = self._open.get(admission.conference)
        if opened is None:
            return None
        if path.startswith(paths.previews(admission.conference) + "/"):
            is_operator = admission.part is Part.OPERATOR
            return opened.director.offer_preview(path) if is_operator else None
        return opened.director.offer(path, to_site=admission.site)

    async def _follow(self, opened: _Open, site: SiteId, connection: str, source: Source) -> None:
        camera = Camera(source)
        try:
            await camera.ready()
            async for _ in source.texts(paths.BEAT):
                counts = opened.lines.beat(site, connection, at=self._clock())
                if counts and not opened.director.is_connected(site, camera):
                    await opened.director.connect(site, camera)
        finally:
            await camera.end()

    def _hear_line(self, conference: ConferenceId, site: SiteId, line: Line) -> None:
        opened = self._open.get(conference)
        if opened is None:
            return
        if line is Line.LOST:
            job = asyncio.create_task(opened.director.lose(site))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
        self._on_line(conference, site, line)

    async def _tick(self) -> None:
        while True:
            for opened in tuple(self._open.values()):
                opened.director.beat()
            for _ in range(_TICKS_IN_A_BEAT):
                if await _overslept(_BEAT_EVERY / _TICKS_IN_A_BEAT):
                    continue  # beats that came meanwhile are heard first
                for opened in tuple(self._open.values()):
                    opened.lines.tick(at=self._clock())


async def _overslept(seconds: float) -> bool:
    """Sleep; say whether this process was held up much longer than it meant to sleep."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    await asyncio.sleep(seconds)
    return loop.time() - due > _HELD_UP
