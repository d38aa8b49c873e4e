"""Technical checks on screens: a site sees its own, the operator all, others none."""

from dataclasses import replace

from diemcau.core.checks import Fitness, Mend, Part, ReportCheck
from diemcau.core.roles import Role
from diemcau.projections.board import role_board
from diemcau.projections.checks import ChecksSection
from diemcau.projections.desk_sections import MySiteSection
from diemcau.projections.sections import SectionName
from tests.core.samples import HUE, NINE, VINH, Play, convened
from tests.core.test_checks import GOOD


def checked() -> Play:
    play = convened()
    play.give(ReportCheck(site=HUE, measures=GOOD), ReportCheck(site=VINH, measures=replace(GOOD, microphone_db=-45)))
    return play


def test_the_operator_sees_every_site_that_checked_itself_and_what_it_has_to_mend() -> None:
    section = role_board(checked().now, Role.OPERATOR, None, {})[SectionName.CHECKS]

    assert isinstance(section, ChecksSection)
    assert [(one.site, one.fitness, one.at) for one in section.checks] == [
        (HUE, Fitness.FIT, NINE),
        (VINH, Fitness.TO_MEND, NINE),
    ]
    assert [(one.part, one.mend) for one in section.checks[1].findings if one.mend is not None] == [
        (Part.MICROPHONE, Mend.TOO_QUIET)
    ]


def test_a_site_sees_its_own_check_and_no_other() -> None:
    play = checked()
    hue, hanoi = (
        role_board(play.now, Role.SITE, site, {})[SectionName.MY_SITE] for site in (HUE, play.now.facts.main_site)
    )

    assert isinstance(hue, MySiteSection)
    assert isinstance(hanoi, MySiteSection)
    assert hue.check is not None
    assert hue.check.measures == GOOD
    assert hanoi.check is None


def test_nobody_else_sees_the_checks() -> None:
    board = checked().now
    others = [role for role in Role if role is not Role.OPERATOR]

    assert all(
        SectionName.CHECKS not in role_board(board, role, HUE if role is Role.SITE else None, {}) for role in others
    )
