"""A document drawn as PDF, by Typst, with the fonts that ship with the product.

The same document always gives the same bytes. What stands on the pages is `model`'s; how it
is set is `typst/document.typ`'s.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from diemcau.documents.model import Block, Document, NumberedList, Picture, announces, numbered
from diemcau.documents.pictures import size_of

_HERE = Path(str(files(__package__)))


def pdf(document: Document) -> bytes:
    """Return the PDF of `document`."""
    issued = datetime.combine(document.on, time(), UTC)
    # A compiler of its own for each document, since callers draw in threads; the fonts are read once.
    compiler = typst.Compiler(
        input=str(_HERE / "typst" / "document.typ"), root=str(_HERE / "typst"), font_paths=fonts_of_documents()
    )
    drawn = compiler.compile(
        format="pdf",
        sys_inputs={"document": json.dumps(_plain(document), ensure_ascii=False)},
        timestamp=int(issued.timestamp()),
    )
    if not isinstance(drawn, bytes):
        raise TypeError(f"Typst gave {type(drawn).__name__}, not one PDF")
    return drawn


@cache
def fonts_of_documents() -> typst.Fonts:
    """Return the fonts that ship with the product, read once."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_HERE / "fonts")])


def _plain(document: Document) -> dict[str, object]:
    width, height = document.paper.millimetres
    rules = document.ruleset
    return {
        "title": document.title,
        "author": document.issuer,
        "language": document.language,
        "on": [document.on.year, document.on.month, document.on.day],
        "width": width,
        "height": height,
        "page": asdict(rules.page),
        "body": asdict(rules.body),
        "sizes": asdict(rules.title) | {"signature": asdict(rules.signature)},
        "left_share": rules.head.left_share,
        "header": None if document.header is None else asdict(document.header),
        "heading": document.heading,
        "subject": document.subject,
        "blocks": [_block(one, width - rules.page.left - rules.page.right) for one in document.blocks],
        "left": None if document.left is None else asdict(document.left),
        "right": None if document.right is None else asdict(document.right),
        "recipients": None if document.recipients is None else asdict(document.recipients),
        "endnotes": [_block(one, width) for one in document.endnotes],
    }


def _block(block: Block, room: float) -> dict[str, object]:
    if isinstance(block, NumberedList):
        return {"type": "list", "items": numbered(block)}
    if isinstance(block, Picture):
        return _picture(block, room)
    return {"type": type(block).__name__.lower(), "announces": announces(block), **asdict(block)}


def _picture(picture: Picture, room: float) -> dict[str, object]:
    """Return a picture with its bytes as numbers: what Typst is given is text."""
    width, height = size_of(picture, room)
    return {
        "type": "picture",
        "jpeg": list(picture.jpeg),
        "wide": width,
        "high": height,
        "caption": picture.caption,
        "alternative": picture.alternative,
    }
