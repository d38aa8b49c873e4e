"""Conventions: what sites send and what the program carries is what others of the field understand.

Upstream's own publisher is a site's camera here, and upstream's own player watches the program.
"""

import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Page

from diemcau.media import h264, paths
from tests.e2e.browsers import PATIENCE, Opened, chromium
from tests.media import halls
from tests.media.halls import CENTRE, CONFERENCE, HUE, House, eventually, soon, studio, take

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the page with upstream's elements."""
    folder = tmp_path_factory.mktemp("upstream")
    node = ROOT / ".venv" / "bin" / "node"
    vite = ROOT / "frontend" / "node_modules" / "vite" / "bin" / "vite.js"
    config = ["--config", "upstream/vite.config.ts", "--outDir", str(folder)]
    subprocess.run([str(node), str(vite), "build", *config], cwd=ROOT / "frontend", check=True)
    return folder


class _Files(SimpleHTTPRequestHandler):
    """The page, and the fingerprint that upstream's clients ask for where a certificate is self-made."""

    def __init__(self, *given: object, folder: Path, fingerprint: str, **named: object) -> None:
        self._fingerprint = fingerprint
        super().__init__(*given, directory=str(folder), **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path != "/certificate.sha256":
            super().do_GET()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self._fingerprint.encode())

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def served(house: House, folder: Path) -> Iterator[str]:
    """Serve the page beside the media port, as upstream's own server does."""
    (fingerprint,) = house.studio.fingerprints()
    handler = partial(_Files, folder=folder, fingerprint=fingerprint)
    server = ThreadingHTTPServer(("127.0.0.1", house.studio.port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{house.studio.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with studio() as opened:
        yield opened


async def element(opened: Opened, base: str, kind: str, name: str, door: str, **more: str) -> Page:
    """Open a page with one of upstream's elements."""
    asked = {"element": kind, "name": name, "url": f"{base}/{door}", **more}
    query = "&".join(f"{key}={quote(value, safe='')}" for key, value in asked.items())
    return await opened.page(f"{base}/index.html?{query}")


@pytest.mark.timeout(120)
async def test_upstreams_publisher_is_a_sites_camera(house: House, pages: Path) -> None:
    with served(house, pages) as base:
        async with chromium() as opened:
            up = paths.up(CONFERENCE, HUE, paths.new_nonce())
            await element(opened, base, "moq-publish", up, f"camera?jwt={CONFERENCE}:{HUE}", source="camera")
            await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
            viewer = await house.link("watcher")
            await house.show(HUE)
            (hue,) = await halls.on_air(viewer, HUE)
            source = await soon(viewer.read(hue["broadcast"]))
            pictures = await take(source.frames(halls.VIDEO), 10)
            sounds = await take(source.frames(halls.AUDIO), 3)

    assert h264.is_whole_key_frame(pictures[0].payload)
    assert [frame.at_us for frame in pictures] == sorted(frame.at_us for frame in pictures)
    assert len(sounds) == 3


@pytest.mark.timeout(120)
async def test_upstreams_player_shows_the_program(house: House, pages: Path) -> None:
    await house.camera_on_line(CENTRE)
    await house.show()
    viewer = await house.link("watcher")
    (main,) = await halls.on_air(viewer, CENTRE)
    with served(house, pages) as base:
        async with chromium() as opened:
            page = await element(
                opened, base, "moq-watch", main["broadcast"], f"screen?jwt={CONFERENCE}:watcher", reload="false"
            )
            shown = await page.wait_for_function(
                "() => { const canvas = document.querySelector('canvas');"
                " if (!canvas || canvas.width < 100) return false;"
                " const small = new OffscreenCanvas(4, 4).getContext('2d');"
                " small.drawImage(canvas, 0, 0, 4, 4);"
                " return small.getImageData(0, 0, 4, 4).data.some((one, at) => at % 4 < 3 && one > 30); }",
                timeout=PATIENCE,
            )
            assert await shown.json_value() is True
