"""H.264 byte streams: units, parameter sets, and the two ways of framing them.

Annex B separates units by start codes; the other framing (ISO/IEC 14496-15) puts a length in
front of each and keeps the parameter sets in a record of their own (`avcC`). This project
carries Annex B. No picture is decoded here.
"""

import re
from dataclasses import dataclass

_START_CODE = re.compile(rb"\x00\x00\x01")
_FOUR_BYTES = b"\x00\x00\x00\x01"
_IDR, _SPS, _PPS = 5, 7, 8
_SHORTEST_AVCC = 7


class MalformedVideoError(ValueError):
    """The bytes are not H.264 as announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSets:
    """What a decoder must know before the first picture."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]

    def annex_b(self) -> bytes:
        """Return them as a byte stream."""
        return b"".join(_FOUR_BYTES + unit for unit in self.sps + self.pps)


def units(stream: bytes) -> list[bytes]:
    """Return the units of an Annex B byte stream, without start codes."""
    parts = (part.rstrip(b"\x00") for part in _START_CODE.split(stream)[1:])
    return [part for part in parts if part]


def kind(unit: bytes) -> int:
    """Return the type of a unit (H.264, table 7-1)."""
    return unit[0] & 0x1F


def parameter_sets(stream: bytes) -> ParameterSets | None:
    """Return the parameter sets that stand in an Annex B byte stream, or None."""
    parts = units(stream)
    sps = tuple(unit for unit in parts if kind(unit) == _SPS)
    pps = tuple(unit for unit in parts if kind(unit) == _PPS)
    return ParameterSets(sps=sps, pps=pps) if sps and pps else None


def is_whole_key_frame(stream: bytes) -> bool:
    """Whether a decoder can begin here: both parameter sets and an IDR picture."""
    kinds = {kind(unit) for unit in units(stream)}
    return {_IDR, _SPS, _PPS} <= kinds


def read_avcc(record: bytes) -> ParameterSets:
    """Return the parameter sets of an `avcC` record (ISO/IEC 14496-15, 5.3.3.1)."""
    if len(record) < _SHORTEST_AVCC or record[0] != 1:
        raise MalformedVideoError("this is no avcC record")
    sps, rest = _sized_units(record[6:], record[5] & 0x1F)
    pps, _ = _sized_units(rest[1:], rest[0] if rest else 0)
    if not sps or not pps:
        raise MalformedVideoError("the avcC record holds no parameter sets")
    return ParameterSets(sps=sps, pps=pps)


def make_avcc(sets: ParameterSets) -> bytes:
    """Return the `avcC` record of parameter sets, with lengths of four bytes."""
    first = sets.sps[0]
    head = bytes((1, first[1], first[2], first[3], 0xFF, 0xE0 | len(sets.sps)))
    sps = b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets.sps)
    pps = b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets.pps)
    return head + sps + bytes((len(sets.pps),)) + pps


def from_sized(payload: bytes, record: bytes, *, key: bool) -> bytes:
    """Turn a frame with lengths into Annex B, parameter sets in front of a key frame."""
    sets = read_avcc(record)
    size = (record[4] & 0x03) + 1
    parts: list[bytes] = []
    at = 0
    while at < len(payload):
        length = int.from_bytes(payload[at : at + size], "big")
        at += size
        if at + length > len(payload):
            raise MalformedVideoError("a unit is longer than its frame")
        parts.append(payload[at : at + length])
        at += length
    body = b"".join(_FOUR_BYTES + part for part in parts)
    return sets.annex_b() + body if key else body


def to_sized(stream: bytes) -> bytes:
    """Turn Annex B into units with lengths of four bytes."""
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units(stream))


def _sized_units(record: bytes, count: int) -> tuple[tuple[bytes, ...], bytes]:
    found: list[bytes] = []
    for _ in range(count):
        length = int.from_bytes(record[:2], "big")
        if len(record) < length + 2:
            raise MalformedVideoError("the avcC record ends too early")
        found.append(record[2 : 2 + length])
        record = record[2 + length :]
    return tuple(found), record
