"""An empty directory, on SQLite and on a PostgreSQL server of the tests' own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from diemcau.directory.models import open_directory
from diemcau.journal.sql import engine_for
from tests.journal import postgres

_NEXT = count(1)


@pytest.fixture(scope="session")
def directory_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Run the same test on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'directory.sqlite'}"
    server = str(request.getfixturevalue("directory_server"))
    name = f"directory_{next(_NEXT)}"
    engine = engine_for(server)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def directory(url: str) -> Iterator[Engine]:
    engine = engine_for(url)
    open_directory(engine)
    yield engine
    engine.dispose()
