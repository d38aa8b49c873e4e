"""The three journals that the contract is for, and the PostgreSQL server behind one of them."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from diemcau.journal.journal import Journal
from diemcau.journal.memory import MemoryJournal
from diemcau.journal.sql import SqlJournal, engine_for, open_journal
from tests.journal import postgres
from tests.journal.samples import CODEC, HELD, HUNG, VINH, MoonRose, write

_NEXT = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Make a new, empty database on the tests' own server."""
    name = f"journal_{next(_NEXT)}"
    server = make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the same test once on each kind of disk."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(kind))


@pytest.fixture
def engines() -> Iterator[Callable[[str], Engine]]:
    """Open engines that are closed at the end of the test."""
    opened: list[Engine] = []

    def open_one(url: str) -> Engine:
        opened.append(engine_for(url))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()


@pytest.fixture
def opened(engines: Callable[[str], Engine]) -> Callable[[str], SqlJournal]:
    """Open the journal of a URL, as often as a test likes."""
    return lambda url: open_journal(engines(url), CODEC)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, opened: Callable[[str], SqlJournal]) -> Journal:
    """Run the same test once for each journal."""
    if request.param == "memory":
        return MemoryJournal(CODEC)
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return opened(str(request.getfixturevalue(kind)))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a journal of two streams: Huế at positions 1–3 and 7–8, Vinh at 4–6."""
    path = tmp_path_factory.mktemp("template") / "journal.sqlite"
    engine = engine_for(f"sqlite:///{path}")
    journal = open_journal(engine, CODEC)
    write(journal, HUNG, HELD, MoonRose())
    write(journal, HELD, HUNG, HELD, stream=VINH)
    write(journal, HUNG)
    write(journal, HELD)
    engine.dispose()
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    """Copy the journal of two streams, to be spoiled."""
    return Path(shutil.copy(template, tmp_path / "journal.sqlite"))
