"""Janus from its Debian package, run on a configuration of our own, and the desk from which it is told what to do."""

import contextlib
import json
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websockets
from websockets.sync.client import ClientConnection, connect

_PLUGINS = Path("/usr/lib/x86_64-linux-gnu/janus")
_STARTS_WITHIN = 15.0
_ANSWERS_WITHIN = 15.0
_KEPT_FOR = 50.0

_MAIN = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{plugins}/plugins"
  transports_folder = "{plugins}/transports"
  debug_level = 3
  daemonize = false
  session_timeout = 600
}}
media: {{ ipv6 = false }}
nat: {{ nice_debug = false, ice_ignore_list = "vmnet" }}
plugins: {{ disable = "{disabled}" }}
transports: {{ disable = "{unused}" }}
"""
_UNUSED = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")
_DISABLED = (
    "audiobridge",
    "duktape",
    "echotest",
    "lua",
    "nosip",
    "recordplay",
    "sip",
    "textroom",
    "videocall",
    "voicemail",
)


class JanusMissing(Exception):  # noqa: N818
    """Janus is not installed; the sentence says how to mend it."""


class JanusDesk:
    """One session with Janus."""

    def __init__(self, url: str) -> None:
        self._line: ClientConnection = connect(
            url, subprotocols=[websockets.Subprotocol("janus-protocol")], close_timeout=0.5
        )
        self._session = int(self._ask({"janus": "create"})["data"]["id"])

    def attach(self, plugin: str) -> int:
        """Return a new handle on a plugin."""
        answer = self._ask({"janus": "attach", "plugin": f"janus.plugin.{plugin}", "session_id": self._session})
        return int(answer["data"]["id"])

    def say(self, handle: int, body: dict[str, object], description: dict[str, str] | None = None) -> dict[str, object]:
        """Say something to a plugin; return its answer, with the description that came with it as `jsep`."""
        message: dict[str, object] = {
            "janus": "message",
            "body": body,
            "handle_id": handle,
            "session_id": self._session,
        }
        if description is not None:
            message["jsep"] = description
        return self._ask(message)

    def keep(self) -> None:
        """Let the session live on."""
        self._ask({"janus": "keepalive", "session_id": self._session})

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def _ask(self, message: dict[str, object]) -> dict[str, Any]:
        number = secrets.token_hex(6)
        self._line.send(json.dumps({**message, "transaction": number}))
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while time.monotonic() < deadline:
            answer = json.loads(self._line.recv(timeout=_ANSWERS_WITHIN))
            waits = answer.get("janus") == "ack" and message["janus"] == "message"
            if answer.get("transaction") == number and not waits:
                if answer["janus"] == "error" or "error" in answer.get("plugindata", {}).get("data", {}):
                    raise RuntimeError(f"Janus refused {message}: {answer}")
                return dict(answer)
        raise RuntimeError(f"Janus did not answer {message}")


@contextmanager
def janus_running(port: int) -> Iterator[tuple[int, str]]:
    """Run Janus; yield its process and the URL of its desk."""
    program = shutil.which("janus")
    if program is None:
        raise JanusMissing("Janus is not installed: apt-get install --no-install-recommends janus")
    with tempfile.TemporaryDirectory(prefix="janus-bench-") as name:
        folder = Path(name)
        disabled = ",".join(f"libjanus_{one}.so" for one in _DISABLED)
        unused = ",".join(f"libjanus_{one}.so" for one in _UNUSED)
        text = _MAIN.format(folder=folder, plugins=_PLUGINS, disabled=disabled, unused=unused)
        (folder / "janus.jcfg").write_text(text, encoding="utf-8")
        desk = f'general: {{ ws = true, ws_port = {port}, ws_ip = "127.0.0.1", wss = false }}\n'
        (folder / "janus.transport.websockets.jcfg").write_text(desk, encoding="utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([program, "-F", str(folder)], stdout=log, stderr=log)
        try:
            url = f"ws://127.0.0.1:{port}"
            _wait(url, process, folder / "log")
            yield process.pid, url
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # it hangs now and then when many receivers have just gone
                process.kill()
                process.wait()


def version() -> str:
    """Return the version of Janus."""
    said = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).strip().splitlines()[0]


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            connect(url, subprotocols=[websockets.Subprotocol("janus-protocol")]).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"Janus did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
