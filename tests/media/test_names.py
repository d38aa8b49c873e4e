"""Who may write and read under which name: by the pass alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.media import paths
from diemcau.media.fabric import Admission, Part
from diemcau.media.names import may_publish, read_prefixes
from tests.media.halls import CONFERENCE, HUE, VINH

HALL = Admission(conference=CONFERENCE, site=HUE, part=Part.SITE, may_publish=True, connection="c1")
OPERATOR = replace(HALL, site=None, part=Part.OPERATOR, may_publish=False)
WATCHER = replace(OPERATOR, part=Part.WATCHER)
NONCE = "0123456789abcdef"
PARTS = ["up", "talk", "watch", "program", "line", CONFERENCE, CONFERENCE, "another", HUE, VINH, NONCE, NONCE, ""]


@pytest.mark.parametrize(
    ("who", "as_camera", "name"),
    [
        (HALL, True, f"up/{CONFERENCE}/{HUE}/{NONCE}"),
        (HALL, False, f"talk/{CONFERENCE}/{HUE}/{NONCE}"),
        (HALL, False, f"watch/{CONFERENCE}/{NONCE}"),
        (WATCHER, False, f"watch/{CONFERENCE}/{NONCE}"),
        (OPERATOR, False, f"talk/{CONFERENCE}/{VINH}/{NONCE}"),
    ],
)
def test_a_session_publishes_under_names_of_its_own(who: Admission, name: str, *, as_camera: bool) -> None:
    assert may_publish(who, name, as_camera=as_camera)


@pytest.mark.parametrize(
    ("who", "as_camera", "name"),
    [
        (HALL, False, f"up/{CONFERENCE}/{HUE}/{NONCE}"),
        (HALL, True, f"up/{CONFERENCE}/{VINH}/{NONCE}"),
        (HALL, True, f"up/another/{HUE}/{NONCE}"),
        (HALL, True, f"up/{CONFERENCE}/{HUE}"),
        (HALL, True, f"up/{CONFERENCE}/{HUE}/short"),
        (HALL, True, f"talk/{CONFERENCE}/{VINH}/{NONCE}"),
        (HALL, True, f"watch/another/{NONCE}"),
        (WATCHER, True, f"up/{CONFERENCE}/{HUE}/{NONCE}"),
        (WATCHER, False, f"talk/{CONFERENCE}/{HUE}/{NONCE}"),
        (OPERATOR, True, f"up/{CONFERENCE}/{HUE}/{NONCE}"),
        (OPERATOR, False, f"talk/another/{HUE}/{NONCE}"),
        (HALL, True, f"program/{CONFERENCE}"),
        (HALL, True, f"wall/{CONFERENCE}"),
        (HALL, True, f"line/{CONFERENCE}"),
    ],
)
def test_a_session_publishes_under_no_other_name(who: Admission, name: str, *, as_camera: bool) -> None:
    assert not may_publish(who, name, as_camera=as_camera)


@given(st.lists(st.sampled_from(PARTS), max_size=6).map("/".join), st.sampled_from([HALL, OPERATOR, WATCHER]))
def test_no_other_conference_and_no_other_site_is_ever_written_into(path: str, who: Admission) -> None:
    if may_publish(who, path, as_camera=True):
        _, conference, *rest = path.split("/")
        assert conference == CONFERENCE
        assert who.part is Part.OPERATOR or VINH not in rest


def test_a_hall_reads_neither_the_wall_nor_a_look_at_another_camera_nor_anothers_voice() -> None:
    prefixes = read_prefixes(HALL)

    assert paths.talk(CONFERENCE, HUE) in prefixes
    assert not {paths.wall(CONFERENCE), paths.previews(CONFERENCE), paths.talks(CONFERENCE)} & set(prefixes)
    assert set(read_prefixes(WATCHER)) < set(prefixes) < {*prefixes, *read_prefixes(OPERATOR)}


def test_an_operator_reads_what_everyone_reads_and_the_wall_the_cameras_and_the_voices() -> None:
    more = {paths.wall(CONFERENCE), paths.previews(CONFERENCE), paths.talks(CONFERENCE)}

    assert set(read_prefixes(OPERATOR)) == {*read_prefixes(WATCHER), *more}
