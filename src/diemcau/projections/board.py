"""The board: what screens show of a running conference, in named sections.

A section is a plain picture of one topic. Public sections are for every hall and ride beside
sound and picture; the others go to a role's desks only, after the role was checked. The
browser holds no rules: what it may press stands in the section `may`. Here is no telephone,
and no reason, note or draft in a public section.
"""

from collections.abc import Callable, Mapping

from diemcau.core import floor, onair, onair_takes, rollcall, sites, stages
from diemcau.core.conclusions import Conclusion
from diemcau.core.conference import COMMANDS, STAGES_OF, Conference
from diemcau.core.convening import ExpectedCount, count_name
from diemcau.core.floor import FloorRequest, RequestState
from diemcau.core.ids import PersonId, SiteId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import Role, may_give
from diemcau.core.stages import Stage
from diemcau.projections.checks import check_line, checks_section
from diemcau.projections.desk_sections import (
    ConclusionSection,
    CountLine,
    DelegateLine,
    FloorSection,
    ItemLine,
    MySiteSection,
    NoteLine,
    NotesSection,
    PresidencySection,
    RegisterSection,
    RequestLine,
    SiteRegister,
)
from diemcau.projections.sections import (
    OF_ROLE,
    PUBLIC,
    AgendaLine,
    AgendaSection,
    AirSection,
    ConferenceSection,
    HandoutLine,
    HandoutsSection,
    MaySection,
    PublicFloorSection,
    RevokedSection,
    RollSection,
    Section,
    SectionName,
    SitesSection,
    SiteTile,
)

Offices = Mapping[PersonId, str]


def public_board(conference: Conference, offices: Offices) -> dict[SectionName, Section]:
    """Return the sections that every hall may see."""
    return {name: _PUBLIC[name](conference, offices) for name in PUBLIC}


def role_board(conference: Conference, role: Role, site: SiteId | None, offices: Offices) -> dict[SectionName, Section]:
    """Return the sections for a role's desks beside the public ones; `site` for a site's desk."""
    return {name: _of_role(name, conference, role, site, offices) for name in OF_ROLE[role]}


def _of_role(name: SectionName, conference: Conference, role: Role, site: SiteId | None, offices: Offices) -> Section:
    if name is SectionName.MAY:
        return _may(conference, role)
    if name is SectionName.MY_SITE:
        return _my_site(conference, site or conference.facts.main_site, offices)
    return _PRIVATE[name](conference, offices)


def _conference(conference: Conference, _offices: Offices) -> ConferenceSection:
    facts, stages = conference.facts, conference.stages
    return ConferenceSection(
        conference=facts.conference,
        title=facts.title,
        short_title=facts.short_title,
        organiser=facts.organiser,
        language=facts.language,
        time_zone=facts.time_zone,
        stage=stages.stage,
        rehearsal=facts.rehearsal,
        opened_at=stages.opened_at,
        adjourned_at=stages.adjourned_at,
        closed_at=stages.closed_at,
        presiding=conference.presidency.presiding,
    )


def _sites(conference: Conference, _offices: Offices) -> SitesSection:
    facts = conference.facts
    invited = {one.site: one for one in facts.sites}
    places = {floor.find(conference.floor, one).site: place for place, one in enumerate(conference.floor.queue, 1)}
    reports = {one.site: one for one in conference.roll.reports}
    expected: dict[SiteId, int] = {}
    for delegate in facts.delegates:
        expected[delegate.site] = expected.get(delegate.site, 0) + 1
    tiles = []
    for line in conference.lines.lines:
        site, report = invited[line.site], reports.get(line.site)
        tiles.append(
            SiteTile(
                site=site.site,
                unit=site.unit,
                name=site.name,
                short_name=site.short_name,
                protocol=site.protocol,
                main=site.main,
                row=site.row,
                column=site.column,
                line=line.line,
                since=line.since,
                air=_air_state(conference, site.site),
                reported=report is not None and not report.absent,
                absent=report is not None and report.absent,
                present=0 if report is None else len(report.present) + sum(one.count for one in report.guests),
                invited=expected.get(site.site, 0),
                queue=places.get(site.site),
            )
        )
    return SitesSection(sites=tuple(tiles))


def _air_state(conference: Conference, site: SiteId) -> onair.AirState:
    if site == conference.facts.main_site and conference.stages.stage is Stage.OPEN:
        return onair.AirState.ON_AIR
    return onair.state_of(conference.air, site)


def _roll(conference: Conference, _offices: Offices) -> RollSection:
    roll, facts = conference.roll, conference.facts
    return RollSection(
        open=roll.open,
        closed_at=roll.closed_at,
        sites=len(facts.sites),
        sites_present=len(rollcall.who_reported(roll)),
        sites_absent=sum(1 for report in roll.reports if report.absent),
        delegates_invited=len(facts.delegates),
        delegates_present=rollcall.delegates_present(roll),
        people_present=rollcall.people_present(roll),
        quorum=rollcall.has_quorum(roll, facts),
    )


def _agenda(conference: Conference, _offices: Offices) -> AgendaSection:
    times = {one.item: one for one in conference.agenda.times}
    return AgendaSection(
        items=tuple(
            AgendaLine(
                item=planned.item,
                title=planned.title,
                minutes=planned.minutes,
                kind=planned.kind,
                started_at=times[planned.item].started_at if planned.item in times else None,
                finished_at=times[planned.item].finished_at if planned.item in times else None,
                current=conference.agenda.current == planned.item,
            )
            for planned in conference.facts.agenda
        )
    )


def _line(conference: Conference, request: FloorRequest, offices: Offices) -> RequestLine:
    queue = conference.floor.queue
    return RequestLine(
        request=request.request,
        site=request.site,
        speaker=request.speaker,
        office=_office(request, offices),
        topic=request.topic,
        lane=request.lane,
        state=request.state,
        position=queue.index(request.request) + 1 if request.request in queue else None,
        ready=request.site in conference.air.ready,
        requested_at=request.requested_at,
        granted_at=request.granted_at,
        until=request.until,
        ended_at=request.ended_at,
        turn=request.turn,
    )


def _office(request: FloorRequest, offices: Offices) -> str:
    return "" if request.speaker is None else offices.get(request.speaker, "")


def _floor(conference: Conference, offices: Offices) -> FloorSection:
    state = conference.floor
    speech = floor.who_speaks(state)
    return FloorSection(
        holder=None if speech is None else _line(conference, speech, offices),
        queue=tuple(_line(conference, floor.find(state, one), offices) for one in state.queue),
        pending=tuple(_line(conference, one, offices) for one in state.requests if one.state is RequestState.PENDING),
        spoken=tuple(_line(conference, one, offices) for one in floor.speeches(state) if one.ended_at is not None),
        warnings=conference.facts.regulations.warnings,
        warned=bool(state.warned),
        time_up=state.time_up,
    )


def _public_floor(conference: Conference, offices: Offices) -> PublicFloorSection:
    state = conference.floor
    speech = floor.who_speaks(state)
    return PublicFloorSection(
        holder=None if speech is None else speech.site,
        office="" if speech is None else _office(speech, offices),
        granted_at=None if speech is None else speech.granted_at,
        until=None if speech is None else speech.until,
        warned=bool(state.warned),
        time_up=state.time_up,
        queue=tuple(floor.find(state, one).site for one in state.queue),
    )


def _air(conference: Conference, _offices: Offices) -> AirSection:
    air = conference.air
    return AirSection(
        main=conference.facts.main_site,
        taken=air.taken,
        held=air.held_since is not None,
        cut_in=air.cut_in,
        preview=air.preview,
        conduct=air.conduct,
        layout=air.layout,
        gallery=air.gallery,
        frozen=air.frozen,
        slate=air.slate,
        lower_third=air.lower_third,
        can_undo=onair_takes.may_undo(air, holder=conference.holder, lines=conference.lines),
        handout=conference.handouts.shown,
        page=conference.handouts.page,
    )


def _handouts(conference: Conference, _offices: Offices) -> HandoutsSection:
    return HandoutsSection(
        handouts=tuple(
            HandoutLine(handout=one.handout, title=one.title, pages=one.pages, digest=one.digest)
            for one in conference.handouts.listed
        )
    )


def _revoked(conference: Conference, _offices: Offices) -> RevokedSection:
    return RevokedSection(numbers=conference.entry.numbers, links=conference.entry.links)


def _conclusion(conference: Conference, _offices: Offices) -> ConclusionSection:
    conclusion = conference.conclusion
    return ConclusionSection(
        items=tuple(
            ItemLine(
                item=one.item,
                kind=one.kind,
                horizon=one.horizon,
                count_name=count_name(one.kind, one.horizon),
                text=one.text,
                units=one.units,
                due=one.due,
            )
            for one in conclusion.items
        ),
        counts=tuple(
            CountLine(
                count_name=count_name(one.kind, one.horizon),
                declared=one.count,
                found=_standing(conclusion, one),
            )
            for one in conclusion.counts
        ),
        read_out=conclusion.read_out,
        adopted_at=conclusion.adopted_at,
    )


def _standing(conclusion: Conclusion, declared: ExpectedCount) -> int:
    """Count the items that a declared count is about: without a horizon those of its kind whatever theirs."""
    horizons = (item.horizon for item in conclusion.items if item.kind is declared.kind)
    return sum(1 for horizon in horizons if declared.horizon in (None, horizon))


def _presidency(conference: Conference, _offices: Offices) -> PresidencySection:
    presidency = conference.presidency
    return PresidencySection(
        presiding=presidency.presiding, lease_until=presidency.lease_until, offered=presidency.offered
    )


def _notes(conference: Conference, _offices: Offices) -> NotesSection:
    return NotesSection(
        notes=tuple(
            NoteLine(note=one.note, text=one.text, speech=one.speech, item=one.item, at=one.at)
            for one in conference.notes.notes
        )
    )


def _register(conference: Conference, offices: Offices) -> RegisterSection:
    return RegisterSection(sites=tuple(_registered(conference, line.site, offices) for line in conference.lines.lines))


def _registered(conference: Conference, site: SiteId, offices: Offices) -> SiteRegister:
    report = rollcall.report_of(conference.roll, site)
    present = frozenset() if report is None else frozenset(report.present)
    return SiteRegister(
        site=site,
        delegates=tuple(
            DelegateLine(
                person=one.person,
                office=offices.get(one.person, ""),
                category=one.category,
                present=one.person in present,
            )
            for one in conference.facts.delegates
            if one.site == site
        ),
        guests=() if report is None else report.guests,
    )


def _my_site(conference: Conference, site: SiteId, offices: Offices) -> MySiteSection:
    report = rollcall.report_of(conference.roll, site)
    registered = _registered(conference, site, offices)
    return MySiteSection(
        site=site,
        line=sites.line_of(conference.lines, site),
        air=_air_state(conference, site),
        reported=report is not None and not report.absent,
        delegates=registered.delegates,
        guests=registered.guests,
        requests=tuple(_line(conference, one, offices) for one in conference.floor.requests if one.site == site),
        check=check_line(conference, site),
    )


def _may(conference: Conference, role: Role) -> MaySection:
    presiding = conference.presidency.presiding
    return MaySection(
        commands=tuple(
            command.__name__
            for command in COMMANDS
            if may_give(role, command, presiding) and _fits_stage(conference, command)
        )
    )


def _fits_stage(conference: Conference, command: type) -> bool:
    """Say whether commands of a kind are possible in this stage; the stages' own rules say it of their commands."""
    if command is stages.EndRehearsal and conference.facts.rehearsal:
        return True  # it is given to the conference itself, which is rehearsing
    tried = next((one for one in _OF_STAGES if type(one) is command), None)
    if tried is None:
        return conference.stages.stage in STAGES_OF[command]
    facts = conference.facts
    try:
        stages.decide(conference.stages, tried, facts.starts_at, rehearsal=facts.rehearsal)
    except Refusal:
        return False
    return True


_OF_STAGES: tuple[stages.Command, ...] = (
    stages.StartRehearsal(),
    stages.EndRehearsal(),
    stages.OpenConference(),
    stages.AdjournConference(reason="…"),
    stages.ResumeConference(),
    stages.CloseConference(),
    stages.SealConference(),
)
_PUBLIC: dict[SectionName, Callable[[Conference, Offices], Section]] = {
    SectionName.CONFERENCE: _conference,
    SectionName.SITES: _sites,
    SectionName.ROLL: _roll,
    SectionName.AGENDA: _agenda,
    SectionName.PUBLIC_FLOOR: _public_floor,
    SectionName.AIR: _air,
    SectionName.REVOKED: _revoked,
    SectionName.HANDOUTS: _handouts,
}
_PRIVATE: dict[SectionName, Callable[[Conference, Offices], Section]] = {
    SectionName.FLOOR: _floor,
    SectionName.CONCLUSION: _conclusion,
    SectionName.PRESIDENCY: _presidency,
    SectionName.NOTES: _notes,
    SectionName.REGISTER: _register,
    SectionName.CHECKS: lambda conference, _: checks_section(conference),
}
