"""`diemcau record` beside a server that records too."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from diemcau.media.recording.index import read_index
from tests.e2e.conferences import SPRING, link, planned
from tests.e2e.desks import desk, token_for
from tests.e2e.footage import faults_of_decoding
from tests.e2e.halls import rehearsal_sites
from tests.e2e.programs import eventually, run, server, started


def shown(folder: Path) -> float:
    """Return how many seconds of somebody are recorded."""
    return sum(one.length for one in read_index(folder).segments if not one.head.slate)


@pytest.mark.slow
async def test_a_second_recorder_makes_a_file_of_its_own_while_the_first_goes_on(tmp_path: Path) -> None:
    data, other = await planned(tmp_path), tmp_path / "other"
    async with server(data) as (_, url), AsyncExitStack() as stack:
        chair = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.CHAIR)))
        program = await stack.enter_async_context(desk(url, token_for(data, SPRING, Role.PROGRAM)))
        await stack.enter_async_context(rehearsal_sites(program, data, SPRING, "head-office"))
        await chair.must("OpenConference")
        screen = link(url, data, Role.PROGRAM)
        async with started("record", "--pass", screen, "--folder", other, "--english") as second:
            await eventually(lambda: shown(other) > 4)
            second.tell(signal.SIGINT)
            status = await second.ended(within=30)
        before = shown(data / "recordings" / SPRING)
        await eventually(lambda: shown(data / "recordings" / SPRING) > before)

    assert status == 0
    assert second.err == ["Recording the conference."]
    assert [path.name for path in other.glob("*.mkv")] == ["recording-1.mkv"]
    assert await asyncio.to_thread(faults_of_decoding, other / "recording-1.mkv") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--pass", "abc"), "name the server with --upstream"),
        (("--pass", "http://127.0.0.1:9/enter#abc", "--folder", "/proc/nowhere"), "make the folder writable"),
    ],
)
async def test_what_cannot_be_recorded_is_said_in_one_sentence(
    tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    folder = () if "--folder" in given else ("--folder", tmp_path / "recordings")

    status, out, err = await run("record", *given, *folder)

    assert status != 0
    assert out == ""
    assert said in " ".join(err.split())
    assert "Traceback" not in err
