"""The shelf of recordings: chapters as they are called now, and stills of each speech."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media.director import OnAir, Place
from diemcau.media.recording.recorder import Recorder
from diemcau.media.recording.recordings import recordings_in
from diemcau.wiring.recorded import RecordingShelf, Spoken
from tests.media.footage import film, play
from tests.media.halls import HandClock

pytestmark = pytest.mark.anyio
CONFERENCE = ConferenceId("review-2026")
MAIN = OnAir(number=1, place=Place.MAIN, site=SiteId("hanoi"))
HUE = OnAir(number=2, place=Place.HOLDER, site=SiteId("hue"))


async def recorded(folder: Path, *, title: str = "Trưởng ban · Huế") -> RecordingShelf:
    """Record the main site for two seconds, a speech of four, the main site again."""
    clock = HandClock()
    recorder = Recorder(folder / CONFERENCE, clock=clock)
    await recorder.start()
    await play(recorder, clock, MAIN, film(width=320, height=180, shade=60), begin=100.0)
    await play(recorder, clock, HUE, film(width=640, height=360, shade=160, pictures=100), begin=102.0)
    await play(recorder, clock, replace(MAIN, number=3), film(width=320, height=180, shade=60), begin=106.0)
    await recorder.close()
    (part,) = recordings_in(folder / CONFERENCE)
    begin = datetime.fromtimestamp(part.times.stretches[0].at, UTC) + timedelta(seconds=2.0)
    speech = Spoken(speech="r1", title=title, begin=begin, end=begin + timedelta(seconds=4.0))
    return RecordingShelf(folder, lambda _: (speech,))


async def test_a_speech_has_a_chapter_under_the_office_that_is_known_now(tmp_path: Path) -> None:
    shelf = await recorded(tmp_path)

    found = await shelf.of(CONFERENCE)

    assert found is not None
    assert [(one.title, one.speech, one.chosen) for one in found.chapters] == [("Trưởng ban · Huế", "r1", None)]
    (chapter,) = found.chapters
    assert (chapter.end - chapter.start).total_seconds() == pytest.approx(4.0, abs=0.05)


async def test_stills_show_who_spoke_and_nobody_else(tmp_path: Path) -> None:
    shelf = await recorded(tmp_path)

    files = [await shelf.still(CONFERENCE, "r1", number) for number in (1, 2, 3)]

    for file in files:
        assert file is not None
        picture = np.asarray(Image.open(file).convert("L"))
        assert picture.shape == (360, 640)
        assert abs(float(np.median(picture[180:])) - (160 - 16) * 255 / 219) <= 4


async def test_there_is_no_still_of_a_speech_that_is_not_in_the_recording(tmp_path: Path) -> None:
    shelf = await recorded(tmp_path)

    assert await shelf.still(CONFERENCE, "r2", 1) is None
    assert await shelf.still(ConferenceId("other"), "r1", 1) is None


async def test_the_still_that_was_chosen_is_remembered_and_can_be_taken_back(tmp_path: Path) -> None:
    shelf = await recorded(tmp_path)

    taken = [await shelf.choose_still(CONFERENCE, "r1", 2), await shelf.choose_still(CONFERENCE, "r9", 1)]
    chosen = await shelf.of(CONFERENCE)
    await shelf.choose_still(CONFERENCE, "r1", None)
    none = await shelf.of(CONFERENCE)

    assert taken == [True, False]
    assert chosen is not None
    assert none is not None
    assert (chosen.chapters[0].chosen, none.chapters[0].chosen) == (2, None)


async def test_what_was_never_recorded_is_on_no_shelf(tmp_path: Path) -> None:
    assert await RecordingShelf(tmp_path).of(CONFERENCE) is None
