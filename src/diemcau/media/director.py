"""The director: the only thing that moves frames from a camera to the program.

It follows what it is told (`show`), and what cameras are there (`connect`, `lose`). While a site
is main site, holder or in the gallery, and only then, the director is subscribed to its camera.
Every time a source goes on air it gets a number and a name that nobody had before, so a late frame
of the last speaker can't be taken for one of the next.
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
from diemcau.media.feed import IN_GALLERY, ON_AIR, PREVIEWED, Feed, Tap
from diemcau.media.ladder import Rung
from diemcau.media.mix_minus import MixMinus
from diemcau.media.wall import Wall

_HEAD_START = 0.05
_AGAIN_AFTER = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """What is to be on air. `layout` is passed on to the screens unchanged; `gallery` has no sound."""

    main_site: SiteId | None
    holder: SiteId | None = None
    gallery: tuple[SiteId, ...] = ()
    layout: str = ""
    is_frozen: bool = False


class Place(StrEnum):
    """Why a source is on air."""

    MAIN = "main"
    HOLDER = "holder"
    GALLERY = "gallery"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAir:
    """One source on air, as the screens are told. `is_far`: played a little later, so that its sound has no gaps."""

    number: int
    place: Place
    site: SiteId
    is_far: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Airing:
    on_air: OnAir
    feed: Feed
    outlet: MixMinus


class FrameListener(Protocol):
    """Somebody in this process who follows what is on air, such as the recorder."""

    def tap(self, on_air: OnAir) -> Tap:
        """Return where the frames of a source go to from now on."""
        ...


class Director:
    """What is on air in one conference."""

    def __init__(
        self, conference: ConferenceId, new_outlet: Callable[[], Outlet], sites: frozenset[SiteId] = frozenset()
    ) -> None:
        self.wall = Wall(new_outlet(), sites)
        self._conference = conference
        self._new_outlet = new_outlet
        self._program = new_outlet()
        self._wanted = Air(main_site=None)
        self._cameras: dict[SiteId, Camera] = {}
        self._rungs: dict[SiteId, Rung] = {}
        self._airings: list[_Airing] = []
        self._previews: dict[SiteId, tuple[Feed, Outlet]] = {}
        self._listener: FrameListener | None = None
        self._number = 0
        self._changes = 0
        self._beats = 0
        self._told: tuple[str, list[object]] | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._tell()
        self.beat()  # so that whoever comes first finds the track

    async def show(self, air: Air) -> None:
        """Put this on air, and nothing else."""
        self._wanted = air
        for airing in self._airings:
            self._set_still(airing.feed)
        await self._settle()

    async def connect(self, site: SiteId, camera: Camera) -> None:
        """Note that a site's camera is there, in place of any earlier one."""
        self._cameras[site] = camera
        self.wall.connect(site, camera.source)
        await self._end_preview(site)
        await self._settle()

    def is_connected(self, site: SiteId, camera: Camera) -> bool:
        """Whether this is the camera that is shown when the site is on air."""
        return self._cameras.get(site) is camera

    async def lose(self, site: SiteId) -> None:
        """Note that a site's camera is gone."""
        self._cameras.pop(site, None)
        self.wall.lose(site)
        await self._end_preview(site)
        await self._settle()

    def set_up_rung(self, site: SiteId, rung: Rung) -> None:
        """Ask a site for so much and no more from now on; the screens are told."""
        self._rungs[site] = rung
        for airing in self._airings:
            if airing.on_air.site == site:
                airing.feed.take(rung)
        if site in self._previews:
            self._previews[site][0].take(rung)
        self._tell()

    def listen(self, listener: FrameListener | None) -> None:
        """Let somebody in this process follow who speaks, in place of who did before."""
        self._listener = listener
        for airing in self._airings:
            airing.feed.tap(self._tap(airing.on_air))

    async def publish_board(self, board: bytes) -> None:
        """Send every screen the board; who comes later gets the newest."""
        self._program.write_text(paths.BOARD, board)

    def beat(self) -> None:
        """Tell every screen that the server is alive."""
        self._beats += 1
        self._program.write_text(paths.BEAT, _json({"n": self._beats}))

    def offer(self, path: str, *, to_site: SiteId | None) -> Outlet | None:
        """Return what everyone reads under a name; a site is never given its own sound."""
        if path == paths.program(self._conference):
            return self._program
        for airing in self._airings:
            if path == paths.air(self._conference, airing.on_air.number):
                return airing.outlet.own if airing.on_air.site == to_site else airing.outlet.everyones
        return None

    def offer_to_operator(self, path: str) -> Outlet | None:
        """Return what only an operator reads under a name: the wall, or a look at a camera."""
        if path == paths.wall(self._conference):
            return self.wall.outlet
        for site, camera in self._cameras.items():
            if path == paths.preview(self._conference, site) and not camera.is_over():
                return self._preview(site, camera)
        return None

    def on_air(self) -> tuple[OnAir, ...]:
        """Return what is on air now."""
        return tuple(airing.on_air for airing in self._airings)

    async def close(self) -> None:
        """End everything."""
        self._wanted = Air(main_site=None)
        self._cameras.clear()
        for job in tuple(self._jobs):
            job.cancel()
        for site in tuple(self._previews):
            await self._end_preview(site)
        await self._settle()
        await self.wall.close()
        self._program.finish()

    async def _settle(self) -> None:
        wanted = self._wanted_sources()
        kept = [one for one in self._airings if wanted.get((one.on_air.place, one.on_air.site)) is one.feed.camera]
        ended = [one.feed for one in self._airings if one not in kept]
        shown = {(one.on_air.place, one.on_air.site) for one in kept}
        begun = [self._begin(*key, camera) for key, camera in wanted.items() if key not in shown]
        order = list(wanted)
        self._airings = sorted([*kept, *begun], key=lambda one: order.index((one.on_air.place, one.on_air.site)))
        speaking = [one.feed for one in begun if one.on_air.place is not Place.GALLERY]
        await asyncio.gather(_give_head_start(speaking), *(feed.end() for feed in ended))
        self._tell()

    def _wanted_sources(self) -> dict[tuple[Place, SiteId], Camera]:
        main, holder = self._wanted.main_site, self._wanted.holder
        places = [(Place.MAIN, main), (Place.HOLDER, holder if holder != main else None)]
        places += [(Place.GALLERY, site) for site in self._wanted.gallery]
        return {
            (place, site): self._cameras[site]
            for place, site in places
            if site is not None and site in self._cameras and not self._cameras[site].is_over()
        }

    def _begin(self, place: Place, site: SiteId, camera: Camera) -> _Airing:
        self._number += 1
        number = self._number
        on_air = OnAir(number=number, place=place, site=site, is_far=camera.is_far())
        outlet = MixMinus(self._new_outlet)
        feed = Feed(
            camera,
            outlet,
            IN_GALLERY if place is Place.GALLERY else ON_AIR,
            tap=self._tap(on_air),
            on_over=lambda: self._note_over(number),
        )
        feed.take(self._rung(site))
        self._set_still(feed)
        feed.begin()
        return _Airing(on_air=on_air, feed=feed, outlet=outlet)

    def _tap(self, on_air: OnAir) -> Tap | None:
        is_heard = self._listener is not None and on_air.place is not Place.GALLERY
        return self._listener.tap(on_air) if self._listener is not None and is_heard else None

    def _set_still(self, feed: Feed) -> None:
        if self._wanted.is_frozen:
            feed.freeze()
        else:
            feed.thaw()

    def _rung(self, site: SiteId) -> Rung:
        return self._rungs.get(site, Rung.HIGH)

    def _note_over(self, number: int) -> None:
        """Take a feed off the record that ended by itself; if its camera is there, it comes back after a while."""
        left = [one for one in self._airings if one.on_air.number != number]
        if len(left) == len(self._airings):
            return
        self._airings = left
        self._tell()
        job = asyncio.create_task(self._settle_later())
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _settle_later(self) -> None:
        await asyncio.sleep(_AGAIN_AFTER)
        await self._settle()

    def _tell(self) -> None:
        airs: list[object] = [self._entry(airing.on_air) for airing in self._airings]
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

    def _entry(self, on_air: OnAir) -> dict[str, object]:
        rung = self._rung(on_air.site)
        return {
            "n": on_air.number,
            "role": on_air.place,
            "site": on_air.site,
            "broadcast": paths.air(self._conference, on_air.number),
            **({} if rung is Rung.HIGH else {"rung": rung}),
            **({"far": True} if on_air.is_far else {}),
        }

    def _preview(self, site: SiteId, camera: Camera) -> Outlet:
        """Return a look at a camera, which costs nothing while nobody looks."""
        if site not in self._previews or self._previews[site][0].is_over():
            outlet = self._new_outlet()
            feed = Feed(camera, outlet, PREVIEWED)
            feed.take(self._rung(site))
            feed.begin()
            self._previews[site] = feed, outlet
        return self._previews[site][1]

    async def _end_preview(self, site: SiteId) -> None:
        if site in self._previews:
            feed, _ = self._previews.pop(site)
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
