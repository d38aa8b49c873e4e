"""Relays as people start them, and halls that come to them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.programs import Program, run, started

RELAYING = re.compile(r"Relaying \S+: web on TCP port (?P<web>\d+), media on UDP port (?P<media>\d+)\.")
PATIENCE = 30.0


class RunningRelay:
    """A relay that was started."""

    def __init__(self, program: Program, web: int) -> None:
        self.program = program
        self.url = f"http://127.0.0.1:{web}"

    async def health(self) -> dict[str, Any]:
        """Return what it says of itself."""
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            found: dict[str, Any] = json.loads((await http.get(f"{self.url}/health")).text)
            return found


async def relay_pass(folder: Path, conference: str, *sites: str) -> str:
    """Return a relay's pass, as the command prints it."""
    named = ("--sites", ",".join(sites)) if sites else ()
    status, out, err = await run("conference", "pass", conference, "--role", "relay", *named, "--data", folder)
    assert status == 0, err
    return out.strip()


@asynccontextmanager
async def relay(upstream: str, token: str, *arguments: object) -> AsyncIterator[RunningRelay]:
    """Start a relay on free ports."""
    free = ("--port", 0, "--media-port", 0)
    async with started("relay", "--upstream", upstream, "--pass", token, *free, *arguments) as program:
        found = await program.says(RELAYING)
        yield RunningRelay(program, int(found["web"]))


async def until_told(
    look: Callable[[], Awaitable[dict[str, Any]]], is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Ask again and again until the answer is so, and return it."""
    found: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while not is_so(found := await look()):  # noqa: ASYNC110 - another program does it
                await asyncio.sleep(0.1)
            return found
    except TimeoutError:
        raise AssertionError(f"it never became so: {found}") from None
