"""The keys of passes: the private half that signs stays at the centre, the public half may go to every relay.

What is signed with them is `passes`'s.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

KEY_FILE: Final = "pass.key"
CURVE: Final = "Ed25519"


class PassKeyUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The key that signs passes can't be read or written; the sentence says how to mend it."""


def public_pem(key: OKPKey) -> str:
    """Return the public half of a key as text: what a relay is given."""
    return key.as_pem(private=False).decode()


def read_public_pem(text: str) -> OKPKey:
    """Return the key whose public half `text` is. Raises `PassKeyUnusable`."""
    try:
        key = OKPKey.import_key(text)
    except (JoseError, ValueError, TypeError) as fault:
        raise PassKeyUnusable(_NO_PUBLIC_KEY) from fault
    if key.curve_name != CURVE or key.is_private:
        raise PassKeyUnusable(_NO_PUBLIC_KEY)
    return key


def load_key(folder: Path) -> OKPKey:
    """Return the key in `folder`, made there if there is none; only this user may read it.

    Raises `PassKeyUnusable`. Two programs that make it at once end with the same key.
    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _write_new(file, OKPKey.generate_key(CURVE).as_pem(private=True))
        return OKPKey.import_key(file.read_bytes())
    except OSError as fault:
        message = f"The key of passes {file} can't be used ({fault.strerror}): let the server's user read and write it."
        raise PassKeyUnusable(message) from fault
    except (JoseError, ValueError, TypeError) as fault:
        message = f"The key of passes {file} is no Ed25519 key: restore it from a backup; a new one voids all links."
        raise PassKeyUnusable(message) from fault


def _write_new(file: Path, pem: bytes) -> None:
    """Write `file` whole or not at all; whoever came first wins."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()


_NO_PUBLIC_KEY = "This is no public key of passes: take the one that the centre gives its relays."
