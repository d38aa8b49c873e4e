"""What the tests of sound and picture stand on."""

from collections.abc import AsyncIterator

import pytest

from diemcau.media.moq_fabric.reading import let_go


@pytest.fixture
async def last_words(anyio_backend: str) -> AsyncIterator[None]:
    """Let the library speak for the last time while the test's loop still hears it."""
    assert anyio_backend == "asyncio"
    yield
    await let_go()
