import itertools
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from diemcau.journal.sql import SqlJournal
from diemcau.journal.verify import verify

ROOT = Path(__file__).resolve().parents[2]


def start(url: str, name: str, wanted: int | None = None) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "tests.journal.appender", url, name]
    if wanted is not None:
        arguments.append(str(wanted))
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("acknowledged", [1, 20, 75])
def test_what_was_acknowledged_is_there_after_a_kill(
    database_url: str, opened: Callable[[str], SqlJournal], acknowledged: int
) -> None:
    opened(database_url)
    with start(database_url, "killed") as program:
        assert program.stdout is not None
        said = list(itertools.islice(program.stdout, acknowledged))
        program.kill()
        said += program.stdout.readlines()

    positions = {int(line) for line in said if line.endswith("\n")}
    records = opened(database_url).follow()
    assert len(positions) >= acknowledged
    assert positions <= {record.position for record in records}
    assert [record.version for record in records] == list(range(1, len(records) + 1))
    assert len(records) % 2 == 0
    assert verify(opened(database_url)).is_whole


def test_the_next_program_goes_on_where_the_killed_one_stopped(
    database_url: str, opened: Callable[[str], SqlJournal]
) -> None:
    opened(database_url)
    for _ in range(3):
        with start(database_url, str(uuid.uuid4())) as program:
            assert program.stdout is not None
            assert program.stdout.readline().endswith("\n")
            program.kill()

    journal = opened(database_url)
    assert journal.position() >= 6
    assert verify(journal).is_whole


def test_several_programs_lose_nothing_and_a_follower_misses_nothing(
    database_url: str, opened: Callable[[str], SqlJournal]
) -> None:
    journal = opened(database_url)
    programs = [start(database_url, f"program-{one}", 25) for one in range(3)]

    seen: list[int] = []
    while len(seen) < 150:
        last = seen[-1] if seen else 0
        seen += [record.position for record in journal.follow(after=last, limit=7)]
    said = [int(line) for program in programs for line in program.communicate()[0].split()]

    assert [program.returncode for program in programs] == [0, 0, 0]
    assert seen == list(range(1, 151))
    assert sorted(said) == seen
    assert verify(journal).is_whole
