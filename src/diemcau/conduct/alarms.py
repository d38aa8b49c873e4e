"""The operator's alarms: what is wrong now, worst first, and whom to call.

Derived each time from the conference and its surroundings; an alarm ends when its cause does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from diemcau.core.conference import Conference
from diemcau.core.ids import SiteId
from diemcau.core.sites import Line, SiteLine
from diemcau.core.stages import Stage
from diemcau.projections.sections import AlarmKind, AlarmLine, AlarmsSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is around a conference: technicians' telephones, the disk, the recording, refused cameras."""

    telephones: Mapping[SiteId, str] = field(default_factory=dict)
    unwritable_since: datetime | None = None
    recording_stopped_since: datetime | None = None
    cameras_refused: Mapping[SiteId, datetime] = field(default_factory=dict)


def alarms_of(conference: Conference, surroundings: Surroundings) -> AlarmsSection:
    """Return what the operator must know now."""
    alarms: list[AlarmLine] = []
    if surroundings.unwritable_since is not None:
        alarms.append(_plain(AlarmKind.DISK_FULL, surroundings.unwritable_since))
    if surroundings.recording_stopped_since is not None:
        alarms.append(_plain(AlarmKind.RECORDING_STOPPED, surroundings.recording_stopped_since))
    for line in conference.lines.lines:
        alarm = _of_line(conference, line, surroundings)
        if alarm is not None:
            alarms.append(alarm)
    for site, since in surroundings.cameras_refused.items():
        alarms.append(_at_site(AlarmKind.CAMERA_REFUSED, site, since, surroundings))
    return AlarmsSection(alarms=tuple(alarms))


def _of_line(conference: Conference, line: SiteLine, surroundings: Surroundings) -> AlarmLine | None:
    if conference.stages.stage in (Stage.CLOSED, Stage.SEALED):
        return None
    if line.line is Line.LOST and line.since is not None:
        return _at_site(AlarmKind.LINE_LOST, line.site, line.since, surroundings)
    opened = conference.stages.opened_at or conference.roll.opened_at
    if line.line is Line.EXPECTED and opened is not None:
        return _at_site(AlarmKind.SITE_MISSING, line.site, opened, surroundings)
    return None


def _plain(kind: AlarmKind, since: datetime) -> AlarmLine:
    return AlarmLine(kind=kind, site=None, telephone="", since=since)


def _at_site(kind: AlarmKind, site: SiteId, since: datetime, surroundings: Surroundings) -> AlarmLine:
    return AlarmLine(kind=kind, site=site, telephone=surroundings.telephones.get(site, ""), since=since)
