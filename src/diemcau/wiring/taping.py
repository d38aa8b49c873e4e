"""Where a desk's conference is recorded; what becomes of it goes to the operator's alarms and to the log."""

import logging
from dataclasses import replace
from pathlib import Path

from diemcau.conduct.clock import Clock
from diemcau.conduct.desk import Desk
from diemcau.media.recording.finishing import Recording

_LOG = logging.getLogger(__name__)


class DeskTape:
    """Where a conference is recorded; its troubles go to the operator's alarms."""

    def __init__(self, desk: Desk, folder: Path, scratch: Path, clock: Clock) -> None:
        self.folder = folder
        self.scratch = scratch
        self._desk = desk
        self._clock = clock

    def trouble(self, sentence: str | None) -> None:
        """Alarm the operator while the recording stands still, since the first time that it was told."""
        around = self._desk.surroundings
        since = None if sentence is None else around.recording_stopped_since or self._clock.now()
        self._desk.note_surroundings(replace(around, recording_stopped_since=since))

    def finished(self, recordings: tuple[Recording, ...]) -> None:
        """Log what was recorded."""
        for one in recordings:
            _LOG.info("recorded %s: %.1f s, %d chapters", one.path.name, one.seconds, one.chapters)
