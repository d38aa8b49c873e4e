"""A delegate asks to be forgotten after the conference was sealed: nothing that was decided changes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from diemcau.conduct.desk import open_desk
from diemcau.core import rollcall, stages
from diemcau.core.ids import CommandId
from diemcau.core.roles import Asker, Role
from diemcau.directory.models import Person, open_directory
from diemcau.directory.people import erase, find_all, matches, remember
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_for, open_journal
from diemcau.journal.verify import verify
from diemcau.plan.convening import person_id
from diemcau.plan.model import Plan
from diemcau.projections.projector import Projector, contents
from tests.conduct.desks import a_key
from tests.stories.playing import HEALTH, begin, example

pytestmark = pytest.mark.anyio

PLAN = example(HEALTH)
NAME = "<the name of somebody>"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = engine_for(f"sqlite:///{tmp_path / 'server.sqlite'}")
    open_directory(engine)
    yield engine
    engine.dispose()


def everybody(plan: Plan) -> tuple[Person, ...]:
    return tuple(
        Person(person=person_id(plan.id, one), name=NAME, office=one.office(plan.language), telephone="0234 000 111")
        for one in plan.delegates
    )


async def test_forgetting_a_delegate_leaves_chain_totals_tasks_and_seal_as_they_were(engine: Engine) -> None:
    key, journal = a_key(), open_journal(engine, CODEC)
    digests = remember(engine, everybody(PLAN), author="plan", at=PLAN.starts_at)
    story = await begin(PLAN, journal, digests=digests)
    await story.play()
    seal = CommandId("seal")
    await story.desk.ask(stages.SealConference(), asker=Asker(role=Role.SECRETARY), command_id=seal)
    await story.run_errands(key)
    Projector(journal, engine).catch_up()
    tables, state = contents(engine), story.desk.current
    speaker = next(one.speaker for one in state.floor.requests if one.speaker is not None)

    erase(engine, speaker, reason="theo yêu cầu", author="office", at=story.clock.now())

    report = verify(journal, key_id=key.key_id)
    Projector(journal, engine).rebuild()
    again = await open_desk(journal, story.clock, PLAN.id, {})
    assert (report.is_whole, report.seals) == (True, 1)
    assert contents(engine) == tables
    assert again.current == state
    assert rollcall.delegates_present(again.current.roll) == PLAN.expected.delegates_present
    assert journal.version(streams.tasks(PLAN.id)) == PLAN.expected.tasks
    assert not matches(engine, speaker, digests[speaker])
    assert speaker not in find_all(engine, digests)
    assert journal_holds(engine) == []


def journal_holds(engine: Engine) -> list[str]:
    """Return what personal data stands in the journal's own records."""
    written = [row.body for row in open_journal(engine, CODEC).read_as_stored()]
    return [body for body in written if NAME in body or "0234 000 111" in body]
