"""Short reads where they are asked for: without another thread while the store is near, in one where it is not.

A look-up takes SQLite a tenth of a millisecond; to hand it to a thread and back costs more, and under load the threads wait
for each other. PostgreSQL is waited for in a thread; so is SQLite for a second after a read took long (a slow disk, a lock),
so that the server goes on answering.
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from time import monotonic
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from byte.server.context import Context


def short(endpoint: Callable[..., Response]) -> Callable[..., Coroutine[Any, Any, Response]]:
    """Marks an endpoint that reads a record or a page of them by an index, and takes `given`."""
    assert "given" in inspect.signature(endpoint).parameters

    @wraps(endpoint)
    async def answer(*, given: Context, **values: Any) -> Response:
        if not given.store.near:
            return await run_in_threadpool(endpoint, given=given, **values)
        start = monotonic()
        try:
            return endpoint(given=given, **values)
        finally:
            given.store.took(monotonic() - start)

    return answer
