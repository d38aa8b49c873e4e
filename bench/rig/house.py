"""A server of its own for a figure: `diemcau serve` with the seed's conference, opened and ready.

A process of its own, real passes, real desks. It knows nothing of what is measured.
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import diemcau
from diemcau.cli.demo import SEED
from diemcau.core.floor import GrantFloor, ReleaseFloor
from diemcau.core.ids import SiteId
from diemcau.core.roles import Role
from diemcau.core.stages import OpenConference
from diemcau.demonstration.desk_socket import DeskSocket
from diemcau.media.pass_keys import load_key
from diemcau.media.passes import Pass, Passes, new_pass
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.plan.scale import scaled
from diemcau.settings import read_settings
from diemcau.wiring.server import Server

_STARTS_WITHIN = 30.0
_PASSES_LAST = timedelta(hours=6)


@dataclass(slots=True, kw_only=True)
class House:
    """A server that runs, and its conference. `options`: of `diemcau serve`."""

    folder: Path
    plan: Plan
    port: int
    media_port: int
    options: tuple[str, ...]
    process: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.process.pid

    @property
    def base(self) -> str:
        """What pages begin with."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def node(self) -> str:
        """What the media's URLs begin with."""
        return f"https://127.0.0.1:{self.media_port}"

    @property
    def conference(self) -> str:
        """The conference's id."""
        return str(self.plan.id)

    @property
    def main_site(self) -> str:
        """The main site."""
        return str(self.plan.main_site.code)

    @property
    def remote_sites(self) -> list[str]:
        """All sites but the main one."""
        return [str(site.code) for site in self.plan.remote_sites]

    def token(self, role: Role, site: str | None = None) -> str:
        """Return the token of a desk."""
        return _passes(self.folder).issue(self._pass(role, site))

    def link(self, role: Role, site: str | None = None) -> str:
        """Return the link that opens a desk."""
        return f"{self.base}/enter#{self.token(role, site)}"

    def ticket(self, role: Role, site: str | None = None) -> str:
        """Return the token of the media door, good for as long as a figure takes."""
        return _passes(self.folder).ticket(self._pass(role, site), datetime.now(UTC), lasts=_PASSES_LAST)

    @asynccontextmanager
    async def chair(self) -> AsyncIterator["Chair"]:
        """Take the chair."""
        async with DeskSocket(self.base, self.token(Role.CHAIR)) as desk:
            yield Chair(desk)

    async def kill(self) -> None:
        """Kill the server as a power cut does."""
        self.process.kill()
        await self.process.wait()

    async def start_again(self) -> None:
        """Start the server again on the same folder and ports."""
        self.process = await _start(self.folder, self.port, self.media_port, self.options)

    def _pass(self, role: Role, site: str | None) -> Pass:
        now = datetime.now(UTC)
        where = None if site is None else SiteId(site)
        return new_pass(conference=self.plan.id, role=role, site=where, until=now + _PASSES_LAST, at=now, scripted=True)


class Chair:
    """The desk that gives the floor."""

    def __init__(self, desk: DeskSocket) -> None:
        self._desk = desk

    async def open(self) -> None:
        """Open the conference."""
        await self._desk.ask(OpenConference())

    async def grant(self, site: str) -> int:
        """Give a site the floor; return when that was acknowledged, in ns of the machine's clock."""
        await self._desk.ask(GrantFloor(site=SiteId(site)))
        return time.time_ns()

    async def release(self, site: str) -> None:
        """End its speech."""
        await self._desk.ask(ReleaseFloor(site=SiteId(site)))


@asynccontextmanager
async def open_house(*, sites: int, options: tuple[str, ...] = ()) -> AsyncIterator[House]:
    """Run a server with a conference of so many sites, the main one included; `options`: more of `diemcau serve`."""
    with tempfile.TemporaryDirectory(prefix="diemcau-bench-") as name:
        folder = Path(name)
        plan = scaled(read_plan(Path(diemcau.__file__).parents[2] / "examples" / SEED), sites=sites)
        await _take_in(plan, folder)
        port, media_port = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
        process = await _start(folder, port, media_port, options)
        house = House(folder=folder, plan=plan, port=port, media_port=media_port, options=options, process=process)
        try:
            yield house
        finally:
            if house.process.returncode is None:
                house.process.terminate()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(house.process.wait(), _STARTS_WITHIN)


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of this machine that is free now."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _take_in(plan: Plan, folder: Path) -> None:
    server = Server(read_settings(data=folder, media_port=0))
    await server.start()
    try:
        await server.convene(plan)
        await asyncio.sleep(0.1)  # what follows the desk has begun when it is cancelled
    finally:
        await server.stop()


async def _start(folder: Path, port: int, media_port: int, options: tuple[str, ...]) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "diemcau", "serve", "--data", str(folder), "--host", "127.0.0.1"),
        *("--port", str(port), "--media-port", str(media_port), *options),
        env=os.environ | {"DIEMCAU_DEMONSTRATION": "1"},
        stderr=(folder / "server.log").open("ab"),
    )
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.returncode is None:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return process
        await asyncio.sleep(0.05)
    raise RuntimeError(f"the server did not start: {(folder / 'server.log').read_text(encoding='utf-8')[-2000:]}")


def _passes(folder: Path) -> Passes:
    return Passes(load_key(folder))
