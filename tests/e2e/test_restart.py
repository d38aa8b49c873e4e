import asyncio
import signal
import socket
import ssl
import subprocess
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from diemcau.media.recording.index import read_index
from diemcau.web.tls import self_made
from tests.cli.test_serving import taken
from tests.e2e.desks import Desk, desk, token_for
from tests.e2e.footage import faults_of_decoding
from tests.e2e.halls import Screen, rehearsal_sites, screen, until_up
from tests.e2e.programs import eventually, run, server
from tests.plan.samples import write_plan

SPRING = "spring-review"


def recorded_seconds(path: Path) -> float:
    """Decode a recording to its end and return its length."""
    assert faults_of_decoding(path) == []
    asked = ("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path))
    return float(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)


async def expect_speaker_on_air(program: Desk, site: str) -> None:
    """Expect the main site and the speaker on air, with moving pictures of both."""
    async with screen(program, SPRING) as hall:
        for air in await hall.on_air("head-office", site):
            await _expect_pictures(hall, air)


async def _expect_pictures(hall: Screen, air: dict[str, object]) -> None:
    assert len(await hall.pictures(air, 5)) == 5


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGKILL])
async def test_a_server_that_is_started_again_in_the_middle_of_a_speech_goes_on(
    tmp_path: Path, stop: signal.Signals
) -> None:
    data = tmp_path / "data"
    assert (await run("plan", "import", write_plan(tmp_path / "plan"), "--data", data))[0] == 0
    made = self_made(tmp_path / "tls", ("127.0.0.1", "localhost"), datetime.now(UTC))
    trusted = ssl.create_default_context(cafile=str(made.authority))
    with taken(socket.SOCK_STREAM) as port, taken(socket.SOCK_DGRAM) as media:
        pass
    arguments = ("--port", port, "--media-port", media, "--cert", made.chain, "--key", made.key)
    recordings = data / "recordings" / SPRING

    async with AsyncExitStack() as halls:
        async with server(data, *arguments) as (first, url), AsyncExitStack() as stack:
            chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR), trusting=trusted))
            program = await stack.enter_async_context(
                desk(url, token_for(data, SPRING, Role.PROGRAM), trusting=trusted)
            )
            reports = await halls.enter_async_context(rehearsal_sites(program, data, SPRING, "head-office", "coast"))
            await chair.must("OpenConference")
            await chair.must("GrantFloor", {"site": "coast"})
            await expect_speaker_on_air(program, "coast")
            held = chair.board["floor"]["holder"]["request"]
            await eventually(lambda: _is_recording(recordings, run=0))
            first.tell(stop)
            status = await first.ended(within=30)
        assert status == (0 if stop is signal.SIGTERM else -signal.SIGKILL)
        assert [line for line in first.err if "Traceback" in line] == [], "\n".join(first.err)

        async with server(data, *arguments) as (second, url), AsyncExitStack() as stack:
            chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR), trusting=trusted))
            program = await stack.enter_async_context(
                desk(url, token_for(data, SPRING, Role.PROGRAM), trusting=trusted)
            )
            await until_up(reports, "head-office", "coast")
            await expect_speaker_on_air(program, "coast")
            assert chair.board["floor"]["holder"]["request"] == held
            await eventually(lambda: _is_recording(recordings, run=1))
            await chair.must("ReleaseFloor", {"site": "coast"})
            await chair.must("CloseConference")
            await eventually((recordings / "recording-1.mkv").exists)
            second.tell(signal.SIGTERM)
            assert await second.ended(within=30) == 0
    assert await asyncio.to_thread(recorded_seconds, recordings / "recording-1.mkv") > 3
    assert [path.name for path in recordings.glob("*.mkv")] == ["recording-1.mkv"]
    assert (await run("verify-journal", "--data", data))[0] == 0


def _is_recording(folder: Path, *, run: int) -> bool:
    """Say whether a run of the recorder has shown somebody for two seconds."""
    shown = [one for one in read_index(folder).segments if one.head.run == run and not one.head.slate]
    return sum(one.length for one in shown) > 2


async def test_a_server_that_is_told_to_stop_stops_in_order(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert (await run("init", "--data", data))[0] == 0

    for number in (signal.SIGTERM, signal.SIGINT):
        async with server(data) as (program, _):
            program.tell(number)
            assert await program.ended(within=30) == 0
            assert (program.out, len(program.err)) == ([], 1)
