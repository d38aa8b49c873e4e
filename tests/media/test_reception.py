"""The reception: who is told why they may not come in, who is dropped, and who is seen out."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest

from diemcau.core.ids import SiteId
from diemcau.media.fabric import Admission, Code, Guest, Knock, Outlet, Part, Quality, Refusal, Source
from diemcau.media.limits import ALLOWED, MOST_FAREWELLS, MOST_HANDSHAKES, Excess, Sent
from diemcau.media.reception import Reception
from tests.media.halls import CONFERENCE, HUE, HandClock, eventually

pytestmark = pytest.mark.anyio


@dataclass(eq=False)
class Came:
    """A session that stays until it is closed."""

    admission: Admission
    counted: Quality | None = None
    asked: int = 0
    announcements: int = 0
    is_camera: bool = False
    codes: list[Code] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def quality(self) -> Quality | None:
        self.asked += 1
        return self.counted

    async def sources(self) -> AsyncIterator[Source]:
        nothing: tuple[Source, ...] = ()
        for source in nothing:
            yield source

    async def closed(self) -> None:
        await self.gone.wait()

    def close(self, code: Code) -> None:
        self.codes.append(code)


@dataclass(eq=False)
class Knocking:
    """Somebody who knocks; whoever is refused stays at the door until let go."""

    token: str
    street: "Street"
    is_camera: bool = False
    is_relay: bool = False
    for_site: SiteId | None = None

    async def accept(self, admission: Admission, offer: Callable[[str], Outlet | None]) -> Guest | None:
        if self.token == "went away":
            return None
        assert offer("anything") is None
        came = Came(admission)
        self.street.came.append(came)
        return came

    async def refuse(self, code: Code) -> None:
        self.street.refused[code] += 1
        await self.street.let_go.wait()


@dataclass
class Street:
    """A node whose knocks are put into a queue, and the door behind it."""

    knocking: asyncio.Queue[Knock] = field(default_factory=asyncio.Queue)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    refused: Counter[Code] = field(default_factory=Counter)
    came: list[Came] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    excesses: list[Sent] = field(default_factory=list)
    port: int = 0

    def knock(self, token: str) -> None:
        self.knocking.put_nowait(Knocking(token, self))

    async def knocks(self) -> AsyncIterator[Knock]:
        while True:
            yield await self.knocking.get()

    async def listen(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def fingerprints(self) -> tuple[str, ...]:
        return ()

    def new_outlet(self) -> Outlet:
        raise AssertionError

    async def admit(self, token: str, *, as_camera: bool) -> Admission | Refusal:
        assert not as_camera
        if token == "wrong":
            return Refusal(code=Code.UNKNOWN_PASS, reason="no pass")
        if token == "a fault":
            raise ArithmeticError
        name = f"{token}-{len(self.came)}"
        return Admission(
            conference=CONFERENCE, site=HUE, part=Part.SITE, may_publish=True, connection=name, number=token
        )

    async def admit_relay(self, token: str, *, for_site: SiteId | None) -> Admission | Refusal:
        return Refusal(code=Code.NOT_ALLOWED, reason=f"{token} {for_site}")

    async def welcome(self, guest: Guest) -> None:
        await guest.closed()

    def offer(self, _admission: Admission, _path: str) -> Outlet | None:
        return None

    def farewell(self, admission: Admission) -> None:
        self.gone.append(admission.connection)

    def hear_excess(self, _admission: Admission, excess: Excess) -> None:
        self.excesses.append(excess.sent)


def opened(street: Street, clock: HandClock | None = None) -> Reception:
    reception = Reception(street, street, clock=clock or HandClock())
    reception.open()
    return reception


async def test_only_so_many_are_told_at_a_time_why_they_may_not_come_in() -> None:
    street = Street()
    reception = opened(street)
    for _ in range(MOST_FAREWELLS + 20):
        street.knock("wrong")
    street.knock("good")

    await eventually(lambda: len(street.came) == 1)
    told = street.refused[Code.UNKNOWN_PASS]
    street.let_go.set()
    await eventually(street.knocking.empty)
    street.knock("wrong")

    await eventually(lambda: street.refused[Code.UNKNOWN_PASS] == MOST_FAREWELLS + 1)
    assert told == MOST_FAREWELLS
    await reception.close()


async def test_a_fault_with_one_who_knocks_is_no_matter_of_the_next() -> None:
    street = Street()
    reception = opened(street)
    for token in ("a fault", "went away", "good"):
        street.knock(token)

    await eventually(lambda: len(street.came) == 1)

    assert street.gone == ["went away-0"]
    await reception.close()


async def test_whoever_leaves_is_heard_of_once() -> None:
    street = Street()
    reception = opened(street)
    street.knock("good")
    await eventually(lambda: len(street.came) == 1)

    street.came[0].gone.set()

    await eventually(lambda: street.gone == ["good-0"])
    await reception.close()
    assert street.gone == ["good-0"]


async def test_a_relay_is_asked_for_by_its_own_question() -> None:
    street = Street()
    reception = opened(street)
    street.knocking.put_nowait(Knocking("x", street, is_relay=True))

    await eventually(lambda: street.refused[Code.NOT_ALLOWED] == 1)
    await reception.close()


async def test_who_is_to_go_is_seen_out_and_everybody_when_it_closes() -> None:
    street = Street()
    reception = opened(street)
    for token in ("one", "two"):
        street.knock(token)
    await eventually(lambda: len(street.came) == 2)

    reception.see_out(lambda admission: admission.number == "one", Code.UNKNOWN_PASS)
    await reception.close()

    assert [came.codes for came in street.came] == [[Code.UNKNOWN_PASS, Code.STOPPING], [Code.STOPPING]]


@pytest.mark.parametrize("sent", [Sent.ANNOUNCEMENTS, Sent.BYTES])
async def test_who_sends_too_much_is_seen_out_and_told_of_once(sent: Sent) -> None:
    street, clock = Street(), HandClock()
    reception = opened(street, clock)
    street.knock("one")
    await eventually(lambda: len(street.came) == 1)
    (came,) = street.came
    await eventually(lambda: reception.meter(came.admission) is reception.meter(came.admission))

    reception.look()
    before = list(came.codes)
    for _ in range(3):
        if sent is Sent.ANNOUNCEMENTS:
            came.announcements += 1000
        else:
            came.counted = Quality(bytes_received=10**9 + (came.counted.bytes_received if came.counted else 0))
        clock.at += 0.25
        reception.look()

    assert (before, came.codes, street.excesses) == ([], [Code.TOO_MUCH], [sent])
    await reception.close()


async def test_a_transport_is_asked_once_a_look_and_what_it_counts_is_told() -> None:
    street = Street()
    reception = opened(street)
    for token in ("one", "two"):
        street.knock(token)
    await eventually(lambda: len(street.came) == 2)
    one, two = street.came
    one.counted = Quality(rtt_ms=12)
    await eventually(lambda: reception.meter(two.admission) is reception.meter(two.admission))

    told = reception.look()

    assert told == {one.admission.connection: Quality(rtt_ms=12)}
    assert (one.asked, two.asked) == (1, 1)
    await reception.close()


async def test_nobody_is_seen_out_who_is_gone_already() -> None:
    street = Street()
    reception = opened(street)
    street.knock("one")
    await eventually(lambda: len(street.came) == 1)
    stranger = replace(street.came[0].admission, connection="another")

    reception.see_out_for(stranger, Excess(sent=Sent.FRAMES, allowed=ALLOWED[Sent.FRAMES]))

    assert (street.came[0].codes, street.excesses) == ([], [])
    assert reception.meter(stranger) is not reception.meter(stranger)
    await reception.close()


async def test_while_very_many_are_being_answered_the_rest_are_dropped() -> None:
    street = Street()
    reception = opened(street)
    slow = [SlowlyAdmitted(f"slow-{number}", street) for number in range(MOST_HANDSHAKES)]
    for one in slow:
        street.knocking.put_nowait(one)
    await eventually(lambda: all(one.is_being_answered for one in slow))

    late = SlowlyAdmitted("late", street)
    street.knocking.put_nowait(late)
    await eventually(street.knocking.empty)
    for _ in range(10):
        await asyncio.sleep(0)  # were it answered, it would be by now

    assert not late.is_being_answered
    await reception.close()


@dataclass(eq=False)
class SlowlyAdmitted(Knocking):
    """Somebody whose handshake never comes to an end."""

    is_being_answered: bool = False

    async def accept(self, admission: Admission, offer: Callable[[str], Outlet | None]) -> Guest | None:
        self.is_being_answered = True
        assert (admission.number, offer("anything")) == (self.token, None)
        await asyncio.Event().wait()
        return None
