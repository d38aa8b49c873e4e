from collections.abc import Callable

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from diemcau.core import stages
from diemcau.core.ids import PersonId, SiteId
from diemcau.core.rollcall import (
    AttendanceCorrected,
    AttendanceReported,
    CloseRollCall,
    CorrectAttendance,
    Headcount,
    MarkSiteAbsent,
    OpenRollCall,
    ReportAttendance,
    RollCallClosed,
    RollCallOpened,
    SiteMarkedAbsent,
    SiteReport,
    delegates_present,
    has_quorum,
    people_present,
    present_by_category,
    report_of,
    who_reported,
)
from tests.core.machines import Played, quick
from tests.core.samples import (
    CHAIR_PERSON,
    DALAT,
    HANOI,
    HUE,
    NINE,
    NOWHERE,
    SITES,
    STRANGER,
    VINH,
    Play,
    closed,
    convened,
    opened,
    people_of,
    sealed,
)

GUESTS = (Headcount(category="guest", count=12), Headcount(category="specialist", count=3))
ONE, TWO = people_of(HUE)


def called(**rules: object) -> Play:
    play = convened(**rules)
    play.give(OpenRollCall())
    return play


def correct(site: SiteId = HUE, **changes: object) -> CorrectAttendance:
    given = {"present": (ONE,), "reason": "Đến muộn", "author": CHAIR_PERSON} | changes
    return CorrectAttendance(site=site, **given)  # type: ignore[arg-type] # as each test needs it


def test_the_roll_is_called_before_the_opening_and_while_the_conference_is_open() -> None:
    assert convened().give(OpenRollCall()) == (RollCallOpened(at=NINE),)
    assert opened().give(OpenRollCall()) == (RollCallOpened(at=NINE),)
    assert closed().refused(OpenRollCall())[0] == "stages.wrong_stage"


def test_a_roll_that_is_being_called_is_not_opened_again_but_a_closed_one_is() -> None:
    play = called()

    assert play.refused(OpenRollCall())[0] == "rollcall.open_already"
    assert play.give(CloseRollCall()) == (RollCallClosed(at=NINE),)
    assert play.give(OpenRollCall()) == (RollCallOpened(at=NINE),)
    assert play.now.roll.open


def test_a_site_reports_who_is_present_and_its_guests_by_category() -> None:
    play = called()

    happened = play.give(ReportAttendance(site=HUE, present=(ONE,), guests=GUESTS))

    assert happened == (AttendanceReported(site=HUE, present=(ONE,), guests=GUESTS, at=NINE),)
    report = report_of(play.now.roll, HUE)
    assert report == SiteReport(site=HUE, present=(ONE,), guests=GUESTS)
    assert present_by_category(report, play.now.facts) == (
        Headcount(category="guest", count=12),
        Headcount(category="head", count=1),
        Headcount(category="specialist", count=3),
    )
    assert (delegates_present(play.now.roll), people_present(play.now.roll)) == (1, 16)


def test_a_site_may_report_anew_while_the_roll_is_called() -> None:
    play = called()
    play.give(ReportAttendance(site=HUE, present=(ONE,)), ReportAttendance(site=VINH, present=()))

    play.give(ReportAttendance(site=HUE, present=(ONE, TWO)))

    assert who_reported(play.now.roll) == (VINH, HUE)
    assert delegates_present(play.now.roll) == 2


def test_blanks_around_a_category_are_not_part_of_it() -> None:
    happened = called().give(ReportAttendance(site=HUE, present=(), guests=(Headcount(category=" guest ", count=1),)))

    assert happened[0].guests == (Headcount(category="guest", count=1),)  # type: ignore[union-attr] # it reported


@pytest.mark.parametrize(
    ("present", "persons"),
    [((STRANGER,), "stranger"), ((PersonId("vinh-1"),), "vinh-1"), ((ONE, ONE), ONE)],
    ids=["a stranger", "another site's delegate", "one person twice"],
)
def test_a_site_reports_its_own_delegates_each_once(present: tuple[PersonId, ...], persons: str) -> None:
    expected = ("rollcall.delegate_unknown", {"site": HUE, "persons": persons})

    assert called().refused(ReportAttendance(site=HUE, present=present)) == expected


@pytest.mark.parametrize(
    "guests",
    [
        (Headcount(category="guest", count=-1),),
        (Headcount(category="guest", count=100_001),),
        (Headcount(category=" ", count=1),),
        (Headcount(category="g" * 101, count=1),),
        (Headcount(category="guest", count=1), Headcount(category="guest ", count=2)),
        tuple(Headcount(category=str(number), count=1) for number in range(51)),
    ],
    ids=["fewer than none", "too many", "no category", "long category", "one twice", "too many categories"],
)
def test_impossible_headcounts_are_refused(guests: tuple[Headcount, ...]) -> None:
    assert called().refused(ReportAttendance(site=HUE, present=(), guests=guests))[0] == "rollcall.count_impossible"


def test_the_largest_headcount_is_possible() -> None:
    play = called()

    play.give(ReportAttendance(site=HUE, present=(), guests=(Headcount(category="g" * 100, count=100_000),)))

    assert people_present(play.now.roll) == 100_000


def test_guests_of_fifty_categories_are_possible() -> None:
    guests = tuple(Headcount(category=str(number), count=1) for number in range(50))

    assert called().give(ReportAttendance(site=HUE, present=(), guests=guests))


def test_nobody_reports_or_is_marked_unless_the_roll_is_called() -> None:
    before, after = convened(), called()
    after.give(CloseRollCall())

    for play in (before, after):
        assert play.refused(ReportAttendance(site=HUE, present=(ONE,)))[0] == "rollcall.not_open"
        assert play.refused(MarkSiteAbsent(site=HUE, reason="Mất điện"))[0] == "rollcall.not_open"
        assert play.refused(CloseRollCall())[0] == "rollcall.not_open"
    assert before.refused(correct())[0] == "rollcall.not_open"


def test_a_site_that_does_not_report_is_marked_absent_and_may_report_later() -> None:
    play = called()

    happened = play.give(MarkSiteAbsent(site=HUE, reason=" Mất điện "))

    assert happened == (SiteMarkedAbsent(site=HUE, reason="Mất điện", at=NINE),)
    assert who_reported(play.now.roll) == ()
    play.give(ReportAttendance(site=HUE, present=(ONE,)))
    assert who_reported(play.now.roll) == (HUE,)


def test_a_site_that_reported_people_is_not_marked_absent() -> None:
    play = called()
    play.give(ReportAttendance(site=HUE, present=(ONE,)), ReportAttendance(site=VINH, present=()))

    assert play.refused(MarkSiteAbsent(site=HUE, reason="Nhầm")) == ("rollcall.reported_already", {"site": HUE})
    assert play.give(MarkSiteAbsent(site=VINH, reason="Không có ai"))


def test_an_unknown_site_and_a_missing_reason_are_refused() -> None:
    play = called()

    assert play.refused(ReportAttendance(site=NOWHERE, present=())) == ("sites.unknown", {"site": NOWHERE})
    assert play.refused(MarkSiteAbsent(site=NOWHERE, reason="Vắng")) == ("sites.unknown", {"site": NOWHERE})
    assert play.refused(MarkSiteAbsent(site=HUE, reason=""))[0] == "reason_missing"


@pytest.mark.parametrize("play", [closed, sealed])
def test_attendance_is_corrected_with_reason_and_author_even_after_the_seal(play: Callable[[], Play]) -> None:
    corrected = play()

    happened = corrected.give(correct(guests=GUESTS))

    assert happened == (
        AttendanceCorrected(
            site=HUE, present=(ONE,), guests=GUESTS, reason="Đến muộn", author=CHAIR_PERSON, at=corrected.at
        ),
    )
    assert report_of(corrected.now.roll, HUE) == SiteReport(site=HUE, present=(ONE,), guests=GUESTS, corrected=True)


def test_a_correction_without_a_known_author_a_reason_or_right_people_is_refused() -> None:
    play = closed()

    assert play.refused(correct(author=STRANGER)) == ("author_unknown", {"person": STRANGER})
    assert play.refused(correct(author=ONE)) == ("author_unknown", {"person": ONE})
    assert play.refused(correct(reason=" "))[0] == "reason_missing"
    assert play.refused(correct(present=(STRANGER,)))[0] == "rollcall.delegate_unknown"
    assert play.refused(correct(guests=(Headcount(category="", count=1),)))[0] == "rollcall.count_impossible"
    assert play.refused(correct(site=NOWHERE))[0] == "sites.unknown"


@pytest.mark.parametrize(
    ("sites", "delegates", "reached"),
    [(0, 0, True), (50, 0, True), (51, 0, False), (0, 37, True), (0, 38, False), (50, 37, True)],
)
def test_a_quorum_is_counted_in_whole_percents(sites: int, delegates: int, *, reached: bool) -> None:
    play = called(quorum_sites=sites, quorum_delegates=delegates)
    play.give(ReportAttendance(site=HUE, present=(ONE, TWO)), ReportAttendance(site=VINH, present=people_of(VINH)[:1]))
    play.give(ReportAttendance(site=DALAT, present=()), MarkSiteAbsent(site=HANOI, reason="Vắng"))

    assert has_quorum(play.now.roll, play.now.facts) is reached


def test_guests_alone_make_a_hall_present_for_the_quorum() -> None:
    play = called(quorum_sites=25, quorum_to_open=True)
    play.give(ReportAttendance(site=HUE, present=(), guests=(Headcount(category="guest", count=0),)))
    assert not has_quorum(play.now.roll, play.now.facts)

    play.give(ReportAttendance(site=HUE, present=(), guests=GUESTS))

    assert play.give(stages.OpenConference())


class RollCallMachine(Played):
    @initialize()
    def begins(self) -> None:
        self.reported: dict[SiteId, int] = {}

    @rule()
    def is_called(self) -> None:
        was_open = self.play.now.roll.open
        assert (self.give(OpenRollCall()) is None) is was_open

    @rule()
    def is_closed(self) -> None:
        self.give(CloseRollCall())

    @rule(
        site=st.sampled_from(SITES),
        people=st.lists(st.sampled_from([0, 1, 2]), max_size=3),
        guests=st.integers(-1, 5),
        corrects=st.booleans(),
    )
    def stands(self, site: SiteId, people: list[int], guests: int, *, corrects: bool) -> None:
        present = tuple((*people_of(site), STRANGER)[one] for one in people)
        counts = (Headcount(category="guest", count=guests),)
        command = (
            correct(site, present=present, guests=counts)
            if corrects
            else ReportAttendance(site=site, present=present, guests=counts)
        )
        possible = guests >= 0 and STRANGER not in present and len(set(people)) == len(people)
        roll = self.play.now.roll
        allowed = possible and (roll.opened_at is not None if corrects else roll.open)
        assert (self.give(command) is not None) is allowed
        if allowed:
            self.reported[site] = len(present) + guests

    @rule(site=st.sampled_from(SITES))
    def is_absent(self, site: SiteId) -> None:
        allowed = self.play.now.roll.open and not self.reported.get(site)
        assert (self.give(MarkSiteAbsent(site=site, reason="Vắng")) is not None) is allowed
        if allowed:
            self.reported.pop(site, None)

    @invariant()
    def everybody_who_was_reported_is_counted_once(self) -> None:
        assert people_present(self.play.now.roll) == sum(self.reported.values())
        assert set(who_reported(self.play.now.roll)) == set(self.reported)


TestRollCall = quick(RollCallMachine)
