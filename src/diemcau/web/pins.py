"""PINs: what chair, deputy, secretary and operator give once on each device, outside a demonstration.

A PIN is issued with a link (`diemcau conference pass` prints both) and kept as a salted scrypt
hash, one file a pass, so that another program may add one while the server runs.
"""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Final

from diemcau.core.roles import Role
from diemcau.media.passes import Pass

NEED_PIN: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR})
DIGITS: Final = 6
_COST: Final = {"n": 2**14, "r": 8, "p": 1}


class Pins:
    """The PINs of one server, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def issue(self, pass_: Pass) -> str:
        """Return a new PIN for a pass; the one before it is void."""
        pin = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        salt = secrets.token_bytes(16)
        kept = json.dumps({"salt": salt.hex(), "hash": _hash(pin, salt).hex()})
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(kept)
        draft.replace(self._file(pass_))
        return pin

    def is_set(self, pass_: Pass) -> bool:
        """Say whether a PIN was issued for a pass."""
        return self._file(pass_).is_file()

    def is_right(self, pass_: Pass, pin: str) -> bool:
        """Say whether `pin` is the PIN of a pass. Takes some 50 ms: ask in a thread."""
        kept = json.loads(self._file(pass_).read_text(encoding="utf-8"))
        return hmac.compare_digest(_hash(pin, bytes.fromhex(kept["salt"])), bytes.fromhex(kept["hash"]))

    def _file(self, pass_: Pass) -> Path:
        return self._folder / hashlib.sha256(pass_.number.encode()).hexdigest()[:32]


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)
