"""Passes: signed tokens that say who may come to which conference, as what and until when.

Four kinds, one signer, never mixed up: a *pass* opens a desk, a *ticket* opens the media door
for a minute, a *device* token tells that a PIN was given, a *relay's pass* lets a province's node
in. The signature is EdDSA over Ed25519 (RFC 8037; named `Ed25519` since RFC 9864), and no other
is ever read. Whoever only reads needs the public half of the key. What a role may do is
`core.roles`'s; PINs are `web.pins`'s; which passes were revoked is the conference's.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError, MissingAlgorithmError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from diemcau.conduct.clock import Clock
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media.fabric import Admission, Code, Part, Refusal
from diemcau.media.pass_keys import public_pem

ALGORITHM: Final = "Ed25519"
LONGEST_TOKEN: Final = 2048
TICKET_LASTS: Final = timedelta(seconds=60)
LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
"""When a pass that does not say it was issued: whatever voids the older ones voids it."""


class PassFault(StrEnum):
    """Why a token opens nothing."""

    MALFORMED = "pass.malformed"
    WRONG_ALGORITHM = "pass.wrong_algorithm"
    FORGED = "pass.forged"
    EXPIRED = "pass.expired"
    WRONG_KIND = "pass.wrong_kind"
    WRONG_CONFERENCE = "pass.wrong_conference"
    REVOKED = "pass.revoked"


class PassRefused(Exception):  # noqa: N818 (a fact, as in the core)
    """A token opens nothing, and `code` says why. The token itself is never in the sentence."""

    def __init__(self, code: PassFault) -> None:
        super().__init__(code.value)
        self.code = code


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
    issued_at: datetime = LONG_AGO
    scripted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Who comes to the media door until when, and with which pass: what it opens ends with the pass."""

    pass_: Pass
    until: datetime
    may_publish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPass:
    """A province's node: which conference it carries, until when. It opens no desk.

    `sites`: those that it serves, for whose cameras it may publish; None: any.
    """

    conference: ConferenceId
    until: datetime
    number: str
    issued_at: datetime = LONG_AGO
    sites: frozenset[SiteId] | None = None


class _Kind(StrEnum):
    DESK = "diemcau:desk"
    TICKET = "diemcau:media"
    DEVICE = "diemcau:device"
    RELAY = "diemcau:relay"


class PassReader:
    """Reads the tokens of one server, with the public half of its key or with both halves."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    def read(self, token: str, at: datetime) -> Pass:
        """Return the pass that `token` is, or raise `PassRefused`."""
        claims = self._verified(token, _Kind.DESK, at)
        return _pass(claims, until=_time(claims, "exp"))

    def read_ticket(self, token: str, at: datetime) -> Ticket:
        """Return the ticket that `token` is, or raise `PassRefused`."""
        claims = self._verified(token, _Kind.TICKET, at)
        ends = _time(claims, "ends")
        if ends <= at:
            raise PassRefused(PassFault.EXPIRED)
        return Ticket(
            pass_=_pass(claims, until=ends), until=_time(claims, "exp"), may_publish=claims.get("publish") is True
        )

    def read_relay(self, token: str, at: datetime) -> RelayPass:
        """Return the relay's pass that `token` is, or raise `PassRefused`."""
        claims = self._verified(token, _Kind.RELAY, at)
        return RelayPass(
            conference=ConferenceId(_text(claims, "conference")),
            until=_time(claims, "exp"),
            number=_text(claims, "jti"),
            issued_at=_issued_at(claims),
            sites=_sites(claims),
        )

    def admit(self, token: str, at: datetime) -> Admission | Refusal:
        """Return who comes to the media door with `token`, or why not: what a media node asks."""
        try:
            ticket = self.read_ticket(token, at)
        except PassRefused as refused:
            return Refusal(code=Code.UNKNOWN_PASS, reason=refused.code.value)
        pass_ = ticket.pass_
        return Admission(
            conference=pass_.conference,
            site=pass_.site,
            part=_PART_OF.get(pass_.role, Part.WATCHER),
            may_publish=ticket.may_publish,
            connection=new_connection(),
            role=pass_.role,
            number=pass_.number,
            issued_at=pass_.issued_at,
            until=pass_.until,
        )

    def admit_relay(self, token: str, at: datetime) -> Admission | Refusal:
        """Return which relay comes with `token`, or why not."""
        try:
            pass_ = self.read_relay(token, at)
        except PassRefused as refused:
            return Refusal(code=Code.UNKNOWN_PASS, reason=refused.code.value)
        return Admission(
            conference=pass_.conference,
            site=None,
            part=Part.RELAY,
            may_publish=False,
            connection=new_connection(),
            role=Role.RELAY,
            number=pass_.number,
            issued_at=pass_.issued_at,
            until=pass_.until,
            sites=pass_.sites,
        )

    def is_device_of(self, token: str, pass_: Pass, at: datetime) -> bool:
        """Say whether `token` tells that the PIN of `pass_` was given on this device."""
        try:
            claims = self._verified(token, _Kind.DEVICE, at)
        except PassRefused:
            return False
        return claims.get("jti") == pass_.number and claims.get("conference") == pass_.conference

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
        if _time(claims, "exp") <= at:
            raise PassRefused(PassFault.EXPIRED)
        return claims


class Passes(PassReader):
    """Issues and reads the tokens of one server: holds the private half of its key."""

    def public_key(self) -> str:
        """Return the public half of the key, as text: what a relay reads passes with."""
        return public_pem(self._key)

    def issue(self, pass_: Pass) -> str:
        """Return the token of a pass. Raises `ValueError` for a pass that nobody may have."""
        if not _may_be(pass_.role, pass_.site):
            message = f"a pass as {pass_.role} with site {pass_.site} cannot be issued; a site's pass names its site"
            raise ValueError(message)
        scripted = {"scripted": True} if pass_.scripted else {}
        return self._sign({**_claims(_Kind.DESK, pass_, pass_.until), **scripted})

    def ticket(self, pass_: Pass, at: datetime, *, lasts: timedelta = TICKET_LASTS) -> str:
        """Return a token for the media door, good for a minute unless told otherwise; a site's may publish.

        What comes in by it stays until the pass ends.
        """
        claims = _claims(_Kind.TICKET, pass_, min(at + lasts, pass_.until))
        return self._sign({**claims, "publish": pass_.role is Role.SITE, "ends": int(pass_.until.timestamp())})

    def device(self, pass_: Pass) -> str:
        """Return a token for a device on which the PIN of `pass_` was given."""
        return self._sign(_claims(_Kind.DEVICE, pass_, pass_.until))

    def issue_relay(self, pass_: RelayPass) -> str:
        """Return the token of a relay's pass."""
        named = {} if pass_.sites is None else {"sites": sorted(pass_.sites)}
        return self._sign(
            {
                "aud": _Kind.RELAY.value,
                "conference": pass_.conference,
                "exp": int(pass_.until.timestamp()),
                "iat": pass_.issued_at.timestamp(),
                "jti": pass_.number,
                **named,
            }
        )

    def _sign(self, claims: dict[str, object]) -> str:
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])


def door_keeper(passes: PassReader, clock: Clock) -> Callable[[str], Awaitable[Admission | Refusal]]:
    """Return what a media node asks of whoever comes with a token."""

    async def admit(token: str) -> Admission | Refusal:
        return passes.admit(token, clock.now())

    return admit


def new_pass(
    *,
    conference: ConferenceId,
    role: Role,
    site: SiteId | None,
    until: datetime,
    at: datetime = LONG_AGO,
    scripted: bool = False,
) -> Pass:
    """Return a pass, issued at `at`, with a number that none had before."""
    return Pass(
        conference=conference,
        role=role,
        site=site,
        until=until,
        number=_new_number(),
        issued_at=at,
        scripted=scripted,
    )


def new_relay_pass(
    *, conference: ConferenceId, until: datetime, at: datetime, sites: frozenset[SiteId] | None = None
) -> RelayPass:
    """Return a relay's pass with a number that none had before."""
    return RelayPass(conference=conference, until=until, number=_new_number(), issued_at=at, sites=sites)


def new_connection() -> str:
    """Return a name for one session that none had before."""
    return secrets.token_hex(8)


_PART_OF = {Role.SITE: Part.SITE, Role.OPERATOR: Part.OPERATOR}


def _new_number() -> str:
    return secrets.token_urlsafe(12)


def _claims(kind: _Kind, pass_: Pass, until: datetime) -> dict[str, object]:
    named = {} if pass_.site is None else {"site": pass_.site}
    return {
        "aud": kind.value,
        "conference": pass_.conference,
        "role": pass_.role.value,
        **named,
        "exp": int(until.timestamp()),
        "iat": pass_.issued_at.timestamp(),
        "jti": pass_.number,
    }


def _pass(claims: Mapping[str, object], *, until: datetime) -> Pass:
    role, site = _role(claims), _site(claims)
    if not _may_be(role, site):
        raise PassRefused(PassFault.MALFORMED)
    return Pass(
        conference=ConferenceId(_text(claims, "conference")),
        role=role,
        site=site,
        until=until,
        number=_text(claims, "jti"),
        issued_at=_issued_at(claims),
        scripted=claims.get("scripted") is True,
    )


def _may_be(role: Role, site: SiteId | None) -> bool:
    """Say whether anybody comes in this way: nobody as the system or a relay, and only halls for a site."""
    return role not in (Role.SYSTEM, Role.RELAY) and (role is Role.SITE) == (site is not None)


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


def _sites(claims: Mapping[str, object]) -> frozenset[SiteId] | None:
    sites = claims.get("sites")
    if sites is None:
        return None
    if not isinstance(sites, list) or not all(isinstance(site, str) and site for site in sites):
        raise PassRefused(PassFault.MALFORMED)
    return frozenset(SiteId(site) for site in sites)


def _issued_at(claims: Mapping[str, object]) -> datetime:
    return _time(claims, "iat") if "iat" in claims else LONG_AGO


def _time(claims: Mapping[str, object], name: str) -> datetime:
    """Return a NumericDate (RFC 7519, section 2): seconds, perhaps with a fraction."""
    seconds = claims.get(name)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise PassRefused(PassFault.MALFORMED)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as fault:
        raise PassRefused(PassFault.MALFORMED) from fault
