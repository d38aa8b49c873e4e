"""A desk while a rehearsal runs: everything goes into the rehearsal's own stream."""

import pytest

from diemcau.conduct.desk import CannotWrite
from diemcau.core import entry, floor, handouts, notes, rollcall, sites, stages
from diemcau.core.ids import CommandId, HandoutId
from diemcau.core.roles import Role
from diemcau.core.stages import Stage
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.record import Author
from tests.conduct.desks import CHAIR, OPERATOR, SECRETARY, SYSTEM, FullDisk, a_house, names_in
from tests.core.samples import HUE, MINUTE, NINE, VINH

pytestmark = pytest.mark.anyio


async def test_a_rehearsal_never_reaches_the_conferences_own_stream() -> None:
    house = await a_house()
    await house.give(SYSTEM, sites.NoteLineUp(site=HUE))
    await house.give(OPERATOR, stages.StartRehearsal())
    await house.give(CHAIR, stages.OpenConference())
    await house.give(SYSTEM, sites.NoteLineUp(site=VINH))
    await house.give(CHAIR, floor.GrantFloor(site=HUE))
    await house.give(SECRETARY, notes.TakeNote(text="Thử ghi chép"))

    rehearsed = house.desk.current
    again = await house.again()
    await again.give(OPERATOR, stages.EndRehearsal())

    assert rehearsed.facts.rehearsal
    assert rehearsed.holder == HUE
    assert names_in(house, streams.formal(house.desk.conference)) == [
        "conference.convened",
        "sites.connected",
        "rehearsal.started",
        "sites.connected",
        "rehearsal.ended",
    ]
    assert again.desk.rehearsal is None
    assert again.desk.current.stages.stage is Stage.CONVENED
    assert "floor.granted" in names_in(house, streams.rehearsal(house.desk.conference, 1))


async def test_a_rehearsal_has_the_handouts_and_one_that_is_listed_meanwhile_stays_listed() -> None:
    report = handouts.ListHandout(handout=HandoutId("report"), title="Báo cáo", pages=3, digest="")
    figures = handouts.ListHandout(handout=HandoutId("figures"), title="Số liệu", pages=2, digest="")
    house = await a_house()
    await house.give(SECRETARY, report)
    await house.give(OPERATOR, stages.StartRehearsal())
    await house.give(OPERATOR, figures)
    rehearsed = house.desk.current
    await house.give(OPERATOR, stages.EndRehearsal())

    assert [one.handout for one in rehearsed.handouts.listed] == ["report", "figures"]
    assert house.desk.current.handouts == rehearsed.handouts
    assert (await house.again()).desk.current.handouts == rehearsed.handouts


async def test_a_server_that_died_between_the_two_streams_begins_the_rehearsal() -> None:
    house = await a_house()
    stream = streams.formal(house.desk.conference)
    house.journal.append(
        stream,
        expecting=1,
        events=(stages.RehearsalStarted(number=1),),
        command=CommandId("died"),
        author=Author(role="operator"),
        at=house.clock.now(),
    )

    again = await house.again()

    assert again.desk.rehearsal is not None
    assert again.desk.rehearsal == (await again.again()).desk.rehearsal


async def test_a_rehearsal_that_could_not_be_begun_is_begun_before_anything_else_is_taken() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    journal.appends_left = 1

    with pytest.raises(CannotWrite):
        await house.give(OPERATOR, stages.StartRehearsal())
    with pytest.raises(CannotWrite):
        await house.give(SECRETARY, rollcall.OpenRollCall())
    journal.appends_left = None
    await house.give(SECRETARY, rollcall.OpenRollCall())

    assert names_in(house, streams.formal(house.desk.conference)) == ["conference.convened", "rehearsal.started"]
    assert names_in(house, streams.rehearsal(house.desk.conference, 1)) == ["conference.convened", "rollcall.opened"]
    assert house.desk.current == (await house.again()).desk.current


async def test_a_server_started_again_while_rehearsing_stands_where_the_rehearsal_stood() -> None:
    house = await a_house()
    await house.give(OPERATOR, stages.StartRehearsal())
    await house.give(CHAIR, stages.OpenConference())

    again = await house.again()

    assert again.desk.position == house.desk.position == house.journal.position()
    assert again.desk.current == house.desk.current


async def test_a_second_rehearsal_knows_nothing_of_the_first() -> None:
    house = await a_house()
    for _ in range(2):
        await house.give(OPERATOR, stages.StartRehearsal())
        await house.give(CHAIR, stages.OpenConference())
        await house.give(SECRETARY, notes.TakeNote(text="Thử ghi chép"))
        assert len(house.desk.current.notes.notes) == 1
        await house.give(OPERATOR, stages.EndRehearsal())

    assert house.desk.current.stages.rehearsals == 2
    assert house.desk.formal.notes.notes == ()
    assert house.desk.current.stages.stage is Stage.CONVENED


async def test_a_pass_that_is_revoked_in_a_rehearsal_or_before_it_is_void_in_both() -> None:
    house = await a_house()
    await house.give(OPERATOR, entry.RevokePass(number="before"))
    await house.give(OPERATOR, stages.StartRehearsal())
    await house.give(OPERATOR, entry.RevokePass(number="within"))
    await house.give(OPERATOR, entry.RevokeLinks(role=Role.SITE, site=HUE))

    rehearsed, formal = house.desk.current.entry, house.desk.formal.entry

    assert rehearsed == formal
    assert formal.numbers == ("before", "within")
    assert entry.is_void(formal, number="x", role=Role.SITE, site=HUE, issued_at=NINE - MINUTE)
    assert (await house.again()).desk.current.entry == formal
