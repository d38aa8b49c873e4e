"""What is sent over a line, when it ends, and what is read of it."""

import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets

from diemcau.core.roles import Role
from diemcau.core.stages import StartRehearsal
from diemcau.projections.sections import OF_ROLE, PUBLIC, SectionName
from tests.conduct.desks import CHAIR
from tests.core.samples import HUE, NINE, VINH
from tests.web.door import PATIENT, QUICK, Door, a_door, open_conference

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Serve the tests that change nothing."""
    async with a_door(tmp_path_factory.mktemp("door")) as door:
        yield door


async def until(door: Door, seen: Callable[[], bool]) -> None:
    """Wait until something is so of the first conference; the test's own limit ends it if it never is."""
    with door.house.desk.watch() as watch:
        while not seen():
            await watch.change()


async def test_the_board_comes_first_and_only_what_changed_follows(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.CHAIR) as chair, door.desk(Role.SITE, HUE) as hue:
        await open_conference(door)
        await chair.message("section", name="may")
        await hue.ask("RequestFloor", {"topic": "Cán bộ"})

        told = {(await chair.message())["name"] for _ in range(3)}
        await chair.ask("ShowPage", {"handout": "báo-cáo", "page": 0})

        assert list(chair.board["sections"]) == [
            "conference", "sites", "roll", "agenda", "public_floor", "air", "handouts", "revoked",
            "floor", "conclusion", "presidency", "may",
        ]  # fmt: skip
        assert chair.board["now"] == "2026-11-23T16:00:00+07:00"
        assert told == {"sites", "public_floor", "floor"}


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.SYSTEM, Role.RELAY)])
async def test_a_desk_gets_the_sections_of_its_role(shared: Door, role: Role) -> None:
    own = {SectionName.ALARMS} if role is Role.OPERATOR else set()
    async with shared.desk(role, HUE if role is Role.SITE else None) as desk:
        assert set(desk.board["sections"]) == {*PUBLIC, *OF_ROLE[role], *own}


async def test_what_is_asked_twice_is_done_once(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.SITE, HUE) as hue, door.desk(Role.SITE, VINH) as vinh:
        await open_conference(door)

        first = await hue.ask("RequestFloor", {"topic": "Cán bộ"}, id_="same")
        again = await hue.ask("RequestFloor", {"topic": "Cán bộ"}, id_="same")
        of_another_desk = await vinh.ask("RequestFloor", {"topic": "Đảng viên"}, id_="same")

        assert again == first
        assert of_another_desk["position"] > first["position"]
        assert [one.site for one in door.house.desk.formal.floor.requests] == [HUE, VINH]


@pytest.mark.parametrize(
    ("role", "name", "body", "refusal"),
    [
        (Role.SITE, "RequestFloor", {"topic": "Cán bộ"}, "stages.wrong_stage"),
        (Role.SITE, "OpenConference", {}, "roles.may_not"),
        (Role.SITE, "ReportAttendance", {"site": "vinh", "present": []}, "roles.not_your_site"),
        (Role.PROGRAM, "OpenConference", {}, "roles.may_not"),
        (Role.DEPUTY, "OpenConference", {}, "deputy.chair_presides"),
        (Role.OPERATOR, "TakeNote", {"text": "Ghi"}, "roles.may_not"),
    ],
)
async def test_what_is_not_allowed_now_is_refused_and_nothing_is_written(
    shared: Door, role: Role, name: str, body: dict[str, Any], refusal: str
) -> None:
    before = shared.house.journal.position()
    async with shared.desk(role, HUE if role is Role.SITE else None) as desk:
        answer = await desk.ask(name, body)

    assert (answer["refusal"], shared.house.journal.position()) == (refusal, before)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("not JSON", ""),
        (b"\x00\xff", ""),
        ("[]", ""),
        ("[" * 100_000, ""),
        ('{"kind": NaN}', ""),
        ('{"kind": "beat", "kind": "beat"}', ""),
        ('{"kind": 1e999}', "kind"),
        ("{}", "kind"),
        ('{"kind": "shout"}', "kind"),
        ('{"kind": "beat", "\\ud800": 1}', "·"),
        ('{"kind": "ask", "name": "GrantFloor"}', "id"),
        ('{"kind": "ask", "id": "a b", "name": "GrantFloor"}', "id"),
        ('{"kind": "ask", "id": "a", "name": "NoteLineUp", "body": {"site": "hue"}}', "name"),
        ('{"kind": "ask", "id": "a", "name": "ReachDeadline"}', "name"),
        ('{"kind": "ask", "id": "a", "name": "__init__"}', "name"),
        ('{"kind": "ask", "id": "a", "name": "GrantFloor", "body": {"site": "\\ud800"}}', "site"),
        ('{"kind": "ask", "id": "a", "name": "GrantFloor", "body": {"\\ud800": 1}}', "·"),
        ('{"kind": "ask", "id": "a", "name": "GrantFloor", "body": {"site": "hue", "role": "chair"}}', "role"),
        ('{"kind": "ask", "id": "a", "name": "GrantFloor", "body": {"site": "hue", "allotted": 1e30}}', "allotted"),
    ],
)
async def test_a_message_that_is_unfit_is_told_what_and_where(shared: Door, said: str | bytes, field: str) -> None:
    before = shared.house.journal.position()
    async with shared.desk(Role.PROGRAM) as desk:
        await desk.say(said)
        answer = await desk.message("answer")
        after = await desk.ask("OpenConference")

    assert (answer["problem"]["code"], answer["problem"]["field"]) == ("unfit", field)
    assert answer["problem"]["mend"].endswith(".")
    assert after["refusal"] == "roles.may_not"
    assert shared.house.journal.position() == before


async def test_a_message_of_10_mb_ends_the_line_and_nothing_else(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.CHAIR) as chair, door.desk(Role.SITE, HUE) as hue:
        chair.stop_beating()
        with suppress(websockets.ConnectionClosed):
            await chair.say("k" * 10_000_000)
        code = await chair.end()

        await open_conference(door)
        assert code == 1009
        assert "position" in await hue.ask("RequestFloor", {"topic": "Cán bộ"})


async def test_a_page_that_stops_beating_is_gone(tmp_path: Path) -> None:
    async with a_door(tmp_path, limits=QUICK) as door, door.desk(Role.CHAIR) as chair:
        await open_conference(door)
        chair.stop_beating()

        assert await chair.end() == 4008
        await until(door, lambda: door.house.desk.formal.presidency.lease_until is not None)


async def test_a_page_that_reads_nothing_is_dropped_and_holds_nobody_up(tmp_path: Path) -> None:
    limits = replace(PATIENT, slow_reader=timedelta(milliseconds=200))
    async with (
        a_door(tmp_path, limits=limits) as door,
        door.desk(Role.SECRETARY) as busy,
        door.browser() as client,
    ):
        await open_conference(door)
        path = await door.enter(client, door.link(Role.SECRETARY))
        with socket.socket() as narrow:
            narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            narrow.connect(("127.0.0.1", int(door.base.rpartition(":")[2])))
            async with door.live(path, dict(client.cookies), sock=narrow) as asleep:
                for _ in range(60):
                    assert "position" in await busy.ask("TakeNote", {"text": secrets.token_hex(10_000)})
                await asleep.socket.wait_closed()
                metrics = (await client.get("/metrics")).text

    assert 'diemcau_live_lines{role="secretary"} 1.0' in metrics


async def test_the_server_beats_too(tmp_path: Path) -> None:
    async with a_door(tmp_path, limits=QUICK) as door, door.desk(Role.PROGRAM) as program:
        assert await program.message("beat") == {"kind": "beat", "now": "2026-11-23T16:00:00+07:00"}


async def test_the_chairs_lease_runs_while_any_of_the_chairs_desks_is_connected(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.DEPUTY) as deputys:
        async with door.desk(Role.CHAIR):
            await open_conference(door)
            async with door.desk(Role.CHAIR):
                pass
            still = door.house.desk.formal.presidency.lease_until
        gone = await deputys.message("section", name="presidency")

        assert still is None
        assert gone["value"]["lease_until"] == "2026-11-23T09:00:10+00:00"


async def test_a_line_ends_with_its_pass(tmp_path: Path) -> None:
    async with a_door(tmp_path, limits=QUICK) as door, door.desk(Role.CHAIR) as chair:
        await door.house.clock.wind_to(NINE + timedelta(hours=13))

        assert await chair.end() == 4001


async def test_what_was_asked_is_done_even_if_the_page_leaves_at_once(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.CHAIR) as chair:
        before = door.house.journal.position()
        await chair.say({"kind": "ask", "id": "last", "name": "OpenConference", "body": {}})
        await chair.socket.close()

        await until(door, lambda: door.house.desk.formal.stages.opened_at is not None)
        assert door.house.journal.position() > before


async def test_a_rehearsal_is_shown_in_place_of_the_conference(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.desk(Role.PROGRAM) as program:
        await door.house.give(CHAIR, StartRehearsal())

        shown = [await program.message("section", name="conference")]
        while not shown[-1]["value"]["rehearsal"]:
            shown.append(await program.message("section", name="conference"))

        assert shown[-1]["value"]["stage"] == "convened"


async def test_two_conferences_on_one_server_see_nothing_of_each_other(tmp_path: Path) -> None:
    async with (
        a_door(tmp_path) as door,
        door.desk(Role.CHAIR) as chair,
        door.desk(Role.CHAIR, house=door.other) as other,
        door.desk(Role.PROGRAM, house=door.other) as program,
    ):
        await chair.ask("OpenConference")
        await other.ask("OpenRollCall")

        first = await program.message("section")

        assert (first["name"], first["value"]["open"]) == ("roll", True)
        assert door.other.desk.formal.stages.opened_at is None


async def test_a_fault_inside_ends_the_line_and_the_server_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_door(tmp_path) as door:
        asked = door.house.desk.ask
        async with door.desk(Role.CHAIR) as chair:
            door.house.desk.ask = broken  # type: ignore[method-assign]  # a desk with a bug
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await chair.ask("OpenConference")
            door.house.desk.ask = asked  # type: ignore[method-assign]
        async with door.desk(Role.CHAIR) as chair:
            answer = await chair.ask("OpenConference")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    assert "position" in answer
    assert "a websocket request ended by a fault: ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text


async def broken(*_: object, **__: object) -> int:
    message = "the secret of Trưởng ban"
    raise ZeroDivisionError(message)
