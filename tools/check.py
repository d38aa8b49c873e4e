"""Run every check of the project and say plainly which one failed.

The checks that only read the files run first, two at a time; the tests run alone after them,
because some of them watch real sound and picture. The last line is pytest's own when all is well.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
PYTHON = [sys.executable, "-m"]
PYTHON_FOLDERS = [name for name in ("src", "tests", "tools", "bench") if any((ROOT / name).rglob("*.py"))]
COVERAGE = ROOT / "var" / "coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it is about, and the command that fails when it does not hold."""

    name: str
    command: list[str]
    folder: Path = ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a check."""

    check: Check
    passed: bool
    said: str
    seconds: float


def main() -> int:
    """Run the checks, then the tests, and return the exit status."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    failed: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(run, [*_checks(), *_front_end_checks()]):
            _print(outcome)
            if not outcome.passed:
                failed.append(outcome.check.name)
    passed, closing_line = _run_tests()
    if not passed:
        failed.append("tests")
    if not _run_coverage():
        failed.append("coverage")
    if failed:
        print(f"pytest: {closing_line}\nmake check failed: {', '.join(failed)}", flush=True)
        return 1
    print(closing_line, flush=True)
    return 0


def _checks() -> Iterator[Check]:
    # The longest first, so that two at a time take the least time.
    yield Check(name="types", command=[*PYTHON, "mypy", *PYTHON_FOLDERS])
    yield Check(name="format", command=[*PYTHON, "ruff", "format", "--check", "."])
    yield Check(name="lint", command=[*PYTHON, "ruff", "check", "."])
    layers = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"]
    yield Check(name="layers", command=layers)
    yield Check(name="generated files", command=[*PYTHON, "tools.generate", "--check"])
    yield Check(name="licences", command=[*PYTHON, "tools.licences"])


def _front_end_checks() -> Iterator[Check]:
    """Yield a check for each of npm's scripts that looks at the pages."""
    package = FRONTEND / "package.json"
    if not package.exists():
        return
    scripts = json.loads(package.read_text(encoding="utf-8")).get("scripts", {})
    for script in ("check", "lint", "test"):
        if script in scripts:
            command = [str(Path(sys.executable).parent / "npm"), "--silent", "run", script]
            yield Check(name=f"pages: {script}", command=command, folder=FRONTEND)


def run(check: Check) -> Outcome:
    """Run one check and return what came of it."""
    start = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=check.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(
        check=check,
        passed=done.returncode == 0,
        said=done.stdout,
        seconds=time.monotonic() - start,
    )


def _print(outcome: Outcome) -> None:
    verdict = "ok    " if outcome.passed else "FAILED"
    print(f"{verdict} {outcome.check.name}  {outcome.seconds:.1f} s", flush=True)
    if not outcome.passed:
        print(outcome.said.rstrip(), flush=True)


def _run_tests() -> tuple[bool, str]:
    """Run pytest, showing what it says while it says it; return whether it passed, and its end."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    subprocess.run([*PYTHON, "coverage", "erase"], cwd=ROOT, check=True)
    closing_line = "nothing was said"
    with subprocess.Popen(
        [*PYTHON, "coverage", "run", "-m", "pytest", "--durations=10"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pytest:
        for line in pytest.stdout or ():
            print(line, end="", flush=True)
            closing_line = line.rstrip() or closing_line
    return pytest.returncode == 0, closing_line


def _run_coverage() -> bool:
    """Print what the tests reached; a promise that is broken is a failure."""
    return subprocess.run([*PYTHON, "tools.covered", "--strict"], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
