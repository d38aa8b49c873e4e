"""Attendance: one row for each invited site, as reported and corrected."""

from sqlalchemy import Connection, insert, select, update

from diemcau.core.convening import Facts
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.rollcall import AttendanceCorrected, AttendanceReported, SiteMarkedAbsent
from diemcau.core.stages import ConferenceConvened
from diemcau.journal.record import Record
from diemcau.journal.streams import conference_of
from diemcau.projections.tables import ATTENDANCE


def apply(connection: Connection, record: Record) -> None:
    """Change the rows as `record` says."""
    conference = conference_of(record.stream)
    if conference is None:
        return
    match record.event:
        case ConferenceConvened(facts=facts):
            connection.execute(insert(ATTENDANCE), _invited(facts))
        case AttendanceReported(site=site) as report:
            _set(connection, conference, site, **_counted(report), reported=True, absent=False, corrected=False)
        case AttendanceCorrected(site=site) as report:
            _set(connection, conference, site, **_counted(report), reported=True, absent=False, corrected=True)
        case SiteMarkedAbsent(site=site):
            _set(connection, conference, site, present=0, guests=0, reported=False, absent=True, corrected=False)
        case _:
            return


def rows(connection: Connection, conference: ConferenceId) -> list[dict[str, object]]:
    """Return the rows of a conference in order of protocol."""
    found = select(ATTENDANCE).where(ATTENDANCE.c.conference == conference)
    ordered = found.order_by(ATTENDANCE.c.protocol, ATTENDANCE.c.site)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def _invited(facts: Facts) -> list[dict[str, object]]:
    return [
        {
            "conference": facts.conference,
            "site": site.site,
            "protocol": site.protocol,
            "name": site.name,
            "invited": len(facts.people_of(site.site)),
        }
        for site in facts.sites
    ]


def _counted(report: AttendanceReported | AttendanceCorrected) -> dict[str, object]:
    return {"present": len(report.present), "guests": sum(one.count for one in report.guests)}


def _set(connection: Connection, conference: ConferenceId, site: SiteId, **values: object) -> None:
    at = (ATTENDANCE.c.conference == conference) & (ATTENDANCE.c.site == site)
    connection.execute(update(ATTENDANCE).where(at).values(**values))
