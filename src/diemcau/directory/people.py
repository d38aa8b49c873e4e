"""People: the only place of personal data, and how it is erased.

An event names a person by an id and the digest of a row here: a hash over a random salt and
the person's name, office and telephone. Without the row nobody can tell from the digest who
it was, and with it anyone can check that the row is the one that was meant. So erasing the
row (salt included) leaves the journal's chain, totals and seals as they are.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, text, update

from diemcau.core.ids import PersonId
from diemcau.core.refusals import Refusal, need_reason
from diemcau.directory.models import Person, note, people, writing


class PersonUnknown(Refusal):
    """The directory never had such a person."""

    code = "directory.person_unknown"


class PersonErased(Refusal):
    """The person's data was erased and is not taken in again under the same id."""

    code = "directory.person_erased"


def remember(engine: Engine, persons: Sequence[Person], *, author: str, at: datetime) -> Mapping[PersonId, str]:
    """Keep people, all or none, and return the digest of each for the events.

    Somebody who stands here with the same words keeps the digest; with other words a new row
    is added, and the old one stays for the events that mean it. Raises `PersonErased`.
    """
    with writing(engine) as transaction:
        return {one.person: _remember(transaction, one, author, at) for one in persons}


def find(engine: Engine, person: PersonId) -> Person | None:
    """Return who `person` is by the latest row, or None if erased or never known."""
    rows = _rows(engine, person)
    return _person(rows[-1]) if rows else None


def find_as_of(engine: Engine, person: PersonId, digest: str) -> Person | None:
    """Return who `person` was in the event with `digest`, or None if erased or never known."""
    return next((_person(row) for row in _rows(engine, person) if row.digest == digest), None)


def find_all(engine: Engine, meant: Mapping[PersonId, str]) -> Mapping[PersonId, Person]:
    """Return those of `meant` (digest by person) who were not erased, in one query."""
    wanted = select(people).where(people.c.digest.in_(meant.values()))
    with engine.connect() as connection:
        rows = connection.execute(wanted).all()
    found = {row.person: _person(row) for row in rows if meant.get(row.person) == row.digest}
    return {person: one for person, one in found.items() if one is not None}


def how_many_erased(engine: Engine) -> int:
    """Count the rows that were erased: whoever keeps something made of people makes it anew when it grows."""
    erased = select(func.count()).select_from(people).where(people.c.erased_at.is_not(None))
    with engine.connect() as connection:
        return connection.execute(erased).scalar_one()


def matches(engine: Engine, person: PersonId, digest: str) -> bool:
    """Say whether a row stands here whose words give `digest`; an erased one gives none."""
    return any(row.salt is not None and digest == digest_of(row.salt, _words(row)) for row in _rows(engine, person))


def erase(engine: Engine, person: PersonId, *, reason: str, author: str, at: datetime) -> None:
    """Erase everything that tells who `person` is, on the disk too, and note that it was done.

    Erasing twice changes nothing. Raises `PersonUnknown`, or the refusal of a missing reason.
    """
    needed = need_reason(reason)
    with writing(engine) as transaction:
        rows = transaction.execute(select(people).where(people.c.person == person)).all()
        if not rows:
            raise PersonUnknown(person=person)
        if all(row.erased_at is not None for row in rows):
            return
        nothing = {"salt": None, "name": None, "office": None, "telephone": None}
        erased_at = at.astimezone(UTC).isoformat(timespec="microseconds")
        transaction.execute(update(people).where(people.c.person == person).values(erased_at=erased_at, **nothing))
        note(
            transaction,
            at=at,
            author=author,
            subject=f"person:{person}",
            change="erased",
            reason=needed,
        )
    _wipe(engine)


def digest_of(salt: bytes, words: Sequence[str]) -> str:
    """Return the digest of a person's name, office and telephone under a salt."""
    return hashlib.sha256(salt + json.dumps(list(words), ensure_ascii=False).encode()).hexdigest()


def _remember(transaction: Connection, person: Person, author: str, at: datetime) -> str:
    own = select(people).where(people.c.person == person.person).order_by(people.c.number)
    rows = transaction.execute(own).all()
    if any(row.erased_at is not None for row in rows):
        raise PersonErased(person=person.person)
    if rows and _person(rows[-1]) == person:
        return str(rows[-1].digest)
    salt = secrets.token_bytes(32)
    words = (person.name, person.office, person.telephone)
    digest = digest_of(salt, words)
    columns = dict(zip(("name", "office", "telephone"), words, strict=True))
    transaction.execute(insert(people).values(person=person.person, digest=digest, salt=salt, **columns))
    change = "changed" if rows else "added"
    subject = f"person:{person.person}"
    note(transaction, at=at, author=author, subject=subject, change=change, reason="")
    return digest


def _rows(engine: Engine, person: PersonId) -> Sequence[Row[Any]]:
    own = select(people).where(people.c.person == person).order_by(people.c.number)
    with engine.connect() as connection:
        return connection.execute(own).all()


def _person(row: Row[Any]) -> Person | None:
    if row.erased_at is not None:
        return None
    name, office, telephone = _words(row)
    return Person(person=row.person, name=name, office=office, telephone=telephone)


def _words(row: Row[Any]) -> tuple[str, str, str]:
    return row.name, row.office, row.telephone


def _wipe(engine: Engine) -> None:
    """Let the database forget the old row also where it keeps what was written before."""
    wiping = engine.execution_options(isolation_level="AUTOCOMMIT", writes=True)
    with wiping.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        else:
            connection.execute(text(f"VACUUM FULL {people.name}"))
