"""Tables from an XLSX workbook, opened with limits: it may come from anyone's mail.

The archive is looked through before anything is unpacked: how much it holds, macros, embedded
objects, links to other files. Every part is parsed once with DTDs and entities forbidden.
"""

import io
import lzma
import unicodedata
import warnings
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import defusedxml.ElementTree
import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from diemcau.plan.columns import TableForm
from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place
from diemcau.plan.tables import MOST_ROWS, Row, rows_of
from diemcau.plan.text_files import read_bytes

MOST_PARTS = 200
LARGEST_UNPACKED = 64 * 1024 * 1024
HIGHEST_RATIO = 100
_RATIO_MATTERS_FROM = 1024 * 1024
_MOST_COLUMNS = 40

_ACTIVE = ("vbaproject", "xl/macrosheets/", "xl/activex/", "xl/embeddings/", "xl/dialogsheets/")
_LINKS = ("xl/externallinks/", "xl/connections", "xl/querytables/")
_UNSOUND = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    InvalidFileException,
    SyntaxError,  # what both XML parsers raise
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def read_xlsx(path: Path, forms: tuple[TableForm, ...], faults: Faults) -> list[list[Row] | None] | None:
    """Return the rows of each form's sheet, or note why there are none."""
    content = read_bytes(path, faults)
    if content is None:
        return None
    at = Place(file=path.name)
    try:
        if not _is_safe(content, at, faults):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out: colours, extensions
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            return [_rows(book, form, at, faults) for form in forms]
    except DefusedXmlException as error:
        faults.add(FaultCode.UNSAFE_XML, at, found=type(error).__name__)
    except _UNSOUND as error:
        faults.add(FaultCode.NOT_XLSX, at, found=type(error).__name__)
    return None


def _is_safe(content: bytes, at: Place, faults: Faults) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if not _has_measure(archive, at, faults):
            return False
        for part in archive.infolist():
            if not _is_passive(part.filename, at, faults):
                return False
            if part.filename.endswith((".xml", ".rels")):
                _parse_once(archive, part)
    return True


def _has_measure(archive: zipfile.ZipFile, at: Place, faults: Faults) -> bool:
    """Say whether the archive unpacks to no more than a plan can need."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > MOST_PARTS:
        faults.add(FaultCode.ARCHIVE_BOMB, at, found=f"{len(parts)} ×", wanted=f"{MOST_PARTS} ×")
        return False
    if unpacked > LARGEST_UNPACKED:
        found, wanted = (f"{size // 1024 // 1024} MB" for size in (unpacked, LARGEST_UNPACKED))
        faults.add(FaultCode.ARCHIVE_BOMB, at, found=found, wanted=wanted)
        return False
    if unpacked > _RATIO_MATTERS_FROM and unpacked > HIGHEST_RATIO * packed:
        found, wanted = f"{unpacked // packed} : 1", f"{HIGHEST_RATIO} : 1"
        faults.add(FaultCode.ARCHIVE_BOMB, at, found=found, wanted=wanted)
        return False
    return True


def _is_passive(part: str, at: Place, faults: Faults) -> bool:
    """Say whether a part neither runs nor reaches out of the file."""
    name = part.casefold()
    if any(word in name for word in _ACTIVE):
        faults.add(FaultCode.MACROS, at, found=part)
        return False
    if name.startswith(_LINKS):
        faults.add(FaultCode.EXTERNAL_LINK, at, found=part)
        return False
    return True


def _parse_once(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        for _, element in defusedxml.ElementTree.iterparse(stream, forbid_dtd=True):
            element.clear()


def _rows(book: Workbook, form: TableForm, at: Place, faults: Faults) -> list[Row] | None:
    file = f"{at.file} [{form.sheet}]"
    if form.sheet not in book.sheetnames:
        faults.add(FaultCode.MISSING_SHEET, at, wanted=form.sheet)
        return None
    lines = []
    sheet = book[form.sheet]
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=_MOST_COLUMNS), start=1):
        place = Place(file=file, row=number)
        if number > MOST_ROWS:
            faults.add(FaultCode.TOO_MANY_ROWS, place, wanted=str(MOST_ROWS))
            break
        lines.append((number, [_text(cell, place, faults) for cell in cells]))
    return rows_of(file, lines, form, faults)


def _text(cell: Cell | MergedCell | ReadOnlyCell | EmptyCell, at: Place, faults: Faults) -> str:
    """Bring a cell's value to the text that CSV would have."""
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") in {"f", "e"}:
        place = Place(file=at.file, row=at.row, column=getattr(cell, "column_letter", None))
        faults.add(FaultCode.FORMULA, place, found=value)
        return ""
    match value:
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat()
        case _:
            return unicodedata.normalize("NFC", str(value))
