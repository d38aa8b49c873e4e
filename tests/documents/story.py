"""A whole conference, played through the core from one of the examples, and what the journal would hold of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from diemcau.core import agenda, conclusions, conference, floor, notes, rollcall, sites, stages
from diemcau.core.convening import AgendaKind, Facts
from diemcau.core.ids import CommandId, PersonId, SiteId, StreamId
from diemcau.journal.record import Author, Record, Seal
from diemcau.plan.convening import facts_of, person_id
from diemcau.plan.model import Plan
from diemcau.plan.reader import read_plan
from diemcau.projections.minutes import proceedings_of
from diemcau.projections.proceedings import Proceedings

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SECTOR, HEALTH = "nganh-to-chuc-2020", "health-service-review"
MINUTE = timedelta(minutes=1)


@cache
def plan(example: str) -> Plan:
    """Return the plan of one of the examples."""
    return read_plan(EXAMPLES / example)


@cache
def facts(example: str) -> Facts:
    """Return the facts with which an example is convened."""
    found = plan(example)
    return facts_of(found, {person_id(found.id, one): "0" * 64 for one in found.delegates})


@dataclass
class Offices:
    """The people of an example: offices, no names unless a test gives one; `erased` are forgotten."""

    example: str
    erased: frozenset[PersonId] = frozenset()
    names: Mapping[PersonId, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = plan(self.example)
        self.offices = {person_id(found.id, one): one.office(found.language) for one in found.delegates}

    def office_of(self, person: PersonId) -> str | None:
        return None if person in self.erased else self.offices[person]

    def name_of(self, person: PersonId) -> str | None:
        return None if person in self.erased else self.names.get(person, "")


class Play:
    """A conference that is given commands, one a second, and keeps every event as a record."""

    def __init__(self, convened: Facts) -> None:
        (first,) = conference.convene(convened)
        self.at = convened.starts_at.astimezone(UTC) - 30 * MINUTE
        self.records: list[Record] = []
        self.stream = StreamId(f"conference:{convened.conference}{'-rehearsal' if convened.rehearsal else ''}")
        self._keep(first)
        self.state = conference.begin(stages.ConferenceConvened(facts=convened))

    @property
    def facts(self) -> Facts:
        return self.state.facts

    def give(self, *commands: conference.Command, after: timedelta = timedelta(seconds=1)) -> None:
        for command in commands:
            self.at += after
            for event in conference.decide(self.state, command, self.at):
                self.state = conference.evolve(self.state, event)
                self._keep(event)

    def until(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def request_of(self, site: SiteId) -> floor.FloorRequest:
        return [one for one in self.state.floor.requests if one.site == site][-1]

    def proceedings(self, seal: Seal | None = None) -> Proceedings:
        found = proceedings_of(self.records, seal=seal)
        assert found is not None
        return found

    def _keep(self, event: object) -> None:
        place = len(self.records) + 1
        self.records.append(
            Record(
                position=place * 2,
                stream=self.stream,
                version=place,
                command=CommandId(f"c{place}"),
                at=self.at,
                author=Author(role="chair"),
                name=type(event).__name__,
                event_version=1,
                event=event,
                body="{}",
                previous="",
                hash=sha256(str(place).encode()).hexdigest(),
            )
        )


def gather(play: Play, absent: frozenset[SiteId] = frozenset()) -> None:
    """Connect every hall, call the roll, and let every site report its delegates."""
    found = plan_of(play)
    away = {person_id(found.id, one) for one in found.delegates if one.id in found.absent}
    play.give(*(sites.NoteLineUp(site=one.site) for one in play.facts.sites), rollcall.OpenRollCall())
    for one in play.facts.sites:
        if one.site in absent:
            play.give(rollcall.MarkSiteAbsent(site=one.site, reason="mất điện"))
        else:
            present = tuple(sorted(play.facts.people_of(one.site) - away))
            play.give(rollcall.ReportAttendance(site=one.site, present=present))
    play.give(rollcall.CloseRollCall())


def plan_of(play: Play) -> Plan:
    """Return the plan that is being played."""
    return next(plan(example) for example in (SECTOR, HEALTH) if plan(example).id == play.facts.conference)


def say(play: Play, vi: str, en: str) -> str:
    """Return a sentence in the play's language."""
    return en if play.facts.language == "en" else vi


def item_of(play: Play, kind: AgendaKind) -> agenda.StartItem:
    """Return the command that goes to the first item of a kind."""
    return agenda.StartItem(item=next(one.item for one in play.facts.agenda if one.kind is kind))


def speak(play: Play) -> None:
    """Let the sites of the run of show speak in turn, with a note on each."""
    found = plan_of(play)
    for grant in found.speeches:
        speaker = person_id(found.id, found.speaker(grant))
        play.give(
            floor.RequestFloor(
                site=grant.site,
                topic=say(play, "Kinh nghiệm triển khai (mẫu)", "What we learned (sample)"),
                speaker=speaker,
            )
        )
        if play.facts.regulations.needs_acceptance:
            play.give(floor.AcceptRequest(request=play.request_of(grant.site).request))
    for number, grant in enumerate(found.speeches, 1):
        play.give(floor.GrantFloor(site=grant.site), after=MINUTE)
        request = play.request_of(grant.site).request
        play.give(
            notes.TakeNote(
                text=say(play, f"Nội dung phát biểu thứ {number} (mẫu).", f"Gist of speech {number} (sample)."),
                speech=request,
            ),
            after=2 * MINUTE,
        )
        play.give(floor.ReleaseFloor(site=grant.site), after=4 * MINUTE)


def conclude(play: Play) -> None:
    """Draft, read out and adopt the planned conclusion."""
    found = plan_of(play)
    for item in found.conclusion:
        play.give(
            conclusions.DraftItem(
                kind=item.kind,
                horizon=item.horizon,
                text=item.text,
                units=found.units_for(item),
                due=found.tasks.due(item),
            )
        )
    play.give(conclusions.ReadOutConclusion(), conclusions.AdoptConclusion())


def whole(example: str) -> Play:
    """Play an example from the roll call to the closing."""
    play = Play(facts(example))
    gather(play)
    play.until(play.facts.starts_at)
    play.give(stages.OpenConference(), item_of(play, AgendaKind.REPORT))
    play.give(stages.AdjournConference(reason=say(play, "nghỉ giải lao", "coffee")), after=40 * MINUTE)
    play.give(stages.ResumeConference(), after=15 * MINUTE)
    play.give(item_of(play, AgendaKind.DISCUSSION))
    speak(play)
    play.give(item_of(play, AgendaKind.CONCLUSION))
    conclude(play)
    play.until(play.facts.ends_at)
    play.give(stages.CloseConference())
    return play


def sealed(play: Play) -> Seal:
    """Seal the play and return a seal over its last record."""
    play.give(stages.SealConference())
    last = play.records[-1]
    return Seal(
        stream=play.stream,
        version=last.version,
        hash=last.hash,
        at=play.at,
        key_id="SHA256:q3Zx0v9kq1m5Yc7u",
        public_key="",
        signature="",
    )
