"""Running until stopped: Ctrl-C and SIGTERM end a command in order, so that nothing is left half-written."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def run_until_stopped(work: Coroutine[Any, Any, _Answer]) -> _Answer | None:
    """Run `work` and return what it returns; nothing if it was stopped, after it has cleaned up.

    A second signal doesn't wait for the cleaning up.
    """
    came: list[int] = []

    async def run() -> _Answer:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)

        def stop(number: int) -> None:
            came.append(number)
            for each in _STOPPING:
                loop.remove_signal_handler(each)
            task.cancel()

        for each in _STOPPING:
            loop.add_signal_handler(each, stop, each)
        return await task

    try:
        return asyncio.run(run())
    except asyncio.CancelledError:
        if not came:
            raise
        return None
