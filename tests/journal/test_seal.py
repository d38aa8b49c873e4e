import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Seal
from diemcau.journal.seal import (
    UnfitKey,
    UnfitSeal,
    is_signed,
    key_from,
    seal_of_text,
    seal_stream,
    text_of_seal,
)
from tests.journal.samples import CODEC, HELD, HUE, HUNG, NINE, VINH, write


@pytest.fixture
def journal() -> MemoryJournal:
    journal = MemoryJournal(CODEC)
    write(journal, HUNG, HELD)
    write(journal, HUNG, stream=VINH)
    return journal


@pytest.fixture
def seal(journal: MemoryJournal, tmp_path: Path) -> Seal:
    return seal_stream(journal, HUE, key=key_from(tmp_path / "seal.key"), at=NINE)


def test_a_seal_names_the_last_record_and_is_kept(journal: MemoryJournal, seal: Seal) -> None:
    last = list(journal.read(HUE))[-1]

    assert (seal.stream, seal.version, seal.hash, seal.at) == (HUE, 2, last.hash, NINE)
    assert journal.seals() == (seal,)
    assert is_signed(seal)


def test_a_stream_without_records_is_not_sealed(tmp_path: Path) -> None:
    journal = MemoryJournal(CODEC)

    with pytest.raises(ValueError, match="stream conference/hue has no record"):
        seal_stream(journal, HUE, key=key_from(tmp_path / "seal.key"), at=NINE)

    assert journal.seals() == ()


def test_a_server_makes_its_key_once_and_for_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"

    made, read = key_from(path), key_from(path)

    assert made.key_id == read.key_id
    assert len(made.key_id) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["seal.key"]


def test_two_servers_have_two_keys(tmp_path: Path) -> None:
    assert key_from(tmp_path / "a").key_id != key_from(tmp_path / "b").key_id


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    key_from(path)
    path.chmod(0o640)

    with pytest.raises(UnfitKey, match=f"others may read .* run: chmod 600 {path}"):
        key_from(path)


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seal.key"
    path.touch(0o600)
    path.write_bytes(content)

    with pytest.raises(UnfitKey, match="holds no seal key"):
        key_from(path)

    assert path.read_bytes() == content


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seal.key"
    path.touch(0o600)
    path.write_bytes(X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    with pytest.raises(UnfitKey, match="another kind than Ed25519"):
        key_from(path)


def test_a_key_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitKey, match=f"there is no folder {tmp_path}/nowhere"):
        key_from(tmp_path / "nowhere" / "seal.key")


@pytest.mark.parametrize(
    "change",
    [
        {"stream": VINH},
        {"version": 1},
        {"hash": "0" * 64},
        {"at": NINE + timedelta(seconds=1)},
        {"at": NINE.replace(tzinfo=None)},
        {"key_id": "0" * 32},
        {"public_key": "not base64"},
        {"public_key": "AAAA"},
        {"signature": "not base64"},
        {"signature": ""},
    ],
    ids=str,
)
def test_a_changed_seal_is_not_signed(seal: Seal, change: dict[str, object]) -> None:
    assert not is_signed(replace(seal, **change))  # type: ignore[arg-type]


def test_a_seal_whose_key_names_itself_otherwise_is_not_signed(
    seal: Seal, journal: MemoryJournal, tmp_path: Path
) -> None:
    other = seal_stream(journal, HUE, key=key_from(tmp_path / "other.key"), at=NINE)

    assert not is_signed(replace(seal, public_key=other.public_key, signature=other.signature))


def test_a_seal_kept_as_text_is_the_same_seal(seal: Seal) -> None:
    text = text_of_seal(seal)

    assert seal_of_text(text) == seal
    assert json.loads(text)["version"] == 2
    assert text.endswith("}\n")


def changed(text: str, **columns: object) -> str:
    return json.dumps(json.loads(text) | columns)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "[]",
        lambda _: "[1]",
        lambda _: "{}",
        lambda _: "3",
        lambda text: changed(text, version="2"),
        lambda text: changed(text, version=True),
        lambda text: changed(text, at="yesterday"),
        lambda text: changed(text, at="2026-11-23T09:00:00"),
        lambda text: changed(text, hash=None),
        lambda text: changed(text, colour="red"),
        lambda text: json.dumps({"at": json.loads(text)["at"]}),
    ],
)
def test_a_text_that_is_no_seal_is_refused(seal: Seal, spoil: object) -> None:
    assert callable(spoil)

    with pytest.raises(UnfitSeal, match="this is no seal"):
        seal_of_text(spoil(text_of_seal(seal)))
