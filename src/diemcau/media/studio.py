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
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media.director import Air, Director
from diemcau.media.fabric import (
    Admission,
    Code,
    Guest,
    Knock,
    Node,
    Outlet,
    Part,
    Refusal,
)
from diemcau.media.gathering import Gathering
from diemcau.media.limits import Excess
from diemcau.media.lines import Busy, Line
from diemcau.media.reception import Reception
from diemcau.media.recording.finishing import Recording
from diemcau.media.recording.recorder import Kept, Recorder
from diemcau.media.relay.presence import Relays
from diemcau.media.talkback import Talkback

_LOG = logging.getLogger(__name__)
_BEAT_EVERY = 1.0
_TICKS_IN_A_BEAT = 4
_HELD_UP = 0.5

AdmitPass = Callable[[str], Awaitable[Admission | Refusal]]


@dataclass(slots=True, kw_only=True)
class _Open:
    gathering: Gathering
    director: Director
    sites: frozenset[SiteId]
    recorder: Recorder | None = None


class Studio:
    """The media of all conferences of this server."""

    def __init__(
        self,
        node: Node,
        *,
        admit: AdmitPass,
        admit_relay: AdmitPass | None = None,
        on_line: Callable[[ConferenceId, SiteId, Line], None],
        on_busy: Callable[[ConferenceId, SiteId], None] | None = None,
        on_excess: Callable[[ConferenceId, SiteId, Excess], None] | None = None,
        is_void: Callable[[Admission], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._node = node
        self._reception = Reception(node, self)
        self._on_excess = on_excess
        self._is_void = is_void or _is_never_void
        self._admit = admit
        self._admit_relay = admit_relay
        self.relays = Relays(clock, metered=self._reception.metered)
        self._on_line = on_line
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

        director = Director(conference, self._node.new_outlet, sites | {main_site})
        gathering = Gathering(
            conference,
            director,
            self._node.new_outlet,
            usher=self._reception,
            on_line=on_line,
            clock=self._clock,
        )
        opened = _Open(gathering=gathering, director=director, sites=sites | {main_site})
        self._open[conference] = opened
        if recording_folder is not None:
            await self.begin_recording(conference, recording_folder)

    async def begin_recording(
        self,
        conference: ConferenceId,
        folder: Path,
        on_trouble: Callable[[str | None], None] | None = None,
        kept: Kept = Kept.FOR_GOOD,
    ) -> None:
        """Record what goes on air from now on. Raises `RecorderError` if the folder can't be written."""
        opened = self._open[conference]
        recorder = Recorder(folder, kept=kept, on_trouble=on_trouble)
        await recorder.start()
        opened.recorder = recorder
        opened.director.listen(recorder)

    async def end_recording(self, conference: ConferenceId) -> tuple[Recording, ...]:
        """Record no more; finish the recording and return it with what earlier crashes left."""
        opened = self._open[conference]
        recorder, opened.recorder = opened.recorder, None
        opened.director.listen(None)
        return await recorder.close() if recorder is not None else ()

    async def show(self, conference: ConferenceId, air: Air) -> None:
        """Put this on air in a conference, and nothing else."""
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
        return self._open[conference].gathering.lines.is_up(site)

    def let_camera_in(self, conference: ConferenceId, site: SiteId) -> None:
        """Let the next camera of a site in, once, though the old one is alive."""
        self._open[conference].gathering.lines.let_in(site, at=self._clock())

    def is_camera_busy(self, conference: ConferenceId, site: SiteId) -> bool:
        """Whether a live camera of a site stands in the way of another."""
        opened = self._open.get(conference)
        return opened is not None and isinstance(opened.gathering.lines.ask(site, at=self._clock()), Busy)

    def talkback(self, conference: ConferenceId) -> Talkback:
        """Return who talks in a conference behind the program."""
        return self._open[conference].gathering.talkback

    def see_out_void(self) -> None:
        """End at once every session whose pass has ended or was revoked."""
        self._reception.see_out(self._is_void, Code.UNKNOWN_PASS)

    async def close_conference(self, conference: ConferenceId) -> None:
        """End the program of a conference and close its cameras; its recording goes on when it is opened again."""
        opened = self._open.pop(conference)
        await opened.director.close()
        self._reception.see_out(lambda one: one.conference == conference, Code.STOPPING)
        opened.gathering.close()
        if opened.recorder is not None:
            await opened.recorder.leave()

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._node.port

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex."""
        return self._node.fingerprints()

    async def meet(self, knock: Knock) -> None:
        """Let somebody in who comes by another way than the UDP port; return when they are gone."""
        await self._reception.meet(knock)

    # what the node asks

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        """Say who comes with this token, or why not."""
        answer = await self._admit(token)
        if isinstance(answer, Refusal):
            return answer
        opened = self._open.get(answer.conference)
        if opened is None:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"conference {answer.conference} is not open")
        if self._is_void(answer):
            return _VOID
        return self._admit_camera(opened, answer) if as_camera else self._admit_screen(opened, answer)

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Admission | Refusal:
        """Say which relay comes with this token, to publish for which of its sites or to read, or why not."""
        if self._admit_relay is None:
            return Refusal(code=Code.NOT_ALLOWED, reason="no relay is let in here")
        answer = await self._admit_relay(token)
        if isinstance(answer, Refusal):
            return answer
        opened = self._open.get(answer.conference)
        if opened is None:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"conference {answer.conference} is not open")
        if self._is_void(answer):
            return _VOID
        if for_site is None:
            return self._admit_screen(opened, answer)
        if answer.sites is not None and for_site not in answer.sites:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"this relay may not serve site {for_site}")
        return self._admit_camera(opened, replace(answer, site=for_site, part=Part.SITE, may_publish=True))

    def _admit_camera(self, opened: _Open, answer: Admission) -> Admission | Refusal:
        """Let one camera of a site in, from wherever it comes."""
        if not answer.may_publish or answer.site is None or answer.site not in opened.sites:
            return Refusal(code=Code.NOT_ALLOWED, reason="this pass may not connect a camera")
        verdict = opened.gathering.lines.ask(answer.site, at=self._clock())
        if isinstance(verdict, Busy):
            if self._on_busy is not None:
                self._on_busy(answer.conference, answer.site)
            return Refusal(code=Code.CAMERA_BUSY, reason=verdict.reason)
        if verdict.replacing is not None:
            self._reception.see_out(lambda one: one.connection == verdict.replacing, Code.REPLACED)
        opened.gathering.lines.enter(answer.site, answer.connection, at=self._clock())
        opened.gathering.admit(answer)
        return answer

    def _admit_screen(self, opened: _Open, answer: Admission) -> Admission:
        opened.gathering.admit(answer)
        return answer

    async def welcome(self, guest: Guest) -> None:
        """Look after a guest until it is gone."""
        admission = guest.admission
        if admission.part is Part.RELAY:
            await self.relays.follow(guest)
            return
        opened = self._open.get(admission.conference)
        if opened is not None:
            await opened.gathering.welcome(guest)

    def farewell(self, admission: Admission) -> None:
        """Hear that somebody who was admitted is gone, or never came."""
        opened = self._open.get(admission.conference)
        if opened is not None:
            opened.gathering.farewell(admission)

    def hear_excess(self, admission: Admission, excess: Excess) -> None:
        """Hear that somebody was seen out who sent too much."""
        if self._on_excess is not None and admission.site is not None:
            self._on_excess(admission.conference, admission.site, excess)

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what this guest reads under this name, or None."""
        opened = self._open.get(admission.conference)
        if opened is None:
            return None
        if (own := opened.gathering.offer(admission, path)) is not None:
            return own
        if admission.part is Part.OPERATOR and (own := opened.director.offer_to_operator(path)) is not None:
            return own
        return opened.director.offer(path, to_site=admission.site)

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
            try:
                await self._second()
            except Exception:  # noqa: BLE001 - the top of a task; logged, and the beats go on
                _LOG.exception("a second of the studio ended by a fault")
                await asyncio.sleep(_BEAT_EVERY)

    async def _second(self) -> None:
        for opened in tuple(self._open.values()):
            opened.director.beat()
        was_held_up = False
        for _ in range(_TICKS_IN_A_BEAT):
            was_held_up |= await self._tick_once()
        self.see_out_void()
        counted = self._reception.look()
        for opened in tuple(self._open.values()):
            if was_held_up:
                opened.gathering.skip_second()
            else:
                opened.gathering.second(counted)

    async def _tick_once(self) -> bool:
        """Look after everyone a quarter of a second later; say whether this process was held up meanwhile."""
        was_held_up = await _overslept(_BEAT_EVERY / _TICKS_IN_A_BEAT)
        if not was_held_up:  # else beats that came meanwhile are heard first
            for opened in tuple(self._open.values()):
                opened.gathering.tick()
        return was_held_up


async def _overslept(seconds: float) -> bool:
    """Sleep; say whether this process was held up much longer than it meant to sleep."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    await asyncio.sleep(seconds)
    return loop.time() - due > _HELD_UP


def _is_never_void(_admission: Admission) -> bool:
    """Say that a pass is good where nobody ends or revokes any."""
    return False


_VOID = Refusal(code=Code.UNKNOWN_PASS, reason="the pass has ended or was revoked")
