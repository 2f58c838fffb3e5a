"""The migrations of the store: from any revision to the newest, and back.

Each database keeps the revision that it is at. All steps run in one transaction, under a lock: replicas that start at
the same time wait for the one that migrates, and a step that fails leaves all as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from byte.registry.errors import UnavailableError
from byte.registry.store.engine import Engines, address, engines
from byte.registry.store.faults import BELOW, told

HEAD: Final = "0003"
"""The newest revision: known without reading the scripts (a test holds it against them)."""
_LOCK: Final = 0x62797465
_SCRIPTS: Final = Path(__file__).parent / "migrations"


def current(connection: Connection) -> str | None:
    """The revision that a database is at; None where it has no tables of Byte."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(url: str, revision: str = "head") -> str:
    """Migrates a database up and returns the revision that it is at then. Raises `UnavailableError`."""
    with _open(url) as reached:
        ensure(reached, revision)
        with reached.reads.connect() as connection:
            return current(connection) or ""


def downgrade(url: str, revision: str) -> str | None:
    """Migrates a database down ("base": to nothing, and all data goes); the revision that it is at then."""
    with _open(url) as reached:
        with _alone(reached) as connection:
            command.downgrade(_config(connection), revision)
        with reached.reads.connect() as connection:
            return current(connection)


def ensure(reached: Engines, revision: str = "head") -> None:
    """Migrates a database up unless it is at the head. Raises `UnavailableError` where a newer Byte made it."""
    try:
        with reached.reads.connect() as connection:
            if revision == "head" and current(connection) == HEAD:
                return
        with _alone(reached) as connection:
            config = _config(connection)
            at = MigrationContext.configure(connection).get_current_revision()
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            if at is not None and at not in known:
                raise UnavailableError(f"The store is at revision {at}, of a newer Byte: update Byte.")
            command.upgrade(config, revision)
    except BELOW as error:
        raise told(error) from error


@contextmanager
def _open(url: str) -> Iterator[Engines]:
    reached = engines(address(url), create=True)
    try:
        yield reached
    except BELOW as error:
        raise told(error) from error
    finally:
        reached.dispose()


@contextmanager
def _alone(reached: Engines) -> Iterator[Connection]:
    """A transaction beside which no other migration runs (SQLite has one writer anyway)."""
    with reached.writes.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        yield connection


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
