"""Bits of H.264: fixed-length and Exp-Golomb numbers, read and written (H.264, 7.2 and 9.1).

It knows no syntax element by name, and turns neither way what it was not asked to.
"""

_EMULATED = b"\x00\x00\x03"
_LONGEST_PREFIX = 32


class BitsEnded(ValueError):  # noqa: N818 (a fact about the bytes)
    """The bytes end before what was to be read."""


class BitReader:
    """Reads the payload of one unit, from its first bit."""

    def __init__(self, payload: bytes) -> None:
        self._bits = int.from_bytes(payload, "big")
        self._left = len(payload) * 8

    def number(self, width: int) -> int:
        """Read so many bits, `u(n)`."""
        if width > self._left:
            raise BitsEnded("the unit ends too early")
        self._left -= width
        return (self._bits >> self._left) & ((1 << width) - 1)

    def flag(self) -> bool:
        """Read one bit, `u(1)`."""
        return self.number(1) == 1

    def golomb(self) -> int:
        """Read a number of varying length, `ue(v)`."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _LONGEST_PREFIX:
                raise BitsEnded("a number is too long")
        return (1 << zeros) - 1 + self.number(zeros)

    def signed(self) -> int:
        """Read a number with a sign, `se(v)`."""
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)


class BitWriter:
    """Writes the payload of one unit."""

    def __init__(self) -> None:
        self._bits = 0
        self._width = 0

    def number(self, value: int, width: int) -> None:
        """Write so many bits, `u(n)`."""
        self._bits = self._bits << width | value
        self._width += width

    def golomb(self, *values: int) -> None:
        """Write numbers of varying length, `ue(v)`."""
        for value in values:
            self.number(value + 1, 2 * (value + 1).bit_length() - 1)

    def ended(self) -> bytes:
        """Return what was written, with the bits that end a payload."""
        self.number(1, 1)
        self.number(0, -self._width % 8)
        return self._bits.to_bytes(self._width // 8, "big")


def unescaped(unit: bytes) -> bytes:
    """Return the payload of a unit without the bytes that keep start codes out of it (H.264, 7.4.1)."""
    return unit.replace(_EMULATED, b"\x00\x00")


def escaped(payload: bytes) -> bytes:
    """Return a payload with the bytes that keep start codes out of it."""
    kept, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:  # noqa: PLR2004 (H.264, 7.4.1)
            kept.append(3)
            zeros = 0
        kept.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(kept)
