"""The server is killed while somebody speaks: how long until every site sees the same speaker again.

It is started again at once, as a service manager does; nothing is asked of anyone. Sites notice by the missing
beats, ask the web server for a new ticket and connect again as `docs/media-contract.md` says.

    python bench/kill_server.py [--sites 67] [--times 3]
"""

import argparse
import asyncio
import time

from rig.crowd import Crowd
from rig.hall import Part
from rig.house import House, open_house
from rig.machine import Machine, say

from diemcau.core.roles import Role

_SPEAKS = 5.0
_WITHIN = 40.0


def _part(house: House, site: str) -> Part:
    link = house.link(Role.SITE, site)
    return Part(conference=house.conference, site=site, link=link, nodes=(house.node,), looks_at=("holder",))


async def _measure(*, sites: int, times: int) -> dict[str, object]:
    machine = Machine()
    async with open_house(sites=sites) as house, Crowd() as crowd:
        names = [house.main_site, *house.remote_sites[: sites - 1]]
        await crowd.enter([_part(house, name) for name in names])
        await crowd.everyone_up(sites)
        machine.begin()
        holder = names[1]
        async with house.chair() as chair:
            await chair.open()
            await asyncio.sleep(1)
            granted = await chair.grant(holder)
            await _everyone_sees(crowd, holder, sites, after_ns=granted - 10**9)
            await asyncio.sleep(_SPEAKS)
        waits: list[float] = []
        started: list[float] = []
        missing = 0
        for _ in range(times):
            killed = time.time_ns()
            await house.kill()
            await house.start_again()
            started.append((time.time_ns() - killed) / 1e9)
            await _everyone_sees(crowd, holder, sites, after_ns=killed)
            firsts = crowd.firsts(holder, after_ns=killed)
            missing += sites - len(firsts)
            waits += [(int(str(first["at_ns"])) - killed) / 1e6 for first in firsts.values()]
            await asyncio.sleep(_SPEAKS)
        return {
            "figure": "kill_server",
            "sites": sites,
            "times": times,
            "server_listens_again_after_s": [round(one, 1) for one in started],
            "same_speaker_again_ms": machine.latencies(waits),
            "missing": missing,
            "machine": machine.report(),
        }


async def _everyone_sees(crowd: Crowd, holder: str, sites: int, *, after_ns: int) -> None:
    await crowd.until(lambda: len(crowd.firsts(holder, after_ns=after_ns)) >= sites, within=_WITHIN)


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=67)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    work = _measure(sites=asked.sites, times=asked.times)
    say(asyncio.run(asyncio.wait_for(work, 120 + asked.times * 90)))


if __name__ == "__main__":
    main()
