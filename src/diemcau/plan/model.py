"""A checked plan: everything about a conference that is known before it begins.

Not the state of a conference (that is `core`), and not the files that it was read from.
Every name is NFC-normalised, every code an ASCII slug, and every code that is named exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from diemcau.core.convening import AgendaKind, ExpectedCount, Horizon, ItemKind, count_name
from diemcau.core.ids import AgendaId, ConferenceId, HandoutId, PersonId, SiteId, UnitCode
from diemcau.core.regulations import Regulations
from diemcau.plan.rulesets import Ruleset
from diemcau.plan.run_of_show import Grant, ReportAttendance, Step


class Language(StrEnum):
    """The language in which a conference is held and its documents are written."""

    VI = "vi"
    EN = "en"


class Paper(StrEnum):
    """The size of paper of the documents."""

    A4 = "a4"
    LETTER = "letter"


class Duty(StrEnum):
    """What a delegate does at a site."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    OPERATOR = "operator"
    HEAD = "head"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a ruleset needs to know of who issues the documents."""

    ruleset: Ruleset
    issuing_body: str
    superior_body: str
    place: str
    number_symbol: str
    recipients: tuple[str, ...]
    letterhead: tuple[str, ...]
    paper: Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One item of the agenda."""

    id: AgendaId
    title: str
    minutes: int
    kind: AgendaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """A document that is shown to the halls: the path of its PDF; without one there are sample pages."""

    id: HandoutId
    title: str
    pages: int
    file: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of delegate that the roll call counts by itself."""

    code: str
    name_vi: str
    name_en: str

    def name(self, language: Language) -> str:
        """Return the name in `language`."""
        return self.name_en if language is Language.EN else self.name_vi


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A body in the hierarchy; `valid_to` is the last day on which it exists."""

    code: UnitCode
    parent: UnitCode | None
    protocol: int
    short_name: str
    name_vi: str
    name_en: str
    kind: str
    grid_row: int | None
    grid_column: int | None
    valid_from: date | None
    valid_to: date | None

    def name(self, language: Language) -> str:
        """Return the name in `language`."""
        return self.name_en if language is Language.EN else self.name_vi

    def is_valid_on(self, day: date) -> bool:
        """Say whether the unit exists on `day`."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A hall that takes part; `parent` is the site whose relay serves it."""

    code: SiteId
    unit: UnitCode
    main: bool
    parent: SiteId | None
    hall_address: str
    technician_telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """A person who is to be at a site, by office; the name may be empty."""

    id: PersonId
    site: SiteId
    category: str
    office_vi: str
    office_en: str
    name: str
    duty: Duty
    speaks: bool

    def office(self, language: Language) -> str:
        """Return the title of the office in `language`."""
        return self.office_en if language is Language.EN else self.office_vi


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionItem:
    """An item that the chair concludes; no named unit means every unit of a remote site."""

    kind: ItemKind
    horizon: Horizon | None
    text: str
    units: tuple[UnitCode, ...]
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPolicy:
    """Which kinds of item make tasks, and by when where an item names no day.

    An item without a horizon is due when the term ends.
    """

    kinds: tuple[ItemKind, ...]
    due_term: date | None
    due_year: date | None

    def makes_tasks(self, item: ConclusionItem) -> bool:
        """Say whether `item` becomes one task for each of its units."""
        return item.kind in self.kinds

    def due(self, item: ConclusionItem) -> date | None:
        """Return the day by which the tasks of `item` are due."""
        return item.due or (self.due_year if item.horizon is Horizon.YEAR else self.due_term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a rehearsal of the plan must come to."""

    sites: int
    speeches: int
    delegates_present: int
    tasks: int
    conclusion: tuple[ExpectedCount, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The counts of the conclusion by name, such as `term_task`."""
        return {count_name(one.kind, one.horizon): one.count for one in self.conclusion}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A conference as prepared, without a fault."""

    id: ConferenceId
    title: str
    title_short: str
    language: Language
    organiser: UnitCode
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    documents: DocumentFacts
    regulations: Regulations
    agenda: tuple[AgendaItem, ...]
    handouts: tuple[Handout, ...]
    categories: tuple[Category, ...]
    units: tuple[Unit, ...]
    sites: tuple[Site, ...]
    delegates: tuple[Delegate, ...]
    conclusion: tuple[ConclusionItem, ...]
    tasks: TaskPolicy
    run_of_show: tuple[Step, ...]
    expected: Expected

    @property
    def main_site(self) -> Site:
        """The site where the chair sits."""
        return next(site for site in self.sites if site.main)

    @property
    def remote_sites(self) -> tuple[Site, ...]:
        """Every other site, in order of protocol."""
        return tuple(site for site in self.sites if not site.main)

    @property
    def chair(self) -> Delegate:
        """Who presides over the conference."""
        return next(one for one in self.delegates_at(self.main_site.code) if one.duty is Duty.CHAIR)

    @property
    def deputy_chair(self) -> Delegate | None:
        """Who presides when the chair's line is gone, if anyone was named."""
        at_main = self.delegates_at(self.main_site.code)
        return next((one for one in at_main if one.duty is Duty.DEPUTY), None)

    @property
    def secretary(self) -> Delegate | None:
        """Who keeps the minutes, if anyone was named."""
        at_main = self.delegates_at(self.main_site.code)
        return next((one for one in at_main if one.duty is Duty.SECRETARY), None)

    @property
    def speeches(self) -> tuple[Grant, ...]:
        """The speeches of the run of show, in order."""
        return tuple(step for step in self.run_of_show if isinstance(step, Grant))

    @property
    def absent(self) -> frozenset[PersonId]:
        """The delegates whom the run of show reports as absent."""
        reports = (step for step in self.run_of_show if isinstance(step, ReportAttendance))
        return frozenset(person for step in reports for person in step.absent)

    def unit(self, code: UnitCode) -> Unit:
        """Return the unit of that code."""
        return next(unit for unit in self.units if unit.code == code)

    def site(self, code: SiteId) -> Site:
        """Return the site of that code."""
        return next(site for site in self.sites if site.code == code)

    def delegates_at(self, site: SiteId) -> tuple[Delegate, ...]:
        """Return who is to be at `site`."""
        return tuple(one for one in self.delegates if one.site == site)

    def site_chair(self, site: SiteId) -> Delegate:
        """Return who presides at `site`."""
        return next(one for one in self.delegates_at(site) if one.duty is Duty.CHAIR)

    def speaker(self, grant: Grant) -> Delegate:
        """Return who speaks in `grant`: the delegate whom it names, else the site's chair."""
        if grant.delegate is None:
            return self.site_chair(grant.site)
        return next(one for one in self.delegates if one.id == grant.delegate)

    def units_for(self, item: ConclusionItem) -> tuple[UnitCode, ...]:
        """Return the units that `item` is for: those that it names, else all remote ones."""
        return item.units or remote_units(self.sites)


def remote_units(sites: Sequence[Site]) -> tuple[UnitCode, ...]:
    """Return the units of the remote sites, each once, but not the main site's own."""
    central = {site.unit for site in sites if site.main}
    return tuple(dict.fromkeys(site.unit for site in sites if site.unit not in central))


def counted(conclusion: Sequence[ConclusionItem]) -> tuple[ExpectedCount, ...]:
    """Count the items of a conclusion in order of first appearance; tasks by their horizon."""
    counts: dict[tuple[ItemKind, Horizon | None], int] = {}
    for item in conclusion:
        key = (item.kind, item.horizon if item.kind is ItemKind.TASK else None)
        counts[key] = counts.get(key, 0) + 1
    return tuple(ExpectedCount(kind=kind, horizon=horizon, count=count) for (kind, horizon), count in counts.items())
