from dataclasses import fields
from typing import get_args

import pytest

from diemcau.core import deputy, entry, floor, handouts, onair, rollcall, stages
from diemcau.core.conference import COMMANDS, NEWS
from diemcau.core.deputy import Presiding
from diemcau.core.ids import HandoutId, SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import MAY, Asker, Role, check, may_give
from tests.core.samples import HUE, VINH

CHAIR, DEPUTY = Presiding


def refusal(asker: Asker, command: object, presiding: Presiding = CHAIR) -> str | None:
    """Return for what the command is refused, or nothing if it may be given."""
    try:
        check(asker, command, presiding)
    except Refusal as refused:
        return refused.code
    return None


def any_command(kind: type) -> object:
    """Return a command of a kind, of Huế where it names a site or a role; nothing else of it is looked at."""
    command: object = object.__new__(kind)
    for name, value in {"site": HUE, "role": Role.SITE}.items():
        if any(field.name == name for field in fields(kind)):
            object.__setattr__(command, name, value)
    return command


def test_the_table_names_every_command_and_nothing_else() -> None:
    assert set(MAY) == set(COMMANDS)
    assert all(MAY.values())


def test_nobody_but_the_system_gives_the_news_and_the_system_only_revokes_beside_them() -> None:
    for kind in COMMANDS:
        assert (Role.SYSTEM in MAY[kind]) is (kind in NEWS or kind in get_args(entry.Command))
        if kind in NEWS:
            assert MAY[kind] == {Role.SYSTEM}


@pytest.mark.parametrize("role", [Role.PROGRAM, Role.RELAY])
def test_a_program_screen_and_a_relay_give_no_command(role: Role) -> None:
    assert not any(role in may for may in MAY.values())


def test_every_command_of_a_site_names_the_site() -> None:
    for kind in COMMANDS:
        if Role.SITE in MAY[kind]:
            assert "site" in {field.name for field in fields(kind)}


@pytest.mark.parametrize("presiding", Presiding)
@pytest.mark.parametrize("role", Role)
def test_a_command_is_given_exactly_by_those_who_may(role: Role, presiding: Presiding) -> None:
    asker = Asker(role=role, site=HUE if role is Role.SITE else None)
    presides = {Role.CHAIR: CHAIR, Role.DEPUTY: DEPUTY}.get(role, presiding) is presiding
    personal = {deputy.Preside, deputy.ReturnToChair}

    expected = {kind for kind in COMMANDS if role in MAY[kind] and (presides or kind in personal)}

    assert {kind for kind in COMMANDS if refusal(asker, any_command(kind), presiding) is None} == expected
    assert {kind for kind in COMMANDS if may_give(role, kind, presiding)} == expected


def test_a_role_that_may_not_is_told_which_command_it_gave() -> None:
    with pytest.raises(Refusal) as refused:
        check(Asker(role=Role.OPERATOR), floor.GrantFloor(site=HUE), CHAIR)

    assert refused.value.code == "roles.may_not"
    assert refused.value.about == {"role": "operator", "command": "GrantFloor"}


@pytest.mark.parametrize("site", [VINH, None])
def test_a_desk_of_a_site_speaks_for_no_other_site(site: SiteId | None) -> None:
    for command in (
        floor.RequestFloor(site=HUE, topic="Ý kiến"),
        floor.ReleaseFloor(site=HUE),
        onair.ConfirmReady(site=HUE),
        rollcall.ReportAttendance(site=HUE, present=()),
    ):
        assert refusal(Asker(role=Role.SITE, site=site), command) == "roles.not_your_site"
        assert refusal(Asker(role=Role.SITE, site=HUE), command) is None


def test_the_secretary_reports_for_any_site() -> None:
    assert refusal(Asker(role=Role.SECRETARY), rollcall.ReportAttendance(site=HUE, present=())) is None


def test_while_the_deputy_presides_the_chair_has_no_command_but_to_return() -> None:
    chair, second = Asker(role=Role.CHAIR), Asker(role=Role.DEPUTY)

    assert refusal(chair, stages.OpenConference(), DEPUTY) == "roles.deputy_presides"
    assert refusal(chair, deputy.ReturnToChair(), DEPUTY) is None
    assert refusal(second, stages.OpenConference(), DEPUTY) is None


def test_while_the_chair_presides_the_deputy_has_no_command_but_to_preside() -> None:
    second = Asker(role=Role.DEPUTY)

    assert refusal(second, handouts.ShowPage(handout=HandoutId("report"), page=1)) == "deputy.chair_presides"
    assert refusal(second, deputy.Preside()) is None
    assert refusal(second, deputy.ReturnToChair()) == "roles.may_not"


CENTRE = {Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.OPERATOR}
OUTSIDE = {Role.SITE, Role.PROGRAM, Role.RELAY}


@pytest.mark.parametrize(
    ("role", "theirs"),
    [
        (Role.CHAIR, CENTRE | OUTSIDE),
        (Role.DEPUTY, (CENTRE | OUTSIDE) - {Role.CHAIR}),
        (Role.SECRETARY, OUTSIDE | {Role.SECRETARY}),
        (Role.OPERATOR, OUTSIDE | {Role.OPERATOR}),
        (Role.SYSTEM, CENTRE | OUTSIDE),
    ],
)
def test_each_revokes_the_links_that_are_theirs_to_revoke(role: Role, theirs: set[Role]) -> None:
    presiding = DEPUTY if role is Role.DEPUTY else CHAIR
    told = {one: refusal(Asker(role=role), entry.RevokeLinks(role=one), presiding) for one in CENTRE | OUTSIDE}

    assert {one for one, code in told.items() if code is None} == theirs
    assert {code for one, code in told.items() if one not in theirs} <= {"entry.not_yours_to_revoke"}


@pytest.mark.parametrize("role", [Role.SITE, Role.PROGRAM, Role.RELAY])
def test_halls_screens_and_relays_revoke_nothing(role: Role) -> None:
    asker = Asker(role=role, site=HUE if role is Role.SITE else None)

    for command in (entry.RevokePass(number="a1"), entry.RevokeLinks(role=Role.SITE, site=HUE)):
        assert refusal(asker, command) == "roles.may_not"


def test_a_deputy_who_does_not_preside_revokes_nothing() -> None:
    command = entry.RevokeLinks(role=Role.OPERATOR)

    assert refusal(Asker(role=Role.DEPUTY), command) == "deputy.chair_presides"
    assert refusal(Asker(role=Role.CHAIR), command, DEPUTY) == "roles.deputy_presides"


def test_what_is_no_command_is_given_by_nobody() -> None:
    for role in Role:
        assert refusal(Asker(role=role), "OpenConference") == "roles.may_not"
        assert not may_give(role, str, CHAIR)
