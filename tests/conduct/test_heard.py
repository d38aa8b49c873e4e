"""What is heard of lines while the journal takes nothing is not forgotten."""

from dataclasses import replace

import pytest

from diemcau.conduct.heard import HeardLines
from diemcau.core import sites, stages
from diemcau.core.sites import Line
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from tests.conduct.desks import CHAIR, OPERATOR, SYSTEM, FullDisk, House, a_house, names_in
from tests.core.samples import HUE, VINH

pytestmark = pytest.mark.anyio


async def there_is_room_again(house: House, journal: FullDisk) -> None:
    journal.full = False
    house.desk.note_surroundings(replace(house.desk.surroundings, unwritable_since=None))


async def test_a_line_that_was_lost_while_the_disk_was_full_is_lost_when_there_is_room() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    heard = HeardLines(house.desk)
    await heard.hear(HUE, up=True)
    journal.full = True
    await heard.hear(HUE, up=False)
    await heard.hear(VINH, up=True)
    before = house.desk.formal.lines

    await there_is_room_again(house, journal)
    await heard.settle()

    assert [sites.line_of(before, site) for site in (HUE, VINH)] == [Line.CONNECTED, Line.EXPECTED]
    after = house.desk.formal.lines
    assert [sites.line_of(after, site) for site in (HUE, VINH)] == [Line.LOST, Line.CONNECTED]


async def test_nothing_is_tried_again_while_the_disk_is_still_full() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    heard = HeardLines(house.desk)
    journal.full = True
    await heard.hear(HUE, up=True)
    journal.full, journal.appends_left = False, 5

    await heard.settle()

    assert journal.appends_left == 5


async def test_what_the_journal_has_is_not_noted_twice() -> None:
    house = await a_house()
    heard = HeardLines(house.desk)
    await heard.hear(HUE, up=True)
    await heard.hear(HUE, up=False)
    written = house.journal.position()

    await heard.settle()

    assert house.journal.position() == written


async def test_a_line_that_only_the_rehearsal_noted_is_noted_in_the_conference_too() -> None:
    journal = FullDisk(CODEC)
    house = await a_house(journal)
    await house.give(OPERATOR, stages.StartRehearsal())
    heard = HeardLines(house.desk)
    journal.appends_left = 1
    await heard.hear(HUE, up=True)
    journal.appends_left = None

    await there_is_room_again(house, journal)
    await heard.settle()

    assert names_in(house, streams.formal(house.desk.conference))[-1] == "sites.connected"
    assert sites.line_of(house.desk.current.lines, HUE) is Line.CONNECTED


async def test_lines_of_which_nothing_was_heard_since_the_start_are_lost() -> None:
    house = await a_house()
    for site in (HUE, VINH):
        await house.give(SYSTEM, sites.NoteLineUp(site=site))
    await house.give(CHAIR, stages.OpenConference())
    again = await house.again()
    heard = HeardLines(again.desk)
    await heard.hear(VINH, up=True)

    await heard.miss()

    lines = again.desk.formal.lines
    assert [sites.line_of(lines, site) for site in (HUE, VINH)] == [Line.LOST, Line.CONNECTED]
