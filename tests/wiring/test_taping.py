"""What the operator is told of the recording: an alarm as long as it stands still."""

from datetime import timedelta
from pathlib import Path

import pytest

from diemcau.conduct.alarms import Surroundings
from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import convene, open_desk
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from diemcau.wiring.taping import DeskTape
from tests.core.samples import HUE, NINE, facts

pytestmark = pytest.mark.anyio


async def test_the_recorder_has_stopped_since_it_was_told_first_until_it_goes_on(tmp_path: Path) -> None:
    journal, clock, told = MemoryJournal(CODEC), HandClock(NINE), []
    await convene(journal, clock, facts(), Author(role="plan"))
    desk = await open_desk(journal, clock, facts().conference, {})
    desk.note_surroundings(Surroundings(telephones={HUE: "0234"}))
    tape = DeskTape(desk, tmp_path / "recordings", tmp_path / "scratch", clock)

    for sentence in ("make room", "make room", None):
        tape.trouble(sentence)
        told.append(desk.surroundings)
        await clock.wind_to(clock.now() + timedelta(seconds=6))

    stopped = Surroundings(telephones={HUE: "0234"}, recording_stopped_since=NINE)
    assert told == [stopped, stopped, Surroundings(telephones={HUE: "0234"})]
