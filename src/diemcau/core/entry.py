"""The entry: in which capacity somebody may come in, and which links and passes let nobody in any more.

Issuing and reading passes is not here: a pass is signed elsewhere and good until its end, unless it
is void by what stands here. `is_void` is asked at every use, on every node.

Who may revoke what, and why: nobody is above the chair, so the chair's links are revoked by the
chair, or at the server by whoever runs it (the system). Links of the other desks of the centre are
revoked by the chair, by the deputy who presides, and each kind by itself, for a desk that lost its
device must be able to shut it out at once. Those of halls, screens and relays are given out by the
secretary and the operator, who take them back too. A single pass is revoked by its number, which
tells nothing of its role; but the number stands nowhere but in the pass itself, so who can name it
holds that very pass and could do with it whatever it allows.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from diemcau.core.convening import Facts
from diemcau.core.ids import SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.sites import SiteUnknown


class Role(StrEnum):
    """In which capacity somebody takes part."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    OPERATOR = "operator"
    SITE = "site"
    PROGRAM = "program"
    RELAY = "relay"
    SYSTEM = "system"


# Commands


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePass:
    """Let nobody in any more with the pass of this number."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeLinks:
    """Let nobody in any more with a link that was issued for this role (for a site: and this site) until now."""

    role: Role
    site: SiteId | None = None


Command: TypeAlias = RevokePass | RevokeLinks

# Events


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRevoked:
    """The pass of this number is void."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksRevoked:
    """Everything that was issued for this role and site before `at` is void."""

    role: Role
    site: SiteId | None
    at: datetime


Event: TypeAlias = PassRevoked | LinksRevoked

# Refusals


class NumberImpossible(Refusal):
    """A pass has a number of 1 to 64 letters, digits, hyphens and underscores."""

    code = "entry.number_impossible"


class TooManyRevoked(Refusal):
    """At most 500 passes are revoked one by one, since every hall is told; beyond, links are revoked by role."""

    code = "entry.too_many_revoked"


class NoSuchLinks(Refusal):
    """Links of sites are revoked site by site, those of other roles without a site; the system has none."""

    code = "entry.no_such_links"


class NotYoursToRevoke(Refusal):
    """Links of that role are revoked by others."""

    code = "entry.not_yours_to_revoke"


# State


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedLinks:
    """Links of a role and site that are void if they were issued before this time."""

    role: Role
    site: SiteId | None
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is void: passes by number, and all links of a role and site up to a time."""

    numbers: tuple[str, ...] = ()
    links: tuple[RevokedLinks, ...] = ()


MOST_NUMBERS = 500
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def decide(entry: Entry, command: Command, at: datetime, facts: Facts) -> tuple[Event, ...]:
    """Return what happens if `command` is given at `at`, or raise a `Refusal`; what is void already is nothing new."""
    match command:
        case RevokePass(number=number):
            return _revoke_pass(entry, number, at)
        case RevokeLinks(role=role, site=site):
            _need_links(facts, role, site)
            known = _links_of(entry, role, site)
            return () if known is not None and known.before >= at else (LinksRevoked(role=role, site=site, at=at),)
        case _:
            assert_never(command)


def evolve(entry: Entry, event: Event) -> Entry:
    """Return what is void after `event`."""
    match event:
        case PassRevoked(number=number):
            return replace(entry, numbers=(*entry.numbers, number))
        case LinksRevoked(role=role, site=site, at=at):
            others = tuple(one for one in entry.links if (one.role, one.site) != (role, site))
            return replace(entry, links=(*others, RevokedLinks(role=role, site=site, before=at)))
        case _:
            assert_never(event)


def is_void(entry: Entry, *, number: str, role: Role, site: SiteId | None, issued_at: datetime) -> bool:
    """Say whether a pass lets nobody in any more.

    `issued_at` is when the link was issued, to the millisecond or finer: one that is issued anew right
    after the old ones were revoked would else be void with them. What is made from a pass (a ticket, a
    cookie) is asked with the number and the time of that pass.
    """
    if number in entry.numbers:
        return True
    revoked = _links_of(entry, role, site)
    return revoked is not None and issued_at < revoked.before


def may_revoke(asker: Role, role: Role) -> bool:
    """Say whether `asker` may revoke the links of a role."""
    return role in _MAY_REVOKE.get(asker, frozenset())


def revoked_again(entry: Entry, at: datetime) -> tuple[Event, ...]:
    """Return the events that make the same void elsewhere: in a rehearsal that begins at `at`."""
    return (
        *(PassRevoked(number=number, at=at) for number in entry.numbers),
        *(LinksRevoked(role=one.role, site=one.site, at=one.before) for one in entry.links),
    )


_OUTSIDE = frozenset({Role.SITE, Role.PROGRAM, Role.RELAY})
_CENTRE = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR})
_MAY_REVOKE = {
    Role.SYSTEM: _CENTRE | _OUTSIDE,
    Role.CHAIR: _CENTRE | _OUTSIDE,
    Role.DEPUTY: (_CENTRE | _OUTSIDE) - {Role.CHAIR},
    Role.SECRETARY: _OUTSIDE | {Role.SECRETARY},
    Role.OPERATOR: _OUTSIDE | {Role.OPERATOR},
}


def _revoke_pass(entry: Entry, number: str, at: datetime) -> tuple[PassRevoked, ...]:
    if not _NUMBER.fullmatch(number):
        raise NumberImpossible
    if number in entry.numbers:
        return ()
    if len(entry.numbers) >= MOST_NUMBERS:
        raise TooManyRevoked(most=str(MOST_NUMBERS))
    return (PassRevoked(number=number, at=at),)


def _need_links(facts: Facts, role: Role, site: SiteId | None) -> None:
    if role is Role.SYSTEM or (role is Role.SITE) != (site is not None):
        raise NoSuchLinks
    if site is not None and not facts.has_site(site):
        raise SiteUnknown(site=site)


def _links_of(entry: Entry, role: Role, site: SiteId | None) -> RevokedLinks | None:
    return next((one for one in entry.links if (one.role, one.site) == (role, site)), None)
