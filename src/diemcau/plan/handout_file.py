"""The file of a handout: whether it is a PDF that can be shown, and how many pages it has."""

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from diemcau.core.handouts import LAST_PAGE


class NotAHandout(Exception):  # noqa: N818 (a fact, as in the core)
    """The file is no PDF with pages that can be shown; the sentence says what is wrong with it."""


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has. Raises `NotAHandout`, also for one that asks for a password."""
    try:
        reader = PdfReader(io.BytesIO(pdf))
        if reader.is_encrypted:
            raise NotAHandout("the PDF asks for a password: save it without one")
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as fault:
        raise NotAHandout("the file can't be read as a PDF: save or export it as PDF again") from fault
    if not 1 <= pages <= LAST_PAGE:
        raise NotAHandout(f"the PDF has {pages} pages: it needs 1 to {LAST_PAGE}")
    return pages
