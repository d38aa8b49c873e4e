"""What every test keeps to."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests").rglob("*.py"))
# A call by one of these names can make a test fail.
VERDICTS = ("assert", "check", "eventually", "expect", "fail", "raises", "run_state_machine", "until")
# Where real sound, pictures and pages are watched, time passes by itself.
REAL_TIME = {"e2e", "media"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in FILES:
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    """Return the last part of the name that a call calls, or nothing."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
        case _:
            return ""


def can_fail(test: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Assert) or called(node).removeprefix("_").startswith(VERDICTS) for node in ast.walk(test)
    )


def test_every_test_can_fail() -> None:
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not can_fail(node)
    ]

    assert found == []


def test_no_test_uses_a_mock() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest"))
        or (isinstance(node, ast.Import) and any(part.name.startswith("unittest") for part in node.names))
    ]

    assert found == []


def test_no_test_of_the_rules_sleeps() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees()
        if not REAL_TIME & set(Path(name).parts)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) == "sleep"
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]

    assert found == []


def test_no_file_of_tests_is_longer_than_400_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in FILES
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}
