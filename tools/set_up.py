"""Prepare `.venv/`: the environment, the locked packages, the program itself and its pages.

It runs on the system's own Python (3.11 or newer), which may have no pip, no ensurepip and no
Node. A step that was done is not done again until something that it depends on has changed.
Where packages come from is pip's and npm's own configuration; nothing here names a place.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
BOOTSTRAP = ROOT / "tools" / "bootstrap"
FRONTEND = ROOT / "frontend"
NOT_SOURCES = frozenset({"coverage", "dist", "node_modules", "test-results"})
STATIC = ROOT / "src" / "diemcau" / "web" / "static"


class SetUpError(Exception):
    """A step could not be done; the sentence says what to do."""


def main() -> int:
    """Do every step that is due and return the exit status."""
    parser = argparse.ArgumentParser(description="Prepare .venv/.")
    parser.add_argument("--for-tests", action="store_true", help="also install what tests need")
    wanted = parser.parse_args()
    os.chdir(ROOT)
    (ROOT / "var").mkdir(exist_ok=True)
    try:
        with (ROOT / "var" / "set-up.lock").open("w") as alone:
            fcntl.flock(alone, fcntl.LOCK_EX)
            _environment()
            _packages("check.txt" if wanted.for_tests else "run.txt")
            _program()
            _pages()
    except SetUpError as error:
        print(f"The set-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


# The steps


def _environment() -> None:
    if not _answers(PYTHON):
        _say("an environment of its own in .venv/")
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        venv.create(ENVIRONMENT, with_pip=False, symlinks=True)
        _stamp("environment").write_text(_identity(), encoding="utf-8")


def _packages(lock: str) -> None:
    wanted = ROOT / "requirements" / lock
    due = _digest([wanted])
    # What tests need includes what running needs. One stamp for both: the last that was installed counts.
    if _was_done("packages", due) or _was_done("packages", _digest([wanted.with_name("check.txt")])):
        return
    _say(f"the packages of requirements/{lock}")
    _pip(
        ["install", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(wanted)],
        failed="pip could not install the locked packages; what it said stands above. "
        "See to the network or to pip's configuration, then run make again.",
    )
    _done("packages", due)


def _program() -> None:
    due = _digest([ROOT / "pyproject.toml"])
    if _was_done("program", due) and (ENVIRONMENT / "bin" / "diemcau").exists():
        return
    _say("the program itself, as .venv/bin/diemcau")
    _pip(
        ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        failed="pip could not install the program itself; what it said stands above.",
    )
    _done("program", due)


def _pages() -> None:
    if not (FRONTEND / "package.json").exists():
        return
    modules = _digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if not (_was_done("modules", modules) and (FRONTEND / "node_modules").is_dir()):
        _say("what builds the pages, in frontend/node_modules/")
        _npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            failed="npm could not install the locked modules; what it said stands above. "
            "See to the network or to npm's configuration, then run make again.",
        )
        _done("modules", modules)
    pages = _digest(_sources(FRONTEND))
    if not (_was_done("pages", pages) and STATIC.is_dir()):
        _say("the pages, in src/diemcau/web/static/")
        _npm(["run", "--silent", "build"], failed="the pages could not be built; what was said stands above.")
        _done("pages", pages)


# What was done already


def _answers(python: Path) -> bool:
    """Tell whether the environment is whole, made here, and by a Python that is still there."""
    stamp = _stamp("environment")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _identity():
        return False
    version = "import sys; sys.exit(sys.version_info < (3, 11))"
    return python.exists() and subprocess.run([python, "-c", version], check=False).returncode == 0


def _identity() -> str:
    """Return what an environment can't be moved away from: its folder and its Python."""
    return f"{ENVIRONMENT} {sys.version_info.major}.{sys.version_info.minor}\n"


def _stamp(step: str) -> Path:
    return ENVIRONMENT / f"done-{step}"


def _was_done(step: str, due: str) -> bool:
    stamp = _stamp(step)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == due


def _done(step: str, due: str) -> None:
    _stamp(step).write_text(due, encoding="utf-8")


def _digest(files: Iterable[Path]) -> str:
    """Return one hash of the names and contents of `files`, in the order given."""
    seen = hashlib.sha256()
    for file in files:
        if not file.exists():
            raise SetUpError(f"{file.relative_to(ROOT)} is missing; a whole clone has it.")
        seen.update(f"{file.relative_to(ROOT)}\0".encode())
        seen.update(hashlib.sha256(file.read_bytes()).digest())
    return seen.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.name.startswith(".") and entry.name not in NOT_SOURCES:
            yield from _sources(entry)
        elif entry.is_file():
            yield entry


# The programs that do it


def _pip(arguments: list[str], *, failed: str) -> None:
    wheel = _checked_wheel()
    told = [] if sys.stdout.isatty() else ["--quiet"]
    options = ["--disable-pip-version-check", "--root-user-action=ignore", "--no-input", *told]
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    _run([str(PYTHON), f"{wheel}/pip", *arguments, *options], environment=clean, failed=failed)


def _checked_wheel() -> Path:
    """Return the pip that the project carries, after comparing it with its hash."""
    expected, name = (BOOTSTRAP / "pip.sha256").read_text(encoding="utf-8").split()
    wheel = BOOTSTRAP / name.lstrip("*")
    if not wheel.exists() or hashlib.sha256(wheel.read_bytes()).hexdigest() != expected:
        raise SetUpError(
            f"tools/bootstrap/{wheel.name} is not the file that pip.sha256 names; clone the project again."
        )
    return wheel


def _npm(arguments: list[str], *, failed: str) -> None:
    """Run the npm of `.venv/`, and see that what it starts finds the Node of `.venv/` first."""
    found = os.pathsep.join([str(ENVIRONMENT / "bin"), os.environ.get("PATH", os.defpath)])
    _run(
        [str(ENVIRONMENT / "bin" / "npm"), "--prefix", str(FRONTEND), *arguments],
        environment={**os.environ, "PATH": found},
        failed=failed,
    )


def _run(command: list[str], *, environment: dict[str, str], failed: str) -> None:
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode:
        raise SetUpError(failed)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} preparing {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
