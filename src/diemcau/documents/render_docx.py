"""A document drawn as .docx, for Word and LibreOffice: real styles, real page numbers, real tables.

The same document always gives the same bytes. What stands on the pages is `model`'s.
"""

from datetime import datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import assert_never
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx as python_docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph
from PIL import ImageFont

from diemcau.documents.docx_styles import LANGUAGES, set_styles
from diemcau.documents.docx_tables import LAYOUT_PADDING, add_grid, add_table, first_paragraph
from diemcau.documents.model import (
    Block,
    Document,
    Header,
    HeaderLine,
    Heading,
    NumberedList,
    Paragraph,
    ParagraphStyle,
    Picture,
    Recipients,
    Signatory,
    Table,
    announces,
    numbered,
)
from diemcau.documents.pictures import size_of
from diemcau.documents.ruleset import Rule

_STYLES = {
    ParagraphStyle.BODY: "Body Text",
    ParagraphStyle.GROUND: "Grounds",
    ParagraphStyle.NOTE: "Endnote",
    ParagraphStyle.CENTRED: "Attached",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST_PROPERTY = 255
_PART = 0.4
_SIGNED_ALONE = 0.6
"""How much of the width a signature has that stands alone beside the recipients."""
_MM_PER_PT = 25.4 / 72


def docx(document: Document) -> bytes:
    """Return the .docx of `document`."""
    file = python_docx.Document()
    _set_compatibility(file)
    set_styles(file, document)
    _set_page(file, document)
    _set_properties(file, document)
    if document.header is not None:
        _add_header(file, document, document.header)
    _add_title(file, document)
    for block in document.blocks:
        _add_block(file, document, block)
        if announces(block):
            file.paragraphs[-1].paragraph_format.keep_with_next = True
    _keep_last_with_foot(file, document)
    _add_foot(file, document)
    for note in document.endnotes:
        _add_paragraph(file, note)
    return _saved(file)


def _width(document: Document) -> float:
    page = document.ruleset.page
    return document.paper.millimetres[0] - page.left - page.right


def _set_page(file: Docx, document: Document) -> None:
    section, page = file.sections[0], document.ruleset.page
    width, height = document.paper.millimetres
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance = Mm(page.top / 2)
    section.footer_distance = Mm(page.bottom / 2)
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.style = file.styles["Header"]
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = text or None
        run._r.append(mark)  # noqa: SLF001 - python-docx knows no fields


def _set_compatibility(file: Docx) -> None:
    """Ask Word to lay out as Word 2013 and later do: tables begin at the margin."""
    for setting in file.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_properties(file: Docx, document: Document) -> None:
    properties = file.core_properties
    at = datetime.combine(document.on, time())
    properties.title, properties.author = document.title[:_LONGEST_PROPERTY], document.issuer[:_LONGEST_PROPERTY]
    properties.last_modified_by = ""
    properties.language, properties.comments, properties.revision = LANGUAGES[document.language], "", 1
    properties.created = properties.modified = at


def _add_header(file: Docx, document: Document, header: Header) -> None:
    width, share = _width(document), document.ruleset.head.left_share
    shares = (share, 100 - share) if header.right else (100 - share, share)
    widths = [width * one / 100 for one in shares]
    rows = 2 if header.number or header.place_date else 1
    cells = add_grid(file, widths, rows)
    align = WD_ALIGN_PARAGRAPH.CENTER if header.right else WD_ALIGN_PARAGRAPH.LEFT
    _fill(file, cells[0][0], header.left, widths[0], align)
    _fill(file, cells[0][1], header.right, widths[1], align)
    if header.number is not None:
        _fill(file, cells[1][0], (header.number,), widths[0], align)
    if header.place_date is not None:
        end = WD_ALIGN_PARAGRAPH.CENTER if header.right else WD_ALIGN_PARAGRAPH.RIGHT
        _fill(file, cells[1][1], (header.place_date,), widths[1], end)


def _fill(file: Docx, cell: _Cell, lines: tuple[HeaderLine, ...], width: float, align: WD_ALIGN_PARAGRAPH) -> None:
    paragraph = first_paragraph(cell)
    for place, line in enumerate(lines):
        paragraph = paragraph if place == 0 else cell.add_paragraph()
        paragraph.style = file.styles["Header Block"]
        paragraph.alignment = align
        run = paragraph.add_run(line.text)
        run.font.size, run.font.bold, run.font.italic = Pt(line.size), line.bold, line.italic
        _rule_under(file, cell, line, width - 2 * LAYOUT_PADDING)


def _rule_under(file: Docx, cell: _Cell, line: HeaderLine, width: float) -> None:
    match line.rule:
        case Rule.NONE:
            return
        case Rule.STAR | Rule.DASHES:
            paragraph = cell.add_paragraph("*" if line.rule is Rule.STAR else "-----")
            paragraph.style = file.styles["Header Block"]
        case Rule.FULL | Rule.PART:
            long = min(text_width(line.text, line.size, bold=line.bold), width)
            _draw_rule(file, cell.add_paragraph(), long * (1 if line.rule is Rule.FULL else _PART), width)
        case _:
            assert_never(line.rule)


def _draw_rule(file: Docx, paragraph: DocxParagraph, long: float, width: float) -> None:
    """Draw a rule `long` millimetres long in the middle of `width`: a paragraph's border between two indents."""
    paragraph.style = file.styles["Rule"]
    blank = Mm(max(0.0, (width - long) / 2))
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = blank
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")  # noqa: SLF001 - python-docx knows no borders


def text_width(text: str, size: float, *, bold: bool) -> float:
    """Return how wide `text` is set, in millimetres; the shipped font has the measures of Times New Roman."""
    return float(_font(bold=bold).getlength(text)) / 1000 * size * _MM_PER_PT


@cache
def _font(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "LiberationSerif-Bold.ttf" if bold else "LiberationSerif-Regular.ttf"
    return ImageFont.truetype(str(Path(str(files(__package__))) / "fonts" / name), 1000)


def _add_title(file: Docx, document: Document) -> None:
    file.add_paragraph(document.heading, style="Title")
    if not document.subject:
        return
    file.add_paragraph(document.subject, style="Subtitle")
    rule, title, width = Rule(document.ruleset.title.under), document.ruleset.title, _width(document)
    if rule in (Rule.FULL, Rule.PART):
        long = min(text_width(document.subject, title.subject_size, bold=True), width)
        _draw_rule(file, file.add_paragraph(), long * (1 if rule is Rule.FULL else _PART), width)
    elif rule is Rule.DASHES:
        file.add_paragraph("-----", style="Attached")


def _add_block(file: Docx, document: Document, block: Block) -> None:
    match block:
        case Heading(text=text, level=level):
            file.add_paragraph(text, style=f"Heading {level}")
        case Paragraph():
            _add_paragraph(file, block)
        case NumberedList():
            for text in numbered(block):
                file.add_paragraph(text, style="Body Text")
        case Table():
            add_table(file, block, _width(document))
        case Picture():
            _add_picture(file, block, _width(document))
        case _:
            assert_never(block)


def _add_paragraph(file: Docx, paragraph: Paragraph) -> None:
    added = file.add_paragraph(style=_STYLES[paragraph.style])
    if paragraph.lead:
        added.add_run(f"{paragraph.lead} ").bold = True
    added.add_run(paragraph.text)


def _add_picture(file: Docx, picture: Picture, room: float) -> None:
    width, height = size_of(picture, room)
    run = file.add_paragraph(style="Picture").add_run()
    shape = run.add_picture(BytesIO(picture.jpeg), Mm(width), Mm(height))
    shape._inline.docPr.set("descr", picture.alternative)  # noqa: SLF001 - python-docx knows no alternative text
    file.add_paragraph(picture.caption, style="Caption")


def _keep_last_with_foot(file: Docx, document: Document) -> None:
    """Signatures never stand on a page without a line of text above them."""
    if document.right is not None:
        file.paragraphs[-1].paragraph_format.keep_with_next = True


def _add_foot(file: Docx, document: Document) -> None:
    if document.left is None and document.right is None and document.recipients is None:
        return
    file.add_paragraph(style="Recipients").paragraph_format.keep_with_next = True
    width = _width(document)
    share = _SIGNED_ALONE if document.left is None else 1 / 2
    ((left, right),) = add_grid(file, (width * (1 - share), width * share), 1)
    if document.left is not None:
        _sign(file, left, document.left)
    elif document.recipients is not None:
        _send(file, left, document.recipients)
    if document.right is not None:
        _sign(file, right, document.right)
    if document.left is not None and document.recipients is not None:
        ((below,),) = add_grid(file, (width,), 1)
        _send(file, below, document.recipients)
        first_paragraph(below).paragraph_format.space_before = Pt(12)
        for paragraph in below.paragraphs if document.endnotes else ():
            paragraph.paragraph_format.keep_with_next = True


def _sign(file: Docx, cell: _Cell, who: Signatory) -> None:
    first = first_paragraph(cell)
    first.style = file.styles["Signature"]
    first.add_run(who.capacity)
    first.paragraph_format.space_after = Pt(68)
    cell.add_paragraph(who.name, style="Signature")


def _send(file: Docx, cell: _Cell, recipients: Recipients) -> None:
    first = first_paragraph(cell)
    first.style = file.styles["Recipients Title"]
    first.add_run(recipients.title)
    for line in recipients.lines:
        cell.add_paragraph(line, style="Recipients")


def _saved(file: Docx) -> bytes:
    """Return the file's bytes with the time of packing taken out, so that they depend on the document alone."""
    raw, packed = BytesIO(), BytesIO()
    file.save(raw)
    with ZipFile(raw) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(ZipInfo(name, date_time=_EPOCH), parts.read(name), compress_type=ZIP_DEFLATED)
    return packed.getvalue()
