"""The standing picture: one more picture that looks like the one before it, in a dozen bytes.

While a camera is silent its last picture is to stay, and players want a picture all the same.
It is a slice that skips every macroblock (H.264, 7.3.4): nothing is decoded or encoded. It
names a picture parameter set of its own, which stands in the header beside the camera's. The
numbering of the camera is used up by it, so a camera that goes on begins with a key frame.
"""

from dataclasses import replace

from diemcau.media import h264
from diemcau.media.recording.bits import BitWriter, escaped
from diemcau.media.recording.sequence import Position, Sequence, position_of

_OWN_SET = 201
_SLICE, _IDR = 1, 5
_P_SLICE_ALONE = 5
_PPS_UNIT = b"\x68"
_REFERENCE_SLICE_UNIT = b"\x41"


class Standing:
    """Makes the pictures that follow the last one of a camera, each the same as before."""

    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        self._last: Position | None = None

    def follow(self, sized: bytes) -> None:
        """Note the last picture of the camera, framed with lengths."""
        unit = _first_slice(sized)
        self._last = None if unit is None else position_of(unit, self._sequence)

    def picture(self) -> bytes | None:
        """Return one more picture, framed with lengths; nothing if this stream has no such."""
        last, sequence = self._last, self._sequence
        if last is None or not sequence.progressive or not sequence.references or sequence.order_kind == 1:
            return None
        frame = (last.frame + 1 if last.is_reference else last.frame) % (1 << sequence.frame_bits)
        order = (last.order + 2) % (1 << sequence.order_bits)
        self._last = replace(last, frame=frame, order=order, is_reference=True)
        unit = _skipping_slice(sequence, self._last)
        return len(unit).to_bytes(4, "big") + unit


def own_set(sequence: Sequence) -> bytes:
    """Return the picture parameter set that standing pictures name."""
    bits = BitWriter()
    bits.golomb(_OWN_SET, sequence.number)
    bits.number(0, 2)  # CAVLC; no order of fields
    bits.golomb(0, 0, 0)  # one slice group; one reference each way
    bits.number(0, 3)  # no weighted prediction
    bits.golomb(0, 0, 0)  # quantisation as it comes
    bits.number(0b100, 3)  # slices say whether edges are smoothed
    return _PPS_UNIT + escaped(bits.ended())


def _skipping_slice(sequence: Sequence, at: Position) -> bytes:
    bits = BitWriter()
    bits.golomb(0, _P_SLICE_ALONE, _OWN_SET)
    if sequence.split_colours:
        bits.number(0, 2)
    bits.number(at.frame, sequence.frame_bits)
    if sequence.order_kind == 0:
        bits.number(at.order, sequence.order_bits)
    bits.number(0, 3)  # as many references as ever, in their order, none forgotten
    bits.golomb(0, 1)  # quantisation as it is; edges are not smoothed again
    bits.golomb(sequence.macroblocks)
    return _REFERENCE_SLICE_UNIT + escaped(bits.ended())


def _first_slice(sized: bytes) -> bytes | None:
    at = 0
    while at + 4 < len(sized):
        length = int.from_bytes(sized[at : at + 4], "big")
        unit = sized[at + 4 : at + 4 + length]
        if unit and h264.kind(unit) in (_SLICE, _IDR):
            return unit
        at += 4 + length
    return None
