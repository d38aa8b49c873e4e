"""Visits: the sessions of one conference, how well each is served, and what each is asked for.

Every second each line takes its step on the ladder: *up* by how what a camera sends arrives here,
*down* by what a screen tells of what arrives there, and by what its transport loses. What comes
late already from the site on air is held against no screen. Nothing here reads a clock.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.beats import CameraBeat, ScreenBeat
from diemcau.media.fabric import Admission, Guest, Outlet, Quality
from diemcau.media.ladder import Ladder, Measure, Rung, relieve, step
from diemcau.media.lines import LOST_AFTER
from diemcau.media.measure import Arrivals, Traffic

FAR_RTT_MS: Final = 20
_ORDER = tuple(Rung)


@dataclass(slots=True, kw_only=True)
class Visit:
    """One session. `arrivals`: of its camera, if it is one; `screen`: its last beat as a screen, and when."""

    admission: Admission
    guest: Guest | None = None
    line: Outlet | None = None
    arrivals: Arrivals = field(default_factory=Arrivals)
    traffic: Traffic = field(default_factory=Traffic)
    quality: Quality | None = None
    camera: CameraBeat | None = None
    screen: ScreenBeat | None = None
    screen_at: float | None = None
    is_judged: bool = True
    loss: float | None = None
    late_ms: int | None = None
    down: Ladder = field(default_factory=Ladder)
    told_rtt_ms: int | None = None
    told: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """How one site is doing, as the operators are told. None: not known."""

    level: float | None = None
    rtt_ms: int | None = None
    loss: float | None = None
    late_ms: int | None = None
    up: Rung | None = None
    down: Rung | None = None
    by: str | None = None
    screens: int = 0
    talk: bool = False


class Visits:
    """Everyone who is in one conference."""

    def __init__(self, new_outlet: Callable[[], Outlet]) -> None:
        self._new_outlet = new_outlet
        self._visits: dict[str, Visit] = {}
        self._ups: dict[SiteId, Ladder] = {}
        self._cameras: dict[SiteId, str] = {}
        self._spoken_to: Mapping[SiteId, int] = {}
        self._speaking: frozenset[SiteId] = frozenset()
        self._on_air: frozenset[SiteId] = frozenset()

    def begin(self, admission: Admission) -> None:
        """Take somebody in."""
        self._visits[admission.connection] = Visit(admission=admission)

    def enter(self, guest: Guest) -> Visit:
        """Note that somebody who was taken in is there."""
        visit = self._visits.setdefault(guest.admission.connection, Visit(admission=guest.admission))
        visit.guest = guest
        return visit

    def leave(self, admission: Admission) -> None:
        """Forget somebody who is gone."""
        visit = self._visits.pop(admission.connection, None)
        if visit is not None and visit.line is not None:
            visit.line.finish()

    def close(self) -> None:
        """Forget everyone."""
        for visit in tuple(self._visits.values()):
            self.leave(visit.admission)

    def all(self) -> tuple[Visit, ...]:
        """Return everyone."""
        return tuple(self._visits.values())

    def line_of(self, admission: Admission) -> Outlet | None:
        """Return what one session reads of its own line."""
        visit = self._visits.get(admission.connection)
        if visit is None:
            return None
        if visit.line is None:
            visit.line = self._new_outlet()
            self._tell(visit)
        return visit.line

    def quality(self, connection: str) -> Quality | None:
        """Return what the transport of a session counts now."""
        visit = self._visits.get(connection)
        return None if visit is None or visit.guest is None else visit.guest.quality()

    def hear_camera(self, site: SiteId, connection: str, beat: CameraBeat) -> None:
        """Hear the beat of the camera of a site that counts."""
        self._cameras[site] = connection
        if visit := self._visits.get(connection):
            visit.camera = beat

    def lose_camera(self, site: SiteId) -> None:
        """Note that a site has no camera any more; the next one begins on the same rung."""
        self._cameras.pop(site, None)

    def hear_screen(self, connection: str, beat: ScreenBeat, *, at: float) -> None:
        """Hear the beat of a screen."""
        visit = self._visits.get(connection)
        if visit is None:
            return
        if beat.crowded:
            if not any(self._is_crowded(site) for site in self._on_air):
                visit.down = relieve(visit.down, at=at)
            self._tell(visit)
        else:
            visit.screen, visit.screen_at, visit.is_judged = beat, at, False

    def hear_transports(self, counted: Mapping[str, Quality]) -> None:
        """Hear what the transport of each connection counts now, where it counts anything."""
        for connection, visit in self._visits.items():
            visit.quality = counted.get(connection)

    def up(self, site: SiteId) -> Rung:
        """Return what is taken of a site's camera."""
        return self._ups.get(site, Ladder()).rung

    def second(self, *, on_air: Iterable[SiteId], at: float) -> Mapping[SiteId, Rung]:
        """Let every line take its step; return what is to be taken of which site's camera, where that changed."""
        changed: dict[SiteId, Rung] = {}
        late_itself = Measure()
        self._on_air = shown = frozenset(on_air)
        for site, connection in self._cameras.items():
            visit = self._visits.get(connection)
            if visit is None:
                continue
            measure = visit.arrivals.take(at=at)
            visit.late_ms = measure.late_ms
            before = self._ups.get(site, Ladder())
            self._ups[site] = after = step(before, measure, at=at)
            if after.rung is not before.rung:
                changed[site] = after.rung
            if site in shown:
                late_itself = _worse(late_itself, measure)
        for visit in self._visits.values():
            self._step_down(visit, late_itself, at)
            self._tell(visit)
        return changed

    def relieve(self, site: SiteId, *, at: float) -> Mapping[SiteId, Rung]:
        """Return what is to be taken from now on of a camera on whose line a queue stands, if that is less."""
        if self.up(site) is not Rung.HIGH or not self._is_crowded(site):
            return {}
        self._ups[site] = relieve(self._ups.get(site, Ladder()), at=at)
        for visit in self._visits.values():
            self._tell(visit)
        return {site: self.up(site)}

    def is_far(self, connection: str) -> bool:
        """Whether a session's line is so long, or of such a kind, that what is lost comes again late."""
        visit = self._visits.get(connection)
        quality = (visit.quality if visit is not None else None) or self.quality(connection)
        return quality is None or quality.rtt_ms is None or quality.rtt_ms >= FAR_RTT_MS

    def skip(self, *, at: float) -> None:
        """Let a second pass by which no line can be judged."""
        for visit in self._visits.values():
            visit.arrivals.take(at=at)
            visit.is_judged = True

    def arrivals(self, admission: Admission) -> Arrivals:
        """Return what measures what arrives of one session."""
        visit = self._visits.get(admission.connection)
        return visit.arrivals if visit is not None else Arrivals()

    def talk(self, *, spoken_to: Mapping[SiteId, int], speaking: frozenset[SiteId]) -> None:
        """Note to which sites an operator talks, by which voice, and which sites talk to the operators."""
        self._spoken_to, self._speaking = spoken_to, speaking
        for visit in self._visits.values():
            self._tell(visit)

    def screens(self, site: SiteId, *, at: float) -> tuple[Visit, ...]:
        """Return the screens of a site that are alive."""
        return tuple(visit for visit in self._visits.values() if visit.admission.site == site and _is_alive(visit, at))

    def states(self, *, at: float) -> Mapping[SiteId, SiteState]:
        """Return how every site is doing whose camera or screen is there."""
        sites = {visit.admission.site for visit in self._visits.values() if _is_alive(visit, at)}
        here = {site for site in sites if site is not None} | set(self._cameras) | self._speaking
        return {site: self._state(site, at) for site in sorted(here)}

    def _is_crowded(self, site: SiteId) -> bool:
        visit = self._visits.get(self._cameras.get(site, ""))
        return visit is not None and visit.arrivals.is_crowded

    def _state(self, site: SiteId, at: float) -> SiteState:
        screens = self.screens(site, at=at)
        camera = self._visits.get(self._cameras.get(site, ""))
        shown = camera or (screens[0] if screens else None)
        beat = camera.camera if camera is not None else None
        told = [visit.screen.late_ms for visit in screens if visit.screen and visit.screen.late_ms is not None]
        late = camera.late_ms if camera is not None else None
        return SiteState(
            level=beat.level if beat else None,
            rtt_ms=shown.quality.rtt_ms if shown and shown.quality else None,
            loss=None if shown is None or shown.loss is None else round(shown.loss, 3),
            late_ms=late if late is not None else max(told, default=None),
            up=self.up(site) if camera is not None else None,
            down=max((visit.down.rung for visit in screens), key=_ORDER.index, default=None),
            by=(beat.by if beat else None) or next((v.screen.by for v in screens if v.screen and v.screen.by), None),
            screens=len(screens),
            talk=site in self._speaking,
        )

    def _step_down(self, visit: Visit, late_itself: Measure, at: float) -> None:
        visit.loss = visit.traffic.take(visit.quality).loss
        visit.told_rtt_ms = _steadied(visit.quality.rtt_ms if visit.quality is not None else None, visit.told_rtt_ms)
        if visit.is_judged or visit.screen is None:
            if visit.screen is None or not _is_alive(visit, at):
                visit.down = step(visit.down, Measure(), at=at)
            return  # a beat that is a little late is judged when it comes
        visit.is_judged = True
        told = visit.screen
        measure = Measure(
            late_ms=None if told.late_ms is None else max(0, told.late_ms - (late_itself.late_ms or 0)),
            gaps=None if told.gaps is None else max(0, told.gaps - (late_itself.gaps or 0)),
            loss=visit.loss,
            room_kbps=told.room_kbps,
        )
        visit.down = step(visit.down, measure, at=at)

    def _tell(self, visit: Visit) -> None:
        if visit.line is None:
            return
        site = visit.admission.site
        text = _json(
            {
                "up": self.up(site) if site is not None else Rung.HIGH,
                "down": visit.down.rung,
                "rtt_ms": visit.told_rtt_ms,
                "loss": None if visit.loss is None else round(visit.loss, 2),
                "talk": site in self._spoken_to,
                "voice": self._spoken_to.get(site) if site is not None else None,
            }
        )
        if text != visit.told:
            visit.told = text
            visit.line.write_text(paths.STATE, text)


def _is_alive(visit: Visit, at: float) -> bool:
    return visit.screen_at is not None and at - visit.screen_at < LOST_AFTER


def write_states(states: Mapping[SiteId, SiteState]) -> bytes:
    """Return the text of the operators' wall: what is not known is left out."""
    return _json({"sites": {site: _known(asdict(state)) for site, state in states.items()}})


def _json(record: Mapping[str, object]) -> bytes:
    return json.dumps(_known(record)).encode()


def _known(record: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if value is not None}


def _steadied(now: int | None, told: int | None) -> int | None:
    """Return the round trip to tell: what was told before as long as that is near enough."""
    is_near = now is not None and told is not None and abs(now - told) <= max(5, told // 5)
    return told if is_near else now


def _worse(one: Measure, other: Measure) -> Measure:
    return Measure(
        late_ms=max(one.late_ms or 0, other.late_ms or 0),
        gaps=max(one.gaps or 0, other.gaps or 0),
    )
