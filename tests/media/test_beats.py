"""Beats: what pages tell of themselves, read as the words of strangers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.beats import CameraBeat, ScreenBeat, read_alone, read_camera_beat, read_screen_beat

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_a_beat_is_read_as_the_contract_says() -> None:
    camera = read_camera_beat(b'{"n": 17, "level": 0.42, "by": "webtransport"}')
    screen = read_screen_beat(
        b'{"n": 3, "late_ms": 40, "gaps": 2, "room_kbps": 4200, "by": "websocket", "shows": "high"}'
    )

    assert camera == CameraBeat(level=0.42, by="webtransport")
    assert screen == ScreenBeat(late_ms=40, gaps=2, room_kbps=4200, by="websocket", shows="high")
    assert read_screen_beat(b'{"n": 4, "crowded": true}') == ScreenBeat(crowded=True)
    assert read_alone(b'{"n": 42, "alone_s": 7}') == 7


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"7",
        b"[]",
        b"{}",
        b'{"level": true, "late_ms": "40", "gaps": null, "by": 5, "shows": "", "alone_s": "7"}',
        b'{"room_kbps": "much", "crowded": 1}',
        b'{"level": NaN, "late_ms": Infinity, "by": "<b>", "shows": "' + b"x" * 33 + b'"}',
        b"[" * 5000,
        b" " * 5000 + b'{"level": 1}',
    ],
)
def test_nonsense_tells_nothing_and_does_no_harm(text: bytes) -> None:
    assert read_camera_beat(text) == CameraBeat()
    assert read_screen_beat(text) == ScreenBeat()
    assert read_alone(text) == 0


def test_what_is_beyond_all_measure_is_cut_to_measure() -> None:
    screen = read_screen_beat(b'{"late_ms": 1e300, "gaps": -5}')

    assert screen == ScreenBeat(late_ms=60_000, gaps=0)
    assert read_camera_beat(b'{"level": ' + b"9" * 400 + b"}").level == 1.0


@given(
    st.dictionaries(st.sampled_from(["n", "level", "late_ms", "gaps", "room_kbps", "crowded", "by", "shows"]), anything)
)
def test_whatever_a_page_tells_is_read_within_bounds(told: dict[str, object]) -> None:
    text = json.dumps(told).encode()
    camera, screen = read_camera_beat(text), read_screen_beat(text)

    assert camera.level is None or 0 <= camera.level <= 1
    assert screen.late_ms is None or 0 <= screen.late_ms <= 60_000
    assert screen.gaps is None or 0 <= screen.gaps <= 1000
