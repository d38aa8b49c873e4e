"""The messages of a session over a WebSocket; `docs/media-contract.md` is the same page for others.

Words are JSON, frames are bytes. Whoever reads a track numbers it; the numbers of the two sides
have nothing to do with each other. What is not a message of this page raises `Garbled`.
"""

import json
import struct
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

CATALOG: Final = "catalog.json"
LONGEST_WORDS: Final = 4096
_LONGEST_PATH, _LONGEST_TRACK = 256, 128
_HIGHEST_NUMBER = 2**32 - 1
_LATEST_US = 2**62  # what the other fabric can carry
_LONGEST_LATENCY_MS = 60_000
_HEAD = struct.Struct(">IBQ")
_BEGINS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Send me a track. `latency_ms` for sound and picture: how long a picture may wait; None for texts."""

    number: int
    broadcast: str
    track: str
    latency_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Send no more of a track."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Nothing follows under this number: the track ended, was stopped or is not there.

    `is_missing`: there is no such broadcast.
    """

    number: int
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """A broadcast begins that may be read."""

    broadcast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublish:
    """A broadcast ended."""

    broadcast: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One frame of a track, without container; `at_us` is 0 for texts."""

    number: int
    begins: bool
    at_us: int
    payload: bytes


Words: TypeAlias = Read | Stop | Ended | Publish | Unpublish
Message: TypeAlias = Words | Sent


class Garbled(Exception):  # noqa: N818 (a fact, as in the core)
    """What came is no message of a session, or one that may not come now."""


def write(message: Message) -> str | bytes:
    """Return a message as it goes over the wire."""
    match message:
        case Sent(number=number, begins=begins, at_us=at_us, payload=payload):
            return _HEAD.pack(number, _BEGINS if begins else 0, at_us) + payload
        case Read(latency_ms=None):
            return _json(do="read", id=message.number, broadcast=message.broadcast, track=message.track)
        case Read(number=number, broadcast=broadcast, track=track, latency_ms=latency):
            return _json(do="read", id=number, broadcast=broadcast, track=track, latency_ms=latency)
        case Stop(number=number):
            return _json(do="stop", id=number)
        case Ended(number=number, is_missing=True):
            return _json(do="ended", id=number, missing=True)
        case Ended(number=number):
            return _json(do="ended", id=number)
        case Publish(broadcast=broadcast):
            return _json(do="publish", broadcast=broadcast)
        case Unpublish(broadcast=broadcast):
            return _json(do="unpublish", broadcast=broadcast)
        case _:
            assert_never(message)


def read(raw: str | bytes) -> Message:
    """Return the message that came over the wire, or raise `Garbled`."""
    return _read_words(raw) if isinstance(raw, str) else _read_frame(raw)


def _read_frame(raw: bytes) -> Sent:
    if len(raw) < _HEAD.size:
        raise Garbled(f"a frame of {len(raw)} bytes has no head")
    number, flags, at_us = _HEAD.unpack_from(raw)
    if at_us >= _LATEST_US:
        raise Garbled("a frame's timestamp is too great")
    return Sent(number=number, begins=bool(flags & _BEGINS), at_us=at_us, payload=raw[_HEAD.size :])


def _read_words(raw: str) -> Words:
    if len(raw) > LONGEST_WORDS:
        raise Garbled(f"words of {len(raw)} characters")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise Garbled("words that are no JSON") from fault
    if not isinstance(said, dict):
        raise Garbled("words that are no object")
    match said.get("do"):
        case "read":
            return Read(
                number=_number(said),
                broadcast=_name(said, "broadcast", _LONGEST_PATH),
                track=_name(said, "track", _LONGEST_TRACK),
                latency_ms=_latency(said),
            )
        case "stop":
            return Stop(number=_number(said))
        case "ended":
            return Ended(number=_number(said), is_missing=said.get("missing") is True)
        case "publish":
            return Publish(broadcast=_name(said, "broadcast", _LONGEST_PATH))
        case "unpublish":
            return Unpublish(broadcast=_name(said, "broadcast", _LONGEST_PATH))
        case _:
            raise Garbled("words that say nothing known")


def _number(said: dict[str, object]) -> int:
    number = said.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _HIGHEST_NUMBER:
        raise Garbled("words without a number")
    return number


def _name(said: dict[str, object], key: str, longest: int) -> str:
    name = said.get(key)
    if not isinstance(name, str) or not 0 < len(name) <= longest:
        raise Garbled(f"words without a {key}")
    return name


def _latency(said: dict[str, object]) -> int | None:
    latency = said.get("latency_ms")
    if latency is None:
        return None
    if not isinstance(latency, int) or isinstance(latency, bool) or not 0 <= latency <= _LONGEST_LATENCY_MS:
        raise Garbled("a latency that can't be")
    return latency


def _json(**said: object) -> str:
    return json.dumps(said, separators=(",", ":"))
