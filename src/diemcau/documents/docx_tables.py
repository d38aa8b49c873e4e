"""Tables of a .docx: with a head that is repeated on each page, and without lines for layout.

Rows are written as elements, one after another: asking a table for its cells reads the whole
table each time.
"""

from collections.abc import Iterable

from docx.document import Document as Docx
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from diemcau.documents.model import Row, RowKind, Table

TWIPS = 56.6929
"""Twentieths of a point in a millimetre."""
PADDING, LAYOUT_PADDING = 1.2, 0.5
"""The blank at each side of a cell, in millimetres: with lines, and where cells only place things."""


def add_table(file: Docx, table: Table, width: float) -> None:
    """Append `table`, `width` millimetres wide."""
    if file.paragraphs:
        file.paragraphs[-1].paragraph_format.space_after = Pt(4)
    whole = sum(column.share for column in table.columns)
    widths = [width * column.share / whole for column in table.columns]
    element = _skeleton(file, widths, style="Table Grid")
    head = _row([column.title for column in table.columns], widths, ["center"] * len(widths), bold=True)
    properties = head.find(qn("w:trPr"))
    if properties is not None:
        properties.append(OxmlElement("w:tblHeader"))
    element.append(head)
    aligns = [column.align.value for column in table.columns]
    for row in table.rows:
        element.append(_body_row(row, widths, aligns))


def add_grid(file: Docx, widths: Iterable[float], rows: int) -> tuple[tuple[_Cell, ...], ...]:
    """Append a table without lines, for what stands side by side, and return its cells."""
    columns = list(widths)
    grid = file.add_table(rows=rows, cols=len(columns))
    grid.autofit = False
    _pad(grid, LAYOUT_PADDING)
    for column, width in zip(grid.columns, columns, strict=True):
        column.width = Mm(width)
    cells = tuple(tuple(row.cells) for row in grid.rows)
    for row in cells:
        for cell, width in zip(row, columns, strict=True):
            cell.width = Mm(width)
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - python-docx offers no other way
    return cells


def first_paragraph(cell: _Cell) -> DocxParagraph:
    """Return the paragraph that every cell begins with."""
    paragraph: DocxParagraph = cell.paragraphs[0]
    return paragraph


def _skeleton(file: Docx, widths: list[float], *, style: str) -> BaseOxmlElement:
    table = file.add_table(rows=0, cols=len(widths))
    table.style = file.styles[style]
    table.autofit = False
    _pad(table, PADDING)
    _set_widths(table, widths)
    element: BaseOxmlElement = table._tbl  # noqa: SLF001 - rows are written as elements
    return element


def _pad(table: DocxTable, padding: float) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_with(f"w:{side}", w=str(round(padding * TWIPS)), type="dxa"))
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx knows no margins of cells
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _set_widths(table: DocxTable, widths: list[float]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _body_row(row: Row, widths: list[float], aligns: list[str]) -> BaseOxmlElement:
    if row.kind is RowKind.GROUP:
        return _row([row.cells[0]], [sum(widths)], ["left"], bold=True, span=len(widths), keep=True)
    return _row(list(row.cells), widths, aligns, bold=row.kind is RowKind.TOTAL)


def _row(
    texts: list[str], widths: list[float], aligns: list[str], *, bold: bool, span: int = 1, keep: bool = False
) -> BaseOxmlElement:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    row.append(properties)
    for text, width, align in zip(texts, widths, aligns, strict=True):
        row.append(_cell(text, width, align, bold=bold, span=span, keep=keep))
    return row


def _cell(text: str, width: float, align: str, *, bold: bool, span: int, keep: bool) -> BaseOxmlElement:
    cell, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    properties.append(_with("w:tcW", w=str(round(width * TWIPS)), type="dxa"))
    if span > 1:
        properties.append(_with("w:gridSpan", val=str(span)))
    properties.append(_with("w:vAlign", val="center"))
    cell.append(properties)
    paragraph, about = OxmlElement("w:p"), OxmlElement("w:pPr")
    about.append(_with("w:pStyle", val="TableText"))
    if keep:
        about.append(OxmlElement("w:keepNext"))
    about.append(_with("w:jc", val=align))
    paragraph.append(about)
    run = OxmlElement("w:r")
    if bold:
        run_about = OxmlElement("w:rPr")
        run_about.append(OxmlElement("w:b"))
        run.append(run_about)
    words = OxmlElement("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    paragraph.append(run)
    cell.append(paragraph)
    return cell


def _with(tag: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
