"""A relay is killed under its halls: how long until all of them see the speaker through their other parent.

The halls have two parents, the relay and the centre, and begin at the relay. They notice by the missing
beats; nothing is asked of anyone.

    python bench/kill_relay.py [--sites 30] [--times 3]
"""

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rig.crowd import Crowd
from rig.hall import Part
from rig.house import House, free_port, open_house
from rig.machine import Machine, say

from diemcau.core.roles import Role

_WITHIN = 30.0
_SPEAKS = 4.0


@dataclass(slots=True)
class Relay:
    """A relay that runs."""

    process: asyncio.subprocess.Process
    node: str


def _pass(house: House) -> str:
    command = [sys.executable, "-m", "diemcau", "conference", "pass", house.conference, "--role", "relay"]
    made = subprocess.run([*command, "--data", str(house.folder)], capture_output=True, text=True, check=True)
    return made.stdout.strip()


@asynccontextmanager
async def _relay(house: House, media_port: int) -> AsyncIterator[Relay]:
    port = free_port(socket.SOCK_STREAM)
    token = await asyncio.to_thread(_pass, house)
    with tempfile.TemporaryDirectory(prefix="diemcau-bench-relay-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "diemcau", "relay", "--upstream", house.base, "--data", folder),
            *("--host", "127.0.0.1", "--port", str(port), "--media-port", str(media_port)),
            env=os.environ | {"DIEMCAU_RELAY_PASS": token},
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield Relay(process, f"https://127.0.0.1:{media_port}")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _once(crowd: Crowd, parts: list[Part], holder: str, relay: Relay) -> tuple[list[float], int]:
    """Kill the relay once all halls see the holder through it; return how long each went without, in ms."""
    at_relay = int(relay.node.rpartition(":")[2])

    def everyone_there() -> bool:
        return all(crowd.up.get(part.site) == at_relay for part in parts)

    if not await crowd.until(everyone_there, within=_WITHIN):
        there = sum(crowd.up.get(part.site) == at_relay for part in parts)
        raise RuntimeError(f"only {there} of {len(parts)} halls came to the relay")
    await asyncio.sleep(_SPEAKS)
    killed = time.time_ns()
    relay.process.kill()
    viewers = {part.site for part in parts}

    def found() -> dict[str, int]:
        firsts = crowd.firsts(holder, after_ns=killed)
        return {viewer: int(str(first["at_ns"])) for viewer, first in firsts.items() if viewer in viewers}

    await crowd.until(lambda: len(found()) >= len(viewers), within=_WITHIN)
    return [(at - killed) / 1e6 for at in found().values()], len(viewers) - len(found())


async def _measure(*, sites: int, times: int) -> dict[str, object]:
    machine = Machine()
    waits: list[float] = []
    missing = 0
    for turn in range(times):
        async with open_house(sites=sites + 2) as house, Crowd() as crowd, house.chair() as chair:
            holder, *viewers = house.remote_sites[: sites + 1]
            async with _relay(house, free_port(socket.SOCK_DGRAM)) as relay:
                parts = [_part(house, site, (relay.node, house.node)) for site in viewers]
                await crowd.enter([_part(house, holder, (house.node,))])
                await crowd.everyone_up(1)
                await chair.open()
                await asyncio.sleep(1)
                await chair.grant(holder)
                await crowd.enter(parts)
                if turn == 0:
                    await asyncio.to_thread(machine.begin)
                more, lost = await _once(crowd, parts, holder, relay)
                waits += more
                missing += lost
    return {
        "figure": "kill_relay",
        "sites": sites,
        "times": times,
        "same_speaker_by_the_other_parent_ms": machine.latencies(waits),
        "missing": missing,
        "machine": machine.report(),
    }


def _part(house: House, site: str, nodes: tuple[str, ...]) -> Part:
    link = house.link(Role.SITE, site)
    return Part(conference=house.conference, site=site, link=link, nodes=nodes, looks_at=("holder",))


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=30)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    work = _measure(sites=asked.sites, times=asked.times)
    say(asyncio.run(asyncio.wait_for(work, 120 + asked.times * 120)))


if __name__ == "__main__":
    main()
