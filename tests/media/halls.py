"""A studio on loopback, and the halls and watchers that come to it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.director import Air
from diemcau.media.fabric import (
    Admission,
    Code,
    Link,
    MediaFrame,
    Part,
    Publication,
    Refusal,
    Rendition,
)
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode, connect
from diemcau.media.socket_fabric import connect_socket
from diemcau.media.studio import Studio

CONFERENCE = ConferenceId("hn-2020")
CENTRE, HUE, VINH = SiteId("trung-uong"), SiteId("hue"), SiteId("vinh")
SITES = frozenset({CENTRE, HUE, VINH})
VIDEO = Rendition(track=paths.VIDEO, codec="avc3", description=None)
AUDIO = Rendition(track=paths.AUDIO, codec="opus", description=None)
WIDTH, HEIGHT, FPS = 160, 96, 25
LOW, TILE = (96, 64), (64, 48)
SILENCE = b"\xf8\xff\xfe"
"""Twenty milliseconds of Opus in which nothing is said (RFC 6716, 3.1: CELT, full band, mono)."""
JPEG = b"\xff\xd8 a small picture \xff\xd9"
PATIENCE = 8.0
T = TypeVar("T")


@dataclass
class HandClock:
    """A clock of seconds that stands still until it is wound."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fail if it takes too long."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def soon(work: Awaitable[T]) -> T:
    """Wait for something; fail if it takes too long."""
    return await asyncio.wait_for(work, PATIENCE)


async def admit(token: str) -> Admission | Refusal:
    """Read a pass, which in these tests says in clear what it allows."""
    conference, _, who = token.partition(":")
    if who not in {"watcher", "operator", *SITES}:
        return Refusal(code=Code.UNKNOWN_PASS, reason="this is no pass")
    part = Part(who) if who in set(Part) else Part.SITE
    return Admission(
        conference=ConferenceId(conference),
        site=SiteId(who) if part is Part.SITE else None,
        part=part,
        may_publish=part is Part.SITE,
        connection=secrets.token_hex(8),
    )


class Camera:
    """A hall's camera that films while somebody looks, and beats when it is told to.

    `more`: which other pictures it offers.
    """

    def __init__(
        self, link: Link, publication: Publication, path: str, *, size: tuple[int, int], more: set[str]
    ) -> None:
        self.link = link
        self.path = path
        self.pictures = 0
        self.is_filming = True
        self.publication = publication
        sizes = {paths.VIDEO: (*size, FPS), paths.VIDEO_LOW: (*LOW, FPS), paths.VIDEO_TILE: (*TILE, 5)}
        self._films = {
            track: publication.encode_video(width=width, height=height, fps=fps, bits_per_second=100_000, track=track)
            for track, (width, height, fps) in sizes.items()
            if track in {paths.VIDEO, *more}
        }
        self._sizes = sizes
        self._audio = publication.offer_audio(sample_rate=48_000, channels=1)
        self._thumb = publication.offer_text(paths.THUMB)
        self._beats = 0
        self.beat()
        publication.announce()
        jobs = [self._film(track) for track in self._films]
        self._tasks = [asyncio.create_task(job) for job in (*jobs, self._speak(), self._draw())]

    def is_watched(self, track: str = paths.VIDEO) -> bool:
        """Whether the server asks for its picture."""
        return self._films[track].is_wanted()

    def asked(self) -> set[str]:
        """Return which tracks the server asks for."""
        tracks = {**self._films, paths.AUDIO: self._audio, paths.THUMB: self._thumb}
        return {track for track, demand in tracks.items() if demand.is_wanted()}

    def beat(self, **more: object) -> None:
        """Tell the server that it is alive."""
        self._beats += 1
        self.publication.write_text(paths.BEAT, json.dumps({"n": self._beats, **more}).encode())

    async def leave(self) -> None:
        """End the session."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.link.close()

    async def _film(self, track: str) -> None:
        film, (width, height, fps) = self._films[track], self._sizes[track]
        while True:
            await film.wanted()
            film.begin()
            while film.is_wanted():
                if self.is_filming:
                    film.write(bytes([40 + self.pictures % 150]) * (width * height * 3 // 2), _now_us())
                    self.pictures += 1
                await asyncio.sleep(1 / fps)

    async def _speak(self) -> None:
        while True:
            await self._audio.wanted()
            self._audio.begin()
            while self._audio.is_wanted():
                if self.is_filming:
                    self._audio.write(SILENCE, _now_us())
                await asyncio.sleep(0.02)

    async def _draw(self) -> None:
        while True:
            await self._thumb.wanted()
            while self._thumb.is_wanted():
                self.publication.write_text(paths.THUMB, JPEG)
                await asyncio.sleep(0.05)


@dataclass
class House:
    """A studio that runs, and everyone who came to it."""

    studio: Studio
    clock: HandClock
    heard: list[tuple[SiteId, Line]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    cameras: list[Camera] = field(default_factory=list)
    socket: str | None = None

    async def link(self, who: str, *, door: str = "screen", conference: str = CONFERENCE) -> Link:
        """Come in with a pass, over QUIC or, where there is a way, over a WebSocket."""
        if self.socket is None:
            url = f"https://127.0.0.1:{self.studio.port}/{door}?jwt={conference}:{who}"
            link = await connect(url, fingerprints=self.studio.fingerprints())
        else:
            link = await connect_socket(f"{self.socket}/{conference}?jwt={conference}:{who}&as={door}")
        self.links.append(link)
        return link

    async def camera(
        self, site: SiteId, *, width: int = WIDTH, height: int = HEIGHT, more: Iterable[str] = ()
    ) -> Camera:
        """Connect a site's camera; `more`: which other pictures it offers."""
        link = await self.link(site, door="camera")
        path = paths.up(CONFERENCE, site, paths.new_nonce())
        camera = Camera(link, link.publish(path), path, size=(width, height), more=set(more))
        self.cameras.append(camera)
        return camera

    async def camera_on_line(
        self, site: SiteId, *, width: int = WIDTH, height: int = HEIGHT, more: Iterable[str] = ()
    ) -> Camera:
        """Connect a site's camera and wait until its line is up."""
        before = self.heard.count((site, Line.UP))
        camera = await self.camera(site, width=width, height=height, more=more)
        await eventually(lambda: self.heard.count((site, Line.UP)) > before)
        return camera

    async def show(
        self, holder: SiteId | None = None, *, gallery: tuple[SiteId, ...] = (), is_frozen: bool = False
    ) -> None:
        """Put the main site and perhaps others on air."""
        air = Air(main_site=CENTRE, holder=holder, gallery=gallery, is_frozen=is_frozen)
        await self.studio.show(CONFERENCE, air)


@asynccontextmanager
async def studio(folder: Path | None = None) -> AsyncIterator[House]:
    """Run a studio with one open conference."""
    clock = HandClock()
    heard: list[tuple[SiteId, Line]] = []
    running = Studio(
        MoqNode("127.0.0.1", 0),
        admit=admit,
        on_line=lambda _, site, line: heard.append((site, line)),
        clock=clock,
    )
    await running.start()
    house = House(studio=running, clock=clock, heard=heard)
    try:
        await running.open_conference(CONFERENCE, CENTRE, SITES, folder)
        yield house
    finally:
        for camera in house.cameras:
            await camera.leave()
        for link in house.links:
            await link.close()
        await running.stop()


async def airs(link: Link) -> AsyncIterator[list[dict[str, Any]]]:
    """Yield what the program says is on air, at every change."""
    program = await link.read(paths.program(CONFERENCE))
    async for text in program.texts(paths.AIR):
        yield json.loads(text)["airs"]


async def on_air(link: Link, *sites: SiteId) -> list[dict[str, Any]]:
    """Wait until exactly these sites are on air and return their entries."""

    async def wait() -> list[dict[str, Any]]:
        async for now in airs(link):
            if [air["site"] for air in now] == list(sites):
                return now
        raise AssertionError("the program ended")

    return await soon(wait())


async def take(frames: AsyncIterator[MediaFrame], count: int) -> list[MediaFrame]:
    """Take so many frames."""

    async def wait() -> list[MediaFrame]:
        taken: list[MediaFrame] = []
        async for frame in frames:
            taken.append(frame)
            if len(taken) == count:
                break
        return taken

    return await soon(wait())


async def drain(frames: AsyncIterator[MediaFrame]) -> int:
    """Count the frames until the source ends them."""
    return sum([1 async for _ in frames])


async def drain_texts(texts: AsyncIterator[bytes]) -> int:
    """Count the texts until the source ends them."""
    return sum([1 async for _ in texts])


def _now_us() -> int:
    return int(asyncio.get_running_loop().time() * 1_000_000)
