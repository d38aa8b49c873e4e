"""`diemcau plan`: check what was prepared, write a file to fill in, take a plan in."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from diemcau.cli.options import Data, English, JournalUrl
from diemcau.cli.saying import ERR, OUT, fail, plainly
from diemcau.conduct.clock import WallClock
from diemcau.directory.models import open_directory
from diemcau.journal.events import CODEC
from diemcau.journal.sql import engine_for, open_journal
from diemcau.plan.faults import FaultyPlan
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.plan.template import write_template
from diemcau.settings import read_settings
from diemcau.wiring.handouts import HandoutShelf, handouts_in
from diemcau.wiring.importing import take_in

app = typer.Typer(
    help="Prepare a conference: check its plan, make a file to fill in, take it in.", no_args_is_help=True
)

Folder = Annotated[Path, typer.Argument(help="Folder of the plan: conference.toml and its tables.")]


@app.command("check")
@plainly
def check(folder: Folder, *, english: English = False) -> None:
    """Report every fault of a plan at once: where, what, and how to mend it."""
    plan = sound_plan(folder, english=english)
    OUT.print(
        f"{plan.id}: {len(plan.sites)} sites, {len(plan.delegates)} delegates, "
        f"{len(plan.agenda)} items of agenda. No fault found.",
        markup=False,
        highlight=False,
    )


@app.command("template")
@plainly
def template(
    file: Annotated[Path, typer.Argument(help="XLSX file to write.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write an XLSX file to fill in, with instructions in Vietnamese and English."""
    if file.exists() and not force:
        fail(f"{file} is there already: name another file, or give --force to write over it.")
    if file.suffix != ".xlsx":
        fail(f"{file} must end with .xlsx, the format that is written.")
    write_template(file)
    OUT.print(f"{file} is written. Fill it in, put conference.toml beside it, then: diemcau plan check", markup=False)


@app.command("import")
@plainly
def take_plan_in(folder: Folder, *, data: Data = None, journal: JournalUrl = None, english: English = False) -> None:
    """Convene the conference of a plan; a plan with faults changes nothing."""
    plan = sound_plan(folder, english=english)
    settings = read_settings(data=data, journal=journal)
    settings.make_data_folder()
    engine = engine_for(settings.journal_url)
    kept = open_journal(engine, CODEC)
    open_directory(engine)
    shelf = HandoutShelf(handouts_in(settings.data))
    asyncio.run(take_in(plan, journal=kept, engine=engine, clock=WallClock(), handouts=shelf))
    OUT.print(f"{plan.id} is convened. Links: diemcau conference pass {plan.id} --role chair", markup=False)


def sound_plan(folder: Path, *, english: bool) -> Plan:
    """Return the plan in `folder`, or print every fault and end with status 1."""
    try:
        return read_plan(folder)
    except FaultyPlan as faulty:
        for fault in faulty.faults:
            ERR.print(f"• {fault.text('en' if english else 'vi')}", markup=False, highlight=False)
        count = len(faulty.faults)
        fail(
            f"{folder}: {count} fault(s); nothing was taken in." if english else f"{folder}: {count} lỗi; chưa nhập gì."
        )
