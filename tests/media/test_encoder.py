"""An encoder as a site's camera: what comes from files and over the network is carried unchanged."""

import asyncio
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pytest

from diemcau.media import h264, paths
from diemcau.media.encoder.camera import LOST_AFTER, CameraEnded, EncoderCamera, News, Way
from diemcau.media.encoder.ffmpeg import Ffmpeg, place
from diemcau.media.encoder.reading import EncoderAway, EncoderUnusable, Reader
from diemcau.media.encoder.sound import Sound, loudness
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import connect
from tests.media import halls
from tests.media.halls import CENTRE, CONFERENCE, HUE, House, eventually, soon, studio, take

pytestmark = pytest.mark.anyio
QUIET = ("ffmpeg", "-y", "-loglevel", "error")
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=320x180:rate=25")
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p")


def made(file: Path, *more: str, seconds: int = 2) -> Path:
    """Make a film."""
    options = more or (*H264, "-c:a", "aac")
    subprocess.run([*QUIET, *PICTURE, *SOUND, "-t", str(seconds), *options, str(file)], check=True)
    return file


@contextmanager
def sent(film: Path, *to: str) -> Iterator[None]:
    """Let an encoder send a film again and again."""
    process = subprocess.Popen([*QUIET, "-re", "-stream_loop", "-1", "-i", str(film), "-c", "copy", *to])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@dataclass
class Heard:
    """What a reader gave."""

    pictures: list[tuple[bytes, int, bool]] = field(default_factory=list)
    sounds: list[tuple[bytes, int, float]] = field(default_factory=list)
    raws: list[tuple[int, int]] = field(default_factory=list)
    thumbs: list[bytes] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)
    looks: bool = False
    height: int = 0

    def opened(self, height: int) -> None:
        self.height = height

    def picture(self, payload: bytes, at_us: int, *, key: bool) -> None:
        self.pictures.append((payload, at_us, key))
        if len(self.pictures) >= 30 and len(self.sounds) >= 5:
            self.enough.set()

    def raw(self, picture: av.VideoFrame, at_us: int) -> None:
        self.raws.append((picture.width, at_us))

    def sound(self, packet: bytes, at_us: int, level: float) -> None:
        self.sounds.append((packet, at_us, level))

    def thumb(self, jpeg: bytes) -> None:
        self.thumbs.append(jpeg)

    def wants_raw(self) -> bool:
        return self.looks

    def wants_thumb(self) -> bool:
        return self.looks


async def read(url: str, heard: Heard, *, listen: bool = False) -> None:
    """Read until enough was heard."""
    reader = Reader(url, heard, listen=listen)
    reading = asyncio.ensure_future(asyncio.to_thread(reader.read))
    enough = asyncio.ensure_future(asyncio.to_thread(heard.enough.wait, 20))
    await asyncio.wait((reading, enough), return_when=asyncio.FIRST_COMPLETED)
    reader.stop()
    heard.enough.set()
    results = await asyncio.gather(reading, enough, return_exceptions=True)
    if isinstance(results[0], EncoderUnusable):
        raise results[0]


def is_well(heard: Heard) -> bool:
    """Whether pictures begin with whole key frames, in order, and sound came with them."""
    keys = [payload for payload, _, key in heard.pictures if key]
    stamps = [at for _, at, _ in heard.pictures]
    return bool(keys) and all(map(h264.is_whole_key_frame, keys)) and stamps == sorted(stamps) and bool(heard.sounds)


async def test_a_film_is_read_at_its_own_pace_with_its_sound_as_opus(tmp_path: Path) -> None:
    heard = Heard(looks=True)

    await read(str(made(tmp_path / "film.mp4")), heard)

    assert is_well(heard)
    assert heard.height == 180
    assert [width for width, _ in heard.raws[:3]] == [320, 320, 320]
    assert heard.thumbs[0].startswith(b"\xff\xd8")
    assert 0.5 < max(level for _, _, level in heard.sounds) <= 1
    assert len({at for _, at, _ in heard.sounds}) == len(heard.sounds)


async def test_nothing_is_decoded_that_nobody_asks_for(tmp_path: Path) -> None:
    heard = Heard()

    await read(str(made(tmp_path / "film.ts")), heard)

    assert (heard.raws, heard.thumbs) == ([], [])


@pytest.mark.parametrize(
    ("to", "source"),
    [
        (("-f", "mpegts", "udp://127.0.0.1:{port}?pkt_size=1316"), "udp://127.0.0.1:{port}"),
        (("-f", "mpegts", "srt://127.0.0.1:{port}"), "srt://127.0.0.1:{port}?mode=listener"),
        (("-f", "flv", "rtmp://127.0.0.1:{port}/live/hue"), "rtmp://127.0.0.1:{port}/live/hue"),
    ],
    ids=["UDP", "SRT", "RTMP"],
)
async def test_an_encoder_on_the_network_is_read(
    tmp_path: Path, unused_port: int, to: tuple[str, ...], source: str
) -> None:
    film, heard = made(tmp_path / "film.ts"), Heard()
    addressed = [part.format(port=unused_port) for part in to]
    if "udp" in source:
        with sent(film, *addressed):
            await read(source.format(port=unused_port), heard)
    else:
        reading = asyncio.ensure_future(read(source.format(port=unused_port), heard, listen=source.startswith("rtmp")))
        while not heard.enough.is_set():
            with sent(film, *addressed):
                await asyncio.to_thread(heard.enough.wait, 3)
        await reading

    assert is_well(heard)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p"), "Max B-frames 0"),
        (
            (
                "-c:v",
                "mpeg4",
            ),
            "set it to H.264",
        ),
        (("-vn", "-c:a", "aac"), "no picture"),
    ],
)
async def test_what_cannot_be_carried_says_how_to_mend_it(tmp_path: Path, options: tuple[str, ...], says: str) -> None:
    with pytest.raises(EncoderUnusable, match=says):
        await read(str(made(tmp_path / "film.mp4", *options)), Heard())


@pytest.mark.parametrize("source", ["/nowhere/film.mp4", "gopher2://127.0.0.1/x"])
async def test_what_is_no_source_is_told_so(source: str) -> None:
    with pytest.raises(EncoderUnusable):
        await read(source, Heard())


async def test_an_encoder_that_is_switched_off_is_tried_again(unused_port: int) -> None:
    with pytest.raises(EncoderAway):
        await asyncio.to_thread(Reader(f"rtmp://127.0.0.1:{unused_port}/live/x", Heard()).read)


@pytest.mark.parametrize(
    "kind", ["rtmp://u:geheim@127.0.0.1:{port}/geheim", "srt://127.0.0.1:{port}?passphrase=geheim1234"]
)
async def test_what_is_wrong_with_a_line_is_told_without_its_passphrase(unused_port: int, kind: str) -> None:
    with pytest.raises(EncoderAway) as away:
        await asyncio.to_thread(Reader(kind.format(port=unused_port), Heard()).read)

    said = str(away.value)
    assert "geheim" not in said
    assert "refused" in said or f"ffmpeg: Connection to srt://127.0.0.1:{unused_port} failed" in said


async def test_a_caller_with_a_wrong_passphrase_is_told_of(tmp_path: Path, unused_port: int) -> None:
    url, film = f"srt://127.0.0.1:{unused_port}", made(tmp_path / "film.ts")
    ffmpeg = Ffmpeg(f"{url}?mode=listener&passphrase=geheim1234", in_trouble_at_most=0.5)

    ended = asyncio.ensure_future(asyncio.to_thread(ffmpeg.output.read))
    while not ended.done():
        with sent(film, "-f", "mpegts", f"{url}?passphrase=another1234"):
            await asyncio.wait((ended,), timeout=2)
    complaint = ffmpeg.complaint()
    ffmpeg.close()

    assert await ended == b""
    assert "Incorrect passphrase" in complaint


def test_what_is_wrong_is_told_without_keys() -> None:
    assert place("rtsp://u:geheim@192.0.2.7:554/geheim") == "rtsp://192.0.2.7:554"
    assert place("/films/welcome.mp4") == "/films/welcome.mp4"


def test_loudness_is_told_as_the_meters_show_it() -> None:
    assert loudness(bytes(100)) == 0
    assert loudness((32_767).to_bytes(2, "little", signed=True) * 50) == 1


async def test_a_film_is_played_once_or_again_and_again(tmp_path: Path) -> None:
    film = str(made(tmp_path / "film.mp4", seconds=1))
    once, again = Heard(), Heard()

    await soon(asyncio.to_thread(Reader(film, once).read))
    reader = Reader(film, again, loop=True)
    reading = asyncio.ensure_future(asyncio.to_thread(reader.read))
    await eventually(lambda: len(again.pictures) > 2 * 25)
    reader.stop()
    await soon(reading)

    assert len(once.pictures) == 25
    assert [at for _, at, _ in again.pictures] == sorted(at for _, at, _ in again.pictures)


@pytest.mark.parametrize(("to_us", "last_us"), [(1_500_000, 2_440_000), (600_000, 1_540_000)], ids=["on", "back"])
def test_sound_after_a_loss_bears_the_time_of_its_pictures_and_time_never_goes_back(to_us: int, last_us: int) -> None:
    sound, stamps = Sound(), list[int]()
    for begin_us in (0, to_us):
        for frame in range(44):  # a second
            at_us = begin_us + frame * 1024 * 1_000_000 // 44_100
            stamps += [at for _, at, _ in sound.take(_silence(), at_us)]

    assert stamps == sorted(set(stamps))
    assert stamps[-1] == pytest.approx(last_us, abs=60_000)


def _silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.int16), format="s16", layout="mono")
    frame.sample_rate = 44_100
    return frame


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


@pytest.mark.parametrize(("size", "tracks"), [("320x180", {"video"}), ("960x540", {"video", "video-low"})])
async def test_a_smaller_picture_is_offered_only_of_a_large_one(tmp_path: Path, size: str, tracks: set[str]) -> None:
    options = ("-vf", f"scale={size.replace('x', ':')}", *H264, "-c:a", "aac")
    async with studio() as house, filming(house, made(tmp_path / "film.mp4", *options)):
        await eventually(lambda: house.studio.is_up(CONFERENCE, HUE))
        camera = house.studio._open[CONFERENCE].director._cameras[HUE]  # noqa: SLF001 - what it offers is shown nowhere
        await eventually(lambda: camera.offered.high is not None)
        offered = camera.offered

    assert {one.track for one in (offered.high, offered.low) if one is not None} == tracks
    assert offered.high is not None
    assert offered.high.track == "video"


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


async def test_a_site_whose_encoder_is_pulled_is_off_the_line_until_it_is_plugged_in(
    tmp_path: Path, unused_port: int
) -> None:
    film, url = made(tmp_path / "film.ts"), f"udp://127.0.0.1:{unused_port}"
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


@pytest.fixture
def unused_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
