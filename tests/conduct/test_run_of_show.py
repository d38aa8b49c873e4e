"""The run of show: which desk asks what in each step, and what is not asked again when people took over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from diemcau.conduct.run_of_show import Act, Ask, Pause, Player, Speak
from diemcau.core import agenda, conclusions, floor, handouts, notes, onair, rollcall, sites, stages
from diemcau.core.floor import Floor
from diemcau.core.ids import AgendaId, HandoutId, PersonId, RequestId, SiteId
from diemcau.core.regulations import Conduct
from diemcau.core.roles import Role
from diemcau.plan import run_of_show as steps
from diemcau.plan.convening import expected_counts, facts_of, person_id
from diemcau.plan.model import Language, Plan
from diemcau.plan.run_of_show import Step
from tests.core.samples import Play
from tests.stories.playing import HEALTH, SEED, digests_of, example

WAIT, SPEAKS, FAST = timedelta(seconds=2), timedelta(seconds=22), timedelta(seconds=3)
HUE, NGHE_AN, CENTRE = SiteId("thua-thien-hue"), SiteId("nghe-an"), SiteId("trung-uong")
REPORT = HandoutId("bao-cao-tong-ket")
SEED_PLAN = example(SEED)


def a_plan(*show: Step, **rules: object) -> Plan:
    """Return the seed's plan with this run of show, under regulations with these rules."""
    changed = replace(SEED_PLAN.regulations, **rules)  # type: ignore[arg-type] # each test names rules that there are
    return replace(SEED_PLAN, run_of_show=show, regulations=changed)


def an_open(plan: Plan) -> Play:
    play = Play(facts_of(plan, digests_of(plan)))
    play.give(stages.OpenConference(), rollcall.OpenRollCall())
    return play


def acts_of(plan: Plan, play: Play | None = None, *, fast: bool = True) -> list[Act]:
    """Play all steps; every command that is asked is given."""
    played = play or an_open(plan)
    player = Player(plan, lambda: played.now.floor, fast=fast)
    acts: list[Act] = []
    for step in plan.run_of_show:
        for act in player.acts(step):
            acts.append(act)
            if isinstance(act, Ask) and play is not None:
                play.give(act.command)
    return acts


def grant(site: SiteId = HUE, delegate: PersonId | None = None) -> steps.Grant:
    return steps.Grant(
        site=site, delegate=delegate, topic="Nhân sự", speaks_for=SPEAKS, speaks_for_fast=FAST, wait=WAIT
    )


def speaker(plan: Plan, site: SiteId = HUE) -> PersonId:
    return person_id(plan.id, plan.site_chair(site))


@pytest.mark.parametrize(
    ("step", "ask"),
    [
        (steps.OpenRollCall(wait=WAIT), Ask(role=Role.CHAIR, command=rollcall.OpenRollCall())),
        (steps.CloseRollCall(wait=WAIT), Ask(role=Role.SECRETARY, command=rollcall.CloseRollCall())),
        (steps.Open(wait=WAIT), Ask(role=Role.CHAIR, command=stages.OpenConference())),
        (
            steps.BeginItem(item=AgendaId("bao-cao"), wait=WAIT),
            Ask(role=Role.CHAIR, command=agenda.StartItem(item=AgendaId("bao-cao"))),
        ),
        (
            steps.ShowPage(handout=REPORT, page=2, wait=WAIT),
            Ask(role=Role.OPERATOR, command=handouts.ShowPage(handout=REPORT, page=2)),
        ),
        (
            steps.TakeNote(site=None, text="Ghi chép", wait=WAIT),
            Ask(role=Role.SECRETARY, command=notes.TakeNote(text="Ghi chép")),
        ),
        (
            steps.Adjourn(wait=WAIT),
            Ask(role=Role.CHAIR, command=stages.AdjournConference(reason="Nghỉ giải lao")),
        ),
        (steps.Resume(wait=WAIT), Ask(role=Role.CHAIR, command=stages.ResumeConference())),
        (steps.ReadOut(wait=WAIT), Ask(role=Role.CHAIR, command=conclusions.ReadOutConclusion())),
        (steps.Adopt(wait=WAIT), Ask(role=Role.CHAIR, command=conclusions.AdoptConclusion())),
        (steps.Close(wait=WAIT), Ask(role=Role.CHAIR, command=stages.CloseConference())),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_step_is_one_press_of_one_desk(step: Step, ask: Ask) -> None:
    assert acts_of(a_plan(step)) == [ask]


def test_at_the_pace_of_people_every_step_is_followed_by_its_rest() -> None:
    plan = a_plan(steps.Open(wait=WAIT), steps.Close(wait=2 * WAIT))

    rests = [act for act in acts_of(plan, fast=False) if isinstance(act, Pause)]

    assert rests == [Pause(length=WAIT), Pause(length=2 * WAIT)]


def test_an_english_conference_adjourns_in_english() -> None:
    plan = replace(a_plan(steps.Adjourn(wait=WAIT)), language=Language.EN)

    assert acts_of(plan) == [Ask(role=Role.CHAIR, command=stages.AdjournConference(reason="Break"))]


def test_each_site_reports_everybody_but_the_absent() -> None:
    absent = SEED_PLAN.delegates_at(HUE)[1]
    plan = a_plan(steps.ReportAttendance(sites=(CENTRE, HUE), absent=(absent.id,), wait=WAIT))

    first, second = acts_of(plan)

    assert isinstance(first, Ask)
    assert isinstance(second, Ask)
    assert (first.role, first.site, second.site) == (Role.SITE, CENTRE, HUE)
    assert second.command == rollcall.ReportAttendance(
        site=HUE, present=tuple(person_id(plan.id, one) for one in plan.delegates_at(HUE) if one != absent)
    )


def test_who_asks_is_whom_the_next_call_of_that_site_names() -> None:
    other = SEED_PLAN.delegates_at(HUE)[1]
    request = steps.Request(site=HUE, topic="Nhân sự", wait=WAIT)
    plan = a_plan(request, grant(HUE), steps.Request(site=HUE, topic="Nữa", wait=WAIT), grant(HUE, other.id))

    asked = [act.command for act in acts_of(plan, an_open(plan)) if isinstance(act, Ask)]

    assert [one for one in asked if isinstance(one, floor.RequestFloor)] == [
        floor.RequestFloor(site=HUE, topic="Nhân sự", speaker=speaker(plan)),
        floor.RequestFloor(site=HUE, topic="Nữa", speaker=person_id(plan.id, other)),
    ]


def test_a_site_that_is_never_called_asks_for_its_chair() -> None:
    plan = a_plan(steps.Request(site=HUE, topic="Nhân sự", wait=WAIT))
    ask = floor.RequestFloor(site=HUE, topic="Nhân sự", speaker=speaker(plan))

    assert acts_of(plan) == [Ask(role=Role.SITE, site=HUE, command=ask)]


def spoken(plan: Plan, *between: Act) -> list[Act]:
    """Return how a site that has not asked comes to speak, with acts before and after the grant."""
    asked = floor.RequestFloor(site=HUE, topic="Nhân sự", speaker=speaker(plan))
    return [
        Ask(role=Role.SITE, site=HUE, command=asked),
        *(act for act in between if isinstance(act, Ask) and act.role is Role.CHAIR),
        Ask(role=Role.SITE, site=HUE, command=onair.ConfirmReady(site=HUE)),
        Ask(role=Role.CHAIR, command=floor.GrantFloor(site=HUE)),
        *(act for act in between if isinstance(act, Ask) and act.role is Role.OPERATOR),
        Speak(site=HUE, length=FAST),
        Ask(role=Role.SITE, site=HUE, command=floor.ReleaseFloor(site=HUE)),
    ]


def test_a_speech_is_asked_for_granted_held_and_released() -> None:
    plan = a_plan(grant())

    assert acts_of(plan, an_open(plan)) == spoken(plan)


def test_at_the_pace_of_people_a_speech_is_longer() -> None:
    plan = a_plan(grant())

    lengths = [act.length for act in acts_of(plan, an_open(plan), fast=False) if isinstance(act, Speak)]

    assert lengths == [SPEAKS]


def test_under_rules_of_acceptance_the_chair_accepts_before_granting() -> None:
    plan = a_plan(grant(), needs_acceptance=True)
    accepted = Ask(role=Role.CHAIR, command=floor.AcceptRequest(request=RequestId("r1")))

    assert acts_of(plan, an_open(plan)) == spoken(plan, accepted)


def test_in_manual_conduct_the_operator_takes_the_site_but_never_the_main_one() -> None:
    plan = a_plan(grant(), grant(CENTRE), conduct=Conduct.MANUAL)
    play = an_open(plan)
    play.give(*(line_up(site) for site in (HUE, CENTRE)))

    acts = acts_of(plan, play)

    taken = Ask(role=Role.OPERATOR, command=onair.TakeSite(site=HUE))
    assert acts[:6] == spoken(plan, taken)
    assert not [act for act in acts[6:] if isinstance(act, Ask) and act.role is Role.OPERATOR]


def line_up(site: SiteId) -> sites.NoteLineUp:
    return sites.NoteLineUp(site=site)


def test_a_note_on_a_site_is_about_its_last_speech_also_when_it_asked_again() -> None:
    note = steps.TakeNote(site=HUE, text="Kinh nghiệm", wait=WAIT)
    plan = a_plan(grant(), steps.Request(site=HUE, topic="Nữa", wait=WAIT), note)

    last = acts_of(plan, an_open(plan))[-1]

    assert last == Ask(role=Role.SECRETARY, command=notes.TakeNote(text="Kinh nghiệm", speech=RequestId("r1")))


def test_a_note_on_a_site_that_has_not_spoken_is_about_no_speech() -> None:
    plan = a_plan(steps.TakeNote(site=HUE, text="Kinh nghiệm", wait=WAIT))

    assert acts_of(plan) == [Ask(role=Role.SECRETARY, command=notes.TakeNote(text="Kinh nghiệm"))]


def took_over(plan: Plan, *acted: object) -> list[Act]:
    """Play `plan` after people have given commands by themselves."""
    play = an_open(plan)
    play.give(*acted)  # type: ignore[arg-type] # commands
    return acts_of(plan, play)


def test_what_a_person_asked_for_is_not_asked_again() -> None:
    plan = a_plan(grant(), needs_acceptance=True)
    person = floor.RequestFloor(site=HUE, topic="Chuyện khác")

    waiting = took_over(plan, person)
    accepted = took_over(plan, person, floor.AcceptRequest(request=RequestId("r1")))

    accept = Ask(role=Role.CHAIR, command=floor.AcceptRequest(request=RequestId("r1")))
    assert waiting == spoken(plan, accept)[1:]
    assert accepted == spoken(plan)[1:]


def test_a_site_that_waits_only_with_a_response_asks_for_its_speech() -> None:
    plan = a_plan(steps.Request(site=HUE, topic="Nhân sự", wait=WAIT))

    acts = took_over(plan, floor.RequestFloor(site=HUE, topic="Trả lời", lane=floor.Lane.RESPONSE))

    assert len(acts) == 1


def test_whom_a_person_gave_the_floor_is_not_given_it_again() -> None:
    plan = a_plan(grant())

    assert took_over(plan, floor.GrantFloor(site=HUE)) == spoken(plan)[3:]


def test_a_speech_that_a_person_ended_is_not_ended_again() -> None:
    plan = a_plan(grant())
    play = an_open(plan)
    player = Player(plan, lambda: play.now.floor, fast=True)
    acts = []

    for act in player.acts(plan.run_of_show[0]):
        acts.append(act)
        if isinstance(act, Ask):
            play.give(act.command)
        if isinstance(act, Speak):
            play.give(floor.RevokeFloor(reason="hết giờ"))

    assert acts == spoken(plan)[:-1]


@pytest.mark.parametrize("name", [SEED, HEALTH])
def test_the_secretary_drafts_every_item_with_its_units_and_day(name: str) -> None:
    whole = example(name)
    plan = replace(whole, run_of_show=(steps.Draft(wait=WAIT),))

    declared, *drafted = acts_of(plan)

    assert declared == Ask(
        role=Role.SECRETARY, command=conclusions.DeclareCounts(counts=expected_counts(whole.conclusion))
    )
    items = [act.command for act in drafted if isinstance(act, Ask)]
    assert [(one.text, one.due) for one in items if isinstance(one, conclusions.DraftItem)] == [
        (one.text, whole.tasks.due(one)) for one in whole.conclusion
    ]
    named = sum(
        len(one.units) for one in items if isinstance(one, conclusions.DraftItem) and one.kind in whole.tasks.kinds
    )
    assert named == whole.expected.tasks


def test_a_step_that_is_not_in_the_plan_is_played_all_the_same() -> None:
    plan = a_plan()
    look: Callable[[], Floor] = Floor

    acts = list(Player(plan, look, fast=True).acts(steps.Request(site=NGHE_AN, topic="Khác", wait=WAIT)))

    assert [type(act) for act in acts] == [Ask]
