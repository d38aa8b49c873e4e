"""`conference.toml` as sections whose keys are read as values, with a fault for each unfit one.

A date that does not exist stops the standard parser; here it becomes a fault and reading goes
on, so that one impossible date hides no other fault.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from diemcau.plan import values
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place, Unfit
from diemcau.plan.keys import KEYS, ROOT
from diemcau.plan.text_files import read_text
from diemcau.plan.toml_lines import Path as KeyPath
from diemcau.plan.toml_lines import line_numbers, nearest_line

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)

LARGEST_TOML = 1024 * 1024
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_DATE_VALUE = re.compile(r"(=\s*)(\d[\d:TtZz.+ -]*[\dZz])")
_DATE_FORM = "2021-03-12 | 2021-03-12T08:00:00+07:00"
_LONGEST_LIST = 20_000
_MOST_REPAIRS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of the file: `name` says which keys it may have, `path` where it stands."""

    file: str
    name: str
    path: KeyPath
    content: Mapping[str, object]
    lines: dict[KeyPath, int]
    faults: Faults = field(repr=False)

    def place(self, key: str | None = None) -> Place:
        """Return where a key, or the section, stands."""
        path = self.path if key is None else (*self.path, key)
        return Place(file=self.file, row=nearest_line(self.lines, path), column=key)

    def blame(self, code: FaultCode, key: str, *, found: object = "", wanted: str = "") -> None:
        """Note a fault of a key."""
        shown = found if found != "" else self.content.get(key, "")
        self.faults.add(code, self.place(key), found=shown, wanted=wanted)

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self.content

    def check_keys(self) -> None:
        """Note every key that this section does not know."""
        known = KEYS[self.name]
        for key in self.content:
            if key not in known:
                wanted = ", ".join(known)
                self.faults.add(FaultCode.UNKNOWN_KEY, self.place(key), found=key, wanted=wanted)

    def read(self, key: str, reader: Callable[[object], Value], absent: Value) -> Value:
        """Read a key that may be missing; `absent` stands in when it is missing or unfit."""
        if self.content.get(key, "") == "":
            return absent
        try:
            return reader(self.content[key])
        except Unfit as unfit:
            self.blame(unfit.code, key, wanted=unfit.wanted)
            return absent

    def must(self, key: str, example: str) -> None:
        """Note a fault if a key is missing."""
        if key not in self.content:
            self.faults.add(FaultCode.MISSING_KEY, self.place(key), wanted=f"{key} = {example}")
        elif self.content[key] in ("", [], {}):
            self.blame(FaultCode.EMPTY, key)

    def text(self, key: str, absent: str = "", longest: int = values.LONGEST_TEXT) -> str:
        """Read text."""
        return self.read(key, lambda value: values.text_up_to(_text(value), longest), absent)

    def code(self, key: str) -> str:
        """Read a code; empty when it is missing or unfit."""
        return self.read(key, lambda value: values.slug(_text(value)), "")

    def whole(self, key: str, absent: int, lowest: int, highest: int) -> int:
        """Read a whole number."""
        return self.read(key, lambda value: _whole(value, lowest, highest), absent)

    def flag(self, key: str, *, absent: bool) -> bool:
        """Read true or false."""
        return self.read(key, _flag, absent)

    def choice(self, key: str, absent: Choice) -> Choice:
        """Read one of a set of words."""
        return self.read(key, lambda value: values.choice(_text(value), type(absent)), absent)

    def day_or_none(self, key: str) -> date | None:
        """Read a day."""
        empty: date | None = None
        return self.read(key, _day, empty)

    def instant_or_none(self, key: str) -> datetime | None:
        """Read a date with a time; whether it has a time zone is not asked here."""
        empty: datetime | None = None
        return self.read(key, _instant, empty)

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts."""
        return self.read(key, _texts, ())

    def codes_or_all(self, key: str) -> tuple[str, ...]:
        """Read a list of codes; the word "all", like a missing key, names none of them."""
        empty: tuple[str, ...] = ()
        return self.read(key, _codes_or_all, empty)

    def whole_numbers(self, key: str, absent: tuple[int, ...], highest: int) -> tuple[int, ...]:
        """Read a list of whole numbers from 1."""
        return self.read(key, lambda value: _whole_numbers(value, highest), absent)

    def section(self, key: str) -> "Section":
        """Return a table inside this one; an empty one when it is missing."""
        empty: Mapping[str, object] = {}
        content = self.read(key, _table, empty)
        return self._inner(key, (*self.path, key), content)

    def sections(self, key: str) -> list["Section"]:
        """Return the tables of an array, in order."""
        empty: list[Mapping[str, object]] = []
        contents = self.read(key, _table_list, empty)
        return [self._inner(key, (*self.path, key, index), content) for index, content in enumerate(contents)]

    def _inner(self, name: str, path: KeyPath, content: Mapping[str, object]) -> "Section":
        inner = Section(
            file=self.file,
            name=name,
            path=path,
            content=content,
            lines=self.lines,
            faults=self.faults,
        )
        inner.check_keys()
        return inner


def read_toml(path: Path, faults: Faults) -> Section | None:
    """Return the whole of a TOML file as a section, or note why there is none."""
    text = read_text(path, faults, largest=LARGEST_TOML)
    if text is None:
        return None
    content = _parsed(text, path.name, faults)
    if content is None:
        return None
    lines = line_numbers(text)
    root = Section(file=path.name, name=ROOT, path=(), content=content, lines=lines, faults=faults)
    root.check_keys()
    return root


def _parsed(text: str, file: str, faults: Faults) -> dict[str, object] | None:
    rest = text.splitlines(keepends=True)
    for _ in range(_MOST_REPAIRS):
        try:
            return tomllib.loads("".join(rest))
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = int(found[1]) if found else len(rest)
            if not _quote_date(rest, line - 1, Place(file=file, row=line), faults):
                what = _AT_LINE.sub("", str(error)).rstrip(".")
                faults.add(FaultCode.TOML_SYNTAX, Place(file=file, row=line), found=what)
                return None
        except RecursionError:
            faults.add(FaultCode.TOML_SYNTAX, Place(file=file), found="nested too deeply")
            return None
    return None


def _quote_date(lines: list[str], index: int, at: Place, faults: Faults) -> bool:
    """Quote the impossible date of a line, so that the rest can be read; say if there was one."""
    if not 0 <= index < len(lines):
        return False
    found = _DATE_VALUE.search(lines[index])
    if not found or not found[2][:4].isdigit() or found[2].count("-") < 2:  # noqa: PLR2004 - y-m-d
        return False
    lines[index] = _DATE_VALUE.sub(r'\1"\2"', lines[index], count=1)
    key = lines[index].partition("=")[0].strip()
    place = Place(file=at.file, row=at.row, column=key)
    faults.add(FaultCode.IMPOSSIBLE_DATE, place, found=found[2], wanted=_DATE_FORM)
    return True


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit(FaultCode.WRONG_TYPE, '"…"')
    return value.strip()


def _whole(value: object, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit(FaultCode.OUT_OF_RANGE, f"{lowest}–{highest}")
    return values.within(value, lowest, highest)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit(FaultCode.WRONG_TYPE, "true, false")
    return value


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return values.day(_text(value))
    except Unfit as unfit:
        raise Unfit(unfit.code, _DATE_FORM) from None


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError:
        raise Unfit(FaultCode.IMPOSSIBLE_DATE, _DATE_FORM) from None


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        raise Unfit(FaultCode.WRONG_TYPE, '["…", "…"]')
    return tuple(values.text_up_to(_text(one), values.LONGEST_TEXT) for one in value)


def _codes_or_all(value: object) -> tuple[str, ...]:
    if value == "all":
        return ()
    if not isinstance(value, list) or not value:
        raise Unfit(FaultCode.WRONG_TYPE, '"all", ["…", "…"]')
    return tuple(dict.fromkeys(values.slug(_text(code)) for code in value))


def _whole_numbers(value: object, highest: int) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise Unfit(FaultCode.WRONG_TYPE, "[60, 30]")
    return tuple(_whole(one, 1, highest) for one in value)


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Unfit(FaultCode.WRONG_TYPE, "[…]")
    return value


def _table_list(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise Unfit(FaultCode.WRONG_TYPE, "[[…]]")
    return [_table(one) for one in value]
