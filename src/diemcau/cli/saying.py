"""How commands speak: results on standard output, everything else on standard error."""

import functools
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console

from diemcau.core.refusals import Refusal
from diemcau.demonstration.run import RehearsalFailed
from diemcau.directory.models import DirectoryUnusable
from diemcau.journal.journal import JournalUnusable, JournalUnwritable
from diemcau.journal.seal import UnfitKey, UnfitSeal
from diemcau.media.fabric import FabricError
from diemcau.media.passes import PassKeyUnusable
from diemcau.settings import SettingsUnfit
from diemcau.web.serve import CannotServe
from diemcau.web.tls import CertificateUnusable
from diemcau.wiring.importing import ConvenedAlready

OUT = Console(soft_wrap=True)
ERR = Console(stderr=True, soft_wrap=True)

_EXPECTED = (
    SettingsUnfit,
    CannotServe,
    CertificateUnusable,
    ConvenedAlready,
    DirectoryUnusable,
    FabricError,
    JournalUnusable,
    JournalUnwritable,
    PassKeyUnusable,
    RehearsalFailed,
    UnfitKey,
    UnfitSeal,
)
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and how to mend it, and end with status 1."""
    ERR.print(sentence, style="bold", markup=False, highlight=False)
    raise typer.Exit(1)


def plainly(command: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Let a command that can't go on say so in one sentence, without a traceback."""

    @functools.wraps(command)
    def spoken(*given: _Given.args, **named: _Given.kwargs) -> _Answer:
        try:
            return command(*given, **named)
        except _EXPECTED as fault:
            fail(str(fault))
        except Refusal as refusal:
            fail(f"{refusal.code}: {refusal.__doc__} {refusal.about or ''}".rstrip())
        except OSError as fault:
            where = f"{fault.filename}: " if fault.filename else ""
            fail(f"{where}{fault.strerror or fault}; make it readable and writable for this user, or name another.")

    return spoken
