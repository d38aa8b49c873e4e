"""The run of show: the steps that a rehearsal plays, in order, each with its own pace.

Only what is to be done, not how: `conduct` and `wiring` turn a step into commands. A live
conference ignores it. `wait` is how long to rest after a step at a pace that a person follows.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from diemcau.core.ids import AgendaId, HandoutId, PersonId, SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRollCall:
    """The roll call is opened."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAttendance:
    """Sites report their roll call: everyone is there but the delegates named as absent."""

    sites: tuple[SiteId, ...]
    absent: tuple[PersonId, ...]
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRollCall:
    """The roll call is closed."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The chair opens the conference."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginItem:
    """An item of the agenda begins."""

    item: AgendaId
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A site asks for the floor."""

    site: SiteId
    topic: str
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The chair gives a site the floor, and it speaks for so long; fast is for headless runs."""

    site: SiteId
    delegate: PersonId | None
    topic: str
    speaks_for: timedelta
    speaks_for_fast: timedelta
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNote:
    """The secretary notes what was said; with a site, what that site said."""

    site: SiteId | None
    text: str
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage:
    """A page of a handout is shown to every hall."""

    handout: HandoutId
    page: int
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjourn:
    """The chair adjourns the conference."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The chair resumes the conference."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The secretary drafts every item of the conclusion."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOut:
    """The conclusion is read out."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """The chair adopts the conclusion."""

    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The chair closes the conference."""

    wait: timedelta


Step: TypeAlias = (
    OpenRollCall
    | ReportAttendance
    | CloseRollCall
    | Open
    | BeginItem
    | Request
    | Grant
    | TakeNote
    | ShowPage
    | Adjourn
    | Resume
    | Draft
    | ReadOut
    | Adopt
    | Close
)
