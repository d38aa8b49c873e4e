"""Where watching over plain HTTP finds what it shows: the recording that runs, or a rehearsal's scratch."""

import shutil
from datetime import datetime
from pathlib import Path

from diemcau.conduct.clock import Clock
from diemcau.core.ids import ConferenceId
from diemcau.core.roles import Role
from diemcau.media.hls.line import Line
from diemcau.media.passes import Passes, new_pass


class Lines:
    """The lines of all conferences of this server. What a rehearsal left when the server ended is removed."""

    def __init__(self, recordings: Path, scratch: Path, passes: Passes, clock: Clock) -> None:
        self._folders = (scratch, recordings)
        self._scratch = scratch
        self._passes = passes
        self._clock = clock
        self._lines: dict[Path, Line] = {}
        shutil.rmtree(scratch, ignore_errors=True)

    def scratch_of(self, conference: ConferenceId) -> Path:
        """Return the folder of what is recorded of a conference's rehearsals, while they last."""
        return self._scratch / conference

    async def line(self, conference: ConferenceId) -> Line | None:
        """Return a conference's line, a rehearsal's before its own, or nothing if nothing is recorded."""
        for line in (self._line(folder / conference) for folder in self._folders):
            if await line.is_there():
                return line
        return None

    def screen_token(self, conference: ConferenceId, until: datetime) -> str:
        """Return the token of a new pass of a screen, good until then at most."""
        pass_ = new_pass(conference=conference, role=Role.PROGRAM, site=None, until=until, at=self._clock.now())
        return self._passes.issue(pass_)

    def _line(self, folder: Path) -> Line:
        if folder not in self._lines:
            self._lines[folder] = Line(folder)
        return self._lines[folder]
