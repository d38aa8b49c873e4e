"""Which of what a source offers is shown, and as what: by the catalog, whatever the tracks are called."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from diemcau.media.fabric import Rendition, Renditions, Size
from diemcau.media.renditions import chosen

HD = Rendition(track="a", codec="avc1.64001f", description=None, width=1280, height=720, framerate=25.0)
SMALL = replace(HD, track="b", width=640, height=360)
TILE = replace(SMALL, track="c", framerate=5.0)
SOUND = Rendition(track="s", codec="opus", description=None, sample_rate=48_000, channels=1)
PICTURES = st.builds(
    Rendition,
    track=st.sampled_from("abcdef"),
    codec=st.sampled_from(["avc1.42c00b", "avc3.42c00b", "hev1.1", "vp8"]),
    description=st.none(),
    width=st.none() | st.integers(16, 1920),
    height=st.none() | st.integers(16, 1080),
    framerate=st.none() | st.sampled_from([1.0, 5.0, 10.0, 25.0, 30.0]),
)


def test_a_camera_with_three_pictures_has_one_for_each_place() -> None:
    assert chosen([TILE, HD, SMALL], [SOUND]) == Renditions(high=HD, low=SMALL, tile=TILE, audio=SOUND)


def test_a_camera_with_one_small_picture_has_it_for_whole_and_thin_lines() -> None:
    assert chosen([SMALL], []) == Renditions(high=SMALL, low=SMALL)


def test_a_camera_with_one_large_picture_is_shown_by_it_everywhere() -> None:
    offered = chosen([HD], [])

    assert offered == Renditions(high=HD)
    assert offered.first(Size.TILE, Size.LOW, Size.HIGH) == HD


def test_a_picture_of_which_the_catalog_tells_nothing_is_shown_all_the_same() -> None:
    unknown = replace(HD, width=None, height=None, framerate=None)

    assert chosen([unknown], []) == Renditions(high=unknown)


def test_what_nobody_here_can_decode_is_not_shown() -> None:
    odd = [replace(SOUND, codec="mp4a.40.2"), replace(SOUND, channels=6), replace(SOUND, sample_rate=10**9)]

    assert chosen([replace(HD, codec="hev1.1.6.L93.B0")], odd) == Renditions()


@given(st.lists(PICTURES, max_size=6, unique_by=lambda one: one.track), st.randoms())
def test_whatever_is_offered_in_whatever_order_small_places_get_small_pictures(
    pictures: list[Rendition],
    chance: Random,
) -> None:
    offered = chosen(pictures, [])
    chance.shuffle(pictures)

    assert chosen(pictures, []) == offered
    for one, most in ((offered.low, 30.0), (offered.tile, 5.0)):
        assert one is None or ((one.height or 999) <= 360 and (one.framerate or 25.0) <= most)
    assert (offered.high is None) == (not any(one.codec.startswith("avc") for one in pictures))
