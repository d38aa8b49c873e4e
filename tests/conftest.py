"""What every test stands on: asyncio's event loop, and a search for examples that no clock disturbs."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no fault of the rules: no example has a deadline.
settings.register_profile("people", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same commit gives the same answer every time.
settings.register_profile("ci", parent=settings.get_profile("people"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "people")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
