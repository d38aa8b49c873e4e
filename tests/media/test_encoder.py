"""An encoder as a site's camera: what it sends is carried to every hall, however input and line fail."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import pytest

from diemcau.media import h264, paths
from diemcau.media.camera import Camera
from diemcau.media.encoder.camera import LOST_AFTER, CameraEnded, EncoderCamera, News, Way
from diemcau.media.encoder.reading import Reader
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import connect
from tests.media import halls
from tests.media.encoders import H264, free_port, made, sent
from tests.media.halls import CENTRE, CONFERENCE, HUE, House, eventually, soon, studio, take

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def filming(
    house: House, film: Path | str, *, lost_after: float = LOST_AFTER
) -> AsyncIterator[list[tuple[News, str]]]:
    """Let an encoder be the camera of Huế."""
    told: list[tuple[News, str]] = []

    async def come() -> Way:
        link = await connect(
            f"https://127.0.0.1:{house.studio.port}/camera?jwt={CONFERENCE}:{HUE}",
            fingerprints=house.studio.fingerprints(),
        )
        return Way(link=link, conference=CONFERENCE, up=paths.up(CONFERENCE, HUE, paths.new_nonce()), by="quic")

    camera = EncoderCamera(
        come,
        lambda listener: Reader(str(film), listener, loop=True),
        lambda *news: told.append(news),
        lost_after=lost_after,
    )
    running = asyncio.create_task(camera.run())
    try:
        yield told
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize(
    ("size", "tracks"),
    [("320x180", {"video", "video-tile"}), ("960x540", {"video", "video-low", "video-tile"})],
)
async def test_a_picture_for_thin_lines_is_offered_only_of_a_large_one_and_for_the_gallery_of_any(
    tmp_path: Path, size: str, tracks: set[str]
) -> None:
    options = ("-vf", f"scale={size.replace('x', ':')}", *H264, "-c:a", "aac")
    async with studio() as house, filming(house, made(tmp_path / "film.mp4", *options)):
        await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        camera = house.studio._open[CONFERENCE].director._cameras[HUE]  # noqa: SLF001 - what it offers is shown nowhere
        assert camera.offered.high is not None
        assert camera.offered.high.track == "video"
        await eventually(lambda: offered(camera) == tracks)


def offered(camera: Camera) -> set[str]:
    """Return which pictures a camera offers."""
    found = (camera.offered.high, camera.offered.low, camera.offered.tile)
    return {one.track for one in found if one is not None}


async def test_the_gallery_shows_an_encoder_small_and_five_times_a_second(tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4", "-vf", "scale=960:540", *H264, "-c:a", "aac", seconds=20)
    async with studio() as house, filming(house, film):
        await house.camera_on_line(CENTRE)
        await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        camera = house.studio._open[CONFERENCE].director._cameras[HUE]  # noqa: SLF001
        await eventually(lambda: camera.offered.tile is not None)
        viewer = await house.link("watcher")
        await house.show(gallery=(HUE,))
        (_, hue) = await halls.on_air(viewer, CENTRE, HUE)
        source = await soon(viewer.read(hue["broadcast"]))
        pictures = await take(source.frames(halls.VIDEO), 8)

    (first, *_) = decoded(pictures[0].payload)
    apart = {round(later.at_us - one.at_us, -3) for one, later in itertools.pairwise(pictures)}
    assert (first.width, first.height, apart) == (320, 180, {200_000})


def decoded(payload: bytes) -> list[av.VideoFrame]:
    """Return the pictures that a decoder makes of this alone."""
    decoder = av.VideoCodecContext.create("h264", "r")
    return decoder.decode(av.Packet(payload)) + decoder.decode(None)


async def test_every_hall_sees_what_the_encoder_sends(tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4")
    async with studio() as house, filming(house, film) as told:
        await house.camera_on_line(CENTRE)
        await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        viewer = await house.link("watcher")
        await house.show(HUE)
        (_, hue) = await halls.on_air(viewer, CENTRE, HUE)
        source = await soon(viewer.read(hue["broadcast"]))
        pictures = await take(source.frames(halls.VIDEO), 10)
        sounds = await take(source.frames(halls.AUDIO), 3)

    assert pictures[0].key
    assert h264.is_whole_key_frame(pictures[0].payload)
    assert len(sounds) == 3
    assert told[0] == (News.CONNECTED, "quic")


async def test_a_server_that_falls_silent_is_left_and_come_to_again(tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4")
    async with studio() as house, filming(house, film, lost_after=1.5) as told:
        await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        assert house.studio._ticking is not None  # noqa: SLF001 - a server that hangs: its transport goes on
        house.studio._ticking.cancel()  # noqa: SLF001
        await eventually(lambda: len(told) >= 3)

    assert [news for news, _ in told[:3]] == [News.CONNECTED, News.LOST, News.CONNECTED]


async def test_a_site_whose_encoder_is_pulled_is_off_the_line_until_it_is_plugged_in(tmp_path: Path) -> None:
    port = free_port()
    film, url = made(tmp_path / "film.ts"), f"udp://127.0.0.1:{port}"
    to = ("-f", "mpegts", f"{url}?pkt_size=1316")

    async with studio() as house, filming(house, url) as told:
        await eventually(lambda: told == [(News.CONNECTED, "quic")])
        assert not house.studio.is_up(CONFERENCE, HUE)
        with sent(film, *to):
            await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        await eventually(lambda: _is_lost(house) and told[-1][0] is News.NO_INPUT)
        with sent(film, *to):
            await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))

    assert [line for _, line in house.heard[:3]] == [Line.UP, Line.LOST, Line.UP]
    assert [news for news, _ in told].count(News.CONNECTED) == 1


def _is_lost(house: House) -> bool:
    """Wind the clock so slowly that a beat each second keeps a line up; tell whether it is lost."""
    house.clock.at += 0.02
    return (HUE, Line.LOST) in house.heard


async def test_an_encoder_whose_place_is_taken_ends_and_says_so(tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4")
    async with studio() as house:
        camera = EncoderCamera(lambda: _refused(house), lambda listener: Reader(str(film), listener, loop=True), print)
        with pytest.raises(ExceptionGroup) as ended:
            await soon(camera.run())

    assert ended.group_contains(CameraEnded, match="ask for a new one")


async def _refused(house: House) -> Way:
    link = await connect(
        f"https://127.0.0.1:{house.studio.port}/camera?jwt={CONFERENCE}:nobody",
        fingerprints=house.studio.fingerprints(),
    )
    return Way(link=link, conference=CONFERENCE, up=paths.up(CONFERENCE, HUE, paths.new_nonce()), by="quic")
