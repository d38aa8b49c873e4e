"""From a checked plan to the facts with which a conference is convened.

Names are taken as of the day of the conference, in its language. Personal data stays out: a
delegate becomes an id and the digest of the directory's erasable row.
"""

from collections.abc import Mapping

from diemcau.core.convening import (
    ExpectedCount,
    Facts,
    InvitedDelegate,
    InvitedSite,
    Letterhead,
    NamedUnit,
    PlannedItem,
)
from diemcau.core.handouts import Handout, Handouts
from diemcau.core.ids import ConferenceId, HandoutId, PersonId, UnitCode
from diemcau.plan.model import ConclusionItem, Delegate, Plan, Site, Unit, counted


def person_id(conference: ConferenceId, delegate: Delegate) -> PersonId:
    """Return the id under which the directory keeps a delegate: two conferences never share one."""
    return PersonId(f"{conference}.{delegate.id}")


def facts_of(plan: Plan, digests: Mapping[PersonId, str]) -> Facts:
    """Return the facts of `plan`; `digests` are those of the directory's rows, by person."""
    day = plan.starts_at.date()
    deputy = plan.deputy_chair
    return Facts(
        conference=plan.id,
        title=plan.title,
        short_title=plan.title_short,
        organiser=plan.unit(plan.organiser).name(plan.language),
        language=plan.language.value,
        time_zone=plan.time_zone,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        letterhead=_letterhead(plan),
        regulations=plan.regulations,
        units=tuple(_unit(plan, unit) for unit in plan.units if unit.is_valid_on(day)),
        sites=tuple(_site(plan, site) for site in plan.sites),
        delegates=tuple(_delegate(plan, one, digests) for one in plan.delegates),
        agenda=tuple(
            PlannedItem(item=item.id, title=item.title, minutes=item.minutes, kind=item.kind) for item in plan.agenda
        ),
        expected=expected_counts(plan.conclusion),
        task_kinds=plan.tasks.kinds,
        deputy=None if deputy is None else person_id(plan.id, deputy),
    )


def handouts_of(plan: Plan, digests: Mapping[HandoutId, str] | None = None) -> Handouts:
    """Return the handouts that `plan` lists; `digests` are those of their files, by handout."""
    known = digests or {}
    return Handouts(
        listed=tuple(
            Handout(handout=one.id, title=one.title, pages=one.pages, digest=known.get(one.id, ""))
            for one in plan.handouts
        )
    )


def expected_counts(items: tuple[ConclusionItem, ...]) -> tuple[ExpectedCount, ...]:
    """Count a planned conclusion as a chair declares it: tasks by their horizon, other kinds whatever theirs."""
    return counted(items)


def _letterhead(plan: Plan) -> Letterhead:
    documents = plan.documents
    return Letterhead(
        ruleset=documents.ruleset.value,
        superior=documents.superior_body,
        issuer=documents.issuing_body,
        place=documents.place,
        symbol=documents.number_symbol,
        lines=documents.letterhead,
        paper=documents.paper.value,
        recipients=documents.recipients,
    )


def _unit(plan: Plan, unit: Unit) -> NamedUnit:
    return NamedUnit(
        unit=unit.code,
        parent=_parent(plan, unit),
        name=unit.name(plan.language),
        name_en=unit.name_en,
        short_name=unit.short_name,
        protocol=unit.protocol,
    )


def _parent(plan: Plan, unit: Unit) -> UnitCode | None:
    """Return the nearest unit above that exists on the day."""
    above = None if unit.parent is None else plan.unit(unit.parent)
    if above is None or above.is_valid_on(plan.starts_at.date()):
        return unit.parent
    return _parent(plan, above)


def _site(plan: Plan, site: Site) -> InvitedSite:
    unit = plan.unit(site.unit)
    return InvitedSite(
        site=site.code,
        unit=site.unit,
        name=unit.name(plan.language),
        short_name=unit.short_name,
        protocol=unit.protocol,
        main=site.main,
        address=site.hall_address,
        row=unit.grid_row,
        column=unit.grid_column,
    )


def _delegate(plan: Plan, delegate: Delegate, digests: Mapping[PersonId, str]) -> InvitedDelegate:
    person = person_id(plan.id, delegate)
    category = next(one for one in plan.categories if one.code == delegate.category)
    return InvitedDelegate(
        person=person,
        site=delegate.site,
        category=category.name(plan.language),
        duty=delegate.duty.value,
        digest=digests[person],
    )
