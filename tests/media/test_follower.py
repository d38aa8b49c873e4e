"""Following a desk: what the journal says is on air is shown, and no other hall ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.conduct.clock import Clock, HandClock, WallClock
from diemcau.conduct.desk import Desk, convene, open_desk
from diemcau.core import conference as rules
from diemcau.core import floor, handouts, notes, onair, sites, stages
from diemcau.core.conference import Command
from diemcau.core.convening import Facts, InvitedSite
from diemcau.core.ids import CommandId, ConferenceId, HandoutId, SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import MAY, Asker, Role
from diemcau.core.stages import Stage
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.follower import follow_air, follow_board, on_air, show_air
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.recording.finishing import Recording
from diemcau.media.recording.index import read_index
from diemcau.media.studio import Studio
from diemcau.web.encode import text_of
from tests.core.commands import EVERY, STAGES
from tests.core.samples import HUE as HUE_HALL
from tests.core.samples import NINE, facts
from tests.core.samples import SITES as FOUR
from tests.media import halls
from tests.media.halls import CENTRE, CONFERENCE, HUE, VIDEO, VINH, eventually, soon, studio, take

pytestmark = pytest.mark.anyio


@dataclass
class Tape:
    """Where the tests record, and what was said of it."""

    folder: Path
    troubles: list[str | None] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    ended: int = 0

    @property
    def scratch(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}-scratch")

    def trouble(self, sentence: str | None) -> None:
        self.troubles.append(sentence)

    def finished(self, recordings: tuple[Recording, ...]) -> None:
        self.ended += 1
        self.recordings.extend(recordings)


class Witness(Studio):
    """The studio itself, which also remembers what it was asked to show and what the journal said then."""

    def __init__(self, journal: MemoryJournal) -> None:
        super().__init__(MoqNode("127.0.0.1", 0), admit=halls.admit, on_line=_nobody_hears)
        self.asked: list[tuple[Air, Air]] = []
        self.boards: list[bytes] = []
        self._journal = journal

    async def show(self, conference: ConferenceId, air: Air) -> None:
        self.asked.append((air, written(self._journal, conference)))
        await super().show(conference, air)

    async def publish_board(self, conference: ConferenceId, board: bytes) -> None:
        self.boards.append(board)
        await super().publish_board(conference, board)


def _nobody_hears(_conference: ConferenceId, _site: SiteId, _line: Line) -> None:
    """Lines are not what these tests are about."""


def written(journal: MemoryJournal, conference: ConferenceId) -> Air:
    """Return what is on air by the journal alone: in the rehearsal if one runs."""
    formal = rules.replay(tuple(record.event for record in journal.read(streams.formal(conference))))  # type: ignore[misc]
    if formal.stages.stage is not Stage.REHEARSING:
        return on_air(formal)
    rehearsed = journal.read(streams.rehearsal(conference, formal.stages.rehearsals))
    return on_air(rules.replay(tuple(record.event for record in rehearsed)))  # type: ignore[misc]


async def a_desk(invited: Facts, journal: MemoryJournal, clock: Clock | None = None) -> Desk:
    clock = clock or HandClock(NINE)
    await convene(journal, clock, invited, Author(role="plan"))
    return await open_desk(journal, clock, invited.conference, {})


async def press(desk: Desk, *commands: Command) -> None:
    """Give commands, each by a role that may give it."""
    for command in commands:
        (role, *_) = sorted(MAY[type(command)])
        asker = Asker(role=role, site=getattr(command, "site", None) if role is Role.SITE else None)
        number = CommandId(f"{desk.conference}-{desk.position}-{type(command).__name__}")
        await desk.ask(command, asker=asker, command_id=number)


@asynccontextmanager
async def following(desk: Desk, running: Studio, tape: Tape) -> AsyncIterator[None]:
    """Follow the desk for the length of the block; a follower that failed fails the test."""
    jobs = [
        asyncio.create_task(follow_air(desk, running, tape)),
        asyncio.create_task(follow_board(desk, running, board_of)),
    ]
    try:
        yield
    finally:
        for job in jobs:
            job.cancel()
        ended = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(end) for end in ended] == [asyncio.CancelledError] * 2


def board_of(desk: Desk) -> bytes:
    return text_of(desk.public_board()).encode()


OPENED: list[Command] = [stages.OpenConference()]
REHEARSED: list[Command] = [stages.StartRehearsal(), stages.OpenConference()]
COMMANDS = st.lists(
    st.one_of(
        st.sampled_from(FOUR).map(lambda site: floor.GrantFloor(site=site)),
        st.sampled_from(FOUR).map(lambda site: floor.ReleaseFloor(site=site)),
        st.sampled_from([*FOUR, HUE_HALL]).map(lambda site: sites.NoteLineLost(site=site)),
        STAGES,
        EVERY,
    ),
    max_size=15,
)


@settings(max_examples=20)
@given(begin=st.sampled_from([OPENED, REHEARSED]), commands=COMMANDS)
def test_whatever_happens_another_site_is_shown_only_while_the_journal_says_so(
    tmp_path_factory: pytest.TempPathFactory, begin: list[Command], commands: list[Command]
) -> None:

    asked, wanted = asyncio.run(played([*begin, *commands], tmp_path_factory.mktemp("tape")))

    assert [shown for shown, _ in asked] == [said for _, said in asked]
    assert asked[-1][0] == wanted
    assert all(shown.main_site is not None or not (shown.holder or shown.gallery) for shown, _ in asked)


async def played(commands: list[Command], folder: Path) -> tuple[list[tuple[Air, Air]], Air]:
    """Give commands to a followed desk; return what was asked to be shown, and what is to be shown in the end."""
    journal = MemoryJournal(CODEC)
    desk = await a_desk(facts(), journal)
    running = Witness(journal)
    await running.open_conference(desk.conference, desk.formal.facts.main_site, frozenset(FOUR))
    async with following(desk, running, Tape(folder)):
        for command in commands:
            with suppress(Refusal):
                await press(desk, command)
        await eventually(lambda: bool(running.asked) and running.asked[-1][0] == on_air(desk.current))
    wanted = written(journal, desk.conference)
    await running.stop()
    return running.asked, wanted


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def three_halls() -> Facts:
    """Return the facts of a conference of the halls whose cameras the media tests have."""
    small = facts()
    invited = tuple(
        InvitedSite(site=site, unit=unit.unit, name=f"Điểm cầu {site}", short_name=site, protocol=place, main=not place)
        for place, (site, unit) in enumerate(zip((CENTRE, HUE, VINH), small.units, strict=False))
    )
    return replace(small, conference=CONFERENCE, sites=invited, delegates=(), deputy=None)


UP = tuple(sites.NoteLineUp(site=site) for site in (CENTRE, HUE, VINH))


async def test_every_hall_sees_the_main_site_and_the_holder_of_the_floor(tmp_path: Path) -> None:
    desk = await a_desk(three_halls(), MemoryJournal(CODEC))
    async with studio() as house, following(desk, house.studio, Tape(tmp_path)):
        for site in (CENTRE, HUE, VINH):
            await house.camera_on_line(site)
        viewer = await house.link(VINH)
        await press(desk, *UP)

        await halls.on_air(viewer)
        await press(desk, stages.OpenConference())
        await halls.on_air(viewer, CENTRE)
        await press(desk, floor.GrantFloor(site=HUE))
        await halls.on_air(viewer, CENTRE, HUE)
        await press(desk, floor.GrantFloor(site=VINH))
        await halls.on_air(viewer, CENTRE, VINH)
        await press(desk, floor.ReleaseFloor(site=VINH))
        await halls.on_air(viewer, CENTRE)
        await press(desk, stages.AdjournConference(reason="giải lao"))
        await halls.on_air(viewer)

        await eventually(lambda: not any(camera.is_watched() for camera in house.cameras))
        assert house.studio.is_up(CONFERENCE, HUE)


async def test_what_goes_out_follows_gallery_still_slate_and_a_lost_line() -> None:
    desk = await a_desk(three_halls(), MemoryJournal(CODEC))
    both = Air(main_site=CENTRE, holder=HUE, layout="holder_with_main")
    await press(desk, *UP, stages.OpenConference(), floor.GrantFloor(site=HUE))
    assert on_air(desk.current) == both

    await press(desk, onair.ChooseGallery(sites=(VINH, HUE)))
    assert on_air(desk.current) == both
    await press(desk, onair.ChooseLayout(layout=onair.Layout.GALLERY), onair.FreezeProgram())
    assert on_air(desk.current) == replace(both, layout="gallery", gallery=(VINH, HUE), is_frozen=True)
    await press(desk, onair.ShowSlate(text="Xin chờ"))
    assert on_air(desk.current) == Air(main_site=None, layout="gallery")
    await press(desk, onair.TakeDownSlate(), onair.UnfreezeProgram())
    await press(desk, onair.ChooseLayout(layout=onair.Layout.HOLDER_WITH_MAIN), sites.NoteLineLost(site=HUE))
    assert on_air(desk.current) == both


async def test_the_board_rides_with_the_program_and_holds_what_every_hall_may_see(tmp_path: Path) -> None:
    desk = await a_desk(three_halls(), MemoryJournal(CODEC))
    received: list[bytes] = []
    async with studio() as house, following(desk, house.studio, Tape(tmp_path)):
        viewer = await house.link(VINH)
        await press(desk, *UP, stages.OpenConference())
        await press(desk, notes.TakeNote(text="<note>"), floor.RequestFloor(site=HUE, topic="<topic>"))
        await press(desk, floor.GrantFloor(site=HUE))
        program = await viewer.read(paths.program(CONFERENCE))

        async def until_the_last() -> None:
            async for text in program.texts(paths.BOARD):
                received.append(text)
                if text == board_of(desk):
                    return

        await soon(until_the_last())

    assert received[-1] == board_of(desk)
    assert not [text for text in received if b"<note>" in text or b"<topic>" in text]


async def test_what_no_hall_may_see_sends_no_board() -> None:
    journal = MemoryJournal(CODEC)
    desk, running = await a_desk(facts(), journal), Witness(journal)
    await running.open_conference(desk.conference, desk.formal.facts.main_site, frozenset(FOUR))
    looked: list[bytes] = []

    def look(at: Desk) -> bytes:
        looked.append(board_of(at))
        return looked[-1]

    await press(desk, stages.OpenConference())
    job = asyncio.create_task(follow_board(desk, running, look))
    await eventually(lambda: len(running.boards) == 1)
    for number in range(2, 4):
        await press(desk, notes.TakeNote(text="<note>"))
        await eventually(lambda: len(looked) == number)  # noqa: B023 (it is awaited in this turn)
    await press(desk, floor.GrantFloor(site=HUE_HALL))
    await eventually(lambda: len(running.boards) == 2)
    job.cancel()

    assert running.boards == [looked[0], board_of(desk)]
    assert looked[0] == looked[1] == looked[2]
    await running.stop()


async def test_a_conference_is_recorded_from_opening_to_closing_with_a_chapter_for_each_speech(tmp_path: Path) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC), WallClock()), Tape(tmp_path)
    async with studio() as house, following(desk, house.studio, tape):
        for site in (CENTRE, HUE):
            await house.camera_on_line(site)
        viewer = await house.link(VINH)
        await press(desk, *UP, stages.OpenConference())
        await halls.on_air(viewer, CENTRE)
        await press(desk, floor.GrantFloor(site=HUE))
        (_, hue) = await halls.on_air(viewer, CENTRE, HUE)
        await take((await viewer.read(hue["broadcast"])).frames(VIDEO), 10)
        page = handouts.ShowPage(handout=HandoutId("report"), page=1)
        await press(desk, handouts.ListHandout(handout=HandoutId("report"), title="Báo cáo", pages=1, digest=""))
        await press(desk, onair.ChooseLayout(layout=onair.Layout.HOLDER), page, handouts.TakeDownHandout())
        await press(desk, floor.ReleaseFloor(site=HUE), stages.CloseConference())
        await eventually(lambda: tape.ended == 1)

    assert [recording.chapters for recording in tape.recordings] == [1]


async def test_a_rehearsal_is_not_recorded(tmp_path: Path) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC)), Tape(tmp_path)
    async with studio() as house, following(desk, house.studio, tape):
        await house.camera_on_line(CENTRE)
        viewer = await house.link(VINH)
        await press(desk, *UP, stages.StartRehearsal(), stages.OpenConference())
        await halls.on_air(viewer, CENTRE)
        await press(desk, stages.CloseConference())
        await halls.on_air(viewer)

    assert (tape.ended, tape.recordings, files_in(tmp_path)) == (0, [], [])


async def test_a_rehearsal_is_there_to_be_watched_while_it_lasts(tmp_path: Path) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC)), Tape(tmp_path / "recordings")
    async with studio() as house, following(desk, house.studio, tape):
        await house.camera_on_line(CENTRE)
        await press(desk, *UP, stages.StartRehearsal(), stages.OpenConference())
        await eventually(lambda: any(not one.head.slate for one in read_index(tape.scratch).segments))
        await press(desk, stages.EndRehearsal())
        await eventually(lambda: not tape.scratch.exists())

    assert (tape.ended, tape.folder.exists()) == (0, False)


async def test_what_is_not_recorded_is_shown_all_the_same() -> None:
    desk = await a_desk(three_halls(), MemoryJournal(CODEC))
    async with studio() as house:
        showing = asyncio.create_task(show_air(desk, house.studio))
        for site in (CENTRE, HUE):
            await house.camera_on_line(site)
        viewer = await house.link(VINH)
        await press(desk, *UP, stages.OpenConference(), floor.GrantFloor(site=HUE))
        (_, hue) = await halls.on_air(viewer, CENTRE, HUE)
        await take((await viewer.read(hue["broadcast"])).frames(VIDEO), 3)
        await press(desk, stages.CloseConference())
        await halls.on_air(viewer)
        showing.cancel()
        (ended,) = await asyncio.gather(showing, return_exceptions=True)

    assert isinstance(ended, asyncio.CancelledError)


async def test_a_folder_that_cannot_be_written_is_told_and_the_halls_see_each_other_all_the_same(
    no_folder: Path,
) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC)), Tape(no_folder)
    async with studio() as house, following(desk, house.studio, tape):
        await house.camera_on_line(CENTRE)
        viewer = await house.link(VINH)
        await press(desk, *UP, stages.OpenConference())
        await halls.on_air(viewer, CENTRE)

    assert tape.troubles
    assert all(tape.troubles)


async def test_a_folder_that_is_mended_is_recorded_into_though_nothing_else_happens(no_folder: Path) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC)), Tape(no_folder)
    async with studio() as house, following(desk, house.studio, tape):
        await house.camera_on_line(CENTRE)
        await press(desk, *UP, stages.OpenConference())
        await eventually(lambda: bool(tape.troubles))

        await asyncio.to_thread(no_folder.unlink)
        await eventually(lambda: bool(read_index(no_folder).segments))

    assert tape.troubles[0] is not None
    assert tape.troubles[-1] is None


async def test_a_recording_for_which_there_is_no_room_at_the_closing_is_finished_when_there_is(tmp_path: Path) -> None:
    desk, tape = await a_desk(three_halls(), MemoryJournal(CODEC), WallClock()), Tape(tmp_path)
    in_the_way = tmp_path / "recording-1.draft.mkv"
    async with studio() as house, following(desk, house.studio, tape):
        await house.camera_on_line(CENTRE)
        await press(desk, *UP, stages.OpenConference())
        await eventually(lambda: any(not one.head.slate for one in read_index(tmp_path).segments))
        in_the_way.mkdir()
        await press(desk, stages.CloseConference())
        await eventually(lambda: any(tape.troubles))
        told = list(tape.troubles)

        in_the_way.rmdir()
        await eventually(lambda: tape.ended == 1)
        await eventually(lambda: tape.troubles[-1] is None)

    assert "is not finished" in (told[-1] or "")
    assert [one.path.name for one in tape.recordings] == ["recording-1.mkv"]


@pytest.fixture
def no_folder(tmp_path: Path) -> Path:
    """Return a path at which a file stands, so that no folder can be made there."""
    path = tmp_path / "file"
    path.write_text("no folder")
    return path
