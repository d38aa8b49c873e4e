"""`diemcau camera`: what is wrong with an encoder or a link is said in one sentence."""

from pathlib import Path

from tests.cli.conftest import Diemcau
from tests.media.encoders import made


def test_what_is_no_link_connects_no_camera(diemcau: Diemcau) -> None:
    said = diemcau("camera", "--from", "film.mp4", "--pass", "https://example.org")

    assert (said.status, said.out) == (1, "")
    assert "give the whole of what was handed out" in said.err


def test_a_link_is_read_from_its_file(diemcau: Diemcau, tmp_path: Path) -> None:
    said = diemcau("camera", "--from", "film.mp4", "--pass", tmp_path / "no.link")

    assert said.status == 1
    assert "no.link" in said.err


def test_a_film_that_is_not_there_is_named(diemcau: Diemcau, tmp_path: Path) -> None:
    said = diemcau("camera", "--from", tmp_path / "no.mp4", "--pass", "http://127.0.0.1:9/enter#abc")

    assert said.status == 1
    assert "no.mp4 can't be read" in said.err
    assert "Traceback" not in said.err


def test_a_film_is_played_once_and_the_command_ends_well(diemcau: Diemcau, tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4", seconds=1)

    said = diemcau("camera", "--from", film, "--pass", "http://127.0.0.1:9/enter#abc", "--english")

    assert (said.status, said.out) == (0, "")
    assert said.err.splitlines()[-1].startswith("The film is over and the camera is off.")
