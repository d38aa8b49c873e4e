"""Lines and cameras of one conference: who is on the line, and whose camera may come in.

The transport notices a dead peer only after some 23 seconds, so liveness is a beat each second:
three missed and the line is lost. A site has one camera connection at a time. Nothing here
reads a clock: the time, in seconds of a clock that never jumps, comes in with each call.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from diemcau.core.ids import SiteId

LOST_AFTER = 3.0
REPLACED_AFTER = 2.0
LET_IN_FOR = 30.0


class Line(StrEnum):
    """What became of a site's line."""

    UP = "up"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The camera may come in; `replacing` names the connection that has to go, if any."""

    replacing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Another camera of this site is alive; the sentence is for the log and the operator."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Camera:
    connection: str
    heard_at: float
    is_up: bool = False
    has_left: bool = False


class Lines:
    """The cameras that are connected, by site, and which of them are alive."""

    def __init__(self, on_line: Callable[[SiteId, Line], None]) -> None:
        self._on_line = on_line
        self._cameras: dict[SiteId, _Camera] = {}
        self._let_in: dict[SiteId, float] = {}

    def ask(self, site: SiteId, *, at: float) -> Welcome | Busy:
        """Say whether a new camera of a site may come in."""
        old = self._cameras.get(site)
        if old is None:
            return Welcome()
        silent = at - old.heard_at
        if old.has_left or silent >= REPLACED_AFTER or at - self._let_in.get(site, -LET_IN_FOR) < LET_IN_FOR:
            return Welcome(replacing=old.connection)
        return Busy(
            reason=f"site {site} has a camera that was heard {silent:.1f} s ago; it can be replaced "
            f"after {REPLACED_AFTER:.0f} s of silence, or when the operator lets the new one in"
        )

    def enter(self, site: SiteId, connection: str, *, at: float) -> None:
        """Take a camera in after `ask` welcomed it. The line is up with its first beat."""
        self._let_in.pop(site, None)
        old = self._cameras.get(site)
        was_up = old is not None and old.is_up
        self._cameras[site] = _Camera(connection=connection, heard_at=at, is_up=was_up)

    def leave(self, site: SiteId, connection: str) -> None:
        """Note that a connection ended. The line is lost only when no beat comes in time."""
        camera = self._cameras.get(site)
        if camera is None or camera.connection != connection:
            return
        if camera.is_up:
            self._cameras[site] = replace(camera, has_left=True)
        else:
            del self._cameras[site]

    def beat(self, site: SiteId, connection: str, *, at: float) -> bool:
        """Hear a camera's beat; return whether it is the one that counts."""
        camera = self._cameras.get(site)
        if camera is None or camera.connection != connection:
            return False
        self._cameras[site] = replace(camera, heard_at=at, is_up=True)
        if not camera.is_up:
            self._on_line(site, Line.UP)
        return True

    def tick(self, *, at: float) -> None:
        """Find the lines that are lost. A camera that is still connected may beat again."""
        for site, camera in tuple(self._cameras.items()):
            if at - camera.heard_at < LOST_AFTER:
                continue
            if camera.has_left:
                del self._cameras[site]
            elif camera.is_up:
                self._cameras[site] = replace(camera, is_up=False)
            if camera.is_up:
                self._on_line(site, Line.LOST)

    def let_in(self, site: SiteId, *, at: float) -> None:
        """Let the next camera of a site in, once and soon, though the old one is alive."""
        self._let_in[site] = at

    def is_up(self, site: SiteId) -> bool:
        """Whether a site's camera is alive."""
        camera = self._cameras.get(site)
        return camera is not None and camera.is_up
