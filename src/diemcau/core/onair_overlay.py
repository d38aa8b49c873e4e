"""What is laid over the program: a standing picture, a slate, the lower third of a site.

Commands, events and state stand in `core.onair`. All of it belongs to a program that is running:
it ends when the conference is adjourned or closed. How long a lower third stays by itself after a
take is the screen's.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.ids import SiteId
from diemcau.core.onair import (
    LONGEST_SLATE,
    Air,
    FreezeProgram,
    LowerThirdPinned,
    LowerThirdTakenDown,
    PinLowerThird,
    ProgramFrozen,
    ProgramUnfrozen,
    ShowSlate,
    SlateShown,
    SlateTakenDown,
    TakeDownLowerThird,
    TakeDownSlate,
    UnfreezeProgram,
)
from diemcau.core.onair_refusals import NotShown, SlateTooLong

Laying: TypeAlias = FreezeProgram | UnfreezeProgram | ShowSlate | TakeDownSlate | PinLowerThird | TakeDownLowerThird
Laid: TypeAlias = ProgramFrozen | ProgramUnfrozen | SlateShown | SlateTakenDown | LowerThirdPinned | LowerThirdTakenDown


def decide(air: Air, command: Laying, at: datetime, *, main: SiteId) -> tuple[Laid, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`; what is so already is nothing new."""
    match command:
        case FreezeProgram():
            return () if air.frozen else (ProgramFrozen(at=at),)
        case UnfreezeProgram():
            return tuple(_unfrozen(air, at))
        case ShowSlate(text=text):
            return _show_slate(air, text, at)
        case TakeDownSlate():
            return tuple(_slate_down(air, at))
        case PinLowerThird(site=site):
            if site not in (main, air.taken):
                raise NotShown(site=site)
            return () if air.lower_third == site else (LowerThirdPinned(site=site, at=at),)
        case TakeDownLowerThird():
            return tuple(lower_third_down(air, at))
        case _:
            assert_never(command)


def evolve(air: Air, event: Laid) -> Air:
    """Return the air after `event`."""
    match event:
        case ProgramFrozen():
            return replace(air, frozen=True)
        case ProgramUnfrozen():
            return replace(air, frozen=False)
        case SlateShown(text=text):
            return replace(air, slate=text)
        case SlateTakenDown():
            return replace(air, slate=None)
        case LowerThirdPinned(site=site):
            return replace(air, lower_third=site)
        case LowerThirdTakenDown():
            return replace(air, lower_third=None)
        case _:
            assert_never(event)


def ended(air: Air, at: datetime) -> tuple[Laid, ...]:
    """Return what ends with the program."""
    return (*_unfrozen(air, at), *_slate_down(air, at), *lower_third_down(air, at))


def lower_third_down(air: Air, at: datetime) -> Iterator[LowerThirdTakenDown]:
    """Yield the end of the pinned lower third, if there is one."""
    if air.lower_third is not None:
        yield LowerThirdTakenDown(site=air.lower_third, at=at)


def _unfrozen(air: Air, at: datetime) -> Iterator[ProgramUnfrozen]:
    if air.frozen:
        yield ProgramUnfrozen(at=at)


def _slate_down(air: Air, at: datetime) -> Iterator[SlateTakenDown]:
    if air.slate is not None:
        yield SlateTakenDown(at=at)


def _show_slate(air: Air, text: str, at: datetime) -> tuple[SlateShown, ...]:
    text = text.strip()
    if len(text) > LONGEST_SLATE:
        raise SlateTooLong(found=str(len(text)), most=str(LONGEST_SLATE))
    return () if air.slate == text else (SlateShown(text=text, at=at),)
