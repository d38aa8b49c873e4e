"""Issuing documents: from the proceedings to files, and nothing half-written.

Pure work for a processor and a disk: callers with an event loop run it in a thread.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from diemcau.core.ids import RequestId, SiteId
from diemcau.core.sites import SiteUnknown
from diemcau.documents.article import article
from diemcau.documents.attendance import attendance_list
from diemcau.documents.lint import require_sound
from diemcau.documents.minutes import minutes
from diemcau.documents.model import Document, DocumentKind
from diemcau.documents.notice import notice
from diemcau.documents.people import People
from diemcau.documents.render_docx import docx
from diemcau.documents.render_pdf import pdf
from diemcau.documents.tidy import tidied
from diemcau.documents.wording import Wording
from diemcau.projections.proceedings import Proceedings


def issue(
    kind: DocumentKind,
    proceedings: Proceedings,
    people: People,
    *,
    site: SiteId | None = None,
    number: int = 1,
    stills: Mapping[RequestId, bytes] = MappingProxyType({}),
) -> Document:
    """Return a document that agrees with itself, or raise `DocumentAtFault`.

    `site` is whose article it is (the main site's if none is named), `number` that of minutes
    and notices among their kind, `stills` the chosen picture (JPEG) of each speech.
    """
    wording = Wording(proceedings=proceedings, people=people)
    at = site or proceedings.facts.main_site
    if not proceedings.facts.has_site(at):
        raise SiteUnknown(site=at)
    makers: dict[DocumentKind, Callable[[], Document]] = {
        DocumentKind.MINUTES: lambda: minutes(wording, number),
        DocumentKind.NOTICE: lambda: notice(wording, number),
        DocumentKind.ATTENDANCE: lambda: attendance_list(wording),
        DocumentKind.ARTICLE: lambda: article(wording, at, stills),
    }
    document = tidied(makers[kind]())
    require_sound(document)
    return document


def write(document: Document, folder: Path) -> tuple[Path, Path]:
    """Write `document` into `folder` as .docx and .pdf; each file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _write(folder / f"{document.slug}.docx", docx(document)),
        _write(folder / f"{document.slug}.pdf", pdf(document)),
    )


def _write(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
