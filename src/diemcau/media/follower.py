"""Following a desk: what the journal says is on air is put on air, and nothing else.

It hears of a change after it was written. The board rides with the program, whole: what changes
the floor or the air goes at once, and everything else (68 halls that report) once a second.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import av

from diemcau.conduct.desk import Desk
from diemcau.conduct.watch import Change, Watch
from diemcau.core.conference import Conference
from diemcau.core.floor import FloorGranted, FloorReleased, FloorRevoked, who_speaks
from diemcau.core.handouts import HandoutTakenDown, PageShown
from diemcau.core.ids import SiteId
from diemcau.core.onair import Layout, LayoutChosen, SiteCutBack, SiteTaken
from diemcau.core.stages import Stage
from diemcau.journal.record import Record
from diemcau.media.director import Air
from diemcau.media.recording.aside import aside
from diemcau.media.recording.finishing import Recording, recover
from diemcau.media.recording.recorder import Kept, RecorderError
from diemcau.media.studio import Studio
from diemcau.projections.sections import Section, SectionName

BOARD_AT_MOST_EVERY = 0.2
GATHERED_FOR = 1.0
RECORDED_AGAIN_AFTER = 2.0
FINISHED_AGAIN_AFTER = (2.0, 10.0, 60.0)
_LOG = logging.getLogger(__name__)


class Tape(Protocol):
    """Where a conference is recorded, and who is told of it."""

    @property
    def folder(self) -> Path:
        """The folder of its recordings."""
        ...

    @property
    def scratch(self) -> Path:
        """The folder of what is recorded of a rehearsal, while it lasts."""
        ...

    def trouble(self, sentence: str | None) -> None:
        """Hear that the recording stopped, or (None) that it goes on."""
        ...

    def finished(self, recordings: tuple[Recording, ...]) -> None:
        """Hear what was recorded."""
        ...


async def follow_air(desk: Desk, studio: Studio, tape: Tape) -> None:
    """Show and record what is on air in the conference of `desk` until cancelled.

    Recorded is the conference itself, from its opening to its closing; a rehearsal only to be watched while it lasts.
    """
    with desk.watch() as watch:
        shown: Air | None = None
        recorded: Kept | None = None
        changes: tuple[Change, ...] = ()
        async with asyncio.TaskGroup() as later:
            while True:
                if recorded is None:
                    recorded = await _begin_recording(desk, studio, tape)
                shown = await _show(desk, studio, shown)
                for change in changes:
                    for record in change.records:
                        _mark(change.conference, studio, record)
                if recorded is not None and recorded is not _kept(desk):
                    await _end_recording(desk, studio, tape, recorded, later)
                    recorded = await _begin_recording(desk, studio, tape)
                within = RECORDED_AGAIN_AFTER if recorded is None and _kept(desk) is not None else None
                changes = await _next(watch, within)


async def show_air(desk: Desk, studio: Studio) -> None:
    """Show what is on air in the conference of `desk` until cancelled, and record nothing."""
    with desk.watch() as watch:
        shown: Air | None = None
        while True:
            shown = await _show(desk, studio, shown)
            await watch.change()


async def finish_recording(tape: Tape) -> None:
    """Finish what there is of a conference that is closed, however often there is no room for it."""
    tries = 0
    while True:
        try:
            finished = await aside(lambda: recover(tape.folder))
        except (OSError, av.FFmpegError) as error:
            sentence = f"The recording is not finished ({error}): make room in {tape.folder}."
            if tries == 0:
                _LOG.warning("%s", sentence)
            tape.trouble(sentence)
            await asyncio.sleep(FINISHED_AGAIN_AFTER[min(tries, len(FINISHED_AGAIN_AFTER) - 1)])
            tries += 1
        else:
            tape.finished(finished)
            tape.trouble(None)
            return


async def follow_board(desk: Desk, studio: Studio, encode: Callable[[Desk], bytes]) -> None:
    """Send every hall the public board of `desk` until cancelled."""
    with desk.watch() as watch:
        sent = b""
        while True:
            board = encode(desk)
            if board != sent:
                sent = board
                await studio.publish_board(desk.conference, board)
                await asyncio.sleep(BOARD_AT_MOST_EVERY)
            await _something_to_tell(desk, watch)


async def _show(desk: Desk, studio: Studio, shown: Air | None) -> Air:
    """Show what is to be on air now unless it is shown already, and return it."""
    wanted = on_air(desk.current)
    if wanted != shown:
        await studio.show(desk.conference, wanted)
    return wanted


async def _something_to_tell(desk: Desk, watch: Watch) -> None:
    """Wait for a change: one of the floor or the air is told at once, others are gathered for a second."""
    known = _urgent(desk)
    await watch.change()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GATHERED_FOR):
            while _urgent(desk) == known:
                await watch.change()


def _urgent(desk: Desk) -> tuple[Section, ...]:
    """Return what every hall must see at once."""
    board = desk.public_board()
    return board[SectionName.CONFERENCE], board[SectionName.PUBLIC_FLOOR], board[SectionName.AIR]


def on_air(conference: Conference) -> Air:
    """Return what is to be on air: while a slate stands, or the conference does not sit, nobody's picture or sound.

    A site whose line is lost stays to be shown, whether the main site is cut in for it or not: it is on air again
    with its next picture. The gallery goes out only in its own layout.
    """
    air = conference.air
    if conference.stages.stage is not Stage.OPEN or air.slate is not None:
        return Air(main_site=None, layout=air.layout.value)
    return Air(
        main_site=conference.facts.main_site,
        holder=air.taken,
        gallery=air.gallery if air.layout is Layout.GALLERY else (),
        layout=air.layout.value,
        is_frozen=air.frozen,
    )


def _kept(desk: Desk) -> Kept | None:
    """Return what becomes of what is recorded now; nothing if nothing is."""
    match desk.formal.stages.stage:
        case Stage.OPEN | Stage.ADJOURNED:
            return Kept.FOR_GOOD
        case Stage.REHEARSING:
            return Kept.WHILE_IT_RUNS
        case _:
            return None


async def _begin_recording(desk: Desk, studio: Studio, tape: Tape) -> Kept | None:
    """Begin what is to be recorded; return what becomes of it."""
    kept = _kept(desk)
    if kept is None:
        return None
    folder = tape.folder if kept is Kept.FOR_GOOD else tape.scratch
    try:
        await studio.begin_recording(desk.conference, folder, tape.trouble, kept)
    except RecorderError as error:
        tape.trouble(str(error))
        return None
    tape.trouble(None)
    speech, shown = who_speaks(desk.formal.floor), (desk.formal.air.taken, desk.formal.facts.main_site)
    if speech is not None and speech.granted_at is not None and speech.site in shown:
        studio.begin_chapter(desk.conference, _title(desk.formal, speech.site), speech.granted_at)
    return kept


async def _end_recording(desk: Desk, studio: Studio, tape: Tape, kept: Kept, later: asyncio.TaskGroup) -> None:
    """Record no more. What can't be finished now, for want of room, is finished later."""
    try:
        finished = await studio.end_recording(desk.conference)
    except RecorderError as error:
        _LOG.warning("%s", error)
        tape.trouble(str(error))
        later.create_task(finish_recording(tape))
        return
    if kept is Kept.FOR_GOOD:
        tape.finished(finished)
    tape.trouble(None)


async def _next(watch: Watch, within: float | None) -> tuple[Change, ...]:
    """Return what changed, or nothing if something is to be tried again."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            return await watch.change()
    return ()


def _mark(after: Conference, studio: Studio, record: Record) -> None:
    """Note beside the recording what happened: a chapter for each speech, layout and pages."""
    conference = after.facts.conference
    match record.event:
        case SiteTaken(site=site, at=at):
            studio.begin_chapter(conference, _title(after, site), at)
        case FloorGranted(site=site, at=at) if site == after.facts.main_site:  # it is on air anyway
            studio.begin_chapter(conference, _title(after, site), at)
        case FloorReleased(site=site, at=at) | FloorRevoked(site=site, at=at) if site == after.facts.main_site:
            studio.end_chapter(conference, at)
        case SiteCutBack(at=at):
            studio.end_chapter(conference, at)
        case LayoutChosen(layout=layout, at=at):
            studio.note(conference, "layout", layout.value, at)
        case PageShown(handout=handout, page=page, at=at):
            studio.note(conference, "page", f"{handout} {page}", at)
        case HandoutTakenDown(handout=handout, at=at):
            studio.note(conference, "page", f"{handout} 0", at)
        case _:
            return


def _title(conference: Conference, site: SiteId) -> str:
    """Return the chapter's title: which speech, of which site; no office, since a file can't be erased in part."""
    name = next(one.name for one in conference.facts.sites if one.site == site)
    spoken = sum(1 for one in conference.floor.requests if one.granted_at is not None)
    return f"{spoken}. {name}"
