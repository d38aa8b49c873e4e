"""The segments that a recorder writes while it runs: what players of plain HTTP see, second by second."""

import asyncio
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from diemcau.core.ids import SiteId
from diemcau.media.director import OnAir, Place
from diemcau.media.hls import playlist
from diemcau.media.recording.index import Segment, read_index
from diemcau.media.recording.recorder import Kept, Recorder
from diemcau.media.recording.tape import Room
from tests.media.footage import Footage, film, moved, play, speak, wait
from tests.media.halls import HandClock

pytestmark = pytest.mark.anyio
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("trung-uong"))
HUE = OnAir(number=2, place=Place.HOLDER, site=SiteId("hue"))
VINH = OnAir(number=3, place=Place.HOLDER, site=SiteId("vinh"))
SHADES = {(640, 360): 60, (1280, 720): 110, (320, 180): 160}


@pytest.fixture(scope="module")
def centre() -> Footage:
    return film(width=640, height=360, shade=60)


@pytest.fixture(scope="module")
def hue() -> Footage:
    return film(width=1280, height=720, shade=110, profile="high", pictures=75, group=50)


@pytest.fixture(scope="module")
def vinh() -> Footage:
    return film(width=320, height=180, shade=160, profile="main")


async def recorded(folder: Path, *sources: tuple[OnAir, Footage]) -> Path:
    """Let sources be on air one after the other; return the playlist of it all."""
    clock = HandClock()
    recorder = Recorder(folder, clock=clock)
    await recorder.start()
    for number, (on_air, footage) in enumerate(sources, start=1):
        await play(recorder, clock, replace(on_air, number=number), footage, begin=clock.at)
    await recorder.leave()
    return written(folder)


def written(folder: Path) -> Path:
    """Write a playlist beside the segments, as whoever looks back is told of them."""
    whole = folder / "segments" / "index.m3u8"
    whole.write_text(playlist.look_back(read_index(folder).segments, cuts_before=0, ended=True))
    return whole


def segments(folder: Path) -> list[Segment]:
    return read_index(folder).segments


def seen(path: Path) -> list[tuple[float, tuple[int, int], int]]:
    """Decode every picture: when, its size, its shade."""
    with av.open(path, "r") as opened:
        return [
            (picture.time or 0.0, (picture.width, picture.height), round(float(np.median(_lower(picture)))))
            for picture in opened.decode(video=0)
        ]


def _lower(picture: av.VideoFrame) -> np.ndarray:
    """Return the lower half of a picture, in which there is nothing but the shade of its source."""
    luma = picture.to_ndarray()[: picture.height, : picture.width]
    return luma[picture.height // 2 :]


async def test_three_sources_of_other_size_profile_and_parameter_sets_follow_each_other_without_a_wrong_picture(
    tmp_path: Path, centre: Footage, hue: Footage, vinh: Footage
) -> None:
    whole = await recorded(tmp_path, (MAIN, centre), (HUE, hue), (VINH, vinh), (MAIN, centre))

    pictures = seen(whole)

    assert len(pictures) == 50 + 75 + 50 + 50
    assert all(abs(shade - SHADES[size]) <= 4 for _, size, shade in pictures)
    assert [one.head.site for one in segments(tmp_path) if one.head.cut] == ["hue", "vinh", "trung-uong"]


async def test_every_change_of_source_begins_with_a_header_of_its_own(
    tmp_path: Path, centre: Footage, hue: Footage
) -> None:
    whole = await recorded(tmp_path, (MAIN, centre), (HUE, hue))

    text = whole.read_text()

    assert text.count("#EXT-X-MAP") == 2
    assert text.index("#EXT-X-DISCONTINUITY\n") < text.rindex("#EXT-X-MAP")


async def test_ffprobe_reads_the_line_without_a_complaint_about_a_picture(
    tmp_path: Path, centre: Footage, hue: Footage, vinh: Footage
) -> None:
    whole = await recorded(tmp_path, (MAIN, centre), (HUE, hue), (VINH, vinh))

    asked = ["ffprobe", "-v", "error", "-show_frames", "-of", "compact", str(whole)]
    told = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True, check=True)

    assert told.stderr == ""
    assert told.stdout.count("media_type=video") == 175


async def test_segments_last_two_seconds_at_most_and_begin_with_a_key_frame(
    tmp_path: Path, centre: Footage, hue: Footage
) -> None:
    await recorded(tmp_path, (MAIN, centre), (HUE, hue), (MAIN, centre))

    found = segments(tmp_path)

    assert all(one.length <= 2.05 and one.independent for one in found)
    assert all(part.length <= playlist.PART_TARGET for one in found for part in one.parts)


async def test_segments_stay_short_though_a_camera_sends_a_key_frame_only_every_five_seconds(tmp_path: Path) -> None:
    rare = film(width=160, height=96, shade=60, pictures=400, group=125)

    whole = await recorded(tmp_path, (MAIN, rare))

    first, *found = segments(tmp_path)
    pictures = seen(whole)
    assert first.length <= 2.2  # nobody knows yet how long a camera's groups are
    assert all(one.length <= 2.0 for one in found)
    assert [round(one.head.start) for one in found if one.independent] == [5, 10, 15]
    assert len(pictures) == 400
    assert all(abs(shade - 60) <= 4 for _, _, shade in pictures)


async def test_the_picture_of_a_silent_camera_stays_for_a_while(tmp_path: Path, centre: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, centre, begin=100.0)
    await wait(recorder, clock, 4.0)
    await recorder.leave()

    pictures = seen(written(tmp_path))

    assert pictures[-1][0] == pytest.approx(4.96, abs=0.1)
    assert {(size, abs(shade - 60) <= 4) for _, size, shade in pictures} == {((640, 360), True)}


async def test_a_standing_picture_is_the_one_before_it_to_the_last_point(
    tmp_path: Path, centre: Footage, hue: Footage
) -> None:
    for name, footage in (("baseline", centre), ("high", hue)):
        clock = HandClock()
        recorder = Recorder(tmp_path / name, clock=clock)
        await recorder.start()
        await play(recorder, clock, MAIN, footage, begin=100.0)
        await wait(recorder, clock, 3.0)
        await recorder.leave()

        with av.open(written(tmp_path / name), "r") as opened:
            pictures = [picture.to_ndarray() for picture in opened.decode(video=0)]

        standing = pictures[len(footage.pictures) :]
        assert len(standing) == 4
        assert all(np.array_equal(one, pictures[len(footage.pictures) - 1]) for one in standing)


async def test_a_camera_that_goes_on_after_a_silence_is_shown_from_its_next_key_frame(
    tmp_path: Path, centre: Footage
) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    tap = recorder.tap(MAIN)
    for at, is_picture, frame in moved(centre, 100.0):
        clock.at = at
        if is_picture and not 100.6 < at < 102.0 - 0.3:
            tap.video(frame)
        elif not is_picture:
            tap.audio(frame)
    for at, is_picture, frame in moved(centre, 102.0):
        clock.at = at
        (tap.video if is_picture else tap.audio)(frame)
    await wait(recorder, clock, 0.1)
    await recorder.leave()

    pictures = seen(written(tmp_path))

    assert not [at for at, _, _ in pictures if 1.62 < at < 1.98]
    assert next(at for at, _, _ in pictures if at > 1.98) == pytest.approx(2.0, abs=0.05)


async def test_while_the_air_is_frozen_the_picture_stays_and_a_late_comer_finds_it(
    tmp_path: Path, centre: Footage
) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    tap = recorder.tap(MAIN)
    talking = replace(centre, sound=speak(seconds=12.0))
    for at, is_picture, frame in moved(talking, 100.0):
        clock.at = at
        (tap.video if is_picture else tap.audio)(frame)
    await wait(recorder, clock, 0.1)
    await recorder.leave()

    found = segments(tmp_path)
    assert {one.head.slate for one in found} == {False}
    assert found[-1].head.start > 9.0
    assert found[-1].independent
    assert all(abs(shade - 60) <= 4 for _, _, shade in seen(written(tmp_path)))


async def test_when_the_holder_falls_silent_the_main_site_is_shown(
    tmp_path: Path, centre: Footage, vinh: Footage
) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    main, holder = recorder.tap(MAIN), recorder.tap(VINH)
    for turn in range(3):
        for at, is_picture, frame in moved(centre, 100.0 + 2 * turn):
            clock.at = at
            (main.video if is_picture else main.audio)(frame)
            if turn == 0 and is_picture:
                holder.video(replace(vinh.pictures[round((at - 100.0) * 25)], at_us=frame.at_us))
    await wait(recorder, clock, 0.1)
    await recorder.leave()

    sites = [one.head.site for one in segments(tmp_path)]

    assert sites[0] == "vinh" or sites[1] == "vinh"
    assert sites[-1] == "trung-uong"


async def test_the_sound_of_two_sites_is_heard_together(tmp_path: Path, centre: Footage, vinh: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    low, high = speak(seconds=2.0, hertz=440.0), speak(seconds=2.0, hertz=1500.0)
    main, holder = recorder.tap(MAIN), recorder.tap(VINH)
    for (at, is_picture, frame), (_, _, other) in zip(
        moved(replace(centre, sound=low), 100.0), moved(replace(vinh, sound=high), 100.0), strict=True
    ):
        clock.at = at
        (main.video if is_picture else main.audio)(frame)
        (holder.video if is_picture else holder.audio)(other)
    await wait(recorder, clock, 0.6)
    await recorder.leave()

    with av.open(written(tmp_path), "r") as opened:
        samples = np.concatenate([one.to_ndarray()[0] for one in opened.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(samples[24_000:72_000]))
    loudest = {int(place) for place in np.argsort(spectrum)[-2:]}
    assert all(any(abs(place - hertz) <= 2 for place in loudest) for hertz in (440, 1500))


async def test_a_disk_that_fails_leaves_no_part_in_the_index_that_is_not_on_it(tmp_path: Path, centre: Footage) -> None:
    await recorded(tmp_path, (MAIN, centre))
    index = tmp_path / "index.jsonl"
    with index.open("ab") as lines:
        lines.write(b'{"segment": 99, "part": 0, "len')  # what a full disk leaves

    await recorded(tmp_path, (MAIN, centre))

    found = segments(tmp_path)
    assert [one.number for one in found] == list(range(len(found)))
    assert [one.head.run for one in found if one.head.cut] == [1]
    assert found[-1].end == pytest.approx(4.0, abs=0.1)


async def test_a_rehearsal_keeps_no_more_than_it_has_room_for(tmp_path: Path, centre: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, kept=Kept.WHILE_IT_RUNS, room=Room(segments=2), clock=clock)
    await recorder.start()
    for number in range(1, 6):
        await play(recorder, clock, replace(MAIN, number=number), centre, begin=clock.at)

    kept = sorted(int(path.stem) for path in (tmp_path / "segments").glob("*.m4s"))
    await recorder.close()

    assert kept == [2, 3, 4]


async def test_what_a_recorder_holds_in_memory_does_not_grow(tmp_path: Path, vinh: Footage) -> None:
    clock = HandClock()
    recorder = Recorder(tmp_path, clock=clock)
    await recorder.start()
    used = []
    for number in range(1, 41):
        await play(recorder, clock, replace(MAIN, number=number), vinh, begin=clock.at)
        used.append(_resident())
    await recorder.leave()

    assert used[-1] - used[9] < 6 * 2**20


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
