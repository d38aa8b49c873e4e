"""A table as read: rows of text under named columns. Where it came from is no matter here.

CSV and XLSX are brought to `Table`; from then on both are one. `Row` reads a cell as a value
and notes a fault with the cell's place when it is unfit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from diemcau.plan import values
from diemcau.plan.columns import TableForm
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place, Unfit

MOST_ROWS = 20_000

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its number in the file, from 1, and its cells by column, stripped."""

    file: str
    number: int
    cells: Mapping[str, str]
    faults: Faults

    def place(self, column: str | None = None) -> Place:
        """Return where a cell, or the row, stands."""
        return Place(file=self.file, row=self.number, column=column)

    def blame(self, code: FaultCode, column: str, *, wanted: str = "", found: str = "") -> None:
        """Note a fault of a cell."""
        shown = found or self.cells.get(column, "")
        self.faults.add(code, self.place(column), found=shown, wanted=wanted)

    def read(self, column: str, reader: Callable[[str], Value], absent: Value) -> Value:
        """Read a cell that may be empty; `absent` stands in when it is empty or unfit."""
        text = self.cells.get(column, "")
        if not text:
            return absent
        try:
            return reader(text)
        except Unfit as unfit:
            self.blame(unfit.code, column, wanted=unfit.wanted)
            return absent

    def must(self, column: str, reader: Callable[[str], Value], absent: Value) -> Value:
        """Read a cell that may not be empty."""
        if column in self.cells and not self.cells[column]:
            self.blame(FaultCode.EMPTY, column)
        return self.read(column, reader, absent)

    def code(self, column: str) -> str:
        """Read a code that must be there; empty when it is unfit."""
        return self.must(column, values.slug, "")

    def code_or_none(self, column: str) -> str | None:
        """Read a code that may be empty."""
        return self.read(column, values.slug, "") or None

    def text(self, column: str, longest: int = values.LONGEST_TEXT) -> str:
        """Read text that may be empty."""
        return self.read(column, lambda text: values.text_up_to(text, longest), "")

    def whole_or_none(self, column: str, lowest: int, highest: int) -> int | None:
        """Read a whole number that may be empty."""
        empty: int | None = None
        return self.read(column, lambda text: values.whole(text, lowest, highest), empty)

    def yes_or_no(self, column: str, *, absent: bool) -> bool:
        """Read yes or no; `absent` stands in for an empty cell."""
        return self.read(column, values.yes_or_no, absent)

    def day_or_none(self, column: str) -> date | None:
        """Read a day that may be empty."""
        empty: date | None = None
        return self.read(column, values.day, empty)

    def choice(self, column: str, absent: Choice) -> Choice:
        """Read one of a set of words."""
        return self.read(column, lambda text: values.choice(text, type(absent)), absent)

    def names(self, vietnamese: str, english: str) -> tuple[str, str]:
        """Read a name in two languages; where one is missing, the other stands for both."""
        vi, en = self.text(vietnamese), self.text(english)
        if not (vi or en):
            self.blame(FaultCode.EMPTY, vietnamese)
        return vi or en, en or vi


def rows_of(file: str, lines: list[tuple[int, list[str]]], form: TableForm, faults: Faults) -> list[Row]:
    """Put the cells of `lines` under the names in the first of them; empty rows are left out."""
    if not lines:
        lines = [(1, [])]
    number, header = lines[0]
    names = [name.strip().casefold() for name in header]
    _check_header(names, form, faults, Place(file=file, row=number))
    rows = []
    for number, cells in lines[1:]:
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        _check_width(stripped, names, faults, Place(file=file, row=number))
        filled = stripped + [""] * (len(names) - len(stripped))
        named = {name: cell for name, cell in zip(names, filled, strict=False) if name}
        rows.append(Row(file=file, number=number, cells=named, faults=faults))
    return rows


def _check_header(names: list[str], form: TableForm, faults: Faults, at: Place) -> None:
    for index, name in enumerate(names):
        if not name:
            continue
        if name in names[:index]:
            faults.add(FaultCode.DUPLICATE_COLUMN, at, found=name)
        if name not in form.names:
            wanted = ", ".join(form.names)
            faults.add(FaultCode.UNKNOWN_COLUMN, at, found=name, wanted=wanted)
    for column in form.columns:
        if column.required and column.name not in names:
            place = Place(file=at.file, row=at.row, column=column.name)
            faults.add(FaultCode.MISSING_COLUMN, place)


def _check_width(cells: list[str], names: list[str], faults: Faults, at: Place) -> None:
    named = [*names, *[""] * len(cells)]
    beyond = [cell for cell, name in zip(cells, named, strict=False) if cell and not name]
    if beyond:
        faults.add(FaultCode.TOO_MANY_CELLS, at, found=beyond[0])
