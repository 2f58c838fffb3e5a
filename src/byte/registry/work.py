"""What goes on in the background on one replica at a time: probes, webhooks, and forgetting what is old.

Whoever holds the lease works; the others ask for it now and then, and one of them goes on within `TTL` when the holder
is gone. A duty that fails is logged and called again: neither an outage of the store nor a jump of the clock ends the
work. All of it runs in a thread of its own, with its own event loop: no request waits for a probe.
"""

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Protocol

import msgspec

from byte.model.errors import ByteError
from byte.registry import once
from byte.registry.clock import DAY, SECOND, Clock
from byte.registry.health.monitor import Monitor
from byte.registry.health.probes import prober
from byte.registry.net import Client
from byte.registry.store import Store, Write, answers, events, health, leases
from byte.registry.webhooks import Deliverer
from byte.sources.addresses import Network

log: Final = logging.getLogger(__name__)

LEASE: Final = "background"
TTL: Final = 20.0
"""Seconds that a lease holds without being renewed."""
RENEW: Final = 5.0
"""Seconds between two renewals, and between two attempts of who has it not."""
AGAIN: Final = 5.0
"""Seconds until a duty that failed is called again."""
FORGET_EVERY: Final = 3_600.0
_FORGET_AT_ONCE: Final = 5_000

Sleep = Callable[[float], Awaitable[None]]


class Duty(Protocol):
    """Work in turns: each does what is due and says after how many seconds it wants the next."""

    async def turn(self) -> float: ...

    async def close(self) -> None: ...


Duties = Callable[[], AbstractAsyncContextManager[Sequence[Duty]]]
"""What is done while the lease is held, made anew each time that it is got."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How the work is done. `allow`: networks that are asked though they are not public. Days of 0: for ever."""

    allow: tuple[Network, ...] = ()
    probes_at_once: int = 50
    check_days: int = 30
    event_days: int = 0


class Forgetting:
    """Removes what is older than it is kept, in small transactions, so that nobody waits long.

    A clock that is set forward while this runs makes nothing older: `ticks` say how much time has passed.
    """

    def __init__(self, store: Store, options: Options, *, clock: Clock, ticks: Callable[[], float]) -> None:
        self._store, self._options, self._clock, self._ticks = store, options, clock, ticks
        self._began = clock() - int(ticks() * SECOND)

    async def turn(self) -> float:
        """Forgets one lot; comes again soon while there is more."""
        return 0.2 if await asyncio.to_thread(self._forget) else FORGET_EVERY

    async def close(self) -> None:
        """Nothing is left open."""

    def _forget(self) -> bool:
        now = min(self._clock(), self._began + int(self._ticks() * SECOND))
        steps: tuple[tuple[int, Callable[[Write, int, int], int]], ...] = (
            (self._options.check_days, health.forget),
            (self._options.check_days, lambda write, before, _: health.forget_hours(write, before)),
            (self._options.event_days, events.forget),
            (once.KEPT // DAY, answers.forget),
        )
        more = False
        for days, forget in steps:
            if days:
                with self._store.writing() as write:
                    more = forget(write, now - days * DAY, _FORGET_AT_ONCE) >= _FORGET_AT_ONCE or more
        return more


def duties(store: Store, options: Options, *, clock: Clock, ticks: Callable[[], float] = time.monotonic) -> Duties:
    """The work of a registry."""

    @asynccontextmanager
    async def made() -> AsyncIterator[Sequence[Duty]]:
        async with Client(options.allow) as client:
            probe = prober(client, clock)
            yield (
                Monitor(store, probe, clock=clock, ticks=ticks, concurrency=options.probes_at_once),
                Deliverer(store, client, clock=clock),
                Forgetting(store, options, clock=clock, ticks=ticks),
            )

    return made


class Worker:
    """Does the duties while it holds the lease."""

    def __init__(
        self,
        store: Store,
        made: Duties,
        *,
        holder: str | None = None,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._store, self._made, self._ticks, self._sleep = store, made, ticks, sleep
        self.holder = holder or secrets.token_hex(8)
        self.working = False

    async def run(self) -> None:
        """Works until it is cancelled; then it ends its duties and gives the lease back."""
        try:
            while True:
                if await self._held():
                    await self._work()
                await self._sleep(RENEW)
        finally:
            await asyncio.shield(asyncio.to_thread(self._give_back))

    async def _work(self) -> None:
        """The duties, until the lease is lost."""
        log.info("this replica does the background work")
        async with self._made() as made:
            tasks = [asyncio.create_task(self._keep_on(duty)) for duty in made]
            self.working = True
            try:
                await self._renew()
                log.warning(
                    "this replica no longer does the background work: the lease is another's, or the store is gone"
                )
            finally:
                self.working = False
                await _ended(tasks)
                for duty in made:
                    await self._closed(duty)

    async def _renew(self) -> None:
        """Returns when the lease is lost: another has it, or it could not be renewed for as long as it holds."""
        until = self._ticks() + TTL
        while self._ticks() < until:
            await self._sleep(RENEW)
            asked = self._ticks()
            try:
                # A store that hangs must not keep who has lost the lease at work.
                async with asyncio.timeout(RENEW):
                    if not await asyncio.to_thread(self._acquire):
                        return
                until = asked + TTL
            except (ByteError, TimeoutError) as error:
                log.warning("the lease of the background work cannot be renewed: %s", error or "no answer in time")

    async def _keep_on(self, duty: Duty) -> None:
        while True:
            try:
                wait = await duty.turn()
            except ByteError as error:
                log.warning("%s waits: %s", type(duty).__name__, error)
                wait = AGAIN
            except Exception:  # one failure does not end a duty for good
                log.exception("%s failed", type(duty).__name__)
                wait = AGAIN
            await self._sleep(wait)

    async def _closed(self, duty: Duty) -> None:
        try:
            await duty.close()
        except Exception:  # the other duties are closed all the same
            log.exception("%s could not be closed", type(duty).__name__)

    async def _held(self) -> bool:
        try:
            return await asyncio.to_thread(self._acquire)
        except ByteError as error:
            log.warning("the lease of the background work cannot be had: %s", error)
            return False

    def _acquire(self) -> bool:
        with self._store.writing() as write:
            return leases.acquire(write, LEASE, self.holder, int(TTL * SECOND))

    def _give_back(self) -> None:
        try:
            with self._store.writing() as write:
                leases.release(write, LEASE, self.holder)
        except ByteError as error:
            log.info("the lease of the background work is left to run out: %s", error)


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def apart(worker: Worker) -> None:
    """Runs a worker in a thread with an event loop of its own; when it is cancelled, it returns once the worker has ended.

    Raises what ended the worker by itself.
    """
    here, there = asyncio.get_running_loop(), asyncio.new_event_loop()
    stop, ended, failed = asyncio.Event(), asyncio.Event(), list[BaseException]()

    async def run() -> None:
        working, stopping = asyncio.create_task(worker.run()), asyncio.create_task(stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        await _ended((working, stopping))
        if not working.cancelled() and (error := working.exception()) is not None:
            failed.append(error)

    def thread() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: there) as runner:
                runner.run(run())
        finally:
            here.call_soon_threadsafe(ended.set)

    threading.Thread(target=thread, name="byte-work", daemon=True).start()
    try:
        await ended.wait()
    finally:
        if not ended.is_set():
            there.call_soon_threadsafe(stop.set)
            await ended.wait()
    if failed:
        raise failed[0]
