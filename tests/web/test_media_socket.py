"""Sound and picture over a WebSocket to a web server that really serves, from links as a page has them."""

import asyncio
import json
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import websockets

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.fabric import FabricError, Link, RefusedError, Rendition
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.passes import door_keeper
from diemcau.media.socket_fabric import connect_socket
from diemcau.media.studio import Studio
from diemcau.web.ports import Limits, Parts
from diemcau.web.tls import self_made
from tests.core.samples import HANOI, HUE, NINE, SITES
from tests.media.halls import Camera, eventually, soon, take
from tests.web.door import PATIENT, QUICK, Door, a_door

CONFERENCE = ConferenceId("review-2026")
VIDEO = Rendition(track=paths.VIDEO, codec="avc3", description=None)
AUDIO = Rendition(track=paths.AUDIO, codec="opus", description=None)

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Centre:
    """A web server with a studio behind it, and what that heard of the lines of sites."""

    door: Door
    studio: Studio
    heard: list[tuple[SiteId, Line]]

    def url(self, role: Role, site: SiteId | None = None, *, door: str = "screen", conference: str = CONFERENCE) -> str:
        ticket = self.door.passes.ticket(self.door.pass_as(role, site), NINE)
        return f"{self.door.base.replace('http', 'ws', 1)}/media/{conference}?jwt={ticket}&as={door}"

    async def connect(self, url: str) -> Link:
        return await connect_socket(url, trusted=self.door.context)


@asynccontextmanager
async def a_centre(folder: Path, *, secure: bool = False, limits: Limits = PATIENT) -> AsyncIterator[Centre]:
    heard: list[tuple[SiteId, Line]] = []
    behind: list[Studio] = []

    def beside(parts: Parts) -> Parts:
        studio = Studio(
            MoqNode("127.0.0.1", 0),
            admit=door_keeper(parts.passes, parts.clock),
            on_line=lambda _, site, line: heard.append((site, line)),
        )
        behind.append(studio)
        return replace(parts, media=studio)

    certificate = self_made(folder / "tls", ("127.0.0.1",), datetime.now(UTC)) if secure else None
    async with a_door(folder, limits=limits, certificate=certificate, beside=beside) as door:
        (studio,) = behind
        await studio.start()
        try:
            await studio.open_conference(CONFERENCE, HANOI, frozenset(SITES))
            yield Centre(door, studio, heard)
        finally:
            await studio.stop()


@pytest.fixture(params=["over HTTP", "over HTTPS"])
async def centre(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Centre]:
    async with a_centre(tmp_path, secure=request.param == "over HTTPS") as opened:
        yield opened


async def test_a_camera_and_a_screen_meet_over_the_web_server(centre: Centre) -> None:
    sending = await centre.connect(centre.url(Role.SITE, HANOI, door="camera"))
    path = paths.up(CONFERENCE, HANOI, paths.new_nonce())
    camera = Camera(sending, sending.publish(path), path, size=(160, 96), more=set())
    await eventually(lambda: (HANOI, Line.UP) in centre.heard)
    await centre.studio.show(CONFERENCE, Air(main_site=HANOI))
    screen = await centre.connect(centre.url(Role.PROGRAM))
    air = await soon(screen.read(paths.air(CONFERENCE, 1)))

    pictures = await take(air.frames(VIDEO), 5)
    sounds = await take(air.frames(AUDIO), 5)
    await screen.close()
    await camera.leave()

    assert pictures[0].key
    assert len(sounds) == 5


async def test_a_screen_hears_the_servers_beat(centre: Centre) -> None:
    screen = await centre.connect(centre.url(Role.PROGRAM))

    program = await soon(screen.read(paths.program(CONFERENCE)))
    beat = await soon(anext(program.texts(paths.BEAT)))
    await screen.close()

    assert beat.startswith(b'{"n": ')


@pytest.mark.parametrize(
    ("token", "code"),
    [("", 401), ("no-pass", 401), ("other conference", 403), ("screen as camera", 403)],
)
async def test_who_may_not_come_in_is_told_why(tmp_path: Path, token: str, code: int) -> None:
    async with a_centre(tmp_path) as centre:
        url = centre.url(Role.PROGRAM, door="camera")
        if token == "other conference":
            url = centre.url(Role.PROGRAM, conference="other-2026")
        elif token != "screen as camera":
            url = f"{url.partition('?')[0]}?jwt={token}&as=screen"
        link = await centre.connect(url)

        with pytest.raises(RefusedError) as refused:
            await soon(link.closed())

        assert refused.value.code == code


async def test_a_page_of_another_server_gets_no_line(tmp_path: Path) -> None:
    async with a_centre(tmp_path) as centre:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(centre.url(Role.PROGRAM), origin=websockets.Origin("https://elsewhere.example"))

        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("wanted", ["", "&as=chair"])
async def test_a_page_says_whether_it_comes_as_a_camera_or_as_a_screen(tmp_path: Path, wanted: str) -> None:
    async with a_centre(tmp_path) as centre:
        url = centre.url(Role.PROGRAM).removesuffix("&as=screen") + wanted

        with pytest.raises(FabricError, match="400"):
            await centre.connect(url)


async def test_a_server_without_media_says_so(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door:
        base = door.base.replace("http", "ws", 1)

        with pytest.raises(FabricError, match=r"404|503"):
            await connect_socket(f"{base}/media/{CONFERENCE}?jwt=x&as=screen")


async def test_whoever_asks_without_a_websocket_is_told_to_use_one(tmp_path: Path) -> None:
    async with a_door(tmp_path) as door, door.browser() as client:
        answer = await client.get(f"/media/{CONFERENCE}")

        assert answer.status_code == 426
        assert answer.json()["code"] == "websocket_needed"


async def test_a_message_that_is_too_large_ends_the_session_and_harms_nobody(tmp_path: Path) -> None:
    async with a_centre(tmp_path) as centre:
        screen = await centre.connect(centre.url(Role.PROGRAM))
        program = await soon(screen.read(paths.program(CONFERENCE)))
        origin = websockets.Origin(centre.door.base)
        async with websockets.connect(centre.url(Role.SITE, HUE, door="camera"), origin=origin) as page:
            await page.send(struct.pack(">IBQ", 1, 1, 0) + bytes(1_000_000))
            with pytest.raises(websockets.ConnectionClosed):
                await soon(page.recv())
            code = page.close_code

        beat = await soon(anext(program.texts(paths.BEAT)))
        await screen.close()

        assert code == 1009
        assert beat


async def test_a_page_that_takes_nothing_is_let_go_and_the_others_go_on(tmp_path: Path) -> None:
    async with a_centre(tmp_path, limits=QUICK) as centre:
        await centre.studio.publish_board(CONFERENCE, b"x" * 900_000)
        screen = await centre.connect(centre.url(Role.PROGRAM))
        program = await soon(screen.read(paths.program(CONFERENCE)))
        origin = websockets.Origin(centre.door.base)
        async with websockets.connect(centre.url(Role.PROGRAM), origin=origin, max_queue=1) as page:
            for number in range(1, 40):
                await page.send(_read(number, paths.program(CONFERENCE), paths.BOARD))

            with pytest.raises(websockets.ConnectionClosed):
                await soon(_talk_on(page))
        beat = await soon(anext(program.texts(paths.BEAT)))
        await screen.close()

        assert beat


async def test_sound_and_picture_are_not_compressed_once_more(tmp_path: Path) -> None:
    async with a_centre(tmp_path) as centre:
        origin = websockets.Origin(centre.door.base)
        async with websockets.connect(centre.url(Role.PROGRAM), origin=origin, compression="deflate") as page:
            assert page.protocol.extensions == []


async def test_a_server_that_nobody_trusts_is_said_in_one_sentence(tmp_path: Path) -> None:
    async with a_centre(tmp_path, secure=True) as centre:
        with pytest.raises(FabricError, match="over HTTPS: "):
            await connect_socket(centre.url(Role.PROGRAM), trusted=ssl.create_default_context())


def _read(number: int, broadcast: str, track: str) -> str:
    return json.dumps({"do": "read", "id": number, "broadcast": broadcast, "track": track})


async def _talk_on(page: websockets.ClientConnection) -> None:
    """Say something harmless until the line is gone; nothing is taken of what comes."""
    while True:
        await page.send('{"do":"stop","id":1}')
        await asyncio.wait([asyncio.create_task(page.wait_closed())], timeout=0.05)
