"""The desk beside other programs that write to the same journal: it reads what they wrote, and goes on."""

import pytest

from diemcau.conduct.desk import CannotWrite, open_desk
from diemcau.core import agenda, entry, floor, stages
from diemcau.core.ids import CommandId
from diemcau.journal.events import CODEC
from tests.conduct.desks import CHAIR, OFFICES, SYSTEM, FullDisk, a_house, an_open_house
from tests.core.samples import DISCUSSION, HUE

pytestmark = pytest.mark.anyio


async def test_another_program_that_wrote_is_read_again() -> None:
    house = await an_open_house()
    other = await open_desk(house.journal, house.clock, house.desk.conference, OFFICES)
    await other.ask(agenda.StartItem(item=DISCUSSION), asker=CHAIR, command_id=CommandId("other"))

    with pytest.raises(CannotWrite) as refusal:
        await house.give(CHAIR, floor.GrantFloor(site=HUE))

    assert refusal.value.about == {"reason": "somebody_else_wrote"}
    assert house.desk.current == other.current


async def test_what_another_program_wrote_is_known_when_the_desk_catches_up() -> None:
    house = await an_open_house()
    await house.desk.catch_up()
    before = house.desk.formal
    other = await open_desk(house.journal, house.clock, house.desk.conference, OFFICES)
    await other.ask(entry.RevokePass(number="lost"), asker=SYSTEM, command_id=CommandId("other"))

    with house.desk.watch() as watch:
        await house.desk.catch_up()
        (change,) = await watch.change()

    assert before.entry.numbers == ()
    assert change.conference.entry.numbers == ("lost",)
    assert await house.give(CHAIR, floor.GrantFloor(site=HUE))


async def test_what_another_program_wrote_in_a_rehearsal_is_known_in_both() -> None:
    house = await a_house()
    await house.give(CHAIR, stages.StartRehearsal())
    other = await open_desk(house.journal, house.clock, house.desk.conference, OFFICES)
    await other.ask(entry.RevokePass(number="lost"), asker=SYSTEM, command_id=CommandId("other"))

    await house.desk.catch_up()

    assert house.desk.formal.entry.numbers == house.desk.current.entry.numbers == ("lost",)


async def test_a_journal_that_does_not_answer_is_caught_up_with_later() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    journal.silent = True

    with pytest.raises(CannotWrite) as refusal:
        await house.desk.catch_up()

    assert refusal.value.about == {"reason": "unreachable"}


async def test_a_journal_that_does_not_answer_after_another_wrote_refuses_and_goes_on_later() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    other = await open_desk(journal, house.clock, house.desk.conference, OFFICES)
    await other.ask(stages.OpenConference(), asker=CHAIR, command_id=CommandId("other"))
    journal.silent = True

    with pytest.raises(CannotWrite) as refusal:
        await house.give(CHAIR, stages.OpenConference())

    assert refusal.value.about == {"reason": "unreachable"}
    journal.silent = False
    with pytest.raises(CannotWrite):
        await house.give(CHAIR, stages.OpenConference())
    assert house.desk.current == other.current
