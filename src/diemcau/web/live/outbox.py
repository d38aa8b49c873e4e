"""The outbox of one live line: what is still to be sent, never more than one board and a few answers.

Sections are compared when the line is free, so a slow reader gets fewer and newer ones; one
that takes nothing for too long is dropped. The desk never waits for any of them.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from diemcau.projections.sections import Section, SectionName
from diemcau.web.encode import SectionTexts
from diemcau.web.live.messages import write_beat, write_board, write_section

MOST_ANSWERS: Final = 64

Send = Callable[[str], Awaitable[None]]
Look = Callable[[], tuple[int, dict[SectionName, Section]]]
"""Returns the journal's position and the board as they are now."""


class TooSlow(Exception):  # noqa: N818 (a fact, as in the core)
    """The reader takes nothing, or asks far more than it reads."""


class Outbox:
    """Sends one line what it has to know. `look` gives the board whenever the line is free."""

    def __init__(
        self, send: Send, look: Look, *, texts: SectionTexts, now: Callable[[], datetime], patience: timedelta
    ) -> None:
        self._send = send
        self._look = look
        self._texts = texts
        self._now = now
        self._patience = patience.total_seconds()
        self._sent: dict[SectionName, str] = {}
        self._answers: deque[str] = deque()
        self._changed = True
        self._beat = False
        self._wake = asyncio.Event()

    def note_change(self) -> None:
        """Note that the board may have changed."""
        self._changed = True
        self._wake.set()

    def note_beat(self) -> None:
        """Note that a beat is due."""
        self._beat = True
        self._wake.set()

    def put_answer(self, text: str) -> None:
        """Put an answer in; raises `TooSlow` if there is no room."""
        if len(self._answers) >= MOST_ANSWERS:
            raise TooSlow
        self._answers.append(text)
        self._wake.set()

    async def deliver(self) -> None:
        """Send until the line ends. Raises `TooSlow` when the reader takes nothing."""
        position, board = self._look()
        self._changed = False
        self._sent = {name: self._texts.of(section) for name, section in board.items()}
        await self._put(write_board(position=position, now=self._now(), board=board, texts=self._texts))
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._changed:
                await self._deliver_sections()
            while self._answers:
                await self._put(self._answers.popleft())
            if self._beat:
                self._beat = False
                await self._put(write_beat(self._now()))

    async def _deliver_sections(self) -> None:
        self._changed = False
        position, board = self._look()
        for name, section in board.items():
            text = self._texts.of(section)
            if self._sent.get(name) != text:
                self._sent[name] = text
                await self._put(write_section(position=position, name=name, text=text))

    async def _put(self, text: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._send(text)
        except TimeoutError as slow:
            raise TooSlow from slow
