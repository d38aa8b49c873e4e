"""Rehearsal sites in a process of their own: `python -m diemcau.media.rehearsal_sites`.

The first line on standard input says which sites and how; later lines are commands. What arrives
is told on standard output, a JSON object a line (`report`). The process ends when its standard
input ends. `troupe` is the other side.
"""

import asyncio
import json
import logging
import sys

from diemcau.core.ids import SiteId
from diemcau.media.rehearsal_sites.casting import read_casting
from diemcau.media.rehearsal_sites.report import Report, write
from diemcau.media.rehearsal_sites.site import RehearsalSite


async def play(lines: asyncio.StreamReader) -> None:
    """Play the sites that the first line names until the lines end."""
    casting = read_casting((await lines.readline()).decode())
    sites = [RehearsalSite(hall, casting.quality, _tell) for hall in casting.halls]
    running = [asyncio.create_task(site.run()) for site in sites]
    try:
        while line := await lines.readline():
            command = json.loads(line)
            for site in sites:
                if command["speech"] is None:
                    site.end_speech()
                else:
                    site.begin_speech(command["speech"], SiteId(command["site"]))
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _tell(report: Report) -> None:
    sys.stdout.write(write(report) + "\n")
    sys.stdout.flush()


async def _main() -> None:
    lines = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await play(lines)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    asyncio.run(_main())
