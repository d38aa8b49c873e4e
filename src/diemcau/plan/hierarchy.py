"""Who stands under whom: parents that do not exist, circles, and the order of a tree.

Only codes and their parents; it serves units and sites alike.
"""

from collections.abc import Iterator, Mapping, Sequence


def unknown_parents(parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the codes whose parent is not among the codes."""
    return tuple(code for code, parent in parents.items() if parent is not None and parent not in parents)


def cycles(parents: Mapping[str, str | None]) -> tuple[tuple[str, ...], ...]:
    """Return every circle once, from its first code in the order given."""
    rank = {code: index for index, code in enumerate(parents)}
    found: list[tuple[str, ...]] = []
    settled: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        code: str | None = start
        while code is not None and code in parents and code not in settled and code not in path:
            path[code] = None
            code = parents[code]
        if code is not None and code in path:
            walked = tuple(path)
            found.append(_from_first(walked[walked.index(code) :], rank))
        settled.update(path)
    return tuple(found)


def in_tree_order(parents: Mapping[str, str | None], order: Mapping[str, int]) -> Sequence[str]:
    """Return the codes of a sound hierarchy, each before those under it, by `order` and code."""
    children: dict[str | None, list[str]] = {}
    for code, parent in parents.items():
        children.setdefault(parent, []).append(code)
    for siblings in children.values():
        siblings.sort(key=lambda code: (order[code], code))
    return tuple(_walk(children))


def _walk(children: Mapping[str | None, list[str]]) -> Iterator[str]:
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        code = waiting.pop()
        yield code
        waiting.extend(reversed(children.get(code, [])))


def _from_first(circle: tuple[str, ...], rank: Mapping[str, int]) -> tuple[str, ...]:
    start = min(range(len(circle)), key=lambda index: rank[circle[index]])
    return circle[start:] + circle[:start]
