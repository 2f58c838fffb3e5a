"""Stores to test with, of both kinds: fresh for every test, and cheap (each is a copy of one that was migrated once)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from byte.registry.store import Store
from tests.registry.postgresql import Cluster, MissingError

START = 1_700_000_000_000_000


class Hands:
    """A clock whose hands the test moves: each look at it is a microsecond later."""

    def __init__(self, at: int = START) -> None:
        self.at = at

    def __call__(self) -> int:
        self.at += 1
        return self.at


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL server of this process, with a migrated database to copy."""
    try:
        started = Cluster()
    except MissingError as missing:
        pytest.skip(str(missing))
    with started.admin() as admin:
        admin.execute("CREATE DATABASE migrated STRATEGY file_copy")
    Store.open(started.url("migrated")).close()
    yield started
    started.remove()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "byte.db"
    Store.open(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A SQLite database with all tables and no rows."""
    file = tmp_path / "byte.db"
    shutil.copyfile(migrated_file, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(cluster: Cluster) -> Iterator[str]:
    """A PostgreSQL database with all tables and no rows."""
    url = cluster.create("migrated")
    yield url
    cluster.drop(url.partition("@/")[2].partition("?")[0])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of either kind, with all tables and no rows."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of either kind without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    url = cluster.create()
    yield url
    cluster.drop(url.partition("@/")[2].partition("?")[0])


@pytest.fixture
def store(database_url: str, clock: Hands) -> Iterator[Store]:
    """An open store of either kind, on the test's clock."""
    opened = Store.open(database_url, clock=clock, create=False)
    yield opened
    opened.close()
