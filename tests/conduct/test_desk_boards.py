"""The boards that a desk shows: made once for each change, and for each role."""

import pytest

from diemcau.conduct.alarms import Surroundings
from diemcau.core import floor
from diemcau.core.onair import AirState
from diemcau.core.roles import Role
from diemcau.projections.sections import PUBLIC, AlarmKind, ScriptSection, SectionName
from tests.conduct.desks import CHAIR, alarms, an_open_house, site
from tests.core.samples import HANOI, HUE, VINH

pytestmark = pytest.mark.anyio


async def test_the_run_of_show_and_the_surroundings_are_shown() -> None:
    house = await an_open_house()
    script = ScriptSection(running=True, finished=False, step=1, steps=3, title="Open")

    house.desk.show_script(script)
    house.desk.note_surroundings(Surroundings(recording_stopped_since=house.clock.now()))
    house.desk.note_surroundings(Surroundings(recording_stopped_since=house.clock.now()))

    board = house.desk.board(Role.OPERATOR, None)
    assert board[SectionName.SCRIPT] == script
    assert AlarmKind.RECORDING_STOPPED in alarms(house)
    assert SectionName.ALARMS not in house.desk.board(Role.CHAIR, None)


async def test_the_site_on_air_is_shown_as_such_on_every_board() -> None:
    house = await an_open_house()
    await house.give(CHAIR, floor.GrantFloor(site=HUE))

    tiles = {tile.site: tile.air for tile in house.desk.public_board()[SectionName.SITES].sites}  # type: ignore[union-attr]

    assert tiles[HANOI] is tiles[HUE] is AirState.ON_AIR
    assert tiles[VINH] is AirState.OFF


async def test_a_board_is_made_once_until_something_changes() -> None:
    house = await an_open_house()
    chair, public = house.desk.board(Role.CHAIR, None), house.desk.public_board()

    assert house.desk.board(Role.CHAIR, None) is chair
    assert house.desk.public_board() is public
    assert chair[SectionName.SITES] is public[SectionName.SITES]
    await house.give(CHAIR, floor.GrantFloor(site=HUE))

    assert house.desk.board(Role.CHAIR, None) != chair
    assert house.desk.public_board() != public


async def test_each_sites_board_is_its_own() -> None:
    house = await an_open_house()
    await house.give(site(HUE), floor.RequestFloor(site=HUE, topic="Kinh nghiệm"))

    hue, vinh = house.desk.board(Role.SITE, HUE), house.desk.board(Role.SITE, VINH)

    assert "Kinh nghiệm" in repr(hue)
    assert "Kinh nghiệm" not in repr(vinh)


async def test_what_a_role_is_shown_is_never_added_to_what_every_hall_is_shown() -> None:
    house = await an_open_house()
    house.desk.show_script(ScriptSection(running=True, finished=False, step=1, steps=3, title="Open"))
    before = set(house.desk.public_board())

    for role in Role:
        house.desk.board(role, HUE if role is Role.SITE else None)

    assert set(house.desk.public_board()) == before == set(PUBLIC)
