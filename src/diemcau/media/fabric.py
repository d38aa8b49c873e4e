"""The port to the media fabric: what the rest of `media/` needs of it, and no more.

A node listens; guests come in, each with name spaces of its own; what a guest publishes is a
source; what the node offers is an outlet. A link is the other end: a camera or a reader.
`moq_fabric` is the real thing, the only file that knows the library.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths


class Part(StrEnum):
    """What a session may read."""

    SITE = "site"
    OPERATOR = "operator"
    WATCHER = "watcher"
    RELAY = "relay"


class Code(IntEnum):
    """Why a session is refused or closed; `docs/media-contract.md` tells what the page does."""

    STOPPING = 0
    UNKNOWN_PASS = 401
    NOT_ALLOWED = 403
    CAMERA_BUSY = 409
    REPLACED = 410
    TOO_MUCH = 429
    CUT_OFF = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who came in, as the pass says it.

    `connection` is a name for this one session, never used again. `number`, `role` and `issued_at` are those of the
    pass, by which it may be revoked; the session ends at `until`. `sites`: those that a relay may serve; None: any.
    """

    conference: ConferenceId
    site: SiteId | None
    part: Part
    may_publish: bool
    connection: str
    role: Role | None = None
    number: str = ""
    issued_at: datetime | None = None
    until: datetime | None = None
    sites: frozenset[SiteId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why somebody may not come in. The reason is for the log and the operator."""

    code: Code
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFrame:
    """One encoded frame. H.264 is Annex B with parameter sets in front of a key frame."""

    payload: bytes
    at_us: int
    key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One track that a source offers; `description` is the codec's own header, if any."""

    track: str
    codec: str
    description: bytes | None
    width: int | None = None
    height: int | None = None
    framerate: float | None = None
    bitrate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None


class Size(StrEnum):
    """Which of the pictures that a source offers.

    `high`: the largest; `low`: the largest of at most 360 lines; `tile`: the largest of at most
    360 lines and five pictures a second.
    """

    HIGH = "high"
    LOW = "low"
    TILE = "tile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renditions:
    """What a source offers that this server can show: H.264 in up to three sizes, and Opus."""

    high: Rendition | None = None
    low: Rendition | None = None
    tile: Rendition | None = None
    audio: Rendition | None = None

    def first(self, *sizes: Size) -> Rendition | None:
        """Return the picture of the first of these sizes that is offered."""
        offered = {Size.HIGH: self.high, Size.LOW: self.low, Size.TILE: self.tile}
        return next((found for size in sizes if (found := offered[size]) is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What the transport of a session counts: bytes and packets since it began, and the round trip now."""

    rtt_ms: int | None = None
    bytes_received: int = 0
    packets_sent: int = 0
    packets_lost: int = 0


class FabricError(Exception):
    """The fabric can't do it; the sentence says what and how to mend it."""


class MalformedMediaError(FabricError):
    """What a source sent is not the media that it announced."""


class RefusedError(FabricError):
    """The other side closed the session and gave a code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the server refused the session with code {code}")
        self.code = code


class Source(Protocol):
    """Something that is being published, read from this side. Every iterator ends when it ends."""

    @property
    def path(self) -> str:
        """The name under which it is published."""
        ...

    def renditions(self) -> AsyncIterator[Renditions]:
        """Yield what is offered, now and at every change."""
        ...

    def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        """Yield the frames of one track from a key frame on; subscribed while iterated."""
        ...

    def texts(self, track: str) -> AsyncIterator[bytes]:
        """Yield the newest text of a track and every later one."""
        ...


class Outlet(Protocol):
    """Something that this side publishes. `finish` closes groups and tracks, and may be repeated.

    A track that was opened may be asked for before anything is written on it.
    """

    def open_video(self, track: str = paths.VIDEO) -> None:
        """Offer a track of H.264."""
        ...

    def write_video(self, frame: MediaFrame, track: str = paths.VIDEO) -> None:
        """Publish one frame of H.264 on a track that is open. Raises `MalformedMediaError`."""
        ...

    def open_audio(self, *, sample_rate: int, channels: int) -> None:
        """Offer the track `audio`. Raises `MalformedMediaError`."""
        ...

    def write_audio(self, frame: MediaFrame) -> None:
        """Publish one frame of Opus on the track `audio`. Raises `MalformedMediaError`."""
        ...

    def open_text(self, track: str) -> None:
        """Offer a track of texts."""
        ...

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        ...

    def is_wanted(self, *tracks: str) -> bool:
        """Whether anyone is subscribed to one of these tracks; if none is named, to any sound or picture."""
        ...

    async def wanted(self, track: str) -> None:
        """Wait until somebody is subscribed to a track that is open. Raises `FabricError` if it is finished."""
        ...

    async def unwanted(self, track: str) -> None:
        """Wait until nobody is subscribed to a track that is open. Raises `FabricError` if it is finished."""
        ...

    def source(self) -> Source:
        """Return what is written here, read in this process. Raises `FabricError` once it is finished."""
        ...

    def finish(self) -> None:
        """End it cleanly."""
        ...


class Guest(Protocol):
    """One session at a node."""

    @property
    def admission(self) -> Admission:
        """Who it is."""
        ...

    @property
    def is_camera(self) -> bool:
        """Whether it came to publish."""
        ...

    @property
    def announcements(self) -> int:
        """How many broadcasts it announced or ended so far, under whatever name."""
        ...

    def quality(self) -> Quality | None:
        """Return what its transport counts; None where it counts nothing."""
        ...

    def sources(self) -> AsyncIterator[Source]:
        """Yield what it publishes under names of its own, as it begins."""
        ...

    async def closed(self) -> None:
        """Wait until the session is over. Raises `limits.SentTooMuch` if it ended itself for that."""
        ...

    def close(self, code: Code) -> None:
        """End the session."""
        ...


class Knock(Protocol):
    """Somebody who wants to come in. Answer once, by `accept` or `refuse`."""

    @property
    def token(self) -> str:
        """What is shown as a pass; may be empty or anything."""
        ...

    @property
    def is_camera(self) -> bool:
        """Whether it wants to publish."""
        ...

    @property
    def is_relay(self) -> bool:
        """Whether a province's node comes."""
        ...

    @property
    def for_site(self) -> SiteId | None:
        """For which site below it a relay wants to publish; None: it wants to read."""
        ...

    async def accept(self, admission: Admission, offer: Callable[[str], Outlet | None]) -> Guest | None:
        """Let it in; `offer` says what it reads under a name. None if it went away meanwhile."""
        ...

    async def refuse(self, code: Code) -> None:
        """Send it away."""
        ...


class Node(Protocol):
    """A server on one UDP port."""

    @property
    def port(self) -> int:
        """The port it listens on."""
        ...

    async def listen(self) -> None:
        """Begin. Raises `FabricError` if the port is taken or the certificate can't be read."""
        ...

    def knocks(self) -> AsyncIterator[Knock]:
        """Yield everyone who wants to come in."""
        ...

    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each certificate, in lower-case hex."""
        ...

    def new_outlet(self) -> Outlet:
        """Make something to offer; nobody reads it before it is offered."""
        ...

    async def close(self) -> None:
        """Close the port. Sessions are closed by their guests."""
        ...


class Demand(Protocol):
    """Whether somebody is subscribed to what is offered."""

    async def wanted(self) -> None:
        """Wait until somebody is subscribed."""
        ...

    def is_wanted(self) -> bool:
        """Whether somebody is subscribed."""
        ...


class Encoder(Demand, Protocol):
    """Takes pictures or sound while somebody is subscribed."""

    def begin(self) -> None:
        """Begin anew after a pause: with a key frame."""
        ...

    def write(self, raw: bytes, at_us: int) -> None:
        """Take a picture (planar YUV 4:2:0, or encoded if that was offered) or sound (one packet of Opus)."""
        ...


class Publication(Protocol):
    """A camera's side of what it publishes."""

    def encode_video(
        self, *, width: int, height: int, fps: int, bits_per_second: int, track: str = paths.VIDEO
    ) -> Encoder:
        """Offer a track of H.264, with a key frame each second."""
        ...

    def offer_video(self) -> Encoder:
        """Offer the track `video`, of H.264 (Annex B) that is encoded already; offered with its first key frame."""
        ...

    def offer_audio(self, *, sample_rate: int, channels: int) -> Encoder:
        """Offer the track `audio`, of Opus that is encoded already."""
        ...

    def offer_text(self, track: str) -> Demand:
        """Offer a track of texts, to be written while somebody is subscribed."""
        ...

    def write_text(self, track: str, text: bytes) -> None:
        """Publish a text that replaces the one before it on that track."""
        ...

    def announce(self) -> None:
        """Tell the server, once the tracks are there."""
        ...


class Link(Protocol):
    """A client's session with a node."""

    def publish(self, path: str) -> Publication:
        """Begin to publish under a name."""
        ...

    async def read(self, path: str) -> Source:
        """Return what is published under a name. Raises `FabricError` if nothing is."""
        ...

    async def closed(self) -> None:
        """Wait for the end. Raises `RefusedError` if the server gave a code."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...
