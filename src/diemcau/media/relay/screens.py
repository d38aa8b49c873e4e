"""The lines of those who only look at a relay: each is stepped down and up here, where it is measured.

A camera's line is judged by the node above, which hears its beats as its own; what it says is
passed on. Nothing here reads a clock.
"""

from collections.abc import Callable, Mapping
from typing import Final

from diemcau.media import paths
from diemcau.media.beats import read_screen_beat
from diemcau.media.fabric import Admission, Guest, Outlet, Quality
from diemcau.media.metered import Metering
from diemcau.media.visits import Visits

_AT_FIRST: Final = b'{"up": "high", "down": "high", "talk": false}'


class Screens:
    """Everyone's line at one relay."""

    def __init__(self, new_outlet: Callable[[], Outlet], clock: Callable[[], float], *, metered: Metering) -> None:
        self._new_outlet = new_outlet
        self._metered = metered
        self._clock = clock
        self._visits = Visits(new_outlet)
        self._told_above: dict[str, Outlet] = {}

    def begin(self, admission: Admission, *, is_camera: bool) -> None:
        """Take somebody in."""
        if is_camera:
            line = self._told_above[admission.connection] = self._new_outlet()
            line.write_text(paths.STATE, _AT_FIRST)
        else:
            self._visits.begin(admission)

    def leave(self, admission: Admission) -> None:
        """Forget somebody who is gone."""
        self._visits.leave(admission)
        line = self._told_above.pop(admission.connection, None)
        if line is not None:
            line.finish()

    def line(self, admission: Admission) -> Outlet | None:
        """Return what one session reads of its own line."""
        return self._told_above.get(admission.connection) or self._visits.line_of(admission)

    async def hear(self, guest: Guest) -> None:
        """Hear how well the program arrives at somebody who only looks."""
        self._visits.enter(guest)
        async for source in guest.sources():
            if paths.read_watch(source.path) is not None:
                async for text in self._metered(guest.admission, source).texts(paths.BEAT):
                    self._visits.hear_screen(guest.admission.connection, read_screen_beat(text), at=self._clock())

    def second(self, counted: Mapping[str, Quality]) -> None:
        """Let every line take its step, by what each transport counts now; to be called once a second."""
        self._visits.hear_transports(counted)
        self._visits.second(on_air=(), at=self._clock())
