"""The examples are played on the rules themselves, without a network: nothing in them is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from diemcau.conduct.run_of_show import Ask, Player, Speak
from diemcau.core import conference as rules
from diemcau.core import sites
from diemcau.core.conference import Command, Conference
from diemcau.core.floor import RequestState
from diemcau.core.stages import Stage
from diemcau.plan import Plan, read_plan, scaled
from diemcau.plan.convening import facts_of, handouts_of, person_id

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Desks:
    """The desks of a rehearsal, with a clock wound by hand."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.at: datetime = plan.starts_at
        digests = {person_id(plan.id, one): "digest" for one in plan.delegates}
        self.state: Conference = rules.replay(rules.convene(facts_of(plan, digests), handouts_of(plan)))

    def give(self, command: Command) -> None:
        for event in rules.decide(self.state, command, self.at):
            self.state = rules.evolve(self.state, event)

    def play(self) -> None:
        for site in self.plan.sites:
            self.give(sites.NoteLineUp(site=site.code))
        player = Player(self.plan, lambda: self.state.floor, fast=True)
        for step in self.plan.run_of_show:
            for act in player.acts(step):
                self.at += timedelta(seconds=1)
                if isinstance(act, Ask):
                    self.give(act.command)
                elif isinstance(act, Speak):
                    self.at += act.length


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("nganh-to-chuc-2020", 12),
        ("nganh-to-chuc-2020", 68),
        ("nganh-to-chuc-2020", 150),
        ("health-service-review", 6),
        ("health-service-review", 17),
    ],
)
def test_a_run_of_show_comes_to_what_is_expected(name: str, size: int) -> None:
    plan = scaled(read_plan(EXAMPLES / name), sites=size)
    desks = Desks(plan)

    desks.play()

    state = desks.state
    released = [one.site for one in state.floor.requests if one.state is RequestState.RELEASED]
    assert state.stages.stage is Stage.CLOSED
    assert sorted(released) == sorted(speech.site for speech in plan.speeches)
    assert len(state.conclusion.items) == sum(plan.expected.counts.values())
