"""What an application holds while it runs; every request reaches it through `given`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from byte.registry.clock import Clock
from byte.registry.errors import UnavailableError
from byte.registry.store import Store
from byte.server.auth import Keyring
from byte.server.metrics import Metrics
from byte.server.near import Reads
from byte.server.problems import ProblemError
from byte.server.searching import Searching
from byte.server.settings import Settings
from byte.server.tail import Tail


@dataclass(frozen=True)
class Context:
    """The store, the way to read from it without a thread, and what is shared between requests. `log` is a structlog logger, `reasons` what is not ready yet."""

    settings: Settings
    store: Store
    reads: Reads
    clock: Clock
    keyring: Keyring
    metrics: Metrics
    tail: Tail
    log: Any
    writers: asyncio.Semaphore
    """How many requests may write or compare at once: less than there are threads, so that reading goes on."""
    importers: asyncio.Semaphore
    """How many imports may go on at once: each has a thread and a batch of documents in memory."""
    search: Searching
    """The index of the operations, and who may search it at once."""
    answering: set[tuple[str, bytes]]
    """The requests with an `Idempotency-Key` that are being answered: of whom, and a digest of the key."""
    reasons: list[Callable[[], list[str]]]
    """More of what may be not ready (an index, a model): each says what is wrong, nothing when all is well."""

    @asynccontextmanager
    async def turn(self, request: Request) -> AsyncIterator[None]:
        """A turn of a request among the `writers`: who waits for it waits here, and holds no thread that others could read with.

        Raises `UnavailableError` where the request waited so long that nobody waits for its answer.
        """
        async with self.writers:
            if request.scope.get("byte.expired"):
                raise UnavailableError("The request waited too long for its turn; nothing was changed.")
            yield


def of(request: Request) -> Context:
    """The context of the application that answers; a problem while it does not run."""
    context = getattr(request.app.state, "byte", None)
    if context is None:
        raise ProblemError(
            "not-ready",
            "The registry is not running: where it is mounted, enter `app.router.lifespan_context(app)` in the lifespan "
            "of the application around it.",
        )
    return cast(Context, context)


async def _given(request: Request) -> Context:
    return of(request)


Given = Annotated[Context, Depends(_given)]
"""An endpoint's parameter: the context."""
