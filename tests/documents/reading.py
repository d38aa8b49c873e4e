"""Reading documents back, as whoever opens the files would."""

import re
from functools import cache
from pathlib import Path

import docx
from docx.document import Document as Docx
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from pypdf import PdfReader


@cache
def docx_lines(path: Path) -> tuple[str, ...]:
    """Return every paragraph and cell of a .docx, from top to bottom, without empty ones."""
    return tuple(line for line in _lines(docx.Document(str(path))) if line)


@cache
def docx_table_heads(path: Path) -> tuple[str, ...]:
    """Return the cells that are repeated at the head of each page."""
    tables = docx.Document(str(path)).tables
    heads = ((table, row) for table in tables for row in table._tbl.tr_lst if row.xpath("w:trPr/w:tblHeader"))  # noqa: SLF001 - as below
    return tuple(line for table, row in heads for cell in row.tc_lst for line in _lines(_Cell(cell, table)))


@cache
def docx_text(path: Path) -> str:
    """Return the words of a .docx, with single blanks."""
    return " ".join(" ".join(docx_lines(path)).split())


@cache
def pdf_text(path: Path) -> str:
    """Return the words of a PDF without page numbers, with single blanks."""
    pages = []
    for number, page in enumerate(PdfReader(path).pages, 1):
        text = page.extract_text()
        pages.append(re.sub(rf"^\s*{number}\b", "", text) if number > 1 else text)
    return " ".join(" ".join(pages).split())


def solid(text: str) -> str:
    """Return `text` without blanks: where lines end is the renderer's matter."""
    return re.sub(r"\s+", "", text)


def _lines(part: Docx | _Cell) -> list[str]:
    found: list[str] = []
    for block in part.iter_inner_content():
        if isinstance(block, Paragraph):
            found.append(block.text)
        else:
            found.extend(_cells(block))
    return found


def _cells(table: Table) -> list[str]:
    found: list[str] = []
    for row in table._tbl.tr_lst:  # noqa: SLF001 - asking a table for its rows' cells reads all of it each time
        for cell in row.tc_lst:
            found.extend(_lines(_Cell(cell, table)))
    return found
