"""The relay: who may come in at a province's node, and what each of them reads.

It reads passes with the public half of the centre's key, and what was revoked from the board: before
it has one, or cut off from the node above for too long, it lets nobody new in. Whom it has it keeps:
they see the last picture and are there when the line is back. Operators look at the centre, not here.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from diemcau.core.entry import Entry, RevokedLinks, is_void
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.fabric import Admission, Code, Guest, Link, Node, Outlet, Part, Refusal
from diemcau.media.limits import Excess
from diemcau.media.pass_keys import read_public_pem
from diemcau.media.passes import LONG_AGO, PassReader
from diemcau.media.reception import Reception
from diemcau.media.relay.presence import Presence, Relays, Sites, write_presence
from diemcau.media.relay.program import RelayedProgram
from diemcau.media.relay.screens import Screens
from diemcau.media.relay.tether import CarryUp, Tether
from diemcau.media.relay.upstream import BEAT_EVERY, LOST_AFTER, Connect, Upstream, Way

_LOG = logging.getLogger(__name__)
CUT_OFF_AFTER: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """How a relay reaches the node above: finding the way, two kinds of session, and its own pass."""

    find: Callable[[], Awaitable[Way]]
    connect: Connect
    carry_up: CarryUp
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a relay is doing. `upstream_silent_s`: None if it never heard the node above."""

    is_up: bool
    upstream_silent_s: float | None
    cameras: int
    sessions: int
    relays: int


class Relay:
    """A province's node for one conference."""

    def __init__(
        self,
        node: Node,
        calling: Calling,
        *,
        me: Callable[[], Presence],
        now: Callable[[], datetime],
        cut_off_after: float = CUT_OFF_AFTER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._node = node
        self._calling = calling
        self._me = me
        self._now = now
        self._cut_off_after = cut_off_after
        self._reception = Reception(node, self)
        self._upstream = Upstream(calling.find, calling.connect, calling.token, self, clock=clock)
        self._relays = Relays(clock, metered=self._reception.metered)
        self._way: Way | None = None
        self._way_known = asyncio.Event()
        self._passes: PassReader | None = None
        self._sites: Sites = frozenset()
        self._entry = Entry()
        self._knows_void = False
        self._program: RelayedProgram | None = None
        self._guests: dict[str, Guest] = {}
        self._screens = Screens(node.new_outlet, clock, metered=self._reception.metered)
        self._tethers: dict[str, Tether] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._beats = 0

    async def start(self) -> None:
        """Listen. Raises `FabricError` with a sentence for the person who started it."""
        await self._node.listen()
        self._reception.open()
        self._tasks = [asyncio.create_task(self._upstream.run()), asyncio.create_task(self._tick())]

    async def stop(self) -> None:
        """Let everyone go and close the port."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._reception.close()
        if self._program is not None:
            await self._program.close()
        await self._node.close()

    def health(self) -> Health:
        """Return how it is doing."""
        way = self._way
        return Health(
            is_up=self._upstream.is_up and self._alone_for() == 0.0,
            upstream_silent_s=self._upstream.silent_for(),
            cameras=len(self._tethers),
            sessions=len(self._guests),
            relays=len(self._relays.of(way.conference)) if way is not None else 0,
        )

    def is_cut_off(self) -> bool:
        """Whether nobody new is let in: too long without the node above, and then until it says whose pass is void."""
        silent = self._upstream.silent_for()
        return not self._knows_void or silent is None or silent > self._cut_off_after

    @property
    def conference(self) -> ConferenceId | None:
        """Which conference it carries; None before the node above said so."""
        return self._way.conference if self._way is not None else None

    # what the session with the node above tells

    async def begin(self, link: Link, way: Way) -> None:
        """Hear that a session began."""
        self._knows_void = not self.is_cut_off()  # else passes were revoked that nothing is known of
        self._passes = PassReader(read_public_pem(way.public_key))
        own = self._passes.read_relay(self._calling.token, self._now())
        self._sites = own.sites
        if self._program is None:
            self._program = RelayedProgram(way.conference, self._node.new_outlet)
        self._program.begin(link)
        self._way = way
        self._way_known.set()

    async def air(self, text: bytes) -> None:
        """Hear what is on air."""
        if self._program is not None:
            await self._program.take_air(text)

    def board(self, text: bytes) -> None:
        """Hear the board, and send away whose pass was revoked."""
        if self._program is not None:
            self._program.take_board(text)
        entry = _revoked(text)
        if entry is None:
            return
        self._knows_void = True
        if entry != self._entry:
            self._entry = entry
            self._reception.see_out(self._is_void, Code.UNKNOWN_PASS)

    def presence(self) -> bytes:
        """Return the beat that tells who is here."""
        self._beats += 1
        below = self._relays.of(self._way.conference) if self._way is not None else ()
        return write_presence(self._beats, (replace(self._me(), sites=self._sites), *below))

    async def lose(self) -> None:
        """Hear that the session is over: every camera's way up with it."""
        self._way_known.clear()
        for tether in self._tethers.values():
            tether.lose()

    # what the reception asks

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        """Say who comes with this token, or why not."""
        if self._passes is None or self.is_cut_off():
            return _CUT_OFF
        answer = self._passes.admit(token, self._now())
        if isinstance(answer, Refusal):
            return answer
        refusal = self._refusal(answer, answer.site)
        if refusal is None and as_camera and not (answer.may_publish and answer.site is not None):
            return Refusal(code=Code.NOT_ALLOWED, reason="this pass may not connect a camera")
        if refusal is None:
            self._screens.begin(answer, is_camera=as_camera)
        return refusal or answer

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Admission | Refusal:
        """Say which relay comes with this token, for which of its sites, or why not."""
        answer = self.ask(token, for_site)
        if isinstance(answer, Admission):
            self._screens.begin(answer, is_camera=for_site is not None)
        return answer

    def ask(self, token: str, for_site: SiteId | None = None) -> Admission | Refusal:
        """Say which relay comes with this token, now."""
        if self._passes is None or self.is_cut_off():
            return _CUT_OFF
        answer = self._passes.admit_relay(token, self._now())
        if isinstance(answer, Refusal):
            return answer
        if for_site is not None and answer.sites is not None and for_site not in answer.sites:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"this relay may not serve site {for_site}")
        refusal = self._refusal(answer, for_site)
        if refusal is not None or for_site is None:
            return refusal or answer
        return replace(answer, site=for_site, part=Part.SITE, may_publish=True)

    def farewell(self, admission: Admission) -> None:
        """Hear that somebody who was admitted is gone, or never came."""
        self._screens.leave(admission)

    def hear_excess(self, admission: Admission, excess: Excess) -> None:
        """Hear that somebody was seen out who sent too much: the reception has logged it."""

    async def welcome(self, guest: Guest) -> None:
        """Look after a guest until it is gone."""
        admission = guest.admission
        self._guests[admission.connection] = guest
        try:
            if admission.part is Part.RELAY:
                await self._relays.follow(guest)
            elif guest.is_camera and admission.site is not None:
                await self._hold(guest, admission.site)
            else:
                await self._screens.hear(guest)
            await asyncio.Event().wait()
        finally:
            self._guests.pop(admission.connection, None)

    def offer(self, admission: Admission, path: str) -> Outlet | None:
        """Return what this guest reads under this name, or None."""
        if path == paths.line(admission.conference):
            return self._screens.line(admission)
        tether = self._tethers.get(admission.connection)
        if path == paths.check(admission.conference):
            return tether.check.offer() if tether is not None else None
        if self._program is None:
            return None
        if admission.site is not None and path == paths.talk(admission.conference, admission.site):
            return tether.voice.outlet if tether is not None else None
        return self._program.offer(path, to_site=admission.site)

    # private

    async def _hold(self, guest: Guest, site: SiteId) -> None:
        name = guest.admission.connection
        calling = self._calling
        line, new_outlet = self._screens.line(guest.admission), self._node.new_outlet
        tether = Tether(
            guest, site, line, new_outlet, carry_up=calling.carry_up, token=calling.token, way=self._find_way
        )
        self._tethers[name] = tether
        try:
            await tether.hold()
        finally:
            self._tethers.pop(name, None)
            await tether.check.end()

    async def _find_way(self) -> Way:
        while self._way is None or not self._way_known.is_set():
            await self._way_known.wait()
        return self._way

    def _refusal(self, admission: Admission, site: SiteId | None) -> Refusal | None:
        if admission.conference != self.conference:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"conference {admission.conference} is not carried here")
        if self._is_void(admission):
            return Refusal(code=Code.UNKNOWN_PASS, reason="pass.revoked")
        if site is not None and self._sites is not None and site not in self._sites:
            return Refusal(code=Code.NOT_ALLOWED, reason=f"site {site} is not served here")
        return None

    def _is_void(self, admission: Admission) -> bool:
        """Whether the pass that somebody came in with has ended or was revoked."""
        if admission.until is not None and admission.until <= self._now():
            return True
        role = admission.role
        return role is not None and is_void(
            self._entry,
            number=admission.number,
            role=role,
            site=admission.site if role is Role.SITE else None,  # a relay's camera names the site it is of
            issued_at=admission.issued_at or LONG_AGO,
        )

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY)
            self._screens.second(self._reception.look())
            self._reception.see_out(self._is_void, Code.UNKNOWN_PASS)
            if self._program is not None:
                self._program.beat(alone_for=self._alone_for())

    def _alone_for(self) -> float:
        """Return for how many seconds nothing was heard from above; 0 while that is no longer than it may be."""
        silent = self._upstream.silent_for() or 0.0
        return silent if silent > LOST_AFTER or not self._upstream.is_up else 0.0


_CUT_OFF: Final = Refusal(code=Code.CUT_OFF, reason="the node above was not heard for too long")


def _revoked(board: bytes) -> Entry | None:
    """Return what the board says is void; None if it says nothing that can be read."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        section = json.loads(board)["sections"]["revoked"]
        return Entry(
            numbers=tuple(map(str, section["numbers"])),
            links=tuple(
                RevokedLinks(
                    role=Role(one["role"]),
                    site=None if one["site"] is None else SiteId(one["site"]),
                    before=datetime.fromisoformat(one["before"]),
                )
                for one in section["links"]
            ),
        )
    return None
