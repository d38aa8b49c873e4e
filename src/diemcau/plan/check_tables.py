"""Whether the three tables fit each other: codes, parents, main site, chairs, days.

A table that could not be read is `None` and nothing is asked of it: one missing file is one
fault, not a thousand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place
from diemcau.plan.hierarchy import cycles, unknown_parents
from diemcau.plan.model import Delegate, Duty, Site, Unit
from diemcau.plan.table_rows import Placed

Thing = TypeVar("Thing")
_ONCE_A_SITE = (Duty.CHAIR, Duty.DEPUTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The three tables, each with the file or sheet that it came from."""

    units: Sequence[Placed[Unit]] | None
    sites: Sequence[Placed[Site]] | None
    delegates: Sequence[Placed[Delegate]] | None
    sites_file: str
    delegates_file: str


def check_tables(tables: Tables, *, categories: frozenset[str] | None, day: date | None, faults: Faults) -> None:
    """Note every fault in and between the tables; unknown `categories` or `day` ask nothing."""
    if tables.units is not None:
        _check_codes(tables.units, "code", lambda unit: unit.code)
        _check_parents(tables.units, lambda unit: (unit.code, unit.parent))
        _check_days(tables.units)
        _check_grid(tables.units)
    if tables.sites is not None:
        _check_codes(tables.sites, "code", lambda site: site.code)
        _check_parents(tables.sites, lambda site: (site.code, site.parent))
        _check_units_of(tables, tables.sites, day)
        _check_main(tables.sites, Place(file=tables.sites_file), faults)
    if tables.delegates is not None:
        _check_codes(tables.delegates, "id", lambda one: one.id)
        _check_categories(tables.delegates, categories)
    if tables.sites is not None and tables.delegates is not None:
        _check_sites_of(tables.sites, tables.delegates)
        _check_duties(tables.sites, tables.delegates, tables.delegates_file, faults)


def _check_codes(things: Sequence[Placed[Thing]], column: str, code_of: Callable[[Thing], str]) -> None:
    first: dict[str, int] = {}
    for placed in things:
        code = code_of(placed.thing)
        if code in first:
            wanted = f"{placed.row.file}:{first[code]}"
            placed.row.blame(FaultCode.DUPLICATE_CODE, column, wanted=wanted)
        elif code:
            first[code] = placed.row.number


def _check_parents(things: Sequence[Placed[Thing]], ends_of: Callable[[Thing], tuple[str, str | None]]) -> None:
    rows = {ends_of(placed.thing)[0]: placed.row for placed in reversed(things)}
    parents = {code: parent for code, parent in map(ends_of, (one.thing for one in things)) if code}
    for code in unknown_parents(parents):
        rows[code].blame(FaultCode.UNKNOWN_PARENT, "parent", found=parents[code] or "")
    for circle in cycles(parents):
        shown = " → ".join((*circle, circle[0]))
        rows[circle[0]].blame(FaultCode.CYCLE, "parent", found=shown)


def _check_days(units: Sequence[Placed[Unit]]) -> None:
    for placed in units:
        begins, ends = placed.thing.valid_from, placed.thing.valid_to
        if begins is not None and ends is not None and ends < begins:
            wanted, found = begins.isoformat(), ends.isoformat()
            placed.row.blame(FaultCode.VALID_TO_BEFORE_VALID_FROM, "valid_to", wanted=wanted, found=found)


def _check_grid(units: Sequence[Placed[Unit]]) -> None:
    taken: dict[tuple[int, int], str] = {}
    for placed in units:
        row, column = placed.thing.grid_row, placed.thing.grid_column
        if row is None and column is None:
            continue
        if row is None or column is None:
            placed.row.blame(FaultCode.EMPTY, "grid_row" if row is None else "grid_column")
            continue
        if (row, column) in taken:
            wanted, found = taken[row, column], f"{row}, {column}"
            placed.row.blame(FaultCode.SAME_GRID_PLACE, "grid_row", wanted=wanted, found=found)
        taken.setdefault((row, column), placed.thing.code)


def _check_units_of(tables: Tables, sites: Sequence[Placed[Site]], day: date | None) -> None:
    if tables.units is None:
        return
    units = {placed.thing.code: placed.thing for placed in tables.units}
    for placed in sites:
        unit = units.get(placed.thing.unit)
        if unit is None:
            if placed.thing.unit:
                placed.row.blame(FaultCode.UNKNOWN_UNIT, "unit")
        elif day is not None and _exists_at_all(unit) and not unit.is_valid_on(day):
            placed.row.blame(FaultCode.UNIT_NOT_VALID, "unit", wanted=day.isoformat())


def _exists_at_all(unit: Unit) -> bool:
    return unit.valid_from is None or unit.valid_to is None or unit.valid_from <= unit.valid_to


def _check_main(sites: Sequence[Placed[Site]], at: Place, faults: Faults) -> None:
    main = [placed for placed in sites if placed.thing.main]
    if not sites:
        faults.add(FaultCode.NO_SITES, at)
    elif not main:
        faults.add(FaultCode.NO_MAIN_SITE, at)
    for other in main[1:]:
        first, found = main[0].thing.code, other.thing.code
        other.row.blame(FaultCode.TWO_MAIN_SITES, "main", wanted=first, found=found)


def _check_categories(delegates: Sequence[Placed[Delegate]], categories: frozenset[str] | None) -> None:
    if categories is None:
        return
    wanted = ", ".join(sorted(categories))
    for placed in delegates:
        if placed.thing.category and placed.thing.category not in categories:
            placed.row.blame(FaultCode.UNKNOWN_CATEGORY, "category", wanted=wanted)


def _check_sites_of(sites: Sequence[Placed[Site]], delegates: Sequence[Placed[Delegate]]) -> None:
    known = {placed.thing.code for placed in sites}
    for placed in delegates:
        if placed.thing.site and placed.thing.site not in known:
            placed.row.blame(FaultCode.UNKNOWN_SITE, "site")


def _check_duties(
    sites: Sequence[Placed[Site]],
    delegates: Sequence[Placed[Delegate]],
    file: str,
    faults: Faults,
) -> None:
    seen: set[tuple[str, Duty]] = set()
    for placed in delegates:
        one = placed.thing
        if (one.site, one.duty) in seen and one.duty in _ONCE_A_SITE:
            wanted, found = one.site, one.duty.value
            placed.row.blame(FaultCode.TWO_OF_ONE_DUTY, "duty", wanted=wanted, found=found)
        seen.add((one.site, one.duty))
    for site in dict.fromkeys(placed.thing.code for placed in sites):
        if site and (site, Duty.CHAIR) not in seen:
            place = Place(file=file, column="duty")
            faults.add(FaultCode.NO_CHAIR, place, found=site)
