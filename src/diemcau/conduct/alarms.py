"""The operator's alarms: what is wrong now, worst first, and whom to call.

Derived each time from the conference and its surroundings; an alarm ends when its cause does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from diemcau.core import rollcall
from diemcau.core.conference import Conference
from diemcau.core.ids import SiteId
from diemcau.core.sites import Line
from diemcau.core.stages import Stage
from diemcau.projections.sections import AlarmKind, AlarmLine, AlarmsSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is around a conference: technicians' telephones, the disk, the recording, what came of sites' sessions."""

    telephones: Mapping[SiteId, str] = field(default_factory=dict)
    unwritable_since: datetime | None = None
    recording_stopped_since: datetime | None = None
    cameras_refused: Mapping[SiteId, datetime] = field(default_factory=dict)
    sending_too_much: Mapping[SiteId, datetime] = field(default_factory=dict)


def alarms_of(conference: Conference, surroundings: Surroundings) -> AlarmsSection:
    """Return what the operator must know now.

    After the closing only a full disk hinders: the record is not sealed, the recording is not finished.
    """
    alarms: list[AlarmLine] = []
    if surroundings.unwritable_since is not None:
        alarms.append(_plain(AlarmKind.DISK_FULL, surroundings.unwritable_since))
    if surroundings.recording_stopped_since is not None:
        alarms.append(_plain(AlarmKind.RECORDING_STOPPED, surroundings.recording_stopped_since))
    if conference.stages.stage not in (Stage.CLOSED, Stage.SEALED):
        alarms.extend(_of_halls(conference, surroundings))
    return AlarmsSection(alarms=tuple(alarms))


def _of_halls(conference: Conference, surroundings: Surroundings) -> Iterator[AlarmLine]:
    """Yield what is wrong with lines and cameras, the site on air before others."""
    on_air = (conference.air.taken, conference.facts.main_site)
    lost = [
        _at_site(AlarmKind.LINE_LOST, line.site, line.since, surroundings)
        for line in conference.lines.lines
        if line.line is Line.LOST and line.since is not None
    ]
    yield from sorted(lost, key=lambda alarm: alarm.site not in on_air)
    for site, since in surroundings.sending_too_much.items():
        yield _at_site(AlarmKind.SENDS_TOO_MUCH, site, since, surroundings)
    for site, since in surroundings.cameras_refused.items():
        yield _at_site(AlarmKind.CAMERA_REFUSED, site, since, surroundings)
    for site, since in _missing(conference):
        yield _at_site(AlarmKind.SITE_MISSING, site, since, surroundings)


def _missing(conference: Conference) -> Iterator[tuple[SiteId, datetime]]:
    """Yield the sites that were never connected since the roll was called or the conference opened, unless excused."""
    begun = [at for at in (conference.roll.opened_at, conference.stages.opened_at) if at is not None]
    for line in conference.lines.lines:
        report = rollcall.report_of(conference.roll, line.site)
        if begun and line.line is Line.EXPECTED and not (report is not None and report.absent):
            yield line.site, min(begun)


def _plain(kind: AlarmKind, since: datetime) -> AlarmLine:
    return AlarmLine(kind=kind, site=None, telephone="", since=since)


def _at_site(kind: AlarmKind, site: SiteId, since: datetime, surroundings: Surroundings) -> AlarmLine:
    return AlarmLine(kind=kind, site=site, telephone=surroundings.telephones.get(site, ""), since=since)
