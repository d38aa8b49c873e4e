"""Aside: work on the disk in a thread of its own, for which nobody waits when the program ends.

A disk that hangs holds up one such thread, and neither the event loop nor the threads that all
others share. Whoever stops waiting leaves the work to end by itself.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """Do it, and return or raise what it does."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(settled: Callable[[], None]) -> None:
        if not done.done():
            settled()

    def run() -> None:
        try:
            result = work()
        except StopIteration as error:  # which no future takes
            _tell(loop, settle, lambda error=error: done.set_exception(RuntimeError(repr(error))))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 (the top of a task; whoever waits is told)
            _tell(loop, settle, lambda error=error: done.set_exception(error))  # type: ignore[misc]
        else:
            _tell(loop, settle, lambda: done.set_result(result))

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await done


def _tell(
    loop: asyncio.AbstractEventLoop, settle: Callable[[Callable[[], None]], None], settled: Callable[[], None]
) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(settle, settled)
