"""The recording in the players that people have: ffprobe reads it and Chromium plays it to the end."""

import asyncio
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from diemcau.core.ids import SiteId
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.finishing import Recording
from diemcau.media.recording.recorder import Recorder
from tests.media.footage import SECONDS, film, play
from tests.media.halls import HandClock

CENTRE = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))
HUE = OnAir(number=2, place=Place.HOLDER, site=SiteId("hue"))
PLAY = """() => new Promise((done) => {
  const video = document.querySelector("video");
  const sizes = [];
  video.onresize = () => sizes.push(video.videoWidth);
  video.onerror = () => done({ error: video.error.message });
  video.onended = () => done({ at: video.currentTime, sizes });
  video.playbackRate = 4;
  video.src = "/recording.mkv";
  video.play();
})"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Record the main site, then a holder with a larger picture, then the main site again."""
    small = film(width=160, height=96)
    large = film(width=320, height=180, shade=110, profile="high")

    async def record() -> Recording:
        clock = HandClock()
        recorder = Recorder(tmp_path_factory.mktemp("recording"), clock=clock)
        await recorder.start()
        await play(recorder, clock, CENTRE, small, begin=100.0)
        recorder.chapter("Thừa Thiên Huế", datetime.now(UTC))
        await play(recorder, clock, HUE, large, begin=100.0 + SECONDS)
        await play(recorder, clock, replace(CENTRE, number=3), small, begin=100.0 + 2 * SECONDS)
        (finished,) = await recorder.close()
        return finished

    return asyncio.run(record())


def test_ffprobe_reads_the_recording_without_a_complaint(recording: Recording) -> None:
    asked = ("-show_streams", "-show_chapters", "-show_format", "-of", "json")

    probe = subprocess.run(
        ["ffprobe", "-v", "warning", *asked, recording.path], capture_output=True, text=True, check=True
    )

    read = json.loads(probe.stdout)
    assert probe.stderr == ""
    assert [stream["codec_name"] for stream in read["streams"]] == ["h264", "aac"]
    assert [chapter["tags"]["title"] for chapter in read["chapters"]] == ["Thừa Thiên Huế"]
    assert float(read["format"]["duration"]) == pytest.approx(3 * SECONDS, abs=0.3)


@pytest.mark.browser
def test_chromium_plays_the_recording_to_the_end_through_a_change_of_size(recording: Recording) -> None:
    with _served(recording.path) as address, sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)

        played = page.evaluate(PLAY)

        browser.close()
    assert played["sizes"] == [160, 320, 160]
    assert played["at"] == pytest.approx(recording.seconds, abs=0.1)


@contextmanager
def _served(path: Path) -> Iterator[str]:
    """Serve a page with a player, and the file in the ranges that the player asks for."""
    whole = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                self._answer(200, b"<video muted></video>", ("Content-Type", "text/html"))
                return
            asked = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")
            begin, end = int(asked[0]), int(asked[1] or len(whole) - 1)
            part = ("Content-Range", f"bytes {begin}-{end}/{len(whole)}")
            self._answer(206, whole[begin : end + 1], ("Content-Type", "video/x-matroska"), part)

        def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
