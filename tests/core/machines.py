"""What every state machine of the core's tests has: a play, time that passes, and the laws of all topics."""

from datetime import timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from diemcau.core import conference
from diemcau.core.conference import Command, Event
from diemcau.core.refusals import Refusal
from tests.core.samples import Play, facts


class Played(RuleBasedStateMachine):
    """A play to which chance gives commands; each topic adds its rules and its laws."""

    RULES: ClassVar[dict[str, object]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(facts(**self.RULES))  # type: ignore[arg-type] # regulations by name

    def give(self, command: Command) -> tuple[Event, ...] | None:
        """Give a command; return what happened, or nothing if it was refused. Deciding changes nothing."""
        before = repr(self.play.now)
        try:
            decided = conference.decide(self.play.now, command, self.play.at)
        except Refusal:
            decided = None
        assert repr(self.play.now) == before
        return None if decided is None else self.play.give(command)

    @rule(seconds=st.sampled_from([1, 10, 61, 400]))
    def time_passes(self, seconds: int) -> None:
        self.play.wind(timedelta(seconds=seconds))

    @invariant()
    def the_same_events_lead_to_the_same_state(self) -> None:
        assert conference.replay(tuple(self.play.events)) == self.play.now

    @invariant()
    def deadlines_come_to_an_end(self) -> None:
        ahead, at = self.play.now, self.play.at
        for _ in range(20):
            due = conference.next_deadline(ahead)
            if due is None:
                return
            at = max(at, due)
            happened = conference.decide(ahead, conference.ReachDeadline(), at)
            assert happened, f"nothing happened at the deadline {due}"
            for event in happened:
                ahead = conference.evolve(ahead, event)
        raise AssertionError("deadlines without end")


def quick(machine: type[Played], examples: int = 25, steps: int = 20) -> type:
    """Return the test case of a machine, set so that all of them together stay quick."""
    case: type = machine.TestCase
    case.settings = settings(max_examples=examples, stateful_step_count=steps)  # type: ignore[attr-defined]
    return case
