"""The model of a document: what stands on its pages, before it is drawn.

One model, two renderers: `render_docx` and `render_pdf` draw the same words. Nothing here
knows where the words come from; `sources` are the journal positions behind them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from diemcau.documents.ruleset import Paper, Rule, Ruleset

Positions: TypeAlias = tuple[int, ...]


class DocumentKind(StrEnum):
    """The documents that a conference has."""

    MINUTES = "minutes"
    NOTICE = "notice"
    ATTENDANCE = "attendance"
    ARTICLE = "article"


class ParagraphStyle(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    GROUND = "ground"
    NOTE = "note"
    CENTRED = "centred"


class RowKind(StrEnum):
    """What a row of a table is."""

    BODY = "body"
    GROUP = "group"
    TOTAL = "total"


class Align(StrEnum):
    """To which side the cells of a column are set."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLine:
    """A line at the head of page 1, with the rule under it."""

    text: str
    size: float
    bold: bool = False
    italic: bool = False
    rule: Rule = Rule.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of page 1: two columns, and below them the number beside the place and date."""

    left: tuple[HeaderLine, ...]
    right: tuple[HeaderLine, ...] = ()
    number: HeaderLine | None = None
    place_date: HeaderLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of level 1 (`I.`), 2 (`1.`) or 3."""

    text: str
    level: int = 1
    sources: Positions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; `lead` is its bold beginning. `quoted` is what somebody said: its counts are theirs."""

    text: str
    lead: str = ""
    style: ParagraphStyle = ParagraphStyle.BODY
    quoted: bool = False
    sources: Positions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """One numbered item."""

    text: str
    quoted: bool = False
    sources: Positions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedList:
    """Items numbered from 1, behind `prefix`; `counted_as` are the words under which the text states how many."""

    items: tuple[ListItem, ...]
    prefix: str = ""
    counted_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; `share` is its part of the width, in percent."""

    title: str
    share: int
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: a cell for each column, or one for all of them in a group's row."""

    cells: tuple[str, ...]
    kind: RowKind = RowKind.BODY
    sources: Positions = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose head is repeated on each page."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    counted_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture with its caption under it; `alternative` is for who can't see it, `share` its part of the width."""

    jpeg: bytes
    caption: str
    alternative: str
    share: int = 100
    sources: Positions = ()


Block: TypeAlias = Heading | Paragraph | NumberedList | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs: a capacity in capitals and a name; without a name there is room for one."""

    capacity: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """To whom the document goes, at its foot."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document, ready to be drawn."""

    kind: DocumentKind
    language: str
    ruleset: Ruleset
    paper: Paper
    slug: str
    title: str
    issuer: str
    on: date
    heading: str
    subject: str
    blocks: tuple[Block, ...]
    header: Header | None = None
    number: int | None = None
    left: Signatory | None = None
    right: Signatory | None = None
    recipients: Recipients | None = None
    endnotes: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a document as a reader counts them: its number, its words, where they came from."""

    number: int
    text: str
    stated: bool
    sources: Positions


def lines_of(document: Document) -> tuple[Line, ...]:
    """Return every line of the body in order; a table has one for each row."""
    told = enumerate(_told(document), 1)
    return tuple(
        Line(number=number, text=text, stated=stated, sources=sources) for number, (text, stated, sources) in told
    )


def numbered(block: NumberedList) -> tuple[str, ...]:
    """Return the texts of a list with their numbers: numbers are words of the document, not layout."""
    return tuple(f"{block.prefix}{number}. {item.text}" for number, item in enumerate(block.items, 1))


def spoken(paragraph: Paragraph) -> str:
    """Return the whole text of a paragraph."""
    return f"{paragraph.lead} {paragraph.text}".strip()


def announces(block: Block) -> bool:
    """Say whether a block introduces the next one, so that no page ends between the two."""
    return isinstance(block, Heading) or (isinstance(block, Paragraph) and block.text.endswith(":"))


def _told(document: Document) -> Iterator[tuple[str, bool, Positions]]:
    yield document.heading, True, ()
    if document.subject:
        yield document.subject, True, ()
    for block in (*document.blocks, *document.endnotes):
        match block:
            case Heading(text=text, sources=sources):
                yield text, True, sources
            case Paragraph():
                yield spoken(block), not block.quoted, block.sources
            case NumberedList(items=items):
                for text, item in zip(numbered(block), items, strict=True):
                    yield text, not item.quoted, item.sources
            case Table(rows=rows):
                for row in rows:
                    yield " | ".join(row.cells), False, row.sources
            case Picture(caption=caption, sources=sources):
                yield caption, True, sources
