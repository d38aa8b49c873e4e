"""A server put together: journal, directory, desks, media, projections and what follows them.

What it is to serve stands in the settings; which conferences it runs stands in the journal.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from diemcau.conduct.alarms import Surroundings
from diemcau.conduct.clock import Clock, WallClock
from diemcau.conduct.desk import CannotWrite, Desk
from diemcau.conduct.desks import Desks
from diemcau.conduct.errands import calls_for_errand, run_errands
from diemcau.conduct.heard import HeardLines
from diemcau.core import sites
from diemcau.core.ids import ConferenceId, PersonId, SiteId
from diemcau.core.stages import Stage
from diemcau.directory.models import open_directory
from diemcau.directory.people import find_all
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.journal import JournalUnusable, JournalUnwritable
from diemcau.journal.seal import key_from
from diemcau.journal.sql import engine_for, open_journal
from diemcau.media.fabric import Admission, Refusal
from diemcau.media.follower import finish_recording, follow_air, follow_board, show_air
from diemcau.media.limits import Excess
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import Certificate, MoqNode
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Passes
from diemcau.media.studio import Studio
from diemcau.plan.model import Plan
from diemcau.projections.projector import Projector
from diemcau.settings import Settings
from diemcau.web.encode import text_of
from diemcau.wiring.handouts import HandoutShelf, handouts_in
from diemcau.wiring.importing import take_in, telephones_of
from diemcau.wiring.keeper import Keeper
from diemcau.wiring.recorded import RecordingShelf
from diemcau.wiring.spoken import speeches_of
from diemcau.wiring.taping import DeskTape
from diemcau.wiring.watching import Lines

LOG = logging.getLogger(__name__)
ROOM_NEEDED = 16 * 2**20
LOOK_AROUND_EVERY = timedelta(seconds=1)
LINES_COME_BACK_WITHIN = timedelta(seconds=3)  # three beats
CAMERA_ASKS_AGAIN_WITHIN = timedelta(seconds=12)
TOO_MUCH_IS_TOLD_FOR = timedelta(minutes=2)


class Server:
    """Everything that runs on one machine for its conferences, but for the door (`web`)."""

    def __init__(self, settings: Settings, *, media_certificate: Certificate | None = None) -> None:
        self.settings = settings
        self.clock: Clock = WallClock()
        settings.make_data_folder()
        self.engine = engine_for(settings.journal_url)
        self.journal = open_journal(self.engine, CODEC)
        open_directory(self.engine)
        self.passes = Passes(load_key(settings.data))
        self.seal_key = key_from(settings.data / "seal.key")
        self.projector = Projector(self.journal, self.engine)
        self.desks = Desks(self.journal, self.clock)
        self.keeper = Keeper(self.passes, self.desks, self.clock)
        node = MoqNode(settings.media_address, settings.media_port, media_certificate)
        self.studio = Studio(
            node,
            admit=self._admit,
            admit_relay=self._admit_relay,
            on_line=self._hear_line,
            on_busy=self._hear_busy,
            on_excess=self._hear_excess,
            is_void=self.keeper.is_void,
        )
        self.handouts = HandoutShelf(handouts_in(settings.data))
        self.recordings = RecordingShelf(settings.data / "recordings", speeches_of(self.journal, self.engine))
        self.watching = Lines(settings.data / "recordings", settings.data / "scratch", self.passes, self.clock)
        self._heard: dict[ConferenceId, HeardLines] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._projecting = asyncio.Lock()
        self._all_are_open = asyncio.Event()

    async def start(self) -> None:
        """Listen for media and run every conference that the journal has."""
        await self.studio.start()
        for stream in await asyncio.to_thread(self.journal.streams):
            conference = streams.conference_of(stream)
            if conference is not None:
                await self.open(conference)
        self._all_are_open.set()

    async def stop(self) -> None:
        """Stop following, then close the media. What was acknowledged is in the journal."""
        await asyncio.sleep(0)  # what was begun just now begins, or Python would complain of it
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self.desks.stop()
        await self.studio.stop()
        self.engine.dispose()

    async def convene(self, plan: Plan) -> Desk:
        """Take a plan in and run its conference. Raises `ConvenedAlready`."""
        await take_in(plan, journal=self.journal, engine=self.engine, clock=self.clock, handouts=self.handouts)
        return await self.open(plan.id)

    async def open(self, conference: ConferenceId) -> Desk:
        """Run a conference that the journal has."""
        desk = await self.desks.open(conference, await self._offices(conference))
        heard = self._heard.setdefault(conference, HeardLines(desk))
        facts = desk.formal.facts
        telephones = await asyncio.to_thread(telephones_of, self.engine, conference)
        desk.note_surroundings(Surroundings(telephones=telephones))
        await self.studio.open_conference(conference, facts.main_site, frozenset(site.site for site in facts.sites))
        await self.studio.publish_board(conference, _board_text(desk))  # whoever comes first finds it
        await run_errands(self.journal, self.clock, conference, self.seal_key)
        await self.project()
        folder = self.recordings.folder_of(conference)
        tape = DeskTape(desk, folder, self.watching.scratch_of(conference), self.clock)
        if desk.formal.stages.stage in (Stage.CLOSED, Stage.SEALED):  # else the recorder goes on with it
            self._begin(finish_recording(tape))
        is_recorded = self.settings.recording
        self._begin(follow_air(desk, self.studio, tape) if is_recorded else show_air(desk, self.studio))
        self._begin(follow_board(desk, self.studio, _board_text))
        self._begin(self._follow(desk))
        self._begin(self._look_around(desk, heard))
        self._begin(_miss_lines(heard))
        return desk

    async def project(self) -> None:
        """Bring what people read level with the journal."""
        async with self._projecting:
            await asyncio.to_thread(self.projector.catch_up)

    async def _follow(self, desk: Desk) -> None:
        """Do what follows from what was written: errands, projections, cameras that were let in."""
        with desk.watch() as watch:
            while True:
                changes = await watch.change()
                self.studio.see_out_void()
                for record in (record for change in changes for record in change.records):
                    if isinstance(record.event, sites.CameraLetIn):
                        self._let_camera_in(desk, record.event.site)
                await self._catch_up(desk, errands=any(calls_for_errand(change.records) for change in changes))

    async def _catch_up(self, desk: Desk, *, errands: bool) -> None:
        """Run the errands that are called for and project; while nothing can be written, try again."""
        while True:
            try:
                if errands:
                    await run_errands(self.journal, self.clock, desk.conference, self.seal_key)
                await self.project()
            except (JournalUnwritable, JournalUnusable) as fault:
                LOG.warning("%s", fault)
                await asyncio.sleep(LOOK_AROUND_EVERY.total_seconds())
            else:
                return

    async def _look_around(self, desk: Desk, heard: HeardLines) -> None:
        """Look whether the journal has room again, what it or the desk missed meanwhile, and which alarms are over."""
        while True:
            await asyncio.sleep(LOOK_AROUND_EVERY.total_seconds())
            with contextlib.suppress(CannotWrite):  # the operator is alarmed when something is to be written
                await desk.catch_up()
            around = desk.surroundings
            if around.unwritable_since is not None and self._has_room():
                around = replace(around, unwritable_since=None)
            since = self.clock.now() - CAMERA_ASKS_AGAIN_WITHIN
            asking = {site: at for site, at in around.cameras_refused.items() if at >= since}
            since = self.clock.now() - TOO_MUCH_IS_TOLD_FOR
            too_much = {site: at for site, at in around.sending_too_much.items() if at >= since}
            desk.note_surroundings(replace(around, cameras_refused=asking, sending_too_much=too_much))
            if around.unwritable_since is None:
                await heard.settle()
                await desk.look_for_chair()

    def _hear_busy(self, conference: ConferenceId, site: SiteId) -> None:
        """Alarm the operator: a second camera asks to come in for a site whose first one is alive."""
        desk = self.desks.find(conference)
        if desk is not None:
            refused = {**desk.surroundings.cameras_refused, site: self.clock.now()}
            desk.note_surroundings(replace(desk.surroundings, cameras_refused=refused))

    def _hear_excess(self, conference: ConferenceId, site: SiteId, _excess: Excess) -> None:
        """Alarm the operator: a session of a site sent too much and was cut off."""
        desk = self.desks.find(conference)
        if desk is not None:
            sending = {**desk.surroundings.sending_too_much, site: self.clock.now()}
            desk.note_surroundings(replace(desk.surroundings, sending_too_much=sending))

    def _let_camera_in(self, desk: Desk, site: SiteId) -> None:
        self.studio.let_camera_in(desk.conference, site)
        asking = {one: at for one, at in desk.surroundings.cameras_refused.items() if one != site}
        desk.note_surroundings(replace(desk.surroundings, cameras_refused=asking))

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self.settings.data).free >= ROOM_NEEDED
        except OSError:  # the disk is away
            return False

    async def _offices(self, conference: ConferenceId) -> Mapping[PersonId, str]:
        convened = await asyncio.to_thread(lambda: next(self.journal.read(streams.formal(conference))))
        digests = {one.person: one.digest for one in convened.event.facts.delegates}  # type: ignore[attr-defined]
        people = await asyncio.to_thread(find_all, self.engine, digests)
        return {person: found.office for person, found in people.items()}

    def admit_relay(self, token: str) -> Admission | Refusal:
        """Say which relay comes with this token, or why not."""
        return self.keeper.admit_relay(token)

    async def _admit(self, token: str) -> Admission | Refusal:
        await self._all_are_open.wait()  # who comes back at once after a restart is not sent away for good
        return self.keeper.admit(token)

    async def _admit_relay(self, token: str) -> Admission | Refusal:
        await self._all_are_open.wait()
        return self.keeper.admit_relay(token)

    def _hear_line(self, conference: ConferenceId, site: SiteId, line: Line) -> None:
        heard = self._heard.get(conference)
        if heard is not None:
            self._begin(heard.hear(site, up=line is Line.UP))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        job = asyncio.get_running_loop().create_task(_logged(work))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)


async def _miss_lines(heard: HeardLines) -> None:
    """Note as lost the lines that were up before a restart and have not come back."""
    await asyncio.sleep(LINES_COME_BACK_WITHIN.total_seconds())
    await heard.miss()


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """Let a follower's fault be seen in the log; the others go on."""
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await work
        except Exception:  # the top of a task
            LOG.exception("a follower ended with a fault")


def _board_text(desk: Desk) -> bytes:
    return text_of({"sections": {name.value: one for name, one in desk.public_board().items()}}).encode()
