"""Whether `conference.toml` agrees with itself and with the tables.

Times and minutes, the codes that it names, hand-outs, due days. What is expected of a
rehearsal is counted in `expected`.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import assert_never

from diemcau.core.convening import Horizon
from diemcau.core.ids import PersonId, SiteId, UnitCode
from diemcau.plan import keys
from diemcau.plan.check_tables import Tables
from diemcau.plan.conference_file import Prepared
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.handout_file import NotAHandout, pages_of
from diemcau.plan.model import Delegate, Duty
from diemcau.plan.run_of_show import (
    Adjourn,
    Adopt,
    BeginItem,
    Close,
    CloseRollCall,
    Draft,
    Grant,
    Open,
    OpenRollCall,
    ReadOut,
    ReportAttendance,
    Request,
    Resume,
    ShowPage,
    TakeNote,
)
from diemcau.plan.steps import PlacedStep
from diemcau.plan.toml_file import Section


def check_conference(prepared: Prepared, tables: Tables, folder: Path) -> None:
    """Note every fault of the file but those of the run of show."""
    root = prepared.root
    _check_times(prepared)
    for name, key in ((keys.AGENDA, "id"), (keys.HANDOUTS, "id"), (keys.CATEGORIES, "code")):
        _check_codes(root.sections(name), key)
    _check_handout_files(root.sections(keys.HANDOUTS), folder)
    _check_conclusion(prepared, tables)
    if tables.units is not None and prepared.organiser:
        units = {placed.thing.code: placed.thing for placed in tables.units}
        organiser = units.get(UnitCode(prepared.organiser))
        day = None if prepared.starts_at is None else prepared.starts_at.date()
        if organiser is None:
            root.blame(FaultCode.UNKNOWN_UNIT, "organiser")
        elif day is not None and not organiser.is_valid_on(day):
            root.blame(FaultCode.UNIT_NOT_VALID, "organiser", wanted=day.isoformat())


def check_steps(steps: Sequence[PlacedStep], prepared: Prepared, tables: Tables) -> None:
    """Note every fault of the run of show."""
    sites = None if tables.sites is None else {placed.thing.code for placed in tables.sites}
    people = None
    if tables.delegates is not None:
        people = {placed.thing.id: placed.thing for placed in tables.delegates}
    for placed in steps:
        _check_step(placed, prepared, sites, people)


def _check_times(prepared: Prepared) -> None:
    root, starts_at, ends_at = prepared.root, prepared.starts_at, prepared.ends_at
    if starts_at is None or ends_at is None:
        return
    if ends_at <= starts_at:
        root.blame(FaultCode.ENDS_BEFORE_STARTS, "ends_at", wanted=starts_at.isoformat())
        return
    if not prepared.agenda or any(item.minutes == 0 for item in prepared.agenda):
        return
    minutes = sum(item.minutes for item in prepared.agenda)
    if timedelta(minutes=minutes) != ends_at - starts_at:
        wanted = str(int((ends_at - starts_at).total_seconds()) // 60)
        root.blame(FaultCode.MINUTES_DO_NOT_ADD_UP, keys.AGENDA, found=minutes, wanted=wanted)


def _check_codes(sections: Sequence[Section], key: str) -> None:
    first: dict[object, Section] = {}
    for section in sections:
        code = section.content.get(key)
        if isinstance(code, str) and code in first:
            wanted = f"{section.file}:{first[code].place(key).row}"
            section.blame(FaultCode.DUPLICATE_CODE, key, wanted=wanted)
        elif isinstance(code, str):
            first[code] = section


def _check_handout_files(handouts: Sequence[Section], folder: Path) -> None:
    for section in handouts:
        name = section.text("file")
        if not name:
            continue
        file = (folder / name).resolve()
        if not (file.is_relative_to(folder.resolve()) and file.is_file()):
            section.blame(FaultCode.OUTSIDE_FOLDER, "file")
            continue
        try:
            pages = pages_of(file.read_bytes())
        except (NotAHandout, OSError):
            section.blame(FaultCode.NOT_A_PDF, "file")
            continue
        if section.content.get("pages", 1) != pages:
            section.blame(FaultCode.OTHER_PAGES, "pages", wanted=str(pages))


def _check_conclusion(prepared: Prepared, tables: Tables) -> None:
    units = None if tables.units is None else {placed.thing.code: placed.thing for placed in tables.units}
    day = None if prepared.starts_at is None else prepared.starts_at.date()
    tasks = prepared.root.section(keys.TASKS)
    for item, section in zip(prepared.conclusion, prepared.root.sections(keys.CONCLUSION), strict=True):
        for code in item.units:
            unit = None if units is None else units.get(code)
            if unit is None and units is not None:
                section.blame(FaultCode.UNKNOWN_UNIT, "units", found=code)
            elif unit is not None and day is not None and not unit.is_valid_on(day):
                section.blame(FaultCode.UNIT_NOT_VALID, "units", found=code, wanted=day.isoformat())
        default = "due_year" if item.horizon is Horizon.YEAR else "due_term"
        given = section.has("due") or tasks.has(default)
        if prepared.tasks.makes_tasks(item) and not given:
            section.blame(FaultCode.NO_DUE_DATE, "due", found=item.text, wanted=default)


def _check_step(
    placed: PlacedStep,
    prepared: Prepared,
    sites: set[SiteId] | None,
    people: dict[PersonId, Delegate] | None,
) -> None:
    section = placed.section
    match placed.step:
        case ReportAttendance(sites=reporting, absent=absent):
            _check_sites(section, "sites", reporting, sites)
            _check_absent(section, None if sites is None else reporting, absent, people)
        case BeginItem(item=item):
            _check_item(section, item, prepared)
        case Request(site=site):
            _check_sites(section, "site", (site,), sites)
        case Grant():
            _check_sites(section, "site", (placed.step.site,), sites)
            _check_speaker(section, placed.step, people)
        case TakeNote(site=site):
            _check_sites(section, "site", () if site is None else (site,), sites)
        case ShowPage():
            _check_page(section, placed.step, prepared)
        case Open() | OpenRollCall() | CloseRollCall() | Adjourn() | Resume() | Draft() | ReadOut() | Adopt() | Close():
            pass
        case _:
            assert_never(placed.step)


def _check_sites(section: Section, key: str, named: Sequence[SiteId], sites: set[SiteId] | None) -> None:
    for site in named:
        if sites is not None and site and site not in sites:
            section.blame(FaultCode.UNKNOWN_SITE, key, found=site)


def _check_absent(
    section: Section,
    reporting: Sequence[SiteId] | None,
    absent: Sequence[PersonId],
    people: dict[PersonId, Delegate] | None,
) -> None:
    for person in absent:
        if people is None:
            return
        elsewhere = reporting is not None and person in people and people[person].site not in reporting
        if person not in people or elsewhere:
            section.blame(FaultCode.UNKNOWN_DELEGATE, "absent", found=person)


def _check_item(section: Section, item: str, prepared: Prepared) -> None:
    known = [one.id for one in prepared.agenda]
    if item and item not in known:
        section.blame(FaultCode.UNKNOWN_AGENDA_ITEM, "item", wanted=", ".join(known))


def _check_speaker(section: Section, grant: Grant, people: dict[PersonId, Delegate] | None) -> None:
    if people is None:
        return
    if grant.delegate is None:
        chairs = (one for one in people.values() if one.site == grant.site)
        speaker = next((one for one in chairs if one.duty is Duty.CHAIR), None)
    else:
        speaker = people.get(grant.delegate)
        if speaker is None or speaker.site != grant.site:
            section.blame(FaultCode.UNKNOWN_DELEGATE, "delegate", found=grant.delegate)
            return
    if speaker is not None and not speaker.speaks:
        section.blame(FaultCode.NOT_A_SPEAKER, "delegate", found=speaker.id)


def _check_page(section: Section, step: ShowPage, prepared: Prepared) -> None:
    handout = next((one for one in prepared.handouts if one.id == step.handout), None)
    if handout is None:
        if step.handout:
            section.blame(FaultCode.UNKNOWN_HANDOUT, "handout")
    elif step.page > handout.pages:
        wanted = f"1–{handout.pages}"
        section.blame(FaultCode.NO_SUCH_PAGE, "page", found=step.page, wanted=wanted)
