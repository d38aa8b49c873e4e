"""67 sites drain the holder's picture and sound for ten minutes, 8 of them the main site's too.

The server is a process of its own with real passes; every site is connected as a camera, and two of them send
prepared frames: 25 pictures a second, 1.5 Mbit/s, and sound. Every frame is read: a subscription that nobody
drains costs nothing and counts for nothing.

    python bench/sixty_seven_sites.py [--minutes 10] [--sites 67] [--both 8]
"""

import argparse
import asyncio
import time
from collections import Counter

from rig.crowd import Crowd, Event
from rig.hall import Part
from rig.house import House, open_house
from rig.machine import Machine, cpu_seconds, rss_mb, say, slope_per_minute

from diemcau.core.roles import Role

_WARM_UP = 60.0
_SAMPLE_EVERY = 5.0
_SHOWN = 20
_EDGE_US = 2_000_000
_EVERY_US = {"video": 40_000, "audio": 60_000}


def _parts(house: House, *, sites: int, both: int) -> tuple[list[Part], list[Part]]:
    """Return the two that speak, and those that look on."""
    holder, *viewers = house.remote_sites[: sites + 1]

    def part(site: str, shade: int, looks_at: tuple[str, ...]) -> Part:
        ticket = house.ticket(Role.SITE, site)
        return Part(
            conference=house.conference,
            site=site,
            token=ticket,
            nodes=(house.node,),
            looks_at=looks_at,
            shade=shade,
        )

    speakers = [part(house.main_site, 0, ()), part(holder, 1, ())]
    looks = [("holder", "main") if number < both else ("holder",) for number in range(sites)]
    return speakers, [part(site, 2, look) for site, look in zip(viewers, looks, strict=True)]


async def _measure(*, minutes: float, sites: int, both: int) -> dict[str, object]:
    machine = Machine()
    machine.begin()
    async with open_house(sites=sites + 2) as house, Crowd() as crowd, house.chair() as chair:
        speakers, viewers = _parts(house, sites=sites, both=both)
        await crowd.enter(speakers)
        await crowd.enter(viewers)
        await crowd.everyone_up(sites + 2)
        await chair.open()
        await asyncio.sleep(2)
        await chair.grant(speakers[1].site)
        await asyncio.sleep(_WARM_UP)
        since, cpu, began = time.monotonic_ns() // 1000, cpu_seconds(house.pid), time.monotonic()
        crowd_cpu = crowd.cpu_seconds()
        memory: list[tuple[float, float]] = []
        while time.monotonic() - began < minutes * 60:
            memory.append((time.monotonic() - began, rss_mb(house.pid)))
            await asyncio.sleep(_SAMPLE_EVERY)
        until, lasted = time.monotonic_ns() // 1000, time.monotonic() - began
        cpu, crowd_cpu = cpu_seconds(house.pid) - cpu, crowd.cpu_seconds() - crowd_cpu
        await asyncio.sleep(2)
        window: dict[str, object] = {"do": "count", "since_us": since, "until_us": until - _EDGE_US}
        counts = await crowd.ask(window, answers=sites + 2)
        return {
            "figure": "sixty_seven_sites",
            "sites": sites,
            "of_them_both": both,
            "minutes": round(lasted / 60, 1),
            "delivered": _delivered(counts, speakers, sites=sites, both=both, length_us=until - _EDGE_US - since),
            "server_cores": round(cpu / lasted, 3),
            "halls_cores": round(crowd_cpu / lasted, 3),
            "rss_mb": [round(size) for _, size in memory[:: max(1, len(memory) // _SHOWN)]],
            "rss_mb_per_minute": round(slope_per_minute(memory), 2),
            "machine": machine.report(),
        }


def _delivered(
    counts: list[Event], speakers: list[Part], *, sites: int, both: int, length_us: int
) -> dict[str, object]:
    """Return what came of what was due: by the clock, whether or not a speaker was held up."""
    main, holder = (part.site for part in speakers)
    sent = {str(event["viewer"]): event["sent"] for event in counts}
    due = 0
    tracks: Counter[tuple[str, str, str]] = Counter()
    for event in counts:
        for row in event["came"]:  # type: ignore[attr-defined]
            tracks[str(event["viewer"]), row["site"], row["track"]] += row["frames"]
    came = tracks.total()
    shares = (count / sent[site][track] for (_, site, track), count in tracks.items() if sent[site][track])  # type: ignore[index]
    worst = min(shares, default=0.0)
    for site, viewers in ((holder, sites), (main, both)):
        by_clock = {track: length_us // every for track, every in _EVERY_US.items()}
        due += viewers * sum(max(by_clock[track], sent[site].get(track, 0)) for track in _EVERY_US)  # type: ignore[attr-defined]
    return {
        "sent_by_each": sent[holder],
        "due_of_each": by_clock,
        "due": due,
        "came": came,
        "share": round(came / due, 5) if due else None,
        "worst_track": round(worst, 5),
    }


def main() -> None:
    """Measure once and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--sites", type=int, default=67)
    parser.add_argument("--both", type=int, default=8)
    asked = parser.parse_args()
    work = _measure(minutes=asked.minutes, sites=asked.sites, both=asked.both)
    say(asyncio.run(asyncio.wait_for(work, asked.minutes * 60 + 300)))


if __name__ == "__main__":
    main()
