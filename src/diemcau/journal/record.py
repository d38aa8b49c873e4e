"""What stands in the journal: one record for each event, with who caused it and its link.

A record is an event as it was read back. How records are linked is `journal.chain`'s, and
how an event becomes text is `journal.codec`'s. No person's name ever stands here.
"""

from dataclasses import dataclass
from datetime import datetime

from diemcau.core.ids import CommandId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who gave the command: a role, at which site, from which desk. Never a person's name."""

    role: str
    site: str | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event where it stands: `position` in the journal and `version` in its stream, from 1."""

    position: int
    stream: StreamId
    version: int
    command: CommandId
    at: datetime
    author: Author
    name: str
    event_version: int
    event: object
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A signature under a stream's hash at a version: everything up to there is vouched for.

    `hash` is hexadecimal, `public_key` and `signature` are Ed25519 in base64, and `key_id` is
    the fingerprint of the public key.
    """

    stream: StreamId
    version: int
    hash: str
    at: datetime
    key_id: str
    public_key: str
    signature: str
