"""The air: what every hall sees and hears.

The main site is always in the program while the conference is open; beside it the site that
was taken to the air. Only the holder of the floor can be taken: nothing that a hall says
reaches another hall unless the chair's decision put it there. The gallery shows halls without
their sound. Being on air is a state of the site beside the floor: off → standby (the hall is
ready) → preview → on air → held (line lost). What each command leads to is
`core.onair_rules`'s, what is undone `core.onair_undo`'s, the refusals stand in
`core.onair_refusals`. How it is drawn on a screen is not here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.regulations import Conduct


class Layout(StrEnum):
    """How the program shows the main site, the holder of the floor and other halls."""

    MAIN = "main"
    HOLDER = "holder"
    SIDE_BY_SIDE = "side_by_side"
    HOLDER_WITH_MAIN = "holder_with_main"
    GALLERY = "gallery"
    DOCUMENT = "document"


MOST_IN_GALLERY = 9
LONGEST_SLATE = 200

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
    """The operator chooses how the program shows the sites."""

    layout: Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseGallery:
    """The operator chooses the one to nine sites that the gallery shows, in this order, without their sound."""

    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeProgram:
    """The operator lets the picture stand still in every hall; the sound goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfreezeProgram:
    """The operator lets the picture move again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSlate:
    """The operator shows a slate in place of picture and sound; an empty `text` is the standard sentence."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDownSlate:
    """The operator takes the slate down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLowerThird:
    """The operator keeps the lower third of a site that is shown up for longer than after a take."""

    site: SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDownLowerThird:
    """The operator takes the pinned lower third down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoTake:
    """The operator goes back to what was on air before the last take, cut or choice."""


Command: TypeAlias = (
    ConfirmReady
    | PreviewSite
    | TakeSite
    | CutBack
    | ChooseConduct
    | ChooseLayout
    | ChooseGallery
    | FreezeProgram
    | UnfreezeProgram
    | ShowSlate
    | TakeDownSlate
    | PinLowerThird
    | TakeDownLowerThird
    | UndoTake
)

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
class MainCutIn:
    """The line of the site on air stayed lost, so the main site is shown in its place; the floor is kept."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryChosen:
    """It was chosen which sites the gallery shows."""

    sites: tuple[SiteId, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramFrozen:
    """The picture stands still in every hall."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramUnfrozen:
    """The picture moves again."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlateShown:
    """A slate is shown in place of picture and sound; an empty `text` is the standard sentence."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlateTakenDown:
    """The slate was taken down."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThirdPinned:
    """The lower third of a site stays up."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerThirdTakenDown:
    """The pinned lower third was taken down."""

    site: SiteId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUndone:
    """The last take, cut or choice was undone: on air is again this, and no site was left there that may not be."""

    taken: SiteId | None
    layout: Layout
    gallery: tuple[SiteId, ...]
    at: datetime


Event: TypeAlias = (
    SiteStoodBy
    | SitePreviewed
    | SiteTaken
    | SiteCutBack
    | AirHeld
    | MainCutIn
    | AirRestored
    | ConductChosen
    | LayoutChosen
    | GalleryChosen
    | ProgramFrozen
    | ProgramUnfrozen
    | SlateShown
    | SlateTakenDown
    | LowerThirdPinned
    | LowerThirdTakenDown
    | TakeUndone
)

# State


class AirState(StrEnum):
    """How far a site is on its way to the air."""

    OFF = "off"
    STANDBY = "standby"
    PREVIEW = "preview"
    ON_AIR = "on_air"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a take, a cut or a choice changes, and what undoing it brings back."""

    taken: SiteId | None
    layout: Layout
    gallery: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """Which site is on air beside the main one, which is in preview, which halls are ready.

    The main site is never `taken`: it is in the program anyway, also while it holds the floor.
    `cut_in`: the main site stands in for the one whose line is lost. `slate`: its text, or None.
    `before`: what was on air before the last change, while that can be undone.
    """

    conduct: Conduct = Conduct.AUTOMATIC
    layout: Layout = Layout.HOLDER_WITH_MAIN
    gallery: tuple[SiteId, ...] = ()
    ready: frozenset[SiteId] = frozenset()
    preview: SiteId | None = None
    taken: SiteId | None = None
    held_since: datetime | None = None
    cut_in: bool = False
    frozen: bool = False
    slate: str | None = None
    lower_third: SiteId | None = None
    before: Shown | None = None


def begin(facts: Facts) -> Air:
    """Return the air of a conference that was just convened."""
    return Air(conduct=facts.regulations.conduct)


def state_of(air: Air, site: SiteId) -> AirState:
    """Return how far `site` is on its way to the air."""
    if air.taken == site:
        return AirState.ON_AIR if air.held_since is None else AirState.HELD
    if air.preview == site:
        return AirState.PREVIEW
    return AirState.STANDBY if site in air.ready else AirState.OFF


def shown(air: Air) -> Shown:
    """Return what a take, a cut or a choice would change."""
    return Shown(taken=air.taken, layout=air.layout, gallery=air.gallery)
