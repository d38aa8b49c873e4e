"""The desks of one server."""

import asyncio

import pytest

from diemcau.conduct.desk import Desk
from diemcau.conduct.desks import Desks
from diemcau.core import floor, sites, stages
from diemcau.core.ids import ConferenceId
from diemcau.core.roles import Role
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from tests.conduct.desks import CHAIR, OFFICES, SYSTEM, a_house, site
from tests.core.samples import HUE, VINH

pytestmark = pytest.mark.anyio


async def test_a_server_runs_each_conference_once() -> None:
    house = await a_house()
    desks = Desks(house.journal, house.clock)
    opened: list[Desk] = []
    desks.on_open = opened.append

    desk = await desks.open(house.desk.conference, OFFICES)
    same = await desks.open(house.desk.conference, OFFICES)

    assert same is desk
    assert opened == [desk]
    assert desks.all() == (desk,)
    assert desks.find(ConferenceId("elsewhere")) is None
    await desks.stop()


async def test_a_server_without_watchers_of_its_desks_opens_them_too() -> None:
    house = await a_house()
    desks = Desks(house.journal, house.clock)

    await desks.open(house.desk.conference, OFFICES)

    assert desks.find(house.desk.conference) is not None
    await desks.stop()


async def test_two_conferences_on_one_server_share_nothing() -> None:
    journal = MemoryJournal(CODEC)
    here, there = await a_house(journal), await a_house(journal, name="elsewhere")
    for house in (here, there):
        await house.give(SYSTEM, sites.NoteLineUp(site=HUE))
        await house.give(CHAIR, stages.OpenConference())

    await here.give(CHAIR, floor.GrantFloor(site=HUE))
    await there.give(site(VINH), floor.RequestFloor(site=VINH, topic="Chuyện khác"))

    assert (here.desk.current.holder, there.desk.current.holder) == (HUE, None)
    assert len(here.desk.current.floor.requests) == len(there.desk.current.floor.requests) == 1
    assert "Chuyện khác" not in repr(here.desk.board(Role.CHAIR, None))


async def test_two_who_open_a_conference_at_once_get_the_same_desk() -> None:
    house = await a_house()
    desks = Desks(house.journal, house.clock)
    opened: list[Desk] = []
    desks.on_open = opened.append

    first, second = await asyncio.gather(*(desks.open(house.desk.conference, OFFICES) for _ in range(2)))

    assert first is second
    assert opened == [first]
    await desks.stop()


async def test_a_conference_that_the_journal_does_not_have_is_not_run() -> None:
    house = await a_house()
    desks = Desks(house.journal, house.clock)

    with pytest.raises(LookupError):
        await desks.open(ConferenceId("elsewhere"), OFFICES)

    assert desks.all() == ()
