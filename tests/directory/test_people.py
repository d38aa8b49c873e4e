from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from diemcau.core.ids import CommandId, PersonId, StreamId
from diemcau.core.refusals import ReasonMissing, Refusal
from diemcau.directory.models import Change, Person, open_directory
from diemcau.directory.people import (
    PersonErased,
    PersonUnknown,
    digest_of,
    erase,
    find,
    find_all,
    find_as_of,
    matches,
    remember,
)
from diemcau.directory.queries import changes_of
from diemcau.journal.codec import Codec
from diemcau.journal.record import Author
from diemcau.journal.seal import key_from, seal_stream
from diemcau.journal.sql import engine_for, open_journal
from diemcau.journal.verify import verify

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEAD = Person(
    person=PersonId("review.hue-head"),
    name="Trưởng ban Tổ chức Huế",
    office="Trưởng ban",
    telephone="0234 000 111",
)
CLERK = Person(person=PersonId("review.hue-clerk"), name="", office="Chuyên viên")
REASON = "asked to be forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    person: PersonId
    digest: str


def keep(directory: Engine, *persons: Person) -> list[str]:
    """Remember people and return their digests in order."""
    digests = remember(directory, persons, author="secretary", at=NINE)
    return [digests[one.person] for one in persons]


def forget(directory: Engine, person: PersonId) -> None:
    erase(directory, person, reason=REASON, author="operator", at=NINE)


def refused(ask: Callable[[], object]) -> tuple[type, dict[str, str]]:
    """Return the refusal that `ask` gets, and what it is about."""
    with pytest.raises(Refusal) as told:
        ask()
    return type(told.value), told.value.about


def test_a_person_is_found_by_id(directory: Engine) -> None:
    head, clerk = keep(directory, HEAD, CLERK)

    assert find(directory, HEAD.person) == HEAD
    assert find_as_of(directory, CLERK.person, clerk) == CLERK
    assert find_all(directory, {HEAD.person: head, CLERK.person: head}) == {HEAD.person: HEAD}
    assert find(directory, PersonId("nobody")) is None
    assert find_as_of(directory, HEAD.person, clerk) is None


def test_a_digest_fits_its_person_only(directory: Engine) -> None:
    head, clerk = keep(directory, HEAD, CLERK)

    assert matches(directory, HEAD.person, head)
    assert not matches(directory, HEAD.person, clerk)
    assert not matches(directory, PersonId("nobody"), head)


def test_a_row_that_was_changed_in_the_database_fits_no_digest(directory: Engine) -> None:
    (digest,) = keep(directory, HEAD)
    with directory.begin() as connection:
        connection.execute(text("UPDATE directory_people SET office = 'Phó ban'"))

    assert not matches(directory, HEAD.person, digest)


def test_two_people_with_the_same_words_have_two_digests(directory: Engine) -> None:
    first, second = keep(directory, HEAD, replace(HEAD, person=PersonId("review.other")))

    assert first != second


def test_the_digest_depends_on_which_word_stands_where() -> None:
    salt = b"0" * 32

    assert digest_of(salt, ("a", "bc", "")) != digest_of(salt, ("ab", "c", ""))


def test_whoever_is_remembered_again_with_the_same_words_keeps_the_digest(
    directory: Engine,
) -> None:
    assert keep(directory, HEAD) == keep(directory, HEAD)
    assert [one.change for one in changes_of(directory)] == ["added"]


def test_new_words_leave_the_old_ones_for_the_events_that_mean_them(directory: Engine) -> None:
    (before,) = keep(directory, HEAD)
    promoted = replace(HEAD, office="Giám đốc")

    (after,) = keep(directory, promoted)

    assert find(directory, HEAD.person) == promoted
    assert find_as_of(directory, HEAD.person, before) == HEAD
    assert find_as_of(directory, HEAD.person, after) == promoted
    assert matches(directory, HEAD.person, before)
    assert matches(directory, HEAD.person, after)


def test_an_erased_person_is_nobody(directory: Engine) -> None:
    (before,) = keep(directory, HEAD)
    (after,) = keep(directory, replace(HEAD, office="Giám đốc"))
    (clerk,) = keep(directory, CLERK)

    forget(directory, HEAD.person)

    assert find(directory, HEAD.person) is None
    assert find_as_of(directory, HEAD.person, before) is None
    assert find_all(directory, {HEAD.person: after, CLERK.person: clerk}) == {CLERK.person: CLERK}
    assert not matches(directory, HEAD.person, before)
    assert not matches(directory, HEAD.person, after)


def test_erasing_leaves_an_audit_line_that_says_nothing_of_the_person(directory: Engine) -> None:
    keep(directory, HEAD)

    forget(directory, HEAD.person)

    subject = f"person:{HEAD.person}"
    assert changes_of(directory, subject) == (
        Change(number=1, at=NINE, author="secretary", subject=subject, change="added", reason=""),
        Change(number=2, at=NINE, author="operator", subject=subject, change="erased", reason=REASON),
    )


def test_erasing_twice_is_erasing_once(directory: Engine) -> None:
    keep(directory, HEAD)
    forget(directory, HEAD.person)

    forget(directory, HEAD.person)

    assert [one.change for one in changes_of(directory)] == ["added", "erased"]


def test_who_was_never_known_cannot_be_erased(directory: Engine) -> None:
    keep(directory, HEAD)

    answer = refused(lambda: forget(directory, CLERK.person))

    assert answer == (PersonUnknown, {"person": CLERK.person})
    assert find(directory, HEAD.person) == HEAD


def test_erasing_needs_a_reason(directory: Engine) -> None:
    keep(directory, HEAD)

    answer = refused(lambda: erase(directory, HEAD.person, reason=" ", author="x", at=NINE))

    assert answer == (ReasonMissing, {})
    assert find(directory, HEAD.person) == HEAD


def test_an_erased_person_is_not_taken_in_again(directory: Engine) -> None:
    keep(directory, HEAD)
    forget(directory, HEAD.person)

    answer = refused(lambda: keep(directory, CLERK, HEAD))

    assert answer == (PersonErased, {"person": HEAD.person})
    assert find(directory, CLERK.person) is None


def test_nothing_of_an_erased_person_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "directory.sqlite"
    engine = engine_for(f"sqlite:///{path}")
    open_directory(engine)
    keep(engine, HEAD, CLERK)
    words = [word.encode() for word in (HEAD.name, HEAD.telephone)]
    assert all(any(word in one.read_bytes() for one in tmp_path.iterdir()) for word in words)

    forget(engine, HEAD.person)

    left = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert [word for word in words if word in left] == []
    assert CLERK.office.encode() in left
    engine.dispose()


def test_erasing_leaves_chain_and_seal_valid(directory: Engine, tmp_path: Path) -> None:
    stream = StreamId("conference/review")
    journal = open_journal(directory, Codec({"person.invited": (1, Invited)}))
    (digest,) = keep(directory, HEAD)
    journal.append(
        stream,
        expecting=0,
        events=[Invited(person=HEAD.person, digest=digest)],
        command=CommandId("c-1"),
        author=Author(role="secretary"),
        at=NINE,
    )
    key = key_from(tmp_path / "seal.key")
    seal = seal_stream(journal, stream, key=key, at=NINE)

    forget(directory, HEAD.person)

    report = verify(journal, seals=[seal], key_id=key.key_id)
    assert (report.records, report.seals, report.faults) == (1, 1, ())
    assert [record.event for record in journal.read(stream)] == [Invited(person=HEAD.person, digest=digest)]
    assert all(HEAD.office not in stored.body for stored in journal.read_as_stored())
