"""Passes: signed tokens that say who may come to which conference, as what and until when.

Three kinds, one signer, never mixed up: a *pass* opens a desk, a *ticket* opens the media door
for a minute, a *device* token tells that a PIN was given. The signature is EdDSA over Ed25519
(RFC 8037; named `Ed25519` since RFC 9864), and no other is ever read. What a role may do is
`core.roles`'s; PINs are `web.pins`'s.
"""

import contextlib
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError, MissingAlgorithmError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from diemcau.conduct.clock import Clock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission, Code, Part, Refusal

ALGORITHM: Final = "Ed25519"
LONGEST_TOKEN: Final = 2048
TICKET_LASTS: Final = timedelta(seconds=60)
KEY_FILE: Final = "pass.key"


class PassFault(StrEnum):
    """Why a token opens nothing."""

    MALFORMED = "pass.malformed"
    WRONG_ALGORITHM = "pass.wrong_algorithm"
    FORGED = "pass.forged"
    EXPIRED = "pass.expired"
    WRONG_KIND = "pass.wrong_kind"
    WRONG_CONFERENCE = "pass.wrong_conference"


class PassRefused(Exception):  # noqa: N818 (a fact, as in the core)
    """A token opens nothing, and `code` says why. The token itself is never in the sentence."""

    def __init__(self, code: PassFault) -> None:
        super().__init__(code.value)
        self.code = code


class PassKeyUnusable(Exception):  # noqa: N818 (a fact, as in the core)
    """The key that signs passes can't be read or written; the sentence says how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Who comes: to which conference, as what, for which site, until when. `number` is never used again.

    `scripted`: the run of show uses it, so that what it does is not taken for a person's doing.
    """

    conference: ConferenceId
    role: Role
    site: SiteId | None
    until: datetime
    number: str
    scripted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who comes to the media door."""

    conference: ConferenceId
    role: Role
    site: SiteId | None
    until: datetime
    may_publish: bool


class _Kind(StrEnum):
    DESK = "diemcau:desk"
    TICKET = "diemcau:media"
    DEVICE = "diemcau:device"


class Passes:
    """Issues and reads the tokens of one server."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    def issue(self, pass_: Pass) -> str:
        """Return the token of a pass. Raises `ValueError` for a pass that nobody may have."""
        if not _may_be(pass_.role, pass_.site):
            message = f"a pass as {pass_.role} with site {pass_.site} cannot be issued; a site's pass names its site"
            raise ValueError(message)
        claims = _claims(_Kind.DESK, pass_.conference, pass_.role, pass_.site, pass_.until)
        scripted = {"scripted": True} if pass_.scripted else {}
        return self._sign({**claims, "jti": pass_.number, **scripted})

    def read(self, token: str, at: datetime) -> Pass:
        """Return the pass that `token` is, or raise `PassRefused`."""
        claims = self._verified(token, _Kind.DESK, at)
        return Pass(
            conference=ConferenceId(_text(claims, "conference")),
            role=_role(claims),
            site=_site(claims),
            until=_until(claims),
            number=_text(claims, "jti"),
            scripted=claims.get("scripted") is True,
        )

    def ticket(self, pass_: Pass, at: datetime, *, lasts: timedelta = TICKET_LASTS) -> str:
        """Return a token for the media door, good for a minute unless told otherwise; a site's may publish."""
        until = min(at + lasts, pass_.until)
        claims = _claims(_Kind.TICKET, pass_.conference, pass_.role, pass_.site, until)
        return self._sign({**claims, "publish": pass_.role is Role.SITE})

    def read_ticket(self, token: str, at: datetime) -> Ticket:
        """Return the ticket that `token` is, or raise `PassRefused`."""
        claims = self._verified(token, _Kind.TICKET, at)
        return Ticket(
            conference=ConferenceId(_text(claims, "conference")),
            role=_role(claims),
            site=_site(claims),
            until=_until(claims),
            may_publish=claims.get("publish") is True,
        )

    def admit(self, token: str, at: datetime) -> Admission | Refusal:
        """Return who comes to the media door with `token`, or why not: what a media node asks."""
        try:
            ticket = self.read_ticket(token, at)
        except PassRefused as refused:
            return Refusal(code=Code.UNKNOWN_PASS, reason=refused.code.value)
        return Admission(
            conference=ticket.conference,
            site=ticket.site,
            part=_PART_OF.get(ticket.role, Part.WATCHER),
            may_publish=ticket.may_publish,
            connection=secrets.token_hex(8),
        )

    def device(self, pass_: Pass) -> str:
        """Return a token for a device on which the PIN of `pass_` was given."""
        claims = _claims(_Kind.DEVICE, pass_.conference, pass_.role, pass_.site, pass_.until)
        return self._sign({**claims, "jti": pass_.number})

    def is_device_of(self, token: str, pass_: Pass, at: datetime) -> bool:
        """Say whether `token` tells that the PIN of `pass_` was given on this device."""
        try:
            claims = self._verified(token, _Kind.DEVICE, at)
        except PassRefused:
            return False
        return claims.get("jti") == pass_.number and claims.get("conference") == pass_.conference

    def _sign(self, claims: dict[str, object]) -> str:
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])

    def _verified(self, token: str, kind: _Kind, at: datetime) -> Mapping[str, object]:
        if len(token) > LONGEST_TOKEN:
            raise PassRefused(PassFault.MALFORMED)
        try:
            claims: Mapping[str, object] = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
        except (UnsupportedAlgorithmError, MissingAlgorithmError) as fault:
            raise PassRefused(PassFault.WRONG_ALGORITHM) from fault
        except BadSignatureError as fault:
            raise PassRefused(PassFault.FORGED) from fault
        except (JoseError, ValueError) as fault:
            raise PassRefused(PassFault.MALFORMED) from fault
        if claims.get("aud") != kind:
            raise PassRefused(PassFault.WRONG_KIND)
        if _until(claims) <= at:
            raise PassRefused(PassFault.EXPIRED)
        if not _may_be(_role(claims), _site(claims)):
            raise PassRefused(PassFault.MALFORMED)
        return claims


def door_keeper(passes: Passes, clock: Clock) -> Callable[[str], Awaitable[Admission | Refusal]]:
    """Return what a media node asks of whoever comes with a token."""

    async def admit(token: str) -> Admission | Refusal:
        return passes.admit(token, clock.now())

    return admit


def new_pass(
    *, conference: ConferenceId, role: Role, site: SiteId | None, until: datetime, scripted: bool = False
) -> Pass:
    """Return a pass with a number that none had before."""
    number = secrets.token_urlsafe(12)
    return Pass(conference=conference, role=role, site=site, until=until, number=number, scripted=scripted)


def load_key(folder: Path) -> OKPKey:
    """Return the key in `folder`, made there if there is none; only this user may read it.

    Raises `PassKeyUnusable`. Two programs that make it at once end with the same key.
    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _write_new(file, OKPKey.generate_key("Ed25519").as_pem(private=True))
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


_PART_OF = {Role.SITE: Part.SITE, Role.OPERATOR: Part.OPERATOR}


def _claims(
    kind: _Kind, conference: ConferenceId, role: Role, site: SiteId | None, until: datetime
) -> dict[str, object]:
    named = {} if site is None else {"site": site}
    return {
        "aud": kind.value,
        "conference": conference,
        "role": role.value,
        **named,
        "exp": int(until.timestamp()),
    }


def _may_be(role: Role, site: SiteId | None) -> bool:
    """Say whether anybody comes in this way: nobody as the system, and only halls for a site."""
    return role is not Role.SYSTEM and (role is Role.SITE) == (site is not None)


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise PassRefused(PassFault.MALFORMED)
    return value


def _role(claims: Mapping[str, object]) -> Role:
    try:
        return Role(_text(claims, "role"))
    except ValueError as fault:
        raise PassRefused(PassFault.MALFORMED) from fault


def _site(claims: Mapping[str, object]) -> SiteId | None:
    return SiteId(_text(claims, "site")) if "site" in claims else None


def _until(claims: Mapping[str, object]) -> datetime:
    until = claims.get("exp")
    if not isinstance(until, int) or isinstance(until, bool):
        raise PassRefused(PassFault.MALFORMED)
    try:
        return datetime.fromtimestamp(until, UTC)
    except (OverflowError, OSError, ValueError) as fault:
        raise PassRefused(PassFault.MALFORMED) from fault
