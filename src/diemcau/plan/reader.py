"""Reading a plan from its folder: all of it and all of its faults, or a whole `Plan`.

This is the door of the package. It changes nothing and is never left with half a plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from diemcau.core.ids import ConferenceId, SiteId, UnitCode
from diemcau.plan import keys
from diemcau.plan.check_conference import check_conference, check_steps
from diemcau.plan.check_order import check_order
from diemcau.plan.check_tables import Tables, check_tables
from diemcau.plan.columns import DELEGATES, SITES, TABLES, UNITS, TableForm
from diemcau.plan.conference_file import Prepared, read_conference
from diemcau.plan.csv_files import read_csv
from diemcau.plan.expected import check_expected, count_expected
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, FaultyPlan, Place
from diemcau.plan.hierarchy import in_tree_order
from diemcau.plan.model import Delegate, Handout, Plan, Site, Unit
from diemcau.plan.steps import PlacedStep, read_steps
from diemcau.plan.table_rows import read_delegate, read_site, read_unit
from diemcau.plan.tables import Row
from diemcau.plan.toml_file import read_toml
from diemcau.plan.xlsx_files import read_xlsx

CONFERENCE_FILE = "conference.toml"
WORKBOOK_FILE = "plan.xlsx"
MACRO_WORKBOOK_FILE = "plan.xlsm"

Thing = TypeVar("Thing")


def read_plan(folder: Path) -> Plan:
    """Return the plan in `folder`, or raise `FaultyPlan` with every fault that it has."""
    faults = Faults()
    if not folder.is_dir():
        faults.add(FaultCode.MISSING_FOLDER, Place(file=str(folder)))
        raise FaultyPlan(faults.in_order())
    root = read_toml(folder / CONFERENCE_FILE, faults)
    tables = _read_tables(folder, faults)
    prepared = None if root is None else read_conference(root)
    check_tables(
        tables,
        categories=_categories(prepared),
        day=None if prepared is None or prepared.starts_at is None else prepared.starts_at.date(),
        faults=faults,
    )
    plan = None if prepared is None else _assembled(prepared, tables, folder)
    if faults or plan is None:
        raise FaultyPlan(faults.in_order())
    return plan


def _assembled(prepared: Prepared, tables: Tables, folder: Path) -> Plan | None:
    """Put the parts together; what this is worth, the faults say."""
    units, sites, delegates = _in_protocol_order(tables)
    check_conference(prepared, tables, folder)
    steps = _checked_steps(prepared, tables, tuple(site.code for site in sites))
    run_of_show = tuple(placed.step for placed in steps)
    expected = count_expected(
        sites=sites,
        delegates=delegates,
        conclusion=prepared.conclusion,
        tasks=prepared.tasks,
        steps=run_of_show,
    )
    check_expected(prepared.root.section(keys.EXPECTED), expected, _unknown(tables, prepared.root.faults))
    if prepared.starts_at is None or prepared.ends_at is None:
        return None
    return Plan(
        id=ConferenceId(prepared.id),
        title=prepared.title,
        title_short=prepared.title_short,
        language=prepared.language,
        organiser=UnitCode(prepared.organiser),
        time_zone=prepared.time_zone,
        starts_at=prepared.starts_at,
        ends_at=prepared.ends_at,
        documents=prepared.documents,
        regulations=prepared.regulations,
        agenda=prepared.agenda,
        handouts=tuple(_found(one, folder) for one in prepared.handouts),
        categories=prepared.categories,
        units=units,
        sites=sites,
        delegates=delegates,
        conclusion=prepared.conclusion,
        tasks=prepared.tasks,
        run_of_show=run_of_show,
        expected=expected,
    )


def _found(handout: Handout, folder: Path) -> Handout:
    return handout if handout.file is None else replace(handout, file=str((folder / handout.file).resolve()))


def _checked_steps(prepared: Prepared, tables: Tables, sites: tuple[SiteId, ...]) -> list[PlacedStep]:
    """Read and check the run of show; its order only where each step has no fault of its own."""
    sections = prepared.root.sections(keys.RUN_OF_SHOW)
    before = len(prepared.root.faults.found)
    steps = read_steps(sections, sites)
    check_steps(steps, prepared, tables)
    if len(prepared.root.faults.found) == before:
        check_order(steps, prepared.regulations)
    return steps


def _categories(prepared: Prepared | None) -> frozenset[str] | None:
    if prepared is None or not prepared.root.has(keys.CATEGORIES):
        return None
    return frozenset(category.code for category in prepared.categories)


def _unknown(tables: Tables, faults: Faults) -> frozenset[str]:
    """Return the counts that are not asked for, since what they count has faults of its own."""
    main = [placed for placed in tables.sites or () if placed.thing.main]
    unknown: set[str] = set()
    if tables.sites is None:
        unknown |= {"sites", "tasks", "delegates_present"}
    if len(main) != 1:
        unknown.add("tasks")
    if tables.delegates is None or any(
        fault.file == tables.delegates_file or fault.code is FaultCode.UNKNOWN_DELEGATE for fault in faults
    ):
        unknown.add("delegates_present")
    return frozenset(unknown)


def _in_protocol_order(
    tables: Tables,
) -> tuple[tuple[Unit, ...], tuple[Site, ...], tuple[Delegate, ...]]:
    """Return units as a tree, the main site and then the others by unit, delegates by site."""
    units = [placed.thing for placed in tables.units or ()]
    sites = [placed.thing for placed in tables.sites or ()]
    delegates = [placed.thing for placed in tables.delegates or ()]
    ranks = ranked_units(units)
    units.sort(key=lambda unit: ranks.get(unit.code, len(ranks)))
    sites.sort(key=lambda site: (not site.main, ranks.get(site.unit, len(ranks)), site.code))
    places = {site.code: index for index, site in enumerate(sites)}
    delegates.sort(key=lambda one: places.get(one.site, len(places)))
    return tuple(units), tuple(sites), tuple(delegates)


def ranked_units(units: Sequence[Unit]) -> Mapping[str, int]:
    """Return each unit's rank in the whole order of protocol: a parent before those under it."""
    parents: dict[str, str | None] = {unit.code: unit.parent for unit in units}
    order: dict[str, int] = {unit.code: unit.protocol for unit in units}
    tree = in_tree_order(parents, order)
    return {code: rank for rank, code in enumerate(tree)}


def _read_tables(folder: Path, faults: Faults) -> Tables:
    names, (units, sites, delegates) = _read_rows(folder, faults)
    return Tables(
        units=_read_each(units, UNITS, read_unit),
        sites=_read_each(sites, SITES, read_site),
        delegates=_read_each(delegates, DELEGATES, read_delegate),
        sites_file=names[1],
        delegates_file=names[2],
    )


def _read_each(rows: list[Row] | None, form: TableForm, read: Callable[[Row], Thing]) -> list[Thing] | None:
    """Read every row; a table without one of its columns is read for its faults alone."""
    if rows is None:
        return None
    things = [read(row) for row in rows]
    return None if rows and not form.required <= rows[0].cells.keys() else things


def _read_rows(folder: Path, faults: Faults) -> tuple[list[str], list[list[Row] | None]]:
    """Return where the three tables stand, and their rows where they could be read."""
    workbook = folder / WORKBOOK_FILE
    if (folder / MACRO_WORKBOOK_FILE).exists():
        faults.add(FaultCode.MACROS, Place(file=MACRO_WORKBOOK_FILE), found=".xlsm")
        return [form.file for form in TABLES], [None, None, None]
    if not workbook.exists():
        rows = [read_csv(folder / form.file, form, faults) for form in TABLES]
        return [form.file for form in TABLES], rows
    for form in TABLES:
        if (folder / form.file).exists():
            place, wanted = Place(file=form.file), f"{WORKBOOK_FILE} [{form.sheet}]"
            faults.add(FaultCode.TWO_SOURCES, place, found=form.file, wanted=wanted)
    sheets = read_xlsx(workbook, TABLES, faults) or [None, None, None]
    return [f"{WORKBOOK_FILE} [{form.sheet}]" for form in TABLES], sheets
