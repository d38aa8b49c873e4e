"""The wire below a session: messages in order, either text or bytes. What they say is `messages`'s."""

from typing import Final, Protocol

from diemcau.media.fabric import Code

LARGEST: Final = 1_000_000
"""Bytes of a message. Whoever listens tells its library so, which ends a session that sends more."""
CLOSING: Final = 4000
"""A session is closed with this and the code of `fabric.Code` (RFC 6455, 7.4.2: 4000 and above are ours)."""
GARBLED: Final = 400


class WireGone(Exception):  # noqa: N818 (a fact, as in the core)
    """The other side is gone; `code` is the close code that it gave, if it gave one."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Wire(Protocol):
    """A WebSocket, whoever's library it is. Every method raises `WireGone` when the other side is gone."""

    async def send(self, message: str | bytes) -> None:
        """Send a message; wait while the other side takes nothing."""
        ...

    async def receive(self) -> str | bytes:
        """Return the next message."""
        ...

    async def close(self, code: int) -> None:
        """Close it with a close code."""
        ...


def close_code(code: Code | int) -> int:
    """Return the close code that tells `code`."""
    return CLOSING + code


def told_by(close: int | None) -> int:
    """Return the code that a close code tells; 0 if it tells none."""
    return close - CLOSING if close is not None and CLOSING < close < CLOSING + 1000 else 0
