"""What every file of the project keeps to, whatever it is about."""

import ast
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
UNFIT_NAMES = {"utils", "helpers", "common", "manager", "data", "info", "process", "handle", "misc"}
READABLE = {".py", ".md", ".toml", ".ts", ".svelte", ".css", ".html", ".txt", ".json", ".csv"}
GENERATED = "Written by `make generated`"
# What the core may not ask: the clock, chance, the machine, the network, other threads.
NOT_PURE = {
    "asyncio",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
}


@cache
def tracked() -> list[Path]:
    """Return every file that git knows and that is still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def imported(source: Path) -> set[str]:
    """Return the names of the modules that a file imports, relative ones not resolved."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module)
            case _:
                pass
    return names


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_mentions_a_place_outside_the_project() -> None:
    outside = ("../" + "shared/", "/" + "work/")

    found = [
        f"{name_of(file)} mentions {place}"
        for file in tracked()
        if file.suffix != ".whl"
        for place in outside
        if place.encode() in file.read_bytes()
    ]

    assert found == []


def test_text_is_utf8_and_its_vietnamese_is_composed() -> None:
    def is_fit(text: str) -> bool:
        return unicodedata.is_normalized("NFC", text)

    readable = [file for file in tracked() if file.suffix in READABLE]

    unfit = [name_of(file) for file in readable if not is_fit(file.read_text(encoding="utf-8"))]

    assert unfit == []


def test_no_source_file_is_longer_than_400_lines() -> None:
    written = [
        *SOURCES,
        *(ROOT / "frontend" / "src").rglob("*.ts"),
        *(ROOT / "frontend" / "src").rglob("*.svelte"),
    ]

    long = {
        name_of(file): len(lines)
        for file in written
        if len(lines := file.read_text(encoding="utf-8").splitlines()) > 400 and GENERATED not in lines[0]
    }

    assert long == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        f"{name_of(source)}: {node.name}": lines
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > 40
    }

    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    found = [name_of(s) for s in SOURCES if {s.stem, s.parent.name} & UNFIT_NAMES]

    assert found == []


def test_the_core_imports_nothing_but_itself_and_what_is_pure() -> None:
    allowed = sys.stdlib_module_names - NOT_PURE

    found = [
        f"{name_of(source)} imports {name}"
        for source in SOURCES
        if "core" in source.relative_to(ROOT / "src" / "diemcau").parts[:1]
        for name in sorted(imported(source))
        if name.split(".")[0] not in allowed and not f"{name}.".startswith("diemcau.core.")
    ]

    assert found == []


def test_the_core_knows_no_waiting() -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)

    found = [
        f"{name_of(source)}:{node.lineno}"
        for source in (ROOT / "src" / "diemcau" / "core").rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, waiting)
    ]

    assert found == []


def test_every_exception_that_is_caught_has_a_name_narrower_than_exception() -> None:
    """Only the top of a task may catch everything, and it says so beside it."""
    found = [
        f"{name_of(source)}:{node.lineno}"
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in BROAD))
        and "top of a task" not in source.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
    ]

    assert found == []


BROAD = {"Exception", "BaseException"}


@pytest.mark.parametrize("name", ["README.md", "README.vi.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_what_a_newcomer_reads_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert text.startswith("# ")


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")

    missing = [file.name for file in folder.glob("0*.md") if f"({file.name})" not in index]

    assert missing == []


def test_a_font_that_is_carried_along_has_its_licence_beside_it() -> None:
    fonts = [file for file in tracked() if file.suffix in {".otf", ".ttf", ".woff", ".woff2"}]

    bare = [
        name_of(font)
        for font in fonts
        if not any(font.parent.glob("LICEN[CS]E*")) and not any(font.parent.glob("OFL*"))
    ]

    assert bare == []
