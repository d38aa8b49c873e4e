"""Firefox without a window, driven over WebDriver BiDi: a profile of its own, a made-up camera and microphone."""

import asyncio
import contextlib
import itertools
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import websockets

PATIENCE = 40.0
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
SETTINGS = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.cubeb.force_mock_context": True,  # a sound card, where the machine has none
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class FirefoxPage:
    """One page."""

    def __init__(self, line: websockets.ClientConnection, number: "itertools.count[int]") -> None:
        self._line = line
        self._number = number
        self._context = ""
        self._answers: dict[int, asyncio.Future[Any]] = {}

    async def begin(self) -> None:
        """Open the page."""
        await self.ask("session.new", {"capabilities": {}})
        tree = await self.ask("browsingContext.getTree", {})
        self._context = tree["contexts"][0]["context"]

    async def before_each_page(self, script: str) -> None:
        """Run a script in every page before its own."""
        await self.ask("script.addPreloadScript", {"functionDeclaration": f"() => {{ {script} }}"})

    async def listen(self) -> None:
        """Take answers until the line ends."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self._line:
                told = json.loads(text)
                answer = self._answers.pop(told.get("id") or -1, None)
                if answer is not None and not answer.done():
                    answer.set_result(told)

    async def goto(self, url: str) -> None:
        """Load a page whole."""
        await self.ask("browsingContext.navigate", {"context": self._context, "url": url, "wait": "complete"})

    async def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - whatever the page says
        """Return what an expression (or its promise) gives; it has to be JSON."""
        told = await self.ask(
            "script.callFunction",
            {
                "functionDeclaration": f"async () => JSON.stringify(await ({expression}))",
                "target": {"context": self._context},
                "awaitPromise": True,
                "userActivation": True,
            },
        )
        assert told["type"] == "success", told["exceptionDetails"]["text"]
        return json.loads(told["result"]["value"]) if "value" in told["result"] else None

    async def until(self, expression: str, *, within: float = PATIENCE) -> None:
        """Wait until an expression is true in the page."""
        try:
            async with asyncio.timeout(within):
                while not await self.evaluate(f"Boolean({expression})"):  # noqa: ASYNC110 - another program does it
                    await asyncio.sleep(0.1)
        except TimeoutError:
            text = await self.evaluate("document.body.innerText")
            raise AssertionError(f"never: {expression}; the page says: {text}") from None

    async def press(self, words: str) -> None:
        """Press the button with these words."""
        found = f"[...document.querySelectorAll('button')].find((one) => one.textContent.includes({json.dumps(words)}))"
        await self.until(found)
        await self.evaluate(f"{found}.click()")

    async def ask(self, method: str, params: dict[str, Any]) -> Any:  # noqa: ANN401 - as the protocol has it
        """Give a command and return its result."""
        number = next(self._number)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        told = await asyncio.wait_for(answer, PATIENCE)
        assert told["type"] == "success", told
        return told["result"]


@asynccontextmanager
async def firefox(profile: Path) -> AsyncIterator[FirefoxPage]:
    """Start Firefox with an empty profile in a folder; end it at the end of the block."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    assert path, "firefox is not installed; run `make packages`"
    _prepare(profile)
    running = await asyncio.create_subprocess_exec(
        *(path, "--headless", "--no-remote", "--new-instance", "--profile", str(profile)),
        *("--remote-debugging-port", "0", "about:blank"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert running.stderr is not None
    try:
        url = await asyncio.wait_for(_listening(running.stderr), PATIENCE)
        draining = asyncio.create_task(_drain(running.stderr))
        async with websockets.connect(f"{url}/session", max_size=2**24) as line:
            page = FirefoxPage(line, itertools.count(1))
            listening = asyncio.create_task(page.listen())
            await page.begin()
            yield page
            listening.cancel()
        draining.cancel()
    finally:
        running.kill()
        await running.wait()


def _prepare(profile: Path) -> None:
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")


async def _listening(output: asyncio.StreamReader) -> str:
    async for line in output:
        found = LISTENING.search(line.decode(errors="replace"))
        if found:
            return found[1]
    raise AssertionError("firefox ended before it listened")


async def _drain(output: asyncio.StreamReader) -> None:
    async for _ in output:
        pass
