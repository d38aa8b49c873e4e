"""From glass to glass: a page's camera, whose picture tells the time, to a program page that reads it.

Both pages are the real ones, in Chromium on this machine, through one node, so both have one clock. The time is
drawn as black and white fields, each with its opposite below it: what does not agree is not counted. Underruns of
sound are what the hall's own page reports to the server each second; that it sounds is told by what goes to the
loudspeaker: the made-up microphone beeps twice a second.

    python bench/glass_to_glass.py [--minutes 10]
"""

import argparse
import asyncio
import re
import time

from rig.house import open_house
from rig.machine import Machine, cpu_seconds, say
from rig.screens import LISTEN, LOOK, TELL_TIME, chromium, until_picture

from diemcau.core.roles import Role

_SETTLES = 10.0


async def _measure(*, minutes: float) -> dict[str, object]:
    machine = Machine()
    async with open_house(sites=8) as house, chromium() as theirs, chromium() as ours, house.chair() as chair:
        site = house.remote_sites[0]
        camera = await theirs.page(house.link(Role.SITE, site), TELL_TIME, width=390, height=844)
        await camera.get_by_role("button", name=_CAMERA).click()
        await camera.get_by_role("button", name=_TURN_ON).click()
        await chair.open()
        await asyncio.sleep(3)
        await chair.grant(site)
        hall = await ours.page(house.link(Role.PROGRAM), LOOK, LISTEN)
        await until_picture(hall)
        await asyncio.sleep(_SETTLES)
        await asyncio.to_thread(machine.begin)
        await hall.evaluate(
            "() => { seen.reads = true; seen.gaps = []; seen.codes = []; seen.shows = []; heard.begin(); }"
        )
        cpu, began = cpu_seconds(house.pid), time.monotonic()
        await asyncio.sleep(minutes * 60)
        lasted = time.monotonic() - began
        codes, gaps, shows = await hall.evaluate("() => [seen.codes, seen.gaps, seen.shows]")
        beeps, longest = await hall.evaluate("() => [heard.beeps, heard.longest]")
        return {
            "figure": "glass_to_glass",
            "minutes": round(lasted / 60, 1),
            "glass_to_glass_ms": machine.latencies(codes),
            "pictures_a_second": round(len(codes) / lasted, 1),
            "rungs_shown": shows,
            "sound_reports": len(gaps),
            "sound_underruns": sum(gaps),
            "beeps_heard": beeps,
            "longest_from_beep_to_beep_ms": round(longest),
            "server_cores": round((cpu_seconds(house.pid) - cpu) / lasted, 3),
            "faults_in_pages": [*theirs.faults, *ours.faults][:5],
            "machine": machine.report(),
        }


_CAMERA = re.compile("^(Camera|Máy quay)$")
_TURN_ON = re.compile("^(Turn the camera on|Bật máy quay)$")


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args()
    say(asyncio.run(asyncio.wait_for(_measure(minutes=asked.minutes), asked.minutes * 60 + 240)))


if __name__ == "__main__":
    main()
