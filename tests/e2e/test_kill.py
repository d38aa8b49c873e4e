import asyncio
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from diemcau.core.conclusions import ConclusionAdopted
from diemcau.core.conference import replay
from diemcau.core.ids import ConferenceId, PersonId, SiteId
from diemcau.core.roles import Role
from diemcau.core.stages import ConferenceSealed
from diemcau.directory.people import find_all
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.sql import SqlJournal, engine_to_read, open_to_read
from diemcau.journal.verify import verify
from diemcau.media.pass_keys import load_key
from diemcau.projections.board import public_board, role_board
from diemcau.web.encode import encode
from tests.e2e.desks import Desk, desk, token_for
from tests.e2e.forging import Forge, forge
from tests.e2e.programs import eventually, run
from tests.plan.samples import spoil, write_plan

SPRING = ConferenceId("spring-review")
KILLS = 50
COAST, HILLS = "coast", "hills"
SEATS = {
    "chair": (Role.CHAIR, None),
    "secretary": (Role.SECRETARY, None),
    COAST: (Role.SITE, COAST),
    HILLS: (Role.SITE, HILLS),
}


@dataclass
class Ledger:
    """What was acknowledged: by command id the seat that asked, what it asked, and the position answered."""

    answered: dict[str, tuple[str, str, dict[str, object], int]] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0

    def expect(self, more: int) -> None:
        """Let `enough` be set after so many more acknowledgements."""
        self.enough.clear()
        self.wanted = len(self.answered) + more

    def note(self, id_: str, seat: str, name: str, body: dict[str, object], position: int) -> None:
        """Note what was acknowledged."""
        self.answered[id_] = (seat, name, body, position)
        if len(self.answered) >= self.wanted:
            self.enough.set()


@dataclass(frozen=True)
class Press:
    """One press of a button."""

    name: str
    body: dict[str, object]


PRESSES: Mapping[str, tuple[Press, ...]] = {
    "chair": (
        Press("GrantFloor", {"site": COAST}),
        Press("GrantFloor", {"site": HILLS}),
        Press("ExtendFloor", {"by": 30}),
        Press("ReleaseFloor", {"site": HILLS}),
    ),
    "secretary": (Press("TakeNote", {"text": "Ghi lại từng lời."}),),
}


def press_of(seat: str, line: Desk, number: int) -> Press:
    """Return the next button: a site asks for the floor, then thinks better of it, and so on."""
    if seat in PRESSES:
        return PRESSES[seat][number % len(PRESSES[seat])]
    waiting = [one["request"] for one in line.board["my_site"]["requests"] if one["state"] in ("pending", "accepted")]
    if waiting:
        return Press("CancelRequest", {"site": seat, "request": waiting[0]})
    return Press("RequestFloor", {"site": seat, "topic": "Giếng nước và đồi chè"})


async def press_on(seat: str, line: Desk, ledger: Ledger, turn: int) -> None:
    """Press button after button until the line breaks; note what is acknowledged."""
    for number in itertools.count():
        press = press_of(seat, line, number)
        id_ = f"{turn}-{seat}-{number}"
        try:
            answer = await line.ask(press.name, press.body, id_=id_)
        except ConnectionError:
            return
        if "position" in answer:
            ledger.note(id_, seat, press.name, press.body, answer["position"])
        else:
            await asyncio.sleep(0.01)  # what is refused is not asked again at once


@asynccontextmanager
async def seats(base: str, tokens: Mapping[str, str]) -> AsyncIterator[dict[str, Desk]]:
    """Open everyone's desk."""
    async with AsyncExitStack() as stack:
        entering = [stack.enter_async_context(desk(base, token)) for token in tokens.values()]
        yield dict(zip(tokens, [await one for one in entering], strict=True))


def opened(data: Path) -> SqlJournal:
    """Return the journal that a dead server left."""
    return open_to_read(engine_to_read(f"sqlite:///{data / 'journal.sqlite'}"), CODEC)


def expect_ledger_in_journal(data: Path, ledger: Ledger) -> None:
    """Expect every acknowledged command in the journal, at the position that was answered."""
    journal = opened(data)
    assert verify(journal).is_whole
    ends: dict[str, int] = {}
    for record in journal.follow(limit=10**6):
        ends[record.command.rpartition(":")[2]] = record.position
    assert {id_: ends.get(id_) for id_ in ledger.answered} == {
        id_: position for id_, (_, _, _, position) in ledger.answered.items()
    }
    journal.engine.dispose()


def board_by_replay(data: Path, role: Role, site: str | None, position: int) -> object:
    """Return what a desk must show at a position, from nothing but the journal."""
    journal = opened(data)
    records = [one for one in journal.read(streams.formal(SPRING)) if one.position <= position]
    state = replay(tuple(record.event for record in records))  # type: ignore[misc]  # the core's events
    digests = {one.person: one.digest for one in state.facts.delegates}
    offices: dict[PersonId, str] = {person: found.office for person, found in find_all(journal.engine, digests).items()}
    journal.engine.dispose()
    site_id = None if site is None else SiteId(site)
    return encode({**public_board(state, offices), **role_board(state, role, site_id, offices)})


async def expect_board_of_the_journal(data: Path, at: Desk, role: Role, site: str | None) -> None:
    """Expect a desk to show exactly what the journal leads to."""
    async with asyncio.timeout(20):
        while True:
            board, position = at.board, at.position
            if board == board_by_replay(data, role, site, position):
                return
            before = (at.board, at.position)
            await at.until(lambda _: (at.board, at.position) != before)  # noqa: B023 - used at once


async def expect_same_answers(open_seats: Mapping[str, Desk], ledger: Ledger, ids: list[str]) -> None:
    """Ask again what was acknowledged, and expect the same answers."""

    async def again(id_: str) -> tuple[str, int]:
        seat, name, body, _ = ledger.answered[id_]
        return id_, (await open_seats[seat].ask(name, body, id_=id_))["position"]

    answers = dict([await again(id_) for id_ in ids])
    assert answers == {id_: ledger.answered[id_][3] for id_ in ids}


def projected(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every table that people read."""
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith(("journal_", "directory_", "sqlite_"))
        ]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608 - the program's own tables


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    plan = write_plan(tmp_path / "plan")
    assert await run("plan", "import", plan, "--data", folder) == (
        0,
        "spring-review is convened. Links: diemcau conference pass spring-review --role chair",
        "",
    )
    return folder


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_nothing_acknowledged_is_lost_when_the_server_is_killed_fifty_times(data: Path, tmp_path: Path) -> None:
    chance = random.Random(2026)
    ledger = Ledger()
    load_key(data)
    tokens = {seat: token_for(data, SPRING, role, site) for seat, (role, site) in SEATS.items()}

    async with forge(tmp_path) as starting:
        for turn in range(KILLS):
            async with starting.server(data) as url, seats(url, tokens) as open_seats:
                if turn == 0:
                    await open_seats["chair"].must("OpenConference")
                known = list(ledger.answered)
                await expect_same_answers(open_seats, ledger, known[-4:] + chance.sample(known, min(4, len(known))))
                seat = chance.choice(list(SEATS))
                await expect_board_of_the_journal(data, open_seats[seat], *SEATS[seat])
                ledger.expect(chance.randint(1, 30))
                pressing = [
                    asyncio.create_task(press_on(seat, line, ledger, turn)) for seat, line in open_seats.items()
                ]
                await asyncio.wait_for(ledger.enough.wait(), 60)
                await asyncio.sleep(chance.uniform(0, 0.02))
                await starting.kill()
                await asyncio.gather(*pressing)
            expect_ledger_in_journal(data, ledger)
        async with starting.server(data) as url, seats(url, tokens) as open_seats:
            await expect_same_answers(open_seats, ledger, list(ledger.answered))
    followed = projected(data)
    assert (await run("rebuild", "--data", data))[0] == 0
    assert projected(data) == followed
    assert len(ledger.answered) > KILLS


def write_numbered_plan(folder: Path, number: int) -> Path:
    """Write the small plan under an id of its own."""
    plan = write_plan(folder / f"plan-{number}")
    spoil(plan, "conference.toml", 'id = "spring-review"', f'id = "spring-{number}"')
    return plan


async def prepare_adoption(chair: Desk, secretary: Desk) -> None:
    """Draft a conclusion that makes two tasks, and read it out."""
    await chair.must("OpenConference")
    await secretary.must(
        "DraftItem",
        {"kind": "task", "horizon": "year", "text": "Đếm giếng.", "units": [COAST, HILLS], "due": "2026-12-31"},
    )
    await secretary.must("DeclareCounts", {"counts": [{"kind": "task", "horizon": "year", "count": 1}]})
    await chair.must("ReadOutConclusion")


def standing(data: Path, conference: str) -> tuple[bool, int, bool, int]:
    """Return whether it was adopted, how many tasks it set, whether it was sealed, and how often."""
    journal = opened(data)
    name = ConferenceId(conference)
    events = [type(record.event) for record in journal.read(streams.formal(name))]
    tasks = list(journal.read(streams.tasks(name)))
    seals = journal.seals(streams.formal(name))
    journal.engine.dispose()
    return ConclusionAdopted in events, len(tasks), ConferenceSealed in events, len(seals)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_tasks_and_seals_follow_exactly_once_however_the_server_is_killed(tmp_path: Path) -> None:
    chance = random.Random(2026)
    data = tmp_path / "data"
    conferences = [f"spring-{number}" for number in range(6)]
    for number in range(len(conferences)):
        assert (await run("plan", "import", write_numbered_plan(tmp_path, number), "--data", data))[0] == 0
    load_key(data)

    async with forge(tmp_path) as starting:
        for conference in conferences:
            chair_token, secretary_token = (token_for(data, conference, role) for role in (Role.CHAIR, Role.SECRETARY))
            both = {"chair": chair_token, "secretary": secretary_token}
            async with starting.server(data) as url, seats(url, both) as at:
                await prepare_adoption(at["chair"], at["secretary"])
                await kill_while(starting, at["chair"], "AdoptConclusion", chance)
            async with starting.server(data) as url, seats(url, both) as at:
                if not standing(data, conference)[0]:
                    await at["chair"].must("AdoptConclusion")
                await at["chair"].until(lambda board: board["conclusion"]["adopted_at"] is not None)
                await at["chair"].must("CloseConference")
                await kill_while(starting, at["secretary"], "SealConference", chance)
            async with starting.server(data) as url, seats(url, both) as at:
                if not standing(data, conference)[2]:
                    await at["secretary"].must("SealConference")
                await eventually(lambda: standing(data, conference) == (True, 2, True, 1))  # noqa: B023 - used at once
                listed = (await at["chair"].get("tasks")).json()
                assert [task["unit"] for task in listed["tasks"]] == [COAST, HILLS]
    assert [standing(data, conference) for conference in conferences] == [(True, 2, True, 1)] * len(conferences)
    assert (await run("verify-journal", "--data", data))[0] == 0


async def kill_while(starting: Forge, at: Desk, name: str, chance: random.Random) -> None:
    """Ask, and kill the server somewhere between the asking and a little after the answer."""
    asking = asyncio.create_task(at.ask(name))
    await asyncio.wait({asking}, timeout=chance.choice((0.0, 0.002, 0.005, 0.01, 1.0)))
    await asyncio.sleep(chance.uniform(0, 0.01))
    await starting.kill()
    await asyncio.gather(asking, return_exceptions=True)
