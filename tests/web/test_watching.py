"""Watching over plain HTTP: who may, what players are told, and that they play it close to live."""

import asyncio
import re
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.async_api import async_playwright

from diemcau.core import entry
from diemcau.core.ids import SiteId
from diemcau.core.roles import Role
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.index import read_index
from diemcau.media.recording.recorder import Recorder
from diemcau.web.ports import Parts
from diemcau.wiring.watching import Lines
from tests.conduct.desks import CHAIR
from tests.core.samples import HUE
from tests.media.footage import Footage, film, play, take_turns
from tests.media.halls import HandClock, eventually
from tests.web.door import LATER, Door, a_door

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
HLS_JS = ROOT / "frontend/node_modules/hls.js/dist/hls.light.js"
CONFERENCE = "review-2026"
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("hanoi"))
HOLDER = OnAir(number=2, place=Place.HOLDER, site=HUE)
PLAYED_FOR = 12.0


@pytest.fixture(scope="module")
def main() -> Footage:
    return film(width=640, height=360, shade=60, pictures=100)


@pytest.fixture(scope="module")
def holder() -> Footage:
    return film(width=320, height=180, shade=160, pictures=100, profile="high")


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    def beside(parts: Parts) -> Parts:
        lines = Lines(tmp_path / "recordings", tmp_path / "scratch", parts.passes, parts.clock)
        return replace(parts, watching=lines)

    async with a_door(tmp_path, beside=beside) as opened:
        yield opened


def folder_of(door: Door) -> Path:
    return door.folder / "recordings" / CONFERENCE


@asynccontextmanager
async def eight_seconds(door: Door, main: Footage, holder: Footage) -> AsyncIterator[Recorder]:
    """Record eight seconds of two sources; the recorder is still running in the block."""
    clock = HandClock()
    recorder = Recorder(folder_of(door), clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, main, begin=100.0)
    await play(recorder, clock, HOLDER, holder, begin=104.0)
    yield recorder
    await recorder.leave()


def line_of(door: Door, token: str | None = None) -> str:
    return f"/hls/{CONFERENCE}/{token or door.link(Role.PROGRAM)}"


async def test_a_screen_that_has_nothing_but_the_address_is_given_the_line(
    door: Door, main: Footage, holder: Footage
) -> None:
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        line = line_of(door)
        playlist = await client.get(f"{line}/index.m3u8")
        names = re.findall(r'URI="([^"]+\.mp4)"', playlist.text) + re.findall(r"^\d+\.m4s", playlist.text, re.MULTILINE)
        pieces = [await client.get(f"{line}/{name}") for name in names]

    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert playlist.headers["cache-control"] == "no-cache"
    assert playlist.headers["access-control-allow-origin"] == "*"
    assert "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES" in playlist.text
    assert len(pieces) >= 5
    assert {one.status_code for one in pieces} == {200}
    assert {one.headers["cache-control"] for one in pieces} == {"private, max-age=3600, immutable"}


@pytest.mark.parametrize("role", [Role.CHAIR, Role.SECRETARY, Role.OPERATOR])
async def test_the_address_of_a_desk_that_needs_a_pin_shows_nothing(
    door: Door, main: Footage, holder: Footage, role: Role
) -> None:
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answer = await client.get(f"{line_of(door, door.link(role))}/index.m3u8")

    assert (answer.status_code, answer.json()["code"]) == (401, "pass.wrong_kind")


async def test_a_pass_shows_its_own_conference_only(door: Door, main: Footage, holder: Footage) -> None:
    foreign = door.link(Role.PROGRAM, house=door.other)
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answers = [
            await client.get(f"/hls/{CONFERENCE}/{foreign}/index.m3u8"),
            await client.get(f"/hls/{CONFERENCE}/{foreign}/0.m4s"),
            await client.get(f"/hls/other-2026/{foreign}/index.m3u8"),
            await client.get(f"/hls/{CONFERENCE}/nonsense/index.m3u8"),
        ]

    codes = [one.json()["code"] for one in answers]
    assert codes == ["pass.wrong_conference", "pass.wrong_conference", "watching_none", "pass.malformed"]


async def test_a_revoked_pass_shows_nothing_more(door: Door, main: Footage, holder: Footage) -> None:
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        line = line_of(door)
        before = await client.get(f"{line}/0.m4s")
        await door.house.give(CHAIR, entry.RevokeLinks(role=Role.PROGRAM, site=None))
        after = [await client.get(f"{line}/{name}") for name in ("index.m3u8", "0.m4s")]

    assert before.status_code == 200
    assert [one.json()["code"] for one in after] == ["pass.revoked", "pass.revoked"]


@pytest.mark.parametrize("name", ["99.m4s", "0.9.m4s", "init-000000000000.mp4", "index.jsonl", "..%2Findex.jsonl", "x"])
async def test_nothing_is_served_that_no_playlist_names(door: Door, main: Footage, holder: Footage, name: str) -> None:
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answer = await client.get(f"{line_of(door)}/{name}")

    assert answer.status_code == 404


async def test_a_player_waits_for_the_part_that_comes_next(door: Door, main: Footage, holder: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(folder_of(door), clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, main, begin=100.0)
    async with httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        line = line_of(door)
        hint = re.findall(
            r'PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"', (await client.get(f"{line}/index.m3u8")).text
        )
        number, part = hint[0]
        query = f"?_HLS_msn={number}&_HLS_part={part}"
        waiting = asyncio.create_task(client.get(f"{line}/index.m3u8{query}"))
        hinted = asyncio.create_task(client.get(f"{line}/{number}.{part}.m4s"))
        await asyncio.wait((waiting,), timeout=0.2)
        was_waiting = not waiting.done()

        await play(recorder, clock, replace(HOLDER), holder, begin=104.0)
        playlist, piece = await waiting, await hinted
    await recorder.leave()

    assert was_waiting
    assert f'URI="{number}.{part}.m4s"' in playlist.text
    assert f'HINT:TYPE=PART,URI="{number}.{part}.m4s"' not in playlist.text
    assert piece.status_code == 200


@pytest.mark.parametrize("query", ["?_HLS_msn=99", "?_HLS_part=1", "?_HLS_msn=-1", "?_HLS_msn=x"])
async def test_a_player_that_asks_for_what_cannot_come_is_told_so(
    door: Door, main: Footage, holder: Footage, query: str
) -> None:
    async with eight_seconds(door, main, holder), httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answer = await client.get(f"{line_of(door)}/index.m3u8{query}")

    assert answer.status_code in (400, 422)


async def test_a_desk_looks_back_and_a_screen_does_not(door: Door, main: Footage, holder: Footage) -> None:
    async with eight_seconds(door, main, holder), door.browser() as desk, door.browser() as screen:
        path = await door.enter(desk, door.link(Role.SITE, HUE))
        wall = await door.enter(screen, door.link(Role.PROGRAM))
        playlist = await desk.get(f"{path}back/index.m3u8")
        piece = await desk.get(f"{path}back/0.m4s")
        refused = await screen.get(f"{wall}back/index.m3u8")

    assert "#EXT-X-PART" not in playlist.text
    assert playlist.text.count("#EXTINF") >= 3
    assert "access-control-allow-origin" not in piece.headers
    assert piece.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (404, "watching_none")


async def test_before_the_conference_there_is_nothing_to_watch(door: Door) -> None:
    async with httpx.AsyncClient(base_url=door.base, trust_env=False) as client:
        answer = await client.get(f"{line_of(door)}/index.m3u8")

    assert (answer.status_code, answer.json()["code"]) == (404, "watching_none")


async def test_only_the_operator_is_told_the_address_and_it_opens_a_screen(
    door: Door, main: Footage, holder: Footage
) -> None:
    async with eight_seconds(door, main, holder), door.browser() as operator, door.browser() as site:
        told = (await operator.get(f"{await door.enter(operator, door.link(Role.OPERATOR))}watching")).json()
        at_site = await door.enter(site, door.link(Role.SITE, HUE))
        untold = (await site.get(f"{at_site}watching")).json()
        me = (await site.get(f"{at_site}me")).json()
        playlist = await operator.get(told["path"])

    assert (untold, me["recorded"]) == ({"path": None}, True)
    assert playlist.status_code == 200
    token = told["path"].split("/")[3]
    read = door.passes.read(token, LATER - timedelta(hours=1))
    assert (read.role, read.conference) == (Role.PROGRAM, CONFERENCE)


async def test_a_server_that_keeps_no_recording_says_so_whoever_asks_to_watch(tmp_path: Path) -> None:
    async with a_door(tmp_path) as bare, bare.browser() as operator:
        desk = await bare.enter(operator, bare.link(Role.OPERATOR))
        me = (await operator.get(f"{desk}me")).json()
        asked = (f"{desk}watching", f"{desk}back/index.m3u8", f"{line_of(bare)}/index.m3u8")
        answers = [await operator.get(path) for path in asked]

    assert not me["recorded"]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "recording_off")] * 3


@pytest.mark.browser
async def test_chromium_plays_the_low_latency_line_through_a_switch_at_most_six_seconds_behind(
    door: Door, main: Footage, holder: Footage
) -> None:
    async with _on_air(door, main, holder), async_playwright() as browsers:
        with _page() as page_url:
            browser = await browsers.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = await browser.new_page()
            await page.goto(page_url)
            played = await page.evaluate(_PLAY, [f"{door.base}{line_of(door)}/index.m3u8", PLAYED_FOR])
            await browser.close()

    assert played["errors"] == []
    assert {320, 640} <= set(played["widths"])
    assert played["played"] > PLAYED_FOR - 6.0
    assert max(played["behind"]) <= 6.0


async def test_a_player_that_knows_no_parts_plays_the_line_too(door: Door, main: Footage, holder: Footage) -> None:
    async with _on_air(door, main, holder):
        url = f"{door.base}{line_of(door)}/index.m3u8"
        asked = [
            "ffmpeg",
            "-nostdin",
            "-v",
            "error",
            "-i",
            url,
            "-map",
            "0:v",
            "-frames:v",
            "200",
            "-f",
            "framemd5",
            "-",
        ]
        told = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True, check=False)

    frames = [line for line in told.stdout.splitlines() if not line.startswith("#")]
    assert told.stderr == ""
    assert len(frames) == 200


_PLAY = """async ([url, seconds]) => {
  const video = document.querySelector("video");
  const widths = [], errors = [], behind = [];
  video.onresize = () => widths.push(video.videoWidth);
  const hls = new Hls({ lowLatencyMode: true, enableWorker: false });
  hls.on(Hls.Events.ERROR, (_, about) => { if (about.fatal) errors.push(about.details); });
  hls.loadSource(url);
  hls.attachMedia(video);
  video.muted = true;
  await new Promise((done) => { video.onplaying = done; video.play().catch(() => {}); setTimeout(done, 15000); });
  const from = video.currentTime;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await new Promise((done) => setTimeout(done, 250));
    if (hls.playingDate) behind.push((Date.now() - hls.playingDate.getTime()) / 1000);
  }
  return { widths, errors, behind, played: video.currentTime - from };
}"""


@contextmanager
def _page() -> Iterator[str]:
    """Serve a page of another origin with a player in it."""
    pages = {
        "/": ("text/html", b"<script src=/hls.js></script><video></video>"),
        "/hls.js": ("text/javascript", HLS_JS.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@asynccontextmanager
async def _on_air(door: Door, main: Footage, holder: Footage) -> AsyncIterator[None]:
    """Let two sources take turns of four seconds, as time goes by."""
    recorder = Recorder(folder_of(door))
    await recorder.start()
    running = asyncio.create_task(take_turns(recorder, (MAIN, main), (HOLDER, holder)))
    await eventually(lambda: len(read_index(folder_of(door)).segments) > 2)
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await recorder.leave()
