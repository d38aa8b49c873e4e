"""A desk and a camera over HTTPS from another machine: a network namespace with a wire to this one."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.director import Air
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.passes import door_keeper
from diemcau.media.studio import Studio
from diemcau.web.ports import Parts
from diemcau.web.tls import self_made
from tests.core.samples import HANOI, HUE, SITES
from tests.web.door import a_door, open_conference

ROOT = Path(__file__).resolve().parents[2]
_NET = f"10.231.{os.getpid() % 250}"  # no other test that runs now has it
HERE, THERE = f"{_NET}.1", f"{_NET}.2"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a network namespace"),
]


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Return the name of a namespace that reaches this one by a wire of its own."""
    name, wire = f"diemcau-{os.getpid()}", f"dc{os.getpid()}"
    ip("netns", "add", name)
    try:
        ip("link", "add", wire, "type", "veth", "peer", "name", "uplink", "netns", name)
        ip("address", "add", f"{HERE}/30", "dev", wire)
        ip("link", "set", wire, "up")
        ip("-n", name, "address", "add", f"{THERE}/30", "dev", "uplink")
        ip("-n", name, "link", "set", "uplink", "up")
        yield name
    finally:
        ip("netns", "delete", name)


@dataclass(slots=True)
class Cameras:
    """A studio on the wire's address, and what it heard of the lines of sites."""

    heard: list[tuple[SiteId, Line]]
    showing: list[asyncio.Task[None]]
    studio: Studio | None = None

    def __call__(self, parts: Parts) -> Parts:
        self.studio = Studio(
            MoqNode(HERE, 0),
            admit=door_keeper(parts.passes, parts.clock),
            on_line=self.hear,
        )
        return replace(parts, media=self.studio)

    def hear(self, conference: ConferenceId, site: SiteId, line: Line) -> None:
        """Put whoever comes on air."""
        self.heard.append((site, line))
        if self.studio is not None and line is Line.UP:
            self.showing.append(asyncio.create_task(self.studio.show(conference, Air(main_site=HANOI, holder=site))))


async def test_a_hall_on_another_machine_has_desk_and_camera_over_https(tmp_path: Path, elsewhere: str) -> None:
    certificate = self_made(tmp_path / "tls", (HERE,), datetime.now(UTC))
    cameras = Cameras(heard=[], showing=[])
    async with a_door(tmp_path, certificate=certificate, host=HERE, beside=cameras) as door:
        assert cameras.studio is not None
        await cameras.studio.start()
        await cameras.studio.open_conference(ConferenceId("review-2026"), HANOI, frozenset(SITES))
        await open_conference(door)

        met, said, status = await visit(elsewhere, door.base, certificate.authority, door.link(Role.SITE, HUE))
        await cameras.studio.stop()

    assert status == 0, said
    assert met["me"]["site"] == HUE
    assert set(met["board"]) >= {"public_floor", "my_site", "may"}
    assert met["answer"]["position"] == door.house.desk.position
    assert met["picture"] == [HUE, True]
    assert cameras.heard[0] == (HUE, Line.UP)


async def visit(namespace: str, base: str, root: Path | None, token: str) -> tuple[dict[str, Any], str, int]:
    """Let a hall in a namespace visit `base`; return what it met, what it said, and its exit status."""
    hall = await asyncio.create_subprocess_exec(
        *("ip", "netns", "exec", namespace, sys.executable, "-m", "tests.web.hall_elsewhere", base, str(root), token),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    told, said = await hall.communicate()
    met: dict[str, Any] = {}
    for line in told.decode().splitlines():
        met.update(json.loads(line))
    return met, said.decode(), hall.returncode or 0
