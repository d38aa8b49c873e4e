"""What is kept for who comes late has a bound, however long a conference lasts."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from diemcau.media.moq_fabric import MoqNode
from diemcau.media.moq_fabric.keeping import KEPT_BYTES
from tests.media.halls import soon

GROUPS = 40_000


def growth() -> int:
    """Write as many groups as two airs do in two hours; return by how many kB that made this process larger."""
    outlet = MoqNode("127.0.0.1", 0).new_outlet()
    for _ in range(GROUPS // 5):
        outlet.write_text("board", b"a frame of sound has 180 bytes" * 6)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(GROUPS):
        outlet.write_text("board", b"a frame of sound has 180 bytes" * 6)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def test_a_long_conference_takes_no_more_memory_than_a_short_one() -> None:
    root = Path(__file__).parents[2]
    said = "from tests.media.test_keeping import growth; print(growth())"

    done = subprocess.run([sys.executable, "-c", said], cwd=root, capture_output=True, text=True, check=True)

    assert int(done.stdout) < 10_000


@pytest.mark.anyio
async def test_the_newest_is_kept_though_it_is_larger_than_all_that_is_kept() -> None:
    outlet = MoqNode("127.0.0.1", 0).new_outlet()
    outlet.write_text("other", bytes(2 * KEPT_BYTES))
    for _ in range(100):
        outlet.write_text("board", bytes(KEPT_BYTES // 10))

    newest = await soon(anext(outlet.source().texts("other")))

    assert len(newest) == 2 * KEPT_BYTES
