from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from diemcau.conduct.clock import WallClock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.directory.models import open_directory
from diemcau.directory.people import erase
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.sql import SqlJournal, engine_for, open_journal
from diemcau.plan.convening import person_id
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.wiring.handouts import HandoutShelf
from diemcau.wiring.importing import ConvenedAlready, PlanNotTaken, take_in, telephones_of
from tests.plan.samples import write_plan

COAST = SiteId("coast")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = engine_for(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield made
    made.dispose()


@pytest.fixture
def journal(engine: Engine) -> SqlJournal:
    kept = open_journal(engine, CODEC)
    open_directory(engine)
    return kept


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return read_plan(write_plan(tmp_path / "plan"))


async def taken_in(plan: Plan, journal: SqlJournal) -> None:
    shelf = HandoutShelf(Path(str(journal.engine.url.database)).parent / "handouts")
    await take_in(plan, journal=journal, engine=journal.engine, clock=WallClock(), handouts=shelf)


def another(plan: Plan, *, telephone: str = "") -> Plan:
    """Return the same plan under another id, with another telephone at the coast."""
    sites = tuple(replace(site, technician_telephone=telephone) if site.code == COAST else site for site in plan.sites)
    return replace(plan, id=ConferenceId("autumn-review"), sites=sites)


async def test_two_plans_keep_a_telephone_each_for_the_same_site(plan: Plan, journal: SqlJournal) -> None:
    other = another(plan, telephone="máy lẻ 9")

    await taken_in(plan, journal)
    await taken_in(other, journal)

    assert telephones_of(journal.engine, plan.id)[COAST] == "+84 (0)12 345 678"
    assert telephones_of(journal.engine, other.id)[COAST] == "máy lẻ 9"
    assert set(telephones_of(journal.engine, plan.id)) == {site.code for site in plan.sites}


async def test_a_plan_that_was_taken_in_is_not_taken_in_again(plan: Plan, journal: SqlJournal) -> None:
    await taken_in(plan, journal)

    with pytest.raises(ConvenedAlready, match="spring-review was convened before"):
        await taken_in(plan, journal)

    assert journal.position() == 2  # convened, and its one handout listed


async def test_a_plan_that_contradicts_the_directory_convenes_nothing(plan: Plan, journal: SqlJournal) -> None:
    await taken_in(plan, journal)
    other = another(plan)
    units = tuple(replace(unit, valid_from=date(2021, 1, 1)) if unit.code == "coast" else unit for unit in other.units)

    with pytest.raises(PlanNotTaken, match=r"units\.csv, coast: The unit exists already"):
        await taken_in(replace(other, units=units), journal)

    assert journal.version(streams.formal(other.id)) == 0


async def test_an_erased_delegate_is_not_taken_in_again_by_the_same_plan(plan: Plan, journal: SqlJournal) -> None:
    await taken_in(plan, journal)
    person = person_id(plan.id, plan.delegates[0])
    erase(journal.engine, person, reason="asked for it", author="secretary", at=WallClock().now())
    fresh = streams.formal(plan.id)

    with pytest.raises(ConvenedAlready):
        await taken_in(plan, journal)

    assert journal.version(fresh) == 2
