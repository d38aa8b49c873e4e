"""A server that starts: who comes back at once is kept waiting, not sent away."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.core.ids import ConferenceId
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission
from diemcau.media.passes import new_pass
from diemcau.plan.reader import read_plan
from diemcau.settings import Settings
from diemcau.wiring.server import Server
from tests.plan.samples import write_plan

pytestmark = pytest.mark.anyio
SPRING = ConferenceId("spring-review")


async def test_who_comes_back_while_the_server_starts_waits_until_the_conferences_are_open(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", media_port=0)
    first = Server(settings)
    await first.start()
    await first.convene(read_plan(write_plan(tmp_path / "plan")))
    await first.stop()
    again = Server(settings)
    until = again.clock.now() + timedelta(hours=1)
    screen = new_pass(conference=SPRING, role=Role.PROGRAM, site=None, until=until, at=again.clock.now())
    ticket = again.passes.ticket(screen, again.clock.now())

    knocking = asyncio.create_task(again.studio.admit(ticket, as_camera=False))
    await asyncio.sleep(0)
    assert not knocking.done()
    await again.start()
    answer = await knocking
    await again.stop()

    assert isinstance(answer, Admission)
    assert answer.conference == SPRING
