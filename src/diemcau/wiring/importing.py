"""Taking a checked plan in: people and halls into the directory, then the conference into the journal.

The conference's first event is written last: until then there is no conference, and taking the
same plan in again goes on where it stopped.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Engine

from diemcau.conduct.clock import Clock
from diemcau.conduct.desk import convene
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.refusals import Refusal
from diemcau.directory.changes import ParentBelow, PeriodImpossible, PeriodsOverlap, UnitUnknown, set_halls, set_units
from diemcau.directory.models import ALWAYS, Hall, Person, Unit
from diemcau.directory.people import PersonErased, remember
from diemcau.directory.queries import all_halls
from diemcau.journal import streams
from diemcau.journal.journal import Journal
from diemcau.journal.record import Author
from diemcau.plan.convening import facts_of, person_id
from diemcau.plan.model import Plan
from diemcau.wiring.handouts import HandoutShelf

BY = "plan"


class ConvenedAlready(Exception):  # noqa: N818 (a fact, as in the core)
    """The journal has a conference of that id; a plan that was taken in isn't taken in again."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"The conference {plan.id} was convened before and stands in the journal; "
            "give the plan another id in conference.toml to convene a new one."
        )


class PlanNotTaken(Exception):  # noqa: N818 (a fact, as in the core)
    """The plan contradicts what the directory knows; the sentence says where and how to mend it."""

    def __init__(self, plan: Plan, refusal: Refusal) -> None:
        where, mending = _MENDING.get(refusal.code, ("the plan", "check its units, sites and delegates"))
        found = ", ".join(refusal.about.values())
        says = (refusal.__doc__ or refusal.code).strip().rstrip(".")
        super().__init__(f"{plan.id} is not taken in. {where}, {found}: {says}; {mending}.")


_MENDING = {
    PeriodsOverlap.code: (
        "units.csv",
        "write the same valid_from as in the plan that was taken in before, or give the unit another code",
    ),
    PeriodImpossible.code: ("units.csv", "write a valid_to that is not before valid_from"),
    UnitUnknown.code: ("units.csv", "let the unit exist on the conference's day and as long as the units below it"),
    ParentBelow.code: ("units.csv", "write the parent that the unit has in the plan that was taken in before"),
    PersonErased.code: ("delegates.csv", "give the delegate another id"),
}


async def take_in(plan: Plan, *, journal: Journal, engine: Engine, clock: Clock, handouts: HandoutShelf) -> None:
    """Convene the conference of `plan`. Raises `ConvenedAlready` or `PlanNotTaken`."""
    if journal.version(streams.formal(plan.id)):
        raise ConvenedAlready(plan)
    at = clock.now()
    try:
        _remember_units(plan, engine, at)
        digests = remember(engine, _people(plan), author=BY, at=at)
    except Refusal as refusal:
        raise PlanNotTaken(plan, refusal) from refusal
    listed = handouts.take_in(plan)
    await convene(journal, clock, facts_of(plan, digests), Author(role=BY), listed)


def telephones_of(engine: Engine, conference: ConferenceId) -> Mapping[SiteId, str]:
    """Return the technicians' telephones of a conference's halls, by site."""
    begins = _hall_of(conference, SiteId(""))
    return {
        SiteId(hall.site.removeprefix(begins)): hall.technician_telephone
        for hall in all_halls(engine)
        if hall.site.startswith(begins)
    }


def _hall_of(conference: ConferenceId, site: SiteId) -> SiteId:
    """Return under which id the directory keeps the hall of a site: two conferences never share one."""
    return SiteId(f"{conference}/{site}")


def _people(plan: Plan) -> tuple[Person, ...]:
    return tuple(
        Person(person=person_id(plan.id, one), name=one.name, office=one.office(plan.language))
        for one in plan.delegates
    )


def _remember_units(plan: Plan, engine: Engine, at: datetime) -> None:
    units = tuple(
        Unit(
            code=unit.code,
            parent=unit.parent,
            name=unit.name_vi,
            name_en=unit.name_en,
            short_name=unit.short_name,
            protocol=unit.protocol,
            kind=unit.kind,
            row=unit.grid_row,
            column=unit.grid_column,
            valid_from=unit.valid_from or ALWAYS,
            valid_to=unit.valid_to,
        )
        for unit in plan.units
    )
    halls = tuple(
        Hall(
            site=_hall_of(plan.id, site.code),
            unit=site.unit,
            address=site.hall_address,
            technician_telephone=site.technician_telephone,
        )
        for site in plan.sites
    )
    set_units(engine, units, author=BY, at=at)
    set_halls(engine, halls, day=plan.starts_at.date(), author=BY, at=at)
