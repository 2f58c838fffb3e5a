"""Short reads where they are asked for, without another thread: what makes one costs more than the look-up.

SQLite takes a tenth of a millisecond for a look-up, so it is made in the event loop; for a second after one took long (a
slow disk, a lock) reads go to threads, so that the server goes on answering. PostgreSQL is asked from the loop, which does
something else until it answers (`registry.store.lines`).
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import partial, update_wrapper
from time import monotonic
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.registry.store import Store
from byte.registry.store.steps import Steps

R = TypeVar("R")


class Reads:
    """How the event loop of an application reads from its store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines = store.lines()
        self._file = store.file()

    @property
    def used(self) -> int:
        """How many connections of its own are in use."""
        return 0 if self._lines is None else self._lines.used

    async def take(self, make: Callable[[], Steps[R]]) -> R:
        """What a read comes to; `make` begins it. Raises what it raises, and `UnavailableError`."""
        if self._lines is not None:
            return await self._lines.take(make)
        if self._file is None or not self._store.near:
            return await run_in_threadpool(self._apart, make)
        start = monotonic()
        try:
            return self._file.take(make)
        finally:
            self._store.took(monotonic() - start)

    def _apart(self, make: Callable[[], Steps[R]]) -> R:
        with self._store.reading() as read:
            return read.take(make())

    def close(self) -> None:
        """Ends what is open for reading; the store stays open."""
        if self._lines is not None:
            self._lines.close()
        if self._file is not None:
            self._file.close()


def short(endpoint: Callable[..., Steps[Response]]) -> Callable[..., Coroutine[Any, Any, Response]]:
    """Marks an endpoint that is a read: a record or a page of them by an index. It takes `given`."""
    signature = inspect.signature(endpoint)
    assert "given" in signature.parameters

    async def answer(*, given: Any, **values: Any) -> Response:
        reads: Reads = given.reads
        return await reads.take(partial(endpoint, given=given, **values))

    update_wrapper(answer, endpoint)
    # The framework takes what yields for a stream, and looks through wrappers for it.
    del answer.__dict__["__wrapped__"]
    answer.__dict__["__signature__"] = signature.replace(return_annotation=Response)
    return answer
