"""What halls and desks receive: nothing that is not theirs. Everything that could leak is marked, and looked for."""

from dataclasses import replace

import pytest

from diemcau.conduct.alarms import Surroundings
from diemcau.conduct.clock import HandClock
from diemcau.conduct.desk import Desk, convene, open_desk
from diemcau.core import conclusions, floor, notes, rollcall, sites, stages
from diemcau.core.conference import Command
from diemcau.core.convening import ItemKind
from diemcau.core.ids import CommandId, ItemId, NoteId, PersonId, RequestId, SiteId
from diemcau.core.roles import Asker, Role
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from diemcau.projections.sections import OF_ROLE, PUBLIC, SectionName
from diemcau.web.encode import text_of
from tests.core.samples import CHAIR_PERSON, DALAT, HANOI, HUE, NINE, SITES, VINH, facts, people_of

pytestmark = pytest.mark.anyio

CHAIR, SECRETARY, SYSTEM = (Asker(role=role) for role in (Role.CHAIR, Role.SECRETARY, Role.SYSTEM))
REASONS = ("absent", "attendance", "deny", "remove", "revoke", "strike", "adjourn", "speech", "note")
OFFICES = {person: f"<office of {person}>" for site in SITES for person in people_of(site)}
OFFICE_OF = {site: {OFFICES[person] for person in people_of(site)} for site in SITES}
TOPICS = {site: f"<topic of {site}>" for site in SITES}
TELEPHONES = {site: f"<telephone of {site}>" for site in SITES}
NOTES = {"<note as it stands>"}
GONE = {"<note as it was>", "<struck item>", "<digest>", *(f"<reason to {why}>" for why in REASONS)}
DRAFT = {"<draft item>"}
EVERYTHING = {*OFFICES.values(), *TOPICS.values(), *TELEPHONES.values(), *NOTES, *GONE, *DRAFT}
SPEAKER = OFFICES[PersonId("hue-1")]
WAITING = {TOPICS[VINH], OFFICES[PersonId("vinh-1")], TOPICS[DALAT], OFFICES[PersonId("dalat-1")]}
FLOOR = {*WAITING, TOPICS[HUE], SPEAKER, TOPICS[HANOI]}


def why(reason: str) -> str:
    return f"<reason to {reason}>"


def ask(site: SiteId) -> tuple[Asker, Command]:
    command = floor.RequestFloor(site=site, topic=TOPICS[site], speaker=people_of(site)[0])
    return Asker(role=Role.SITE, site=site), command


def accept(number: int) -> tuple[Asker, Command]:
    return CHAIR, floor.AcceptRequest(request=RequestId(f"r{number}"))


LONG_AGO: tuple[tuple[Asker, Command], ...] = (
    *((SYSTEM, sites.NoteLineUp(site=site)) for site in SITES),
    (SECRETARY, rollcall.OpenRollCall()),
    *(
        (Asker(role=Role.SITE, site=site), rollcall.ReportAttendance(site=site, present=people_of(site)))
        for site in (HANOI, HUE, VINH)
    ),
    (SECRETARY, rollcall.MarkSiteAbsent(site=DALAT, reason=why("absent"))),
    (
        SECRETARY,
        rollcall.CorrectAttendance(
            site=VINH, present=people_of(VINH)[:1], reason=why("attendance"), author=CHAIR_PERSON
        ),
    ),
    (CHAIR, stages.OpenConference()),
    (CHAIR, stages.AdjournConference(reason=why("adjourn"))),
    (CHAIR, stages.ResumeConference()),
    ask(VINH),
    (CHAIR, floor.DenyRequest(request=RequestId("r1"), reason=why("deny"))),
    ask(VINH),
    accept(2),
    (CHAIR, floor.RemoveRequest(request=RequestId("r2"), reason=why("remove"))),
    (CHAIR, floor.InsertRequest(site=HANOI, topic=TOPICS[HANOI])),
    (CHAIR, floor.GrantFloor(site=HANOI)),
    (CHAIR, floor.RevokeFloor(reason=why("revoke"))),
    (
        SECRETARY,
        floor.CorrectSpeech(
            request=RequestId("r3"), granted_at=NINE, ended_at=NINE, reason=why("speech"), author=CHAIR_PERSON
        ),
    ),
    (SECRETARY, notes.TakeNote(text="<note as it was>", speech=RequestId("r3"))),
    (
        SECRETARY,
        notes.CorrectNote(
            note=NoteId("n1"), text="<note as it stands>", reason=why("note"), author=CHAIR_PERSON
        ),
    ),
)  # fmt: skip
JUST_NOW: tuple[tuple[Asker, Command], ...] = (
    (SECRETARY, conclusions.DraftItem(kind=ItemKind.LESSON, horizon=None, text="<struck item>")),
    (SECRETARY, conclusions.StrikeItem(item=ItemId("i1"), reason=why("strike"))),
    (SECRETARY, conclusions.DraftItem(kind=ItemKind.LESSON, horizon=None, text="<draft item>")),
    ask(HUE),
    accept(4),
    (CHAIR, floor.GrantFloor(site=HUE)),
    ask(VINH),
    accept(5),
    ask(DALAT),
    *((SYSTEM, sites.NoteLineLost(site=site)) for site in SITES),
)


async def a_full_desk(journal: MemoryJournal | None = None) -> Desk:
    """Return the desk of a conference in which everything that could leak was said, with all lines lost."""
    journal, clock = journal or MemoryJournal(CODEC), HandClock(NINE)
    plain = facts(needs_acceptance=True)
    invited = replace(plain, delegates=tuple(replace(one, digest="<digest>") for one in plain.delegates))
    await convene(journal, clock, invited, Author(role="plan"))
    desk = await open_desk(journal, clock, invited.conference, OFFICES)
    desk.note_surroundings(Surroundings(telephones=TELEPHONES))
    for number, (asker, command) in enumerate((*LONG_AGO, *JUST_NOW)):
        await desk.ask(command, asker=asker, command_id=CommandId(f"c{number}"))
    return desk


def marks_in(text: str) -> set[str]:
    return {mark for mark in EVERYTHING if mark in text}


async def test_everything_that_could_leak_is_there() -> None:
    journal = MemoryJournal(CODEC)
    desk = await a_full_desk(journal)

    kept = repr([record.event for record in journal.follow()])

    assert {*EVERYTHING} - marks_in(kept) == {*OFFICES.values(), *TELEPHONES.values()}
    assert {*OFFICES.values(), *TELEPHONES.values()} <= marks_in(text_of(desk.board(Role.OPERATOR, None))) | marks_in(
        text_of(desk.board(Role.SECRETARY, None))
    )


async def test_a_hall_receives_no_telephone_reason_note_or_draft_and_of_offices_the_speakers_only() -> None:
    desk = await a_full_desk()

    received = text_of(desk.public_board())

    assert marks_in(received) == {SPEAKER}
    assert not [person for person in OFFICES if f'"{person}"' in received]


@pytest.mark.parametrize(
    ("role", "site", "theirs"),
    [
        (Role.CHAIR, None, {*FLOOR, *DRAFT}),
        (Role.DEPUTY, None, {*FLOOR, *DRAFT}),
        (Role.SECRETARY, None, {*FLOOR, *DRAFT, *NOTES, *OFFICES.values()}),
        (Role.OPERATOR, None, {*FLOOR, *TELEPHONES.values()}),
        (Role.PROGRAM, None, {SPEAKER}),
        (Role.SITE, HANOI, {SPEAKER, TOPICS[HANOI], *OFFICE_OF[HANOI]}),
        (Role.SITE, HUE, {SPEAKER, TOPICS[HUE], *OFFICE_OF[HUE]}),
        (Role.SITE, VINH, {SPEAKER, TOPICS[VINH], *OFFICE_OF[VINH]}),
        (Role.SITE, DALAT, {SPEAKER, TOPICS[DALAT], *OFFICE_OF[DALAT]}),
    ],
)
async def test_each_desk_receives_what_is_its_own(role: Role, site: SiteId | None, theirs: set[str]) -> None:
    desk = await a_full_desk()

    assert marks_in(text_of(desk.board(role, site))) == theirs


@pytest.mark.parametrize("role", Role)
async def test_a_desk_has_the_sections_of_its_role_and_no_other(role: Role) -> None:
    desk = await a_full_desk()

    board = desk.board(role, HUE if role is Role.SITE else None)

    alarms = {SectionName.ALARMS} if role is Role.OPERATOR else set()
    assert set(board) == {*PUBLIC, *OF_ROLE[role], *alarms}


async def test_a_site_sees_no_delegate_of_another_site() -> None:
    desk = await a_full_desk()

    seen = text_of(desk.board(Role.SITE, VINH))

    assert [person for person in OFFICES if f'"{person}"' in seen] == list(people_of(VINH))
