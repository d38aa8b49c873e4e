"""The proceedings of a conference: every figure and name that its documents need.

What `projections.minutes` folds the journal into, and the questions that documents ask of it.
Every answer carries the journal positions of the events that it came from. Nothing here is a
sentence, and no person's name: a person is an id.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from diemcau.core import floor, rollcall
from diemcau.core.agenda import ItemTimes
from diemcau.core.conclusions import ConclusionItem
from diemcau.core.conference import Conference
from diemcau.core.convening import Facts, Horizon, InvitedSite, ItemKind, PlannedItem, count_name
from diemcau.core.floor import FloorRequest, Lane
from diemcau.core.ids import PersonId, RequestId, SiteId, StreamId
from diemcau.core.notes import Note
from diemcau.core.rollcall import Headcount, SiteReport
from diemcau.journal.record import Seal

Positions: TypeAlias = tuple[int, ...]
"""Positions in the journal, ascending: where a figure or a name came from."""

FACTS = "facts"
OPENED = "opened"
CLOSED = "closed"
ADOPTED = "adopted"

# State


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A record that says something of a subject, such as `site:hue` or `request:r3`."""

    subject: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """An adjournment; no end while the conference is adjourned, or if it was closed during it."""

    since: datetime
    reason: str
    sources: Positions
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeputyTime:
    """How long the deputy presided; no end if until the closing."""

    since: datetime
    sources: Positions
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """Why, by whom and when something was corrected, and where that stands."""

    reason: str
    author: PersonId
    at: datetime
    after_seal: bool
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceCorrection:
    """How many were present at a site by the first report, and how many by the correction."""

    site: SiteId
    before: int
    after: int
    amendment: Amendment


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechCorrection:
    """Beginning and end of a speech, as noted first and as corrected."""

    site: SiteId
    before: tuple[datetime | None, datetime | None]
    after: tuple[datetime, datetime]
    amendment: Amendment


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCorrection:
    """The text of a note, as taken first and as corrected."""

    before: str
    after: str
    amendment: Amendment


Correction: TypeAlias = AttendanceCorrection | SpeechCorrection | NoteCorrection


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceedings:
    """A conference as it stands, and what its own state forgets but its minutes tell."""

    stream: StreamId
    conference: Conference
    version: int
    marks: tuple[Mark, ...]
    breaks: tuple[Break, ...] = ()
    deputy_times: tuple[DeputyTime, ...] = ()
    on_air: tuple[tuple[RequestId, datetime], ...] = ()
    revoked: tuple[tuple[RequestId, str], ...] = ()
    absences: tuple[tuple[SiteId, str], ...] = ()
    adopted: tuple[ConclusionItem, ...] = ()
    corrections: tuple[Correction, ...] = ()
    seal: Seal | None = None

    @property
    def facts(self) -> Facts:
        """What the conference was convened with."""
        return self.conference.facts

    @property
    def adopted_at(self) -> datetime | None:
        """When the conclusion was adopted."""
        return self.conference.conclusion.adopted_at


# What the documents read


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAttendance:
    """Who is present at one site: delegates by id, guests by category; nothing if it did not report."""

    site: InvitedSite
    invited: tuple[PersonId, ...]
    present: tuple[PersonId, ...]
    guests: tuple[Headcount, ...]
    reported: bool
    absent: bool
    reason: str
    sources: Positions

    @property
    def guest_count(self) -> int:
        """How many guests there are beside the invited delegates."""
        return sum(one.count for one in self.guests)

    @property
    def people(self) -> int:
        """How many people are present."""
        return len(self.present) + self.guest_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """One speech with its times; no end while it goes on."""

    number: int
    request: RequestId
    site: SiteId
    speaker: PersonId | None
    topic: str
    turn: int
    requested_at: datetime
    granted_at: datetime
    on_air_at: datetime | None
    ended_at: datetime | None
    revoked: str | None
    notes: tuple[Note, ...]
    sources: Positions

    @property
    def duration(self) -> timedelta | None:
        """How long the site spoke."""
        return None if self.ended_at is None else self.ended_at - self.granted_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenStatement:
    """A request that was never called."""

    number: int
    site: SiteId
    speaker: PersonId | None
    topic: str
    requested_at: datetime
    sources: Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedItem:
    """An adopted item with its number among those of its kind and horizon."""

    number: int
    item: ConclusionItem
    sources: Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedList:
    """The adopted items of one kind and horizon; `name` is such as `term_task`."""

    name: str
    kind: ItemKind
    horizon: Horizon | None
    items: tuple[NumberedItem, ...]
    sources: Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTime:
    """An item of the agenda with one of its beginnings; none if it was never reached."""

    planned: PlannedItem
    times: ItemTimes | None
    sources: Positions


# Questions


def sources_of(proceedings: Proceedings, *subjects: str) -> Positions:
    """Return where it stands in the journal what is known of `subjects`."""
    return tuple(sorted({one.position for one in proceedings.marks if one.subject in subjects}))


def attendance(proceedings: Proceedings) -> tuple[SiteAttendance, ...]:
    """Return who is present where: the main site first, then in order of protocol."""
    facts, roll = proceedings.facts, proceedings.conference.roll
    reports = {one.site: one for one in roll.reports}
    invited: dict[SiteId, list[PersonId]] = {}
    for delegate in facts.delegates:
        invited.setdefault(delegate.site, []).append(delegate.person)
    places, reasons = _places(proceedings), dict(proceedings.absences)
    ordered = sorted(facts.sites, key=lambda site: (not site.main, site.protocol, site.site))
    return tuple(
        _attendance(
            site,
            reports.get(site.site),
            invited=tuple(invited.get(site.site, ())),
            reason=reasons.get(site.site, ""),
            sources=(*places.get(FACTS, ()), *places.get(f"site:{site.site}", ())),
        )
        for site in ordered
    )


def by_category(proceedings: Proceedings) -> tuple[Headcount, ...]:
    """Count everybody present at all sites by category, in the order in which the facts name them."""
    counts: Counter[str] = Counter(dict.fromkeys((one.category for one in proceedings.facts.delegates), 0))
    for report in proceedings.conference.roll.reports:
        for one in rollcall.present_by_category(report, proceedings.facts):
            counts[one.category] += one.count
    return tuple(Headcount(category=category, count=count) for category, count in counts.items() if count)


def speeches(proceedings: Proceedings, lane: Lane = Lane.SPEECH) -> tuple[Speech, ...]:
    """Return the speeches in order of their beginning, numbered from 1; responses are a lane of their own."""
    granted = (one for one in floor.speeches(proceedings.conference.floor) if one.lane is lane)
    places = _places(proceedings)
    return tuple(_speech(proceedings, one, number, places) for number, one in enumerate(granted, 1))


def written_statements(proceedings: Proceedings) -> tuple[WrittenStatement, ...]:
    """Return the requests that became written statements, in order of asking."""
    written = (one for one in proceedings.conference.floor.requests if one.written)
    places = _places(proceedings)
    return tuple(
        WrittenStatement(
            number=number,
            site=one.site,
            speaker=one.speaker,
            topic=one.topic,
            requested_at=one.requested_at,
            sources=places.get(f"request:{one.request}", ()),
        )
        for number, one in enumerate(written, 1)
    )


def general_notes(proceedings: Proceedings) -> tuple[Note, ...]:
    """Return the notes that belong to no speech."""
    return tuple(one for one in proceedings.conference.notes.notes if one.speech is None)


def conclusion(proceedings: Proceedings) -> tuple[CountedList, ...]:
    """Return the adopted items, kind by kind in the order of a conclusion, numbered within each."""
    sources = sources_of(proceedings, ADOPTED)
    groups: dict[str, list[ConclusionItem]] = {}
    for item in proceedings.adopted:
        groups.setdefault(count_name(item.kind, item.horizon), []).append(item)
    order = ("lesson", "term_task", "breakthrough", "year_task", "solution_group")
    return tuple(
        CountedList(
            name=name,
            kind=groups[name][0].kind,
            horizon=groups[name][0].horizon,
            items=tuple(
                NumberedItem(number=number, item=item, sources=sources) for number, item in enumerate(groups[name], 1)
            ),
            sources=sources,
        )
        for name in order
        if name in groups
    )


def agenda_times(proceedings: Proceedings) -> tuple[ItemTime, ...]:
    """Return the planned items in order, each with its beginnings and ends; one row if never reached."""
    places = _places(proceedings)
    rows: list[ItemTime] = []
    for planned in proceedings.facts.agenda:
        times = [one for one in proceedings.conference.agenda.times if one.item == planned.item]
        sources = (*places.get(FACTS, ()), *places.get(f"agenda:{planned.item}", ()))
        rows.extend(ItemTime(planned=planned, times=one, sources=sources) for one in times or (None,))
    return tuple(rows)


# Private


def _places(proceedings: Proceedings) -> dict[str, Positions]:
    places: dict[str, Positions] = {}
    for one in proceedings.marks:
        places[one.subject] = (*places.get(one.subject, ()), one.position)
    return places


def _attendance(
    site: InvitedSite, report: SiteReport | None, *, invited: tuple[PersonId, ...], reason: str, sources: Positions
) -> SiteAttendance:
    absent = report is not None and report.absent
    return SiteAttendance(
        site=site,
        invited=invited,
        present=() if report is None else tuple(one for one in invited if one in report.present),
        guests=() if report is None else report.guests,
        reported=report is not None and not absent,
        absent=absent,
        reason=reason if absent else "",
        sources=sources,
    )


def _speech(told: Proceedings, request: FloorRequest, number: int, places: dict[str, Positions]) -> Speech:
    notes = tuple(one for one in told.conference.notes.notes if one.speech == request.request)
    subjects = (f"request:{request.request}", *(f"note:{one.note}" for one in notes))
    return Speech(
        number=number,
        request=request.request,
        site=request.site,
        speaker=request.speaker,
        topic=request.topic,
        turn=request.turn,
        requested_at=request.requested_at,
        granted_at=request.granted_at or request.requested_at,
        on_air_at=dict(told.on_air).get(request.request),
        ended_at=request.ended_at,
        revoked=dict(told.revoked).get(request.request),
        notes=notes,
        sources=tuple(sorted(position for subject in subjects for position in places.get(subject, ()))),
    )
