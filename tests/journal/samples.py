"""Events of the journal's own tests, with every type that an event may hold."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count

from diemcau.core.ids import CommandId, SiteId, StreamId
from diemcau.journal.codec import Codec
from diemcau.journal.journal import Journal
from diemcau.journal.record import Author, Record


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lantern:
    colour: Colour
    lit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LanternHung:
    site: SiteId
    lantern: Lantern
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FestivalHeld:
    title: str
    day: date
    lasted: timedelta
    guests: int | None
    lanterns: tuple[Lantern, ...]
    middle: Lantern | None
    riddle: tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoonRose:
    pass


CODEC = Codec(
    {
        "lantern.hung": (1, LanternHung),
        "festival.held": (1, FestivalHeld),
        "moon.rose": (1, MoonRose),
    }
)

HUE = StreamId("conference/hue")
VINH = StreamId("conference/vinh")
CHAIR = Author(role="chair", site="hue", desk="d-1")
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_NEXT = count(1)

HUNG = LanternHung(site=SiteId("hue"), lantern=Lantern(colour=Colour.RED, lit=True), at=NINE)
HELD = FestivalHeld(
    title="Tết Trung thu ở Huế – “rước đèn”",
    day=date(2026, 9, 25),
    lasted=timedelta(hours=2, microseconds=5),
    guests=None,
    lanterns=(Lantern(colour=Colour.RED), Lantern(colour=Colour.GREEN, lit=True)),
    middle=None,
    riddle=("trăng", 15),
)


def new_command() -> CommandId:
    """Return a command id that no other test has."""
    return CommandId(f"command-{next(_NEXT)}")


def write(
    journal: Journal,
    *events: object,
    stream: StreamId = HUE,
    expecting: int | None = None,
    command: CommandId | None = None,
    author: Author = CHAIR,
    at: datetime = NINE,
) -> tuple[Record, ...]:
    """Append `events` where the stream stands, with what most tests do not care about."""
    return journal.append(
        stream,
        expecting=journal.version(stream) if expecting is None else expecting,
        events=events,
        command=new_command() if command is None else command,
        author=author,
        at=at,
    )
