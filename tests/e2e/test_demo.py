import re
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.test_serving import taken
from tests.e2e.desks import desk
from tests.e2e.programs import run, started
from tests.plan.samples import write_plan

PORTS = re.compile(r"TCP (?P<tcp>\d+), UDP (?P<udp>\d+)")
LINK = re.compile(r"^  (?P<base>http://\S+)/enter#(?P<token>\S+)$")
STAYS_UP = re.compile("The server stays up")
SMALL = ("--width", 160, "--height", 96, "--fps", 5)


def children_of(pid: int) -> set[int]:
    """Return the processes that a process has started and that still run."""
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()}


def still_there(processes: set[int]) -> set[int]:
    """Return those that still run."""
    return {pid for pid in processes if Path(f"/proc/{pid}").exists()}


@pytest.mark.slow
async def test_a_person_takes_over_and_lets_the_run_of_show_go_on(tmp_path: Path) -> None:
    plan, out = write_plan(tmp_path / "plan"), tmp_path / "out"

    async with started("demo", "--fast", "--plan", plan, "--out", out, *SMALL, "--port", 0, "--media-port", 0) as demo:
        found = await demo.says(PORTS)
        await demo.says(re.compile(r"Màn hình hội trường · program screen"))
        links = [link for line in demo.out if (link := LINK.match(line)) is not None]
        async with desk(links[0]["base"], links[0]["token"]) as chair:
            await chair.ask("StartItem", {"item": "opening"})
            paused = await chair.until(lambda board: not board["script"]["running"])
            assert paused["script"]["finished"] is False

            resumed = await chair.http.post(f"{chair.path}script", json={"running": True})
            assert resumed.status_code == 204
            await chair.until(lambda board: board["script"]["running"] or board["script"]["finished"])
            ended = await chair.until(lambda board: board["conference"]["stage"] == "sealed", within=60)
            assert ended["script"]["finished"] is True
            await demo.says(STAYS_UP)
            listed = (await chair.get("documents")).json()["documents"]
            assert {paper["document"] for paper in listed} >= {"minutes", "attendance"}
            assert (await chair.http.get("/health/ready")).status_code == 200
        assert found["tcp"] in links[0]["base"]
        playing = children_of(demo.pid)
        demo.tell(signal.SIGINT)
        status = await demo.ended(within=30)

    assert status in (0, 130)
    assert "Traceback" not in "\n".join(demo.err)
    assert len(playing) == 1
    assert still_there(playing) == set()
    assert (await run("verify-journal", "--data", out))[0] == 0


@contextmanager
def at_least_taken(port: int, kind: socket.SocketKind) -> Iterator[None]:
    """Take a port, unless another program has it already."""
    with closing(socket.socket(socket.AF_INET, kind)) as opened:
        if kind is socket.SOCK_STREAM:  # lines that were just closed don't hold the port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            opened.bind(("127.0.0.1", port))
            if kind is socket.SOCK_STREAM:
                opened.listen()
        yield


@pytest.mark.slow
async def test_ports_that_are_taken_are_passed_over_and_the_others_are_printed(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")
    with at_least_taken(8080, socket.SOCK_STREAM), at_least_taken(8443, socket.SOCK_DGRAM):
        async with started("demo", "--plan", plan, "--out", tmp_path / "out", *SMALL) as demo:
            found = await demo.says(PORTS)
            assert (int(found["tcp"]) > 8080, int(found["udp"]) > 8443) == (True, True)
            await demo.says(re.compile(rf"Port 8080 is taken: {found['tcp']} is used"))
            await demo.says(re.compile(rf"Port 8443 is taken: {found['udp']} is used"))
            demo.tell(signal.SIGINT)
            assert await demo.ended(within=30) in (0, 130)
            assert "Traceback" not in "\n".join(demo.err)


@pytest.mark.parametrize(("option", "kind"), [("--port", socket.SOCK_STREAM), ("--media-port", socket.SOCK_DGRAM)])
async def test_a_port_that_was_asked_for_is_not_passed_over(
    tmp_path: Path, option: str, kind: socket.SocketKind
) -> None:
    plan = write_plan(tmp_path / "plan")
    with taken(kind) as port:
        status, out, err = await run("demo", "--plan", plan, "--out", tmp_path / "out", option, port)

    assert (status, out) == (1, "")
    assert f"port {port} on 127.0.0.1" in err.splitlines()[-1]
    assert "Traceback" not in err
