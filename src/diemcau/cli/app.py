"""The tree of commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from diemcau.cli import camera, conference, demo, doctor, journal, person, plan, record, relay, serving
from diemcau.cli.saying import OUT

app = typer.Typer(
    name="diemcau",
    help="Điểm Cầu: run a nationwide conference of many halls, from the roll call to the last task that it set.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's way of a callback
    if asked:
        OUT.print(version("diemcau"), highlight=False)
        raise typer.Exit


@app.callback()
def _main(
    *,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Run a nationwide conference of many halls."""


app.command("init")(serving.init)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("record")(record.record)
app.command("relay")(relay.relay)
app.command("camera")(camera.camera)
app.add_typer(plan.app, name="plan")
app.add_typer(conference.app, name="conference")
app.add_typer(person.app, name="person")
app.command("export")(journal.export)
app.command("verify-journal")(journal.verify_journal)
app.command("rebuild")(journal.rebuild)
app.command("doctor")(doctor.doctor)
