"""The sentences of the documents: one file a language, with the same keys and the same blanks."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TypeAlias

LANGUAGES = ("vi", "en")
DEFAULT = "vi"

Words: TypeAlias = Mapping[str, str]
"""Sentences with blanks, by dotted key such as `minutes.ended`."""


@cache
def words(language: str) -> Words:
    """Return the sentences in `language`, or in Vietnamese if there are none."""
    name = language if language in LANGUAGES else DEFAULT
    return dict(_flat("", tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found.extend(_flat(f"{prefix}{key}.", value))
        else:
            found.append((f"{prefix}{key}", str(value)))
    return found
