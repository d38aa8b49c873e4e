"""How soon somebody who opens a link sees a picture: the program page in Chromium, each time as a new person.

python bench/join.py [--times 20]
"""

import argparse
import asyncio
import time

from rig.crowd import Crowd
from rig.hall import Part
from rig.house import open_house
from rig.machine import Machine, say
from rig.screens import BLACK, LOOK, chromium

from diemcau.core.roles import Role

_RESTS = 2.0
"""The next person comes a little later: a page that begins keeps both cores busy for a moment."""


async def _measure(*, times: int) -> dict[str, object]:
    machine = Machine()
    async with open_house(sites=8) as house, Crowd() as crowd, chromium() as opened, house.chair() as chair:
        main = house.main_site
        ticket = house.ticket(Role.SITE, main)
        part = Part(conference=house.conference, site=main, token=ticket, nodes=(house.node,), looks_at=())
        await crowd.enter([part])
        await crowd.everyone_up(1)
        await chair.open()
        await asyncio.sleep(2)
        machine.begin()
        waits: list[float] = []
        for _ in range(times):
            token = house.token(Role.PROGRAM)
            began = time.time_ns() / 1e6
            page = await opened.page(f"{house.base}/enter#{token}", LOOK)
            await page.wait_for_function(f"() => globalThis.seen?.now > {BLACK}", timeout=30_000)
            waits.append(float(await page.evaluate("() => seen.first")) - began)
            await page.context.close()
            await asyncio.sleep(_RESTS)
        return {
            "figure": "join",
            "link_to_picture_ms": machine.latencies(waits),
            "faults_in_pages": opened.faults[:5],
            "machine": machine.report(),
        }


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    say(asyncio.run(asyncio.wait_for(_measure(times=asked.times), 120 + 30 * asked.times)))


if __name__ == "__main__":
    main()
