"""Tidying what people typed before it is printed: composed letters, single blanks, no control characters.

A .docx can't hold control characters at all, and a line break inside a numbered item would
look like an item of its own. Words are never changed.
"""

import dataclasses
from enum import StrEnum
from typing import cast
from unicodedata import category, normalize

from diemcau.documents.model import Document
from diemcau.documents.ruleset import Ruleset


def tidied(document: Document) -> Document:
    """Return `document` with every text tidied."""
    return cast("Document", _tidied(document))


def tidy(text: str) -> str:
    """Return `text` in NFC, its blanks and line breaks as single blanks, without control characters."""
    printable = "".join(" " if one.isspace() else one for one in text if one.isspace() or category(one)[0] != "C")
    return " ".join(normalize("NFC", printable).split())


def _tidied(part: object) -> object:
    if isinstance(part, Ruleset | StrEnum):
        return part
    if isinstance(part, str):
        return tidy(part)
    if isinstance(part, tuple):
        return tuple(_tidied(one) for one in part)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        texts = {field.name: _tidied(getattr(part, field.name)) for field in dataclasses.fields(part)}
        return dataclasses.replace(part, **texts)
    return part
