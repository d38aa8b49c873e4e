"""The board: what screens show of a conference, the floor, the air and the conclusion."""

from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from diemcau.core import (
    agenda,
    conclusions,
    deputy,
    entry,
    floor,
    handouts,
    notes,
    onair,
    sites,
)
from diemcau.core.convening import ExpectedCount, Horizon, ItemKind, count_name
from diemcau.core.deputy import Presiding
from diemcau.core.floor import Lane, RequestState
from diemcau.core.ids import ItemId, NoteId, RequestId
from diemcau.core.onair import AirState, Layout
from diemcau.core.refusals import Refusal
from diemcau.core.regulations import Conduct
from diemcau.core.roles import Role
from diemcau.projections.desk_sections import (
    ConclusionSection,
    CountLine,
    FloorSection,
    ItemLine,
    NoteLine,
    NotesSection,
    PresidencySection,
)
from diemcau.projections.sections import (
    AirSection,
    HandoutLine,
    HandoutsSection,
    PublicFloorSection,
    RevokedSection,
    SectionName,
)
from tests.core.samples import (
    DALAT,
    DISCUSSION,
    HANOI,
    HUE,
    MINUTE,
    NINE,
    SECOND,
    UNITS,
    VINH,
    opened,
)
from tests.projections.boards import HUE_HEAD, HUE_SECOND, REPORT, public, shown, tiles, waiting


def test_the_floor_shows_who_speaks_who_waits_who_asked_and_who_has_spoken() -> None:
    play = opened(needs_acceptance=True)
    play.give(floor.GrantFloor(site=DALAT))
    play.give(floor.GrantFloor(site=VINH))
    play.give(
        floor.RequestFloor(site=HUE, topic="Kinh nghiệm", speaker=HUE_HEAD),
        floor.AcceptRequest(request=RequestId("r3")),
        floor.RequestFloor(site=HUE, topic="Trả lời", speaker=HUE_SECOND, lane=Lane.RESPONSE),
        onair.ConfirmReady(site=HUE),
    )

    section = shown(play, Role.CHAIR, SectionName.FLOOR)

    called = {
        "speaker": None,
        "office": "",
        "position": None,
        "granted_at": NINE,
        "until": NINE + 7 * MINUTE,
        "turn": 1,
    }
    assert section == FloorSection(
        holder=waiting("r2", "", site=VINH, state=RequestState.GRANTED, **called),
        queue=(waiting("r3", ready=True),),
        pending=(
            waiting(
                "r4", "Trả lời", speaker=HUE_SECOND, office="", lane=Lane.RESPONSE, state=RequestState.PENDING,
                position=None, ready=True,
            ),
        ),
        spoken=(waiting("r1", "", site=DALAT, state=RequestState.RELEASED, ended_at=NINE, **called),),
        warnings=(MINUTE,),
        warned=False,
        time_up=False,
    )  # fmt: skip


def test_nobody_speaks_and_nobody_waits() -> None:
    nothing = FloorSection(
        holder=None, queue=(), pending=(), spoken=(), warnings=(MINUTE,), warned=False, time_up=False
    )
    nobody = PublicFloorSection(
        holder=None, office="", granted_at=None, until=None, warned=False, time_up=False, queue=()
    )

    assert shown(opened(), Role.OPERATOR, SectionName.FLOOR) == nothing
    assert public(opened(), SectionName.PUBLIC_FLOOR) == nobody


def test_every_hall_sees_who_speaks_until_when_in_which_office_and_who_is_next() -> None:
    play = opened()
    play.give(floor.RequestFloor(site=HUE, topic="Kinh nghiệm", speaker=HUE_HEAD), floor.GrantFloor(site=HUE))
    play.give(floor.RequestFloor(site=VINH, topic="Khác"))
    speaks = PublicFloorSection(
        holder=HUE, office="Trưởng ban", granted_at=NINE, until=NINE + 7 * MINUTE, warned=False, time_up=False,
        queue=(VINH,),
    )  # fmt: skip

    assert public(play, SectionName.PUBLIC_FLOOR) == speaks
    play.wind(6 * MINUTE)
    assert public(play, SectionName.PUBLIC_FLOOR) == replace(speaks, warned=True)
    play.wind(MINUTE)
    assert public(play, SectionName.PUBLIC_FLOOR) == replace(speaks, warned=True, time_up=True)


def test_a_speaker_whom_the_directory_has_forgotten_speaks_without_office() -> None:
    play = opened()
    play.give(floor.RequestFloor(site=HUE, topic="Kinh nghiệm", speaker=HUE_SECOND), floor.GrantFloor(site=HUE))

    section = public(play, SectionName.PUBLIC_FLOOR)

    assert isinstance(section, PublicFloorSection)
    assert section.office == ""


def test_the_air_shows_site_layout_preview_and_page() -> None:
    play = opened(conduct=Conduct.MANUAL)
    play.give(
        floor.GrantFloor(site=HUE),
        onair.TakeSite(site=HUE),
        onair.PreviewSite(site=VINH),
        onair.ChooseLayout(layout=Layout.SIDE_BY_SIDE),
        handouts.ListHandout(handout=REPORT, title="Báo cáo", pages=3, digest=""),
        handouts.ShowPage(handout=REPORT, page=3),
    )
    air = AirSection(
        main=HANOI, taken=HUE, held=False, cut_in=False, preview=VINH, conduct=Conduct.MANUAL,
        layout=Layout.SIDE_BY_SIDE, gallery=(), frozen=False, slate=None, lower_third=None, can_undo=True,
        handout=REPORT, page=3,
    )  # fmt: skip

    assert public(play, SectionName.AIR) == air
    assert public(play, SectionName.HANDOUTS) == HandoutsSection(
        handouts=(HandoutLine(handout=REPORT, title="Báo cáo", pages=3, digest=""),)
    )
    play.give(sites.NoteLineLost(site=HUE))
    assert public(play, SectionName.AIR) == replace(air, held=True)
    assert [tiles(play)[site].air for site in (HUE, VINH)] == [AirState.HELD, AirState.PREVIEW]
    play.wind(2 * SECOND)
    assert public(play, SectionName.AIR) == replace(air, held=True, cut_in=True)


def test_the_air_shows_the_gallery_and_what_lies_over_the_program() -> None:
    play = opened()
    section = public(play, SectionName.AIR)
    assert isinstance(section, AirSection)
    assert (section.slate, section.lower_third, section.can_undo) == (None, None, False)

    play.give(
        onair.ChooseGallery(sites=(VINH, DALAT)),
        onair.FreezeProgram(),
        onair.ShowSlate(),
        onair.PinLowerThird(site=HANOI),
    )

    assert public(play, SectionName.AIR) == replace(
        section, gallery=(VINH, DALAT), frozen=True, slate="", lower_third=HANOI, can_undo=True
    )


def test_what_would_put_a_site_on_air_that_speaks_no_longer_is_not_offered_for_undoing() -> None:
    play = opened()
    play.give(floor.GrantFloor(site=HUE), floor.ReleaseFloor(site=HUE))

    section = public(play, SectionName.AIR)

    assert isinstance(section, AirSection)
    assert not section.can_undo


def test_every_node_is_told_which_passes_and_links_are_void() -> None:
    play = opened()
    assert public(play, SectionName.REVOKED) == RevokedSection(numbers=(), links=())

    play.give(entry.RevokePass(number="a1"), entry.RevokeLinks(role=Role.SITE, site=HUE))

    assert public(play, SectionName.REVOKED) == RevokedSection(
        numbers=("a1",), links=(entry.RevokedLinks(role=Role.SITE, site=HUE, before=NINE),)
    )


def test_the_layout_that_the_operator_chose_is_shown_as_chosen_while_nobody_speaks() -> None:
    play = opened()
    play.give(onair.ChooseLayout(layout=Layout.DOCUMENT))

    section = public(play, SectionName.AIR)

    assert isinstance(section, AirSection)
    assert (section.taken, section.layout) == (None, Layout.DOCUMENT)


def test_the_conclusion_shows_its_items_and_declared_counts_beside_those_that_stand() -> None:
    play = opened()
    due = NINE.date()
    play.give(
        conclusions.DraftItem(kind=ItemKind.TASK, horizon=Horizon.TERM, text="Rà soát", units=UNITS[:2], due=due),
        conclusions.DeclareCounts(
            counts=(
                ExpectedCount(kind=ItemKind.TASK, horizon=Horizon.TERM, count=1),
                ExpectedCount(kind=ItemKind.LESSON, horizon=None, count=2),
            )
        ),
    )

    assert shown(play, Role.SECRETARY, SectionName.CONCLUSION) == ConclusionSection(
        items=(
            ItemLine(
                item=ItemId("i1"), kind=ItemKind.TASK, horizon=Horizon.TERM, count_name="term_task", text="Rà soát",
                units=UNITS[:2], due=due,
            ),
        ),
        counts=(
            CountLine(count_name="term_task", declared=1, found=1),
            CountLine(count_name="lesson", declared=2, found=0),
        ),
        read_out=False,
        adopted_at=None,
    )  # fmt: skip


@given(
    drafted=st.lists(st.tuples(st.sampled_from(ItemKind), st.sampled_from([None, *Horizon])), max_size=6),
    declared=st.lists(st.tuples(st.sampled_from(ItemKind), st.sampled_from([None, *Horizon])), max_size=4, unique=True),
)
def test_the_counts_that_are_shown_to_agree_are_those_with_which_a_conclusion_may_be_read_out(
    drafted: list[tuple[ItemKind, Horizon | None]], declared: list[tuple[ItemKind, Horizon | None]]
) -> None:
    play = opened()
    for kind, horizon in drafted:
        with suppress(Refusal):
            play.give(conclusions.DraftItem(kind=kind, horizon=horizon, text="Nội dung"))
    with suppress(Refusal):
        counts = tuple(ExpectedCount(kind=kind, horizon=horizon, count=1) for kind, horizon in declared)
        play.give(conclusions.DeclareCounts(counts=counts))

    section = shown(play, Role.CHAIR, SectionName.CONCLUSION)

    assert isinstance(section, ConclusionSection)
    disagree = [line.count_name for line in section.counts if line.found != line.declared]
    wrong = conclusions.disagreements(play.now.conclusion)
    assert disagree == [count_name(one.kind, one.horizon) for one in wrong]


def test_the_chairs_desks_show_who_presides_and_what_is_offered() -> None:
    play = opened()
    play.give(deputy.NoteChairGone())
    leaving = PresidencySection(presiding=Presiding.CHAIR, lease_until=NINE + 10 * SECOND, offered=False)

    assert shown(play, Role.DEPUTY, SectionName.PRESIDENCY) == leaving
    play.wind(10 * SECOND)
    assert shown(play, Role.DEPUTY, SectionName.PRESIDENCY) == replace(leaving, lease_until=None, offered=True)


def test_the_secretary_sees_the_notes_with_what_they_are_about() -> None:
    play = opened()
    play.give(agenda.StartItem(item=DISCUSSION), floor.GrantFloor(site=HUE))
    play.give(notes.TakeNote(text="Đề nghị", speech=RequestId("r1")))

    assert shown(play, Role.SECRETARY, SectionName.NOTES) == NotesSection(
        notes=(NoteLine(note=NoteId("n1"), text="Đề nghị", speech=RequestId("r1"), item=DISCUSSION, at=NINE),)
    )
