"""Tables from CSV: commas, semicolons or tabs, as spreadsheets write them in either country."""

import csv
import io
from pathlib import Path

from diemcau.plan.columns import TableForm
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place
from diemcau.plan.tables import MOST_ROWS, Row, rows_of
from diemcau.plan.text_files import read_text


def read_csv(path: Path, form: TableForm, faults: Faults) -> list[Row] | None:
    """Return the rows of a CSV file, or note why there are none."""
    text = read_text(path, faults)
    if text is None:
        return None
    lines = _lines(text, path.name, faults)
    return None if lines is None else rows_of(path.name, lines, form, faults)


def _lines(text: str, file: str, faults: Faults) -> list[tuple[int, list[str]]] | None:
    """Split into rows, each with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            lines.append((begins, cells))
            begins = reader.line_num + 1
            if len(lines) > MOST_ROWS:
                place = Place(file=file, row=begins)
                faults.add(FaultCode.TOO_MANY_ROWS, place, wanted=str(MOST_ROWS))
                return None
    except csv.Error as error:
        faults.add(FaultCode.CSV_SYNTAX, Place(file=file, row=begins), found=error)
        return None
    return lines


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)
