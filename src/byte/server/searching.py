"""The search index of a server: kept in a thread of its own, asked in as many as there are cores."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

import anyio
import msgspec
from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from byte.registry.errors import NotReadyError
from byte.registry.indexing.keeper import Keeper
from byte.registry.search import choice, shown
from byte.registry.search.embeddings import EmbedderError
from byte.registry.search.index import Index
from byte.registry.search.query import Results
from byte.registry.store import Store
from byte.server import answers
from byte.server.metrics import Metrics
from byte.server.settings import Settings

T = TypeVar("T")
_AT_ONCE: Final = max(1, min(4, os.cpu_count() or 1))
"""Searches at once: each has a core to itself, the others wait for their turn."""


class Searching:
    """The index of the operations of a store, and how it is asked."""

    def __init__(self, settings: Settings, store: Store, metrics: Metrics) -> None:
        key = settings.embeddings_key
        options = choice.Options(
            model=settings.embeddings_model,
            key=key.get_secret_value() if key is not None else "",
            allow=settings.allowed_networks,
        )
        file = settings.index_file(_file_of(store), store.name)
        self.keeper = Keeper(store, file, settings.embeddings, lambda setting: choice.opened(setting, options))
        self._turns: anyio.CapacityLimiter | None = None
        self._long_turn: anyio.CapacityLimiter | None = None
        self._searches = metrics.counter(
            "byte_searches", "Searches that were answered, by their answers.", ("answer", "arms")
        )
        self._seconds = metrics.histogram("byte_search_duration_seconds", "Time of a search itself, without its turn.")
        keeper = self.keeper
        metrics.gauge("byte_index_ready", "Whether searches are answered.", lambda: keeper.status().ready)
        metrics.gauge("byte_index_operations", "Operations in the search index.", lambda: keeper.status().operations)
        metrics.gauge("byte_index_last_event", "The last event that the search index holds.", lambda: keeper.event)

    async def keep(self) -> None:
        """Keeps the index until it is cancelled; returns once it has been written down."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def run() -> None:
            try:
                self.keeper.run()
            finally:
                loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=run, name="byte-index", daemon=True).start()
        try:
            await ended.wait()
        finally:
            self.keeper.stop()
            await ended.wait()

    async def asked(self, ask: Callable[[Index], T], *, long: bool = False) -> T:
        """What the index says. Raises `NotReadyError` until there is one, and while a model that it needs is away.

        `long`: it may take seconds; searches do not wait for it, but others like it do.
        """
        index = self.keeper.index
        if self._turns is None or self._long_turn is None:
            self._turns, self._long_turn = anyio.CapacityLimiter(_AT_ONCE), anyio.CapacityLimiter(1)
        try:
            return await to_thread.run_sync(ask, index, limiter=self._long_turn if long else self._turns)
        except EmbedderError as error:
            raise NotReadyError(str(error)) from None

    async def answer(self, request: Request, ask: Callable[[Index], Results]) -> Response:
        """The response for what is found."""

        def timed(index: Index) -> tuple[Results, float]:
            start = perf_counter()
            return ask(index), perf_counter() - start

        # The number first: the index holds that much at least.
        event = self.keeper.event
        found, seconds = await self.asked(timed)
        self._seconds.observe(seconds)
        self._searches.labels(found.answer, found.arms).inc()
        status = self.keeper.status()
        if found.arms == "lexical" and not found.reason:
            said = status.reason or "There is no model here: words alone were looked at."
            found = msgspec.structs.replace(found, reason=said)
        operations, embeddings = status.operations, status.embeddings
        body = shown.results(found, event=event, operations=operations, embeddings=embeddings)
        return answers.whole(request, body)


def _file_of(store: Store) -> Path | None:
    """The file of a SQLite store."""
    named = store.engines.url.database
    return Path(named) if store.kind == "sqlite" and named not in (None, "", ":memory:") else None
