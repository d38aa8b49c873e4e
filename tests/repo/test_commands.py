"""The commands that the project's papers name, and the tools that they run."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tools import covered, licences, lock
from tools.check import Check, run

ROOT = Path(__file__).resolve().parents[2]
PAPERS = [
    "README.md",
    "README.vi.md",
    "CONTRIBUTING.md",
    *(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")),
]


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def locked(name: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE)
    return {package: Version(version) for package, version in found}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_make_command_that_a_paper_names_exists(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")

    named = set(re.findall(r"(?:^|`)make (?:[A-Z]+=\S+ )?([a-z]+)", text, re.MULTILINE))

    assert named - targets() == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_of_a_paper_leads_somewhere(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    folder = (ROOT / paper).parent

    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    broken = [
        link
        for link in links
        if not link.startswith(("http://", "https://", "mailto:")) and not (folder / link).exists()
    ]

    assert broken == []


def test_continuous_integration_runs_what_people_run() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "make --no-print-directory test" in script


@pytest.mark.parametrize("name", ["run.txt", "check.txt"])
def test_a_lock_file_answers_what_is_asked_for_today(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")

    assert f"{lock.MARK}{lock.what_is_asked(name)}\n" in text


def test_every_dependency_is_locked_at_a_version_that_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = [*project["project"]["dependencies"], *groups["build"], *groups["dev"]]
    versions = locked("check.txt")

    unmet = [
        str(wanted)
        for wanted in map(Requirement, asked)
        if not ((found := versions.get(normal(wanted.name))) and wanted.specifier.contains(found))
    ]

    assert unmet == []


def test_what_runs_is_tested_with_the_very_versions_that_run() -> None:
    tested = locked("check.txt")

    assert {name: tested.get(name) for name in locked("run.txt")} == locked("run.txt")


def test_lock_files_name_no_place_to_fetch_from() -> None:
    named = [
        line
        for name in ("run.txt", "check.txt")
        for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        if "://" in line or "index-url" in line
    ]

    assert named == []


def test_the_lock_file_of_the_pages_names_no_place_to_fetch_from() -> None:
    file = ROOT / "frontend" / "package-lock.json"
    packages = json.loads(file.read_text(encoding="utf-8"))["packages"] if file.exists() else {}

    named = [place for place, package in packages.items() if "resolved" in package]

    assert named == []


def test_a_check_that_fails_is_told_with_what_it_said() -> None:
    failing = Check(name="sums", command=[sys.executable, "-c", "print('2 is not 3'); raise SystemExit(1)"])

    outcome = run(failing)

    assert (outcome.check, outcome.passed, outcome.said) == (failing, False, "2 is not 3\n")


def test_a_check_that_passes_is_told_too() -> None:
    passing = Check(name="sums", command=[sys.executable, "-c", ""])

    outcome = run(passing)

    assert (outcome.check, outcome.passed, outcome.said) == (passing, True, "")


def test_coverage_is_promised_for_packages_that_exist() -> None:
    packages = {folder.name for folder in (ROOT / "src" / "diemcau").iterdir() if folder.is_dir()}

    assert set(covered.PROMISED) - packages == set()


def test_the_pip_that_is_carried_along_is_the_one_that_was_checked() -> None:
    folder = ROOT / "tools" / "bootstrap"
    expected, name = (folder / "pip.sha256").read_text(encoding="utf-8").split()

    assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected
    assert [wheel.name for wheel in folder.glob("*.whl")] == [name]


@pytest.mark.parametrize(
    "expression",
    ["MIT", "MIT OR GPL-3.0-only", "(Apache-2.0 AND MIT)", "(GPL-2.0-only OR MIT) AND ISC"],
)
def test_a_licence_that_can_be_met_is_accepted(expression: str) -> None:
    assert licences.is_accepted(expression)


@pytest.mark.parametrize(
    "expression",
    ["GPL-3.0-only", "MIT AND GPL-3.0-only", "not said", "", "(MIT", "MIT)", "MIT MIT"],
)
def test_a_licence_that_cannot_be_met_is_turned_away(expression: str) -> None:
    assert not licences.is_accepted(expression)


def make(*arguments: str, folder: Path, path: str | None = None) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    if program is None:
        pytest.fail("make is not installed")
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env={"PATH": path or os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_set_up_without_python_says_what_to_install() -> None:
    answer = make("setup", "PYTHON=python3-that-is-not-here", folder=ROOT)

    assert answer.returncode != 0
    assert answer.stderr.splitlines()[0] == (
        "python3-that-is-not-here is not installed. Install Python 3.11 or newer "
        "(Debian, Ubuntu: apt-get install python3), then run make again."
    )


def test_set_up_with_an_old_python_says_which_is_needed(tmp_path: Path) -> None:
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)

    answer = make("setup", f"PYTHON={old}", folder=ROOT)

    assert answer.returncode != 0
    assert answer.stderr.splitlines()[0] == (
        f"Python 3.11 or newer is needed; {old} is Python 3.9.2. Name another one: make PYTHON=python3.12"
    )


def test_set_up_refuses_a_pip_that_was_changed(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("tools", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (wheel,) = (tmp_path / "tools" / "bootstrap").glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"!")

    answer = make("setup", folder=tmp_path)

    assert answer.returncode != 0
    assert answer.stderr.splitlines()[0] == (
        f"The set-up stopped: tools/bootstrap/{wheel.name} is not the file that pip.sha256 names; "
        "clone the project again."
    )
