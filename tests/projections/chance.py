"""Conferences and a rehearsal that chance plays at the same time, and the journal that they fill."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from hypothesis import strategies as st

from diemcau.core import conclusions, floor, rollcall, sites, stages, tasks
from diemcau.core.conclusions import ConclusionAdopted
from diemcau.core.conference import Command, Event
from diemcau.core.convening import ItemKind
from diemcau.core.ids import CommandId, ConferenceId, RequestId, StreamId
from diemcau.core.refusals import Refusal
from diemcau.journal import streams
from diemcau.journal.events import CODEC
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.record import Author
from tests.core.commands import EVERY
from tests.core.samples import CHAIR_PERSON, DALAT, HUE, NINE, SITES, UNITS, VINH, Play, facts, people_of

HERE, THERE = ConferenceId("review-2026"), ConferenceId("elsewhere")
STREAMS = (streams.formal(HERE), streams.formal(THERE), streams.rehearsal(HERE, 1))
BY = Author(role="system")

CONCLUDED: tuple[Command, ...] = (
    conclusions.DraftItem(kind=ItemKind.LESSON, horizon=None, text="Bài học"),
    conclusions.DraftItem(kind=ItemKind.BREAKTHROUGH, horizon=None, text="Đột phá", units=UNITS[1:]),
    conclusions.ReadOutConclusion(),
    conclusions.AdoptConclusion(),
)
SPOKEN: tuple[Command, ...] = (
    floor.RequestFloor(site=HUE, topic="Kinh nghiệm", speaker=people_of(HUE)[0]),
    floor.GrantFloor(site=HUE),
    floor.GrantFloor(site=VINH),
    floor.ReleaseFloor(site=VINH),
)
CALLED: tuple[Command, ...] = (
    rollcall.OpenRollCall(),
    rollcall.ReportAttendance(site=HUE, present=people_of(HUE)),
    rollcall.MarkSiteAbsent(site=DALAT, reason="bão"),
    rollcall.CorrectAttendance(site=HUE, present=people_of(HUE)[:1], reason="đếm sót", author=CHAIR_PERSON),
)
CORRECTED: tuple[Command, ...] = (
    floor.CorrectSpeech(
        request=RequestId("r1"), granted_at=NINE - timedelta(minutes=9), ended_at=NINE, reason="ghi nhầm",
        author=CHAIR_PERSON,
    ),
    stages.CloseConference(),
)  # fmt: skip
SCENES = (CONCLUDED, SPOKEN, CALLED, CORRECTED)
_PLAYED = st.one_of(EVERY.map(lambda command: (command,)), st.sampled_from(SCENES))
STEPS = st.lists(st.tuples(st.sampled_from(STREAMS), _PLAYED, st.sampled_from([0, 1, 400])), max_size=12)


@dataclass(slots=True)
class Chance:
    """A journal with two conferences and a rehearsal of the first, all opened, and how they stand."""

    journal: MemoryJournal = field(default_factory=lambda: MemoryJournal(CODEC))
    plays: dict[StreamId, Play] = field(default_factory=dict)
    _commands: "count[int]" = field(default_factory=lambda: count(1))

    def begin(self, **rules: object) -> "Chance":
        """Convene them all under regulations with these rules, with their lines up, and open them."""
        for stream in STREAMS:
            conference = THERE if stream == streams.formal(THERE) else HERE
            rehearsal = stream == streams.rehearsal(HERE, 1)
            play = Play(replace(facts(rehearsal=rehearsal, **rules), conference=conference))  # type: ignore[arg-type] # by name
            self.plays[stream] = play
            self._append(stream, play.events)
            lines = [sites.NoteLineUp(site=site) for site in SITES]
            self.give(stream, (*lines, stages.OpenConference()), 0)
        return self

    def give(self, stream: StreamId, commands: tuple[Command, ...], seconds: int) -> None:
        """Give commands after so many seconds; those that are refused change nothing."""
        play = self.plays[stream]
        play.wind(timedelta(seconds=seconds))
        for command in commands:
            try:
                play.give(command)
            except Refusal:
                continue
        self._append(stream, play.events[self.journal.version(stream) :])

    def _append(self, stream: StreamId, events: Sequence[Event]) -> None:
        if not events:
            return
        self._write(stream, events)
        adopted = next((event for event in events if isinstance(event, ConclusionAdopted)), None)
        played = self.plays[stream].now.facts
        if adopted is not None and (implied := tasks.implied(adopted, played)):
            self._write(streams.tasks(played.conference), implied)

    def _write(self, stream: StreamId, events: Sequence[object]) -> None:
        self.journal.append(
            stream,
            expecting=self.journal.version(stream),
            events=events,
            command=CommandId(f"c{next(self._commands)}"),
            author=BY,
            at=NINE,
        )
