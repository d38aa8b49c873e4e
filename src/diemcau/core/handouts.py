"""The handouts: which files may be shown, and which page of which of them every hall is shown.

A page is turned for all halls together. The file itself is not here, only the digest that names
it: halls that hold a file of that digest all see the same page.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.ids import HandoutId
from diemcau.core.refusals import Refusal

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHandout:
    """Put a file on the list of what may be shown, or in place of the one of that name."""

    handout: HandoutId
    title: str
    pages: int
    digest: str
    """SHA-256 of the file in lower-case hex; empty for sample pages, which are drawn when they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage:
    """Show every hall a page (from 1) of a handout."""

    handout: HandoutId
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDownHandout:
    """Show no handout any more."""


Command: TypeAlias = ListHandout | ShowPage | TakeDownHandout

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutListed:
    """A file may be shown from now on."""

    handout: HandoutId
    title: str
    pages: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown:
    """Every hall was shown a page."""

    handout: HandoutId
    page: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutTakenDown:
    """The handout was taken down."""

    handout: HandoutId
    at: datetime


Event: TypeAlias = HandoutListed | PageShown | HandoutTakenDown

# Refusals


class HandoutImpossible(Refusal):
    """A handout has a name, a title of at most 300 characters, 1 to 10,000 pages and a digest."""

    code = "handouts.impossible"


class TooManyHandouts(Refusal):
    """A conference has at most 200 handouts."""

    code = "handouts.too_many"


class HandoutUnknown(Refusal):
    """No handout of that name is on the list."""

    code = "handouts.unknown"


class PageImpossible(Refusal):
    """Pages are counted from 1 to the last one of the handout."""

    code = "handouts.page_impossible"


class NothingShown(Refusal):
    """No handout is being shown."""

    code = "handouts.nothing_shown"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """A file that may be shown."""

    handout: HandoutId
    title: str
    pages: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handouts:
    """What may be shown, in the order in which it was listed; the handout being shown, and its page."""

    listed: tuple[Handout, ...] = ()
    shown: HandoutId | None = None
    page: int = 0


LAST_PAGE = 10_000
LONGEST_NAME = 200
LONGEST_TITLE = 300
MOST_HANDOUTS = 200
_DIGEST = re.compile(r"[0-9a-f]{64}|")


def decide(handouts: Handouts, command: Command, at: datetime) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case ListHandout():
            return _list(handouts, command, at)
        case ShowPage(handout=handout, page=page):
            _need_page(handouts, handout, page)
            if (handouts.shown, handouts.page) == (handout, page):
                return ()
            return (PageShown(handout=handout, page=page, at=at),)
        case TakeDownHandout():
            if handouts.shown is None:
                raise NothingShown
            return (HandoutTakenDown(handout=handouts.shown, at=at),)
        case _:
            assert_never(command)


def evolve(handouts: Handouts, event: Event) -> Handouts:
    """Return what may be and what is shown after `event`."""
    match event:
        case HandoutListed(handout=name, title=title, pages=pages, digest=digest):
            new = Handout(handout=name, title=title, pages=pages, digest=digest)
            known = find(handouts, name) is not None
            listed = tuple(new if one.handout == name else one for one in handouts.listed)
            return replace(handouts, listed=listed if known else (*listed, new))
        case PageShown(handout=handout, page=page):
            return replace(handouts, shown=handout, page=page)
        case HandoutTakenDown():
            return replace(handouts, shown=None, page=0)
        case _:
            assert_never(event)


def find(handouts: Handouts, name: HandoutId) -> Handout | None:
    """Return the handout of that name, if it is on the list."""
    return next((one for one in handouts.listed if one.handout == name), None)


def listed_again(handouts: Handouts, at: datetime) -> tuple[HandoutListed, ...]:
    """Return the events that list the same handouts elsewhere: in a rehearsal."""
    return tuple(
        HandoutListed(handout=one.handout, title=one.title, pages=one.pages, digest=one.digest, at=at)
        for one in handouts.listed
    )


def _list(handouts: Handouts, command: ListHandout, at: datetime) -> tuple[Event, ...]:
    """List a file; a page that the new file no longer has is taken down first."""
    name, title = command.handout, command.title
    named = bool(name.strip()) and len(name) <= LONGEST_NAME and bool(title.strip()) and len(title) <= LONGEST_TITLE
    if not named or not 1 <= command.pages <= LAST_PAGE or not _DIGEST.fullmatch(command.digest):
        raise HandoutImpossible
    known = find(handouts, name)
    if known is None and len(handouts.listed) >= MOST_HANDOUTS:
        raise TooManyHandouts
    if known == Handout(handout=name, title=title, pages=command.pages, digest=command.digest):
        return ()
    gone = handouts.shown == name and handouts.page > command.pages
    taken_down = (HandoutTakenDown(handout=name, at=at),) if gone else ()
    listed = HandoutListed(handout=name, title=title, pages=command.pages, digest=command.digest, at=at)
    return (*taken_down, listed)


def _need_page(handouts: Handouts, name: HandoutId, page: int) -> None:
    handout = find(handouts, name)
    if handout is None:
        raise HandoutUnknown
    if not 1 <= page <= handout.pages:
        raise PageImpossible
