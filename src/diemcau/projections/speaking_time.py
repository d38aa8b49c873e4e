"""Speaking time: one row for each request of the floor, from asking to its end."""

from sqlalchemy import Connection, insert, select, update

from diemcau.core import floor
from diemcau.core.ids import ConferenceId, RequestId, SiteId
from diemcau.core.onair import SiteTaken
from diemcau.journal.record import Record
from diemcau.journal.streams import conference_of
from diemcau.projections.tables import SPEAKING_TIME


def apply(connection: Connection, record: Record) -> None:
    """Change the rows as `record` says."""
    conference = conference_of(record.stream)
    if conference is None:
        return
    match record.event:
        case floor.FloorRequested() as asked:
            connection.execute(insert(SPEAKING_TIME), _asked(conference, asked))
        case floor.FloorGranted(request=request, at=at, turn=turn):
            _set(connection, conference, request, granted_at=at, turn=turn, outcome="granted")
        case SiteTaken(site=site, at=at):
            _on_air(connection, conference, site, on_air_at=at)
        case floor.SpeechCorrected(request=request, granted_at=granted_at, ended_at=ended_at):
            _set(connection, conference, request, granted_at=granted_at, ended_at=ended_at)
        case _:
            _end(connection, conference, record.event)


def _end(connection: Connection, conference: ConferenceId, event: object) -> None:
    match event:
        case floor.FloorReleased(request=request, at=at):
            _set(connection, conference, request, ended_at=at, outcome="released")
        case floor.FloorRevoked(request=request, at=at):
            _set(connection, conference, request, ended_at=at, outcome="revoked")
        case floor.RequestDenied(request=request) | floor.RequestRemoved(request=request):
            _set(connection, conference, request, outcome="denied")
        case floor.RequestCancelled(request=request):
            _set(connection, conference, request, outcome="cancelled")
        case floor.RequestWritten(request=request):
            _set(connection, conference, request, outcome="written")
        case _:
            return


def speeches(connection: Connection, conference: ConferenceId) -> list[dict[str, object]]:
    """Return the requests that were granted, in order of their beginning."""
    table = SPEAKING_TIME
    found = select(table).where(table.c.conference == conference, table.c.granted_at.is_not(None))
    return [dict(row) for row in connection.execute(found.order_by(table.c.granted_at, table.c.request)).mappings()]


def _asked(conference: ConferenceId, asked: floor.FloorRequested) -> dict[str, object]:
    return {
        "conference": conference,
        "request": asked.request,
        "site": asked.site,
        "topic": asked.topic,
        "requested_at": asked.at,
        "outcome": "waiting",
    }


def _set(connection: Connection, conference: ConferenceId, request: RequestId, **values: object) -> None:
    at = (SPEAKING_TIME.c.conference == conference) & (SPEAKING_TIME.c.request == request)
    connection.execute(update(SPEAKING_TIME).where(at).values(**values))


def _on_air(connection: Connection, conference: ConferenceId, site: SiteId, **values: object) -> None:
    table = SPEAKING_TIME
    speaking = (table.c.conference == conference) & (table.c.site == site) & (table.c.outcome == "granted")
    connection.execute(update(table).where(speaking, table.c.on_air_at.is_(None)).values(**values))
