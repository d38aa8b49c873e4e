"""How the directory is changed: units and halls, each change with an audit line.

One call is one transaction. What stands in events stays as it was; a change is for the
conferences that are convened after it.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine, delete, insert

from diemcau.core.ids import SiteId, UnitCode
from diemcau.core.refusals import Refusal
from diemcau.directory.models import Hall, Unit, halls, note, units, writing
from diemcau.directory.queries import find_hall, find_unit, periods_of


class UnitUnknown(Refusal):
    """There is no such unit on that day."""

    code = "directory.unit_unknown"


class HallUnknown(Refusal):
    """There is no hall for such a site."""

    code = "directory.hall_unknown"


class PeriodImpossible(Refusal):
    """A unit ends before it begins."""

    code = "directory.period_impossible"


class PeriodsOverlap(Refusal):
    """The unit exists already in a part of that time."""

    code = "directory.periods_overlap"


class ParentBelow(Refusal):
    """The unit would stand below itself."""

    code = "directory.parent_below"


def set_units(engine: Engine, added: Sequence[Unit], *, author: str, at: datetime, reason: str = "") -> None:
    """Add units, all or none, in any order, or replace their periods that begin on the same day.

    Raises `PeriodImpossible`, `PeriodsOverlap`, `UnitUnknown` (a parent) or `ParentBelow`.
    """
    with writing(engine) as transaction:
        for unit in added:
            change = _set_unit(transaction, unit)
            if change is not None:
                subject = f"unit:{unit.code}"
                note(transaction, at=at, author=author, subject=subject, change=change, reason=reason)
        for unit in added:
            _need_parent(transaction, unit)


def end_unit(engine: Engine, code: UnitCode, last_day: date, *, author: str, at: datetime, reason: str) -> None:
    """Let a unit exist until `last_day`, that day included; raise `UnitUnknown`."""
    with writing(engine) as transaction:
        unit = find_unit(transaction, code, last_day)
        if unit is None:
            raise UnitUnknown(unit=code)
        _put_unit(transaction, replace(unit, valid_to=last_day))
        change = f"ends on {last_day.isoformat()}"
        note(transaction, at=at, author=author, subject=f"unit:{code}", change=change, reason=reason)


def set_halls(engine: Engine, added: Sequence[Hall], *, day: date, author: str, at: datetime, reason: str = "") -> None:
    """Add or replace halls, all or none, whose units exist on `day`; raise `UnitUnknown`."""
    with writing(engine) as transaction:
        for hall in added:
            was = find_hall(transaction, hall.site)
            if was == hall:
                continue
            if find_unit(transaction, hall.unit, day) is None:
                raise UnitUnknown(unit=hall.unit)
            transaction.execute(delete(halls).where(halls.c.site == hall.site))
            transaction.execute(insert(halls).values(asdict(hall)))
            change = _difference(was, hall)
            subject = f"hall:{hall.site}"
            note(transaction, at=at, author=author, subject=subject, change=change, reason=reason)


def remove_hall(engine: Engine, site: SiteId, *, author: str, at: datetime, reason: str) -> None:
    """Take the hall of a site out of the directory; raise `HallUnknown`."""
    with writing(engine) as transaction:
        removed = transaction.execute(delete(halls).where(halls.c.site == site)).rowcount
        if not removed:
            raise HallUnknown(site=site)
        subject = f"hall:{site}"
        note(transaction, at=at, author=author, subject=subject, change="removed", reason=reason)


def _put_unit(transaction: Connection, unit: Unit) -> None:
    key = (units.c.code == unit.code) & (units.c.valid_from == unit.valid_from.isoformat())
    transaction.execute(delete(units).where(key))
    last = None if unit.valid_to is None else unit.valid_to.isoformat()
    period = {"valid_from": unit.valid_from.isoformat(), "valid_to": last}
    transaction.execute(insert(units).values(asdict(unit) | period))


def _set_unit(transaction: Connection, unit: Unit) -> str | None:
    """Write a unit and say what changed; None if it stood there already."""
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        raise PeriodImpossible(unit=unit.code)
    periods = periods_of(transaction, unit.code)
    was = next((one for one in periods if one.valid_from == unit.valid_from), None)
    if was == unit:
        return None
    if any(_overlap(one, unit) for one in periods if one != was):
        raise PeriodsOverlap(unit=unit.code)
    _put_unit(transaction, unit)
    return _difference(was, unit)


def _need_parent(transaction: Connection, unit: Unit) -> None:
    """Raise unless each unit above exists in a part of the time of `unit`, and none is below it."""
    above, seen = unit.parent, {unit.code}
    while above is not None:
        if above in seen:
            raise ParentBelow(unit=unit.code, parent=str(unit.parent))
        found = [one for one in periods_of(transaction, above) if _overlap(one, unit)]
        if not found:
            raise UnitUnknown(unit=above)
        seen.add(above)
        above = found[-1].parent


def _overlap(one: Unit, other: Unit) -> bool:
    return one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max)


def _difference(was: Unit | Hall | None, becomes: Unit | Hall) -> str:
    """Name the columns that change; a telephone's number is never written into an audit line."""
    if was is None:
        return "added"
    before, after = asdict(was), asdict(becomes)
    return "changed " + ", ".join(name for name in after if before[name] != after[name])
