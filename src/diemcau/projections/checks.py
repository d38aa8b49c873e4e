"""The technical checks as screens show them: a site sees its own, the operator all of them."""

from dataclasses import dataclass
from datetime import datetime

from diemcau.core.checks import Check, Finding, Fitness, Measures, check_of, findings, fitness_of
from diemcau.core.conference import Conference
from diemcau.core.ids import SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A site's last check: what it came to, what is said of each part, and what was measured."""

    site: SiteId
    at: datetime
    fitness: Fitness
    findings: tuple[Finding, ...]
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksSection:
    """Every site that has checked itself."""

    checks: tuple[CheckLine, ...]


def checks_section(conference: Conference) -> ChecksSection:
    """Return the last check of every site that made one."""
    return ChecksSection(checks=tuple(_line(one) for one in conference.checks.checks))


def check_line(conference: Conference, site: SiteId) -> CheckLine | None:
    """Return one site's last check, if it made one."""
    found = check_of(conference.checks, site)
    return None if found is None else _line(found)


def _line(check: Check) -> CheckLine:
    return CheckLine(
        site=check.site,
        at=check.at,
        fitness=fitness_of(check.measures),
        findings=findings(check.measures),
        measures=check.measures,
    )
