"""One example of every event of the core, filled in to the last field.

`python -m tests.journal.golden.examples` writes the golden file anew: only while its version
is not released. A released file stays as it is, and a new one begins with the next release.
"""

import dataclasses
import types
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from diemcau.journal.canonical import canonical
from diemcau.journal.events import CODEC, EVENTS

GOLDEN = Path(__file__).with_name("events-v1.jsonl")

_PLAIN: dict[Any, object] = {
    int: 7,
    bool: True,
    datetime: datetime(2026, 11, 23, 2, 30, 0, 125, tzinfo=UTC),
    date: date(2026, 12, 31),
    timedelta: timedelta(minutes=7, microseconds=5),
}


def example_of(kind: Any, name: str = "") -> Any:  # noqa: ANN401 (annotations are of every type)
    """Return a value of `kind` in which nothing is empty; a text is its field's name."""
    kind = getattr(kind, "__supertype__", kind)
    if kind is str:
        return f"{name} – Điểm cầu"
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) in (Union, types.UnionType):
        return next(example_of(one, name) for one in get_args(kind) if one is not types.NoneType)
    if get_origin(kind) is tuple:
        return tuple(example_of(one, name) for one in get_args(kind) if one is not Ellipsis)
    if issubclass(kind, Enum):
        return next(iter(kind))
    hints = get_type_hints(kind)
    return kind(**{one.name: example_of(hints[one.name], one.name) for one in dataclasses.fields(kind)})


def lines() -> list[str]:
    """Return the golden file as today's events would make it."""
    encoded = [CODEC.encode(example_of(kind)) for _, kind in EVENTS.values()]
    return [canonical(dataclasses.asdict(one)) for one in encoded]


if __name__ == "__main__":
    GOLDEN.write_text("\n".join(lines()) + "\n", encoding="utf-8")
