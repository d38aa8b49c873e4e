"""What befell a record: changed, missing, out of its order, or moved between streams.

Asked only where `journal.verify` found a break. A record that was moved or renumbered still
has the hash of the place where it was written; trying the other records' places finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from diemcau.core.ids import StreamId
from diemcau.journal.chain import Stored, hash_of
from diemcau.journal.journal import Journal


class Finding(StrEnum):
    """What is wrong at a place of the journal."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    MOVED = "moved"
    ADDED = "added"
    CUT_OFF = "cut-off"
    REWRITTEN = "rewritten"
    FORGED = "forged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing wrong in a stream: where, and what to tell a person."""

    finding: Finding
    stream: StreamId
    version: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a chain breaks: `row` stands where the record after `previous` was expected."""

    stream: str
    expected: int
    previous: str
    row: Stored


def diagnose(journal: Journal, broken: Break) -> Fault:
    """Say what befell the record at the break."""
    genuine = _find_genuine(journal, broken)
    if genuine is not None:
        return _misplaced(broken, genuine)
    if hash_of(broken.row) == broken.row.hash:
        return _not_following(broken)
    return _not_itself(broken, _find_origin(journal, broken.row))


def _misplaced(broken: Break, genuine: Stored) -> Fault:
    if genuine.stream != broken.stream:
        says = f"it stands in stream {genuine.stream} as version {genuine.version}"
        return _fault(Finding.MOVED, broken, says)
    if genuine.version != broken.expected:
        return _fault(Finding.REORDERED, broken, f"it stands as version {genuine.version}")
    if genuine != broken.row:
        says = f"a record of version {broken.row.version} stands before it"
        return _fault(Finding.ADDED, broken, says)
    return _fault(Finding.CHANGED, broken, "its place in the chain was changed, its event was not")


def _not_following(broken: Break) -> Fault:
    row = broken.row
    if row.version > broken.expected:
        return _missing(broken)
    if row.version < broken.expected:
        return _fault(Finding.ADDED, broken, f"another record of version {row.version} stands there")
    if broken.expected == 1:
        return _fault(Finding.CHANGED, broken, "it does not begin the stream")
    changed = replace(broken, expected=broken.expected - 1)
    return _fault(Finding.CHANGED, changed, "the next record follows from another one")


def _not_itself(broken: Break, origin: Stored | None) -> Fault:
    if origin is not None and origin.stream != broken.stream:
        says = f"what stands there is version {origin.version} of stream {origin.stream}"
        return _fault(Finding.MOVED, broken, says)
    if origin is not None and origin.version == broken.expected:
        says = f"it stands at position {broken.row.position}, not {origin.position}"
        return _fault(Finding.REORDERED, broken, says)
    if origin is not None or broken.row.version > broken.expected:
        return _missing(broken)
    return _fault(Finding.CHANGED, broken, "it does not agree with its hash")


def _missing(broken: Break) -> Fault:
    return _fault(Finding.MISSING, broken, "the records after it are there")


def _fault(finding: Finding, broken: Break, says: str) -> Fault:
    return Fault(
        finding=finding,
        stream=StreamId(broken.stream),
        version=broken.expected,
        says=f"version {broken.expected} {_VERBS[finding]}: {says}",
    )


_VERBS = {
    Finding.CHANGED: "was changed",
    Finding.MISSING: "is missing",
    Finding.REORDERED: "is out of order",
    Finding.MOVED: "was moved between streams",
    Finding.ADDED: "is not the next one",
}


def _find_genuine(journal: Journal, broken: Break) -> Stored | None:
    """Return the record that was written at the break, wherever it stands now."""
    for row in journal.read_as_stored():
        for position in {row.position, broken.row.position}:
            there = replace(
                row,
                stream=broken.stream,
                version=broken.expected,
                previous=broken.previous,
                position=position,
            )
            if hash_of(there) in (row.hash, broken.row.hash):
                return row
    return None


def _find_origin(journal: Journal, row: Stored) -> Stored | None:
    """Return `row` as it was written, if it was written in the place of another record."""
    for other in journal.read_as_stored():
        for place in _places(row, other):
            if hash_of(place) in (row.hash, other.hash):
                return place
    return None


def _places(row: Stored, other: Stored) -> Iterator[Stored]:
    for stream, version, position, previous in product(
        {row.stream, other.stream},
        {row.version, other.version},
        {row.position, other.position},
        {row.previous, other.previous},
    ):
        yield replace(row, stream=stream, version=version, position=position, previous=previous)
