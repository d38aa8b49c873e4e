"""A pair of empty databases for projections, on SQLite and on a PostgreSQL server of the tests' own."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, make_url, text

from diemcau.journal.sql import engine_for
from diemcau.projections.tables import METADATA
from tests.journal import postgres


@dataclass(frozen=True, slots=True)
class Pair:
    """Two databases for projections: one that follows, and one that is filled anew."""

    follows: Engine
    anew: Engine

    def emptied(self) -> "Pair":
        """Empty both, tables and progress."""
        for engine in (self.follows, self.anew):
            METADATA.create_all(engine)
            with engine.execution_options(writes=True).begin() as connection:
                for table in METADATA.sorted_tables:
                    connection.execute(delete(table))
        return self


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Run the same test on each kind of database."""
    folder: Path = tmp_path_factory.mktemp("projections")
    with ExitStack() as stack:
        if request.param == "sqlite":
            urls = [f"sqlite:///{folder / name}.sqlite" for name in ("follows", "anew")]
        else:
            server = stack.enter_context(postgres.server())
            urls = [_database(server, name) for name in ("follows", "anew")]
        engines = [engine_for(url) for url in urls]
        for engine in engines:
            event.listen(engine, "connect", _without_syncing)
            stack.callback(engine.dispose)
        yield Pair(*engines)


@pytest.fixture
def engine(pair: Pair) -> Engine:
    """Return one empty database."""
    return pair.emptied().follows


def _database(server: str, name: str) -> str:
    engine = engine_for(server)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _without_syncing(connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's own)
    """Let writes be quick: nobody pulls the plug of these databases."""
    kind = type(connection).__module__.partition(".")[0]
    connection.execute("PRAGMA synchronous = OFF" if kind == "sqlite3" else "SET synchronous_commit = off")
    connection.commit()
