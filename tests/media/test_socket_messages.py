import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.fabric import Rendition, Renditions
from diemcau.media.socket_fabric.catalog import read_catalog
from diemcau.media.socket_fabric.messages import (
    Ended,
    Garbled,
    Message,
    Publish,
    Read,
    Sent,
    Stop,
    Unpublish,
    read,
    write,
)

NUMBERS = st.integers(1, 2**32 - 1)
PATHS = st.text(min_size=1, max_size=64)
MESSAGES = st.one_of(
    st.builds(Read, number=NUMBERS, broadcast=PATHS, track=PATHS, latency_ms=st.none() | st.integers(0, 60_000)),
    st.builds(Stop, number=NUMBERS),
    st.builds(Ended, number=NUMBERS, is_missing=st.booleans()),
    st.builds(Publish, broadcast=PATHS),
    st.builds(Unpublish, broadcast=PATHS),
    st.builds(Sent, number=NUMBERS, begins=st.booleans(), at_us=st.integers(0, 2**62 - 1), payload=st.binary()),
)


@given(message=MESSAGES)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    assert read(write(message)) == message


@given(raw=st.text() | st.binary() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_whatever_comes_is_a_message_or_garbled(raw: str | bytes) -> None:
    try:
        found = read(raw)
    except Garbled:
        return
    assert isinstance(found, Sent)


@pytest.mark.parametrize(
    "words",
    [
        '{"do":"read","id":1,"broadcast":"program/c1"}',
        '{"do":"read","id":0,"broadcast":"program/c1","track":"air"}',
        '{"do":"read","id":true,"broadcast":"program/c1","track":"air"}',
        '{"do":"read","id":4294967296,"broadcast":"program/c1","track":"air"}',
        '{"do":"read","id":1,"broadcast":"","track":"air"}',
        '{"do":"read","id":1,"broadcast":"program/c1","track":"air","latency_ms":-1}',
        '{"do":"read","id":1,"broadcast":"program/c1","track":"air","latency_ms":0.5}',
        json.dumps({"do": "publish", "broadcast": "x" * 257}),
        '{"do":"stop"}',
        '{"do":"sing","id":1}',
        "[" * 4000,
        '{"do":"stop","id":1}' + " " * 5000,
        "[]",
        "{",
    ],
)
def test_words_that_say_nothing_fit_are_garbled(words: str) -> None:
    with pytest.raises(Garbled):
        read(words)


def test_a_frame_without_a_head_or_of_no_time_is_garbled() -> None:
    for raw in (b"", b"\x00" * 12, b"\x00\x00\x00\x01\x00" + b"\xff" * 8):
        with pytest.raises(Garbled):
            read(raw)


def test_a_catalog_tells_what_is_offered() -> None:
    video = {"codec": "avc1.42c01f", "codedWidth": 1280, "codedHeight": 720, "framerate": 25, "bitrate": 1_500_000}
    catalog = {
        "video": {
            "renditions": {
                "video": {**video, "description": "01ff"},
                "video-low": {"codec": "avc1.42c01f", "codedWidth": 640, "codedHeight": 360, "description": "no hex"},
                "other": {"codec": "vp09.00"},
            }
        },
        "audio": {"renditions": {"audio": {"codec": "opus", "sampleRate": 48_000, "numberOfChannels": 1}}},
    }

    offered = read_catalog(json.dumps(catalog).encode())

    high = Rendition(
        track="video",
        codec="avc1.42c01f",
        description=b"\x01\xff",
        width=1280,
        height=720,
        framerate=25.0,
        bitrate=1_500_000,
    )
    low = Rendition(track="video-low", codec="avc1.42c01f", description=None, width=640, height=360)
    sound = Rendition(track="audio", codec="opus", description=None, sample_rate=48_000, channels=1)
    assert offered == Renditions(high=high, low=low, audio=sound)


@given(
    text=st.binary() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_what_is_no_catalog_offers_nothing(text: bytes) -> None:
    assert read_catalog(text) == Renditions()


@pytest.mark.parametrize(
    "entry",
    [
        {"codec": "opus", "sampleRate": "48000", "numberOfChannels": 1},
        {"codec": "opus", "sampleRate": 48_000, "numberOfChannels": 8},
        {"codec": "opus", "sampleRate": 1e12, "numberOfChannels": 1},
        {"codec": 7, "sampleRate": 48_000, "numberOfChannels": 1},
        ["opus"],
    ],
)
def test_a_sound_that_cannot_be_is_not_offered(entry: object) -> None:
    catalog = {"audio": {"renditions": {"audio": entry}}}

    assert read_catalog(json.dumps(catalog).encode()) == Renditions()
