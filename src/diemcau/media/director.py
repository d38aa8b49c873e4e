"""The director: the only thing that moves frames from a camera to the program.

It follows what it is told (`show`), and what cameras are there (`connect`, `lose`). While a site
is main site or holder, and only then, the director is subscribed to its camera. Every time a
source goes on air it gets a number and a name that nobody had before, so a late frame of the
last speaker can't be taken for one of the next.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media import paths
from diemcau.media.camera import Camera
from diemcau.media.fabric import Outlet
from diemcau.media.feed import Feed, Tap

_HEAD_START = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """What is to be on air. `layout` is passed on to the screens unchanged."""

    main_site: SiteId | None
    holder: SiteId | None = None
    layout: str = ""


class Place(StrEnum):
    """Why a source is on air."""

    MAIN = "main"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAir:
    """One source on air, as the screens are told."""

    number: int
    place: Place
    site: SiteId


class FrameListener(Protocol):
    """Somebody in this process who follows what is on air, such as the recorder."""

    def tap(self, on_air: OnAir) -> Tap:
        """Return where the frames of a source go to from now on."""
        ...


class Director:
    """What is on air in one conference."""

    def __init__(self, conference: ConferenceId, new_outlet: Callable[[], Outlet]) -> None:
        self._conference = conference
        self._new_outlet = new_outlet
        self._program = new_outlet()
        self._wanted = Air(main_site=None)
        self._cameras: dict[SiteId, Camera] = {}
        self._feeds: dict[int, tuple[OnAir, Feed]] = {}
        self._previews: dict[SiteId, Feed] = {}
        self._listener: FrameListener | None = None
        self._number = 0
        self._changes = 0
        self._beats = 0
        self._told: tuple[str, list[object]] | None = None
        self._tell()
        self.beat()  # so that whoever comes first finds the track

    async def show(self, air: Air) -> None:
        """Put this on air, and nothing else."""
        self._wanted = air
        await self._settle()

    async def connect(self, site: SiteId, camera: Camera) -> None:
        """Note that a site's camera is there, in place of any earlier one."""
        self._cameras[site] = camera
        await self._end_preview(site)
        await self._settle()

    def is_connected(self, site: SiteId, camera: Camera) -> bool:
        """Whether this is the camera that is shown when the site is on air."""
        return self._cameras.get(site) is camera

    async def lose(self, site: SiteId) -> None:
        """Note that a site's camera is gone."""
        self._cameras.pop(site, None)
        await self._end_preview(site)
        await self._settle()

    def listen(self, listener: FrameListener | None) -> None:
        """Let somebody in this process follow what is on air, in place of who did before."""
        self._listener = listener
        for on_air, feed in self._feeds.values():
            feed.tap(listener.tap(on_air) if listener is not None else None)

    async def publish_board(self, board: bytes) -> None:
        """Send every screen the board; who comes later gets the newest."""
        self._program.write_text(paths.BOARD, board)

    def beat(self) -> None:
        """Tell every screen that the server is alive."""
        self._beats += 1
        self._program.write_text(paths.BEAT, _json({"n": self._beats}))

    def offer(self, path: str, *, to_site: SiteId | None) -> Outlet | None:
        """Return what is read under a name; a site is never given its own sound."""
        if path == paths.program(self._conference):
            return self._program
        for on_air, feed in self._feeds.values():
            if path == paths.air(self._conference, on_air.number):
                return feed.silent if on_air.site == to_site else feed.outlet
        return None

    def offer_preview(self, path: str) -> Outlet | None:
        """Return a look at a camera; it ends when nobody looks any more."""
        for site, camera in self._cameras.items():
            if path == paths.preview(self._conference, site):
                feed = self._previews.get(site)
                if feed is None or feed.is_over():
                    feed = Feed(camera, self._new_outlet(), self._new_outlet())
                    feed.begin_while_wanted()
                    self._previews[site] = feed
                return feed.outlet
        return None

    def on_air(self) -> tuple[OnAir, ...]:
        """Return what is on air now."""
        return tuple(on_air for on_air, _ in self._feeds.values())

    async def close(self) -> None:
        """End everything."""
        self._wanted = Air(main_site=None)
        self._cameras.clear()
        for site in tuple(self._previews):
            await self._end_preview(site)
        await self._settle()
        self._program.finish()

    async def _settle(self) -> None:
        wanted = self._wanted_sources()
        over = [
            number
            for number, (on_air, feed) in self._feeds.items()
            if wanted.get(on_air.place) != (on_air.site, feed.camera)
        ]
        ended = [self._feeds.pop(number)[1] for number in over]
        shown = {on_air.place for on_air, _ in self._feeds.values()}
        begun = [self._begin(place, site, camera) for place, (site, camera) in wanted.items() if place not in shown]
        await asyncio.gather(_give_head_start(begun), *(feed.end() for feed in ended))
        self._tell()

    def _wanted_sources(self) -> dict[Place, tuple[SiteId, Camera]]:
        main, holder = self._wanted.main_site, self._wanted.holder
        sites = {Place.MAIN: main, Place.HOLDER: holder if holder != main else None}
        return {
            place: (site, self._cameras[site])
            for place, site in sites.items()
            if site is not None and site in self._cameras and not self._cameras[site].is_over()
        }

    def _begin(self, place: Place, site: SiteId, camera: Camera) -> Feed:
        self._number += 1
        on_air = OnAir(number=self._number, place=place, site=site)
        tap = self._listener.tap(on_air) if self._listener is not None else None
        number = self._number
        feed = Feed(
            camera,
            self._new_outlet(),
            self._new_outlet(),
            tap=tap,
            on_over=lambda: self._note_over(number),
        )
        feed.begin()
        self._feeds[on_air.number] = (on_air, feed)
        return feed

    def _note_over(self, number: int) -> None:
        """Take a feed off the record that ended by itself."""
        if self._feeds.pop(number, None) is not None:
            self._tell()

    def _tell(self) -> None:
        airs: list[object] = [
            {
                "n": on_air.number,
                "role": on_air.place,
                "site": on_air.site,
                "broadcast": paths.air(self._conference, on_air.number),
            }
            for on_air, _ in self._feeds.values()
        ]
        told = (self._wanted.layout, airs)
        if told == self._told:
            return
        self._told = told
        self._changes += 1
        record: dict[str, object] = {
            "conference": self._conference,
            "n": self._changes,
            "layout": self._wanted.layout,
            "airs": airs,
        }
        self._program.write_text(paths.AIR, _json(record))

    async def _end_preview(self, site: SiteId) -> None:
        feed = self._previews.pop(site, None)
        if feed is not None:
            await feed.end()


async def _give_head_start(begun: Sequence[Feed]) -> None:
    """Let the halls be told when there is something to see, but not much later.

    Told at once, all of them ask at once, and the one that has to send waits behind them.
    """
    if begun:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_START):
                await asyncio.gather(*(feed.first_picture() for feed in begun))


def _json(record: dict[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()
