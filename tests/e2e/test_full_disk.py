from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.cli.disks import fill, small_disk
from tests.e2e.desks import Board, Desk, desk, token_for
from tests.e2e.halls import rehearsal_sites, screen
from tests.e2e.programs import run, server
from tests.plan.samples import write_plan

SPRING = "spring-review"
LONG = "Giếng cạn. " * 300


async def refused(secretary: Desk) -> dict[str, object]:
    """Take notes until one is refused, and return the answer: a full disk still has a little room in the journal."""
    for _ in range(200):
        answer = await secretary.ask("TakeNote", {"text": LONG})
        if "position" not in answer:
            return answer
    raise AssertionError("a full disk took everything")


def alarms(board: Board) -> set[str]:
    return {alarm["kind"] for alarm in board["alarms"]["alarms"]}


@pytest.mark.slow
async def test_a_disk_that_fills_up_stops_commands_but_neither_picture_nor_sound(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")
    with small_disk(tmp_path / "disk", megabytes=40) as disk:
        data = disk / "data"
        assert (await run("plan", "import", plan, "--data", data))[0] == 0
        async with server(data) as (_, url), AsyncExitStack() as stack:
            chair, secretary, operator, program = [
                await stack.enter_async_context(desk(url, token_for(data, SPRING, role)))
                for role in (Role.CHAIR, Role.SECRETARY, Role.OPERATOR, Role.PROGRAM)
            ]
            await stack.enter_async_context(rehearsal_sites(program, data, SPRING, "head-office", "coast"))
            hall = await stack.enter_async_context(screen(program, SPRING))
            await chair.must("OpenConference")
            await chair.must("GrantFloor", {"site": "coast"})
            airs = await hall.on_air("head-office", "coast")
            notes = len(secretary.board["notes"]["notes"])

            filler = fill(disk)
            answer = await refused(secretary)

            assert (answer["refusal"], answer["about"]) == ("desk.cannot_write", {"reason": "full"})
            await operator.until(lambda board: {"disk_full", "recording_stopped"} <= alarms(board))
            assert "position" not in await chair.ask("ReleaseFloor", {"site": "coast"})
            assert chair.board["public_floor"]["holder"] == "coast"
            assert await hall.beats(2) == 2
            for air in airs:
                assert len(await hall.pictures(air, 5)) == 5

            filler.unlink()
            await operator.until(lambda board: "disk_full" not in alarms(board))
            await operator.until(lambda board: "recording_stopped" not in alarms(board))
            await secretary.must("TakeNote", {"text": "Có chỗ rồi."})
            await chair.must("ReleaseFloor", {"site": "coast"})
            board = await secretary.until(lambda board: board["floor"]["holder"] is None)
            assert board["notes"]["notes"][-1]["text"] == "Có chỗ rồi."
            assert len(board["notes"]["notes"]) > notes
            assert (await operator.http.get("/health/ready")).status_code == 200
        assert (await run("verify-journal", "--data", data))[0] == 0
