"""Reads of PostgreSQL from an event loop: no thread, no `BEGIN` and `COMMIT`, and what is asked at once is one round trip.

A line is a connection in the pipeline mode of libpq. The statements of a read, up to the `Sync` that ends them, are one
transaction without being told so, and by the session's defaults it is `repeatable read, read only`: one snapshot, however
many round trips the read takes. The `Sync` goes with the last statement, or when the read is over, and nobody waits for
its answer. Every statement is prepared once on a line.

A line that has ended (the server went away) is noticed by the loop while nobody uses it. One that ends as soon as it is
used again is replaced by a new one, once; a read changes nothing, so that it may be run twice.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from time import monotonic
from typing import Any, Final, TypeVar

import msgspec
import psycopg
from psycopg import errors, pq
from psycopg.adapt import Transformer
from sqlalchemy import URL, Executable
from sqlalchemy.dialects.postgresql import psycopg as dialects

from byte.registry.errors import UnavailableError
from byte.registry.store.engine import BUSY_S, session
from byte.registry.store.faults import BELOW, told
from byte.registry.store.spelling import AMONG, Value, spelled
from byte.registry.store.steps import Ask, Rows, Steps

R = TypeVar("R")

LINES: Final = 6
"""Lines of a process. One loop makes and reads all of their messages: more would only wait for it in the database."""
_OLD_S: Final = 1_800
_LONG_S: Final = 35
"""Longer than the database lets a statement run: after this nobody is there to answer."""
_PREPARED: Final = 400
"""How many statements a line keeps prepared; with more it is replaced."""
_DIALECT: Final = dialects.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_DEFAULTS: Final[Mapping[str, str]] = {
    "default_transaction_isolation": r"repeatable\ read",
    "default_transaction_read_only": "on",
}
_BINARY: Final = 1
_ENDED: Final = "57P"


# --- statements ----------------------------------------------------------------------------------


class _Said(msgspec.Struct, frozen=True, eq=False):
    """A statement as PostgreSQL takes it."""

    sql: bytes
    values: tuple[Value, ...]

    def given(self, given: Mapping[str, Any]) -> list[bytes | None]:
        """The values of its parameters."""
        return [_text(value.of(given)) for value in self.values]


def _text(value: Any) -> bytes | None:
    """A value as PostgreSQL writes it."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    # What is asked for "among" are numbers.
    return b"{%s}" % b",".join(b"%d" % one for one in value)


@lru_cache(maxsize=2_048)
def said(statement: Executable) -> _Said:
    """How a statement is said. `IN` takes its values as one array: the text is the same however many they are."""
    found = spelled(statement, _DIALECT)
    # Those of `IN` are left out of the numbers.
    single = [value for value in found.values if not value.many]
    among = [value for value in found.values if value.many]
    places = {value.name: at for at, value in enumerate(among, len(single) + 1)}
    text = AMONG.sub(lambda one: f"= ANY (${places[one[1]]}::{found.kinds[one[1]]}[])", found.text)
    return _Said(text.encode(), (*single, *among))


# --- lines ---------------------------------------------------------------------------------------


class _Line:
    """One connection, used by one read at a time."""

    def __init__(self, connection: psycopg.Connection[Any], loop: asyncio.AbstractEventLoop) -> None:
        self.ended = False
        self.born = monotonic()
        self.fresh = True
        self._connection = connection
        self._wire = connection.pgconn
        self._wire.nonblocking = 1
        self._wire.enter_pipeline_mode()
        self._loop = loop
        self._socket = self._wire.socket
        self._rows = Transformer(connection)
        self._names: dict[_Said, bytes] = {}
        self._owed = 0
        """Answers to `Sync` that are to come: what comes before them is of reads that are over."""
        self._waiting: asyncio.Future[list[Rows]] | None = None
        self._wanted = 0
        self._found: list[Rows] = []
        self._writing = False
        loop.add_reader(self._socket, self._readable)

    @property
    def worn(self) -> bool:
        return self.ended or len(self._names) > _PREPARED or monotonic() - self.born > _OLD_S

    async def take(self, steps: Steps[R]) -> R:
        """Run a read. Raises what `BELOW` names; the line has ended then."""
        synced = False
        try:
            asks = next(steps)
            while True:
                synced = all(ask.last for ask in asks)
                asks = steps.send(await self._ask(asks, sync=synced))
                assert not synced, "a read asked on after its last statement"
        except StopIteration as end:
            result: R = end.value
            return result
        finally:
            if not synced and not self.ended:
                self._sync()
                self._flush()

    async def _ask(self, asks: Sequence[Ask], *, sync: bool) -> list[Rows]:
        self._waiting = self._loop.create_future()
        self._wanted, self._found = len(asks), []
        timer = self._loop.call_later(_LONG_S, self._late)
        try:
            self._send(asks, sync=sync)
            return await self._waiting
        except BaseException:
            # Somebody may still be answering: nobody else is to hear it.
            self.end()
            raise
        finally:
            self._waiting = None
            timer.cancel()

    def _send(self, asks: Sequence[Ask], *, sync: bool) -> None:
        if self.ended:
            raise psycopg.OperationalError("the connection has ended")
        for statement, given, _ in asks:
            one = said(statement)
            name = self._names.get(one)
            if name is None:
                name = self._names[one] = b"s%d" % len(self._names)
                self._wire.send_prepare(name, one.sql)
            self._wire.send_query_prepared(name, one.given(given or {}), result_format=_BINARY)
        if sync:
            self._sync()
        else:
            self._wire.send_flush_request()
        self._flush()

    def _sync(self) -> None:
        self._wire.pipeline_sync()
        self._owed += 1

    def _flush(self) -> None:
        try:
            left = self._wire.flush()
        except psycopg.Error as error:
            self._fail(error)
            return
        if left:
            self._writing = True
            self._loop.add_writer(self._socket, self._flush)
        elif self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        try:
            self._wire.consume_input()
            self._hear()
        except psycopg.Error as error:
            self._fail(error)

    def _hear(self) -> None:
        silent = False
        while not self._wire.is_busy():
            result = self._wire.get_result()
            if result is None:
                # One nothing ends a statement's answer, two are the end of what there is.
                if silent:
                    return
                silent = True
                continue
            silent = False
            self._take_in(result)

    def _take_in(self, result: pq.abc.PGresult) -> None:
        status = result.status
        if status == pq.ExecStatus.PIPELINE_SYNC:
            self._owed -= 1
        elif status == pq.ExecStatus.TUPLES_OK:
            if self._waiting is None or self._waiting.done():
                return
            self._rows.set_pgresult(result)
            self._found.append(self._rows.load_rows(0, result.ntuples, tuple))
            if len(self._found) == self._wanted:
                self._waiting.set_result(self._found)
        elif status != pq.ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)

    def _late(self) -> None:
        self._fail(UnavailableError("The database did not answer in time."))

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
        self.end()

    def end(self) -> None:
        """Hang up."""
        if not self.ended:
            self.ended = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._connection.close()


class Lines:
    """The lines of one event loop to one database."""

    def __init__(self, url: URL, size: int = LINES) -> None:
        self._given = session(url, _DEFAULTS)
        self._free: deque[_Line] = deque()
        self._size = size
        self._room = size
        self._queue: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def used(self) -> int:
        """How many lines are in use."""
        return self._size - self._room

    async def take(self, make: Callable[[], Steps[R]]) -> R:
        """Run a read; `make` begins it, a second time where a line had ended unnoticed.

        Raises `UnavailableError`, and what the read raises.
        """
        await self._turn()
        try:
            return await self._take(make)
        except BELOW as error:
            raise told(error) from error
        finally:
            self._leave()

    async def _turn(self) -> None:
        """Wait for a line to be free; first come, first served. A semaphore with a timeout takes ten times as long."""
        if self._room:
            self._room -= 1
            return
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append(turn)
        timer = loop.call_later(BUSY_S, _give_up, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._leave()  # it came too late for who was cancelled
            raise
        finally:
            timer.cancel()

    def _leave(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._room += 1

    async def _take(self, make: Callable[[], Steps[R]]) -> R:
        line = await self._line()
        try:
            return await self._on(line, make())
        except psycopg.OperationalError as error:
            # Without a code the connection is gone, with these the server ended it.
            if line.fresh or not (error.sqlstate or _ENDED).startswith(_ENDED):
                raise
        # The others have ended as this one has.
        self._hang_up()
        return await self._on(await self._line(), make())

    async def _on(self, line: _Line, steps: Steps[R]) -> R:
        try:
            return await line.take(steps)
        finally:
            line.fresh = False
            if line.worn or self._closed:
                line.end()
            else:
                # The one that was used last has what it needs at hand.
                self._free.append(line)

    async def _line(self) -> _Line:
        while self._free:
            line = self._free.pop()
            if not line.worn:
                return line
            line.end()
        connection = await asyncio.to_thread(psycopg.connect, **self._given)
        return _Line(connection, asyncio.get_running_loop())

    def close(self) -> None:
        """Hang up all lines; those in use when they are not any more."""
        self._closed = True
        self._hang_up()

    def _hang_up(self) -> None:
        while self._free:
            self._free.pop().end()


def _give_up(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(UnavailableError("The store is busy: all of its connections are in use."))
