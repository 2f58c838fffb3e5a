"""Waiting for events: one look at the store for all who wait."""

import asyncio
from typing import Final

from starlette.concurrency import run_in_threadpool

from byte.registry.errors import UnavailableError
from byte.registry.store import Store, events

EVERY: Final = 0.25
"""Seconds between two looks while somebody waits; another replica's events are seen that late."""

WAITING: Final = 1_000
"""How many may wait at once; more are answered at once with what there is."""


class Tail:
    """The end of the list of events."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting = 0
        self._stopped = False
        self._wanted = asyncio.Event()
        self._grown = asyncio.Condition()
        self.last = 0
        """The number of the last event, as of the last look."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._waiting

    async def wait(self, number: int, seconds: float) -> None:
        """Return once there is an event after a number, or when the time is over."""
        if self._waiting >= WAITING or self._stopped:
            return
        self._waiting += 1
        self._wanted.set()
        try:
            async with asyncio.timeout(seconds), self._grown:
                await self._grown.wait_for(lambda: self._stopped or self.last > number)
        except TimeoutError:
            return
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._wanted.clear()

    def stop(self) -> None:
        """The server is stopping: who waits is answered now."""
        self._stopped = True

    async def watch(self) -> None:
        """Look again and again while somebody waits; never returns."""
        while True:
            await self._wanted.wait()
            try:
                last = await run_in_threadpool(self._look)
            except UnavailableError:
                last = self.last  # who waits is told by their own look at the store
            if last > self.last or self._stopped:
                self.last = last
                async with self._grown:
                    self._grown.notify_all()
            await asyncio.sleep(EVERY)

    def _look(self) -> int:
        with self._store.reading() as read:
            return events.last(read)
