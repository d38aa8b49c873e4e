"""How soon a grant is seen: `GrantFloor` acknowledged to the first whole key frame at 67 sites, and on two screens.

The server, its desks and passes are real; the conduct is automatic. A sample of the sites is a site and a grant;
a sample of the screens is a Chromium and a grant: the first moment at which the program page shows the new
holder. No moment may be black. Sites read the holder alone, the screens all that a hall reads.

    python bench/grant_to_picture.py [--grants 20] [--sites 67] [--screens 2]
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from playwright.async_api import Page
from rig import footage
from rig.crowd import Crowd
from rig.hall import Part
from rig.house import House, open_house
from rig.machine import Machine, cpu_seconds, say
from rig.screens import LOOK, chromium, until_picture

from diemcau.core.roles import Role

_SPEAKS, _RESTS = 2.0, 1.0
_WITHIN = 10.0
_SETTLES = 3.0


def _parts(house: House, sites: int) -> list[Part]:
    """Return the sites; no two that speak after each other look the same."""

    def part(number: int, site: str) -> Part:
        shade = 0 if number == 0 else 1 + number % (footage.SHADES - 1)
        return Part(
            conference=house.conference,
            site=site,
            token=house.ticket(Role.SITE, site),
            nodes=(house.node,),
            looks_at=("holder",),
            shade=shade,
        )

    return [part(number, site) for number, site in enumerate((house.main_site, *house.remote_sites[: sites - 1]))]


async def _measure(*, grants: int, sites: int, screens: int) -> dict[str, object]:
    machine = Machine()
    machine.begin()
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(sites=sites))
        crowd = await stack.enter_async_context(Crowd())
        chair = await stack.enter_async_context(house.chair())
        parts = _parts(house, sites)
        await crowd.enter(parts)
        await crowd.everyone_up(sites)
        await chair.open()
        opened = [await stack.enter_async_context(chromium()) for _ in range(screens)]
        pages = [await one.page(house.link(Role.PROGRAM), LOOK, width=640, height=360) for one in opened]
        for page in pages:
            await until_picture(page)
        await asyncio.sleep(_SETTLES)
        machine.begin()
        cpu = cpu_seconds(house.pid)
        arrived: list[float] = []
        displayed: list[float] = []
        whole = missing = 0
        for turn in range(grants):
            holder = parts[1 + turn % (sites - 1)]
            granted = await chair.grant(holder.site)

            def everyone_saw(site: str = holder.site, after: int = granted) -> bool:
                return len(crowd.firsts(site, after_ns=after - 10**9)) >= sites

            await crowd.until(everyone_saw, within=_WITHIN)
            firsts = crowd.firsts(holder.site, after_ns=granted - 10**9)
            arrived += [(int(str(first["at_ns"])) - granted) / 1e6 for first in firsts.values()]
            whole += sum(first["whole"] is True for first in firsts.values())
            missing += sites - len(firsts)
            await asyncio.sleep(_SPEAKS)
            displayed += await _displayed(pages, holder.shade, granted)
            await chair.release(holder.site)
            await asyncio.sleep(_RESTS)
        looks = [await page.evaluate("() => [seen.looks, seen.blacks]") for page in pages]
        return {
            "figure": "grant_to_picture",
            "sites": sites,
            "grants": grants,
            "sites_ms": machine.latencies(arrived),
            "missing": missing,
            "not_whole": len(arrived) - whole,
            "screens_ms": machine.latencies(displayed),
            "screens_missing": screens * grants - len(displayed),
            "moments_looked_at": [look[0] for look in looks],
            "of_them_black": [look[1] for look in looks],
            "server_cpu_seconds": round(cpu_seconds(house.pid) - cpu, 1),
            "faults_in_pages": [fault for one in opened for fault in one.faults][:5],
            "machine": machine.report(),
        }


async def _displayed(pages: Sequence[Page], shade: int, granted_ns: int) -> list[float]:
    """Return after how many ms each screen showed a shade; what was seen is forgotten."""
    wanted = (footage.brightness(shade) - 16) * 255 / 219
    found: list[float] = []
    for page in pages:
        changes = await page.evaluate("() => seen.changes.splice(0)")
        after = [at - granted_ns / 1e6 for at, light in changes if abs(light - wanted) < footage.STEP / 2]
        found += [ms for ms in after if ms > -1000][:1]  # noqa: PLR2004 - of this grant, not of one before
    return found


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grants", type=int, default=20)
    parser.add_argument("--sites", type=int, default=67)
    parser.add_argument("--screens", type=int, default=2)
    asked = parser.parse_args()
    work = _measure(grants=asked.grants, sites=asked.sites, screens=asked.screens)
    say(asyncio.run(asyncio.wait_for(work, 240 + 15 * asked.grants)))


if __name__ == "__main__":
    main()
