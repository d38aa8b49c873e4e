import socket
from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.cli.conftest import Diemcau
from tests.cli.test_serving import taken
from tests.e2e.conferences import SPRING
from tests.e2e.desks import token_for
from tests.e2e.programs import run, server

WIDE = {"COLUMNS": "200", "TERM": "dumb"}


def lines_of(table: str) -> dict[str, str]:
    """Return the lines of the table by what each looks at, with its mark."""
    rows = [[cell.strip() for cell in line.split("│")] for line in table.splitlines() if "│" in line]
    return {row[2]: row[1] for row in rows if row[2]}


def test_a_machine_on_which_all_is_well_is_said_to_be_well(diemcau: Diemcau, data: Path) -> None:
    said = diemcau("doctor", "--data", data, "--port", 0, "--media-port", 0, env=WIDE)

    assert said.err == ""
    assert {name: mark for name, mark in lines_of(said.out).items() if name not in ("Disk", "Front end")} == {
        "Python": "✓",
        "Pages (TCP)": "✓",
        "Media (UDP)": "✓",
        "Journal": "✓",
    }


def test_ports_that_are_taken_are_found_with_status_1(diemcau: Diemcau, data: Path) -> None:
    with taken(socket.SOCK_STREAM) as pages, taken(socket.SOCK_DGRAM) as media:
        said = diemcau("doctor", "--data", data, "--port", pages, "--media-port", media, env=WIDE)

    marks = lines_of(said.out)
    assert (said.status, said.err) == (1, "")
    assert (marks["Pages (TCP)"], marks["Media (UDP)"], marks["Journal"]) == ("✗", "✗", "✓")
    assert "choose another with --port" in said.out
    assert "choose another with --media-port" in said.out


def test_a_data_folder_that_cannot_be_used_is_found_with_status_1(diemcau: Diemcau, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()

    for folder in (file, file / "below"):
        said = diemcau("doctor", "--data", folder, "--port", 0, "--media-port", 0, env=WIDE)
        assert (said.status, said.err) == (1, "")
        assert lines_of(said.out)["Journal"] == "✗"


def test_a_journal_that_does_not_answer_is_found_with_status_1(diemcau: Diemcau, data: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/journal"

    said = diemcau("doctor", "--data", data, "--journal", url, "--port", 0, "--media-port", 0, env=WIDE)

    assert (said.status, said.err) == (1, "")
    assert lines_of(said.out)["Journal"] == "✗"


def test_a_line_is_not_measured_by_what_is_no_link(diemcau: Diemcau) -> None:
    said = diemcau("doctor", "--remote", "nonsense", env=WIDE)

    assert (said.status, said.out) == (1, "")
    assert "give the whole of what was handed out" in said.err


def test_a_line_to_a_server_that_is_away_is_not_measured(diemcau: Diemcau) -> None:
    said = diemcau("doctor", "--remote", "http://127.0.0.1:9/enter#abc", env=WIDE)

    assert (said.status, said.out) == (1, "")
    assert "check the network and whether the server runs" in said.err


@pytest.mark.slow
async def test_a_line_to_a_server_that_runs_is_measured_and_nothing_is_to_be_mended(data: Path) -> None:
    async with server(data) as (_, url):
        link = f"{url}/enter#{token_for(data, SPRING, Role.SITE, 'coast')}"
        status, said, _ = await run("doctor", "--remote", link, "--english", env=WIDE)

    assert status == 0, said
    assert lines_of(said) == {
        "Way up": "✓",
        "Way down": "✓",
        "Round trip, loss": "✓",
        "Transport": "✓",
        "Clock": "✓",
    }
    assert "UDP" in said
