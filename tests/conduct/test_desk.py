"""The desk: one command at a time, written before it is told."""

import asyncio
from datetime import timedelta

import pytest

from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import CannotWrite, convene, open_desk
from diemcau.conduct.desks import Desks
from diemcau.core import agenda, deputy, floor, notes, rollcall, sites, stages
from diemcau.core.deputy import Presiding
from diemcau.core.ids import CommandId, ConferenceId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import Role, RoleMayNot
from diemcau.core.sites import Line
from diemcau.core.stages import Stage
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from diemcau.projections.sections import AlarmKind
from tests.conduct.desks import (
    CHAIR,
    DEPUTY,
    OFFICES,
    OPERATOR,
    SECRETARY,
    SYSTEM,
    FullDisk,
    a_house,
    alarms,
    an_open_house,
    names_in,
    site,
    until,
)
from tests.core.samples import DISCUSSION, HUE, VINH

pytestmark = pytest.mark.anyio


async def test_what_was_decided_is_in_the_journal_before_anybody_is_told() -> None:
    house = await an_open_house()

    with house.desk.watch() as watch:
        position = await house.give(CHAIR, floor.GrantFloor(site=HUE))
        (change,) = await watch.change()

    assert position == house.desk.position == house.journal.position()
    assert [record.name for record in change.records] == ["floor.requested", "floor.granted", "onair.taken"]
    assert change.conference.holder == HUE


async def test_a_command_given_twice_is_done_once_and_answered_the_same() -> None:
    house = await an_open_house()
    once = CommandId("once")
    command = floor.RequestFloor(site=HUE, topic="Kinh nghiệm")

    first = await house.desk.ask(command, asker=site(), command_id=once)
    await house.give(CHAIR, floor.GrantFloor(site=VINH))
    again = await house.desk.ask(command, asker=site(), command_id=once)

    assert again == first
    assert names_in(house, streams.formal(house.desk.conference)).count("floor.requested") == 2


async def test_a_refusal_writes_nothing_and_changes_nothing() -> None:
    house = await a_house()
    before = (house.desk.current, house.journal.position())

    for asker, command in (
        (site(), floor.RequestFloor(site=HUE, topic="Kinh nghiệm")),
        (site(), stages.OpenConference()),
        (site(VINH), rollcall.ReportAttendance(site=HUE, present=())),
    ):
        with pytest.raises(Refusal):
            await house.give(asker, command)

    assert (house.desk.current, house.journal.position()) == before


async def test_two_who_press_at_once_are_taken_one_after_the_other() -> None:
    house = await an_open_house()

    answers = await asyncio.gather(
        *(house.give(CHAIR, floor.GrantFloor(site=one)) for one in (HUE, VINH, HUE, VINH)), return_exceptions=True
    )

    assert sum(isinstance(answer, int) for answer in answers) == 4
    assert house.desk.current.holder == VINH


async def test_who_hangs_up_in_the_middle_leaves_the_desk_as_the_journal_has_it() -> None:
    house = await an_open_house()
    asking = asyncio.ensure_future(house.give(CHAIR, floor.GrantFloor(site=HUE)))

    await asyncio.sleep(0)
    asking.cancel()
    await house.give(SECRETARY, notes.TakeNote(text="Ghi chép"))

    assert house.desk.current == (await house.again()).desk.current


async def test_a_desk_started_again_is_as_it_was() -> None:
    house = await an_open_house()
    await house.give(CHAIR, agenda.StartItem(item=DISCUSSION))
    await house.give(site(), floor.RequestFloor(site=HUE, topic="Kinh nghiệm"))

    again = await house.again()

    assert again.desk.current == house.desk.current
    assert again.desk.position == house.desk.position
    assert again.desk.board(Role.CHAIR, None) == house.desk.board(Role.CHAIR, None)


async def test_there_is_no_desk_for_a_conference_that_the_journal_does_not_have() -> None:
    house = await a_house()

    with pytest.raises(LookupError, match="no conference elsewhere"):
        await open_desk(house.journal, house.clock, ConferenceId("elsewhere"), {})


async def test_convening_again_changes_nothing() -> None:
    house = await a_house()

    records = await convene(house.journal, house.clock, house.desk.formal.facts, Author(role="system"))

    assert [record.position for record in records] == [1]
    assert house.journal.position() == 1


async def test_a_full_disk_refuses_and_alarms_and_goes_on_when_there_is_room() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    journal.full = True

    with pytest.raises(CannotWrite) as refusal:
        await house.give(CHAIR, stages.OpenConference())

    assert refusal.value.about == {"reason": "full"}
    assert house.desk.current.stages.stage is Stage.CONVENED
    assert alarms(house)[0] is AlarmKind.DISK_FULL
    journal.full = False
    await house.give(CHAIR, stages.OpenConference())
    assert AlarmKind.DISK_FULL not in alarms(house)


async def test_a_command_id_of_another_conference_is_refused() -> None:
    journal = MemoryJournal(CODEC)
    here, there = await a_house(journal), await a_house(journal, name="elsewhere")
    await here.desk.ask(stages.OpenConference(), asker=CHAIR, command_id=CommandId("shared"))

    with pytest.raises(CannotWrite):
        await there.desk.ask(stages.OpenConference(), asker=CHAIR, command_id=CommandId("shared"))

    assert there.desk.current.stages.stage is Stage.CONVENED


async def test_the_speakers_time_runs_out_by_the_clock_alone() -> None:
    house = await an_open_house()
    house.desk.start()
    await house.give(CHAIR, floor.GrantFloor(site=HUE))

    warned = asyncio.ensure_future(until(house.desk, floor.SpeakingTimeWarned))
    await asyncio.sleep(0)
    await house.wind(timedelta(minutes=6))
    await warned
    reached = asyncio.ensure_future(until(house.desk, floor.SpeakingTimeReached))
    await asyncio.sleep(0)
    await house.wind(timedelta(minutes=1))
    await reached

    assert house.desk.current.floor.time_up
    await house.desk.stop()
    await house.desk.stop()


async def test_a_deadline_that_could_not_be_written_is_tried_again() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    await house.give(SYSTEM, sites.NoteLineUp(site=HUE))
    await house.give(CHAIR, stages.OpenConference())
    await house.give(CHAIR, floor.GrantFloor(site=HUE))
    house.desk.start()
    journal.full = True
    with house.desk.watch() as watch:
        await asyncio.sleep(0)
        await house.wind(timedelta(minutes=6))
        async with asyncio.timeout(5):
            await watch.change()
    journal.full = False
    warned = asyncio.ensure_future(until(house.desk, floor.SpeakingTimeWarned))
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        while not warned.done():
            await house.wind(timedelta(seconds=1))
            await asyncio.sleep(0)

    assert house.desk.current.floor.warned
    await house.desk.stop()


class SetBack(HandClock):
    """A clock that somebody sets back."""

    def set_back(self, length: timedelta) -> None:
        self._now -= length


async def test_a_clock_that_is_set_back_a_little_ends_no_speech_before_it_began() -> None:
    house = await an_open_house()
    clock = SetBack(house.clock.now() + timedelta(minutes=1))
    desk = await open_desk(house.journal, clock, house.desk.conference, OFFICES)
    await desk.ask(floor.GrantFloor(site=HUE), asker=CHAIR, command_id=CommandId("grant"))

    clock.set_back(timedelta(seconds=30))
    await desk.ask(floor.ReleaseFloor(site=HUE), asker=CHAIR, command_id=CommandId("release"))

    (speech,) = floor.speeches(desk.current.floor)
    assert speech.ended_at == speech.granted_at


async def test_a_clock_that_was_hours_ahead_and_is_set_right_is_believed() -> None:
    house = await an_open_house()
    clock = SetBack(house.clock.now() + timedelta(hours=5))
    desk = await open_desk(house.journal, clock, house.desk.conference, OFFICES)
    await desk.ask(floor.GrantFloor(site=HUE), asker=CHAIR, command_id=CommandId("grant"))
    clock.set_back(timedelta(hours=4))
    await desk.ask(floor.ReleaseFloor(site=HUE), asker=CHAIR, command_id=CommandId("release"))

    await desk.ask(floor.GrantFloor(site=VINH), asker=CHAIR, command_id=CommandId("next"))

    holder = floor.who_speaks(desk.current.floor)
    assert holder is not None
    assert holder.granted_at == clock.now()


async def test_a_deadline_that_failed_in_an_unforeseen_way_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    await house.give(SYSTEM, sites.NoteLineUp(site=HUE))
    await house.give(CHAIR, stages.OpenConference())
    await house.give(CHAIR, floor.GrantFloor(site=HUE))
    house.desk.start()
    journal.breaks = True
    ended = asyncio.ensure_future(until(house.desk, floor.SpeakingTimeReached))
    await asyncio.sleep(0)
    await house.wind(timedelta(minutes=6))

    async with asyncio.timeout(5):
        while not ended.done():
            await house.wind(timedelta(seconds=1))
            await asyncio.sleep(0)

    assert house.desk.current.floor.time_up
    assert "a deadline was not kept" in [record.message for record in caplog.records]
    await house.desk.stop()


async def test_a_chair_who_went_and_came_while_the_disk_was_full_is_noted_when_there_is_room() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    await house.desk.desk_connected(Role.CHAIR)
    await house.give(CHAIR, stages.OpenConference())
    journal.full = True
    await house.desk.desk_gone(Role.CHAIR)
    journal.full = False
    await house.desk.look_for_chair()
    gone = house.desk.current.presidency.lease_until
    journal.full = True
    await house.desk.desk_connected(Role.CHAIR)
    journal.full = False

    await house.desk.look_for_chair()

    assert gone is not None
    assert house.desk.current.presidency.lease_until is None


async def test_the_chairs_lease_runs_while_any_of_the_chairs_desks_is_connected() -> None:
    house = await an_open_house()
    house.desk.start()
    await house.desk.desk_connected(Role.CHAIR)
    await house.desk.desk_connected(Role.CHAIR)
    await house.desk.desk_connected(Role.SITE)
    await house.give(CHAIR, floor.GrantFloor(site=HUE))

    await house.desk.desk_gone(Role.SITE)
    await house.desk.desk_gone(Role.CHAIR)
    assert house.desk.current.presidency.lease_until is None
    ended = asyncio.ensure_future(until(house.desk, deputy.LeaseEnded))
    await house.desk.desk_gone(Role.CHAIR)
    await house.wind(timedelta(seconds=10))
    await ended
    await house.give(DEPUTY, deputy.Preside())

    assert house.desk.current.presidency.presiding is Presiding.DEPUTY
    assert house.desk.current.holder == HUE
    with pytest.raises(Refusal, match="deputy_presides"):
        await house.give(CHAIR, floor.RevokeFloor(reason="hết giờ"))
    await house.desk.desk_connected(Role.CHAIR)
    await house.give(CHAIR, deputy.ReturnToChair())
    assert house.desk.current.presidency == deputy.Presidency()
    await house.desk.stop()


async def test_after_a_crash_the_chairs_lease_runs_out_unless_the_chair_comes_back() -> None:
    house = await an_open_house()
    desks = Desks(house.journal, house.clock)

    desk = await desks.open(house.desk.conference, OFFICES)

    alone = desk.current.presidency
    await desk.desk_connected(Role.CHAIR)
    with_chair = desk.current.presidency
    assert alone.lease_until == house.clock.now() + timedelta(seconds=10)
    assert with_chair.lease_until is None
    await desks.stop()


async def test_before_the_opening_the_chair_may_come_and_go() -> None:
    house = await a_house()

    await house.desk.desk_connected(Role.CHAIR)
    await house.desk.desk_gone(Role.CHAIR)

    assert house.journal.position() == 1


async def test_a_person_who_acts_takes_over_from_the_run_of_show() -> None:
    house = await an_open_house()
    taken: list[str] = []
    house.desk.on_person = lambda: taken.append("person")

    await house.desk.ask(
        agenda.StartItem(item=DISCUSSION), asker=CHAIR, command_id=CommandId("scripted"), scripted=True
    )
    await house.give(SYSTEM, sites.NoteLineLost(site=HUE))
    assert taken == []
    await house.give(CHAIR, agenda.FinishItem())

    assert taken == ["person"]


async def test_what_the_system_notes_in_vain_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    house = await a_house()

    await house.desk.note(sites.NoteLineUp(site=site().site or HUE))
    await house.desk.note(deputy.Preside())

    assert house.desk.current.lines.lines[1].line is Line.CONNECTED
    assert "Preside not noted: roles.may_not" in caplog.text


async def test_nobody_but_the_system_notes_lines() -> None:
    house = await a_house()

    with pytest.raises(RoleMayNot):
        await house.give(OPERATOR, sites.NoteLineUp(site=HUE))
