"""Fragmented MP4 (ISO/IEC 14496-12 and -15, 23000-19): headers and fragments, written and read.

One track of H.264 and one of AAC, mono. Times are absolute: 90 kHz for pictures, 48 kHz for
sound. It opens no file and knows nothing of segments or of who is shown.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from diemcau.media import h264
from diemcau.media.recording.mixer import RATE

PICTURE_RATE = 90_000
SOUND_FRAME = 1024
_PICTURE_TRACK, _SOUND_TRACK = 1, 2
_KEY, _FOLLOWING = 0x0200_0000, 0x0101_0000
_BASE_IS_MOOF = 0x02_0000
_PICTURE_RUN, _SOUND_RUN = 0x000701, 0x000201
_AAC_LC_MONO = b"\x11\x88"
_AAC_BITS = 96_000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSample:
    """One picture, framed with lengths; `at` and `ticks` in 90 kHz."""

    payload: bytes
    at: int
    ticks: int
    key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSample:
    """One frame of AAC; `at` in 48 kHz."""

    payload: bytes
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """Pictures and sound of a short while."""

    pictures: tuple[PictureSample, ...]
    sounds: tuple[SoundSample, ...]


def header(sets: h264.ParameterSets, *, width: int, height: int) -> bytes:
    """Return what stands before fragments with these parameter sets."""
    brand = _box(b"ftyp", b"iso6", struct.pack(">I", 0), b"iso6", b"cmfc", b"mp41")
    movie = _full(b"mvhd", 0, 0, struct.pack(">IIII", 0, 0, 1000, 0), _FIXED_ONES, _MATRIX, bytes(24), b"\0\0\0\3")
    extends = _box(b"mvex", _track_extends(_PICTURE_TRACK, 0), _track_extends(_SOUND_TRACK, SOUND_FRAME))
    picture = _picture_track(sets, width, height)
    return brand + _box(b"moov", movie, picture, _sound_track(), extends)


def fragment(number: int, held: Fragment) -> bytes:
    """Return the bytes of a fragment."""
    picture_bytes = sum(len(one.payload) for one in held.pictures)
    moof = _moof(number, held, 0, 0)
    first = len(moof) + 8
    moof = _moof(number, held, first, first + picture_bytes)
    pictures = (one.payload for one in held.pictures)
    return moof + _box(b"mdat", *pictures, *(one.payload for one in held.sounds))


def read(stored: bytes) -> Iterator[Fragment]:
    """Yield the fragments in the bytes of a segment; one that is cut off is left out."""
    at = 0
    while (found := _box_at(stored, at)) is not None:
        name, begin, end = found
        following = _box_at(stored, end)
        if name == b"moof" and following is not None and following[0] == b"mdat":
            yield _read_fragment(stored, at, begin, end)
        at = end


_FIXED_ONES = struct.pack(">IHH", 0x10000, 0x0100, 0) + bytes(8)


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def _full(name: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return _box(name, struct.pack(">I", version << 24 | flags), *content)


def _track_extends(track: int, ticks: int) -> bytes:
    return _full(b"trex", 0, 0, struct.pack(">IIIII", track, 1, ticks, 0, 0))


def _picture_track(sets: h264.ParameterSets, width: int, height: int) -> bytes:
    size = struct.pack(">HH", width, height)
    fixed = struct.pack(">IIIH", 0x480000, 0x480000, 0, 1) + bytes(32) + struct.pack(">Hh", 0x18, -1)
    entry = _box(b"avc1", bytes(6), b"\0\1", bytes(16), size, fixed, _box(b"avcC", h264.make_avcc(sets)))
    media = _full(b"vmhd", 0, 1, bytes(8))
    shown = struct.pack(">II", width << 16, height << 16)
    return _track(_PICTURE_TRACK, PICTURE_RATE, b"vide", media, entry, tail=shown, volume=0)


def _sound_track() -> bytes:
    specific = _descriptor(5, _AAC_LC_MONO)
    config = _descriptor(4, struct.pack(">BB3sII", 0x40, 0x15, bytes(3), _AAC_BITS, _AAC_BITS), specific)
    stream = _full(b"esds", 0, 0, _descriptor(3, b"\0\2\0", config, _descriptor(6, b"\2")))
    fixed = struct.pack(">HHII", 1, 16, 0, RATE << 16)
    entry = _box(b"mp4a", bytes(6), b"\0\1", bytes(8), fixed, stream)
    return _track(_SOUND_TRACK, RATE, b"soun", _full(b"smhd", 0, 0, bytes(4)), entry, tail=bytes(8), volume=0x0100)


def _track(track: int, rate: int, handler: bytes, media: bytes, entry: bytes, *, tail: bytes, volume: int) -> bytes:
    shown = struct.pack(">IIIII8xHHHH", 0, 0, track, 0, 0, 0, 0, volume, 0)
    timed = _full(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, rate, 0, 0x55C4, 0))
    named = _full(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"diemcau\0")
    tables = (_full(name, 0, 0, bytes(4)) for name in (b"stts", b"stsc", b"stco"))
    sizes = _full(b"stsz", 0, 0, bytes(8))
    table = _box(b"stbl", _full(b"stsd", 0, 0, b"\0\0\0\1", entry), *tables, sizes)
    where = _box(b"dinf", _full(b"dref", 0, 0, b"\0\0\0\1", _full(b"url ", 0, 1)))
    return _box(
        b"trak",
        _full(b"tkhd", 0, 7, shown, _MATRIX, tail),
        _box(b"mdia", timed, named, _box(b"minf", media, where, table)),
    )


def _descriptor(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return bytes((tag, len(body))) + body


def _moof(number: int, held: Fragment, picture_offset: int, sound_offset: int) -> bytes:
    tracks = [_full(b"mfhd", 0, 0, struct.pack(">I", number))]
    if held.pictures:
        run = b"".join(
            struct.pack(">III", one.ticks, len(one.payload), _KEY if one.key else _FOLLOWING) for one in held.pictures
        )
        tracks.append(_traf(_PICTURE_TRACK, held.pictures[0].at, _PICTURE_RUN, len(held.pictures), picture_offset, run))
    if held.sounds:
        run = b"".join(struct.pack(">I", len(one.payload)) for one in held.sounds)
        tracks.append(_traf(_SOUND_TRACK, held.sounds[0].at, _SOUND_RUN, len(held.sounds), sound_offset, run))
    return _box(b"moof", *tracks)


def _traf(track: int, at: int, flags: int, count: int, offset: int, run: bytes) -> bytes:  # noqa: PLR0917 (boxes' order)
    return _box(
        b"traf",
        _full(b"tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", track)),
        _full(b"tfdt", 1, 0, struct.pack(">Q", at)),
        _full(b"trun", 0, flags, struct.pack(">II", count, offset), run),
    )


def _box_at(stored: bytes, at: int) -> tuple[bytes, int, int] | None:
    """Return name, beginning of content and end of the whole box that begins there."""
    if at + 8 > len(stored):
        return None
    end = at + int.from_bytes(stored[at : at + 4], "big")
    return (stored[at + 4 : at + 8], at + 8, end) if at + 8 <= end <= len(stored) else None


def _boxes(stored: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while begin < end and (found := _box_at(stored, begin)) is not None:
        yield found
        begin = found[2]


def _read_fragment(stored: bytes, moof: int, begin: int, end: int) -> Fragment:
    pictures: tuple[PictureSample, ...] = ()
    sounds: tuple[SoundSample, ...] = ()
    for name, traf, traf_end in _boxes(stored, begin, end):
        if name != b"traf":
            continue
        held = {inner: body for inner, body, _ in _boxes(stored, traf, traf_end)}
        (track,) = struct.unpack_from(">I", stored, held[b"tfhd"] + 4)
        (at,) = struct.unpack_from(">Q", stored, held[b"tfdt"] + 4)
        if track == _PICTURE_TRACK:
            pictures = tuple(_read_pictures(stored, moof, held[b"trun"], at))
        else:
            sounds = tuple(_read_sounds(stored, moof, held[b"trun"], at))
    return Fragment(pictures=pictures, sounds=sounds)


def _read_pictures(stored: bytes, moof: int, run: int, at: int) -> Iterator[PictureSample]:
    count, offset = struct.unpack_from(">II", stored, run + 4)
    place = moof + offset
    for number in range(count):
        ticks, size, flags = struct.unpack_from(">III", stored, run + 12 + 12 * number)
        yield PictureSample(payload=stored[place : place + size], at=at, ticks=ticks, key=flags == _KEY)
        at, place = at + ticks, place + size


def _read_sounds(stored: bytes, moof: int, run: int, at: int) -> Iterator[SoundSample]:
    count, offset = struct.unpack_from(">II", stored, run + 4)
    place = moof + offset
    for number in range(count):
        (size,) = struct.unpack_from(">I", stored, run + 12 + 4 * number)
        yield SoundSample(payload=stored[place : place + size], at=at)
        at, place = at + SOUND_FRAME, place + size
