"""The sections of the board that go to the desks of some roles only, as plain records.

They are listed with the public ones in `projections.sections`, which says whose each is.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.deputy import Presiding
from diemcau.core.floor import Lane, RequestState
from diemcau.core.ids import AgendaId, ItemId, NoteId, PersonId, RequestId, SiteId, UnitCode
from diemcau.core.onair import AirState
from diemcau.core.rollcall import Headcount
from diemcau.core.sites import Line
from diemcau.projections.checks import CheckLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One request: who waits or spoke, since when, with which topic; `turn` counts from 1."""

    request: RequestId
    site: SiteId
    speaker: PersonId | None
    office: str
    topic: str
    lane: Lane
    state: RequestState
    position: int | None
    ready: bool
    requested_at: datetime
    granted_at: datetime | None
    until: datetime | None
    ended_at: datetime | None
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorSection:
    """Who speaks until when, who waits in which order, who asked, and who has spoken."""

    holder: RequestLine | None
    queue: tuple[RequestLine, ...]
    pending: tuple[RequestLine, ...]
    spoken: tuple[RequestLine, ...]
    warnings: tuple[timedelta, ...]
    warned: bool
    time_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One item of the conclusion as it stands."""

    item: ItemId
    kind: ItemKind
    horizon: Horizon | None
    count_name: str
    text: str
    units: tuple[UnitCode, ...]
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A declared count beside the number of items that stand."""

    count_name: str
    declared: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionSection:
    """The conclusion: its items and counts, and whether it was read out and adopted."""

    items: tuple[ItemLine, ...]
    counts: tuple[CountLine, ...]
    read_out: bool
    adopted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresidencySection:
    """Who presides; `offered`: the chair's lease has ended and the deputy may take the chair."""

    presiding: Presiding
    lease_until: datetime | None
    offered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """One note."""

    note: NoteId
    text: str
    speech: RequestId | None
    item: AgendaId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesSection:
    """All notes, the newest last."""

    notes: tuple[NoteLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateLine:
    """A delegate expected at the desk's own site."""

    person: PersonId
    office: str
    category: str
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MySiteSection:
    """What one site's desk sees of itself."""

    site: SiteId
    line: Line
    air: AirState
    reported: bool
    delegates: tuple[DelegateLine, ...]
    guests: tuple[Headcount, ...]
    requests: tuple[RequestLine, ...]
    check: CheckLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRegister:
    """Who is expected at one site, and who of them is present."""

    site: SiteId
    delegates: tuple[DelegateLine, ...]
    guests: tuple[Headcount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSection:
    """Every site's delegates by office: what the secretary corrects, and who signs a correction."""

    sites: tuple[SiteRegister, ...]
