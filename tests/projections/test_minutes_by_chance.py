from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from diemcau.core import agenda, conclusions, deputy, floor, notes, onair, rollcall, sites, stages
from diemcau.core.conference import Command
from diemcau.core.convening import ItemKind
from diemcau.core.ids import PersonId
from diemcau.core.refusals import Refusal
from diemcau.projections.minutes import follow, proceedings_of
from diemcau.projections.proceedings import (
    attendance,
    speeches,
)
from tests.core.samples import (
    DISCUSSION,
    HUE,
    SITES,
    VINH,
    opened,
    people_of,
)
from tests.projections.told import records_of

COMMANDS: tuple[Command, ...] = (
    stages.OpenConference(),
    stages.AdjournConference(reason="coffee"),
    stages.ResumeConference(),
    stages.CloseConference(),
    rollcall.OpenRollCall(),
    rollcall.MarkSiteAbsent(site=VINH, reason="storm"),
    *(rollcall.ReportAttendance(site=site, present=people_of(site)) for site in SITES),
    rollcall.CorrectAttendance(site=HUE, present=(), reason="left", author=PersonId("hanoi-1")),
    agenda.StartItem(item=DISCUSSION),
    agenda.FinishItem(),
    *(floor.RequestFloor(site=site, topic="Roads") for site in SITES[1:]),
    *(floor.GrantFloor(site=site) for site in SITES[1:]),
    *(floor.ReleaseFloor(site=site) for site in SITES[1:]),
    floor.RevokeFloor(reason="off topic"),
    sites.NoteLineLost(site=HUE),
    sites.NoteLineUp(site=HUE),
    onair.CutBack(),
    onair.TakeSite(site=HUE),
    notes.TakeNote(text="Something"),
    deputy.NoteChairGone(),
    deputy.Preside(),
    deputy.ReturnToChair(),
    conclusions.DraftItem(kind=ItemKind.LESSON, horizon=None, text="Listen"),
    conclusions.ReadOutConclusion(),
    conclusions.AdoptConclusion(),
)


@settings(max_examples=60, deadline=None)
@given(
    script=st.lists(st.sampled_from(COMMANDS), max_size=60),
    split=st.integers(min_value=0, max_value=200),
    seconds=st.integers(min_value=0, max_value=90),
)
def test_following_from_any_point_equals_telling_it_anew(script: list[Command], split: int, seconds: int) -> None:
    play = opened(connected=SITES)
    for command in script:
        play.wind(timedelta(seconds=seconds))
        try:
            play.give(command)
        except Refusal:
            continue
    records = records_of(play)

    followed = proceedings_of(records[:split])
    for record in records[split:]:
        followed = follow(followed, record)

    anew = proceedings_of(records)
    assert followed == anew
    assert anew is not None
    assert anew.conference == play.now
    assert len(speeches(anew)) == sum(isinstance(event, floor.FloorGranted) for event in play.events)
    assert sum(one.people for one in attendance(anew)) == rollcall.people_present(play.now.roll)
