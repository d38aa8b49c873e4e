"""The program as people start it: `diemcau …` in a process of its own, and what it says line by line."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

DIEMCAU = (sys.executable, "-m", "diemcau")
PATIENCE = 60.0
SERVING = re.compile(r"Serving (?P<url>\S+), media on UDP port (?P<media>\d+)\.")


class Program:
    """One program that was started. What it says on both outputs is kept, in the order of each."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self._running = running
        self._said = asyncio.Condition()
        self.out: list[str] = []
        self.err: list[str] = []
        assert running.stdout is not None
        assert running.stderr is not None
        self._reading = (
            asyncio.create_task(self._read(running.stdout, self.out)),
            asyncio.create_task(self._read(running.stderr, self.err)),
        )

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._running.pid

    async def says(self, pattern: re.Pattern[str], *, within: float = PATIENCE) -> re.Match[str]:
        """Wait until a line of either output holds `pattern`; fail if it ends or takes too long."""
        try:
            async with asyncio.timeout(within), self._said:
                while (found := self._found(pattern)) is None:
                    assert not all(task.done() for task in self._reading), f"it ended: {self.err}"
                    await self._said.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"it never said {pattern.pattern}: {self.out} {self.err}") from None

    async def ended(self, *, within: float = PATIENCE) -> int:
        """Wait until it has ended and return its status; negative: the signal that ended it."""
        try:
            async with asyncio.timeout(within):
                await asyncio.gather(*self._reading)
                return await self._running.wait()
        except TimeoutError:
            raise AssertionError(f"it did not end: {self.out} {self.err}") from None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._running.send_signal(number)

    async def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._running.returncode is None:
            self._running.kill()
        await self.ended()

    def _found(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next((found for line in (*self.out, *self.err) if (found := pattern.search(line))), None)

    async def _read(self, output: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in output:
            async with self._said:
                lines.append(line.decode().rstrip("\n"))
                self._said.notify_all()
        async with self._said:
            self._said.notify_all()


@asynccontextmanager
async def started(*arguments: object, env: Mapping[str, str] | None = None, **more: object) -> AsyncIterator[Program]:
    """Start `diemcau …`; whatever still runs at the end of the block is killed."""
    told = {key: value for key, value in os.environ.items() if not key.startswith("DIEMCAU_")}
    running = await asyncio.create_subprocess_exec(
        *DIEMCAU,
        *map(str, arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**told, **(env or {})},
        **more,  # type: ignore[arg-type]  # as asyncio has them
    )
    program = Program(running)
    try:
        yield program
    finally:
        await program.kill()


async def run(*arguments: object, within: float = PATIENCE, **more: object) -> tuple[int, str, str]:
    """Run `diemcau …` to its end; return its status and what it said on both outputs."""
    async with started(*arguments, **more) as program:  # type: ignore[arg-type]  # as `started` has them
        status = await program.ended(within=within)
        return status, "\n".join(program.out), "\n".join(program.err)


@asynccontextmanager
async def server(folder: Path, *arguments: object, demonstration: bool = True) -> AsyncIterator[tuple[Program, str]]:
    """Serve the conferences of a data folder on free ports; yield the program and the URL of its pages."""
    free = () if "--port" in arguments else ("--port", 0, "--media-port", 0)
    env = {"DIEMCAU_DEMONSTRATION": "true"} if demonstration else {}
    async with started("serve", "--data", folder, *free, *arguments, env=env) as program:
        found = await program.says(SERVING)
        yield program, found["url"]


async def eventually(condition: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """Wait until something that another program does has happened."""
    try:
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - another program does it
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError("it never happened") from None
