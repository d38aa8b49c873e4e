"""The sites' lines: which halls are expected, connected, lost or restored.

Only whether a hall can be seen and heard. Who sits there is the roll call's, and what every
hall sees is `core.onair`'s. Liveness is measured outside; here stands what follows from it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLineUp:
    """A site's camera line was heard."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLineLost:
    """A site's camera line missed three beats."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class LetCameraIn:
    """The operator lets a second camera of a site take over from the one that is alive."""

    site: SiteId


Command: TypeAlias = NoteLineUp | NoteLineLost | LetCameraIn

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConnected:
    """A site's line came up for the first time."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineLost:
    """A site's line was lost."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRestored:
    """A site's line came back."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLetIn:
    """The operator let another camera of the site take over."""

    site: SiteId
    at: datetime


Event: TypeAlias = SiteConnected | LineLost | LineRestored | CameraLetIn

# Refusals


class SiteUnknown(Refusal):
    """No such site was invited."""

    code = "sites.unknown"


# State


class Line(StrEnum):
    """What is known of a site's line."""

    EXPECTED = "expected"
    CONNECTED = "connected"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """One site's line, and since when it is so."""

    site: SiteId
    line: Line = Line.EXPECTED
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The line of every invited site, in order of protocol."""

    lines: tuple[SiteLine, ...] = ()


def begin(facts: Facts) -> Lines:
    """Return the lines of a conference that was just convened: all expected."""
    ordered = sorted(facts.sites, key=lambda site: (not site.main, site.protocol, site.site))
    return Lines(lines=tuple(SiteLine(site=site.site) for site in ordered))


def decide(lines: Lines, command: Command, at: datetime) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`; news that is no news is nothing."""
    line = line_of(lines, command.site)
    match command:
        case NoteLineUp(site=site):
            return _line_up(line, site, at)
        case NoteLineLost(site=site):
            return (LineLost(site=site, at=at),) if line is Line.CONNECTED else ()
        case LetCameraIn(site=site):
            return (CameraLetIn(site=site, at=at),)
        case _:
            assert_never(command)


def evolve(lines: Lines, event: Event) -> Lines:
    """Return the lines after `event`."""
    match event:
        case SiteConnected(site=site, at=at) | LineRestored(site=site, at=at):
            return _with(lines, site, Line.CONNECTED, at)
        case LineLost(site=site, at=at):
            return _with(lines, site, Line.LOST, at)
        case CameraLetIn():
            return lines
        case _:
            assert_never(event)


def line_of(lines: Lines, site: SiteId) -> Line:
    """Return the state of a site's line, or raise `SiteUnknown`."""
    return find(lines, site).line


def find(lines: Lines, site: SiteId) -> SiteLine:
    """Return a site's line and since when it is so, or raise `SiteUnknown`."""
    for one in lines.lines:
        if one.site == site:
            return one
    raise SiteUnknown(site=site)


def who_is_connected(lines: Lines) -> tuple[SiteId, ...]:
    """Return the sites whose line is up."""
    return tuple(one.site for one in lines.lines if one.line is Line.CONNECTED)


def _line_up(line: Line, site: SiteId, at: datetime) -> tuple[Event, ...]:
    match line:
        case Line.EXPECTED:
            return (SiteConnected(site=site, at=at),)
        case Line.LOST:
            return (LineRestored(site=site, at=at),)
        case Line.CONNECTED:
            return ()
        case _:
            assert_never(line)


def _with(lines: Lines, site: SiteId, line: Line, at: datetime) -> Lines:
    changed = (SiteLine(site=one.site, line=line, since=at) if one.site == site else one for one in lines.lines)
    return replace(lines, lines=tuple(changed))
