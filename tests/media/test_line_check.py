"""The check of a line: both ways, over the path that sound and picture take."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, Code, Guest, Link, Outlet, Part, Publication, Refusal, Source
from diemcau.media.limits import Excess
from diemcau.media.line_check import DOWN, PING, PONG, RESULT, UP, Arrivals, LineChecks, pieces
from diemcau.media.line_probe import measure_line
from diemcau.media.moq_fabric import MoqNode, connect
from diemcau.media.reception import Reception
from diemcau.media.socket_fabric import connect_socket
from tests.media.by_socket import socket_door
from tests.media.halls import CONFERENCE, PATIENCE, eventually, soon

pytestmark = pytest.mark.anyio


class Door:
    """Lets everyone in and measures their lines, for half a second each way."""

    def __init__(self, node: MoqNode) -> None:
        self.followed = 0
        self.checks = LineChecks(node.new_outlet, lasts=0.5, at_once=2, silent_for=2.0)

    async def admit(self, token: str, *, as_camera: bool) -> Admission:
        return Admission(
            conference=CONFERENCE,
            site=None,
            part=Part.WATCHER,
            may_publish=as_camera,
            connection=token,
        )

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Refusal:
        return Refusal(code=Code.NOT_ALLOWED, reason=f"{token} is no relay, also not for {for_site}")

    async def welcome(self, guest: Guest) -> None:
        async with asyncio.TaskGroup() as hearing:
            async for source in guest.sources():
                hearing.create_task(self._hear(guest, source))

    async def _hear(self, guest: Guest, source: Source) -> None:
        await self.checks.follow(guest.admission.connection, source, guest.quality)
        self.followed += 1

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        return self.checks.offer(admission.connection) if path == paths.check(CONFERENCE) else None

    def farewell(self, admission: Admission) -> None:
        self.checks.leave(admission.connection)

    def hear_excess(self, admission: Admission, excess: Excess) -> None:
        raise AssertionError(f"{admission.connection}: {excess}")


@dataclass
class House:
    """A node that measures lines, and who came to it."""

    node: MoqNode
    door: Door
    reception: Reception
    links: list[Link] = field(default_factory=list)

    async def link(self) -> Link:
        url = f"https://127.0.0.1:{self.node.port}/screen?jwt={paths.new_nonce()}"
        link = await connect(url, fingerprints=self.node.fingerprints())
        self.links.append(link)
        return link


@pytest.fixture
async def house() -> AsyncIterator[House]:
    node = MoqNode("127.0.0.1", 0)
    await node.listen()
    door = Door(node)
    reception = Reception(node, door)
    reception.open()
    opened = House(node=node, door=door, reception=reception)
    yield opened
    for link in opened.links:
        await link.close()
    await reception.close()
    await node.close()


class Checking:
    """A hall that has its line measured."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.results: list[dict[str, Any]] = []
        self.pongs: list[dict[str, Any]] = []
        self.down = Arrivals()
        self.nonce = paths.new_nonce()
        self.publication: Publication = link.publish(paths.checking(CONFERENCE, self.nonce))
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        self.publication.write_text(PING, b"1")
        self.publication.write_text(UP, bytes(12))
        self.publication.announce()
        read = await soon(self.link.read(paths.check(CONFERENCE)))
        loop = asyncio.get_running_loop()

        async def results() -> None:
            async for text in read.texts(RESULT):
                if json.loads(text)["check"] == self.nonce:
                    self.results.append(json.loads(text))

        async def pongs() -> None:
            async for text in read.texts(PONG):
                self.pongs.append(json.loads(text))

        async def down() -> None:
            async for piece in read.texts(DOWN):
                self.down.take(piece, loop.time())

        async def up() -> None:
            async for piece in pieces():
                self.publication.write_text(UP, piece)
                self.publication.write_text(PING, b"1")

        self._tasks = [asyncio.create_task(work()) for work in (results, pongs, down, up)]

    def places(self) -> list[int]:
        """Return the places that it was told while it waited."""
        return [one["place"] for one in self.results if one["stage"] == "waiting"]

    def stage(self) -> str:
        return str(self.results[-1]["stage"]) if self.results else ""

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def test_a_line_is_measured_up_and_down_and_pings_are_answered(house: House) -> None:
    checking = Checking(await house.link())

    await checking.begin()
    await eventually(lambda: checking.stage() == "done")
    await checking.end()

    done = checking.results[-1]
    assert {one["stage"] for one in checking.results} <= {"waiting", "up", "down", "done"}
    assert done["up_kbps"] > 500
    assert checking.down.kbps > 500
    assert done["late_ms"] >= 0
    assert checking.pongs[0]["ping"] == "1"
    assert checking.pongs[0]["now"] > 1_600_000_000_000


async def test_a_program_in_a_hall_measures_its_line_as_a_page_does(house: House) -> None:
    stages: list[str] = []

    found = await soon(measure_line(await house.link(), CONFERENCE, stages.append))

    assert found.up_kbps > 500
    assert found.down_kbps > 500
    assert found.rtt_ms is not None
    assert found.clock_ms is not None
    assert abs(found.clock_ms) < 1_000
    assert stages[-1] == "done"


async def test_a_line_is_measured_again_as_if_it_never_had_been(house: House) -> None:
    link = await house.link()
    first = await soon(measure_line(link, CONFERENCE, lambda _: None))
    stages: list[str] = []

    again = await soon(measure_line(link, CONFERENCE, stages.append))

    assert {stage for stage in stages if stage != "waiting"} == {"up", "down", "done"}
    for found in (first, again):
        assert found.up_kbps > 500
        assert found.down_kbps > 1_500


async def test_a_line_over_a_websocket_is_measured_again_too(house: House) -> None:
    async with socket_door(house.reception) as url:
        link = await connect_socket(f"{url}?as=camera&jwt=hall")
        house.links.append(link)

        for _ in range(2):
            found = await soon(measure_line(link, CONFERENCE, lambda _: None))
            assert found.up_kbps > 500
            assert found.down_kbps > 500


async def test_a_check_takes_the_place_of_the_one_before_that_never_ended(house: House) -> None:
    link = await house.link()
    first, again = Checking(link), Checking(link)

    await first.begin()
    await eventually(lambda: first.stage() == "up")
    await again.begin()
    await eventually(lambda: again.stage() == "done")

    assert first.stage() != "done"
    assert again.results[-1]["up_kbps"] > 500
    await first.end()
    await again.end()


async def test_who_is_gone_before_its_turn_takes_nobody_elses(house: House) -> None:
    halls = [Checking(await house.link()) for _ in range(4)]
    early, gone, patient = halls[:2], halls[2], halls[3]
    for hall in early:
        await hall.begin()
    await eventually(lambda: all(hall.stage() == "up" for hall in early))
    await gone.begin()
    await eventually(lambda: gone.places() == [1])
    await patient.begin()
    await eventually(lambda: patient.places() == [2])

    await gone.link.close()
    await eventually(lambda: patient.stage() == "done")

    assert patient.places() == [2, 1]
    assert gone.stage() == "waiting"
    for hall in halls:
        await hall.end()


async def test_who_pings_no_more_is_measured_no_more(house: House) -> None:
    silent = Checking(await house.link())
    house.door.checks = LineChecks(house.node.new_outlet, lasts=PATIENCE, silent_for=0.2)

    await silent.begin()
    await eventually(lambda: silent.stage() == "up")
    await silent.end()

    await eventually(lambda: house.door.followed == 1)
    assert silent.stage() == "up"


async def test_a_watcher_who_sends_nothing_up_is_told_that_nothing_came(house: House) -> None:
    link = await house.link()
    silent = link.publish(paths.checking(CONFERENCE, paths.new_nonce()))
    silent.write_text(PING, b"1")
    silent.announce()
    read = await soon(link.read(paths.check(CONFERENCE)))

    async def told() -> dict[str, Any]:
        async for text in read.texts(RESULT):
            found: dict[str, Any] = json.loads(text)
            if found["stage"] == "done":
                return found
        return {}

    assert (await soon(told()))["up_kbps"] == 0


async def test_more_halls_than_are_measured_at_a_time_wait_for_their_turn(house: House) -> None:
    halls = [Checking(await house.link()) for _ in range(3)]

    for hall in halls:
        await hall.begin()
    await eventually(lambda: any(hall.stage() == "waiting" for hall in halls))
    await eventually(lambda: all(hall.stage() == "done" for hall in halls))

    for hall in halls:
        await hall.end()


def test_what_came_is_counted_from_the_first_piece_to_the_last() -> None:
    arrivals = Arrivals()
    for number in range(26):
        sent = round(number * 40_000)
        piece = number.to_bytes(4, "big") + sent.to_bytes(8, "big") + bytes(14_988)
        arrivals.take(piece, 5.0 + number * 0.04 + (0.2 if number == 25 else 0.0))

    assert 2_400 <= arrivals.kbps <= 3_000
    assert arrivals.late_ms == 0
    arrivals.take(b"short", 9.0)
    assert arrivals.last_at < 9.0
    assert (Arrivals().kbps, Arrivals().late_ms) == (0, 0)
