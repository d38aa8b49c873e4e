"""The roll call: which sites reported, and which delegates of each are present.

Two levels: a site reports, or is marked absent; a report names the invited delegates that
are present and counts further guests by category. Nothing here is about lines: a hall
can be present while its line is down.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import PersonId, SiteId
from diemcau.core.refusals import AuthorUnknown, Refusal, need_reason
from diemcau.core.sites import SiteUnknown

# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """How many people of one category."""

    category: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRollCall:
    """The roll is called: sites may report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAttendance:
    """A site reports who of its delegates is present, and guests by category."""

    site: SiteId
    present: tuple[PersonId, ...]
    guests: tuple[Headcount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSiteAbsent:
    """A site that doesn't report is noted as absent."""

    site: SiteId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRollCall:
    """The roll call is finished; from now on it is corrected with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAttendance:
    """What a site reported is corrected, with reason and author."""

    site: SiteId
    present: tuple[PersonId, ...]
    guests: tuple[Headcount, ...] = ()
    reason: str
    author: PersonId


Command: TypeAlias = OpenRollCall | ReportAttendance | MarkSiteAbsent | CloseRollCall | CorrectAttendance

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCallOpened:
    """The roll was called."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceReported:
    """A site reported its attendance."""

    site: SiteId
    present: tuple[PersonId, ...]
    guests: tuple[Headcount, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMarkedAbsent:
    """A site was noted as absent."""

    site: SiteId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCallClosed:
    """The roll call was closed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceCorrected:
    """A site's attendance was corrected."""

    site: SiteId
    present: tuple[PersonId, ...]
    guests: tuple[Headcount, ...]
    reason: str
    author: PersonId
    at: datetime


Event: TypeAlias = RollCallOpened | AttendanceReported | SiteMarkedAbsent | RollCallClosed | AttendanceCorrected

# Refusals


class RollNotOpen(Refusal):
    """The roll is not being called."""

    code = "rollcall.not_open"


class RollOpenAlready(Refusal):
    """The roll is being called already."""

    code = "rollcall.open_already"


class ReportedAlready(Refusal):
    """The site has reported that people are present, so it is not absent; its report can be corrected."""

    code = "rollcall.reported_already"


class DelegateUnknown(Refusal):
    """Somebody reported present is not a delegate of that site, or is named twice."""

    code = "rollcall.delegate_unknown"


class CountImpossible(Refusal):
    """A headcount is negative, far too large, names no category, one twice, or far too many."""

    code = "rollcall.count_impossible"


class NoQuorum(Refusal):
    """The regulations ask for a quorum before the opening, and it is not reached."""

    code = "rollcall.no_quorum"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What stands of one site: present with these people, or absent."""

    site: SiteId
    present: tuple[PersonId, ...] = ()
    guests: tuple[Headcount, ...] = ()
    absent: bool = False
    corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The roll call: whether it is open, and what stands of each site."""

    opened_at: datetime | None = None
    closed_at: datetime | None = None
    reports: tuple[SiteReport, ...] = ()

    @property
    def open(self) -> bool:
        """Say whether sites may report now."""
        return self.opened_at is not None and self.closed_at is None


MOST_GUESTS = 100_000
MOST_CATEGORIES = 50
LONGEST_CATEGORY = 100
MOST_NAMED = 20


def decide(roll: Roll, command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`."""
    match command:
        case OpenRollCall():
            if roll.open:
                raise RollOpenAlready
            return (RollCallOpened(at=at),)
        case ReportAttendance(site=site, present=present, guests=guests):
            _need_open(roll)
            return (
                AttendanceReported(site=site, present=_known(facts, site, present), guests=_counted(guests), at=at),
            )
        case MarkSiteAbsent(site=site, reason=reason):
            _need_open(roll)
            return (_absent(roll, site, reason, at, facts),)
        case CloseRollCall():
            _need_open(roll)
            return (RollCallClosed(at=at),)
        case CorrectAttendance():
            if roll.opened_at is None:
                raise RollNotOpen
            return (_correct(command, at, facts),)
        case _:
            assert_never(command)


def evolve(roll: Roll, event: Event) -> Roll:
    """Return the roll after `event`."""
    match event:
        case RollCallOpened(at=at):
            return replace(roll, opened_at=at, closed_at=None)
        case RollCallClosed(at=at):
            return replace(roll, closed_at=at)
        case AttendanceReported(site=site, present=present, guests=guests):
            return _with(roll, SiteReport(site=site, present=present, guests=guests))
        case AttendanceCorrected(site=site, present=present, guests=guests):
            return _with(roll, SiteReport(site=site, present=present, guests=guests, corrected=True))
        case SiteMarkedAbsent(site=site):
            return _with(roll, SiteReport(site=site, absent=True))
        case _:
            assert_never(event)


def report_of(roll: Roll, site: SiteId) -> SiteReport | None:
    """Return what stands of `site`, or nothing if it has not reported."""
    return next((report for report in roll.reports if report.site == site), None)


def who_reported(roll: Roll) -> tuple[SiteId, ...]:
    """Return the sites that reported as present, in the order in which they did."""
    return tuple(report.site for report in roll.reports if not report.absent)


def present_by_category(report: SiteReport, facts: Facts) -> tuple[Headcount, ...]:
    """Count the people present at one site by category, invited delegates and guests together."""
    category_of = {one.person: one.category for one in facts.delegates}
    counts = Counter(category_of[person] for person in report.present)
    for guests in report.guests:
        counts[guests.category] += guests.count
    return tuple(Headcount(category=category, count=count) for category, count in sorted(counts.items()) if count)


def people_present(roll: Roll) -> int:
    """Count everybody present at all sites."""
    return sum(len(report.present) + sum(guests.count for guests in report.guests) for report in roll.reports)


def delegates_present(roll: Roll) -> int:
    """Count the invited delegates that are present at all sites."""
    return sum(len(report.present) for report in roll.reports)


def has_quorum(roll: Roll, facts: Facts) -> bool:
    """Say whether enough sites and enough invited delegates are present for the regulations.

    A site counts if somebody is present there: an empty hall makes no quorum.
    """
    rules = facts.regulations
    present = sum(1 for report in roll.reports if _anybody(report))
    sites_reached = present * 100 >= rules.quorum_sites * len(facts.sites)
    delegates_reached = delegates_present(roll) * 100 >= rules.quorum_delegates * len(facts.delegates)
    return sites_reached and delegates_reached


def _need_open(roll: Roll) -> None:
    if not roll.open:
        raise RollNotOpen


def _need_site(facts: Facts, site: SiteId) -> None:
    if not facts.has_site(site):
        raise SiteUnknown(site=site)


def _known(facts: Facts, site: SiteId, present: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    _need_site(facts, site)
    expected = facts.people_of(site)
    wrong = {person for person, times in Counter(present).items() if times > 1 or person not in expected}
    if wrong:
        raise DelegateUnknown(site=site, persons=" ".join(sorted(wrong)[:MOST_NAMED]))
    return present


def _counted(guests: tuple[Headcount, ...]) -> tuple[Headcount, ...]:
    counted = tuple(Headcount(category=one.category.strip(), count=one.count) for one in guests)
    categories = {one.category for one in counted}
    if len(categories) != len(counted) or len(counted) > MOST_CATEGORIES:
        raise CountImpossible
    if not all(0 < len(one.category) <= LONGEST_CATEGORY and 0 <= one.count <= MOST_GUESTS for one in counted):
        raise CountImpossible
    return counted


def _anybody(report: SiteReport) -> bool:
    return bool(report.present) or any(guests.count for guests in report.guests)


def _absent(roll: Roll, site: SiteId, reason: str, at: datetime, facts: Facts) -> SiteMarkedAbsent:
    _need_site(facts, site)
    report = report_of(roll, site)
    if report is not None and _anybody(report):
        raise ReportedAlready(site=site)
    return SiteMarkedAbsent(site=site, reason=need_reason(reason), at=at)


def _correct(command: CorrectAttendance, at: datetime, facts: Facts) -> AttendanceCorrected:
    if not facts.is_author(command.author):
        raise AuthorUnknown(person=command.author)
    return AttendanceCorrected(
        site=command.site,
        present=_known(facts, command.site, command.present),
        guests=_counted(command.guests),
        reason=need_reason(command.reason),
        author=command.author,
        at=at,
    )


def _with(roll: Roll, report: SiteReport) -> Roll:
    others = tuple(one for one in roll.reports if one.site != report.site)
    return replace(roll, reports=(*others, report))
