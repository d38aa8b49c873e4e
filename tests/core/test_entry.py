"""Who lets nobody in any more: passes by number, links by role and site."""

from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from diemcau.core import conference, entry
from diemcau.core.entry import (
    MOST_NUMBERS,
    LinksRevoked,
    PassRevoked,
    RevokedLinks,
    RevokeLinks,
    RevokePass,
    is_void,
    revoked_again,
)
from diemcau.core.ids import SiteId
from diemcau.core.roles import Role
from tests.core.machines import Played, quick
from tests.core.samples import HUE, MINUTE, NINE, NOWHERE, SECOND, SITES, VINH, Play, convened, opened, sealed

NUMBERS = ("a1", "b2", "c3")


def void(play: Play, *, number: str = "x", role: Role = Role.SITE, site: SiteId | None = HUE, at: datetime) -> bool:
    return is_void(play.now.entry, number=number, role=role, site=site, issued_at=at)


def test_a_pass_that_was_revoked_lets_nobody_in_whenever_it_was_issued() -> None:
    play = opened()

    assert play.give(RevokePass(number="a1")) == (PassRevoked(number="a1", at=NINE),)

    assert void(play, number="a1", at=NINE - MINUTE)
    assert void(play, number="a1", at=NINE + MINUTE)
    assert not void(play, number="b2", at=NINE - MINUTE)


def test_links_that_were_revoked_let_nobody_in_and_new_ones_do() -> None:
    play = opened()

    assert play.give(RevokeLinks(role=Role.SITE, site=HUE)) == (LinksRevoked(role=Role.SITE, site=HUE, at=NINE),)

    assert void(play, at=NINE - timedelta(milliseconds=1))
    assert not void(play, at=NINE)
    assert not void(play, site=VINH, at=NINE - MINUTE)
    assert not void(play, role=Role.OPERATOR, site=None, at=NINE - MINUTE)


def test_the_links_of_a_role_without_sites_are_revoked_together() -> None:
    play = opened()
    play.give(RevokeLinks(role=Role.RELAY))

    assert void(play, role=Role.RELAY, site=None, at=NINE - SECOND)
    assert not void(play, role=Role.PROGRAM, site=None, at=NINE - SECOND)


def test_what_is_void_already_is_nothing_new() -> None:
    play = opened()
    play.give(RevokePass(number="a1"), RevokeLinks(role=Role.OPERATOR))

    assert play.give(RevokePass(number="a1")) == ()
    assert play.give(RevokeLinks(role=Role.OPERATOR)) == ()


def test_links_that_were_issued_since_are_revoked_by_asking_again() -> None:
    play = opened()
    play.give(RevokeLinks(role=Role.OPERATOR))
    play.at += MINUTE

    assert play.give(RevokeLinks(role=Role.OPERATOR)) == (
        LinksRevoked(role=Role.OPERATOR, site=None, at=NINE + MINUTE),
    )
    assert play.now.entry.links == (RevokedLinks(role=Role.OPERATOR, site=None, before=NINE + MINUTE),)


@pytest.mark.parametrize("number", ["", " ", "a b", "số", "k" * 65])
def test_what_is_no_number_of_a_pass_is_not_taken_for_one(number: str) -> None:
    assert opened().refused(RevokePass(number=number)) == ("entry.number_impossible", {})


def test_every_hall_is_told_of_at_most_500_passes() -> None:
    play = opened()
    play.give(*(RevokePass(number=f"n{number}") for number in range(MOST_NUMBERS)))

    assert play.refused(RevokePass(number="one-more")) == ("entry.too_many_revoked", {"most": "500"})
    assert play.give(RevokePass(number="n0")) == ()
    assert play.give(RevokeLinks(role=Role.SITE, site=HUE))


@pytest.mark.parametrize(
    ("role", "site"), [(Role.SITE, None), (Role.OPERATOR, HUE), (Role.RELAY, HUE), (Role.SYSTEM, None)]
)
def test_links_that_nobody_can_have_are_not_revoked(role: Role, site: SiteId | None) -> None:
    assert opened().refused(RevokeLinks(role=role, site=site)) == ("entry.no_such_links", {})


def test_links_of_a_site_that_was_not_invited_are_not_revoked() -> None:
    assert opened().refused(RevokeLinks(role=Role.SITE, site=NOWHERE)) == ("sites.unknown", {"site": NOWHERE})


@pytest.mark.parametrize("play", [convened, sealed])
def test_links_are_revoked_before_the_opening_and_after_the_seal(play: type[Play]) -> None:
    assert play().give(RevokePass(number="a1"))  # type: ignore[call-arg] # a function that makes a play


def test_what_is_void_is_void_in_a_rehearsal_too() -> None:
    play = opened()
    play.give(RevokePass(number="a1"), RevokeLinks(role=Role.SITE, site=HUE))

    rehearsal = convened(rehearsal=True)
    for event in revoked_again(play.now.entry, NINE + MINUTE):
        rehearsal.now = conference.evolve(rehearsal.now, event)

    assert rehearsal.now.entry == play.now.entry


class EntryMachine(Played):
    @rule(number=st.sampled_from(NUMBERS))
    def a_pass_is_revoked(self, number: str) -> None:
        self.give(RevokePass(number=number))

    @rule(role=st.sampled_from(Role), site=st.none() | st.sampled_from(SITES))
    def links_are_revoked(self, role: Role, site: SiteId | None) -> None:
        before = {(one.role, one.site): one.before for one in self.play.now.entry.links}
        if self.give(RevokeLinks(role=role, site=site)) is None:
            return
        assert is_void(self.play.now.entry, number="x", role=role, site=site, issued_at=self.play.at - SECOND)
        assert not is_void(self.play.now.entry, number="x", role=role, site=site, issued_at=self.play.at)
        others = {
            (one.role, one.site): one.before
            for one in self.play.now.entry.links
            if (one.role, one.site) != (role, site)
        }
        assert others == {key: until for key, until in before.items() if key != (role, site)}

    @invariant()
    def each_is_void_once(self) -> None:
        now = self.play.now.entry
        assert len(set(now.numbers)) == len(now.numbers)
        assert len({(one.role, one.site) for one in now.links}) == len(now.links)

    @invariant()
    def what_is_void_stays_void(self) -> None:
        for event in self.play.events:
            match event:
                case PassRevoked(number=number):
                    assert is_void(
                        self.play.now.entry, number=number, role=Role.CHAIR, site=None, issued_at=self.play.at
                    )
                case LinksRevoked(role=role, site=site, at=at):
                    assert is_void(self.play.now.entry, number="x", role=role, site=site, issued_at=at - SECOND)
                case _:
                    assert not isinstance(event, entry.Event)


TestEntry = quick(EntryMachine)
