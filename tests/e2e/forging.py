"""Servers that are started and killed again and again: see `tests.e2e.starter`."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.programs import SERVING


class Forge:
    """Starts servers from a loaded program, as light as can be, one at a time."""

    def __init__(self, running: asyncio.subprocess.Process, folder: Path) -> None:
        self._running = running
        self._folder = folder
        self._pid: int | None = None

    @asynccontextmanager
    async def server(self, data: Path) -> AsyncIterator[str]:
        """Serve, and yield the URL. It is killed at the end of the block at the latest."""
        said = self._folder / "said"
        said.unlink(missing_ok=True)
        arguments = ["serve", "--data", str(data), "--port", "0", "--media-port", "0"]
        assert self._running.stdin is not None
        wanted = {"arguments": arguments, "out": str(said), "err": str(said)}
        self._running.stdin.write(f"{json.dumps(wanted)}\n".encode())
        self._pid = int((await self._line()).removeprefix("started "))
        try:
            yield await self._url(said)
        finally:
            await self.kill()

    async def kill(self) -> None:
        """Kill the server that runs, if one does, and wait until it is gone."""
        pid, self._pid = self._pid, None
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            assert await self._line() == f"ended {pid} {-signal.SIGKILL}"

    async def _line(self) -> str:
        assert self._running.stdout is not None
        line = await asyncio.wait_for(self._running.stdout.readline(), 60)
        return line.decode().strip()

    async def _url(self, said: Path) -> str:
        async with asyncio.timeout(60):
            while True:
                text = await asyncio.to_thread(_read, said)
                found = SERVING.search(text)
                if found is not None:
                    return found["url"]
                assert "Traceback" not in text, text
                await asyncio.sleep(0.005)


@asynccontextmanager
async def forge(folder: Path) -> AsyncIterator[Forge]:
    """Load the program once."""
    env = {**os.environ, "DIEMCAU_DEMONSTRATION": "true", "OPENBLAS_NUM_THREADS": "1"}
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.e2e.starter",
        cwd=Path(__file__).parents[2],
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Forge(running, folder)
    finally:
        assert running.stdin is not None
        running.stdin.close()
        await running.wait()


def _read(said: Path) -> str:
    return said.read_text(encoding="utf-8") if said.exists() else ""
