"""A process of halls: `python bench/rig/halls.py`. `crowd` is the other side.

The first line of standard input says which halls; later lines are commands. What happens is told on
standard output, a JSON object a line. It ends when its standard input ends.
"""

import asyncio
import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rig import footage
from rig.hall import Hall, Part

_RUNGS = {rung.track: rung for rung in (footage.HIGH, footage.LOW, footage.TILE)}


async def play(lines: asyncio.StreamReader) -> None:
    """Play the halls that the first line names until the lines end."""
    parts = [Part(**fields) for fields in json.loads(await lines.readline())]
    sound = footage.speak()
    halls = [Hall(part, {track: _reel(track, part) for track in part.tracks}, sound, _tell) for part in parts]
    running = [asyncio.create_task(hall.run()) for hall in halls]
    try:
        while line := await lines.readline():
            command = json.loads(line)
            for hall, part in zip(halls, parts, strict=True):
                _obey(command, hall, part)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _reel(track: str, part: Part) -> footage.Reel:
    rung = _RUNGS[track]
    if track == footage.HIGH.track and part.bits_per_second:
        rung = replace(rung, bits_per_second=part.bits_per_second)
    return _film(rung, part.shade)


@cache
def _film(rung: footage.Rung, shade: int) -> footage.Reel:
    return footage.film(rung, shade=shade)


def _obey(command: dict[str, object], hall: Hall, part: Part) -> None:
    match command:
        case {"do": "count", "since_us": int(since), "until_us": int(until)}:
            _tell({"event": "count", "viewer": part.site, **hall.count(since_us=since, until_us=until)})
        case {"do": "stamps", "track": str(track)}:
            _tell({"event": "stamps", "viewer": part.site, "stamps": hall.stamps(track)})
        case _:
            raise ValueError(f"unknown command {command}")


def _tell(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def _main() -> None:
    lines = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    await play(lines)


if __name__ == "__main__":
    asyncio.run(_main())
