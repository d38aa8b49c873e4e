from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document

from diemcau.conduct.clock import WallClock
from diemcau.conduct.desk import Desk, new_command_id
from diemcau.conduct.desks import Desks
from diemcau.core import rollcall
from diemcau.core.conference import Command
from diemcau.core.ids import PersonId, SiteId
from diemcau.core.roles import Asker, Role
from diemcau.directory.models import open_directory
from diemcau.directory.people import erase
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.seal import seal_stream
from diemcau.journal.sql import SqlJournal, engine_for, open_journal
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.web.ports import Form
from diemcau.wiring.handouts import HandoutShelf
from diemcau.wiring.importing import take_in
from diemcau.wiring.library import Library
from tests.conduct.desks import a_key
from tests.plan.samples import write_plan

COAST = SiteId("coast")


@dataclass(frozen=True, kw_only=True)
class House:
    journal: SqlJournal
    desk: Desk
    library: Library
    plan: Plan

    async def give(self, role: Role, command: Command) -> None:
        await self.desk.ask(command, asker=Asker(role=role), command_id=new_command_id())

    async def text(self, document: str) -> str:
        file = await self.library.file(self.plan.id, document, Form.DOCX)
        assert file is not None
        cells = [cell.text for table in Document(str(file)).tables for row in table.rows for cell in row.cells]
        return "\n".join(cells)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    engine = engine_for(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield open_journal(engine, CODEC)
    engine.dispose()


@pytest.fixture
async def house(journal: SqlJournal, tmp_path: Path) -> AsyncIterator[House]:
    open_directory(journal.engine)
    plan = read_plan(write_plan(tmp_path / "plan"))
    clock = WallClock()
    await take_in(plan, journal=journal, engine=journal.engine, clock=clock, handouts=HandoutShelf(tmp_path))
    desks = Desks(journal, clock)
    desk = await desks.open(plan.id, {})
    library = Library(journal, journal.engine, desks, tmp_path / "documents")
    yield House(journal=journal, desk=desk, library=library, plan=plan)
    await desks.stop()


async def test_who_sat_in_the_other_halls_is_listed_for_the_centre_only(house: House) -> None:
    await house.give(Role.SECRETARY, rollcall.OpenRollCall())
    await house.give(Role.SECRETARY, rollcall.CloseRollCall())

    listed = {role: await house.library.listed(house.plan.id, role=role, site=None) for role in Role}
    of_coast = await house.library.listed(house.plan.id, role=Role.SITE, site=COAST)

    centre = {role for role, documents in listed.items() if [one.document for one in documents] == ["attendance"]}
    assert centre == {Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR}
    assert of_coast == ()


async def test_a_document_that_was_made_before_a_person_was_erased_is_not_given_out_again(house: House) -> None:
    await house.give(Role.SECRETARY, rollcall.OpenRollCall())
    await house.give(Role.SECRETARY, rollcall.CloseRollCall())
    before = await house.text("attendance")

    who = PersonId(f"{house.plan.id}.head-office-02")
    erase(house.journal.engine, who, reason="Theo yêu cầu", author="secretary", at=WallClock().now())

    after = await house.text("attendance")
    assert ("Deputy Director" in before, "Deputy Director" in after) == (True, False)


async def test_minutes_that_were_made_before_the_seal_was_signed_are_made_again(house: House) -> None:
    await house.give(Role.SECRETARY, rollcall.OpenRollCall())
    await house.give(Role.SECRETARY, rollcall.CloseRollCall())
    first = await house.library.file(house.plan.id, "attendance", Form.PDF)
    again = await house.library.file(house.plan.id, "attendance", Form.PDF)

    seal_stream(house.journal, streams.formal(house.plan.id), key=a_key(), at=WallClock().now())

    sealed = await house.library.file(house.plan.id, "attendance", Form.PDF)
    assert first == again
    assert sealed != first
