"""Seals: a server's signature under a stream's last hash, kept in the journal and outside it.

The hash chain alone shows what was changed by somebody who could not write it anew; a seal
that is kept elsewhere (it is printed in the minutes) also shows a chain that was, and an end
that was cut off. Records that come after a seal leave it valid. Nothing here reads records:
`journal.verify` holds seals against them.
"""

import base64
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from diemcau.core.ids import StreamId
from diemcau.journal.canonical import canonical, text_of
from diemcau.journal.journal import Journal
from diemcau.journal.record import Seal


class UnfitKey(Exception):  # noqa: N818 (a fact, as in the core)
    """The file holds no key that may seal; the message says why and how to mend it."""


class UnfitSeal(Exception):  # noqa: N818 (a fact, as in the core)
    """A text that is no seal; the message says what is missing."""


class SealKey:
    """The server's Ed25519 key: `key_id` names it, `sign` signs with it."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes_raw()
        self.public_key = base64.b64encode(public).decode()
        self.key_id = key_id_of(public)

    def sign(self, signed: bytes) -> str:
        """Return the signature under `signed`, in base64."""
        return base64.b64encode(self._private.sign(signed)).decode()


def key_from(path: Path) -> SealKey:
    """Return the key in `path`, making it (readable by its owner only) the first time.

    Raises `UnfitKey` if the file is something else or others may read it.
    """
    if not path.exists():
        _make_key(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UnfitKey(f"others may read the seal key {path}; run: chmod 600 {path}")
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as fault:
        raise UnfitKey(f"{path} holds no seal key; put it back from the backup") from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise UnfitKey(f"{path} holds a key of another kind than Ed25519; put the right one back")
    return SealKey(private)


def key_id_of(public: bytes) -> str:
    """Return the fingerprint by which people compare a public key: 32 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()[:32]


def seal_stream(journal: Journal, stream: StreamId, *, key: SealKey, at: datetime) -> Seal:
    """Sign everything that `stream` holds now, keep the seal in the journal and return it.

    Raises `ValueError` if there is nothing to seal.
    """
    version = journal.version(stream)
    last = next(journal.read(stream, after=version - 1), None)
    if last is None:
        raise ValueError(f"stream {stream} has no record that could be sealed")
    unsigned = Seal(
        stream=stream,
        version=last.version,
        hash=last.hash,
        at=at,
        key_id=key.key_id,
        public_key=key.public_key,
        signature="",
    )
    seal = Seal(**asdict(unsigned) | {"signature": key.sign(_signed_bytes(unsigned))})
    journal.keep_seal(seal)
    return seal


def is_signed(seal: Seal) -> bool:
    """Say whether the seal's signature is that of the key that it names."""
    try:
        public = base64.b64decode(seal.public_key, validate=True)
        signature = base64.b64decode(seal.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed_bytes(seal))
    except (ValueError, InvalidSignature):
        return False
    return key_id_of(public) == seal.key_id


def text_of_seal(seal: Seal) -> str:
    """Return the seal as a small JSON text to be kept away from the server."""
    return json.dumps(asdict(seal) | {"at": text_of(seal.at)}, indent=2, ensure_ascii=False) + "\n"


def seal_of_text(text: str) -> Seal:
    """Return the seal that `text_of_seal` wrote, or raise `UnfitSeal`."""
    try:
        columns = _columns(json.loads(text))
        at = datetime.fromisoformat(columns["at"])
        text_of(at)
        return Seal(**columns | {"at": at})
    except (ValueError, TypeError, KeyError) as fault:
        raise UnfitSeal("this is no seal: expected the JSON that was written when the stream was sealed") from fault


def _columns(read: Any) -> dict[str, Any]:  # noqa: ANN401 (whatever stands in a file)
    columns = dict(read)
    if any(type(column) is not _KINDS.get(name) for name, column in columns.items()):
        raise TypeError("a column of another type")
    return columns


_KINDS = {field.name: int if field.name == "version" else str for field in fields(Seal)}


def _signed_bytes(seal: Seal) -> bytes:
    signed = [seal.stream, seal.version, seal.hash, text_of(seal.at), seal.key_id]
    return canonical(["diemcau seal 1", *signed]).encode(errors="surrogatepass")


def _make_key(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        file, draft = tempfile.mkstemp(dir=path.parent, prefix=".seal-key-")
    except FileNotFoundError as fault:
        raise UnfitKey(f"there is no folder {path.parent} for the seal key; make it") from fault
    with os.fdopen(file, "wb") as written:
        written.write(pem)
        written.flush()
        os.fsync(written.fileno())
    Path(draft).rename(path)
