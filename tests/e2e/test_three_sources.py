"""Three cameras that have nothing in common take the floor in turn: Chromium, Firefox, and an encoder over SRT.

Each switch between them is decoded at once and without a wrong frame: in the hall, in the line for
televisions, and in the recording.
"""

import asyncio
import itertools
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from diemcau.core.roles import Role
from tests.e2e.browsers import GREEN, LOOK, Tint, looks, turn_camera_on, turns, until_shown
from tests.e2e.conferences import SPRING, Stage, link, stage
from tests.e2e.desks import desk, token_for
from tests.e2e.firefox import a_firefox
from tests.e2e.programs import eventually, started

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
ENCODER, CHROMIUM, FIREFOX = "head-office", "coast", "hills"
WIDTHS = {ENCODER: 426, CHROMIUM: 1280, FIREFOX: 640}
TINTS: dict[str, Tint] = {ENCODER: (160, 110), CHROMIUM: GREEN, FIREFOX: (110, 160)}
"""What each camera shows, whatever it is at."""
IN_TURN = (ENCODER, CHROMIUM, FIREFOX, CHROMIUM, ENCODER)
ENCODED = (
    *("ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi"),
    *("-i", "testsrc2=size=426x240:rate=25,lutyuv=y=60+val/3:u=156:v=112"),
    *("-f", "lavfi", "-i", "sine=frequency=300", "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high"),
    *("-x264opts", "cabac=1:8x8dct=1", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mpegts"),
)
DRAWN = """
() => {
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (asked) => {
    const opened = await open({ audio: asked.audio });
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const context = canvas.getContext("2d", { alpha: false });
    let number = 0;
    setInterval(() => {
      context.fillStyle = "rgb(155 93 78)";
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = "rgb(175 113 98)";
      context.fillRect((number++ * 8) % 640, 120, 80, 80);
    }, 40);
    const [picture] = canvas.captureStream().getVideoTracks();
    picture.getSettings = () => ({ width: 640, height: 360 });
    opened.addTrack(picture);
    return opened;
  };
}
"""
SHOWN = re.compile(r" s:(\d+)x\d+ .* mean:\[(\d+) (\d+) (\d+) ?\]")
A_TURN = 3  # seconds: the line for televisions has a segment of it


@asynccontextmanager
async def an_encoder(conference: Stage, site: str) -> AsyncIterator[None]:
    """Let an encoder be a site's camera: it calls over SRT, and is carried to the conference."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = f"srt://127.0.0.1:{port}?mode=listener"
    given = link(conference.url, conference.data, Role.SITE, site)
    async with started("camera", "--from", source, "--pass", given):
        calling = asyncio.create_task(_call(f"srt://127.0.0.1:{port}"))
        try:
            yield
        finally:
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)


async def _call(url: str) -> None:
    """Call again whenever nobody answers."""
    while True:
        encoder = await asyncio.create_subprocess_exec(*ENCODED, url, stderr=asyncio.subprocess.DEVNULL)
        try:
            await encoder.wait()
        finally:
            if encoder.returncode is None:
                encoder.kill()
                await encoder.wait()
        await asyncio.sleep(0.5)


def decoded(*source: str) -> tuple[list[tuple[float, ...]], list[str]]:
    """Decode every picture; return brightness, two of colour and width as a screen shows them, and what was wrong."""
    command = (
        "ffmpeg",
        "-v",
        "level+info",
        *source,
        "-map",
        "0:v",
        "-vf",
        "format=gbrp,showinfo",
        "-vsync",
        "0",
        "-f",
        "null",
        "-",
    )
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stderr.splitlines()
    shown = [SHOWN.search(line) for line in said]
    wrong = [line for line in said if ("[error]" in line or "[fatal]" in line) and "[null @" not in line]
    return [_look(*map(int, found.groups())) for found in shown if found is not None], wrong


def _look(width: int, green: int, blue: int, red: int) -> tuple[float, ...]:
    """Return what a canvas is found to look like in a browser."""
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    return (round(y), round(128 + (blue - y) * 0.564), round(128 + (red - y) * 0.713), width)


def may_be_shown(cameras: Sequence[str]) -> list[list[str]]:
    """Say in which ways cameras follow each other: the main site may stand in until a second speaker is seen."""
    pairs = itertools.pairwise(cameras)
    steps = [([one], [one, ENCODER])[: 1 + (ENCODER not in (one, other))] for one, other in pairs]
    return [[*itertools.chain(*chosen), cameras[-1]] for chosen in itertools.product(*steps)]


def is_part_of(ways: Iterable[list[str]], some: list[str]) -> bool:
    """Say whether cameras followed each other so in one of these ways, at its beginning, middle or end."""
    return any(way[at : at + len(some)] == some for way in ways for at in range(len(way)))


def widths(shown: Iterable[Sequence[float]]) -> dict[str, float]:
    """Return how wide the pictures of each camera were, if its line was good enough."""
    found: dict[str, float] = {}
    for look in shown:
        (camera,) = turns([look], TINTS)
        found[camera] = max(look[3], found.get(camera, 0))
    return found


async def _standing(base: str, path: str, folder: Path) -> Path:
    """Keep the line for televisions as it is now, as something that has an end."""
    async with httpx.AsyncClient(base_url=base) as client:
        playlist = (await client.get(path)).text
    beginning = f"{base}{path.rpartition('/')[0]}/"
    lines = [
        line
        for line in playlist.splitlines()
        if not line.startswith(("#EXT-X-PART", "#EXT-X-PRELOAD", "#EXT-X-SERVER"))
    ]
    kept = [line if line.startswith("#") else beginning + line for line in lines]
    standing = folder / "standing.m3u8"
    standing.write_text("\n".join([*kept, "#EXT-X-ENDLIST", ""]).replace('URI="', f'URI="{beginning}'))
    return standing


def _played(playlist: Path) -> tuple[str, ...]:
    return ("-protocol_whitelist", "file,http,tcp", "-i", str(playlist))


def recordings_in(data: Path) -> list[Path]:
    """Return the finished recordings."""
    return [file for file in data.glob(f"recordings/{SPRING}/recording*.mkv") if ".draft" not in file.name]


async def hand_over(conference: Stage, hall: Page, before: str, after: str) -> list[str]:
    """Let another camera follow at once; return whose pictures the hall showed until that had had its turn."""
    if after == ENCODER:
        await conference.chair.must("ReleaseFloor", {"site": before})
    else:
        await conference.chair.must("GrantFloor", {"site": after})
    await until_shown(hall, TINTS[after])
    await asyncio.sleep(A_TURN)
    return turns(await looks(hall), TINTS)


@asynccontextmanager
async def three_cameras(folder: Path) -> AsyncIterator[tuple[Stage, Page]]:
    """Open a conference with three cameras that are on, and a hall that shows the main site's."""
    async with stage(folder) as conference, a_firefox(folder) as firefox, an_encoder(conference, ENCODER):
        camera = await conference.page(Role.SITE, CHROMIUM, width=390, height=844)
        await turn_camera_on(camera)
        await firefox.ask("script.addPreloadScript", functionDeclaration=DRAWN)
        other = await firefox.open(link(conference.url, conference.data, Role.SITE, FIREFOX))
        await firefox.press(other, "Camera")
        await firefox.press(other, "Turn the camera on")
        await firefox.until(other, "document.body.innerText.includes('Connected. Picture is sent only when')")
        hall = await conference.page(Role.PROGRAM)
        await hall.wait_for_selector(".program")
        await hall.evaluate(LOOK)
        await until_shown(hall, TINTS[ENCODER])
        await looks(hall)
        yield conference, hall
        assert conference.opened.faults == []


async def test_three_cameras_that_have_nothing_in_common_take_the_floor_in_turn(tmp_path: Path) -> None:
    async with (
        three_cameras(tmp_path) as (conference, hall),
        desk(conference.url, token_for(conference.data, SPRING, Role.OPERATOR)) as operator,
    ):
        await operator.must("ChooseLayout", {"layout": "holder"})
        for before, after in itertools.pairwise(IN_TURN):
            shown = await hand_over(conference, hall, before, after)
            assert shown in may_be_shown((before, after))
        watching = (await operator.get("watching")).json()["path"]
        playlist = await _standing(conference.url, watching, tmp_path)
        line, wrong_in_line = await asyncio.to_thread(decoded, *_played(playlist))
        await conference.chair.must("CloseConference")
        await eventually(lambda: bool(recordings_in(conference.data)), within=60)
        (recorded,) = recordings_in(conference.data)

    of_line = turns(line, TINTS)
    assert {CHROMIUM, FIREFOX} < set(of_line)
    assert is_part_of(may_be_shown(IN_TURN), of_line)  # it keeps some seconds only, and some are on the way
    assert playlist.read_text().count("#EXT-X-DISCONTINUITY\n") >= len(of_line) - 1
    film, wrong_in_film = await asyncio.to_thread(decoded, "-i", str(recorded))
    filmed = list(itertools.dropwhile(lambda look: turns([look], TINTS) != [ENCODER], film))  # before, a slate
    assert turns(filmed, TINTS) in may_be_shown(IN_TURN)
    assert widths(filmed) == WIDTHS
    assert (wrong_in_line, wrong_in_film) == ([], [])
