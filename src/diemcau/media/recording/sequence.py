"""What a stream of H.264 says of itself: size, numbering, and the place of one picture in it.

Reads the sequence parameter set (H.264, 7.3.2.1.1) and the beginning of a slice (7.3.3). No
picture is decoded.
"""

from dataclasses import dataclass

from diemcau.media import h264
from diemcau.media.recording.bits import BitReader, BitsEnded, unescaped

_MACROBLOCK = 16
_WITH_CHROMA = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})
_IDR = 5
_COLOURS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """The sequence parameter set, as far as anyone here needs it."""

    number: int
    width: int
    height: int
    macroblocks: int
    frame_bits: int
    order_kind: int
    order_bits: int
    references: int
    progressive: bool
    split_colours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a picture stands in its stream."""

    frame: int
    order: int
    is_reference: bool


def read_sequence(unit: bytes) -> Sequence:
    """Return what a sequence parameter set says, or raise `MalformedVideoError`."""
    try:
        return _read(BitReader(unescaped(unit[1:])))
    except BitsEnded as error:
        raise h264.MalformedVideoError("the sequence parameter set ends too early") from error


def position_of(slice_unit: bytes, sequence: Sequence) -> Position | None:
    """Return where the picture of a slice stands, or nothing if that can't be read."""
    bits = BitReader(unescaped(slice_unit[1:64]))
    try:
        for _ in range(3):  # first macroblock, kind of slice, picture parameter set
            bits.golomb()
        if sequence.split_colours:
            bits.number(2)
        frame = bits.number(sequence.frame_bits)
        if not sequence.progressive and bits.flag():
            return None
        if h264.kind(slice_unit) == _IDR:
            bits.golomb()
        order = bits.number(sequence.order_bits) if sequence.order_kind == 0 else 0
    except BitsEnded:
        return None
    return Position(frame=frame, order=order, is_reference=slice_unit[0] & 0x60 != 0)


def _read(bits: BitReader) -> Sequence:
    profile = bits.number(8)
    bits.number(16)
    number = bits.golomb()
    chroma, split = _read_chroma(bits) if profile in _WITH_CHROMA else (1, False)
    frame_bits = bits.golomb() + 4
    order_kind = bits.golomb()
    order_bits = bits.golomb() + 4 if order_kind == 0 else 0
    if order_kind == 1:
        _skip_order(bits)
    references = bits.golomb()
    bits.flag()
    columns, rows = bits.golomb() + 1, bits.golomb() + 1
    progressive = bits.flag()
    if not progressive:
        bits.flag()
    bits.flag()
    fields = 1 if progressive else 2
    left, right, top, bottom = _read_cropping(bits, chroma=0 if split else chroma, fields=fields)
    return Sequence(
        number=number,
        width=columns * _MACROBLOCK - left - right,
        height=rows * fields * _MACROBLOCK - top - bottom,
        macroblocks=columns * rows * fields,
        frame_bits=frame_bits,
        order_kind=order_kind,
        order_bits=order_bits,
        references=references,
        progressive=progressive,
        split_colours=split,
    )


def _read_chroma(bits: BitReader) -> tuple[int, bool]:
    chroma = bits.golomb()
    split = bits.flag() if chroma == _COLOURS else False
    bits.golomb()
    bits.golomb()
    bits.flag()
    if bits.flag():
        for place in range(8 if chroma != _COLOURS else 12):
            if bits.flag():
                _skip_scaling(bits, 16 if place < 6 else 64)  # noqa: PLR2004 (H.264, 7.3.2.1.1)
    return chroma, split


def _skip_scaling(bits: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_order(bits: BitReader) -> None:
    bits.flag()
    bits.signed()
    bits.signed()
    for _ in range(bits.golomb()):
        bits.signed()


def _read_cropping(bits: BitReader, *, chroma: int, fields: int) -> tuple[int, int, int, int]:
    if not bits.flag():
        return 0, 0, 0, 0
    across = 2 if chroma in (1, 2) else 1
    down = (2 if chroma == 1 else 1) * fields
    left, right, top, bottom = (bits.golomb() for _ in range(4))
    return left * across, right * across, top * down, bottom * down
