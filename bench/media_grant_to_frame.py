"""How long a grant takes to reach every hall: `show()` to the first whole, decodable frame.

One main site and 67 sites by default, all real: each publishes on demand and drains every frame. The server runs in
this process; sites run in others on the same machine, so its load is printed beside the figures. It
stops by itself.

    python bench/media_grant_to_frame.py [--sites 68] [--grants 8] [--seconds 2]
"""

import argparse
import asyncio
import json
import os
import resource
import secrets
import statistics
import time

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media.director import Air
from diemcau.media.fabric import Admission, Code, Part, Refusal
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall
from diemcau.media.rehearsal_sites.troupe import Troupe
from diemcau.media.studio import Studio

_CONFERENCE = ConferenceId("bench")
_LONGEST = 180


async def _admit(token: str) -> Admission | Refusal:
    if not token.startswith("site-"):
        return Refusal(code=Code.UNKNOWN_PASS, reason="no pass of this load")
    return Admission(
        conference=_CONFERENCE,
        site=SiteId(token),
        part=Part.SITE,
        may_publish=True,
        connection=secrets.token_hex(8),
    )


def _on_line(_conference: ConferenceId, _site: SiteId, _line: Line) -> None:
    pass


async def _measure(*, sites: int, grants: int, seconds: float) -> dict[str, object]:
    names = [SiteId(f"site-{number:02d}") for number in range(sites)]
    studio = Studio(MoqNode("127.0.0.1", 0), admit=_admit, on_line=_on_line)
    await studio.start()
    await studio.open_conference(_CONFERENCE, main_site=names[0], sites=frozenset(names))
    troupe = Troupe()
    quality = Quality()
    halls = [
        Hall(
            conference=_CONFERENCE,
            site=name,
            name=f"Điểm cầu {name}",
            url=f"https://127.0.0.1:{studio.port}",
            fingerprints=studio.fingerprints(),
            token=name,
        )
        for name in names
    ]
    began = time.monotonic()
    await troupe.start(halls, quality)
    try:
        all_up = await troupe.everyone_up(within=40)
        up_after = time.monotonic() - began
        await studio.show(_CONFERENCE, Air(main_site=names[0]))
        await asyncio.sleep(2)
        figures = await _grant(studio, troupe, names, grants=grants, seconds=seconds)
    finally:
        await troupe.stop()
        await studio.stop()
    return {
        "sites": sites,
        "all_up": all_up,
        "seconds_until_up": round(up_after, 1),
        "picture": f"{quality.width}x{quality.height} at {quality.fps}/s",
        **figures,
    }


async def _grant(
    studio: Studio, troupe: Troupe, names: list[SiteId], *, grants: int, seconds: float
) -> dict[str, object]:
    granted: dict[SiteId, int] = {}
    cpu, wall = _cpu_seconds(), time.monotonic()
    for turn in range(grants):
        holder = names[1 + (turn * 9) % (len(names) - 1)]
        await troupe.begin_speech(f"speech-{turn}", holder)
        granted[holder] = time.time_ns()
        await studio.show(_CONFERENCE, Air(main_site=names[0], holder=holder))
        await asyncio.sleep(seconds)
        await studio.show(_CONFERENCE, Air(main_site=names[0]))
        await troupe.end_speech()
        await troupe.everyone_reported(f"speech-{turn}", within=10)
    firsts = [f for f in troupe.first_frames if f.site in granted]
    waits = sorted((f.at_ns - granted[f.site]) / 1e6 for f in firsts)
    return {
        "grants": grants,
        "pairs": len(waits),
        "pairs_expected": grants * len(names),
        "all_whole": all(first.is_whole for first in firsts),
        "grant_to_frame_ms": {
            "p50": round(statistics.median(waits), 1),
            "p95": round(waits[int(len(waits) * 0.95) - 1], 1),
            "max": round(waits[-1], 1),
        },
        "frames_min": min(seen.frames for seen in troupe.speeches),
        "frames_due": int(seconds * Quality().fps),
        "server_cpu_seconds": round(_cpu_seconds() - cpu, 2),
        "seconds": round(time.monotonic() - wall, 2),
        "load": [round(load, 2) for load in os.getloadavg()],
        "cpus": os.cpu_count(),
    }


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=68)
    parser.add_argument("--grants", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    work = _measure(sites=asked.sites, grants=asked.grants, seconds=asked.seconds)
    print(json.dumps(asyncio.run(asyncio.wait_for(work, _LONGEST)), indent=1))


if __name__ == "__main__":
    main()
