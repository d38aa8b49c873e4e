"""`diemcau demo`: plays a whole conference, for people to see or headless to be judged."""

import json
import logging
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from diemcau.cli.options import English
from diemcau.cli.plan import sound_plan
from diemcau.cli.ports import next_free
from diemcau.cli.saying import ERR, OUT, fail, plainly
from diemcau.cli.stopping import run_until_stopped
from diemcau.core.ids import SiteId
from diemcau.core.roles import Role
from diemcau.demonstration.outcome import Outcome, faults_of
from diemcau.demonstration.run import Progress, Show, Stage, conclude, perform, seal, set_stage
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.plan.model import Plan
from diemcau.plan.scale import TooFewSites, scaled
from diemcau.settings import read_settings

SEED = "nganh-to-chuc-2020"
INTERRUPTED = 130
PHASES = {
    "server": "Server",
    "sites": "Rehearsal sites connect",
    "play": "Run of show",
    "record": "Recording",
    "documents": "Documents",
}
DESKS = {
    Role.CHAIR: "Chủ trì · chair",
    Role.OPERATOR: "Trực kỹ thuật · operator",
    Role.SECRETARY: "Thư ký · secretary",
    Role.SITE: "Điểm cầu · one site",
    Role.PROGRAM: "Màn hình hội trường · program screen",
}


@plainly
def demo(
    *,
    plan: Annotated[Path | None, typer.Option("--plan", help="Folder of another plan. [default: the seed's]")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for everything that is written.")] = None,
    sites: Annotated[int | None, typer.Option("--sites", min=2, help="Trim or multiply, main site included.")] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Without people: end by itself, judged.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="No pauses between the steps.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="TCP port. [default: 8080, or the next free one]")] = None,
    media_port: Annotated[int | None, typer.Option(help="UDP port. [default: 8443, or the next free one]")] = None,
    width: Annotated[int, typer.Option(min=64, max=1920, help="Width of rehearsal pictures.")] = 320,
    height: Annotated[int, typer.Option(min=36, max=1080, help="Height of rehearsal pictures.")] = 180,
    fps: Annotated[int, typer.Option(min=1, max=30, help="Rehearsal pictures a second.")] = 10,
    english: English = False,
) -> None:
    """Play a whole conference on this machine: 68 sites, their speeches, the conclusion and its documents."""
    chosen = _scaled(sound_plan(plan or _seed(), english=english), sites)
    logging.basicConfig(level=logging.WARNING)
    with _folder(out) as folder:
        settings = read_settings(
            data=folder,
            host=host,
            port=_chosen(host, port, first=8080, kind=socket.SOCK_STREAM),
            media_port=_chosen(host, media_port, first=8443, kind=socket.SOCK_DGRAM),
            demonstration=True,
        )
        show = Show(plan=chosen, settings=settings, quality=Quality(width=width, height=height, fps=fps), fast=fast)
        if headless:
            outcome = run_until_stopped(_play_alone(show, folder))
            if outcome is None:
                raise typer.Exit(INTERRUPTED)
            _judge(outcome, chosen, as_json=as_json)
        else:
            run_until_stopped(_play_for_people(show, folder))


def _scaled(plan: Plan, sites: int | None) -> Plan:
    try:
        return plan if sites is None else scaled(plan, sites=sites)
    except TooFewSites as fault:
        fail(str(fault))


def _chosen(host: str, asked: int | None, *, first: int, kind: socket.SocketKind) -> int:
    """Return the port that was asked for; without one the first free one, and say so if it is another."""
    if asked is not None:
        return asked
    found = next_free(host, first, kind)
    if found != first:
        ERR.print(f"Cổng {first} đang bận, dùng cổng {found}. · Port {first} is taken: {found} is used.", markup=False)
    return found


def _seed() -> Path:
    """Return the seed's plan: beside the source, or as installed."""
    beside = Path(__file__).parents[3] / "examples" / SEED
    return beside if beside.is_dir() else Path(str(files("diemcau").joinpath("examples", SEED)))


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Yield the folder to write into: the one that was named, or one that is removed at the end."""
    if out is not None:
        if (out / "journal.sqlite").exists():
            fail(f"{out} holds an earlier run: name an empty folder with --out, or remove it.")
        out.mkdir(parents=True, exist_ok=True)
        yield out.resolve()
        return
    passing = Path(tempfile.mkdtemp(prefix="diemcau-"))
    try:
        yield passing
    finally:
        shutil.rmtree(passing, ignore_errors=True)


async def _play_alone(show: Show, folder: Path) -> Outcome:
    began = time.monotonic()
    with _bars() as progress:
        async with set_stage(show, progress, with_people=False) as stage:
            await perform(stage, progress)
            await seal(stage)
            return await conclude(stage, folder, progress, began)


def _judge(outcome: Outcome, plan: Plan, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        OUT.print(f"{outcome.plan}: {outcome.sites} sites, {len(outcome.speeches)} speeches, {outcome.tasks} tasks")
    faults = faults_of(outcome, plan)
    for fault in faults:
        ERR.print(f"• {fault}", markup=False, highlight=False)
    if faults:
        fail(f"{len(faults)} of the plan's expectations did not come true.")


async def _play_for_people(show: Show, folder: Path) -> None:
    began = time.monotonic()
    with _bars() as progress:
        async with set_stage(show, progress, with_people=True) as stage:
            _print_links(stage)
            await perform(stage, progress)
            await seal(stage)
            outcome = await conclude(stage, folder, progress, began)
            progress.phase("over")
            OUT.print("Biên bản, thông báo, danh sách, tin bài · documents:", markup=False)
            for document in outcome.documents:
                OUT.print(f"  {folder / document}", markup=False, highlight=False)
            if outcome.recording is not None:
                OUT.print(f"  {folder / outcome.recording.path}", markup=False, highlight=False)
            OUT.print("Máy chủ vẫn chạy; bấm Ctrl-C để dừng. · The server stays up; press Ctrl-C to stop.")
            await stage.door.closed()


def _print_links(stage: Stage) -> None:
    plan = stage.show.plan
    speaking = next((grant.site for grant in plan.speeches if grant.site != plan.main_site.code), None)
    site = speaking or plan.remote_sites[0].code
    OUT.print(f"\n{plan.title}", markup=False, highlight=False)
    OUT.print(f"TCP {stage.door.port}, UDP {stage.server.studio.port}\n", highlight=False)
    for role, name in DESKS.items():
        at: SiteId | None = site if role is Role.SITE else None
        suffix = f" ({plan.unit(plan.site(site).unit).short_name})" if role is Role.SITE else ""
        OUT.print(f"{name}{suffix}", markup=False, highlight=False)
        OUT.print(f"  {stage.door.link(plan.id, role, at)}", markup=False, highlight=False)
    OUT.print("")


@contextmanager
def _bars() -> Iterator[Progress]:
    """Show how far it is on standard error, one bar a phase."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[what]}"))
    with Bars(*columns, TimeElapsedColumn(), console=ERR, transient=False) as bars:
        current: list[object] = []

        def phase(name: str) -> None:
            for task in bars.task_ids:
                bars.update(task, total=bars.tasks[task].total or 1)
                bars.update(task, completed=bars.tasks[task].total or 1)
                bars.stop_task(task)
            if name in PHASES:
                current[:] = [bars.add_task(PHASES[name], total=None, what="")]

        def step(number: int, of: int, what: str) -> None:
            bars.update(bars.task_ids[-1], completed=number, total=of, what=what)

        def sites(up: int, of: int) -> None:
            if bars.tasks[-1].description == PHASES["sites"]:
                bars.update(bars.task_ids[-1], completed=up, total=of, what=f"{up}/{of}")

        yield Progress(phase=phase, sites=sites, step=step)
        phase("over")
