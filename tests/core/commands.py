"""Every command of a conference, made by chance, with the right and the wrong things in it."""

from datetime import timedelta

from hypothesis import strategies as st

from diemcau.core import agenda, conclusions, deputy, entry, floor, handouts, notes, onair, rollcall, sites, stages
from diemcau.core.conference import Command
from diemcau.core.convening import ExpectedCount, Horizon, ItemKind
from diemcau.core.ids import AgendaId, HandoutId, ItemId, NoteId, PersonId, RequestId
from diemcau.core.regulations import Conduct
from diemcau.core.roles import Role
from tests.core.samples import CHAIR_PERSON, DISCUSSION, MINUTE, NINE, NOWHERE, REPORTS, SITES, STRANGER, UNITS

site = st.sampled_from([*SITES, *SITES, NOWHERE])
person = st.sampled_from([CHAIR_PERSON, PersonId("hue-1"), STRANGER])
reason = st.sampled_from(["Lý do", "Lý do", " "])
text = st.sampled_from(["Nội dung", "Khác", "", "k" * 5_000])
request = st.integers(1, 5).map(lambda number: RequestId(f"r{number}"))
lane = st.sampled_from(floor.Lane)
place = st.none() | st.integers(0, 3)
length = st.sampled_from([timedelta(0), timedelta(seconds=20), MINUTE, 8 * MINUTE])
guests = st.sampled_from([(), (rollcall.Headcount(category="guest", count=3),)])
item = st.integers(1, 4).map(lambda number: ItemId(f"i{number}"))
kind = st.sampled_from(ItemKind)
horizon = st.sampled_from([None, *Horizon])
count = st.builds(ExpectedCount, kind=kind, horizon=horizon, count=st.integers(-1, 2))


def _of(*strategies: st.SearchStrategy[Command]) -> st.SearchStrategy[Command]:
    return st.one_of(*strategies)


build = st.builds
STAGES = st.sampled_from(
    [
        stages.StartRehearsal(),
        stages.EndRehearsal(),
        stages.OpenConference(),
        stages.OpenConference(),
        stages.AdjournConference(reason="Giải lao"),
        stages.ResumeConference(),
        stages.CloseConference(),
        stages.SealConference(),
    ]
)
LINES = _of(
    build(sites.NoteLineUp, site=site), build(sites.NoteLineLost, site=site), build(sites.LetCameraIn, site=site)
)
ROLL = _of(
    st.sampled_from([rollcall.OpenRollCall(), rollcall.CloseRollCall()]),
    build(rollcall.ReportAttendance, site=site, present=st.just(()) | person.map(lambda one: (one,)), guests=guests),
    build(rollcall.MarkSiteAbsent, site=site, reason=reason),
    build(
        rollcall.CorrectAttendance,
        site=st.just(SITES[0]) | site,
        present=st.just(()) | st.just((CHAIR_PERSON,)),
        guests=guests,
        reason=reason,
        author=person,
    ),
)
AGENDA = _of(
    build(agenda.StartItem, item=st.sampled_from([REPORTS, DISCUSSION, AgendaId("lunch")])),
    st.just(agenda.FinishItem()),
)
ASKING = _of(
    build(floor.RequestFloor, site=site, topic=text, speaker=st.none() | person, lane=lane),
    build(floor.InsertRequest, site=site, topic=text, speaker=st.none() | person, lane=lane, position=place),
    build(floor.CancelRequest, site=site, request=request),
    build(floor.AcceptRequest, request=request, position=place),
    build(floor.DenyRequest, request=request, reason=reason),
    build(floor.MoveRequest, request=request, position=st.integers(0, 3)),
    build(floor.RemoveRequest, request=request, reason=reason),
)
SPEAKING = _of(
    build(floor.GrantFloor, site=site, allotted=st.none() | length),
    build(floor.ReleaseFloor, site=site),
    build(floor.RevokeFloor, reason=reason),
    build(floor.ExtendFloor, by=length),
    build(
        floor.CorrectSpeech,
        request=request,
        granted_at=st.just(NINE),
        ended_at=st.sampled_from([NINE - MINUTE, NINE]),
        reason=reason,
        author=person,
    ),
)
_OF_THE_PROGRAM: list[Command] = [
    onair.UndoTake(),
    onair.UndoTake(),
    onair.FreezeProgram(),
    onair.UnfreezeProgram(),
    onair.TakeDownSlate(),
    onair.TakeDownLowerThird(),
]
AIR = _of(
    build(onair.ConfirmReady, site=site),
    build(onair.PreviewSite, site=site),
    build(onair.TakeSite, site=site),
    st.just(onair.CutBack()),
    build(onair.ChooseConduct, conduct=st.sampled_from(Conduct)),
    build(onair.ChooseLayout, layout=st.sampled_from(onair.Layout)),
    build(onair.ChooseGallery, sites=st.lists(site, max_size=4).map(tuple)),
    build(onair.ShowSlate, text=st.sampled_from(["", " Xin chờ ", "k" * 201])),
    build(onair.PinLowerThird, site=site),
    st.sampled_from(_OF_THE_PROGRAM),
)
ENTRY = _of(
    build(entry.RevokePass, number=st.sampled_from(["a1", "b2", "", "c 3"])),
    build(entry.RevokeLinks, role=st.sampled_from(Role), site=st.none() | site),
)
HANDOUTS = _of(
    build(
        handouts.ListHandout,
        handout=st.just(HandoutId("report")),
        title=text,
        pages=st.integers(0, 3),
        digest=st.sampled_from(["", "0" * 64, "no digest"]),
    ),
    build(handouts.ShowPage, handout=st.just(HandoutId("report")), page=st.integers(0, 3)),
    st.just(handouts.TakeDownHandout()),
)
_PRESIDING: list[Command] = [deputy.NoteChairGone(), deputy.NoteChairBack(), deputy.Preside(), deputy.ReturnToChair()]
DEPUTY = st.sampled_from(_PRESIDING)
NOTES = _of(
    build(notes.TakeNote, text=text, speech=st.none() | request),
    build(
        notes.CorrectNote, note=st.sampled_from([NoteId("n1"), NoteId("n2")]), text=text, reason=reason, author=person
    ),
)
CONCLUSIONS = _of(
    build(conclusions.DeclareCounts, counts=st.lists(count, max_size=2).map(tuple)),
    build(
        conclusions.DraftItem, kind=kind, horizon=horizon, text=text, units=st.sampled_from([(), UNITS, UNITS[:1] * 2])
    ),
    build(conclusions.AmendItem, item=item, text=text),
    build(conclusions.StrikeItem, item=item, reason=reason),
    st.sampled_from([conclusions.ReadOutConclusion(), conclusions.AdoptConclusion()]),
)
EVERY = _of(LINES, ROLL, AGENDA, ASKING, SPEAKING, SPEAKING, AIR, AIR, HANDOUTS, DEPUTY, NOTES, CONCLUSIONS, ENTRY)
