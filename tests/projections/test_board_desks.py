"""The board: what screens show of a conference, what a role's desk sees of its own, and what it may do."""

from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.core import (
    conference,
    deputy,
    floor,
    roles,
    rollcall,
    stages,
)
from diemcau.core.conference import Command
from diemcau.core.onair import AirState
from diemcau.core.refusals import Refusal
from diemcau.core.roles import Asker, Role
from diemcau.core.sites import Line, SiteUnknown
from diemcau.core.stages import WrongStage
from diemcau.projections.board import role_board
from diemcau.projections.desk_sections import (
    DelegateLine,
    MySiteSection,
    RegisterSection,
)
from diemcau.projections.sections import (
    OF_ROLE,
    SectionName,
)
from tests.core.commands import EVERY, STAGES
from tests.core.samples import (
    HANOI,
    HUE,
    NOWHERE,
    SECOND,
    SITES,
    VINH,
    Play,
    closed,
    convened,
    facts,
    opened,
    sealed,
)
from tests.projections.boards import HUE_HEAD, HUE_SECOND, OFFICES, may, shown, waiting


def test_a_sites_desk_sees_its_own_delegates_and_requests() -> None:
    play = opened()
    guests = (rollcall.Headcount(category="khách", count=3),)
    play.give(
        rollcall.OpenRollCall(),
        rollcall.ReportAttendance(site=HUE, present=(HUE_HEAD,), guests=guests),
        floor.RequestFloor(site=HUE, topic="Kinh nghiệm", speaker=HUE_HEAD),
        floor.RequestFloor(site=VINH, topic="Khác"),
    )

    assert shown(play, Role.SITE, SectionName.MY_SITE) == MySiteSection(
        site=HUE,
        line=Line.CONNECTED,
        air=AirState.OFF,
        reported=True,
        delegates=HUE_DELEGATES,
        guests=guests,
        requests=(waiting("r1"),),
        check=None,
    )


HUE_DELEGATES = (
    DelegateLine(person=HUE_HEAD, office="Trưởng ban", category="head", present=True),
    DelegateLine(person=HUE_SECOND, office="", category="specialist", present=False),
)


def test_a_site_that_has_not_reported_sees_nobody_present() -> None:
    section = shown(opened(), Role.SITE, SectionName.MY_SITE)

    assert isinstance(section, MySiteSection)
    assert (section.reported, section.guests) == (False, ())
    assert not any(one.present for one in section.delegates)


def test_without_a_site_the_desk_is_the_main_sites() -> None:
    section = role_board(opened().now, Role.SITE, None, OFFICES)[SectionName.MY_SITE]

    assert isinstance(section, MySiteSection)
    assert section.site == HANOI


def test_a_site_that_was_not_invited_has_no_board() -> None:
    with pytest.raises(SiteUnknown):
        role_board(opened().now, Role.SITE, NOWHERE, OFFICES)


def test_the_secretary_sees_the_register_of_every_site() -> None:
    play = opened()
    play.give(rollcall.OpenRollCall(), rollcall.ReportAttendance(site=HUE, present=(HUE_HEAD,)))

    section = shown(play, Role.SECRETARY, SectionName.REGISTER)

    assert isinstance(section, RegisterSection)
    assert [one.site for one in section.sites] == list(SITES)
    assert section.sites[1].delegates == HUE_DELEGATES


def test_before_the_opening_the_chair_may_rehearse_or_open() -> None:
    offered = may(convened(), Role.CHAIR)

    assert offered & STAGE_COMMANDS == {"StartRehearsal", "OpenConference"}
    assert not offered & {"GrantFloor", "AdoptConclusion"}


def test_while_it_is_open_the_chair_may_adjourn_or_close() -> None:
    assert may(opened(), Role.CHAIR) & STAGE_COMMANDS == {"AdjournConference", "CloseConference"}


def test_a_rehearsal_may_be_ended_and_holds_no_other() -> None:
    for play in (Play(facts(rehearsal=True)), rehearsing()):
        assert "EndRehearsal" in may(play, Role.CHAIR)
        assert "StartRehearsal" not in may(play, Role.CHAIR)


def rehearsing() -> Play:
    play = convened()
    play.give(stages.StartRehearsal())
    return play


def test_the_secretary_may_seal_what_is_closed_and_then_only_correct_and_revoke() -> None:
    assert "SealConference" not in may(opened(), Role.SECRETARY)
    assert "SealConference" in may(closed(), Role.SECRETARY)
    assert may(sealed(), Role.SECRETARY) == {
        "CorrectAttendance",
        "CorrectSpeech",
        "CorrectNote",
        "RevokePass",
        "RevokeLinks",
    }


def test_the_deputy_may_preside_over_nothing_while_the_chair_is_there() -> None:
    play = opened()
    assert "GrantFloor" not in may(play, Role.DEPUTY)

    play.give(deputy.NoteChairGone())
    play.wind(10 * SECOND)
    play.give(deputy.Preside())

    assert "GrantFloor" in may(play, Role.DEPUTY)
    assert "GrantFloor" not in may(play, Role.CHAIR)


def test_a_program_screen_has_nothing_of_its_own() -> None:
    assert role_board(opened().now, Role.PROGRAM, None, OFFICES) == {}


PEOPLE = [role for role, sections in OF_ROLE.items() if SectionName.MAY in sections]
STAGE_COMMANDS = {command.__name__ for command in get_args(stages.Command)}


@settings(max_examples=60)
@given(
    given_before=st.lists(st.one_of(STAGES, EVERY), max_size=6),
    command=st.one_of(STAGES, EVERY),
    role=st.sampled_from(PEOPLE),
)
def test_what_is_not_offered_is_refused_and_what_is_offered_fits_role_and_stage(
    given_before: list[Command], command: Command, role: Role
) -> None:
    play = opened()
    for one in given_before:
        with suppress(Refusal):
            play.give(one)
    asker = Asker(role=role, site=getattr(command, "site", None))
    offered = may(play, role)

    refused = refusal_of(play, asker, command)

    if type(command).__name__ not in offered:
        assert refused is not None
    else:
        assert not isinstance(refused, WrongStage | roles.RoleMayNot | roles.DeputyPresides)


def refusal_of(play: Play, asker: Asker, command: Command) -> Refusal | None:
    """Return for what `command` is refused to `asker`, or nothing."""
    try:
        roles.check(asker, command, play.now.presidency.presiding)
        conference.decide(play.now, command, play.at)
    except Refusal as refusal:
        return refusal
    return None
