"""Taking to the air, cutting back, choosing how it looks, and going one step back.

Commands, events and state stand in `core.onair`. Every such change keeps what was on air before
it, and undoing it brings that back; but what is undone never puts a site on air that holds the
floor no longer or whose line is down.
"""

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core import sites
from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.onair import (
    MOST_IN_GALLERY,
    Air,
    ChooseGallery,
    ChooseLayout,
    CutBack,
    GalleryChosen,
    Layout,
    LayoutChosen,
    Shown,
    SiteCutBack,
    SiteTaken,
    TakeSite,
    TakeUndone,
    UndoTake,
    shown,
)
from diemcau.core.onair_refusals import (
    GalleryEmpty,
    GalleryImpossible,
    LineDown,
    NobodyOnAir,
    NothingToUndo,
    NotHolder,
    OnAirAlready,
)
from diemcau.core.refusals import Refusal
from diemcau.core.sites import SiteUnknown

Taking: TypeAlias = TakeSite | CutBack | ChooseLayout | ChooseGallery | UndoTake
Taken: TypeAlias = SiteTaken | SiteCutBack | LayoutChosen | GalleryChosen | TakeUndone


def decide(
    air: Air,
    command: Taking,
    at: datetime,
    *,
    facts: Facts,
    holder: SiteId | None,
    lines: sites.Lines,
) -> tuple[Taken, ...]:
    """Return what happens if `command` is given at `at` while `holder` has the floor, or raise a `Refusal`."""
    match command:
        case TakeSite(site=site):
            return _take(air, site, at, main=facts.main_site, holder=holder, lines=lines)
        case CutBack():
            if air.taken is None:
                raise NobodyOnAir
            return (SiteCutBack(site=air.taken, at=at),)
        case ChooseLayout(layout=layout):
            if layout is Layout.GALLERY and not air.gallery:
                raise GalleryEmpty
            return () if air.layout is layout else (LayoutChosen(layout=layout, at=at),)
        case ChooseGallery(sites=chosen):
            _need_gallery(facts, chosen)
            return () if air.gallery == chosen else (GalleryChosen(sites=chosen, at=at),)
        case UndoTake():
            return _undo(air, at, holder=holder, lines=lines)
        case _:
            assert_never(command)


def evolve(air: Air, event: Taken) -> Air:
    """Return the air after `event`."""
    before = shown(air)
    match event:
        case SiteTaken(site=site):
            preview = None if air.preview == site else air.preview
            return replace(air, taken=site, held_since=None, cut_in=False, preview=preview, before=before)
        case SiteCutBack(site=site):
            return replace(air, taken=None, held_since=None, cut_in=False, ready=air.ready - {site}, before=before)
        case LayoutChosen(layout=layout):
            return replace(air, layout=layout, before=before)
        case GalleryChosen(sites=chosen):
            return replace(air, gallery=chosen, before=before)
        case TakeUndone():
            return _undone(air, event)
        case _:
            assert_never(event)


def may_undo(air: Air, *, holder: SiteId | None, lines: sites.Lines) -> bool:
    """Say whether there is a last take, cut or choice, and what was before it may be on air now."""
    try:
        _need_undoable(air, holder=holder, lines=lines)
    except Refusal:
        return False
    return True


def need_line(lines: sites.Lines, site: SiteId) -> None:
    """Raise a `Refusal` unless there is a picture of `site` to show."""
    if sites.line_of(lines, site) is not sites.Line.CONNECTED:
        raise LineDown(site=site)


def _take(
    air: Air, site: SiteId, at: datetime, *, main: SiteId, holder: SiteId | None, lines: sites.Lines
) -> tuple[SiteTaken, ...]:
    if site == main:
        raise OnAirAlready(site=site)
    need_line(lines, site)
    if holder != site:
        raise NotHolder(site=site)
    if air.taken == site:
        raise OnAirAlready(site=site)
    return (SiteTaken(site=site, at=at),)


def _need_gallery(facts: Facts, chosen: tuple[SiteId, ...]) -> None:
    for site in chosen:
        if not facts.has_site(site):
            raise SiteUnknown(site=site)
    if not 1 <= len(chosen) <= MOST_IN_GALLERY or len(set(chosen)) < len(chosen):
        raise GalleryImpossible(most=str(MOST_IN_GALLERY))


def _undo(air: Air, at: datetime, *, holder: SiteId | None, lines: sites.Lines) -> tuple[TakeUndone, ...]:
    back = _need_undoable(air, holder=holder, lines=lines)
    return (TakeUndone(taken=back.taken, layout=back.layout, gallery=back.gallery, at=at),)


def _need_undoable(air: Air, *, holder: SiteId | None, lines: sites.Lines) -> Shown:
    back = air.before
    if back is None:
        raise NothingToUndo
    if back.taken is not None and back.taken != air.taken:
        if back.taken != holder:
            raise NotHolder(site=back.taken)
        need_line(lines, back.taken)
    return back


def _undone(air: Air, event: TakeUndone) -> Air:
    """Return the air with what was before; who stays on air with a lost line stays held."""
    back = replace(air, taken=event.taken, layout=event.layout, gallery=event.gallery, before=None)
    if event.taken == air.taken:
        return back
    preview = None if air.preview == event.taken else air.preview
    return replace(back, held_since=None, cut_in=False, preview=preview)
