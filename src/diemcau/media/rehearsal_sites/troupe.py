"""A troupe of rehearsal sites: the processes that play them, seen from the one that starts them.

One process drains some 5,000 frames a second, so sites are spread over several. It waits for
what the sites report; what the conference does with it is not its matter.
"""

import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Callable, Sequence

from diemcau.core.ids import SiteId
from diemcau.media.rehearsal_sites.casting import Casting, write_casting
from diemcau.media.rehearsal_sites.report import FirstFrame, Line, Report, SpeechSeen, read
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall

SITES_A_PROCESS = 34
_TIME_TO_LEAVE = 5.0


class Troupe:
    """Rehearsal sites that are running."""

    def __init__(self, on_report: Callable[[Report], None] | None = None) -> None:
        self.up: set[SiteId] = set()
        self.first_frames: list[FirstFrame] = []
        self.speeches: list[SpeechSeen] = []
        self._on_report = on_report
        self._expected = 0
        self._processes: list[asyncio.subprocess.Process] = []
        self._reading: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()

    async def start(
        self,
        halls: Sequence[Hall],
        quality: Quality,
        *,
        sites_a_process: int = SITES_A_PROCESS,
    ) -> None:
        """Start the processes; `everyone_up` waits until they are connected."""
        self._expected += len(halls)
        count = math.ceil(len(halls) / sites_a_process)
        for turn in range(count):
            await self._start(Casting(halls=tuple(halls[turn::count]), quality=quality))

    async def everyone_up(self, *, within: float) -> bool:
        """Wait until every site is connected; False if the time was too short."""
        return await self._until(lambda: len(self.up) >= self._expected, within=within)

    async def begin_speech(self, speech: str, site: SiteId) -> None:
        """Let every site count for this speech; ends the one before."""
        await self._say({"speech": speech, "site": site})

    async def end_speech(self) -> None:
        """Let every site report the speech."""
        await self._say({"speech": None})

    async def everyone_reported(self, speech: str, *, within: float) -> bool:
        """Wait until every site has reported a speech."""

        def is_complete() -> bool:
            return len(self.seen(speech)) >= self._expected

        return await self._until(is_complete, within=within)

    def seen(self, speech: str) -> list[SpeechSeen]:
        """Return what each site reported of a speech."""
        return [seen for seen in self.speeches if seen.speech == speech]

    async def stop(self) -> None:
        """End the processes."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in self._processes:
            try:
                await asyncio.wait_for(process.wait(), _TIME_TO_LEAVE)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def _start(self, casting: Casting) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "diemcau.media.rehearsal_sites",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._processes.append(process)
        self._reading.append(asyncio.create_task(self._read(process)))
        await self._write(process, write_casting(casting))

    async def _say(self, command: dict[str, str | None]) -> None:
        for process in self._processes:
            await self._write(process, json.dumps(command))

    async def _write(self, process: asyncio.subprocess.Process, line: str) -> None:
        if process.stdin is not None and process.returncode is None:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(line.encode() + b"\n")
                await process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        async for line in process.stdout:
            report = read(line.decode())
            self._note(report)
            if self._on_report is not None:
                self._on_report(report)
            self._changed.set()

    def _note(self, report: Report) -> None:
        match report:
            case Line(state="up"):
                self.up.add(report.site)
            case Line():
                self.up.discard(report.site)
            case FirstFrame():
                self.first_frames.append(report)
            case SpeechSeen():
                self.speeches.append(report)

    async def _until(self, condition: Callable[[], bool], *, within: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        return condition()
