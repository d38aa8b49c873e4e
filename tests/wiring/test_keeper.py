"""The keeper of the media door: passes that are forged, over or revoked let nobody in, and nobody stay."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from diemcau.conduct.desk import Desk
from diemcau.core.entry import RevokeLinks, RevokePass
from diemcau.core.ids import ConferenceId, SiteId
from diemcau.core.roles import Role
from diemcau.core.stages import EndRehearsal, StartRehearsal
from diemcau.media.fabric import Admission, Code, Refusal
from diemcau.media.passes import Pass, Passes, new_pass, new_relay_pass
from diemcau.wiring.keeper import Keeper
from tests.conduct.desks import CHAIR, SYSTEM, House, a_house
from tests.core.samples import HUE, NINE, VINH

pytestmark = pytest.mark.anyio
NOON = NINE + timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class OneDesk:
    """The only conference there is."""

    desk: Desk

    def find(self, conference: ConferenceId) -> Desk | None:
        return self.desk if conference == self.desk.conference else None

    def all(self) -> tuple[Desk, ...]:
        return (self.desk,)


@dataclass(slots=True)
class Kept:
    """A media door with its keeper."""

    house: House
    passes: Passes
    keeper: Keeper

    def ticket(self, pass_: Pass) -> str:
        return self.passes.ticket(pass_, self.house.clock.now())

    def come(self, pass_: Pass) -> Admission:
        admitted = self.keeper.admit(self.ticket(pass_))
        assert isinstance(admitted, Admission)
        return admitted

    def refused(self, token: str) -> tuple[Code, str]:
        refusal = self.keeper.admit(token)
        assert isinstance(refusal, Refusal)
        return refusal.code, refusal.reason


async def a_keeper() -> Kept:
    house = await a_house()
    passes = Passes(OKPKey.generate_key("Ed25519"))
    return Kept(house=house, passes=passes, keeper=Keeper(passes, OneDesk(house.desk), house.clock))


def a_pass(kept: Kept, role: Role = Role.SITE, site: SiteId | None = HUE) -> Pass:
    issued_at = NINE - timedelta(hours=1)
    return new_pass(conference=kept.house.desk.conference, role=role, site=site, until=NOON, at=issued_at)


async def test_a_session_is_over_when_its_pass_ends_and_not_before() -> None:
    kept = await a_keeper()
    came = kept.come(a_pass(kept))

    await kept.house.clock.wind_to(NOON - timedelta(seconds=1))
    before = kept.keeper.is_void(came)
    await kept.house.clock.wind_to(NOON)

    assert (before, kept.keeper.is_void(came)) == (False, True)


@pytest.mark.parametrize("as_rehearsal", [False, True])
async def test_a_pass_that_was_revoked_lets_nobody_in_and_nobody_stay(as_rehearsal: bool) -> None:  # noqa: FBT001 (a case)
    kept = await a_keeper()
    hues, vinhs = a_pass(kept), a_pass(kept, site=VINH)
    came, others = kept.come(hues), kept.come(vinhs)
    if as_rehearsal:
        await kept.house.give(CHAIR, StartRehearsal())

    await kept.house.give(SYSTEM, RevokePass(number=hues.number))
    if as_rehearsal:
        await kept.house.give(CHAIR, EndRehearsal())

    assert (kept.keeper.is_void(came), kept.keeper.is_void(others)) == (True, False)
    assert kept.refused(kept.ticket(hues)) == (Code.UNKNOWN_PASS, "pass.revoked")
    assert kept.come(vinhs).site == VINH


async def test_a_ticket_made_before_its_pass_was_revoked_opens_nothing_after() -> None:
    kept = await a_keeper()
    hues = a_pass(kept)
    ticket = kept.ticket(hues)

    await kept.house.give(SYSTEM, RevokePass(number=hues.number))

    assert kept.refused(ticket) == (Code.UNKNOWN_PASS, "pass.revoked")


async def test_all_links_of_a_role_are_revoked_and_newer_ones_are_good() -> None:
    kept = await a_keeper()
    old = a_pass(kept, Role.OPERATOR, None)
    came = kept.come(old)

    await kept.house.give(SYSTEM, RevokeLinks(role=Role.OPERATOR))

    assert kept.keeper.is_void(came)
    assert kept.refused(kept.ticket(old)) == (Code.UNKNOWN_PASS, "pass.revoked")
    assert kept.come(replace(old, number="newer", issued_at=NINE)).role is Role.OPERATOR


async def test_all_relays_are_revoked_whichever_site_they_carry() -> None:
    kept = await a_keeper()
    pass_ = new_relay_pass(conference=kept.house.desk.conference, until=NOON, at=NINE - timedelta(hours=1))
    token = kept.passes.issue_relay(pass_)
    relay = kept.keeper.admit_relay(token)
    assert isinstance(relay, Admission)

    await kept.house.give(SYSTEM, RevokeLinks(role=Role.RELAY))

    assert kept.keeper.is_void(relay)
    assert kept.keeper.is_void(replace(relay, site=HUE))
    assert kept.keeper.admit_relay(token) == Refusal(code=Code.UNKNOWN_PASS, reason="pass.revoked")


async def test_a_pass_of_another_conference_or_site_opens_nothing_here() -> None:
    kept = await a_keeper()
    elsewhere = replace(a_pass(kept), conference=ConferenceId("elsewhere"))

    assert kept.refused(kept.ticket(elsewhere)) == (Code.NOT_ALLOWED, "pass.wrong_conference")
    assert kept.refused(kept.ticket(a_pass(kept, site=SiteId("nowhere")))) == (Code.NOT_ALLOWED, "pass.unknown_site")
    assert kept.refused("rubbish") == (Code.UNKNOWN_PASS, "pass.malformed")


async def test_whoever_came_without_a_pass_that_can_be_revoked_stays() -> None:
    kept = await a_keeper()
    came = kept.come(a_pass(kept))

    assert not kept.keeper.is_void(replace(came, role=None, until=None))
    assert not kept.keeper.is_void(replace(came, conference=ConferenceId("elsewhere")))
