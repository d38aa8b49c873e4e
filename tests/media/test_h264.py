import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media import h264

SPS = bytes.fromhex("6742c00b8c68141979e6a0c020c0f08846a0")
PPS = bytes.fromhex("68ce3c80")
IDR = bytes.fromhex("65b80004000008")
SLICE = bytes.fromhex("61e0007e47f852aa")
START = b"\x00\x00\x00\x01"
KEY_FRAME = START + SPS + START + PPS + START + IDR


def test_a_stream_is_split_into_its_units_whatever_the_start_codes() -> None:
    assert h264.units(START + SPS + b"\x00\x00\x01" + PPS) == [SPS, PPS]


def test_a_key_frame_is_whole_with_both_parameter_sets() -> None:
    assert h264.is_whole_key_frame(KEY_FRAME)
    assert not h264.is_whole_key_frame(START + SPS + START + IDR)
    assert not h264.is_whole_key_frame(START + SPS + START + PPS + START + SLICE)
    assert not h264.is_whole_key_frame(b"no video")


def test_parameter_sets_survive_the_way_through_an_avcc_record() -> None:
    sets = h264.parameter_sets(KEY_FRAME)
    assert sets is not None

    assert h264.read_avcc(h264.make_avcc(sets)) == sets


def test_a_stream_without_parameter_sets_has_none() -> None:
    assert h264.parameter_sets(START + SLICE) is None


def test_a_frame_with_lengths_becomes_a_stream_with_parameter_sets_before_the_key_frame() -> None:
    sets = h264.ParameterSets(sps=(SPS,), pps=(PPS,))

    stream = h264.from_sized(h264.to_sized(START + IDR), h264.make_avcc(sets), key=True)

    assert stream == KEY_FRAME


def test_a_frame_that_is_no_key_frame_stays_alone() -> None:
    sets = h264.ParameterSets(sps=(SPS,), pps=(PPS,))

    assert h264.from_sized(h264.to_sized(START + SLICE), h264.make_avcc(sets), key=False) == START + SLICE


def test_a_unit_longer_than_its_frame_is_refused() -> None:
    record = h264.make_avcc(h264.ParameterSets(sps=(SPS,), pps=(PPS,)))

    with pytest.raises(h264.MalformedVideoError, match="longer than its frame"):
        h264.from_sized(b"\x00\x00\x01\x00" + IDR, record, key=True)


@given(st.binary(max_size=64))
def test_no_bytes_from_a_camera_are_taken_for_an_avcc_record_by_accident(record: bytes) -> None:
    try:
        sets = h264.read_avcc(record)
    except h264.MalformedVideoError:
        return
    assert sets.sps
    assert sets.pps


@given(st.binary(max_size=200))
def test_no_bytes_from_a_camera_break_the_splitting(stream: bytes) -> None:
    assert all(unit and unit[-1] != 0 for unit in h264.units(stream))
