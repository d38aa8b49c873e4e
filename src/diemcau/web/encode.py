"""Records to JSON as docs/protocol.md says: names as in Python, lengths in seconds, times with offset.

Only what sections and answers are made of; any other type is a bug and rises.
"""

import dataclasses
import json
from collections import OrderedDict
from datetime import date, datetime, timedelta
from enum import Enum

from diemcau.projections.sections import Section

REMEMBERED = 1024


def encode(value: object) -> object:
    """Return `value` as what JSON knows."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            seconds = value.total_seconds()
            return int(seconds) if seconds.is_integer() else seconds
        case tuple() | list():
            return [encode(one) for one in value]
        case dict():
            return {str(name): encode(one) for name, one in value.items()}
        case frozenset() | set():
            return [encode(one) for one in sorted(value)]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            message = f"the wire has no form for {type(value).__name__}"
            raise TypeError(message)


def text_of(value: object) -> str:
    """Return `value` as JSON text."""
    return json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class SectionTexts:
    """The texts of sections, each written once however many desks it goes to."""

    def __init__(self) -> None:
        self._texts: OrderedDict[int, tuple[Section, str]] = OrderedDict()

    def of(self, section: Section) -> str:
        """Return the JSON text of `section`. The section is kept with it, so its identity stays its own."""
        known = self._texts.get(id(section))
        if known is None:
            known = (section, text_of(section))
            self._texts[id(section)] = known
            if len(self._texts) > REMEMBERED:
                self._texts.popitem(last=False)
        return known[1]
