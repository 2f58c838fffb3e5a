"""How each database is reached: for each an engine that reads and an engine that writes.

SQLite: write-ahead log, so that readers never wait; one writer, whose turn threads await in the pool rather than by
polling the file. `synchronous=NORMAL`: a commit is in the operating system's hands before it is acknowledged, so it
survives the end of the process (kill -9) and the file is never damaged; a failure of power may take the last commits,
which would cost every write an fsync. Whoever needs that takes PostgreSQL.

PostgreSQL: readers in `repeatable read, read only` (one snapshot, as in SQLite), writers in `read committed` under the
locks that they take; a connection that has rested is tried before it is used; nothing waits for ever.
"""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

import msgspec
import psycopg
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.exc import ArgumentError, InvalidatePoolError

from byte.model.errors import SettingsError
from byte.registry.errors import UnavailableError

BUSY_S: Final = 10
"""How long a writer waits for its turn."""
_FRESH_S: Final = 1.0
_OLD_S: Final = 1_800
_SQLITE: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_S * 1_000}",
    "PRAGMA cache_size=-4096",
    "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA journal_size_limit=67108864",
)
_POSTGRESQL: Final[Mapping[str, str]] = {
    "statement_timeout": "30s",
    "lock_timeout": f"{BUSY_S}s",
    "idle_in_transaction_session_timeout": "60s",
    # The longest statements are short: compiling them costs more than it saves.
    "jit": "off",
}
# Every read is made to be answered from an index in its order, a page at a time (tests hold that). The planner is not to
# guess otherwise: it knows too little of facets, and would gather all versions of one to sort them.
_BY_INDEX: Final[Mapping[str, str]] = {
    f"enable_{plan}": "off" for plan in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort")
}
_COMMON: Final[Mapping[str, Any]] = {
    "pool_timeout": BUSY_S,
    # An insert tells whether it did anything.
    "execution_options": {"preserve_rowcount": True},
}


class Engines(msgspec.Struct, frozen=True):
    """The two ways to one database."""

    url: URL
    reads: Engine
    writes: Engine

    def dispose(self) -> None:
        """Closes all connections."""
        self.reads.dispose()
        self.writes.dispose()


def address(url: str) -> URL:
    """A database's URL with the driver that Byte uses. Raises `SettingsError` where it is none of the two kinds."""
    refusal = "The database URL must look like sqlite:///path/to/file or postgresql://user@host/database."
    try:
        read = make_url(url)
    except ArgumentError as error:
        raise SettingsError(refusal) from error
    kind = read.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return read.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and read.database and read.database != ":memory:":
        return read.set(drivername="sqlite+pysqlite")
    raise SettingsError(refusal)


def engines(url: URL, *, create: bool) -> Engines:
    """The engines of a database. `create`: a SQLite file that is missing is made, readable by its owner alone."""
    return _sqlite(url, create=create) if url.get_backend_name() == "sqlite" else _postgresql(url)


def _sqlite(url: URL, *, create: bool) -> Engines:
    path = Path(str(url.database))
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise UnavailableError(f"The store {path} cannot be made: {error.strerror}.") from error
    # "rw": a file that has gone is a failure, not a new and empty store.
    file = url.set(database=f"file:{_quoted(str(path.absolute()))}").update_query_dict({"mode": "rw", "uri": "true"})
    common: dict[str, Any] = {
        **_COMMON,
        "connect_args": {"cached_statements": 512, "timeout": BUSY_S},
    }
    reads = create_engine(file, pool_size=8, max_overflow=56, **common)
    writes = create_engine(file, pool_size=1, max_overflow=0, **common)
    for engine, begin, pragmas in (
        (reads, "BEGIN", (*_SQLITE, "PRAGMA query_only=ON")),
        (writes, "BEGIN IMMEDIATE", _SQLITE),
    ):
        _prepare(engine, begin, pragmas)
    return Engines(url, reads, writes)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _prepare(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # The driver begins nothing by itself: `begin` says which transaction it is.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.connection.driver_connection.execute(begin)


def _postgresql(url: URL) -> Engines:
    reads = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        pool_size=10,
        max_overflow=10,
        connect_args=_connect({**_POSTGRESQL, **_BY_INDEX}),
        pool_recycle=_OLD_S,
        **_COMMON,
    )
    connect = _connect(_POSTGRESQL)
    writes = create_engine(url, pool_size=5, max_overflow=10, connect_args=connect, pool_recycle=_OLD_S, **_COMMON)

    @event.listens_for(reads, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.read_only = True

    for engine in (reads, writes):
        _try(engine)
    return Engines(url, reads, writes)


def session(url: URL, defaults: Mapping[str, str]) -> dict[str, Any]:
    """What psycopg connects with to read, with more settings of the session."""
    _, given = dialects.dialect().create_connect_args(url)  # type: ignore[no-untyped-call]
    more = _connect({**_POSTGRESQL, **_BY_INDEX, **defaults})
    found: dict[str, Any] = given | more | {"autocommit": True, "client_encoding": "utf8", "tcp_user_timeout": 30_000}
    return found


def _connect(settings: Mapping[str, str]) -> dict[str, Any]:
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return {"connect_timeout": 5, "application_name": "byte", "options": options, "keepalives_idle": 30}


def _try(engine: Engine) -> None:
    """Tries a connection before it is used, unless it was in use a moment ago: a busy pool asks nothing twice."""

    @event.listens_for(engine, "checkin")
    def returned(_connection: object, record: Any) -> None:
        record.info["used"] = monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: Any, _proxy: object) -> None:
        if monotonic() - record.info.get("used", monotonic()) < _FRESH_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            # The pool throws all of its connections away, and takes a new one.
            raise InvalidatePoolError from error
