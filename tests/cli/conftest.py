import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.plan.samples import write_plan

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command said, and its status."""

    status: int
    out: str
    err: str


class Diemcau(Protocol):
    """Runs a command."""

    def __call__(self, *arguments: object, env: dict[str, str] | None = None, user: int | None = None) -> Said: ...


@pytest.fixture(scope="session")
def loaded() -> Iterator[Callable[[dict[str, object]], int]]:
    """Return what runs the command line in a fork of a program that has loaded it."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("DIEMCAU_")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.starter"],
        cwd=ROOT,
        env={**env, "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        asking, answering = running.stdin, running.stdout

        def run(wanted: dict[str, object]) -> int:
            asking.write(f"{json.dumps(wanted)}\n")
            asking.flush()
            assert answering.readline().startswith("started")
            return int(answering.readline().split()[2])

        yield run
        asking.close()


@pytest.fixture
def diemcau(loaded: Callable[[dict[str, object]], int], tmp_path_factory: pytest.TempPathFactory) -> Diemcau:
    """Run `diemcau …` as its own program."""
    said = tmp_path_factory.mktemp("said")

    def run(*arguments: object, env: dict[str, str] | None = None, user: int | None = None) -> Said:
        out, err = said / "out", said / "err"
        wanted: dict[str, object] = {"arguments": [*map(str, arguments)], "out": str(out), "err": str(err)}
        status = loaded(wanted | {"env": env or {}} | ({} if user is None else {"user": user}))
        return Said(status=status, out=out.read_text(encoding="utf-8"), err=err.read_text(encoding="utf-8"))

    return run


@pytest.fixture(scope="session")
def convened(loaded: Callable[[dict[str, object]], int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in which the small plan was taken in; never to be changed."""
    folder = tmp_path_factory.mktemp("convened")
    plan = write_plan(folder / "plan")
    arguments = ["plan", "import", str(plan), "--data", str(folder / "data")]
    assert loaded({"arguments": arguments, "out": str(folder / "out"), "err": str(folder / "err")}) == 0
    return folder / "data"


@pytest.fixture
def data(convened: Path, tmp_path: Path) -> Path:
    """Return a data folder of the test's own in which the small plan was taken in."""
    return Path(shutil.copytree(convened, tmp_path / "data"))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Return the folder of a sound plan."""
    return write_plan(tmp_path / "plan")
