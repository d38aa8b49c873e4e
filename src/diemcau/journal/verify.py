"""Verifying the journal: whether every record still stands as it was written.

Reads the records as they are stored, so that broken text is found too, and names the first
bad record of each stream; `journal.diagnosis` says what befell it. A chain that was written
anew or cut off at its end is found by the seals only. Nothing is ever mended here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from diemcau.core.ids import StreamId
from diemcau.journal.chain import BEGINNING, Stored, hash_of
from diemcau.journal.diagnosis import Break, Fault, Finding, diagnose
from diemcau.journal.journal import Journal
from diemcau.journal.record import Seal
from diemcau.journal.seal import is_signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, and the first fault of each stream and seal."""

    streams: int
    records: int
    seals: int
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether nothing was found."""
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    stream: str
    records: int
    version: int
    broken: Break | None
    hashes: dict[int, str]


def verify(journal: Journal, *, seals: Iterable[Seal] = (), key_id: str | None = None) -> Report:
    """Check every record, the seals that the journal keeps and `seals` from outside it.

    With `key_id` only seals of that key are believed; without it a seal of any key is.
    """
    held, faults = _held_seals(journal)
    held = list(dict.fromkeys([*held, *seals]))
    streams = _walk_all(journal, held)
    broken = [walked.broken for walked in streams.values() if walked.broken is not None]
    faults += [diagnose(journal, one) for one in broken]
    for seal in held:
        faults += _check_seal(seal, streams.get(seal.stream), key_id)
    return Report(
        streams=len(streams),
        records=sum(walked.records for walked in streams.values()),
        seals=len(held),
        faults=tuple(faults),
    )


def _held_seals(journal: Journal) -> tuple[list[Seal], list[Fault]]:
    try:
        return list(journal.seals()), []
    except ValueError as fault:
        says = f"a seal that the journal keeps cannot be read: {fault}"
        return [], [Fault(finding=Finding.FORGED, stream=StreamId(""), version=0, says=says)]


def _walk_all(journal: Journal, seals: list[Seal]) -> dict[str, _Walked]:
    return {
        stream: _walk(stream, rows, {seal.version for seal in seals if seal.stream == stream})
        for stream, rows in groupby(journal.read_as_stored(), key=lambda row: row.stream)
    }


def _walk(stream: str, rows: Iterator[Stored], sealed: set[int]) -> _Walked:
    version, previous, records = 0, BEGINNING, 0
    broken: Break | None = None
    hashes: dict[int, str] = {}
    for row in rows:
        records += 1
        if broken is None and _follows(row, version, previous):
            version, previous = row.version, row.hash
            if version in sealed:
                hashes[version] = row.hash
        elif broken is None:
            broken = Break(stream=stream, expected=version + 1, previous=previous, row=row)
    return _Walked(stream=stream, records=records, version=version, broken=broken, hashes=hashes)


def _follows(row: Stored, version: int, previous: str) -> bool:
    return (row.version, row.previous) == (version + 1, previous) and hash_of(row) == row.hash


def _check_seal(seal: Seal, walked: _Walked | None, key_id: str | None) -> list[Fault]:
    if not is_signed(seal) or key_id not in (None, seal.key_id):
        says = f"the seal of version {seal.version} is not signed by key {key_id or seal.key_id}"
        return [_seal_fault(Finding.FORGED, seal, seal.version, says)]
    version = walked.version if walked else 0
    if walked and seal.version in walked.hashes:
        if walked.hashes[seal.version] == seal.hash:
            return []
        says = f"versions 1 to {seal.version} are not those that were sealed: written anew"
        return [_seal_fault(Finding.REWRITTEN, seal, seal.version, says)]
    if walked and walked.broken:
        return []
    says = f"the end was cut off: sealed at version {seal.version}, found {version} records"
    return [_seal_fault(Finding.CUT_OFF, seal, version + 1, says)]


def _seal_fault(finding: Finding, seal: Seal, version: int, says: str) -> Fault:
    return Fault(finding=finding, stream=seal.stream, version=version, says=says)
