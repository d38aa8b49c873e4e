"""The gathering: a fault with one thing that a session publishes is no matter of its other ones."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from diemcau.core.ids import SiteId
from diemcau.media import paths
from diemcau.media.director import Director
from diemcau.media.fabric import Admission, Code, MediaFrame, Part, Quality, Rendition, Renditions, Source
from diemcau.media.gathering import Gathering
from diemcau.media.limits import Excess, Meter
from diemcau.media.lines import Line
from diemcau.media.moq_fabric import MoqNode
from tests.media.halls import CONFERENCE, HUE, HandClock

pytestmark = pytest.mark.anyio
NONCE = "0" * 16


@dataclass
class Telling:
    """A source of texts, or of a fault."""

    path: str
    text: bytes | None

    async def renditions(self) -> AsyncIterator[Renditions]:
        yield Renditions()

    def frames(self, rendition: Rendition) -> AsyncIterator[MediaFrame]:
        raise AssertionError(rendition)

    async def texts(self, track: str) -> AsyncIterator[bytes]:
        assert track == paths.BEAT
        if self.text is None:
            raise ArithmeticError
        yield self.text


@dataclass
class Guest:
    """A session that publishes these."""

    admission: Admission
    published: tuple[Source, ...]
    is_camera: bool = True
    announcements: int = 0

    def quality(self) -> Quality | None:
        return None

    async def sources(self) -> AsyncIterator[Source]:
        for source in self.published:
            yield source
        for _ in range(20):
            await asyncio.sleep(0)  # nothing here waits for anything but its turn

    async def closed(self) -> None:
        return

    def close(self, code: Code) -> None:
        raise AssertionError(code)


class Usher:
    """Counts nothing and sees nobody out."""

    def meter(self, _admission: Admission) -> Meter:
        return Meter()

    def see_out_for(self, admission: Admission, excess: Excess) -> None:
        raise AssertionError((admission, excess))


async def test_a_screen_with_a_fault_keeps_no_other_of_its_session_from_being_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[tuple[SiteId, Line]] = []
    new_outlet = MoqNode("127.0.0.1", 0).new_outlet
    director = Director(CONFERENCE, new_outlet, frozenset({HUE}))
    gathering = Gathering(
        CONFERENCE,
        director,
        new_outlet,
        usher=Usher(),
        on_line=lambda site, line: heard.append((site, line)),
        clock=HandClock(),
    )
    hue = Admission(conference=CONFERENCE, site=HUE, part=Part.SITE, may_publish=True, connection="one")
    faulty = Telling(paths.watch(CONFERENCE, NONCE), None)
    well = Telling(paths.watch(CONFERENCE, NONCE), b'{"late_ms": 70}')
    gathering.admit(hue)
    guest = Guest(hue, (faulty, well))

    await gathering.welcome(guest)

    (visit,) = gathering.visits.all()
    assert visit.screen is not None
    assert visit.screen.late_ms == 70
    assert "is heard no more by a fault" in caplog.text
    gathering.farewell(hue)
    gathering.close()
    await director.close()
    assert (gathering.visits.all(), heard) == ((), [])
