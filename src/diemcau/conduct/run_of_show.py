"""Playing a run of show: which desk asks what, in which order, and the pauses between.

A step of the plan becomes asks of real desks and waits. Nothing is sent here: the
demonstration plays the acts over the same sockets that people use.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, assert_never

from diemcau.core import agenda, conclusions, floor, handouts, notes, onair, rollcall, stages
from diemcau.core.conference import Command
from diemcau.core.floor import Floor, FloorRequest, Lane, RequestState
from diemcau.core.ids import RequestId, SiteId
from diemcau.core.regulations import Conduct
from diemcau.core.roles import Role
from diemcau.plan import run_of_show as steps
from diemcau.plan.convening import expected_counts, person_id
from diemcau.plan.model import Delegate, Plan
from diemcau.plan.run_of_show import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A desk of `role` (for a site's desk: of `site`) gives a command."""

    role: Role
    command: Command
    site: SiteId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """The site that was granted the floor speaks for so long, then releases it."""

    site: SiteId
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Rest at the pace of a person."""

    length: timedelta


Act: TypeAlias = Ask | Speak | Pause


class Player:
    """Turns the steps of one plan into acts.

    It looks at the floor as it is: what people did meanwhile is not asked for again.
    """

    def __init__(self, plan: Plan, look: Callable[[], Floor], *, fast: bool) -> None:
        self._plan = plan
        self._look = look
        self._fast = fast

    def acts(self, step: Step) -> Iterator[Act]:
        """Return what is to be done in `step`, and how long to rest after it."""
        yield from self._acts(step)
        if not self._fast:
            yield Pause(length=step.wait)

    def _acts(self, step: Step) -> Iterator[Act]:
        match step:
            case steps.OpenRollCall():
                yield Ask(role=Role.CHAIR, command=rollcall.OpenRollCall())
            case steps.ReportAttendance():
                yield from self._reports(step)
            case steps.CloseRollCall():
                yield Ask(role=Role.SECRETARY, command=rollcall.CloseRollCall())
            case steps.Request(site=site, topic=topic):
                yield from self._request(site, topic, self._who_asks(step))
            case steps.Grant():
                yield from self._grant(step)
            case steps.TakeNote(site=site, text=text):
                speech = None if site is None else self._last_speech_of(site)
                yield Ask(role=Role.SECRETARY, command=notes.TakeNote(text=text, speech=speech))
            case steps.Draft():
                yield from self._draft()
            case _:
                yield from self._of_the_chair(step)

    def _of_the_chair(
        self,
        step: steps.Open
        | steps.BeginItem
        | steps.ShowPage
        | steps.Adjourn
        | steps.Resume
        | steps.ReadOut
        | steps.Adopt
        | steps.Close,
    ) -> Iterator[Act]:
        match step:
            case steps.Open():
                yield Ask(role=Role.CHAIR, command=stages.OpenConference())
            case steps.BeginItem(item=item):
                yield Ask(role=Role.CHAIR, command=agenda.StartItem(item=item))
            case steps.ShowPage(handout=handout, page=page):
                yield Ask(role=Role.OPERATOR, command=handouts.ShowPage(handout=handout, page=page))
            case steps.Adjourn():
                reason = "Nghỉ giải lao" if self._plan.language == "vi" else "Break"
                yield Ask(role=Role.CHAIR, command=stages.AdjournConference(reason=reason))
            case steps.Resume():
                yield Ask(role=Role.CHAIR, command=stages.ResumeConference())
            case steps.ReadOut():
                yield Ask(role=Role.CHAIR, command=conclusions.ReadOutConclusion())
            case steps.Adopt():
                yield Ask(role=Role.CHAIR, command=conclusions.AdoptConclusion())
            case steps.Close():
                yield Ask(role=Role.CHAIR, command=stages.CloseConference())
            case _:
                assert_never(step)

    def _reports(self, step: steps.ReportAttendance) -> Iterator[Act]:
        for site in step.sites:
            present = tuple(
                person_id(self._plan.id, one) for one in self._plan.delegates_at(site) if one.id not in step.absent
            )
            yield Ask(role=Role.SITE, site=site, command=rollcall.ReportAttendance(site=site, present=present))

    def _request(self, site: SiteId, topic: str, speaker: Delegate) -> Iterator[Act]:
        if self._waiting(site) is None:
            person = person_id(self._plan.id, speaker)
            command = floor.RequestFloor(site=site, topic=topic, speaker=person)
            yield Ask(role=Role.SITE, site=site, command=command)
        asked = self._waiting(site)
        if asked is not None and asked.state is RequestState.PENDING:
            yield Ask(role=Role.CHAIR, command=floor.AcceptRequest(request=asked.request))

    def _grant(self, step: steps.Grant) -> Iterator[Act]:
        site = step.site
        if not self._speaks(site):
            yield from self._request(site, step.topic, self._plan.speaker(step))
            yield Ask(role=Role.SITE, site=site, command=onair.ConfirmReady(site=site))
            yield Ask(role=Role.CHAIR, command=floor.GrantFloor(site=site))
            if self._plan.regulations.conduct is Conduct.MANUAL and site != self._plan.main_site.code:
                yield Ask(role=Role.OPERATOR, command=onair.TakeSite(site=site))
        yield Speak(site=site, length=step.speaks_for_fast if self._fast else step.speaks_for)
        if self._speaks(site):
            yield Ask(role=Role.SITE, site=site, command=floor.ReleaseFloor(site=site))

    def _who_asks(self, request: steps.Request) -> Delegate:
        """Return who speaks when the site is called next after `request`, else the site's chair."""
        show = self._plan.run_of_show
        place = next((number for number, step in enumerate(show) if step is request), 0)
        calls = (step for step in show[place:] if isinstance(step, steps.Grant) and step.site == request.site)
        called = next(calls, None)
        return self._plan.site_chair(request.site) if called is None else self._plan.speaker(called)

    def _speaks(self, site: SiteId) -> bool:
        speech = floor.who_speaks(self._look())
        return speech is not None and speech.site == site

    def _waiting(self, site: SiteId) -> FloorRequest | None:
        """Return with what a site waits to make a speech."""
        waiting = floor.waiting_of(self._look(), site)
        return next((one for one in waiting if one.lane is Lane.SPEECH), None)

    def _last_speech_of(self, site: SiteId) -> RequestId | None:
        of_site = [one.request for one in floor.speeches(self._look()) if one.site == site]
        return of_site[-1] if of_site else None

    def _draft(self) -> Iterator[Act]:
        plan = self._plan
        yield Ask(role=Role.SECRETARY, command=conclusions.DeclareCounts(counts=expected_counts(plan.conclusion)))
        for item in plan.conclusion:
            named = plan.units_for(item) if plan.tasks.makes_tasks(item) else item.units
            yield Ask(
                role=Role.SECRETARY,
                command=conclusions.DraftItem(
                    kind=item.kind, horizon=item.horizon, text=item.text, units=named, due=plan.tasks.due(item)
                ),
            )
