"""Revoking at the server: a command beside a server that runs, and one where none does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from diemcau.conduct.desk import CannotWrite, new_command_id
from diemcau.core.entry import NumberImpossible, RevokeLinks, RevokePass
from diemcau.core.ids import CommandId, ConferenceId, SiteId, StreamId
from diemcau.core.roles import Role
from diemcau.core.stages import OpenConference, StartRehearsal
from diemcau.journal.events import CODEC
from diemcau.journal.journal import Conflict
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author, Record
from diemcau.journal.sql import engine_for, open_journal
from diemcau.media.fabric import Code, Link
from diemcau.media.moq_fabric import connect
from diemcau.media.passes import Pass, new_pass
from diemcau.plan.reader import read_plan
from diemcau.settings import Settings
from diemcau.wiring.revoking import revoke
from diemcau.wiring.server import Server
from tests.conduct.desks import CHAIR, FullDisk, a_house
from tests.media.doors import refusal_of
from tests.plan.samples import write_plan

pytestmark = pytest.mark.anyio
SPRING = ConferenceId("spring-review")


@asynccontextmanager
async def a_server(folder: Path) -> AsyncIterator[Server]:
    """Run a server with one conference."""
    server = Server(Settings(data=folder / "data", media_port=0))
    await server.start()
    try:
        await server.convene(read_plan(write_plan(folder / "plan")))
        yield server
    finally:
        await server.stop()


def a_pass(server: Server, role: Role, site: SiteId | None = None) -> Pass:
    now = server.clock.now()
    return new_pass(conference=SPRING, role=role, site=site, until=now + timedelta(hours=1), at=now)


@asynccontextmanager
async def a_screen(server: Server, pass_: Pass) -> AsyncIterator[Link]:
    ticket = server.passes.ticket(pass_, server.clock.now())
    url = f"https://127.0.0.1:{server.studio.port}/screen?jwt={ticket}"
    link = await connect(url, fingerprints=server.studio.fingerprints())
    try:
        yield link
    finally:
        await link.close()


async def test_a_server_that_runs_cuts_off_what_is_revoked_beside_it_and_goes_on(tmp_path: Path) -> None:
    async with a_server(tmp_path) as server:
        coasts, chairs = a_pass(server, Role.SITE, SiteId("coast")), a_pass(server, Role.CHAIR)
        async with a_screen(server, coasts) as lost, a_screen(server, chairs):
            beside = engine_for(server.settings.journal_url)
            command = RevokePass(number=coasts.number)

            changed = await revoke(open_journal(beside, CODEC), server.clock, SPRING, command)

            assert changed
            assert await refusal_of(lost) == Code.UNKNOWN_PASS
            desk = server.desks.find(SPRING)
            assert desk is not None
            await desk.ask(OpenConference(), asker=CHAIR, command_id=new_command_id())
            assert not await revoke(open_journal(beside, CODEC), server.clock, SPRING, command)
            beside.dispose()


async def test_a_sites_links_are_revoked_while_a_rehearsal_runs(tmp_path: Path) -> None:
    async with a_server(tmp_path) as server:
        desk = server.desks.find(SPRING)
        assert desk is not None
        await desk.ask(StartRehearsal(), asker=CHAIR, command_id=new_command_id())
        coasts = a_pass(server, Role.SITE, SiteId("coast"))
        async with a_screen(server, coasts) as lost:
            command = RevokeLinks(role=Role.SITE, site=SiteId("coast"))

            await revoke(server.journal, server.clock, SPRING, command)

            assert await refusal_of(lost) == Code.UNKNOWN_PASS


async def test_what_cannot_be_revoked_is_refused_and_a_conference_that_is_not_there_is_told() -> None:
    house = await a_house()

    with pytest.raises(NumberImpossible):
        await revoke(house.journal, house.clock, house.desk.conference, RevokePass(number="no number"))
    with pytest.raises(LookupError):
        await revoke(house.journal, house.clock, ConferenceId("nowhere"), RevokePass(number="n"))


class Busy(MemoryJournal):
    """A journal into which another program writes just before each of the next appends."""

    others = 0

    def append(
        self,
        stream: StreamId,
        *,
        expecting: int,
        events: Sequence[object],
        command: CommandId,
        author: Author,
        at: datetime,
    ) -> tuple[Record, ...]:
        if self.others:
            self.others -= 1
            raise Conflict(stream=stream, expecting=expecting, found=expecting + 1)
        return super().append(stream, expecting=expecting, events=events, command=command, author=author, at=at)


@pytest.mark.parametrize(("others", "is_revoked"), [(2, True), (9, False)])
async def test_while_others_write_it_is_tried_again_and_given_up_in_the_end(others: int, is_revoked: bool) -> None:  # noqa: FBT001 (a case)
    journal = Busy(CODEC)
    house = await a_house(journal)
    journal.others = others

    if is_revoked:
        assert await revoke(journal, house.clock, house.desk.conference, RevokePass(number="lost"))
    else:
        with pytest.raises(CannotWrite):
            await revoke(journal, house.clock, house.desk.conference, RevokePass(number="lost"))

    await house.desk.catch_up()
    assert house.desk.formal.entry.numbers == (("lost",) if is_revoked else ())


async def test_a_journal_that_takes_nothing_is_told_at_once() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    journal.full = True

    with pytest.raises(CannotWrite) as refusal:
        await revoke(journal, house.clock, house.desk.conference, RevokePass(number="lost"))

    assert refusal.value.about == {"reason": "full"}
