"""How records are linked: each carries the hash of itself and of the one before it.

One chain per stream. The hash covers every column, the position too, so that a record that
was changed, moved or renumbered no longer fits. Who looks for such records is
`journal.verify`; a chain that was written anew as a whole is found by `journal.seal`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from diemcau.core.ids import CommandId, StreamId
from diemcau.journal.canonical import canonical, text_of
from diemcau.journal.codec import Codec, Encoded
from diemcau.journal.record import Author, Record

BEGINNING = "0" * 64
"""What stands as the previous hash in a stream's first record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A record as it stands in the store: plain numbers and texts, nothing read into them."""

    position: int
    stream: str
    version: int
    command: str
    at: str
    author: str
    name: str
    event_version: int
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Where a new record goes: after this position, version and hash."""

    position: int = 0
    version: int = 0
    hash: str = BEGINNING


def hash_of(stored: Stored) -> str:
    """Return the hash that a record with these columns must carry."""
    linked = [
        stored.previous,
        stored.stream,
        stored.version,
        stored.position,
        stored.command,
        stored.at,
        stored.author,
        stored.name,
        stored.event_version,
        stored.body,
    ]
    return hashlib.sha256(canonical(linked).encode(errors="surrogatepass")).hexdigest()


def link(
    tail: Tail,
    *,
    stream: StreamId,
    events: Sequence[Encoded],
    command: CommandId,
    author: Author,
    at: datetime,
) -> tuple[Stored, ...]:
    """Return the records of `events` that follow `tail`, each linked to the one before."""
    linked: list[Stored] = []
    for step, encoded in enumerate(events, start=1):
        stored = Stored(
            position=tail.position + step,
            stream=stream,
            version=tail.version + step,
            command=command,
            at=text_of(at),
            author=_author_text(author),
            name=encoded.name,
            event_version=encoded.version,
            body=encoded.body,
            previous=linked[-1].hash if linked else tail.hash,
            hash="",
        )
        linked.append(_hashed(stored))
    return tuple(linked)


def read_back(stored: Stored, codec: Codec) -> Record:
    """Return the record that `stored` is, with its event decoded."""
    return Record(
        position=stored.position,
        stream=StreamId(stored.stream),
        version=stored.version,
        command=CommandId(stored.command),
        at=datetime.fromisoformat(stored.at),
        author=Author(**json.loads(stored.author)),
        name=stored.name,
        event_version=stored.event_version,
        event=codec.decode(stored.name, stored.event_version, stored.body),
        body=stored.body,
        previous=stored.previous,
        hash=stored.hash,
    )


def _author_text(author: Author) -> str:
    return canonical({"role": author.role, "site": author.site, "desk": author.desk})


def _hashed(stored: Stored) -> Stored:
    canonical([stored.stream, stored.command, stored.author]).encode()
    return replace(stored, hash=hash_of(stored))
