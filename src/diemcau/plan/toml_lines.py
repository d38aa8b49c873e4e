"""On which line of a TOML file a key stands. The standard parser does not say.

A plain scan of headers and keys; it is used to point at faults, never to read values. A key
that is not found on its own (inside an inline table, say) is pointed at by what encloses it.
"""

import re
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_FENCES = ('"""', "'''")


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line, from 1, of every key and header; `("agenda", 1)` is the second item."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if header := _HEADER.match(line):
            here = _opened(_split(header[2]), counts, is_array=header[1] == "[[")
            lines.setdefault(here, number)
            if header[1] == "[[":
                lines.setdefault(here[:-1], number)
        elif key := _KEY.match(line):
            lines.setdefault(here + _split(key[1]), number)
            fence = _open_fence(line)
    return lines


def nearest_line(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of `path`, or of the closest thing around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _split(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _opened(name: Path, counts: dict[Path, int], *, is_array: bool) -> Path:
    parent: Path = ()
    for part in name[:-1]:
        parent = (*parent, part)
        if parent in counts:
            parent = (*parent, counts[parent])
    path = (*parent, name[-1])
    if not is_array:
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, counts[path])


def _open_fence(line: str) -> str:
    """Return the fence of a text of many lines that begins, but does not end, on this line."""
    return next((fence for fence in _FENCES if line.count(fence) == 1), "")
