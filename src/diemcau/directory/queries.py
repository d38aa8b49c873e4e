"""What is asked of the directory: units as of a day, halls, and what was changed.

Nothing here changes anything, and nothing here is asked when documents are made anew: an
event carries the names of its day.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, select

from diemcau.core.ids import SiteId, UnitCode
from diemcau.directory.models import Change, Hall, Unit, changes, halls, units


def units_on(engine: Engine, day: date) -> tuple[Unit, ...]:
    """Return the units that exist on `day`, in order of protocol."""
    ordered = _valid_on(day).order_by(units.c.protocol, units.c.code)
    with engine.connect() as connection:
        return tuple(_unit(row) for row in connection.execute(ordered))


def unit_on(engine: Engine, code: UnitCode, day: date) -> Unit | None:
    """Return the unit of that code as it is on `day`, or None if there is none then."""
    with engine.connect() as connection:
        return find_unit(connection, code, day)


def history_of(engine: Engine, code: UnitCode) -> tuple[Unit, ...]:
    """Return every period of a unit, oldest first."""
    with engine.connect() as connection:
        return periods_of(connection, code)


def all_halls(engine: Engine) -> tuple[Hall, ...]:
    """Return the halls in order of their sites' codes."""
    with engine.connect() as connection:
        return tuple(_hall(row) for row in connection.execute(select(halls).order_by(halls.c.site)))


def hall_of(engine: Engine, site: SiteId) -> Hall | None:
    """Return the hall of a site, or None."""
    with engine.connect() as connection:
        return find_hall(connection, site)


def changes_of(engine: Engine, subject: str | None = None) -> tuple[Change, ...]:
    """Return the audit lines, of one subject (`unit:hue`) or of all, in order."""
    ordered = select(changes).order_by(changes.c.number)
    if subject is not None:
        ordered = ordered.where(changes.c.subject == subject)
    with engine.connect() as connection:
        return tuple(_change(row) for row in connection.execute(ordered))


def find_unit(connection: Connection, code: UnitCode, day: date) -> Unit | None:
    """Return the unit of that code as it is on `day`, inside a transaction."""
    row = connection.execute(_valid_on(day).where(units.c.code == code)).first()
    return None if row is None else _unit(row)


def periods_of(connection: Connection, code: UnitCode) -> tuple[Unit, ...]:
    """Return every period of a unit, oldest first, inside a transaction."""
    own = select(units).where(units.c.code == code).order_by(units.c.valid_from)
    return tuple(_unit(row) for row in connection.execute(own))


def find_hall(connection: Connection, site: SiteId) -> Hall | None:
    """Return the hall of a site, inside a transaction."""
    row = connection.execute(select(halls).where(halls.c.site == site)).first()
    return None if row is None else _hall(row)


def _valid_on(day: date) -> Select[Any]:
    begun = units.c.valid_from <= day.isoformat()
    going_on = units.c.valid_to.is_(None) | (units.c.valid_to >= day.isoformat())
    return select(units).where(begun, going_on)


def _unit(row: Row[Any]) -> Unit:
    columns = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    last = columns["valid_to"]
    period = {
        "valid_from": date.fromisoformat(columns["valid_from"]),
        "valid_to": None if last is None else date.fromisoformat(last),
    }
    return Unit(**columns | period)


def _hall(row: Row[Any]) -> Hall:
    return Hall(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)


def _change(row: Row[Any]) -> Change:
    columns = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name for it)
    return Change(**columns | {"at": datetime.fromisoformat(columns["at"])})
