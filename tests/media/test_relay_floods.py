"""Whoever floods a relay with beats, or the node above as a relay, is seen out while another is heard on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.fabric import Admission, Code, Guest, Outlet, Source
from diemcau.media.limits import ALLOWED, Sent
from diemcau.media.metered import Metering
from diemcau.media.moq_fabric import MoqNode
from diemcau.media.reception import Reception
from diemcau.media.relay.presence import Relays
from diemcau.media.relay.screens import Screens
from tests.media.halls import CONFERENCE, HandClock, eventually
from tests.media.test_reception import Came, Street

pytestmark = pytest.mark.anyio
Hear = Callable[[Guest], Awaitable[None]]


@dataclass(eq=False)
class Beating(Came):
    """A session that beats so many times, as often as it is read."""

    path: str = ""
    beats: int = 0
    heard: int = 0

    async def sources(self) -> AsyncIterator[Source]:
        yield self  # type: ignore[misc]  # of a source only texts are read

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        assert track == paths.BEAT
        while self.heard < self.beats:
            self.heard += 1
            yield b"{}"
            await asyncio.sleep(0)
        await asyncio.Event().wait()


@dataclass(eq=False)
class BeatingKnock:
    """Comes with a session that beats."""

    token: str
    guest: Beating
    is_camera: bool = False
    is_relay: bool = False
    for_site: SiteId | None = None

    async def accept(self, admission: Admission, _offer: Callable[[str], Outlet | None]) -> Guest:
        self.guest.admission = replace(admission, connection=self.token)
        return self.guest

    async def refuse(self, code: Code) -> None:
        raise AssertionError(code)


class Listening(Street):
    """A door behind which every guest is heard."""

    hear: Hear

    async def welcome(self, guest: Guest) -> None:
        await self.hear(guest)


def as_screens(metered: Metering) -> Hear:
    return Screens(MoqNode("127.0.0.1", 0).new_outlet, HandClock(), metered=metered).hear


def as_relays(metered: Metering) -> Hear:
    return Relays(HandClock(), metered=metered).follow


@pytest.mark.parametrize(
    ("listen", "path"),
    [
        (as_screens, paths.watch(CONFERENCE, paths.new_nonce())),
        (as_relays, paths.relay(CONFERENCE, paths.new_nonce())),
    ],
    ids=["a screen at a relay", "a relay at the node above"],
)
async def test_whoever_floods_with_beats_is_seen_out_while_another_is_heard_on(
    listen: Callable[[Metering], Hear], path: str
) -> None:
    street = Listening()
    reception = Reception(street, street, clock=HandClock())
    street.hear = listen(reception.metered)
    nobody = await street.admit("nobody", as_camera=False)
    assert isinstance(nobody, Admission)
    flooding, other = (Beating(nobody, path=path, beats=beats) for beats in (100_000, 1000))
    reception.open()

    street.knocking.put_nowait(BeatingKnock("flooding", flooding))
    street.knocking.put_nowait(BeatingKnock("other", other))
    await eventually(lambda: bool(flooding.codes) and other.heard == other.beats)

    assert (flooding.codes, street.excesses) == ([Code.TOO_MUCH], [Sent.GROUPS])
    assert flooding.heard == ALLOWED[Sent.GROUPS].at_once + 1
    assert other.codes == []
    await reception.close()
