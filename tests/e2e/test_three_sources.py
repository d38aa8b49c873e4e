"""Three cameras that have nothing in common take the floor in turn: Chromium, Firefox, and an encoder over SRT.

Each switch between them is decoded at once and without a wrong frame: in the hall, in the line for
televisions, and in the recording.
"""

import asyncio
import itertools
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page

from diemcau.core.roles import Role
from tests.e2e.browsers import LOOK, PATIENCE, looks, turn_camera_on
from tests.e2e.conferences import SPRING, Stage, link, stage
from tests.e2e.desks import desk, token_for
from tests.e2e.firefox import a_firefox
from tests.e2e.programs import eventually, started

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]
ENCODED = (
    *("ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=426x240:rate=25"),
    *("-f", "lavfi", "-i", "sine=frequency=300", "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high"),
    *("-x264opts", "cabac=1:8x8dct=1", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mpegts"),
)
EMPTY = 30
ENCODER = 426  # so small that a thin line gets no smaller one
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


async def until_wide(hall: Page, wanted: str) -> None:
    """Wait until the large picture is as wide as wanted."""
    width = "document.querySelector('.program figure.full canvas')?.width ?? 0"
    await hall.wait_for_function(f"() => {{ const width = {width}; return {wanted}; }}", timeout=PATIENCE)


def turns_of(*source: str) -> tuple[list[bool], str]:
    """Decode everything; return whether the encoder was shown, turn by turn, and what was complained of.

    Browsers send what their line and their machine carry, so how wide their pictures are is not foreseen.
    """
    command = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=width", "-of", "json", *source]
    probed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    widths = [frame["width"] for frame in json.loads(probed.stdout)["frames"]]
    return [is_encoder for is_encoder, _ in itertools.groupby(width == ENCODER for width in widths)], probed.stderr


async def _standing(base: str, path: str, folder: Path) -> tuple[str, ...]:
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
    return ("-protocol_whitelist", "file,http,tcp", str(standing))


def recordings_in(data: Path) -> list[Path]:
    """Return the finished recordings."""
    return [file for file in data.glob(f"recordings/{SPRING}/recording*.mkv") if ".draft" not in file.name]


async def test_three_cameras_that_have_nothing_in_common_take_the_floor_in_turn(tmp_path: Path) -> None:
    async with stage(tmp_path) as conference, a_firefox(tmp_path) as firefox, an_encoder(conference, "head-office"):
        camera = await conference.page(Role.SITE, "coast", width=390, height=844)
        await turn_camera_on(camera)
        other = await firefox.open(link(conference.url, conference.data, Role.SITE, "hills"))
        await firefox.press(other, "Camera")
        await firefox.press(other, "Turn the camera on")
        await firefox.until(other, "document.body.innerText.includes('Connected. Picture is sent only when')")
        hall = await conference.page(Role.PROGRAM)
        await hall.wait_for_selector(".program")
        await hall.evaluate(LOOK)
        async with desk(conference.url, token_for(conference.data, SPRING, Role.OPERATOR)) as operator:
            await operator.must("ChooseLayout", {"layout": "holder"})
            await until_wide(hall, f"width === {ENCODER}")
            await looks(hall)

            await conference.chair.must("GrantFloor", {"site": "coast"})
            await until_wide(hall, f"width > 16 && width !== {ENCODER}")
            await asyncio.sleep(A_TURN)
            await conference.chair.must("ReleaseFloor", {"site": "coast"})
            await until_wide(hall, f"width === {ENCODER}")
            await asyncio.sleep(A_TURN)
            await conference.chair.must("GrantFloor", {"site": "hills"})
            await until_wide(hall, f"width > 16 && width !== {ENCODER}")
            await asyncio.sleep(A_TURN)
            shown = await looks(hall)
            watching = (await operator.get("watching")).json()["path"]
            line, complaints = await asyncio.to_thread(turns_of, *await _standing(conference.url, watching, tmp_path))
            await conference.chair.must("CloseConference")
            await eventually(lambda: bool(recordings_in(conference.data)), within=60)
            (recorded,) = recordings_in(conference.data)

    assert [look for look in shown if look[0] < EMPTY] == []
    assert conference.opened.faults == []
    turns = [True, False, True, False]
    assert complaints == ""
    assert len(line) > 1
    assert line[-len(turns) :] == turns[-len(line) :]
    recorded_turns, complaints = await asyncio.to_thread(turns_of, str(recorded))
    assert complaints == ""
    assert recorded_turns[-len(turns) :] == turns  # before them, a slate while no camera was there yet
