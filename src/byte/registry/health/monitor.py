"""Probes every service at its turn, a bounded number at once, and writes down what they said.

`Monitor.turn` is called again and again by `registry.work`, on the one replica that holds the lease. It reads what has
changed of the services, starts the probes that are due, and keeps the results of those that have ended, many in one
transaction. While the store cannot be reached the results wait (the oldest are dropped at some point), probes go on.
"""

import asyncio
import heapq
import logging
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from byte.registry.actors import SYSTEM
from byte.registry.clock import Clock
from byte.registry.errors import RegistryError, UnavailableError
from byte.registry.health import schedule, states
from byte.registry.health.probes import Prober
from byte.registry.health.states import Standing
from byte.registry.records import Event, HealthCheck, HealthState, Service
from byte.registry.store import Store, Write, events, health, services

log: Final = logging.getLogger(__name__)

LOOK: Final = 2.0
"""Seconds between two looks at which services there are."""
WHOLE_LOOK: Final = 300.0
"""Seconds between two looks at all of them: the events say what changed, this is for what they might not say."""
FLUSH: Final = 1.0
"""Seconds that a result waits for others at most."""
BATCH: Final = 500
WAITING: Final = 50_000
"""So many results are kept while the store cannot be reached."""
_PATIENCE: Final = 3
"""A probe is several requests at most; what takes longer than so many timeouts is given up."""
_TYPES: Final = ("service.created", "service.updated", "service.deleted")
_EVENTS: Final = 500


class Result(msgspec.Struct, frozen=True):
    """What is to be written down of a service: a probe, and a change of its state. Either may be missing."""

    service: str
    check: HealthCheck | None = None
    before: HealthState | None = None
    after: Standing | None = None


def probed(service: Service) -> bool:
    """Whether a service is probed at all: it has an address, it is in use, and its owner wants it."""
    return service.base_url is not None and service.probe.enabled and service.lifecycle != "retired"


class Monitor:
    """The probes of all services. `ticks` are seconds that only grow; `concurrency` bounds the probes at one time."""

    def __init__(
        self, store: Store, probe: Prober, *, clock: Clock, ticks: Callable[[], float], concurrency: int = 50
    ) -> None:
        self._store, self._probe, self._clock, self._ticks = store, probe, clock, ticks
        self._concurrency = concurrency
        self._plan: dict[str, Service] = {}
        self._standing: dict[str, Standing] = {}
        self._due: dict[str, float] = {}
        self._queue: list[tuple[float, str]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._results: deque[Result] = deque(maxlen=WAITING)
        self._seen = 0
        self._next_look = self._next_whole = self._next_flush = float("-inf")

    async def turn(self) -> float:
        """Does what is due, and says after how many seconds to call it again.

        Raises `UnavailableError` where the store does not answer; the probes that are due have been started then.
        """
        self._start_due()
        now = self._ticks()
        if self._results and (now >= self._next_flush or len(self._results) >= BATCH):
            self._next_flush = now + FLUSH
            await self._flush()
        if now >= self._next_look:
            self._next_look = now + LOOK
            await self._look(now)
            self._start_due()
        wanted = [self._next_look, *([self._next_flush] if self._results else []), *(due for due, _ in self._queue[:1])]
        # A queue that is due and waits for running probes is looked at often, never in a tight loop.
        return min(max(min(wanted) - self._ticks(), 0.05), FLUSH)

    async def close(self) -> None:
        """Ends the probes that run and writes down what is known, as far as the store takes it."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        try:
            while self._results:
                await self._flush()
        except UnavailableError as error:
            log.warning("%d results of probes are lost: %s", len(self._results), error)

    # --- probes --------------------------------------------------------------------------------

    def _start_due(self) -> None:
        now = self._ticks()
        while self._queue and self._queue[0][0] <= now and len(self._running) < self._concurrency:
            due, name = heapq.heappop(self._queue)
            if self._due.get(name) == due and name not in self._running:
                self._running[name] = asyncio.create_task(self._run(self._plan[name]))

    async def _run(self, service: Service) -> None:
        try:
            async with asyncio.timeout(_PATIENCE * service.probe.timeout + 1):
                self._take_in(await self._probe(service))
        except Exception:  # what a probe did not expect is a fault of the registry, not an outage of the service
            log.exception("the probe of `%s` failed", service.name)
        finally:
            self._running.pop(service.name, None)
            if service.name in self._plan:
                interval = self._plan[service.name].probe.interval
                self._set_due(service.name, schedule.following(service.name, interval, self._ticks()))

    def _take_in(self, check: HealthCheck) -> None:
        before = self._standing.get(check.service)
        if before is None:
            return  # it was removed while it was asked
        after = states.after(before, check)
        self._standing[check.service] = after
        changed = after if after.state != before.state else None
        self._results.append(Result(check.service, check, before.state, changed))

    def _set_due(self, name: str, due: float) -> None:
        self._due[name] = due
        heapq.heappush(self._queue, (due, name))

    # --- which services ------------------------------------------------------------------------

    async def _look(self, now: float) -> None:
        whole = now >= self._next_whole
        seen, changed = await asyncio.to_thread(self._read, whole)
        if whole:
            self._next_whole = now + WHOLE_LOOK
            for name in [name for name in self._plan if name not in changed]:
                self._drop(name)
        elif len(changed) >= _EVENTS:
            self._next_look = now  # more of the same
        self._seen = seen
        for name, service in changed.items():
            self._follow(name, service)

    def _read(self, whole: bool) -> tuple[int, dict[str, Service | None]]:
        """The number of the last event that is known now, and the services that changed (None: removed)."""
        with self._store.reading() as read:
            if not whole:
                found = events.after(read, self._seen, _EVENTS, types=_TYPES)
                seen = found[-1].number if found else self._seen
                names = dict.fromkeys(event.service for event in found if event.service is not None)
                return seen, {name: services.find(read, name) for name in names}
            seen, cursor = events.last(read), None
            everything: dict[str, Service | None] = {}
            while True:
                page = services.page(read, limit=BATCH, cursor=cursor)
                everything |= {service.name: service for service in page.items}
                if (cursor := page.next) is None:
                    return seen, everything

    def _follow(self, name: str, service: Service | None) -> None:
        if service is None or not probed(service):
            self._drop(name)
            if service is not None and service.health != "unknown":
                standing = Standing("unknown", self._clock())
                self._results.append(Result(name, None, service.health, standing))
            return
        old = self._plan.get(name)
        if old is not None and _asked(old) == _asked(service):
            return
        self._drop(name)
        self._plan[name] = service
        self._standing[name] = Standing(service.health, service.health_since)
        when = schedule.following if old is None and service.health != "unknown" else schedule.first
        self._set_due(name, when(name, service.probe.interval, self._ticks()))

    def _drop(self, name: str) -> None:
        for known in (self._plan, self._standing, self._due):
            known.pop(name, None)
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()

    # --- what is written -----------------------------------------------------------------------

    async def _flush(self) -> None:
        batch = [self._results.popleft() for _ in range(min(len(self._results), BATCH))]
        try:
            await asyncio.to_thread(self._write, batch)
        except UnavailableError:
            self._results = deque([*batch, *self._results], maxlen=WAITING)
            raise

    def _write(self, batch: list[Result]) -> None:
        try:
            with self._store.writing() as write:
                health.add(write, *(result.check for result in batch if result.check is not None))
                for result in batch:
                    _tell(write, result)
        except UnavailableError:
            raise
        except RegistryError as error:
            # One that the store does not take must not keep the others from it.
            if len(batch) == 1:
                log.warning("a result of `%s` is not kept: %s", batch[0].service, error)
            else:
                for result in batch:
                    self._write([result])


def _tell(write: Write, result: Result) -> None:
    name, after = result.service, result.after
    if after is None or services.find(write, name) is None:
        return
    services.set_health(write, name, after.state, after.since or write.now)
    reason = result.check.reason if result.check is not None else "It is no longer probed."
    data = {"from": result.before, "to": after.state, "reason": reason}
    events.append(write, Event(type="health.changed", service=name, subject=name, actor=SYSTEM.name, data=data))


def _asked(service: Service) -> tuple[object, ...]:
    """What decides how a service is probed."""
    return service.kind, service.base_url, service.probe, service.created_at
