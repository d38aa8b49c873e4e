"""Reading an encoder: what comes from files and over the network is given on unchanged."""

import asyncio
from pathlib import Path

import av
import numpy as np
import pytest

from diemcau.media import h264
from diemcau.media.encoder.ffmpeg import Ffmpeg, place
from diemcau.media.encoder.reading import EncoderAway, EncoderUnusable, Reader
from diemcau.media.encoder.sound import Sound, loudness
from tests.media.encoders import Heard, free_port, made, sent
from tests.media.halls import eventually, soon

pytestmark = pytest.mark.anyio


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
async def test_an_encoder_on_the_network_is_read(tmp_path: Path, to: tuple[str, ...], source: str) -> None:
    port = free_port()
    film, heard = made(tmp_path / "film.ts"), Heard()
    addressed = [part.format(port=port) for part in to]
    if "udp" in source:
        with sent(film, *addressed):
            await read(source.format(port=port), heard)
    else:
        reading = asyncio.ensure_future(read(source.format(port=port), heard, listen=source.startswith("rtmp")))
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


async def test_a_file_that_is_no_film_is_told_so_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film")

    with pytest.raises(EncoderUnusable, match="is no film"):
        await read(str(tmp_path / "film.mp4"), Heard())


async def test_an_encoder_that_is_switched_off_is_tried_again() -> None:
    port = free_port()
    with pytest.raises(EncoderAway):
        await asyncio.to_thread(Reader(f"rtmp://127.0.0.1:{port}/live/x", Heard()).read)


@pytest.mark.parametrize(
    "kind", ["rtmp://u:geheim@127.0.0.1:{port}/geheim", "srt://127.0.0.1:{port}?passphrase=geheim1234"]
)
async def test_what_is_wrong_with_a_line_is_told_without_its_passphrase(kind: str) -> None:
    port = free_port()
    with pytest.raises(EncoderAway) as away:
        await asyncio.to_thread(Reader(kind.format(port=port), Heard()).read)

    said = str(away.value)
    assert "geheim" not in said
    assert "refused" in said or f"ffmpeg: Connection to srt://127.0.0.1:{port} failed" in said


async def test_a_caller_with_a_wrong_passphrase_is_told_of(tmp_path: Path) -> None:
    port = free_port()
    url, film = f"srt://127.0.0.1:{port}", made(tmp_path / "film.ts")
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
