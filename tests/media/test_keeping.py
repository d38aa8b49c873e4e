"""What is kept for who comes late has a bound, however long a conference lasts."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from diemcau.media.moq_fabric import MoqNode
from diemcau.media.moq_fabric.keeping import KEPT_OF_A_BROADCAST, new_origin
from tests.media.halls import soon

GROUPS = 40_000


def growth_of_an_outlet() -> int:
    """Write as many groups as two airs do in two hours; return by how many kB that made this process larger."""
    outlet = MoqNode("127.0.0.1", 0).new_outlet()
    return growth(lambda: outlet.write_text("board", b"a frame of sound has 180 bytes" * 6))


def growth_of_a_session() -> int:
    """Write as many beats as a camera does in half a day; return by how many kB that made this process larger."""
    beats = new_origin().create_broadcast("a camera's").publish_track("beat")
    return growth(lambda: beats.write_frame(b'{"n": 1}'))


def growth(write: Callable[[], None]) -> int:
    for _ in range(GROUPS // 5):
        write()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(GROUPS):
        write()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


@pytest.mark.parametrize("kept", [growth_of_an_outlet, growth_of_a_session])
def test_a_long_conference_takes_no_more_memory_than_a_short_one(kept: Callable[[], int]) -> None:
    root = Path(__file__).parents[2]
    said = f"from tests.media.test_keeping import {kept.__name__}; print({kept.__name__}())"

    done = subprocess.run([sys.executable, "-c", said], cwd=root, capture_output=True, text=True, check=True)

    assert int(done.stdout) < 10_000


@pytest.mark.anyio
@pytest.mark.usefixtures("last_words")
async def test_the_newest_is_kept_though_it_is_larger_than_all_that_is_kept() -> None:
    outlet = MoqNode("127.0.0.1", 0).new_outlet()
    outlet.write_text("other", bytes(2 * KEPT_OF_A_BROADCAST))
    for _ in range(100):
        outlet.write_text("board", bytes(KEPT_OF_A_BROADCAST // 10))

    newest = await soon(anext(outlet.source().texts("other")))

    assert len(newest) == 2 * KEPT_OF_A_BROADCAST
