"""The air: what every hall sees and hears.

The main site is always in the program while the conference is open; beside it the site that
was taken to the air. Only the holder of the floor can be taken: nothing that a hall sends
reaches another hall unless the chair's decision put it there. Being on air is a state of the
site beside the floor: off → standby (the hall is ready) → preview → on air → held (line lost).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core import floor, sites
from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import Conduct
from diemcau.core.sites import SiteUnknown


class Layout(StrEnum):
    """How the program shows the main site and the holder of the floor."""

    MAIN = "main"
    HOLDER = "holder"
    SIDE_BY_SIDE = "side_by_side"
    HOLDER_WITH_MAIN = "holder_with_main"
    DOCUMENT = "document"


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReady:
    """A hall confirms that its camera and microphone are ready."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSite:
    """The operator looks at a site's picture before taking it."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSite:
    """The operator takes the holder of the floor to the air."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBack:
    """The operator goes back to the main site alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseConduct:
    """The take follows the grant by itself, or the operator takes by hand."""

    conduct: Conduct


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseLayout:
    """The operator chooses how the program shows the two sites."""

    layout: Layout


Command: TypeAlias = ConfirmReady | PreviewSite | TakeSite | CutBack | ChooseConduct | ChooseLayout

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStoodBy:
    """A hall confirmed that it is ready."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePreviewed:
    """A site's picture went to the operator's preview."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTaken:
    """A site went on air: every hall sees and hears it."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCutBack:
    """A site left the air."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AirHeld:
    """The line of the site on air was lost; its last picture is held."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AirRestored:
    """The site whose line was lost is on air again."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductChosen:
    """It was chosen who takes: the grant by itself, or the operator."""

    conduct: Conduct


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutChosen:
    """The program's layout was chosen."""

    layout: Layout
    at: datetime


Event: TypeAlias = (
    SiteStoodBy | SitePreviewed | SiteTaken | SiteCutBack | AirHeld | AirRestored | ConductChosen | LayoutChosen
)

# Refusals


class NotHolder(Refusal):
    """Only the site that holds the floor can be taken to the air."""

    code = "onair.not_holder"


class OnAirAlready(Refusal):
    """The site is on air already."""

    code = "onair.on_air_already"


class NobodyOnAir(Refusal):
    """No site but the main one is on air."""

    code = "onair.nobody_on_air"


class LineDown(Refusal):
    """The site's line is not up, so there is no picture to show."""

    code = "onair.line_down"


# State


class AirState(StrEnum):
    """How far a site is on its way to the air."""

    OFF = "off"
    STANDBY = "standby"
    PREVIEW = "preview"
    ON_AIR = "on_air"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """Which site is on air beside the main one, which is in preview, which halls are ready.

    The main site is never `taken`: it is in the program anyway, also while it holds the floor.
    """

    conduct: Conduct = Conduct.AUTOMATIC
    layout: Layout = Layout.HOLDER_WITH_MAIN
    ready: frozenset[SiteId] = frozenset()
    preview: SiteId | None = None
    taken: SiteId | None = None
    held_since: datetime | None = None


def begin(facts: Facts) -> Air:
    """Return the air of a conference that was just convened."""
    return Air(conduct=facts.regulations.conduct)


def decide(
    air: Air,
    command: Command,
    at: datetime,
    *,
    facts: Facts,
    holder: SiteId | None,
    lines: sites.Lines,
) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at` while `holder` has the floor, or raise a `Refusal`."""
    match command:
        case ConfirmReady(site=site):
            _need_site(facts, site)
            return () if site in air.ready else (SiteStoodBy(site=site),)
        case PreviewSite(site=site):
            _need_line(lines, site)
            return () if air.preview == site else (SitePreviewed(site=site),)
        case TakeSite(site=site):
            if site == facts.main_site:
                raise OnAirAlready(site=site)
            return _take(air, site, at, holder=holder, lines=lines)
        case CutBack():
            if air.taken is None:
                raise NobodyOnAir
            return (SiteCutBack(site=air.taken, at=at),)
        case ChooseConduct(conduct=conduct):
            return () if air.conduct is conduct else (ConductChosen(conduct=conduct),)
        case ChooseLayout(layout=layout):
            return () if air.layout is layout else (LayoutChosen(layout=layout, at=at),)
        case _:
            assert_never(command)


def follow(air: Air, event: object, *, facts: Facts, lines: sites.Lines) -> tuple[Event, ...]:
    """Return what the air does by itself after another topic's `event`."""
    match event:
        case floor.FloorGranted(site=site, at=at):
            return _follow_grant(air, site, at, main=facts.main_site, lines=lines)
        case floor.FloorReleased(site=site, at=at) | floor.FloorRevoked(site=site, at=at):
            return (SiteCutBack(site=site, at=at),) if air.taken == site else ()
        case sites.LineLost(site=site, at=at):
            return (AirHeld(site=site, at=at),) if air.taken == site and air.held_since is None else ()
        case sites.SiteConnected(site=site, at=at) | sites.LineRestored(site=site, at=at):
            return (AirRestored(site=site, at=at),) if air.taken == site and air.held_since is not None else ()
        case _:
            return ()


def evolve(air: Air, event: Event) -> Air:
    """Return the air after `event`."""
    match event:
        case SiteStoodBy(site=site):
            return replace(air, ready=air.ready | {site})
        case SitePreviewed(site=site):
            return replace(air, preview=site)
        case SiteTaken(site=site):
            preview = None if air.preview == site else air.preview
            return replace(air, taken=site, held_since=None, preview=preview)
        case SiteCutBack(site=site):
            return replace(air, taken=None, held_since=None, ready=air.ready - {site})
        case AirHeld(at=at):
            return replace(air, held_since=at)
        case AirRestored():
            return replace(air, held_since=None)
        case ConductChosen(conduct=conduct):
            return replace(air, conduct=conduct)
        case LayoutChosen(layout=layout):
            return replace(air, layout=layout)
        case _:
            assert_never(event)


def without(air: Air, site: SiteId) -> Air:
    """Return the air after the line of `site` was lost: there is no picture of it to preview, and it is not ready."""
    return replace(air, ready=air.ready - {site}, preview=None if air.preview == site else air.preview)


def at_rest(air: Air) -> Air:
    """Return the air after the conference was closed: no hall is ready and none is looked at."""
    return replace(air, ready=frozenset(), preview=None)


def state_of(air: Air, site: SiteId) -> AirState:
    """Return how far `site` is on its way to the air."""
    if air.taken == site:
        return AirState.ON_AIR if air.held_since is None else AirState.HELD
    if air.preview == site:
        return AirState.PREVIEW
    return AirState.STANDBY if site in air.ready else AirState.OFF


def next_deadline(air: Air, facts: Facts) -> datetime | None:
    """Return when the floor of a site whose line is lost is taken back."""
    return None if air.held_since is None else air.held_since + facts.regulations.line_grace


def _need_site(facts: Facts, site: SiteId) -> None:
    if not facts.has_site(site):
        raise SiteUnknown(site=site)


def _need_line(lines: sites.Lines, site: SiteId) -> None:
    if sites.line_of(lines, site) is not sites.Line.CONNECTED:
        raise LineDown(site=site)


def _take(air: Air, site: SiteId, at: datetime, *, holder: SiteId | None, lines: sites.Lines) -> tuple[Event, ...]:
    _need_line(lines, site)
    if holder != site:
        raise NotHolder(site=site)
    if air.taken == site:
        raise OnAirAlready(site=site)
    return (SiteTaken(site=site, at=at),)


def _follow_grant(air: Air, site: SiteId, at: datetime, *, main: SiteId, lines: sites.Lines) -> tuple[Event, ...]:
    if air.conduct is Conduct.MANUAL or site == main:
        return ()
    taken = SiteTaken(site=site, at=at)
    if sites.line_of(lines, site) is sites.Line.CONNECTED:
        return (taken,)
    return (taken, AirHeld(site=site, at=at))
