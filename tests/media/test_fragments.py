"""What segments are made of: bits, boxes, the index, and the times of a recording."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media import h264
from diemcau.media.hls import playlist
from diemcau.media.recording import fragments
from diemcau.media.recording.bits import BitReader, BitsEnded, BitWriter, escaped, unescaped
from diemcau.media.recording.fragments import Fragment, PictureSample, SoundSample
from diemcau.media.recording.index import Head, Index, Part, end_line, part_line, read_index
from diemcau.media.recording.originals import samples_of
from diemcau.media.recording.sequence import read_sequence
from diemcau.media.recording.times import Stretch, Times, read_times, times_of
from diemcau.media.recording.webvtt import webvtt
from tests.media.footage import film

HEAD = Head(at=1000.0, start=0.0, init="init-000000000000.mp4", cut=False, slate=False, site="hue", run=0)


@given(st.lists(st.integers(0, 70_000), max_size=20))
def test_numbers_are_read_back_as_they_were_written(numbers: list[int]) -> None:
    bits = BitWriter()
    bits.golomb(*numbers)
    reader = BitReader(bits.ended())

    assert [reader.golomb() for _ in numbers] == numbers


@given(st.binary(max_size=60))
def test_no_start_code_is_left_in_a_unit(payload: bytes) -> None:
    kept = escaped(payload)

    assert unescaped(kept) == payload
    assert all(code not in kept for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))


@given(st.binary(max_size=40))
def test_whatever_is_taken_for_a_parameter_set_ends_in_one_kind_of_refusal(payload: bytes) -> None:
    try:
        found = read_sequence(b"\x67" + payload)
    except h264.MalformedVideoError:
        return
    assert found.macroblocks > 0


@pytest.mark.parametrize("size", [(160, 96), (320, 180), (1280, 720), (642, 362)])
@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_the_size_of_a_picture_stands_in_its_parameter_set(size: tuple[int, int], profile: str) -> None:
    footage = film(width=size[0], height=size[1], pictures=1, profile=profile)
    sets = h264.parameter_sets(footage.pictures[0].payload)

    assert sets is not None
    found = read_sequence(sets.sps[0])
    assert (found.width, found.height, found.progressive) == (*size, True)


def test_bits_that_end_too_early_are_said_to() -> None:
    with pytest.raises(BitsEnded):
        BitReader(b"\0").golomb()


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=50), st.integers(90, 90_000), st.booleans()), max_size=6),
    st.lists(st.binary(min_size=1, max_size=50), max_size=6),
    st.integers(0, 2**40),
)
def test_fragments_are_read_back_as_they_were_written(
    pictures: list[tuple[bytes, int, bool]], sounds: list[bytes], begin: int
) -> None:
    at, samples = begin, []
    for payload, ticks, key in pictures:
        samples.append(PictureSample(payload=payload, at=at, ticks=ticks, key=key))
        at += ticks
    heard = [SoundSample(payload=one, at=begin + 1024 * place) for place, one in enumerate(sounds)]
    held = Fragment(pictures=tuple(samples), sounds=tuple(heard))
    stored = fragments.fragment(1, held)

    assert list(fragments.read(stored + stored[:-1])) == [held]
    assert list(fragments.read(stored + stored)) == [held, held]


def test_a_line_that_a_crash_cut_off_counts_for_nothing(tmp_path: Path) -> None:
    part = Part(length=0.5, offset=0, size=10, independent=True)
    whole = part_line(0, 0, part, HEAD) + part_line(0, 1, part, None)
    (tmp_path / "index.jsonl").write_bytes(whole + part_line(0, 2, part, None)[:-9])

    (segment,) = read_index(tmp_path).segments

    assert (segment.length, segment.size, len(segment.parts), segment.closed) == (1.0, 20, 2, False)


def test_an_index_is_read_as_it_grows_and_anew_when_it_is_another(tmp_path: Path) -> None:
    path, part = tmp_path / "index.jsonl", Part(length=0.5, offset=0, size=10, independent=True)
    path.write_bytes(part_line(0, 0, part, HEAD))
    index = Index(tmp_path)
    read = [index.refresh(), index.refresh()]
    with path.open("ab") as lines:
        lines.write(part_line(1, 0, part, HEAD) + end_line())
    read.append(index.refresh())

    assert read == [True, False, True]
    assert [(one.number, one.closed) for one in index.segments] == [(0, True), (1, True)]
    assert index.ended
    assert index.is_whole()
    path.unlink()
    assert not index.is_whole()


def test_only_the_newest_parts_are_kept_in_mind(tmp_path: Path) -> None:
    part = Part(length=0.5, offset=0, size=10, independent=True)
    (tmp_path / "index.jsonl").write_bytes(b"".join(part_line(number, 0, part, HEAD) for number in range(50)))

    segments = read_index(tmp_path).segments

    assert sum(len(one.parts) for one in segments) <= 7
    assert [one.length for one in segments] == [0.5] * 50


def test_a_playlist_of_nothing_is_a_playlist() -> None:
    assert playlist.live([], cuts_before=0, ended=False).startswith("#EXTM3U\n")
    assert playlist.look_back([], cuts_before=0, ended=True).startswith("#EXTM3U\n")


def test_an_instant_at_which_the_server_was_down_is_where_the_recording_goes_on(tmp_path: Path) -> None:
    part = Part(length=2.0, offset=0, size=10, independent=True)
    begun = (1000.0, 1002.0, 1060.0)
    lines = [part_line(number, 0, part, replace(HEAD, at=at, start=2.0 * number)) for number, at in enumerate(begun)]
    (tmp_path / "index.jsonl").write_bytes(b"".join(lines))

    times = times_of(read_index(tmp_path).segments)
    times.write(tmp_path / "times.json")

    assert times == Times(
        stretches=(Stretch(at=1000.0, place=0.0, length=4.0), Stretch(at=1060.0, place=4.0, length=2.0))
    )
    assert [times.place(at) for at in (990.0, 1001.0, 1030.0, 1061.0, 1100.0)] == [0.0, 1.0, 4.0, 5.0, 6.0]
    assert read_times(tmp_path / "times.json") == times
    assert read_times(tmp_path / "none.json") == Times(stretches=())


def test_a_title_can_say_nothing_to_a_player_but_itself() -> None:
    told = webvtt([("Trưởng ban\n\n2\n00:00 --> 00:01 <b> & · Huế", 3661.5, 3670.0)])

    assert told == (
        "WEBVTT\n\n1\n01:01:01.500 --> 01:01:10.000\nTrưởng ban 2 00:00 --&gt; 00:01 &lt;b&gt; &amp; · Huế\n"
    )


@pytest.mark.parametrize(
    ("payload", "samples"),
    [(b"", 0), (b"\x58", 2880), (b"\x78", 960), (b"\xf8", 960), (b"\xf9", 1920), (b"\xfb\x03", 2880), (b"\xfb", 0)],
)
def test_the_length_of_an_opus_packet_stands_in_its_first_byte(payload: bytes, samples: int) -> None:
    assert samples_of(payload) == samples
