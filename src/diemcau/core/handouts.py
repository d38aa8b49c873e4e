"""The handouts: which file, and which of its pages, every hall is shown.

A page is turned for all halls together. The file itself is not here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.ids import HandoutId
from diemcau.core.refusals import Refusal

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage:
    """Show every hall a page (from 1) of a handout."""

    handout: HandoutId
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDownHandout:
    """Show no handout any more."""


Command: TypeAlias = ShowPage | TakeDownHandout

# Events


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


Event: TypeAlias = PageShown | HandoutTakenDown

# Refusals


class PageImpossible(Refusal):
    """Pages are counted from 1 to 10,000, and a handout has a name."""

    code = "handouts.page_impossible"


class NothingShown(Refusal):
    """No handout is being shown."""

    code = "handouts.nothing_shown"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Handouts:
    """The handout being shown, and its page."""

    shown: HandoutId | None = None
    page: int = 0


LAST_PAGE = 10_000
LONGEST_NAME = 200


def decide(handouts: Handouts, command: Command, at: datetime) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case ShowPage(handout=handout, page=page):
            _need_page(handout, page)
            if (handouts.shown, handouts.page) == (handout, page):
                return ()
            return (PageShown(handout=handout, page=page, at=at),)
        case TakeDownHandout():
            if handouts.shown is None:
                raise NothingShown
            return (HandoutTakenDown(handout=handouts.shown, at=at),)
        case _:
            assert_never(command)


def evolve(_handouts: Handouts, event: Event) -> Handouts:
    """Return what is shown after `event`."""
    match event:
        case PageShown(handout=handout, page=page):
            return Handouts(shown=handout, page=page)
        case HandoutTakenDown():
            return Handouts()
        case _:
            assert_never(event)


def _need_page(handout: HandoutId, page: int) -> None:
    named = handout.strip() and len(handout) <= LONGEST_NAME
    if not named or not 1 <= page <= LAST_PAGE:
        raise PageImpossible
