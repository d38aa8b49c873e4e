"""What the door needs of the rest of the program, filled by `wiring`.

The conferences themselves are `conduct.desks.Desks`; this is what stands beside them. Each of
these may be asked at any time and answers from what is there.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from diemcau.conduct.clock import Clock
from diemcau.conduct.desk import Desk
from diemcau.core.convening import Horizon, ItemKind
from diemcau.core.handouts import Handout
from diemcau.core.ids import ConferenceId, SiteId, TaskId, UnitCode
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission, Knock, Refusal
from diemcau.media.hls.line import Line
from diemcau.media.passes import Passes
from diemcau.media.relay.presence import Relays

STATIC: Final = Path(__file__).parent / "static"


class DesksPort(Protocol):
    """The conferences that this server runs (`conduct.desks.Desks`)."""

    def find(self, conference: ConferenceId) -> Desk | None:
        """Return the desk of a conference, or nothing if this server doesn't run it."""
        ...

    def all(self) -> tuple[Desk, ...]:
        """Return the desks of all conferences."""
        ...


class Form(StrEnum):
    """The file formats of a document."""

    DOCX = "docx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """A document that can be fetched; `site` if it is about one site only."""

    document: str
    title: str
    site: SiteId | None = None


class Documents(Protocol):
    """The documents of a conference. `document` is an ASCII slug (`[a-z0-9-]`, at most 80)."""

    async def listed(self, conference: ConferenceId, *, role: Role, site: SiteId | None) -> tuple[ListedDocument, ...]:
        """Return the documents that a role's desk may have, in order."""
        ...

    async def file(self, conference: ConferenceId, document: str, form: Form) -> Path | None:
        """Return the file of a listed document, made if need be; nothing if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task as a page lists it."""

    task: TaskId
    number: int
    kind: ItemKind
    horizon: Horizon | None
    text: str
    unit: UnitCode
    unit_name: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """A page of tasks; `next` is what to give as `after` for the page that follows."""

    total: int
    tasks: tuple[TaskLine, ...]
    next: int | None


class Tasks(Protocol):
    """The tasks that a conference set."""

    async def page(self, conference: ConferenceId, *, after: int, unit: UnitCode | None, limit: int) -> TaskPage:
        """Return up to `limit` tasks behind the first `after`, of one unit or of all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A speech in the recording; `start` and `end` from its beginning. `speech` names it, `chosen` is its still."""

    title: str
    start: timedelta
    end: timedelta
    speech: str = ""
    chosen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The recording of a conference: its file if there is one that plays.

    A conference has one file; if it has more, `parts` are all, oldest first. `finishing`: how much of one that is being
    made is done, from 0 to 1.
    """

    file: Path | None
    length: timedelta
    chapters: tuple[Chapter, ...] = ()
    parts: tuple["Recording", ...] = ()
    finishing: float | None = None


class HandoutFiles(Protocol):
    """The files of handouts (`wiring.handouts.HandoutShelf`)."""

    async def keep(self, pdf: bytes) -> tuple[str, int]:
        """Keep a file; return its digest and its pages. Raises `plan.handout_file.NotAHandout`."""
        ...

    async def file(self, handout: Handout, *, language: str) -> Path | None:
        """Return the file of a listed handout, drawn if it is a sample; nothing if it is gone."""
        ...


class Recordings(Protocol):
    """The recordings of all conferences."""

    async def of(self, conference: ConferenceId) -> Recording | None:
        """Return a conference's recording, or nothing if nothing is recorded."""
        ...

    async def still(self, conference: ConferenceId, speech: str, number: int) -> Path | None:
        """Return the file of a still (1 to 3) of a speech, made if need be; nothing if there is none."""
        ...

    async def choose_still(self, conference: ConferenceId, speech: str, number: int | None) -> bool:
        """Note which still of a speech is chosen for its article; say whether there is that speech."""
        ...


class Watching(Protocol):
    """The lines of all conferences, for watching over plain HTTP."""

    async def line(self, conference: ConferenceId) -> Line | None:
        """Return a conference's line, or nothing if nothing is recorded or rehearsed."""
        ...

    def screen_token(self, conference: ConferenceId, until: datetime) -> str:
        """Return the token of a new pass of a screen, good until then at most."""
        ...


class Media(Protocol):
    """The media door (`media.studio.Studio` fits but for `port`)."""

    @property
    def port(self) -> int:
        """The UDP port on which it listens."""
        ...

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex; none if browsers trust it anyway."""
        ...

    def is_camera_busy(self, conference: ConferenceId, site: SiteId) -> bool:
        """Whether a live camera of a site stands in the way of another."""
        ...

    async def meet(self, knock: Knock) -> None:
        """Let somebody in who comes by the web server; return when they are gone."""
        ...


class Script(Protocol):
    """The run of show of a demonstration."""

    def resume(self) -> None:
        """Go on."""
        ...

    def pause(self) -> None:
        """Stand still until resumed."""
        ...


class Scripts(Protocol):
    """The runs of show of all conferences."""

    def find(self, conference: ConferenceId) -> Script | None:
        """Return the run of show of a conference, or nothing if none is played."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayHost:
    """What answers relays that show their pass: who comes, the media door, and the key that reads passes."""

    admit: Callable[[str], Admission | Refusal]
    media_port: Callable[[], int]
    fingerprints: Callable[[], tuple[str, ...]]
    public_key: Callable[[], str]


Check = Callable[[], Awaitable[str | None]]
"""Says in one sentence what is missing for serving, or nothing if all is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the door opens to. Nothing: that part isn't there, and its pages say so.

    `checks` are asked by /health/ready, by the name of what they look at (`journal`, `media`).
    """

    clock: Clock
    passes: Passes
    desks: DesksPort
    documents: Documents | None = None
    tasks: Tasks | None = None
    recordings: Recordings | None = None
    watching: Watching | None = None
    handouts: HandoutFiles | None = None
    media: Media | None = None
    relays: Relays | None = None
    relay_host: RelayHost | None = None
    scripts: Scripts | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much the door bears. Times are real ones, not a conference's."""

    body_bytes: int = 1_000_000
    handout_bytes: int = 50_000_000
    beat: timedelta = timedelta(seconds=1)
    beats_missed: int = 3
    slow_reader: timedelta = timedelta(seconds=5)
    body_arrives: timedelta = timedelta(seconds=20)
    handout_arrives: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where and how this server stands.

    `folder`: where PINs are kept. `authority`: the self-made root, offered at /ca.crt.
    `origins`: what pages may come from besides the address that they were asked at.
    `static`: the built front end. `monotonic`: seconds that never go back, for slowing wrong tries.
    `media_host`: the host in media URLs; empty: the one that the page was asked at.
    """

    folder: Path
    demonstration: bool = False
    authority: Path | None = None
    origins: tuple[str, ...] = ()
    media_host: str = ""
    latency: timedelta = timedelta(milliseconds=150)
    limits: Limits = field(default_factory=Limits)
    static: Path = STATIC
    monotonic: Callable[[], float] = time.monotonic
