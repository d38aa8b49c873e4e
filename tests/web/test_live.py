"""A desk's line, from the link to what other desks are shown."""

from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.core.samples import HUE
from tests.web.door import a_door, open_conference

pytestmark = pytest.mark.anyio


async def test_what_one_desk_asks_is_shown_at_all_others(tmp_path: Path) -> None:
    async with (
        a_door(tmp_path) as door,
        door.desk(Role.CHAIR) as chair,
        door.desk(Role.SITE, HUE) as hue,
        door.desk(Role.PROGRAM) as program,
    ):
        await open_conference(door)

        answer = await hue.ask("RequestFloor", {"topic": "Công tác cán bộ"})

        asked = await chair.message("section", name="floor")
        seen = await program.message("section", name="public_floor")
        assert answer == {"kind": "answer", "id": "ask-1", "position": door.house.desk.position}
        assert [one["topic"] for one in asked["value"]["queue"]] == ["Công tác cán bộ"]
        assert seen["value"]["queue"] == [HUE]
        assert "floor" not in program.board["sections"]
