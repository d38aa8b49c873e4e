"""What every test stands on: one event loop, asyncio's, as in the running program."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
