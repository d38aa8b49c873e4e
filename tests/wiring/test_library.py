from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document

from diemcau.conduct.clock import WallClock
from diemcau.conduct.desk import Desk, new_command_id
from diemcau.conduct.desks import Desks
from diemcau.core import floor, rollcall, stages
from diemcau.core.conference import Command
from diemcau.core.ids import PersonId, SiteId
from diemcau.core.roles import Asker, Role
from diemcau.directory.models import open_directory
from diemcau.directory.people import erase
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.seal import seal_stream
from diemcau.journal.sql import SqlJournal, engine_for, open_journal
from diemcau.media.recording.recordings import recordings_in
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.web.ports import Form
from diemcau.wiring.erasing import throw_away
from diemcau.wiring.handouts import HandoutShelf
from diemcau.wiring.importing import take_in
from diemcau.wiring.library import Library
from diemcau.wiring.recorded import RecordingShelf, Spoken
from tests.conduct.desks import a_key
from tests.plan.samples import write_plan
from tests.wiring.test_recorded import CONFERENCE as RECORDED
from tests.wiring.test_recorded import recorded

COAST = SiteId("coast")


@dataclass(frozen=True, kw_only=True)
class House:
    journal: SqlJournal
    desk: Desk
    library: Library
    recordings: RecordingShelf
    spoken: list[Spoken]
    plan: Plan

    async def give(self, role: Role, command: Command, *, site: SiteId | None = None) -> None:
        await self.desk.ask(command, asker=Asker(role=role, site=site), command_id=new_command_id())

    async def text(self, document: str) -> str:
        file = await self.library.file(self.plan.id, document, Form.DOCX)
        assert file is not None
        cells = [cell.text for table in Document(str(file)).tables for row in table.rows for cell in row.cells]
        return "\n".join(cells)

    async def article(self, form: Form = Form.DOCX) -> Path:
        file = await self.library.file(self.plan.id, "article-coast", form)
        assert file is not None
        return file

    async def let_coast_speak(self, speaker: PersonId | None = None) -> str:
        """Let the coast speak, and have four seconds of it in a recording; return which speech it is."""
        await self.give(Role.CHAIR, stages.OpenConference())
        if speaker is not None:
            await self.give(Role.SITE, floor.RequestFloor(site=COAST, topic="Nets", speaker=speaker), site=COAST)
        await self.give(Role.CHAIR, floor.GrantFloor(site=COAST))
        await self.give(Role.CHAIR, floor.ReleaseFloor(site=COAST))
        (request,) = self.desk.formal.floor.requests
        folder = self.recordings.folder_of(self.plan.id)
        await recorded(folder.parent)
        (folder.parent / RECORDED).rename(folder)
        (part,) = recordings_in(folder)
        begin = datetime.fromtimestamp(part.times.stretches[0].at, UTC) + timedelta(seconds=2)
        end = begin + timedelta(seconds=4)
        self.spoken.append(Spoken(speech=request.request, title="Coast", begin=begin, end=end))
        return request.request


def pictures_in(file: Path) -> list[bytes]:
    with ZipFile(file) as parts:
        return [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]


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
    spoken: list[Spoken] = []
    recordings = RecordingShelf(tmp_path / "recordings", lambda _: tuple(spoken))
    library = Library(journal, journal.engine, desks, tmp_path / "documents", recordings=recordings)
    yield House(journal=journal, desk=desk, library=library, recordings=recordings, spoken=spoken, plan=plan)
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


async def test_an_article_is_made_again_when_another_still_is_chosen(house: House) -> None:
    speech = await house.let_coast_speak()
    plain = pictures_in(await house.article())

    shown = {}
    for number in (1, 3):
        await house.recordings.choose_still(house.plan.id, speech, number)
        still = await house.recordings.still(house.plan.id, speech, number)
        assert still is not None
        shown[number] = (pictures_in(await house.article()), [still.read_bytes()])
    same = [await house.article(), await house.article()]
    await house.recordings.choose_still(house.plan.id, speech, None)
    taken_back = pictures_in(await house.article())

    assert (plain, taken_back) == ([], [])
    assert all(found == chosen for found, chosen in shown.values())
    assert same[0] == same[1]


async def test_other_documents_are_not_made_again_when_a_still_is_chosen(house: House) -> None:
    speech = await house.let_coast_speak()
    first = await house.library.file(house.plan.id, "minutes", Form.PDF)
    article = await house.article(Form.PDF)

    await house.recordings.choose_still(house.plan.id, speech, 2)

    assert await house.library.file(house.plan.id, "minutes", Form.PDF) == first
    assert await house.article(Form.PDF) != article


async def test_an_article_shows_no_still_of_a_recording_that_was_deleted(house: House) -> None:
    speech = await house.let_coast_speak()
    await house.recordings.choose_still(house.plan.id, speech, 2)
    before = pictures_in(await house.article())

    for file in house.recordings.folder_of(house.plan.id).glob("recording-*"):
        file.unlink()

    assert len(before) == 1
    assert pictures_in(await house.article()) == []
    assert await house.recordings.still(house.plan.id, speech, 2) is None


async def test_what_is_exported_has_the_chosen_stills(house: House, tmp_path: Path) -> None:
    await house.give(Role.SECRETARY, rollcall.OpenRollCall())
    await house.give(Role.SECRETARY, rollcall.CloseRollCall())
    speech = await house.let_coast_speak()
    await house.recordings.choose_still(house.plan.id, speech, 2)
    await house.give(Role.CHAIR, stages.CloseConference())

    files = house.library.make_ready(house.plan.id, tmp_path / "out", site=COAST)

    shown = {file.name: len(pictures_in(file)) for file in files if file.suffix == ".docx"}
    assert {name: count for name, count in shown.items() if count} == {"article-coast.docx": 1}
    assert len(shown) > 1


async def test_whoever_is_erased_is_in_no_article_and_no_still_of_theirs_stays_chosen(
    house: House, tmp_path: Path
) -> None:
    speaker = PersonId(f"{house.plan.id}.coast-01")
    speech = await house.let_coast_speak(speaker)
    await house.recordings.choose_still(house.plan.id, speech, 2)
    before = pictures_in(await house.article())

    erase(house.journal.engine, speaker, reason="Theo yêu cầu", author="secretary", at=WallClock().now())
    after = pictures_in(await house.article())
    throw_away(speaker, journal=house.journal, data=tmp_path)

    assert (len(before), after) == (1, [])
    assert list(house.recordings.folder_of(house.plan.id).glob("stills/*.jpg")) == []
    assert house.recordings.chosen_stills(house.plan.id) == {}
    assert not (tmp_path / "documents").exists()


async def test_erasing_somebody_else_leaves_the_chosen_stills(house: House, tmp_path: Path) -> None:
    speech = await house.let_coast_speak(PersonId(f"{house.plan.id}.coast-01"))
    await house.recordings.choose_still(house.plan.id, speech, 2)

    throw_away(PersonId(f"{house.plan.id}.head-office-02"), journal=house.journal, data=tmp_path)

    assert set(house.recordings.chosen_stills(house.plan.id)) == {speech}
    assert len(pictures_in(await house.article())) == 1
