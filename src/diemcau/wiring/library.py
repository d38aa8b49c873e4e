"""The library: the documents of a conference, made from the journal when they are asked for.

What a role may have and from when on stands here; what is written in them is `documents`'s. A
document is made anew when the journal has gone on, was sealed, or a person was erased; an article
also when another still was chosen.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from diemcau.core.conference import Conference
from diemcau.core.ids import ConferenceId, PersonId, RequestId, SiteId, StreamId
from diemcau.core.roles import Role
from diemcau.core.stages import Stage
from diemcau.directory.models import Person
from diemcau.directory.people import find_all, how_many_erased
from diemcau.documents.issue import issue, write
from diemcau.documents.model import DocumentKind
from diemcau.journal import streams
from diemcau.journal.journal import Journal
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import Proceedings
from diemcau.web.ports import DesksPort, Form, ListedDocument
from diemcau.wiring.recorded import RecordingShelf

TITLES: Mapping[DocumentKind, tuple[str, str]] = {
    DocumentKind.MINUTES: ("Biên bản hội nghị", "Minutes"),
    DocumentKind.NOTICE: ("Thông báo kết luận", "Notice of conclusions"),
    DocumentKind.ATTENDANCE: ("Danh sách điểm cầu và đại biểu dự hội nghị", "Sites and delegates present"),
    DocumentKind.ARTICLE: ("Tin bài", "Article"),
}
_FOR_SITES = frozenset({DocumentKind.NOTICE, DocumentKind.ARTICLE})
_CENTRE = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR})
_ENDED = (Stage.CLOSED, Stage.SEALED)


def documents_in(data: Path) -> Path:
    """Return the folder of made documents in a data folder; it may be thrown away at any time."""
    return data / "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOf:
    """The people of one conference as the directory has them now."""

    people: Mapping[PersonId, Person]

    def office_of(self, person: PersonId) -> str | None:
        """Return the office, or nothing if the person was erased."""
        found = self.people.get(person)
        return None if found is None else found.office

    def name_of(self, person: PersonId) -> str | None:
        """Return the name, empty if none was given, or nothing if the person was erased."""
        found = self.people.get(person)
        return None if found is None else found.name


class Library:
    """The documents of all conferences of this server."""

    def __init__(
        self, journal: Journal, engine: Engine, desks: DesksPort, folder: Path, *, recordings: RecordingShelf
    ) -> None:
        self._journal = journal
        self._engine = engine
        self._desks = desks
        self._folder = folder
        self._recordings = recordings
        self._making = asyncio.Lock()

    async def listed(self, conference: ConferenceId, *, role: Role, site: SiteId | None) -> tuple[ListedDocument, ...]:
        """Return the documents that a role's desk may have, in order."""
        desk = self._desks.find(conference)
        if desk is None or role is Role.PROGRAM:
            return ()
        state = desk.formal
        kinds = (DocumentKind.ATTENDANCE, DocumentKind.NOTICE, DocumentKind.MINUTES)
        general = tuple(_general(kind, state) for kind in kinds if _is_ready(kind, state) and _may(kind, role))
        return (*general, *_articles(state, role, site))

    async def file(self, conference: ConferenceId, document: str, form: Form) -> Path | None:
        """Return the file of a document, made if need be; nothing if there is none."""
        async with self._making:
            return await asyncio.to_thread(self._file, conference, document, form)

    def make_ready(self, conference: ConferenceId, folder: Path, *, site: SiteId | None) -> tuple[Path, ...]:
        """Write what can be issued by now into `folder`, with the article of one site; return all files."""
        proceedings, people = self._read(conference)
        state = proceedings.conference
        kinds = [kind for kind in DocumentKind if _is_ready(kind, state)]
        stills = self._stills(conference)
        written = [write(issue(kind, proceedings, people, site=site, stills=stills), folder) for kind in kinds]
        return tuple(path for pair in written for path in pair)

    def _file(self, conference: ConferenceId, document: str, form: Form) -> Path | None:
        named, _, site = document.partition("-")
        if named not in set(DocumentKind):
            return None
        kind = DocumentKind(named)
        stills = self._stills(conference) if kind is DocumentKind.ARTICLE else {}
        folder = self._folder / conference / self._as_of(streams.formal(conference), stills) / document
        kept = next(folder.glob(f"*.{form.value}"), None) if folder.is_dir() else None
        if kept is not None:
            return kept
        proceedings, people = self._read(conference)
        at = SiteId(site) if site else None
        made = write(issue(kind, proceedings, people, site=at, stills=stills), folder)
        return next(path for path in made if path.suffix == f".{form.value}")

    def _stills(self, conference: ConferenceId) -> dict[RequestId, bytes]:
        chosen = self._recordings.chosen_stills(conference)
        return {RequestId(speech): still for speech, still in chosen.items()}

    def _as_of(self, stream: StreamId, stills: Mapping[RequestId, bytes]) -> str:
        """Name all that a document depends on: the records, the seals, who was erased, and the stills."""
        known = (self._journal.version(stream), len(self._journal.seals(stream)), how_many_erased(self._engine))
        return "-".join((*(str(one) for one in known), *_digest(stills)))

    def _read(self, conference: ConferenceId) -> tuple[Proceedings, PeopleOf]:
        stream = streams.formal(conference)
        seals = self._journal.seals(stream)
        proceedings = proceedings_of(self._journal.read(stream), seal=seals[-1] if seals else None)
        if proceedings is None:
            message = f"the journal has no conference {conference}"
            raise LookupError(message)
        digests = {one.person: one.digest for one in proceedings.facts.delegates}
        return proceedings, PeopleOf(people=find_all(self._engine, digests))


def _digest(stills: Mapping[RequestId, bytes]) -> tuple[str, ...]:
    """Return a name for these very pictures; nothing if there are none."""
    if not stills:
        return ()
    each = (f"{speech} {hashlib.sha256(stills[speech]).hexdigest()}" for speech in sorted(stills))
    return (hashlib.sha256("\n".join(each).encode()).hexdigest()[:16],)


def _general(kind: DocumentKind, state: Conference) -> ListedDocument:
    return ListedDocument(document=kind.value, title=_title(kind, state))


def _articles(state: Conference, role: Role, site: SiteId | None) -> tuple[ListedDocument, ...]:
    if not _is_ready(DocumentKind.ARTICLE, state):
        return ()
    title = _title(DocumentKind.ARTICLE, state)
    return tuple(
        ListedDocument(
            document=f"{DocumentKind.ARTICLE.value}-{one.site}", title=f"{title}: {one.short_name}", site=one.site
        )
        for one in sorted(state.facts.sites, key=lambda one: (not one.main, one.protocol))
        if role in _CENTRE or one.site == site
    )


def _title(kind: DocumentKind, state: Conference) -> str:
    vietnamese, english = TITLES[kind]
    return english if state.facts.language == "en" else vietnamese


def _is_ready(kind: DocumentKind, state: Conference) -> bool:
    if kind is DocumentKind.ATTENDANCE:
        return state.roll.closed_at is not None
    if kind is DocumentKind.NOTICE:
        return state.conclusion.adopted_at is not None
    return state.stages.stage in _ENDED


def _may(kind: DocumentKind, role: Role) -> bool:
    return role in _CENTRE or kind in _FOR_SITES  # minutes and attendance hold the offices of all halls
