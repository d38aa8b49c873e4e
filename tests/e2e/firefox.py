"""Debian's Firefox without a screen, driven over WebDriver BiDi: only what the tests need of it."""

import asyncio
import itertools
import json
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import websockets

PATIENCE = 60.0
LISTENS = re.compile(r"WebDriver BiDi listening on (?P<url>ws://\S+)")
SETTINGS = {
    "media.navigator.streams.fake": True,  # a camera and a microphone that need no hardware
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.cubeb.force_mock_context": True,  # a sound card that needs none either
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Firefox:
    """One browser that runs."""

    def __init__(self, wire: websockets.ClientConnection) -> None:
        self._wire = wire
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def hear(self) -> None:
        """Take what it says until it is gone."""
        async for text in self._wire:
            said = json.loads(text)
            waiting = self._waiting.pop(said.get("id") or 0, None)
            if waiting is not None:
                waiting.set_result(said)

    async def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Let it do something; fail if it can't."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._wire.send(json.dumps({"id": number, "method": method, "params": parameters}))
        said = await asyncio.wait_for(answer, PATIENCE)
        assert said["type"] == "success", said
        result: dict[str, Any] = said["result"]
        return result

    async def open(self, url: str) -> str:
        """Open a page in a window of its own, so that none is out of sight; return its name."""
        made = await self.ask("browsingContext.create", type="window")
        await self.ask("browsingContext.navigate", context=made["context"], url=url, wait="complete")
        return str(made["context"])

    async def tell(self, page: str, expression: str) -> object:
        """Return the value of an expression in a page, or of what it promises."""
        said = await self.ask(
            "script.evaluate",
            expression=expression,
            target={"context": page},
            awaitPromise=True,
            userActivation=True,
        )
        assert said["type"] == "success", said
        found: object = said["result"].get("value")
        return found

    async def until(self, page: str, expression: str) -> None:
        """Wait until an expression is true in a page."""
        async with asyncio.timeout(PATIENCE):
            while await self.tell(page, expression) is not True:  # noqa: ASYNC110 - the page has no event for it
                await asyncio.sleep(0.1)

    async def press(self, page: str, button: str) -> None:
        """Press the button of this name, when it is there."""
        found = f"[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === '{button}')"
        await self.until(page, f"({found}) !== undefined")
        await self.tell(page, f"({found}).click()")


@asynccontextmanager
async def a_firefox(folder: Path) -> AsyncIterator[Firefox]:
    """Start a browser with a profile of its own, and end it at the end of the block."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    assert found, "firefox-esr is not installed; run `make packages`"
    profile = folder / "firefox"
    profile.mkdir()
    lines = (f'user_pref("{name}", {json.dumps(value)});' for name, value in SETTINGS.items())
    (profile / "user.js").write_text("\n".join(lines))
    running = await asyncio.create_subprocess_exec(
        *(found, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "HOME": str(folder)},
    )
    assert running.stderr is not None
    drained: asyncio.Task[bytes] | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            while (listens := LISTENS.search((await running.stderr.readline()).decode(errors="replace"))) is None:
                assert running.returncode is None, "firefox ended"
        drained = asyncio.create_task(running.stderr.read())
        async with websockets.connect(
            f"{listens['url']}/session", max_size=None, ping_interval=None, proxy=None
        ) as wire:
            firefox = Firefox(wire)
            hearing = asyncio.create_task(firefox.hear())
            await firefox.ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            yield firefox
            hearing.cancel()
    finally:
        running.kill()
        await running.wait()
        if drained is not None:
            await drained
