"""Workbooks for tests: the sound plan as XLSX, and ways to make an archive unfit."""

import csv
import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook

from tests.plan.samples import CONFERENCE, DELEGATES, SITES, UNITS

SHEETS = {"Units": UNITS, "Sites": SITES, "Delegates": DELEGATES}


def write_workbook_plan(folder: Path) -> Path:
    """Write the sound plan with its tables in one workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conference.toml").write_text(CONFERENCE, encoding="utf-8")
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for name, text in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text)):
            sheet.append(row)
    book.save(folder / "plan.xlsx")
    return folder


def put(folder: Path, sheet: str, cell: str, value: object) -> None:
    """Write one cell of the workbook."""
    book = load_workbook(folder / "plan.xlsx")
    book[sheet][cell].value = value
    book.save(folder / "plan.xlsx")


def add_parts(folder: Path, parts: Mapping[str, bytes]) -> None:
    """Add parts to the archive."""
    with zipfile.ZipFile(folder / "plan.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def replace_part(folder: Path, part: str, right: bytes, wrong: bytes) -> None:
    """Replace a piece of one part of the archive, which must be there."""
    path = folder / "plan.xlsx"
    spoilt = folder / "spoilt.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(spoilt, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                if right not in content:
                    raise ValueError(f"{part} does not hold {right!r}")
                content = content.replace(right, wrong)
            new.writestr(name, content)
    shutil.move(spoilt, path)
