"""`diemcau export`, `verify-journal` and `rebuild`: what can be done with the journal besides running it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from diemcau.cli.conference import state_of
from diemcau.cli.options import Data, JournalUrl
from diemcau.cli.saying import ERR, OUT, fail, plainly
from diemcau.conduct.clock import WallClock
from diemcau.conduct.desks import Desks
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.record import Record, Seal
from diemcau.journal.seal import UnfitSeal, seal_of_text, text_of_seal
from diemcau.journal.sql import engine_for, engine_to_read, open_journal, open_to_read
from diemcau.journal.verify import verify
from diemcau.projections.projector import Projector
from diemcau.settings import read_settings
from diemcau.wiring.library import Library
from diemcau.wiring.recorded import RecordingShelf
from diemcau.wiring.spoken import speeches_of


@plainly
def export(
    conference: Annotated[str, typer.Argument(help="The conference's id.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    site: Annotated[str | None, typer.Option(help="Whose article; without it the main site's.")] = None,
    data: Data = None,
    journal: JournalUrl = None,
) -> None:
    """Write a conference's journal (a JSON line a record), its seals and its documents into a folder."""
    settings = read_settings(data=data, journal=journal)
    engine = engine_to_read(settings.journal_url)
    kept = open_to_read(engine, CODEC)
    name = ConferenceId(conference)
    stream = streams.formal(name)
    if not kept.version(stream):
        fail(f"There is no conference {conference}: see diemcau conference list.")
    if site is not None and not state_of(kept, name).facts.has_site(SiteId(site)):
        fail(f"{conference} has no site {site}: take a code of the plan's sites.")
    out.mkdir(parents=True, exist_ok=True)
    lines = [_line(record) for one in (stream, streams.tasks(name)) for record in kept.read(one)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (out / "journal.jsonl").write_text(text, encoding="utf-8")
    for number, seal in enumerate(kept.seals(stream), start=1):
        (out / f"seal-{number}.json").write_text(text_of_seal(seal), encoding="utf-8")
    OUT.print(str(out / "journal.jsonl"), markup=False, highlight=False)
    recordings = RecordingShelf(settings.data / "recordings", speeches_of(kept, engine))
    library = Library(kept, engine, Desks(kept, WallClock()), out, recordings=recordings)
    for path in library.make_ready(name, out, site=None if site is None else SiteId(site)):
        OUT.print(str(path), markup=False, highlight=False)


@plainly
def verify_journal(
    *,
    seal: Annotated[
        list[Path] | None, typer.Option("--seal", help="A seal's file, kept elsewhere; repeatable.")
    ] = None,
    data: Data = None,
    journal: JournalUrl = None,
) -> None:
    """Check every record's place in its chain; with a seal also that the end is whole and the chain the same."""
    settings = read_settings(data=data, journal=journal)
    kept = open_to_read(engine_to_read(settings.journal_url), CODEC)
    seals = tuple(_seal_in(path) for path in seal or ())
    report = verify(kept, seals=seals)
    for fault in report.faults:
        ERR.print(f"• {fault.stream}: {fault.says}", markup=False, highlight=False)
    if not report.is_whole:
        fail(f"{len(report.faults)} fault(s) in the journal; restore the last backup and compare.")
    OUT.print(
        f"{report.records} records in {report.streams} streams and {report.seals} seals: all whole.",
        markup=False,
        highlight=False,
    )


@plainly
def rebuild(*, data: Data = None, journal: JournalUrl = None) -> None:
    """Empty what people read (attendance, speaking time, tasks) and fill it again from the journal."""
    settings = read_settings(data=data, journal=journal)
    engine = engine_for(settings.journal_url)
    kept = open_journal(engine, CODEC)
    Projector(kept, engine).rebuild()
    OUT.print(f"Rebuilt from {kept.position()} records.", markup=False, highlight=False)


def _seal_in(path: Path) -> Seal:
    try:
        return seal_of_text(path.read_text(encoding="utf-8"))
    except (UnfitSeal, UnicodeDecodeError):
        fail(f"{path} is no seal: name a file that diemcau export wrote (seal-1.json).")


def _line(record: Record) -> dict[str, object]:
    return {
        "position": record.position,
        "stream": record.stream,
        "version": record.version,
        "at": record.at.isoformat(),
        "author": {"role": record.author.role, "site": record.author.site},
        "name": record.name,
        "event_version": record.event_version,
        "body": json.loads(record.body),
        "previous": record.previous,
        "hash": record.hash,
    }
