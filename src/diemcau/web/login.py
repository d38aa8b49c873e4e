"""Entering: a link's token becomes a cookie of one desk, and a PIN a cookie of one device."""

import asyncio
import ipaddress
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from diemcau.core.roles import Role
from diemcau.media.passes import LONGEST_TOKEN
from diemcau.web.pins import NEED_PIN, Pins
from diemcau.web.problems import Problem
from diemcau.web.tries import Slowing
from diemcau.web.visitors import COOKIE, Visitor, admit, device_cookie, house_of, needs_pin, own_origin, visitor_at


class Entry(BaseModel):
    """What the page at /enter sends: the token behind the link's `#`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    token: Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN)]


class Entered(BaseModel):
    """The desk that was entered; `pin`: this device has still to give the PIN."""

    desk: str
    role: Role
    pin: bool


class GivenPin(BaseModel):
    """A PIN."""

    model_config = ConfigDict(extra="forbid", strict=True)
    pin: Annotated[str, Field(min_length=1, max_length=32)]


def link_of(base: str, token: str) -> str:
    """Return the link that opens a desk; `base` is the server's URL without a slash at its end."""
    return f"{base}/enter#{token}"


def routes(pins: Pins, *, by_address: Slowing, by_pass: Slowing) -> APIRouter:
    """Return the routes of entering, slowed by the asker's address and by the pass."""
    router = APIRouter(dependencies=[Depends(own_origin)], tags=["entering"])

    @router.post("/enter", summary="Swap a link's token for a desk's cookie")
    async def enter(entry: Entry, request: Request, response: Response) -> Entered:
        address = _address(request)
        try:
            visitor = admit(house_of(request), entry.token)
        except Problem:  # a signature can't be guessed, so whoever has a right one is never kept waiting
            by_address.check(address)
            by_address.wrong(address)
            raise
        path = f"/d/{visitor.name}/"
        _set_cookie(request, response, visitor, name=COOKIE, value=entry.token, path=path)
        return Entered(desk=path, role=visitor.pass_.role, pin=needs_pin(request, visitor))

    @router.post("/d/{desk}/pin", status_code=204, summary="Give the PIN, once a device")
    async def give_pin(desk: str, given: GivenPin, request: Request, response: Response) -> None:
        visitor = visitor_at(request, desk)
        if visitor.pass_.role not in NEED_PIN:
            return
        if not await asyncio.to_thread(pins.is_set, visitor.pass_):
            raise Problem("pin_not_set")
        address = _address(request)
        by_pass.check(visitor.name)
        by_address.check(address)
        by_address.wrong(address)  # counted before it is known, so that tries side by side gain nothing
        by_pass.wrong(visitor.name)
        if not await asyncio.to_thread(pins.is_right, visitor.pass_, given.pin):
            raise Problem("pin_wrong")
        by_address.right(address)
        by_pass.right(visitor.name)
        value = house_of(request).parts.passes.device(visitor.pass_)
        _set_cookie(request, response, visitor, name=device_cookie(visitor), value=value, path="/")

    return router


def _address(request: Request) -> str:
    """Return where a request comes from; of an IPv6 address the network, since a machine has many in it."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4 or address.ipv4_mapped is not None:  # noqa: PLR2004 (IP's own number)
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))


def _set_cookie(request: Request, response: Response, visitor: Visitor, *, name: str, value: str, path: str) -> None:
    left = visitor.pass_.until - house_of(request).parts.clock.now()
    response.set_cookie(
        name,
        value,
        max_age=max(int(left.total_seconds()), 1),
        path=path,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
