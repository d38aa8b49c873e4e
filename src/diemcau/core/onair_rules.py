"""The rules of the air as one: which command leads where, and what the air does by itself.

Commands, events and state stand in `core.onair`. What is taken, chosen and undone is decided in
`core.onair_takes`, what is laid over the program in `core.onair_overlay`.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from diemcau.core import floor, onair_overlay, onair_takes, sites
from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.onair import (
    Air,
    AirHeld,
    AirRestored,
    ChooseConduct,
    Command,
    ConductChosen,
    ConfirmReady,
    Event,
    MainCutIn,
    PreviewSite,
    SiteCutBack,
    SitePreviewed,
    SiteStoodBy,
    SiteTaken,
    TakeUndone,
)
from diemcau.core.onair_takes import need_line
from diemcau.core.regulations import Conduct
from diemcau.core.sites import SiteUnknown


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
    if isinstance(command, onair_takes.Taking):
        return onair_takes.decide(air, command, at, facts=facts, holder=holder, lines=lines)
    match command:
        case ConfirmReady(site=site):
            _need_site(facts, site)
            return () if site in air.ready else (SiteStoodBy(site=site),)
        case PreviewSite(site=site):
            need_line(lines, site)
            return () if air.preview == site else (SitePreviewed(site=site),)
        case ChooseConduct(conduct=conduct):
            return () if air.conduct is conduct else (ConductChosen(conduct=conduct),)
        case _:
            return onair_overlay.decide(air, command, at, main=facts.main_site)


def follow(air: Air, event: object, *, facts: Facts, lines: sites.Lines) -> tuple[Event, ...]:
    """Return what the air does by itself after an `event` of its own or of another topic."""
    match event:
        case floor.FloorGranted(site=site, at=at):
            return _follow_grant(air, site, at, main=facts.main_site, lines=lines)
        case floor.FloorReleased(site=site, at=at) | floor.FloorRevoked(site=site, at=at):
            return (SiteCutBack(site=site, at=at),) if air.taken == site else ()
        case sites.LineLost(site=site, at=at):
            return (AirHeld(site=site, at=at),) if air.taken == site and air.held_since is None else ()
        case sites.SiteConnected(site=site, at=at) | sites.LineRestored(site=site, at=at):
            return (AirRestored(site=site, at=at),) if air.taken == site and air.held_since is not None else ()
        case SiteCutBack(at=at) | TakeUndone(at=at):
            gone = air.lower_third not in (facts.main_site, air.taken)
            return tuple(onair_overlay.lower_third_down(air, at)) if gone else ()
        case _:
            return ()


def evolve(air: Air, event: Event) -> Air:
    """Return the air after `event`."""
    if isinstance(event, onair_takes.Taken):
        return onair_takes.evolve(air, event)
    if isinstance(event, onair_overlay.Laid):
        return onair_overlay.evolve(air, event)
    match event:
        case SiteStoodBy(site=site):
            return replace(air, ready=air.ready | {site})
        case SitePreviewed(site=site):
            return replace(air, preview=site)
        case AirHeld(at=at):
            return replace(air, held_since=at)
        case MainCutIn():
            return replace(air, cut_in=True)
        case AirRestored():
            return replace(air, held_since=None, cut_in=False)
        case ConductChosen(conduct=conduct):
            return replace(air, conduct=conduct)
        case _:
            assert_never(event)


def without(air: Air, site: SiteId) -> Air:
    """Return the air after the line of `site` was lost: there is no picture of it to preview, and it is not ready."""
    return replace(air, ready=air.ready - {site}, preview=None if air.preview == site else air.preview)


def at_rest(air: Air) -> Air:
    """Return the air after the conference was closed: no hall is ready, none is looked at, nothing is undone."""
    return replace(air, ready=frozenset(), preview=None, before=None)


def next_deadline(air: Air, facts: Facts) -> datetime | None:
    """Return when the main site is cut in for a line that is lost."""
    if air.held_since is None or air.cut_in:
        return None
    return air.held_since + facts.regulations.cut_in_after


def grace_ends(speech: floor.FloorRequest | None, lines: sites.Lines, facts: Facts) -> datetime | None:
    """Return when the floor of who speaks is taken back for want of a line, on air or not; None: it has one."""
    if speech is None or speech.granted_at is None or speech.site == facts.main_site:
        return None
    line = sites.find(lines, speech.site)
    if line.line is sites.Line.CONNECTED:
        return None
    since = speech.granted_at if line.since is None else max(line.since, speech.granted_at)
    return since + facts.regulations.line_grace


def reach_deadline(air: Air, at: datetime, facts: Facts) -> tuple[MainCutIn, ...]:
    """Return the main site's cutting in, if it is due at `at`."""
    if air.taken is None or air.held_since is None or air.cut_in:
        return ()
    due = air.held_since + facts.regulations.cut_in_after
    return (MainCutIn(site=air.taken, at=at),) if due <= at else ()


def _need_site(facts: Facts, site: SiteId) -> None:
    if not facts.has_site(site):
        raise SiteUnknown(site=site)


def _follow_grant(air: Air, site: SiteId, at: datetime, *, main: SiteId, lines: sites.Lines) -> tuple[Event, ...]:
    if air.conduct is Conduct.MANUAL or site == main:
        return ()
    taken = SiteTaken(site=site, at=at)
    if sites.line_of(lines, site) is sites.Line.CONNECTED:
        return (taken,)
    return (taken, AirHeld(site=site, at=at))
