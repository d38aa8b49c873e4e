"""A crowd of halls in processes of their own, seen from the bench that starts them."""

import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Self

from rig.hall import Part
from rig.machine import cpu_seconds

HALLS_A_PROCESS = 34
_TIME_TO_LEAVE = 5.0
_LONGEST_LINE = 2**26
Event = dict[str, object]


class Crowd:
    """Halls that are running. Use as an asynchronous context manager."""

    def __init__(self) -> None:
        self.up: dict[str, int] = {}
        self.events: list[Event] = []
        self._processes: list[asyncio.subprocess.Process] = []
        self._reading: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                await asyncio.wait_for(process.wait(), _TIME_TO_LEAVE)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def enter(self, parts: Sequence[Part], *, a_process: int = HALLS_A_PROCESS) -> None:
        """Start halls, so many to a process."""
        count = math.ceil(len(parts) / a_process)
        for turn in range(count):
            await self._start(parts[turn::count])

    async def until(self, condition: Callable[[], bool], *, within: float) -> bool:
        """Wait until something is so; False if the time was too short."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        return condition()

    async def everyone_up(self, count: int, *, within: float = 60.0) -> None:
        """Wait until so many halls are connected. Raises `RuntimeError`."""
        if not await self.until(lambda: len(self.up) >= count, within=within):
            raise RuntimeError(f"only {len(self.up)} of {count} halls connected within {within:.0f} s")

    async def ask(self, command: dict[str, object], *, answers: int, within: float = 30.0) -> list[Event]:
        """Give every hall a command and return the answers, which are events of the same name."""
        name, before = str(command["do"]), len(self.events)
        for process in self._processes:
            if process.stdin is not None and process.returncode is None:
                process.stdin.write(json.dumps(command).encode() + b"\n")
                await process.stdin.drain()

        def found() -> list[Event]:
            return [event for event in self.events[before:] if event["event"] == name]

        await self.until(lambda: len(found()) >= answers, within=within)
        return found()

    def firsts(self, site: str, *, after_ns: int) -> dict[str, Event]:
        """Return for each hall its first picture of a site on an air that began after an instant."""
        firsts: dict[str, Event] = {}
        for event in self.events:
            if event["event"] == "first" and event["site"] == site and int(str(event["at_ns"])) >= after_ns:
                firsts.setdefault(str(event["viewer"]), event)
        return firsts

    def cpu_seconds(self) -> float:
        """Return what all processes of halls have used."""
        return sum(cpu_seconds(process.pid) for process in self._processes if process.returncode is None)

    async def _start(self, parts: Sequence[Part]) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("halls.py")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._processes.append(process)
        self._reading.append(asyncio.create_task(self._read(process)))
        if process.stdin is not None:
            process.stdin.write(json.dumps([asdict(part) for part in parts]).encode() + b"\n")
            await process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        async for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "up":
                self.up[event["viewer"]] = event["node"]
            elif event["event"] == "lost":
                self.up.pop(event["viewer"], None)
            self.events.append(event)
            self._changed.set()
