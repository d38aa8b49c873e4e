"""A plan with fewer or more sites, for rehearsing at another size.

The main site and the sites that speak stay. What a rehearsal of the new plan must come to is
counted again. A multiplied site is a copy with codes of its own, under a unit of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from diemcau.core.ids import PersonId, SiteId, UnitCode
from diemcau.plan.expected import count_expected
from diemcau.plan.model import Delegate, Plan, Site, Unit
from diemcau.plan.run_of_show import Grant, ReportAttendance, Request, Step, TakeNote
from diemcau.plan.values import LONGEST_SHORT_NAME


class TooFewSites(ValueError):  # noqa: N818 - says what is wrong with the number asked for
    """The plan cannot do with so few sites; `fewest` is what it needs."""

    def __init__(self, fewest: int) -> None:
        super().__init__(f"this plan needs at least {fewest} sites: the main site and those that speak")
        self.fewest = fewest


def scaled(plan: Plan, *, sites: int) -> Plan:
    """Return the plan with that many sites, the main site included, or raise `TooFewSites`."""
    if sites == len(plan.sites):
        return plan
    changed = _trimmed(plan, sites) if sites < len(plan.sites) else _multiplied(plan, sites)
    expected = count_expected(
        sites=changed.sites,
        delegates=changed.delegates,
        conclusion=changed.conclusion,
        tasks=changed.tasks,
        steps=changed.run_of_show,
    )
    return replace(changed, expected=expected)


def _trimmed(plan: Plan, wanted: int) -> Plan:
    needed = {plan.main_site.code, *(grant.site for grant in plan.speeches)}
    if wanted < max(len(needed), 1):
        raise TooFewSites(len(needed))
    others = [site.code for site in plan.sites if site.code not in needed]
    kept = needed | set(others[: wanted - len(needed)])
    delegates = tuple(one for one in plan.delegates if one.site in kept)
    people = {one.id for one in delegates}
    steps = (_step_among(step, kept, people) for step in plan.run_of_show)
    return replace(
        plan,
        sites=tuple(_under_kept(site, plan, kept) for site in plan.sites if site.code in kept),
        delegates=delegates,
        run_of_show=tuple(step for step in steps if step is not None),
    )


def _under_kept(site: Site, plan: Plan, kept: Collection[SiteId]) -> Site:
    """Return the site under the nearest site above it that is kept."""
    parent = site.parent
    while parent is not None and parent not in kept:
        parent = plan.site(parent).parent
    return replace(site, parent=parent)


def _step_among(step: Step, kept: Collection[SiteId], people: Collection[PersonId]) -> Step | None:
    """Return the step without sites and people that are gone, or none if nothing is left."""
    match step:
        case ReportAttendance(sites=reporting, absent=absent):
            sites = tuple(site for site in reporting if site in kept)
            present = tuple(person for person in absent if person in people)
            return replace(step, sites=sites, absent=present) if sites else None
        case Request(site=site) | Grant(site=site) if site not in kept:
            return None
        case TakeNote(site=site) if site is not None and site not in kept:
            return None
        case _:
            return step


def _multiplied(plan: Plan, wanted: int) -> Plan:
    originals = plan.remote_sites
    if not originals:
        raise TooFewSites(len(plan.sites))
    units: list[Unit] = list(plan.units)
    sites: list[Site] = list(plan.sites)
    delegates: list[Delegate] = list(plan.delegates)
    used = {*(unit.code for unit in units), *(site.code for site in sites)}
    used.update(one.id for one in delegates)
    copied: list[SiteId] = []
    for index in range(wanted - len(plan.sites)):
        original = originals[index % len(originals)]
        suffix = _free_suffix(original, index // len(originals) + 2, used)
        unit, site, people = _copied(plan, original, suffix)
        units.append(unit)
        sites.append(site)
        delegates.extend(people)
        used.update((unit.code, site.code, *(one.id for one in people)))
        copied.append(site.code)
    return replace(
        plan,
        units=tuple(units),
        sites=tuple(sites),
        delegates=tuple(delegates),
        run_of_show=_with_copies(plan, copied),
    )


def _free_suffix(site: Site, first: int, used: Collection[str]) -> int:
    """Return the first number that gives copies of a site codes that nothing else has."""
    number = first
    while any(f"{code}-x{number}" in used for code in (site.code, site.unit)):
        number += 1
    return number


def _copied(plan: Plan, site: Site, number: int) -> tuple[Unit, Site, list[Delegate]]:
    unit = plan.unit(site.unit)
    mark = f" {number}"
    new_unit = replace(
        unit,
        code=UnitCode(f"{unit.code}-x{number}"),
        short_name=unit.short_name[: LONGEST_SHORT_NAME - len(mark)].rstrip() + mark,
        name_vi=f"{unit.name_vi} ({number})",
        name_en=f"{unit.name_en} ({number})",
        grid_row=None,
        grid_column=None,
    )
    new_site = replace(site, code=SiteId(f"{site.code}-x{number}"), unit=new_unit.code)
    people = [
        replace(one, id=PersonId(f"{one.id}-x{number}"), site=new_site.code) for one in plan.delegates_at(site.code)
    ]
    return new_unit, new_site, people


def _with_copies(plan: Plan, copied: Sequence[SiteId]) -> tuple[Step, ...]:
    """Let the copies report their attendance with the last sites that do."""
    reports = [step for step in plan.run_of_show if isinstance(step, ReportAttendance)]
    last = reports[-1] if reports else None
    return tuple(
        replace(step, sites=(*step.sites, *copied)) if isinstance(step, ReportAttendance) and step is last else step
        for step in plan.run_of_show
    )
