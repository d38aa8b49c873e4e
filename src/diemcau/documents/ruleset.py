"""Rulesets: what a document must look like, as data in force from a day to a day.

The values stand in `rulesets/*.toml`. What is known second-hand only is named there as
unconfirmed, and is never a fault of a document, only a remark.
"""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

NAMES = ("nd30-2020", "hd36-2018", "hd05-2026", "plain")


class Paper(StrEnum):
    """The size of the sheet."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height, upright."""
        return (210.0, 297.0) if self is Paper.A4 else (215.9, 279.4)


class Rule(StrEnum):
    """What is drawn under a line: nothing, a rule as long as the text or 2/5 of it, dashes, a star."""

    NONE = "none"
    FULL = "full"
    PART = "part"
    DASHES = "dashes"
    STAR = "star"


class RulesetFault(ValueError):  # noqa: N818 - a fact, as in the core
    """A ruleset's file is not as it must be; the message says where and what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Margins in millimetres, the size of the page number, and which papers there may be."""

    top: float
    bottom: float
    left: float
    right: float
    number_size: float
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of page 1. `motto` are the lines at the right, each with its size, weight and rule."""

    left_share: int
    motto: tuple[str, ...]
    motto_sizes: tuple[float, ...]
    motto_rules: tuple[str, ...]
    superior_size: float
    issuer_size: float
    issuer_rule: str
    place_date_size: float
    minutes_place_date: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """How the number is written: `{number}`, `{kind}` and `{symbol}`; and when counting starts again."""

    pattern_vi: str
    pattern_en: str
    size: float
    counted_per: str
    minutes_vi: str
    minutes_en: str
    notice_vi: str
    notice_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The kind of document and its subject."""

    kind_size: float
    subject_size: float
    under: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The running text. `exact` is a line's height in points, or 0 for `spacing` times the font's."""

    size: float
    table_size: float
    first_line: float
    before: float
    spacing: float
    exact: float
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs minutes at the left and at the right, and the sizes of signatures and recipients."""

    minutes_left_vi: str
    minutes_left_en: str
    minutes_right_vi: str
    minutes_right_en: str
    size: float
    recipients_title_size: float
    recipients_size: float
    honorific_vi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """A set of rules with the days on which it is in force, its source, and what is unconfirmed in it."""

    name: str
    source: str
    valid_from: date | None
    valid_to: date | None
    unconfirmed: tuple[str, ...]
    page: Page
    head: Head
    number: Number
    title: Title
    body: Body
    signature: Signature

    def is_confirmed(self, key: str) -> bool:
        """Say whether `key`, such as `body.end`, is known at first hand."""
        return "*" not in self.unconfirmed and key not in self.unconfirmed

    def is_in_force(self, on: date) -> bool:
        """Say whether documents issued on that day follow this ruleset."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


@cache
def ruleset(name: str) -> Ruleset:
    """Return a ruleset that ships with the product, or raise `RulesetFault`."""
    if name not in NAMES:
        raise RulesetFault(f"There is no ruleset '{name}'. Choose one of: {', '.join(NAMES)}.")
    text = files(__package__).joinpath("rulesets", f"{name}.toml").read_text(encoding="utf-8")
    return read(name, text)


def read(name: str, text: str) -> Ruleset:
    """Return the ruleset written in `text`, or raise `RulesetFault` naming the key at fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesetFault(f"Ruleset {name}: not TOML ({error}).") from error
    sections = {
        "page": _section(name, table, "page", Page),
        "head": _section(name, table, "head", Head),
        "number": _section(name, table, "number", Number),
        "title": _section(name, table, "title", Title),
        "body": _section(name, table, "body", Body),
        "signature": _section(name, table, "signature", Signature),
    }
    found = Ruleset(
        name=name,
        source=table.get("source", ""),
        valid_from=table.get("valid_from"),
        valid_to=table.get("valid_to"),
        unconfirmed=tuple(table.get("unconfirmed", ())),
        **sections,
    )
    _check(found)
    return found


def _section(name: str, table: dict[str, Any], section: str, kind: type[Any]) -> Any:  # noqa: ANN401 - one of the sections
    given = table.get(section)
    if not isinstance(given, dict):
        raise RulesetFault(f"Ruleset {name}: the section [{section}] is missing.")
    wanted = {one.name: one.type for one in fields(kind)}
    for key in wanted.keys() - given.keys():
        raise RulesetFault(f"Ruleset {name}: {section}.{key} is missing.")
    for key in given.keys() - wanted.keys():
        raise RulesetFault(f"Ruleset {name}: {section}.{key} is not a key of a ruleset.")
    return kind(**{key: _fitting(f"{name}: {section}.{key}", given[key], wanted[key]) for key in wanted})


def _fitting(where: str, value: object, wanted: object) -> object:
    if isinstance(value, list):
        items = tuple(float(one) if isinstance(one, int) else one for one in value)
        inner = float if wanted == tuple[float, ...] else str
        if all(isinstance(one, inner) for one in items):
            return items
    elif wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif isinstance(wanted, type) and type(value) is wanted:
        return value
    raise RulesetFault(f"Ruleset {where} is {value!r}, not {wanted}.")


def _check(found: Ruleset) -> None:
    sizes = (found.body.size, found.body.table_size, found.title.kind_size, found.signature.size)
    if any(not 8 <= size <= 20 for size in sizes):  # noqa: PLR2004 - points that can be read on paper
        raise RulesetFault(f"Ruleset {found.name}: a font size is not between 8 and 20 points.")
    if any(not 10 <= one <= 50 for one in (found.page.top, found.page.bottom, found.page.left, found.page.right)):  # noqa: PLR2004 - millimetres
        raise RulesetFault(f"Ruleset {found.name}: a margin is not between 10 and 50 mm.")
    if not len(found.head.motto) == len(found.head.motto_sizes) == len(found.head.motto_rules):
        raise RulesetFault(f"Ruleset {found.name}: head.motto, motto_sizes and motto_rules are not equally long.")
    for rule in (*found.head.motto_rules, found.head.issuer_rule, found.title.under):
        if rule not in tuple(Rule):
            raise RulesetFault(f"Ruleset {found.name}: '{rule}' is not one of {', '.join(Rule)}.")
    for pattern in (found.number.pattern_vi, found.number.pattern_en):
        if pattern.format(number=1, kind="K", symbol="S") == pattern:
            raise RulesetFault(f"Ruleset {found.name}: the number's pattern '{pattern}' has no {{number}}.")
