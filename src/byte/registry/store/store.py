"""The store, opened: where transactions come from."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, Self

from sqlalchemy import Connection, Engine, text

from byte.registry import clock as clocks
from byte.registry.clock import Clock
from byte.registry.errors import RegistryError, UnwritableError
from byte.registry.store import events, leases, migrate
from byte.registry.store.connection import Read, Write
from byte.registry.store.engine import Engines, address, engines
from byte.registry.store.faults import BELOW, told
from byte.registry.store.files import File
from byte.registry.store.lines import Lines

_LONG_S: Final = 0.2
_FAR_S: Final = 1.0


class Store:
    """All that the registry keeps, in SQLite or PostgreSQL. Safe to use from several threads."""

    def __init__(self, reached: Engines, clock: Clock) -> None:
        self.engines = reached
        self.clock = clock
        self._far_until = 0.0
        self._stuck = False

    @classmethod
    def open(cls, url: str, *, clock: Clock = clocks.now, create: bool = True) -> Self:
        """Opens "sqlite:///path" or "postgresql://...". `create`: makes what is missing and runs the migrations.

        Raises `SettingsError` for a URL that is none, and `UnavailableError`.
        """
        reached = engines(address(url), create=create)
        store = cls(reached, clock)
        if create:
            try:
                migrate.ensure(reached)
            except BaseException:
                store.close()
                raise
        return store

    @property
    def kind(self) -> str:
        """Which database it is: "sqlite" or "postgresql"."""
        return self.engines.url.get_backend_name()

    @property
    def near(self) -> bool:
        """Whether a short read is over sooner than another thread would begin with it.

        So it is with SQLite, whose pages are in this machine's memory, unless such a read `took` long within the last second.
        """
        return self.kind == "sqlite" and monotonic() >= self._far_until

    def took(self, seconds: float) -> None:
        """Says how long a read took that was made because the store is near."""
        if seconds > _LONG_S:
            self._far_until = monotonic() + _FAR_S

    @property
    def name(self) -> str:
        """The store's URL as people write it: without its password, and without how the database is spoken to."""
        url = self.engines.url
        return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True).replace("%2F", "/")

    @contextmanager
    def reading(self) -> Iterator[Read]:
        """One snapshot to read from. Raises `UnavailableError`."""
        connection = _connected(self.engines.reads)
        try:
            yield Read(connection, self.clock)
        except BELOW as error:
            raise told(error) from error
        finally:
            _closed(connection)

    @contextmanager
    def writing(self) -> Iterator[Write]:
        """One transaction, kept when the block ends and undone when it raises. Raises `UnavailableError`.

        Events get their numbers last, and then `write.numbers` has them.
        """
        connection = _connected(self.engines.writes)
        try:
            with connection.begin():
                write = Write(connection, self.clock)
                yield write
                events.number(write)
        except UnwritableError:
            self._stuck = True
            raise
        except BELOW as error:
            failure = told(error)
            self._stuck = self._stuck or isinstance(failure, UnwritableError)
            raise failure from error
        finally:
            _closed(connection)

    def lines(self) -> Lines | None:
        """Ways to read from the event loop that runs, where the database is waited for; they are the caller's to close.

        None on Windows too, whose loop is not told of sockets.
        """
        return Lines(self.engines.url) if self.kind == "postgresql" and sys.platform != "win32" else None

    def file(self) -> File | None:
        """A way to read in place, where the database is a file; it is the caller's to close."""
        return File(self.engines.reads) if self.kind == "sqlite" else None

    def ready(self) -> list[str]:
        """What keeps the store from work, one sentence each; empty when it is ready.

        A store that could be read but not written to is ready again once it has taken a large write: a small one may find
        room on a disk that is full, and nobody else may be sending any.
        """
        try:
            with self.reading() as read:
                at = migrate.current(read.connection)
            if self._stuck:
                leases.try_room(self.writing)
                self._stuck = False
        except RegistryError as error:
            return [str(error)]
        if at == migrate.HEAD:
            return []
        return [f"The store is at revision {at or 'none'}, this Byte needs {migrate.HEAD}: run `byte migrate`."]

    def tune(self) -> None:
        """Refreshes what the database knows of its own data: after an import, and now and then. Raises `UnavailableError`."""
        connection = _connected(self.engines.writes)
        try:
            with connection.begin():
                connection.execute(text("ANALYZE"))
        except BELOW as error:
            raise told(error) from error
        finally:
            _closed(connection)

    def close(self) -> None:
        """Closes all connections; the store can still be used, and opens new ones then."""
        self.engines.dispose()


def _connected(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except BELOW as error:
        raise told(error) from error


def _closed(connection: Connection) -> None:
    """Gives a connection back; what is wrong with it has been told already, and the pool throws it away."""
    try:
        connection.close()
    except BELOW:
        connection.invalidate()
