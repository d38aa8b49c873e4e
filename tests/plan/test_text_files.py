import codecs
import unicodedata
from pathlib import Path

import pytest

from diemcau.plan import FaultCode
from tests.plan.samples import FILES, UNITS, faults_of, spoil, write_plan

C = FaultCode
# Windows-1258 has no letter for most Vietnamese vowels with a tone: it writes the tone after them.
TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def windows_1258(text: str) -> bytes:
    written = b""
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(part for part in parts if part in TONES)
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            written += base.encode("cp1258") + tone.encode("cp1258")
    return written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plan(tmp_path)


def told(folder: Path) -> list[tuple[FaultCode, str, int | None, str]]:
    return [(fault.code, fault.file, fault.row, fault.found) for fault in faults_of(folder)]


def test_windows_1258_is_recognised_and_nothing_else_is_told(folder: Path) -> None:
    (folder / "units.csv").write_bytes(windows_1258(UNITS))

    assert told(folder) == [(C.WRONG_ENCODING, "units.csv", 2, "Windows-1258")]


def test_the_other_faults_of_a_file_in_windows_1258_are_told_too(folder: Path) -> None:
    spoilt = UNITS.replace("2,Coast,", "two,Coast,")
    (folder / "units.csv").write_bytes(windows_1258(spoilt))

    assert told(folder) == [
        (C.WRONG_ENCODING, "units.csv", 2, "Windows-1258"),
        (C.OUT_OF_RANGE, "units.csv", 3, "two"),
    ]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("name", sorted(FILES))
def test_utf_16_is_recognised_with_and_without_a_mark(folder: Path, name: str, codec: str, mark: bytes) -> None:
    (folder / name).write_bytes(mark + FILES[name].encode(codec))

    assert told(folder) == [(C.WRONG_ENCODING, name, 1, "UTF-16")]


def test_a_conference_in_windows_1258_is_recognised(folder: Path) -> None:
    spoil(folder, "conference.toml", '"Spring review"', '"Hội nghị mùa xuân"')
    text = (folder / "conference.toml").read_text(encoding="utf-8")
    (folder / "conference.toml").write_bytes(windows_1258(text))

    assert told(folder) == [(C.WRONG_ENCODING, "conference.toml", 2, "Windows-1258")]


def test_how_to_save_a_file_right_is_said(folder: Path) -> None:
    (folder / "units.csv").write_bytes(windows_1258(UNITS))

    (fault,) = faults_of(folder)

    assert "CSV UTF-8" in fault.text("vi")
    assert "CSV UTF-8" in fault.text("en")


def test_bytes_of_no_known_encoding_are_told_with_their_line(folder: Path) -> None:
    (folder / "units.csv").write_bytes(UNITS.replace("Coast Branch", "Coast *").encode().replace(b"*", b"\x90\xff"))

    assert told(folder) == [(C.WRONG_ENCODING, "units.csv", 3, "?")]
