"""A centre and relays below it in one process, and the halls that come to them."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from joserfc.jwk import OKPKey

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.fabric import Admission, Link, Refusal, RefusedError, Source
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode, carry_up, connect
from diemcau.media.passes import Passes, new_pass, new_relay_pass
from diemcau.media.relay.presence import Presence
from diemcau.media.relay.relay import Calling, Relay
from diemcau.media.relay.upstream import UpstreamAway, Way
from diemcau.media.studio import Studio
from tests.media.halls import AUDIO, CENTRE, CONFERENCE, HUE, SITES, VIDEO, VINH, Camera, HandClock, eventually, soon

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
ELSEWHERE = ConferenceId("hn-2021")
NONE_REVOKED: Final = b'{"sections": {"revoked": {"numbers": [], "links": []}}}'
__all__ = ["AUDIO", "CENTRE", "CONFERENCE", "HUE", "VIDEO", "VINH", "eventually", "soon"]


@dataclass
class Province:
    """A relay that runs, and everyone who came to it."""

    relay: Relay
    node: MoqNode
    clock: HandClock

    def way(self, public_key: str) -> Way:
        """Return the way to it, for a relay below."""
        return Way(
            conference=CONFERENCE,
            url=f"https://127.0.0.1:{self.node.port}",
            fingerprints=self.node.fingerprints(),
            public_key=public_key,
        )


@dataclass
class Land:
    """A studio, the relays below it, and the passes that are good there."""

    passes: Passes
    node: MoqNode
    studio: Studio
    stack: AsyncExitStack
    board: bytes | None = NONE_REVOKED
    heard: list[tuple[SiteId, Line]] = field(default_factory=list)
    upward: list[Link] = field(default_factory=list)
    is_away: bool = False
    is_stopped: bool = False

    def ticket(self, who: str, *, conference: ConferenceId = CONFERENCE, number: str | None = None) -> str:
        """Return a ticket for the media door."""
        role, site = (Role.SITE, SiteId(who)) if who in SITES else (Role(who), None)
        pass_ = new_pass(conference=conference, role=role, site=site, until=NOON, at=NINE)
        return self.passes.ticket(pass_ if number is None else replace(pass_, number=number), NINE)

    def relay_pass(self, *sites: SiteId, conference: ConferenceId = CONFERENCE) -> str:
        """Return a relay's pass."""
        named = frozenset(sites) if sites else None
        return self.passes.issue_relay(new_relay_pass(conference=conference, until=NOON, at=NINE, sites=named))

    async def way(self) -> Way:
        """Find the way to the studio, as a relay does over the web."""
        if self.is_away:
            raise UpstreamAway("the centre does not answer")
        return Way(
            conference=CONFERENCE,
            url=f"https://127.0.0.1:{self.node.port}",
            fingerprints=self.node.fingerprints(),
            public_key=self.passes.public_key(),
        )

    async def relay(self, *sites: SiteId, below: Province | None = None) -> Province:
        """Start a relay and wait until it carries the conference, and lets halls in if there is a board."""
        node, clock = MoqNode("127.0.0.1", 0), HandClock()

        async def find() -> Way:
            return await self.way() if below is None else below.way(self.passes.public_key())

        async def connecting(url: str, *, fingerprints: Sequence[str]) -> Link:
            self.upward.append(link := await connect(url, fingerprints=fingerprints))
            return link

        relay = Relay(
            node,
            Calling(find=find, connect=connecting, carry_up=carry_up, token=self.relay_pass(*sites)),
            me=lambda: Presence(name="relay", url=f"https://127.0.0.1:{node.port}", fingerprints=node.fingerprints()),
            now=lambda: NINE,
            clock=clock,
        )
        await relay.start()
        self.stack.push_async_callback(relay.stop)
        await eventually(lambda: relay.health().is_up and relay.is_cut_off() is (self.board is None))
        return Province(relay=relay, node=node, clock=clock)

    async def come(self, node: MoqNode, token: str, *, door: str = "screen") -> Link:
        """Come to a node with a token."""
        link = await connect(f"https://127.0.0.1:{node.port}/{door}?jwt={token}", fingerprints=node.fingerprints())
        self.stack.push_async_callback(link.close)
        return link

    async def camera(self, node: MoqNode, site: SiteId) -> Camera:
        """Connect a site's camera and wait until its line is up at the centre."""
        before = self.heard.count((site, Line.UP))
        link = await self.come(node, self.ticket(site), door="camera")
        path = paths.up(CONFERENCE, site, paths.new_nonce())
        camera = Camera(link, link.publish(path), path, size=(160, 96), more=set())
        self.stack.push_async_callback(camera.leave)
        await eventually(lambda: self.heard.count((site, Line.UP)) > before)
        return camera

    async def stop_studio(self) -> None:
        """Stop the centre, once."""
        if not self.is_stopped:
            self.is_stopped = self.is_away = True
            await self.studio.stop()

    async def cut(self) -> None:
        """Cut every relay off, while the centre goes on."""
        self.is_away = True
        for link in self.upward:
            await link.close()

    async def start_studio(self) -> None:
        """Start the centre anew: it has forgotten what was on air, and every number."""
        self.node, self.studio = await _studio(self.passes, self.heard, self.board)
        self.is_stopped = self.is_away = False

    async def show(self, holder: SiteId | None) -> None:
        """Put a holder on air."""
        await self.studio.show(CONFERENCE, Air(main_site=CENTRE, holder=holder))

    async def revoke(self, number: str) -> None:
        """Tell every hall that a pass is revoked."""
        revoked = {"numbers": [number], "links": []}
        self.board = json.dumps({"sections": {"revoked": revoked}}).encode()
        await self.studio.publish_board(CONFERENCE, self.board)


async def code_of(link: Link) -> int:
    """Wait until a session is closed, and return with which code."""
    try:
        await soon(link.closed())
    except RefusedError as refused:
        return refused.code
    return 0


async def air_of(link: Link, site: SiteId) -> Source:
    """Wait until a site is on air, and return what is read of it."""

    async def wait() -> Source:
        program = await link.read(paths.program(CONFERENCE))
        async for text in program.texts(paths.AIR):
            for air in json.loads(text)["airs"]:
                if air["site"] == site:
                    return await link.read(str(air["broadcast"]))
        raise AssertionError("the program ended")

    return await soon(wait())


@asynccontextmanager
async def land(board: bytes | None = NONE_REVOKED) -> AsyncIterator[Land]:
    """Run a studio that lets relays in; `board`: what it shows at first, None: nothing yet."""
    passes, heard = Passes(OKPKey.generate_key("Ed25519")), list[tuple[SiteId, Line]]()
    node, studio = await _studio(passes, heard, board)
    async with AsyncExitStack() as stack:
        here = Land(passes=passes, node=node, studio=studio, stack=stack, board=board, heard=heard)
        stack.push_async_callback(here.stop_studio)
        yield here


async def _studio(passes: Passes, heard: list[tuple[SiteId, Line]], board: bytes | None) -> tuple[MoqNode, Studio]:
    async def admit(token: str) -> Admission | Refusal:
        return passes.admit(token, NINE)

    async def admit_relay(token: str) -> Admission | Refusal:
        return passes.admit_relay(token, NINE)

    node = MoqNode("127.0.0.1", 0)
    studio = Studio(
        node,
        admit=admit,
        admit_relay=admit_relay,
        on_line=lambda _, site, line: heard.append((site, line)),
        clock=HandClock(),
    )
    await studio.start()
    await studio.open_conference(CONFERENCE, CENTRE, SITES)
    if board is not None:
        await studio.publish_board(CONFERENCE, board)
    return node, studio
