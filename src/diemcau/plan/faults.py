"""What can be wrong with a plan: each fault with its place, what was found and how to mend it.

Content that is wrong is never an exception on its own: every fault of a plan is collected, and
`FaultyPlan` carries them all. The sentences, in Vietnamese and English, are in `wording`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.sentences import Sentence
from diemcau.plan.wording import WORDING

__all__ = ["Fault", "FaultCode", "Faults", "FaultyPlan", "Place", "Tongue", "Unfit"]

Tongue: TypeAlias = Literal["vi", "en"]

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file, a row or line from 1, and a column's or key's name."""

    file: str
    row: int | None = None
    column: str | None = None

    def text(self, tongue: Tongue) -> str:
        """Name the place in a sentence."""
        is_toml = self.file.endswith(".toml")
        row, column = _PLACE_WORDS[tongue, is_toml]
        parts = [self.file]
        if self.row is not None:
            parts.append(f"{row} {self.row}")
        if self.column is not None:
            parts.append(f"{column} “{self.column}”")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a plan; `wanted` is what would have been right, or what it clashes with."""

    code: FaultCode
    place: Place
    found: str = ""
    wanted: str = ""

    @property
    def file(self) -> str:
        """The file, with the sheet where it has several."""
        return self.place.file

    @property
    def row(self) -> int | None:
        """The row or line, from 1."""
        return self.place.row

    @property
    def column(self) -> str | None:
        """The column of a table or the key of `conference.toml`."""
        return self.place.column

    def problem(self, tongue: Tongue = "vi") -> str:
        """Say what is wrong."""
        return self._fill(WORDING[self.code].problem, tongue)

    def mend(self, tongue: Tongue = "vi") -> str:
        """Say how to mend it."""
        return self._fill(WORDING[self.code].mend, tongue)

    def text(self, tongue: Tongue = "vi") -> str:
        """Say where, what and how to mend it, in one line."""
        return f"{self.place.text(tongue)}: {self.problem(tongue)} {self.mend(tongue)}"

    def _fill(self, sentence: Sentence, tongue: Tongue) -> str:
        words = sentence.en if tongue == "en" else sentence.vi
        column = self.column or ""
        return words.format(found=_quoted(self.found), wanted=self.wanted, column=column, file=self.file)


class FaultyPlan(Exception):  # noqa: N818 - it names the plan; what is wrong are its faults
    """A plan that has faults, all of them; nothing of it may be used."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(fault.text("en") for fault in faults))
        self.faults = faults


class Unfit(Exception):  # noqa: N818 - the value is unfit; whoever knows its place makes the fault
    """A value that is not what it has to be."""

    def __init__(self, code: FaultCode, wanted: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.wanted = wanted


@dataclass(slots=True)
class Faults:
    """The faults found so far; the one thing that reading a plan adds to."""

    found: dict[Fault, None] = field(default_factory=dict)

    def add(self, code: FaultCode, place: Place, *, found: object = "", wanted: str = "") -> None:
        """Note one more fault, unless the very same was noted before."""
        fault = Fault(code=code, place=place, found=str(found), wanted=wanted)
        self.found[fault] = None

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)

    def in_order(self) -> tuple[Fault, ...]:
        """Return the faults by file and line, those of a whole file first."""
        return tuple(sorted(self.found, key=lambda one: (one.file, one.row or 0)))


_PLACE_WORDS: dict[tuple[Tongue, bool], tuple[str, str]] = {
    ("vi", True): ("dòng", "mục"),
    ("vi", False): ("dòng", "cột"),
    ("en", True): ("line", "key"),
    ("en", False): ("row", "column"),
}


def _quoted(found: str) -> str:
    """Shorten what was found, and let no control character reach a terminal."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in found)
    if len(shown) <= _LONGEST_QUOTE:
        return shown
    return shown[: _LONGEST_QUOTE - 1] + "…"
