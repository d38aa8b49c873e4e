"""The play: goes through a run of show step by step, over the desks' own sockets.

A person may take over at any moment: any action of a person pauses it, a button resumes it.
Then a step may find that it was done already; what is refused then is passed over, while a run
without people stops at the first refusal.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeAlias

from diemcau.conduct.desk import Desk
from diemcau.conduct.run_of_show import Act, Ask, Pause, Player, Speak
from diemcau.core.floor import GrantFloor, ReleaseFloor, who_speaks
from diemcau.core.ids import RequestId, SiteId
from diemcau.core.roles import Role
from diemcau.demonstration.desk_socket import AskRefused, DeskSocket
from diemcau.media.rehearsal_sites.troupe import Troupe
from diemcau.plan.model import Plan
from diemcau.plan.run_of_show import Step
from diemcau.projections.sections import ScriptSection

TokenOf: TypeAlias = Callable[[Role, SiteId | None], str]
_ROLES = (Role.CHAIR, Role.SECRETARY, Role.OPERATOR)
_SLICE = 0.2


class StepRefused(Exception):  # noqa: N818 (a fact, as in the core)
    """The rules don't allow a step of the run of show where it stands."""

    def __init__(self, number: int, title: str, refused: AskRefused) -> None:
        super().__init__(f"Step {number} of the run of show ({title}) was refused: {refused}.")


class StagePlay:
    """One run of show being played. `granted_ns`: when each request's grant was acknowledged."""

    def __init__(self, plan: Plan, desk: Desk, troupe: Troupe, *, fast: bool, tolerant: bool) -> None:
        self.granted_ns: dict[RequestId, int] = {}
        self._plan = plan
        self._desk = desk
        self._troupe = troupe
        self._fast = fast
        self._tolerant = tolerant
        self._going = asyncio.Event()
        self._going.set()
        self._step = 0
        self._title = ""
        self._finished = False

    def pause(self) -> None:
        """Wait before the next act: a person has taken over."""
        if self._going.is_set() and not self._finished:
            self._going.clear()
            self._show()

    def resume(self) -> None:
        """Go on."""
        if not self._going.is_set():
            self._going.set()
            self._show()

    async def play(self, base: str, token_of: TokenOf, on_step: Callable[[int, Step], None]) -> None:
        """Play all steps. Raises `StepRefused` where something was refused and nobody had taken over."""
        player = Player(self._plan, lambda: self._desk.current.floor, fast=self._fast)
        async with _desks(base, token_of) as desks:
            for number, step in enumerate(self._plan.run_of_show, start=1):
                self._step, self._title = number, type(step).__name__
                self._show()
                on_step(number, step)
                try:
                    for act in player.acts(step):
                        await self._going.wait()
                        await self._do(act, desks, base, token_of)
                except AskRefused as refused:
                    raise StepRefused(number, self._title, refused) from refused
        self._finished = True
        self._show()

    def _show(self) -> None:
        self._desk.show_script(
            ScriptSection(
                running=self._going.is_set() and not self._finished,
                finished=self._finished,
                step=self._step,
                steps=len(self._plan.run_of_show),
                title=self._title,
            )
        )

    async def _do(self, act: Act, desks: dict[Role, DeskSocket], base: str, token_of: TokenOf) -> None:
        match act:
            case Pause(length=length) | Speak(length=length):
                await self._rest(length.total_seconds())
            case Ask(role=Role.SITE, site=site):
                async with DeskSocket(base, token_of(Role.SITE, site)) as desk:
                    await self._ask(desk, act)
            case Ask(role=role):
                await self._ask(desks[role], act)

    async def _ask(self, desk: DeskSocket, act: Ask) -> None:
        try:
            await desk.ask(act.command)
        except AskRefused:
            if not self._tolerant:
                raise
            return
        acknowledged = time.time_ns()
        if isinstance(act.command, GrantFloor):
            await self._began(act.command.site, acknowledged)
        if isinstance(act.command, ReleaseFloor):
            await self._troupe.end_speech()

    async def _began(self, site: SiteId, acknowledged: int) -> None:
        speech = who_speaks(self._desk.current.floor)
        if speech is not None and speech.site == site:
            self.granted_ns[speech.request] = acknowledged
            await self._troupe.begin_speech(speech.request, site)

    async def _rest(self, seconds: float) -> None:
        """Rest so long, not counting the time in which a person has taken over."""
        while seconds > 0:
            await self._going.wait()
            await asyncio.sleep(min(_SLICE, seconds))
            seconds -= _SLICE


@asynccontextmanager
async def _desks(base: str, token_of: TokenOf) -> AsyncIterator[dict[Role, DeskSocket]]:
    """Connect the desks that act all the time; a site's desk connects when it acts."""
    async with AsyncExitStack() as stack:
        yield {role: await stack.enter_async_context(DeskSocket(base, token_of(role, None))) for role in _ROLES}
