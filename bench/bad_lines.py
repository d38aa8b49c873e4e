"""How sound and picture stand a bad line: loss at an RTT of 50 ms, and a bottleneck that comes and goes.

Each direction by itself: `up`, the speaker's line to the server; `down`, a hall's line from it. Between them
stands a UDP relay of ours (`diemcau.media.rehearsal_sites.bad_line`). The hall plays with the fixed latency of
the contract: 250 ms if its own line is far, or the speaker's as the server tells; what is later than that (for
sound: and one group more) is not sent to it, as to a page. Sound is continuous where a frame is there when it
is due; a picture is as late as it comes after it is due. A frame is due at its timestamp, plus the least delay
seen, plus the latency.

    python bench/bad_lines.py [--case up-loss-5] [--seconds 40]
"""

import argparse
import asyncio
import time
from dataclasses import dataclass, replace
from itertools import pairwise

from rig.crowd import Crowd, Event
from rig.hall import Part
from rig.house import House, open_house
from rig.machine import Machine, say

from diemcau.core.roles import Role
from diemcau.media.rehearsal_sites.bad_line import BadLine, Way

_WAY = Way(delay=0.025)
_SETTLES = 8.0
_LIFTED_FOR = 45.0
_EDGE_US = 500_000
_SITES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Which line is bad, and how."""

    side: str
    loss: float = 0.0
    bits_per_second: float | None = None
    queue_ms: int = 200

    def __str__(self) -> str:
        how = f"{self.bits_per_second / 1e6:g}-mbit" if self.bits_per_second else f"loss-{self.loss * 100:g}"
        return f"{self.side}-{how}"


CASES = tuple(
    case
    for side in ("up", "down")
    for case in (Case(side=side, loss=0.02), Case(side=side, loss=0.05), Case(side=side, bits_per_second=1e6))
)


async def _measure(case: Case, *, seconds: float) -> dict[str, object]:
    machine = Machine()
    async with (
        open_house(sites=_SITES) as house,
        Crowd() as crowd,
        house.chair() as chair,
        BadLine(("127.0.0.1", house.media_port), up=_WAY, down=_WAY) as line,
    ):
        holder, viewer = house.remote_sites[:2]
        await crowd.enter([_part(house, line, case, holder, speaks=True)])
        await crowd.enter([_part(house, line, case, viewer, speaks=False)])
        await crowd.everyone_up(2)
        await chair.open()
        await asyncio.sleep(1)
        await chair.grant(holder)
        await asyncio.sleep(_SETTLES)
        since, worse_ns = time.monotonic_ns() // 1000, time.time_ns()
        await asyncio.to_thread(machine.begin)
        _worsen(line, case)
        await asyncio.sleep(seconds)
        until, better_ns = time.monotonic_ns() // 1000, time.time_ns()
        line.up = line.down = _WAY
        if case.bits_per_second:
            await _returned(crowd, case, holder if case.side == "up" else viewer, better_ns)
        await asyncio.sleep(2)
        events = crowd.events
        latency_ms = next(int(str(one["latency_ms"])) for one in reversed(events) if one["event"] == "air")
        figures = await _figures(crowd, machine, viewer, since, until - _EDGE_US, latency_ms=latency_ms)
        whose = holder if case.side == "up" else viewer
        return {
            "figure": "bad_lines",
            "case": str(case),
            "queue_ms": case.queue_ms if case.bits_per_second else None,
            "seconds": seconds,
            "latency_ms": latency_ms,
            **figures,
            "rungs": _rungs(events, whose, case.side, worse_ns),
            "fell_after_s": _first(events, whose, case.side, since_ns=worse_ns, until_ns=better_ns, is_high=False),
            "returned_after_s": _first(events, whose, case.side, since_ns=better_ns, until_ns=2**63, is_high=True)
            if case.bits_per_second
            else None,
            "machine": machine.report(),
        }


def _latency(case: Case) -> int:
    return 250 if case.side == "down" else 150


def _part(house: House, line: BadLine, case: Case, site: str, *, speaks: bool) -> Part:
    is_bad = speaks == (case.side == "up")
    return Part(
        conference=house.conference,
        site=site,
        token=house.ticket(Role.SITE, site),
        nodes=(f"https://127.0.0.1:{line.port}" if is_bad else house.node,),
        looks_at=() if speaks else ("holder",),
        tracks=("video", "video-low"),
        eager=True,
        latency_ms=_latency(case),
    )


def _worsen(line: BadLine, case: Case) -> None:
    if case.loss:  # what confirms is lost as well
        line.up = line.down = replace(_WAY, loss=case.loss)
    elif case.bits_per_second:
        queue = int(case.bits_per_second * case.queue_ms / 8000)
        narrow = replace(_WAY, bits_per_second=case.bits_per_second, queue_bytes=queue)
        line.up, line.down = (narrow, _WAY) if case.side == "up" else (_WAY, narrow)


async def _returned(crowd: Crowd, case: Case, site: str, since_ns: int) -> None:
    """Wait until the rung is high again, or long enough."""

    def is_high() -> bool:
        first = _first(crowd.events, site, case.side, since_ns=since_ns, until_ns=2**63, is_high=True)
        return first is not None

    await crowd.until(is_high, within=_LIFTED_FOR)


def _rungs(events: list[Event], site: str, side: str, since_ns: int) -> list[str]:
    """Return each change of the rung, with the seconds after the line became bad."""
    found: list[str] = []
    rung = None
    for event in events:
        if event["event"] != "line" or event["viewer"] != site:
            continue
        if event["state"].get(side) != rung:  # type: ignore[attr-defined]
            rung = event["state"].get(side)  # type: ignore[attr-defined]
            found.append(f"{(int(str(event['at_ns'])) - since_ns) / 1e9:+.1f} s {rung}")
    return found


def _first(events: list[Event], site: str, side: str, *, since_ns: int, until_ns: int, is_high: bool) -> float | None:
    for event in events:
        if event["event"] != "line" or event["viewer"] != site:
            continue
        at, rung = int(str(event["at_ns"])), event["state"].get(side)  # type: ignore[attr-defined]
        if since_ns <= at < until_ns and (rung == "high") == is_high:
            return round((at - since_ns) / 1e9, 1)
    return None


async def _figures(
    crowd: Crowd, machine: Machine, viewer: str, since: int, until: int, *, latency_ms: int
) -> dict[str, object]:
    sound = await _stamps(crowd, viewer, ("audio",))
    pictures = await _stamps(crowd, viewer, ("video", "video-low"))
    least_sound = min((came - stamp for stamp, came in sound), default=0)
    least_picture = min((came - stamp for stamp, came in pictures), default=0)
    latency = latency_ms * 1000
    first: dict[int, int] = {}
    for stamp, came in sound:
        if since <= stamp < until:
            first[stamp] = min(came, first.get(stamp, came))
    in_time = sum(1 for stamp, came in first.items() if came - stamp - least_sound <= latency)
    due = round((until - since) / 60_000)
    shown: dict[int, int] = {}
    for stamp, came in pictures:
        if since <= stamp < until:
            shown[stamp] = min(came, shown.get(stamp, came))
    late = [max(0, came - stamp - least_picture - latency) / 1000 for stamp, came in shown.items()]
    return {
        "sound": {
            "due": due,
            "came": len(first),
            "continuous": round(min(1.0, in_time / due), 4),
            "on_its_way_ms": machine.latencies([(came - stamp - least_sound) / 1000 for stamp, came in first.items()]),
        },
        "picture": {
            "came": len(late),
            "due_if_high": round((until - since) / 40_000),
            "late_ms": machine.latencies(late),
            "longest_still_ms": _longest(pictures, since, until),
        },
    }


def _longest(pictures: list[tuple[int, int]], since: int, until: int) -> int | None:
    came = sorted(at for stamp, at in pictures if since <= stamp < until)
    return max(((later - earlier) // 1000 for earlier, later in pairwise(came)), default=None)


async def _stamps(crowd: Crowd, viewer: str, tracks: tuple[str, ...]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for track in tracks:
        answers = await crowd.ask({"do": "stamps", "track": track}, answers=2)
        for answer in answers:
            if answer["viewer"] == viewer:
                found += [(pair[0], pair[1]) for pair in answer["stamps"]]  # type: ignore[attr-defined]
    return found


def main() -> None:
    """Measure each case and print one JSON object a case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", choices=[str(case) for case in CASES], help="only this one")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--queue-ms", type=int, default=200, help="what the bottleneck holds back before it drops")
    asked = parser.parse_args()
    for case in CASES:
        if asked.case in (None, str(case)):
            case = replace(case, queue_ms=asked.queue_ms)  # noqa: PLW2901 - as it was asked for
            work = _measure(case, seconds=asked.seconds)
            say(asyncio.run(asyncio.wait_for(work, asked.seconds + 240)))


if __name__ == "__main__":
    main()
