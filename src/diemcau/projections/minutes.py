"""The minutes' fold: from the records of the journal to the proceedings that documents are made of.

A pure fold: following 1..k and then k+1..n comes to the same as following 1..n. Rehearsals
never enter. What the documents ask of the proceedings stands in `projections.proceedings`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import cast

from diemcau.core import conference as rules
from diemcau.core import floor, rollcall, stages
from diemcau.core.agenda import ItemFinished, ItemStarted
from diemcau.core.conclusions import ConclusionAdopted
from diemcau.core.conference import Conference
from diemcau.core.deputy import ChairReturned, DeputyPresided
from diemcau.core.ids import PersonId
from diemcau.core.notes import NoteCorrected, NoteTaken
from diemcau.core.onair import SiteTaken
from diemcau.core.rollcall import Headcount
from diemcau.journal.record import Record, Seal
from diemcau.projections.proceedings import (
    ADOPTED,
    CLOSED,
    FACTS,
    OPENED,
    Amendment,
    AttendanceCorrection,
    Break,
    Correction,
    DeputyTime,
    Mark,
    NoteCorrection,
    Proceedings,
    SpeechCorrection,
)


def proceedings_of(records: Iterable[Record], *, seal: Seal | None = None) -> Proceedings | None:
    """Return the proceedings of one stream, or nothing if it is a rehearsal or was never convened."""
    begun: Proceedings | None = None
    followed = reduce(follow, records, begun)
    return followed if followed is None or seal is None else replace(followed, seal=seal)


def follow(proceedings: Proceedings | None, record: Record) -> Proceedings | None:
    """Return the proceedings after one more record; records of other streams change nothing."""
    event = record.event
    if proceedings is None:
        return _begin(record, event) if isinstance(event, stages.ConferenceConvened) else None
    if record.stream != proceedings.stream or not isinstance(event, rules.EVENTS):
        return proceedings
    told = _tell(proceedings, event, record.position)
    marks = tuple(Mark(subject=one, position=record.position) for one in _subjects(proceedings.conference, event))
    return replace(
        told,
        conference=rules.evolve(proceedings.conference, cast("rules.Event", event)),
        version=record.version,
        marks=(*told.marks, *marks),
    )


# Private


def _begin(record: Record, convened: stages.ConferenceConvened) -> Proceedings | None:
    if convened.facts.rehearsal:
        return None
    return Proceedings(
        stream=record.stream,
        conference=rules.begin(convened),
        version=record.version,
        marks=(Mark(subject=FACTS, position=record.position),),
    )


def _subjects(conference: Conference, event: object) -> tuple[str, ...]:
    match event:
        case stages.ConferenceOpened():
            return (OPENED,)
        case stages.ConferenceClosed():
            return (CLOSED,)
        case ConclusionAdopted():
            return (ADOPTED,)
        case SiteTaken():
            return () if conference.floor.holder is None else (f"request:{conference.floor.holder}",)
        case NoteTaken(note=note) | NoteCorrected(note=note):
            return (f"note:{note}",)
        case ItemStarted(item=item) | ItemFinished(item=item):
            return (f"agenda:{item}",)
        case rollcall.AttendanceReported() | rollcall.AttendanceCorrected() | rollcall.SiteMarkedAbsent():
            return (f"site:{event.site}",)
        case floor.FloorRequested() | floor.FloorGranted() | floor.FloorReleased() | floor.FloorRevoked():
            return (f"request:{event.request}",)
        case floor.RequestWritten() | floor.SpeechCorrected():
            return (f"request:{event.request}",)
        case _:
            return ()


def _tell(told: Proceedings, event: object, position: int) -> Proceedings:
    """Add what the conference's own state forgets."""
    match event:
        case stages.ConferenceAdjourned(at=at, reason=reason):
            return replace(told, breaks=(*told.breaks, Break(since=at, reason=reason, sources=(position,))))
        case stages.ConferenceResumed(at=at):
            *before, last = told.breaks
            return replace(told, breaks=(*before, replace(last, until=at, sources=(*last.sources, position))))
        case DeputyPresided(at=at):
            return replace(told, deputy_times=(*told.deputy_times, DeputyTime(since=at, sources=(position,))))
        case ChairReturned(at=at):
            *earlier, last_time = told.deputy_times
            ended = replace(last_time, until=at, sources=(*last_time.sources, position))
            return replace(told, deputy_times=(*earlier, ended))
        case SiteTaken(at=at):
            return _on_air(told, at)
        case floor.FloorRevoked(request=request, reason=reason):
            return replace(told, revoked=(*told.revoked, (request, reason)))
        case rollcall.SiteMarkedAbsent(site=site, reason=reason):
            return replace(told, absences=(*told.absences, (site, reason)))
        case ConclusionAdopted(items=items):
            return replace(told, adopted=items)
        case rollcall.AttendanceCorrected() | floor.SpeechCorrected() | NoteCorrected():
            return replace(told, corrections=(*told.corrections, _correction(told, event, position)))
        case _:
            return told


def _on_air(told: Proceedings, at: datetime) -> Proceedings:
    holder = told.conference.floor.holder
    if holder is None or holder in dict(told.on_air):
        return told
    return replace(told, on_air=(*told.on_air, (holder, at)))


def _correction(
    told: Proceedings, event: rollcall.AttendanceCorrected | floor.SpeechCorrected | NoteCorrected, position: int
) -> Correction:
    amendment = Amendment(
        reason=event.reason,
        author=event.author,
        at=event.at,
        after_seal=told.conference.stages.stage is stages.Stage.SEALED,
        source=position,
    )
    if isinstance(event, rollcall.AttendanceCorrected):
        report = rollcall.report_of(told.conference.roll, event.site)
        return AttendanceCorrection(
            site=event.site,
            before=0 if report is None else _people(report.present, report.guests),
            after=_people(event.present, event.guests),
            amendment=amendment,
        )
    if isinstance(event, floor.SpeechCorrected):
        speech = floor.find(told.conference.floor, event.request)
        return SpeechCorrection(
            site=speech.site,
            before=(speech.granted_at, speech.ended_at),
            after=(event.granted_at, event.ended_at),
            amendment=amendment,
        )
    taken = next(one for one in told.conference.notes.notes if one.note == event.note)
    return NoteCorrection(before=taken.text, after=event.text, amendment=amendment)


def _people(present: tuple[PersonId, ...], guests: tuple[Headcount, ...]) -> int:
    return len(present) + sum(one.count for one in guests)
