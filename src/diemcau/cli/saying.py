"""How commands speak: results on standard output, everything else on standard error."""

import errno
import functools
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console

from diemcau.core.refusals import Refusal
from diemcau.demonstration.desk_socket import AskRefused, EntryFailed
from diemcau.demonstration.run import RehearsalFailed
from diemcau.demonstration.stage_play import StepRefused
from diemcau.directory.models import DirectoryUnusable
from diemcau.journal.journal import JournalUnusable, JournalUnwritable
from diemcau.journal.seal import UnfitKey, UnfitSeal
from diemcau.media.fabric import FabricError
from diemcau.media.pass_keys import PassKeyUnusable
from diemcau.media.relay.upstream import UpstreamUnusable
from diemcau.settings import SettingsUnfit
from diemcau.web.serve import CannotServe
from diemcau.web.tls import CertificateUnusable
from diemcau.wiring.importing import ConvenedAlready, PlanNotTaken
from diemcau.wiring.visiting import LinkUnusable, ServerAway

OUT = Console(soft_wrap=True)
ERR = Console(stderr=True, soft_wrap=True)

_EXPECTED = (
    SettingsUnfit,
    AskRefused,
    CannotServe,
    CertificateUnusable,
    ConvenedAlready,
    DirectoryUnusable,
    EntryFailed,
    FabricError,
    JournalUnusable,
    JournalUnwritable,
    LinkUnusable,
    PassKeyUnusable,
    PlanNotTaken,
    RehearsalFailed,
    ServerAway,
    StepRefused,
    UnfitKey,
    UnfitSeal,
    UpstreamUnusable,
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
            fail(_sentence(fault))

    return spoken


def _sentence(fault: OSError) -> str:
    where = f"{fault.filename}: " if fault.filename else ""
    match fault.errno:
        case errno.ENOENT:
            return f"{where}there is no such file or folder; check the name, or make it first."
        case errno.EEXIST | errno.ENOTDIR:
            return f"{where}a file stands where a folder is needed; name another folder."
        case errno.EISDIR:
            return f"{where}this is a folder, and a file is needed; name another."
        case errno.ENOSPC | errno.EDQUOT:
            return f"{where}the disk is full; make room on it, or name a folder on another disk."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{where}this user may not read or write it; let the user do so, or name another."
        case _:
            return f"{where}{fault.strerror or fault}; make it readable and writable for this user, or name another."
