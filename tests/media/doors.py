"""A studio behind a real keeper: passes are signed, end, and are revoked in their conference."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc.jwk import OKPKey

from diemcau.conduct.desk import Desk
from diemcau.core.conference import Command
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.fabric import Admission, Link, Publication, Refusal, RefusedError
from diemcau.media.limits import Excess
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode, connect
from diemcau.media.passes import Pass, Passes, new_pass
from diemcau.media.studio import Studio
from diemcau.wiring.keeper import Keeper
from tests.conduct.desks import SYSTEM, House, a_house
from tests.core.samples import HANOI, HUE, NINE, VINH
from tests.media.halls import Camera, eventually, soon

ISSUED = NINE - timedelta(hours=1)
NOON = NINE + timedelta(hours=3)


@dataclass(slots=True)
class Desks:
    """Desks by the id of their conference."""

    desks: dict[ConferenceId, Desk]

    def find(self, conference: ConferenceId) -> Desk | None:
        return self.desks.get(conference)

    def all(self) -> tuple[Desk, ...]:
        return tuple(self.desks.values())


@dataclass(slots=True)
class Doors:
    """The media door of two conferences, and everyone who came to it."""

    studio: Studio
    passes: Passes
    house: House
    other: House
    heard: list[tuple[SiteId, Line]] = field(default_factory=list)
    excesses: list[tuple[SiteId, Excess]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    cameras: list[Camera] = field(default_factory=list)

    @property
    def conference(self) -> ConferenceId:
        return self.house.desk.conference

    def pass_as(self, role: Role, site: SiteId | None = None, *, house: House | None = None) -> Pass:
        conference = (house or self.house).desk.conference
        return new_pass(conference=conference, role=role, site=site, until=NOON, at=ISSUED)

    def ticket(self, pass_: Pass) -> str:
        return self.passes.ticket(pass_, self.house.clock.now())

    async def knock(self, token: str, door: str = "screen", *, port: int | None = None) -> Link:
        """Come in with whatever is shown as a pass; `port`: by a line that leads here."""
        url = f"https://127.0.0.1:{port or self.studio.port}/{door}?jwt={token}"
        link = await connect(url, fingerprints=self.studio.fingerprints())
        self.links.append(link)
        return link

    async def come(self, role: Role, site: SiteId | None = None, *, door: str = "screen") -> Link:
        """Come in with a good pass."""
        return await self.knock(self.ticket(self.pass_as(role, site)), door)

    async def code_of(self, token: str, door: str = "screen") -> int:
        """Come in with whatever is shown as a pass, and return the code with which it is refused."""
        return await refusal_of(await self.knock(token, door))

    async def camera(self, site: SiteId, pass_: Pass | None = None, *, was_up: bool = False) -> Camera:
        """Connect a site's camera and wait until its line is up; `was_up`: it never went down."""
        before = self.heard.count((site, Line.UP))
        link = await self.knock(self.ticket(pass_ or self.pass_as(Role.SITE, site)), "camera")
        path = paths.up(self.conference, site, paths.new_nonce())
        camera = Camera(link, link.publish(path), path, size=(160, 96), more=set())
        self.cameras.append(camera)
        await eventually(lambda: was_up or self.heard.count((site, Line.UP)) > before)
        return camera

    async def show(self, holder: SiteId | None = None) -> None:
        await self.studio.show(self.conference, Air(main_site=HANOI, holder=holder))

    async def give(self, command: Command) -> None:
        """Do what whoever runs the server says, and follow it as the server does."""
        await self.house.give(SYSTEM, command)
        self.studio.see_out_void()


async def refusal_of(link: Link) -> int:
    """Wait until the server ends a session, and return the code."""
    try:
        await soon(link.closed())
    except RefusedError as refused:
        return refused.code
    return 0


def beat_as_screen(link: Link, conference: ConferenceId) -> Publication:
    """Begin to tell how well the program arrives."""
    publication = link.publish(paths.watch(conference, paths.new_nonce()))
    tell(publication, late_ms=0, gaps=0)
    publication.announce()
    return publication


def tell(publication: Publication, **told: object) -> None:
    """Tell how well the program arrived in the last second."""
    publication.write_text(paths.BEAT, json.dumps({"n": 1, "by": "quic", **told}).encode())


async def states_of(texts: AsyncIterator[bytes], **wanted: object) -> dict[str, Any]:
    """Read states until one has these values."""

    async def wait() -> dict[str, Any]:
        async for text in texts:
            state: dict[str, Any] = json.loads(text)
            if wanted.items() <= state.items():
                return state
        raise AssertionError("the line ended")

    return await soon(wait())


async def line_of(link: Link, door: Doors) -> AsyncIterator[bytes]:
    """Read what becomes of a session's line."""
    return (await soon(link.read(paths.line(door.conference)))).texts(paths.STATE)


async def on_the_wall(operator: Link, door: Doors, site: str, **wanted: object) -> dict[str, Any]:
    """Read the operators' wall until a site is so."""

    async def wait() -> dict[str, Any]:
        wall = await operator.read(paths.wall(door.conference))
        async for text in wall.texts(paths.STATES):
            state: dict[str, Any] = json.loads(text)["sites"].get(site, {})
            if wanted.items() <= state.items():
                return state
        raise AssertionError("the wall ended")

    return await soon(wait())


@asynccontextmanager
async def doors() -> AsyncIterator[Doors]:
    """Open the media door of two conferences; nobody is on air."""
    house, other = await a_house(name="review-2026"), await a_house(name="other-2026")
    passes = Passes(OKPKey.generate_key("Ed25519"))
    keeper = Keeper(passes, Desks({one.desk.conference: one.desk for one in (house, other)}), house.clock)
    heard: list[tuple[SiteId, Line]] = []
    excesses: list[tuple[SiteId, Excess]] = []

    async def admit(token: str) -> Admission | Refusal:
        return keeper.admit(token)

    studio = Studio(
        MoqNode("127.0.0.1", 0),
        admit=admit,
        on_line=lambda _, site, line: heard.append((site, line)),
        on_excess=lambda _, site, excess: excesses.append((site, excess)),
        is_void=keeper.is_void,
    )
    await studio.start()
    opened = Doors(studio=studio, passes=passes, house=house, other=other, heard=heard, excesses=excesses)
    try:
        for one in (house, other):
            await studio.open_conference(one.desk.conference, HANOI, frozenset({HANOI, HUE, VINH}))
        yield opened
    finally:
        for camera in opened.cameras:
            await camera.leave()
        for link in opened.links:
            await link.close()
        await studio.stop()
