"""Visitors: which desk a request is at, by the cookie that it brings.

A desk's address is made from its pass, so the server keeps no sessions: a pass opens one desk,
on any number of devices.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, cast

from fastapi import Request
from starlette.requests import HTTPConnection

from diemcau.conduct.desk import Desk
from diemcau.core import entry
from diemcau.core.roles import Asker
from diemcau.media.passes import Pass, PassFault, PassRefused
from diemcau.web.guard import host_name
from diemcau.web.pins import NEED_PIN
from diemcau.web.ports import Parts, Premises
from diemcau.web.problems import Problem

COOKIE: Final = "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every route needs: the parts behind the door, and where the server stands."""

    parts: Parts
    premises: Premises


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is at a desk: the desk's name, the pass, and the conference's desk behind it."""

    name: str
    pass_: Pass
    desk: Desk

    @property
    def asker(self) -> Asker:
        """Who asks, as the core sees it."""
        return Asker(role=self.pass_.role, site=self.pass_.site)


def house_of(connection: HTTPConnection) -> House:
    """Return the house that the application was made for."""
    return cast("House", connection.app.state.house)


def desk_name(pass_: Pass) -> str:
    """Return the name of the desk that a pass opens, the same whenever it is asked for."""
    return hashlib.sha256(f"{pass_.conference}\n{pass_.number}".encode()).hexdigest()[:16]


def device_cookie(visitor: Visitor) -> str:
    """Return the name of the cookie that tells that a desk's PIN was given on this device.

    It goes to all pages, so that entering by the link again asks for no PIN.
    """
    return f"device-{visitor.name}"


def admit(house: House, token: str) -> Visitor:
    """Return who comes with `token`, or raise a `Problem`."""
    try:
        pass_ = house.parts.passes.read(token, house.parts.clock.now())
    except PassRefused as refused:
        raise Problem(refused.code.value) from refused
    desk = house.parts.desks.find(pass_.conference)
    if desk is None:
        raise Problem(PassFault.WRONG_CONFERENCE.value)
    if pass_.site is not None and not desk.formal.facts.has_site(pass_.site):
        raise Problem("pass.unknown_site")
    if is_void(desk, pass_):
        raise Problem(PassFault.REVOKED.value)
    return Visitor(name=desk_name(pass_), pass_=pass_, desk=desk)


def is_void(desk: Desk, pass_: Pass) -> bool:
    """Say whether a pass was revoked in its conference."""
    return entry.is_void(
        desk.formal.entry, number=pass_.number, role=pass_.role, site=pass_.site, issued_at=pass_.issued_at
    )


def visitor_at(connection: HTTPConnection, desk: str) -> Visitor:
    """Return who is at `desk` by the cookie, whether or not a PIN is still needed."""
    token = connection.cookies.get(COOKIE)
    if not token:
        raise Problem("pass.missing")
    visitor = admit(house_of(connection), token)
    if visitor.name != desk:
        raise Problem("pass.other_desk")
    return visitor


def needs_pin(connection: HTTPConnection, visitor: Visitor) -> bool:
    """Say whether this device has still to give the PIN."""
    house = house_of(connection)
    if house.premises.demonstration or visitor.pass_.role not in NEED_PIN:
        return False
    token = connection.cookies.get(device_cookie(visitor), "")
    return not house.parts.passes.is_device_of(token, visitor.pass_, house.parts.clock.now())


def entered(connection: HTTPConnection, desk: str) -> Visitor:
    """Return who is at `desk` and has given all that is asked for, or raise a `Problem`."""
    visitor = visitor_at(connection, desk)
    if needs_pin(connection, visitor):
        raise Problem("pin_needed")
    return visitor


def at_desk(request: Request, desk: str) -> Visitor:
    """Return the visitor of a desk's route (a dependency)."""
    return entered(request, desk)


def need_own_origin(connection: HTTPConnection) -> None:
    """Raise a `Problem` unless the request comes from a page of this very server."""
    origin = connection.headers.get("origin", "")
    host = connection.headers.get("host", "")
    scheme = "https" if connection.url.scheme in ("https", "wss") else "http"
    own = f"{scheme}://{host}" if host_name(host) else ""
    if not origin or (origin != own and origin not in house_of(connection).premises.origins):
        raise Problem("origin_wrong")


def own_origin(request: Request) -> None:
    """Check the origin of a POST (a dependency)."""
    need_own_origin(request)
