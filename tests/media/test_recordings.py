"""The finished recordings of a conference, as they lie in its folder."""

from pathlib import Path

from diemcau.media.recording.recordings import files_in, recordings_in


def test_the_tenth_part_of_a_recording_comes_after_the_ninth(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        (tmp_path / f"recording-{number}.mkv").touch()
    (tmp_path / "recording-11.draft.mkv").touch()

    names = [path.name for path in files_in(tmp_path)]

    assert names == ["recording-1.mkv", "recording-9.mkv", "recording-10.mkv"]


def test_a_conference_that_was_never_recorded_has_no_recording(tmp_path: Path) -> None:
    assert recordings_in(tmp_path / "nowhere") == ()
