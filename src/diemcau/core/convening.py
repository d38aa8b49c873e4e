"""What a conference is convened with: its sites, delegates, agenda and regulations.

These facts are written once, in the conference's first event, with every name as of that
day, so that nothing written later ever asks today's directory. Personal data is not here:
a delegate is an id and the digest of a row that can be erased.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from diemcau.core.ids import AgendaId, ConferenceId, PersonId, SiteId, UnitCode
from diemcau.core.regulations import Regulations


class ItemKind(StrEnum):
    """The kinds of item that a conclusion has."""

    LESSON = "lesson"
    TASK = "task"
    BREAKTHROUGH = "breakthrough"
    SOLUTION_GROUP = "solution_group"


class Horizon(StrEnum):
    """How far an item of a conclusion reaches."""

    TERM = "term"
    YEAR = "year"


class AgendaKind(StrEnum):
    """What an item of the agenda is for."""

    OPENING = "opening"
    ROLLCALL = "rollcall"
    REPORT = "report"
    DISCUSSION = "discussion"
    BREAK = "break"
    CONCLUSION = "conclusion"
    CLOSING = "closing"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUnit:
    """A unit by code and by its names as of the day of convening."""

    unit: UnitCode
    parent: UnitCode | None
    name: str
    name_en: str
    short_name: str
    protocol: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedSite:
    """A hall that takes part."""

    site: SiteId
    unit: UnitCode
    name: str
    short_name: str
    protocol: int
    main: bool
    address: str = ""
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedDelegate:
    """A person who is expected at a site; `digest` is of the erasable row of the directory."""

    person: PersonId
    site: SiteId
    category: str
    duty: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """An item of the agenda with its minutes."""

    item: AgendaId
    title: str
    minutes: int
    kind: AgendaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCount:
    """How many items of one kind and horizon the conclusion is to have."""

    kind: ItemKind
    horizon: Horizon | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What the documents' ruleset needs to know of who issues them, on which paper and for whom."""

    ruleset: str
    superior: str
    issuer: str
    place: str
    symbol: str
    lines: tuple[str, ...] = ()
    paper: str = "a4"
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is fixed when a conference is convened."""

    conference: ConferenceId
    title: str
    short_title: str
    organiser: str
    language: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    letterhead: Letterhead
    regulations: Regulations
    units: tuple[NamedUnit, ...]
    sites: tuple[InvitedSite, ...]
    delegates: tuple[InvitedDelegate, ...]
    agenda: tuple[PlannedItem, ...]
    expected: tuple[ExpectedCount, ...]
    task_kinds: tuple[ItemKind, ...] = (ItemKind.TASK, ItemKind.BREAKTHROUGH)
    deputy: PersonId | None = None
    rehearsal: bool = False

    @property
    def zone(self) -> tzinfo:
        """The time zone that `time_zone` names: by its IANA name, or by an offset such as +07:00."""
        if self.time_zone.startswith(("+", "-")):
            return datetime.strptime(self.time_zone, "%z").tzinfo or UTC
        return ZoneInfo(self.time_zone)

    @property
    def main_site(self) -> SiteId:
        """The site where the chair sits."""
        return next(site.site for site in self.sites if site.main)

    def has_site(self, site: SiteId) -> bool:
        """Say whether `site` was invited."""
        return any(invited.site == site for invited in self.sites)

    def people_of(self, site: SiteId) -> frozenset[PersonId]:
        """Return who is expected at `site`."""
        return frozenset(one.person for one in self.delegates if one.site == site)

    def is_author(self, person: PersonId) -> bool:
        """Say whether `person` may sign a correction: a delegate of the main site."""
        return person in self.people_of(self.main_site)


def count_name(kind: ItemKind, horizon: Horizon | None) -> str:
    """Name a count: `lesson`, `term_task`, `year_task`, `breakthrough`, `solution_group`."""
    if kind is ItemKind.TASK and horizon is not None:
        return f"{horizon}_task"
    return kind.value
