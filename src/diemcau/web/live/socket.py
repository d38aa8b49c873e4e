"""The socket of a live line: lets a desk in, reads what it asks, and ends when its beats do.

What is asked is done whole, even if the line breaks meanwhile: the page asks again under the
same id and gets the same answer.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from diemcau.core.ids import CommandId
from diemcau.core.refusals import Refusal
from diemcau.projections.sections import Section, SectionName
from diemcau.web.encode import SectionTexts
from diemcau.web.live.messages import Ask, Unreadable, read, write_done, write_refused, write_unreadable
from diemcau.web.live.outbox import Outbox, TooSlow
from diemcau.web.metrics import Metrics
from diemcau.web.ports import Limits
from diemcau.web.problems import Problem, answer, language_of, log_fault
from diemcau.web.visitors import Visitor, entered, house_of, is_void, need_own_origin

T = TypeVar("T")

ENDED = 1000
TOO_SLOW = 1013
NO_BEAT = 4008
PASS_ENDED = 4001


class Silent(Exception):  # noqa: N818 (a fact, as in the core)
    """No message came for three beats."""


class PassEnded(Exception):  # noqa: N818 (a fact, as in the core)
    """The pass came to its end, or was revoked, while the line was open."""


def routes(metrics: Metrics) -> APIRouter:
    """Return the route of live lines."""
    router = APIRouter()
    texts = SectionTexts()

    router.add_api_route("/d/{desk}/live", _no_socket, include_in_schema=False)

    @router.websocket("/d/{desk}/live")
    async def live(socket: WebSocket, desk: str) -> None:
        try:
            need_own_origin(socket)
            visitor = entered(socket, desk)
        except Problem as problem:
            await socket.send_denial_response(answer(problem, language_of(socket)))
            return
        await socket.accept()
        with metrics.line(visitor.pass_.role):
            await Line(socket, visitor, texts=texts, metrics=metrics).run()

    return router


async def _no_socket() -> None:
    raise Problem("websocket_needed", headers={"Upgrade": "websocket"})


class Line:
    """One open live line."""

    def __init__(self, socket: WebSocket, visitor: Visitor, *, texts: SectionTexts, metrics: Metrics) -> None:
        house = house_of(socket)
        self._socket = socket
        self._visitor = visitor
        self._clock = house.parts.clock
        self._limits: Limits = house.premises.limits
        self._language = language_of(socket)
        self._metrics = metrics
        self._zone = visitor.desk.formal.facts.zone
        self._outbox = Outbox(
            socket.send_text,
            self._look,
            texts=texts,
            now=self._now,
            patience=self._limits.slow_reader,
        )

    async def run(self) -> None:
        """Serve the line until it ends, and tell the desk that it did."""
        desk, role = self._visitor.desk, self._visitor.pass_.role
        with desk.watch() as watch:
            try:
                await _whole(desk.desk_connected(role))
                code = await self._serve(watch.change)
            finally:
                await _whole(desk.desk_gone(role))
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(self._limits.slow_reader.total_seconds()):
                await self._socket.close(code)

    async def _serve(self, change: Callable[[], Awaitable[object]]) -> int:
        """Serve until something ends the line; return the code with which to close it."""
        code = ENDED
        try:
            async with asyncio.TaskGroup() as group:
                for work in (self._listen(), self._outbox.deliver(), self._follow(change), self._keep_beating()):
                    group.create_task(work)
        except* WebSocketDisconnect:
            pass
        except* TooSlow:
            code = TOO_SLOW
        except* Silent:
            code = NO_BEAT
        except* PassEnded:
            code = PASS_ENDED
        return code

    async def _listen(self) -> None:
        silence = (self._limits.beat * self._limits.beats_missed).total_seconds()
        while True:
            try:
                async with asyncio.timeout(silence):
                    received = await self._socket.receive()
            except TimeoutError as silent:
                raise Silent from silent
            if received["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(received.get("code", ENDED))
            self._need_pass()
            await self._take(received.get("text"))

    def _need_pass(self) -> None:
        """Raise `PassEnded` once the pass is over: nothing more is told by it, and nothing more done."""
        pass_ = self._visitor.pass_
        if self._clock.now() >= pass_.until or is_void(self._visitor.desk, pass_):
            raise PassEnded

    async def _take(self, text: str | None) -> None:
        try:
            message = read(text, self._visitor.asker)
        except Unreadable as unreadable:
            self._metrics.asked("unreadable")
            self._outbox.put_answer(write_unreadable(unreadable, self._language))
            return
        if isinstance(message, Ask):
            self._outbox.put_answer(await self._ask(message))

    async def _ask(self, ask: Ask) -> str:
        visitor = self._visitor
        asking = visitor.desk.ask(
            ask.command,
            asker=visitor.asker,
            command_id=CommandId(f"{visitor.name}:{ask.id}"),
            desk=visitor.name,
            scripted=visitor.pass_.scripted,
        )
        try:
            position = await _whole(asking)
        except Refusal as refusal:
            self._metrics.asked("refused")
            return write_refused(ask.id, refusal)
        self._metrics.asked("done")
        return write_done(ask.id, position)

    async def _follow(self, change: Callable[[], Awaitable[object]]) -> None:
        while True:
            await change()
            self._need_pass()
            self._outbox.note_change()

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._limits.beat.total_seconds())
            self._outbox.note_beat()

    def _look(self) -> tuple[int, dict[SectionName, Section]]:
        desk, pass_ = self._visitor.desk, self._visitor.pass_
        return desk.position, desk.board(pass_.role, pass_.site)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(self._zone)


async def _whole(work: Coroutine[Any, Any, T]) -> T:
    """Do `work` to its end, even if whoever waits for it is gone: a record half taken over would be a fault."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        _UNHEARD.add(task)
        task.add_done_callback(_hear)
        raise


_UNHEARD: set[asyncio.Future[Any]] = set()


def _hear(task: asyncio.Future[Any]) -> None:
    """Take what came of work whose page is gone: an answer to nobody, or a fault for the log."""
    _UNHEARD.discard(task)
    fault = None if task.cancelled() else task.exception()
    if fault is not None and not isinstance(fault, Refusal):
        log_fault(fault, "what a page asked before it left")
