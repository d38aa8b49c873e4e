"""The desk of one conference: takes commands one at a time, writes, *then* tells.

It asks the core what a command leads to and the journal to keep it; only then does anything
show. It has no rules of its own. While a rehearsal runs, what is done goes into the
rehearsal's stream; only what lasts (`LASTING`) and the end of the rehearsal reach the conference itself.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from diemcau.conduct.alarms import Surroundings, alarms_of
from diemcau.conduct.clock import Clock
from diemcau.conduct.stream import Stream, read_stream
from diemcau.conduct.watch import Change, Watch
from diemcau.core import conference as rules
from diemcau.core import deputy, roles, stages
from diemcau.core.conference import Command, Conference, Event, ReachDeadline
from diemcau.core.convening import Facts
from diemcau.core.handouts import Handouts
from diemcau.core.ids import CommandId, ConferenceId, PersonId, SiteId, StreamId
from diemcau.core.refusals import Refusal
from diemcau.core.roles import Asker, Role
from diemcau.core.stages import Stage
from diemcau.journal import streams
from diemcau.journal.journal import AlreadyAppended, Conflict, Journal, JournalUnusable, JournalUnwritable, Reason
from diemcau.journal.record import Author, Record
from diemcau.projections.board import public_board, role_board
from diemcau.projections.sections import ScriptSection, Section, SectionName

LOG = logging.getLogger(__name__)
SYSTEM = Asker(role=Role.SYSTEM)
RETRY = timedelta(seconds=1)
SET_BACK_UNNOTICED = timedelta(minutes=1)


class CannotWrite(Refusal):
    """The journal takes nothing now, so nothing can be decided. Sound and picture stay on air."""

    code = "desk.cannot_write"


class Desk:
    """One running conference. Made by `open_desk`, which reads it from the journal."""

    def __init__(self, journal: Journal, clock: Clock, stream: Stream, offices: Mapping[PersonId, str]) -> None:
        self._journal = journal
        self._clock = clock
        self._formal = stream
        self._rehearsal: Stream | None = None
        self._offices = offices
        self._turn = asyncio.Lock()
        self._watches: list[Watch] = []
        self._public: dict[SectionName, Section] | None = None
        self._boards: dict[tuple[Role, SiteId | None], dict[SectionName, Section]] = {}
        self._chair_desks = 0
        self._timer: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()
        self.position = max(stream.answered.values(), default=0)
        self.surroundings = Surroundings()
        self.script: ScriptSection | None = None
        self.on_person: Callable[[], None] = _nothing

    @property
    def conference(self) -> ConferenceId:
        """The conference's id."""
        return self._formal.state.facts.conference

    @property
    def formal(self) -> Conference:
        """The conference itself, whatever is being rehearsed."""
        return self._formal.state

    @property
    def rehearsal(self) -> Conference | None:
        """The rehearsal, if one runs."""
        return None if self._rehearsal is None else self._rehearsal.state

    @property
    def current(self) -> Conference:
        """What desks and halls see now: the rehearsal if one runs, else the conference."""
        return self._formal.state if self._rehearsal is None else self._rehearsal.state

    async def ask(
        self,
        command: Command,
        *,
        asker: Asker,
        command_id: CommandId,
        desk: str | None = None,
        scripted: bool = False,
    ) -> int:
        """Do `command` and return the journal's position after it; asked again, answer the same.

        Raises a `Refusal`: then nothing changed and nothing was written.
        """
        if not scripted and asker.role is not Role.SYSTEM:
            self.on_person()
        author = Author(role=asker.role.value, site=asker.site, desk=desk)
        # Who asked may hang up in the middle; what was begun is finished all the same.
        return await asyncio.shield(asyncio.ensure_future(self._take(command, asker, command_id, author)))

    async def _take(self, command: Command, asker: Asker, command_id: CommandId, author: Author) -> int:
        async with self._turn:
            if self._owes_rehearsal():
                await self._begin_rehearsal(author)
            stream = self._stream_for(command)
            known = stream.answered.get(command_id) or self._formal.answered.get(command_id)
            if known is not None:
                return known
            roles.check(asker, command, stream.state.presidency.presiding)
            await self._do(stream, command, command_id, author)
            await self._follow_rehearsal(command, author)
            return self.position

    async def note(self, command: Command) -> None:
        """Give a command of the system; what the core or the journal refuses is logged, not raised."""
        try:
            await self.ask(command, asker=SYSTEM, command_id=new_command_id())
        except Refusal as refusal:
            LOG.warning("%s not noted: %s", type(command).__name__, refusal.code)

    def board(self, role: Role, site: SiteId | None) -> dict[SectionName, Section]:
        """Return what a role's desks see now; the same until something changes."""
        known = self._boards.get((role, site))
        if known is None:
            known = {**self.public_board(), **role_board(self.current, role, site, self._offices)}
            if role is Role.OPERATOR:
                known[SectionName.ALARMS] = alarms_of(self.current, self.surroundings)
            if self.script is not None:
                known[SectionName.SCRIPT] = self.script
            self._boards[role, site] = known
        return known

    def public_board(self) -> dict[SectionName, Section]:
        """Return what every hall may see now; the same until something changes."""
        if self._public is None:
            self._public = public_board(self.current, self._offices)
        return self._public

    def watch(self) -> Watch:
        """Return a line on which changes arrive, while it is used as a context manager."""
        return Watch(self._watches.append, self._watches.remove)

    async def desk_connected(self, role: Role) -> None:
        """Note that a desk of `role` is connected: the first of the chair's keeps the lease."""
        if role is not Role.CHAIR:
            return
        self._chair_desks += 1
        if self._chair_desks == 1:
            await self.note(deputy.NoteChairBack())

    async def desk_gone(self, role: Role) -> None:
        """Note that a desk of `role` is gone: after the last of the chair's the lease runs out."""
        if role is not Role.CHAIR:
            return
        self._chair_desks -= 1
        await self.look_for_chair()

    async def look_for_chair(self) -> None:
        """Let the chair's lease run out if the conference goes on without a desk of the chair, else keep it."""
        presidency = self.current.presidency
        if self._chair_desks:
            if presidency.lease_until is not None or presidency.offered:
                await self.note(deputy.NoteChairBack())
        elif self.current.stages.stage in (Stage.OPEN, Stage.ADJOURNED):
            await self.note(deputy.NoteChairGone())

    def show_script(self, script: ScriptSection | None) -> None:
        """Show how far a demonstration's run of show is."""
        self.script = script
        self._tell(())

    def note_surroundings(self, surroundings: Surroundings) -> None:
        """Note what is around the conference: telephones, the recording, the disk."""
        if surroundings != self.surroundings:
            self.surroundings = surroundings
            self._tell(())

    async def catch_up(self) -> None:
        """Read what another program wrote, such as a command given at the server. Raises `CannotWrite` if it can't."""
        async with self._turn:
            for stream in (self._formal, self._rehearsal):
                if stream is not None and await self._version_of(stream.name) > stream.version:
                    await self._read_again(stream)

    def start(self) -> None:
        """Begin to keep deadlines."""
        self._timer = asyncio.get_running_loop().create_task(self._keep_deadlines())

    async def stop(self) -> None:
        """Keep no more deadlines."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
            self._timer = None

    def _stream_for(self, command: Command) -> Stream:
        of_the_conference = isinstance(command, stages.StartRehearsal | stages.EndRehearsal)
        if self._rehearsal is None or of_the_conference:
            return self._formal
        return self._rehearsal

    async def _do(self, stream: Stream, command: Command, command_id: CommandId, author: Author) -> None:
        at = self._time_in(stream)
        events = rules.decide(stream.state, command, at)
        if events:
            await self._write(stream, events, command_id, author, at)

    def _time_in(self, stream: Stream) -> datetime:
        """Return the time now; a clock that was set back a little stands still until it has caught up."""
        now = self._clock.now()
        return stream.at if now < stream.at <= now + SET_BACK_UNNOTICED else now

    async def _write(
        self, stream: Stream, events: Sequence[Event], command_id: CommandId, author: Author, at: datetime
    ) -> None:
        try:
            records = await self._append(
                stream.name, events, expecting=stream.version, command=command_id, author=author, at=at
            )
        except AlreadyAppended as known:
            raise CannotWrite(reason="command_of_another_stream") from known
        except Conflict as conflict:
            await self._read_again(stream)
            raise CannotWrite(reason="somebody_else_wrote") from conflict
        self._evolve(stream, records, command_id)

    async def _append(
        self,
        name: StreamId,
        events: Sequence[Event],
        *,
        expecting: int,
        command: CommandId,
        author: Author,
        at: datetime,
    ) -> tuple[Record, ...]:
        """Write to a stream; if the journal takes nothing, refuse and alarm the operator from then on."""
        append = partial(self._journal.append, name, expecting=expecting, events=events)
        try:
            return await asyncio.to_thread(append, command=command, author=author, at=at)
        except JournalUnwritable as unwritable:
            since = self.surroundings.unwritable_since or at
            self.note_surroundings(replace(self.surroundings, unwritable_since=since))
            raise CannotWrite(reason=unwritable.reason.value) from unwritable

    async def _version_of(self, name: StreamId) -> int:
        try:
            return await asyncio.to_thread(self._journal.version, name)
        except JournalUnusable as unusable:
            raise CannotWrite(reason=Reason.UNREACHABLE.value) from unusable

    async def _read_again(self, stream: Stream) -> None:
        """Catch up with a stream to which another program wrote."""
        try:
            records = await asyncio.to_thread(lambda: tuple(self._journal.read(stream.name)))
        except JournalUnusable as unusable:
            raise CannotWrite(reason=Reason.UNREACHABLE.value) from unusable
        found = read_stream(stream.name, records)
        stream.state, stream.answered = found.state, found.answered
        stream.version, stream.at = found.version, found.at
        self.position = max(self.position, records[-1].position)
        self._tell(())
        self._moved.set()

    def _evolve(self, stream: Stream, records: tuple[Record, ...], command_id: CommandId) -> None:
        for record in records:
            stream.state = rules.evolve(stream.state, record.event)  # type: ignore[arg-type]  # the stream holds the core's events
        stream.version, stream.at = records[-1].version, records[-1].at
        stream.answered[command_id] = self.position = records[-1].position
        if self.surroundings.unwritable_since is not None:
            self.surroundings = replace(self.surroundings, unwritable_since=None)
        self._tell(records)
        self._moved.set()

    def _tell(self, records: tuple[Record, ...]) -> None:
        self._public = None
        self._boards.clear()
        change = Change(records=records, conference=self.current)
        for watch in self._watches:
            watch.tell(change)

    async def _follow_rehearsal(self, command: Command, author: Author) -> None:
        """Begin or leave the rehearsal's stream, and keep the conference's own lines current."""
        if self._owes_rehearsal():
            await self._begin_rehearsal(author)
        elif self._formal.state.stages.stage is not Stage.REHEARSING and self._rehearsal is not None:
            self._rehearsal = None
            self._tell(())
            self._moved.set()
        elif self._rehearsal is not None and isinstance(command, rules.LASTING):
            await self._do(self._formal, command, new_command_id(), author)

    def _owes_rehearsal(self) -> bool:
        """Say whether a rehearsal was started whose stream could not be begun: nothing may go elsewhere meanwhile."""
        return self._formal.state.stages.stage is Stage.REHEARSING and self._rehearsal is None

    async def _begin_rehearsal(self, author: Author) -> None:
        number = self._formal.state.stages.rehearsals
        name = streams.rehearsal(self.conference, number)
        at = self._clock.now()
        begun, events = CommandId(f"begin:{name}"), rules.rehearse(self._formal.state, at)
        records = await self._append(name, events, expecting=0, command=begun, author=author, at=at)
        self._rehearsal = read_stream(name, records)
        self.position = records[-1].position
        self._tell(records)
        self._moved.set()

    async def resume_rehearsal(self) -> None:
        """Take up the rehearsal that ran when the server stopped, if one did."""
        if self._formal.state.stages.stage is not Stage.REHEARSING:
            return
        name = streams.rehearsal(self.conference, self._formal.state.stages.rehearsals)
        records = await asyncio.to_thread(lambda: tuple(self._journal.read(name)))
        if records:
            self._rehearsal = read_stream(name, records)
            self.position = max(self.position, records[-1].position)
        else:
            await self._begin_rehearsal(Author(role=Role.SYSTEM.value))

    async def _keep_deadlines(self) -> None:
        while True:
            try:
                await self._keep_next_deadline()
            except Exception:  # the top of a task: this deadline is tried again, and the later ones are kept
                LOG.exception("a deadline was not kept")
                await self._came_before_a_change(self._clock.now() + RETRY)

    async def _keep_next_deadline(self) -> None:
        self._moved.clear()
        due = rules.next_deadline(self.current)
        if due is None:
            await self._moved.wait()
        elif await self._came_before_a_change(due):
            await self.note(ReachDeadline())
            # Was it refused, or does the journal take nothing now? Then not again at once.
            await self._came_before_a_change(self._clock.now() + RETRY)

    async def _came_before_a_change(self, due: datetime) -> bool:
        sleeping = asyncio.ensure_future(self._clock.sleep_until(due))
        moving = asyncio.ensure_future(self._moved.wait())
        try:
            await asyncio.wait({sleeping, moving}, return_when=asyncio.FIRST_COMPLETED)
            return sleeping.done()
        finally:
            sleeping.cancel()
            moving.cancel()


async def open_desk(journal: Journal, clock: Clock, conference: ConferenceId, offices: Mapping[PersonId, str]) -> Desk:
    """Return the desk of a conference as the journal has it. Raises `LookupError` if there is none."""
    name = streams.formal(conference)
    records = await asyncio.to_thread(lambda: tuple(journal.read(name)))
    if not records:
        message = f"the journal has no conference {conference}"
        raise LookupError(message)
    desk = Desk(journal, clock, read_stream(name, records), offices)
    await desk.resume_rehearsal()
    return desk


async def convene(
    journal: Journal, clock: Clock, facts: Facts, author: Author, listed: Handouts | None = None
) -> tuple[Record, ...]:
    """Write a conference's first events. Convening the same conference again changes nothing."""
    name, at = streams.formal(facts.conference), clock.now()
    try:
        return await asyncio.to_thread(
            journal.append,
            name,
            expecting=0,
            events=rules.convene(facts, listed, at),
            command=CommandId(f"begin:{name}"),
            author=author,
            at=at,
        )
    except AlreadyAppended as known:
        return known.records


def new_command_id() -> CommandId:
    """Return an id for a command that nobody will repeat."""
    return CommandId(f"system:{secrets.token_hex(12)}")


def _nothing() -> None:
    """Do nothing when a person acts: no demonstration runs."""
