"""Reading a text file of a plan: size, encoding, and names brought to NFC.

Windows-1258 and UTF-16 are recognised and named in the fault; reading then goes on with what
they mean, so that the other faults of the file are found in the same run.
"""

import codecs
import unicodedata
from pathlib import Path

from diemcau.plan.fault_codes import FaultCode
from diemcau.plan.faults import Faults, Place

LARGEST_FILE = 10 * 1024 * 1024

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE = 4096


def read_bytes(path: Path, faults: Faults, *, largest: int = LARGEST_FILE) -> bytes | None:
    """Return what a file of the plan holds, at most `largest` bytes, or note why that cannot be."""
    at = Place(file=path.name)
    try:
        size = path.stat().st_size
        if size > largest:
            faults.add(FaultCode.TOO_LARGE, at, found=_mebibytes(size), wanted=_mebibytes(largest))
            return None
        return path.read_bytes()
    except FileNotFoundError:
        faults.add(FaultCode.MISSING_FILE, at)
    except OSError as error:
        faults.add(FaultCode.UNREADABLE_FILE, at, found=error.strerror or error)
    return None


def read_text(path: Path, faults: Faults, *, largest: int = LARGEST_FILE) -> str | None:
    """Return the text of a file in NFC, or note why there is none."""
    content = read_bytes(path, faults, largest=largest)
    if content is None:
        return None
    return unicodedata.normalize("NFC", _decoded(content, path.name, faults))


def _decoded(content: bytes, file: str, faults: Faults) -> str:
    if (utf_16 := _utf_16(content)) is not None:
        faults.add(FaultCode.WRONG_ENCODING, Place(file=file, row=1), found="UTF-16")
        return content.decode(utf_16, errors="replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _decoded_otherwise(content, Place(file=file, row=line), faults)


def _decoded_otherwise(content: bytes, at: Place, faults: Faults) -> str:
    try:
        text = content.decode("cp1258")
    except UnicodeDecodeError:
        faults.add(FaultCode.WRONG_ENCODING, at, found="?")
        return content.decode("utf-8-sig", errors="replace")
    faults.add(FaultCode.WRONG_ENCODING, at, found="Windows-1258")
    return text


def _utf_16(content: bytes) -> str | None:
    """Return the codec if `content` is UTF-16, with or without a mark."""
    if content.startswith(_UTF_16_MARKS):
        return "utf-16"
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > even and odd > len(sample) // 8:
        return "utf-16-le"
    if even > odd and even > len(sample) // 8:
        return "utf-16-be"
    return None


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
