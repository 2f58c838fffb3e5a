"""The store, opened: where transactions come from."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Final, Self

from sqlalchemy import Connection, Engine, RootTransaction, text

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
        shared = self._shared()
        if shared is not None and shared.write is not None:
            yield shared.write
            return
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

        Events get their numbers last, and then `write.numbers` has them. Where a transaction is `together`, this is a part
        of it.
        """
        shared = self._shared()
        if shared is not None:
            with shared.part() as write:
                yield write
            return
        connection = _connected(self.engines.writes)
        try:
            with connection.begin():
                write = Write(connection, self.clock)
                yield write
                events.number(write)
        except UnwritableError:
            self.stuck()
            raise
        except BELOW as error:
            raise self.failed(error) from error
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

    @contextmanager
    def together(self, first: Callable[[Write], None]) -> Iterator["Together"]:
        """All that is written within the block, by this task and what it calls, is one transaction.

        It begins with the first write, before which `first` is called with it; the caller keeps it (`Together.keep`),
        else it is undone.
        """
        shared = Together(self, first)
        token = _TOGETHER.set(shared)
        try:
            yield shared
        finally:
            _TOGETHER.reset(token)
            shared.undo()

    def anew(self) -> None:
        """Undoes what was written `together` so far: who decides again holds no lock meanwhile."""
        shared = self._shared()
        if shared is not None:
            shared.undo()

    @contextmanager
    def apart(self) -> Iterator[Write]:
        """A transaction of its own, for what stays when all that is written `together` is undone, as it is now."""
        self.anew()
        token = _TOGETHER.set(None)
        try:
            with self.writing() as write:
                yield write
        finally:
            _TOGETHER.reset(token)

    def _shared(self) -> "Together | None":
        shared = _TOGETHER.get()
        return shared if shared is not None and shared.store is self else None

    def failed(self, error: Exception) -> Exception:
        """The error to raise for one of `BELOW` that a write met."""
        failure = told(error)
        if isinstance(failure, UnwritableError):
            self.stuck()
        return failure

    def stuck(self) -> None:
        """Says that a write found the store unwritable: it is not ready before it has taken one."""
        self._stuck = True

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


class Together:
    """One transaction for several writes, kept when its owner says so. Used by one thread at a time."""

    def __init__(self, store: Store, first: Callable[[Write], None]) -> None:
        self.store = store
        self.write: Write | None = None
        self._first = first
        self._transaction: RootTransaction | None = None

    @contextmanager
    def part(self) -> Iterator[Write]:
        """A part of it, undone alone where it fails. Raises `UnavailableError`."""
        try:
            write = self.write or self._begun()
            with write.part():
                yield write
        except UnwritableError:
            self.store.stuck()
            raise
        except BELOW as error:
            raise self.store.failed(error) from error

    def keep(self, last: Callable[[Write], None]) -> None:
        """Commits it, after `last` was called with it. Raises `UnavailableError`; then nothing is kept."""
        try:
            write = self.write or self._begun()
            last(write)
            events.number(write)
            assert self._transaction is not None
            self._transaction.commit()
        except UnwritableError:
            self.store.stuck()
            raise
        except BELOW as error:
            raise self.store.failed(error) from error
        finally:
            self.undo()

    def undo(self) -> None:
        """Undoes what has not been kept, and gives the connection back."""
        write, self.write = self.write, None
        if write is not None:
            _closed(write.connection)

    def _begun(self) -> Write:
        connection = _connected(self.store.engines.writes)
        try:
            self._transaction = connection.begin()
            write = Write(connection, self.store.clock)
            self._first(write)
        except BaseException:
            _closed(connection)
            raise
        self.write = write
        return write


_TOGETHER: Final[ContextVar[Together | None]] = ContextVar("byte_together", default=None)


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
