"""The sections of the board: what a screen is shown of each topic, as plain records, and whose each is.

Those of desks alone stand in `projections.desk_sections`. How they are made from a conference stands
in `projections.board`; the front end's types are generated from here. Times are aware, lengths are
seconds on the wire.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from diemcau.core.convening import AgendaKind
from diemcau.core.deputy import Presiding
from diemcau.core.entry import RevokedLinks
from diemcau.core.ids import AgendaId, HandoutId, SiteId, UnitCode
from diemcau.core.onair import AirState, Layout
from diemcau.core.regulations import Conduct
from diemcau.core.roles import Role
from diemcau.core.sites import Line
from diemcau.core.stages import Stage
from diemcau.projections.checks import ChecksSection
from diemcau.projections.desk_sections import (
    ConclusionSection,
    FloorSection,
    MySiteSection,
    NotesSection,
    PresidencySection,
    RegisterSection,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceSection:
    """What the conference is, and how far it has come. `rehearsal`: nothing of this is minuted."""

    conference: str
    title: str
    short_title: str
    organiser: str
    language: str
    time_zone: str
    stage: Stage
    rehearsal: bool
    opened_at: datetime | None
    adjourned_at: datetime | None
    closed_at: datetime | None
    presiding: Presiding


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTile:
    """One site: its names, its place, its line and its way to the air."""

    site: SiteId
    unit: UnitCode
    name: str
    short_name: str
    protocol: int
    main: bool
    row: int | None
    column: int | None
    line: Line
    since: datetime | None
    air: AirState
    reported: bool
    absent: bool
    present: int
    invited: int
    queue: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesSection:
    """All sites in order of protocol, the main one first."""

    sites: tuple[SiteTile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollSection:
    """The roll call in figures."""

    open: bool
    closed_at: datetime | None
    sites: int
    sites_present: int
    sites_absent: int
    delegates_invited: int
    delegates_present: int
    people_present: int
    quorum: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One item of the agenda, and when it began and ended."""

    item: AgendaId
    title: str
    minutes: int
    kind: AgendaKind
    started_at: datetime | None
    finished_at: datetime | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaSection:
    """The agenda in its planned order."""

    items: tuple[AgendaLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFloorSection:
    """What every hall sees of the floor: who speaks until when, and who is next."""

    holder: SiteId | None
    office: str
    granted_at: datetime | None
    until: datetime | None
    warned: bool
    time_up: bool
    queue: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AirSection:
    """What every hall sees: the layout, the site on air beside the main one, what lies over them, a handout's page.

    `cut_in`: the main site stands in for `taken`, whose line is lost. `slate`: the text of the slate that is shown,
    empty for the standard sentence, or null. `lower_third`: the site whose lower third stays up.
    """

    main: SiteId
    taken: SiteId | None
    held: bool
    cut_in: bool
    preview: SiteId | None
    conduct: Conduct
    layout: Layout
    gallery: tuple[SiteId, ...]
    frozen: bool
    slate: str | None
    lower_third: SiteId | None
    can_undo: bool
    handout: HandoutId | None
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutLine:
    """A file that may be shown; `digest` is empty for sample pages."""

    handout: HandoutId
    title: str
    pages: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutsSection:
    """The files that may be shown, so that every hall has them before their first page is."""

    handouts: tuple[HandoutLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedSection:
    """What lets nobody in any more: passes by number, and links of a role and site issued before a time."""

    numbers: tuple[str, ...]
    links: tuple[RevokedLinks, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaySection:
    """The names of the commands that this desk may give in this stage."""

    commands: tuple[str, ...]


class AlarmKind(StrEnum):
    """What an operator is alarmed about."""

    SITE_MISSING = "site_missing"
    LINE_LOST = "line_lost"
    RECORDING_STOPPED = "recording_stopped"
    DISK_FULL = "disk_full"
    CAMERA_REFUSED = "camera_refused"
    SENDS_TOO_MUCH = "sends_too_much"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """Something that a person must do: what, where, since when, and whom to call."""

    kind: AlarmKind
    site: SiteId | None
    telephone: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsSection:
    """What is wrong now, the worst first. Nothing here when all is well."""

    alarms: tuple[AlarmLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSection:
    """The run of show of a demonstration: how far it is, and whether a person has taken over."""

    running: bool
    finished: bool
    step: int
    steps: int
    title: str


class SectionName(StrEnum):
    """The names of the sections."""

    CONFERENCE = "conference"
    SITES = "sites"
    ROLL = "roll"
    AGENDA = "agenda"
    PUBLIC_FLOOR = "public_floor"
    AIR = "air"
    REVOKED = "revoked"
    HANDOUTS = "handouts"
    FLOOR = "floor"
    CONCLUSION = "conclusion"
    PRESIDENCY = "presidency"
    NOTES = "notes"
    REGISTER = "register"
    CHECKS = "checks"
    MY_SITE = "my_site"
    MAY = "may"
    ALARMS = "alarms"
    SCRIPT = "script"


PUBLIC = (
    SectionName.CONFERENCE,
    SectionName.SITES,
    SectionName.ROLL,
    SectionName.AGENDA,
    SectionName.PUBLIC_FLOOR,
    SectionName.AIR,
    SectionName.HANDOUTS,
    SectionName.REVOKED,
)
OF_ROLE: dict[Role, tuple[SectionName, ...]] = {
    Role.CHAIR: (SectionName.FLOOR, SectionName.CONCLUSION, SectionName.PRESIDENCY, SectionName.MAY),
    Role.DEPUTY: (SectionName.FLOOR, SectionName.CONCLUSION, SectionName.PRESIDENCY, SectionName.MAY),
    Role.SECRETARY: (
        SectionName.FLOOR,
        SectionName.CONCLUSION,
        SectionName.PRESIDENCY,
        SectionName.NOTES,
        SectionName.REGISTER,
        SectionName.MAY,
    ),
    Role.OPERATOR: (SectionName.FLOOR, SectionName.PRESIDENCY, SectionName.CHECKS, SectionName.MAY),
    Role.SITE: (SectionName.MY_SITE, SectionName.MAY),
    Role.PROGRAM: (),
    Role.RELAY: (),
    Role.SYSTEM: (),
}

Section: TypeAlias = (
    ConferenceSection
    | SitesSection
    | RollSection
    | AgendaSection
    | PublicFloorSection
    | AirSection
    | RevokedSection
    | HandoutsSection
    | FloorSection
    | ConclusionSection
    | PresidencySection
    | NotesSection
    | RegisterSection
    | ChecksSection
    | MySiteSection
    | MaySection
    | AlarmsSection
    | ScriptSection
)
