"""A demonstration: a server of its own, rehearsal sites in processes of their own, and the play.

The same for people (a link for each desk, a pace that one can follow) and without them (fast,
headless, judged against the plan at the end).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from diemcau.conduct.desk import Desk
from diemcau.core import floor, stages
from diemcau.core.ids import PersonId, RequestId, SiteId
from diemcau.core.onair import SiteTaken
from diemcau.core.roles import Role
from diemcau.demonstration.desk_socket import DeskSocket
from diemcau.demonstration.outcome import (
    Journalled,
    Latency,
    Outcome,
    Recorded,
    conclusion_of,
    latency_of,
    quality_of,
    relative,
    roll_of,
    speeches_of,
)
from diemcau.demonstration.stage_play import StagePlay
from diemcau.journal import streams
from diemcau.media.passes import new_pass
from diemcau.media.recording.finishing import recover
from diemcau.media.recording.index import SEGMENTS
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall
from diemcau.media.rehearsal_sites.troupe import Troupe
from diemcau.plan.convening import person_id
from diemcau.plan.model import Plan
from diemcau.plan.run_of_show import Step
from diemcau.projections import task_tree
from diemcau.settings import Settings
from diemcau.wiring.door import Door, Stages, certificate_for
from diemcau.wiring.server import Server

CONNECT_WITHIN = 60.0
REPORT_WITHIN = 10.0
FINISH_WITHIN = 30.0


class RehearsalFailed(Exception):  # noqa: N818
    """The demonstration could not be played; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What is to be played, and how."""

    plan: Plan
    settings: Settings
    quality: Quality
    fast: bool


@dataclass(slots=True)
class Progress:
    """Whom to tell how far it is. Each does nothing unless it is set."""

    phase: Callable[[str], None] = field(default=lambda _: None)
    sites: Callable[[int, int], None] = field(default=lambda _up, _of: None)
    step: Callable[[int, int, str], None] = field(default=lambda _step, _of, _name: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that stands while a demonstration runs."""

    show: Show
    server: Server
    door: Door
    desk: Desk
    troupe: Troupe
    play: StagePlay


@asynccontextmanager
async def set_stage(show: Show, progress: Progress, *, with_people: bool) -> AsyncIterator[Stage]:
    """Start a server with the plan's conference and its rehearsal sites, and stop it all at the end."""
    async with AsyncExitStack() as stack:
        progress.phase("server")
        server = Server(show.settings)
        stack.push_async_callback(_finish_recording, server, show.plan)  # a demonstration that was ended is not resumed
        stack.push_async_callback(server.stop)
        await server.start()
        door = await stack.enter_async_context(Door(server, certificate_for(show.settings, server), next_free=False))
        desk = await server.convene(show.plan)
        troupe = Troupe(lambda _: progress.sites(len(troupe.up), len(show.plan.sites)))
        stack.push_async_callback(troupe.stop)
        play = StagePlay(show.plan, desk, troupe, fast=show.fast, tolerant=with_people)
        _let_people_take_over(door.scripts, desk, play)
        progress.phase("sites")
        await troupe.start(_halls(show, server), show.quality)
        if not await troupe.everyone_up(within=CONNECT_WITHIN):
            missing = sorted({site.code for site in show.plan.sites} - troupe.up)
            raise RehearsalFailed(f"{len(missing)} sites did not connect in {CONNECT_WITHIN:.0f} s: {missing[:5]}")
        yield Stage(show=show, server=server, door=door, desk=desk, troupe=troupe, play=play)


async def perform(stage: Stage, progress: Progress) -> None:
    """Play the run of show to its end."""
    progress.phase("play")
    of = len(stage.show.plan.run_of_show)

    def on_step(number: int, step: Step) -> None:
        progress.step(number, of, type(step).__name__)

    tokens: dict[tuple[Role, SiteId | None], str] = {}

    def token_of(role: Role, site: SiteId | None) -> str:
        if (role, site) not in tokens:
            tokens[role, site] = stage.door.token(stage.show.plan.id, role, site, scripted=True)
        return tokens[role, site]

    await stage.play.play(stage.door.url, token_of, on_step)


async def seal(stage: Stage) -> None:
    """Let the secretary seal the record, and wait until the seal is in the journal."""
    conference = stage.show.plan.id
    async with DeskSocket(stage.door.url, stage.door.token(conference, Role.SECRETARY, None, scripted=True)) as desk:
        await desk.ask(stages.SealConference())
    stream = streams.formal(conference)
    await _until(lambda: bool(stage.server.journal.seals(stream)), "the seal was not written")


async def conclude(stage: Stage, folder: Path, progress: Progress, began: float) -> Outcome:
    """Finish recording and documents in `folder`, and return what the conference came to."""
    progress.phase("record")
    plan, server = stage.show.plan, stage.server
    last = _last_speech(stage.desk)
    if last is not None:
        await stage.troupe.everyone_reported(last, within=REPORT_WITHIN)
    recording = await _recording(stage, folder)
    progress.phase("documents")
    site = _site_of_article(plan)
    documents = await asyncio.to_thread(stage.door.library.make_ready, plan.id, folder / "documents", site=site)
    await server.project()
    with server.engine.connect() as connection:
        tasks = task_tree.count(connection, plan.id)
    state = stage.desk.formal
    connected, reported, present = roll_of(state)
    seals = server.journal.seals(streams.formal(plan.id))
    return Outcome(
        plan=plan.id,
        sites=len(plan.sites),
        connected=connected,
        reported=reported,
        delegates_present=present,
        speeches=speeches_of(state, _offices(plan), _on_air(stage), stage.troupe.speeches),
        conclusion=conclusion_of(state),
        tasks=tasks,
        documents=tuple(relative(path, folder) for path in documents),
        recording=recording,
        journal=Journalled(position=server.journal.position(), seal=seals[-1].hash if seals else ""),
        grant_to_frame_ms=_latency(stage),
        rehearsal=quality_of(stage.show.quality),
        seconds=round(time.monotonic() - began, 1),
    )


def _latency(stage: Stage) -> Latency:
    return latency_of(stage.play.granted_ns, stage.desk.formal, stage.troupe.first_frames)


def _let_people_take_over(scripts: Stages, desk: Desk, play: StagePlay) -> None:
    scripts.playing[desk.conference] = play
    desk.on_person = play.pause


def _halls(show: Show, server: Server) -> list[Hall]:
    now = server.clock.now()
    lasts = timedelta(days=1)
    return [
        Hall(
            conference=show.plan.id,
            site=site.code,
            name=show.plan.unit(site.unit).short_name,
            url=f"https://127.0.0.1:{server.studio.port}",
            fingerprints=server.studio.fingerprints(),
            token=server.passes.ticket(
                new_pass(conference=show.plan.id, role=Role.SITE, site=site.code, until=now + lasts, at=now),
                now,
                lasts=lasts,
            ),
        )
        for site in show.plan.sites
    ]


async def _finish_recording(server: Server, plan: Plan) -> None:
    await asyncio.to_thread(recover, server.recordings.folder_of(plan.id))


def _last_speech(desk: Desk) -> RequestId | None:
    spoken = floor.speeches(desk.formal.floor)
    return spoken[-1].request if spoken else None


async def _recording(stage: Stage, folder: Path) -> Recorded | None:
    shelf, conference = stage.server.recordings, stage.show.plan.id
    kept = shelf.folder_of(conference)
    await _until(lambda: not (kept / SEGMENTS).exists(), "the recording was not finished")
    found = await shelf.of(conference)
    if found is None or found.file is None:
        return None
    path = relative(found.file, folder)
    return Recorded(path=path, seconds=round(found.length.total_seconds(), 2), chapters=len(found.chapters))


def _on_air(stage: Stage) -> Mapping[RequestId, datetime]:
    """Return when each speech went on air first."""
    taken: dict[RequestId, datetime] = {}
    speaking: dict[SiteId, RequestId] = {}
    for record in stage.server.journal.read(streams.formal(stage.show.plan.id)):
        match record.event:
            case floor.FloorGranted(request=request, site=site):
                speaking[site] = request
            case SiteTaken(site=site, at=at):
                taken.setdefault(speaking[site], at)
            case _:
                continue
    return taken


def _offices(plan: Plan) -> Mapping[PersonId, str]:
    return {person_id(plan.id, one): one.office(plan.language) for one in plan.delegates}


def _site_of_article(plan: Plan) -> SiteId:
    """Return the site whose article is written: the last remote one that speaks, else the main site."""
    speaking = [grant.site for grant in plan.speeches if grant.site != plan.main_site.code]
    return speaking[-1] if speaking else plan.main_site.code


async def _until(happened: Callable[[], bool], otherwise: str) -> None:
    """Wait until something that follows by itself has happened."""
    deadline = time.monotonic() + FINISH_WITHIN
    while not await asyncio.to_thread(happened):
        if time.monotonic() > deadline:
            raise RehearsalFailed(otherwise)
        await asyncio.sleep(0.1)
