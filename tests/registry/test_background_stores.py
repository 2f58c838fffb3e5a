"""The background work on both databases: what it asks of the store is the same on each."""

import asyncio

from byte.registry import webhooks
from byte.registry.actors import SYSTEM
from byte.registry.health import uptime
from byte.registry.health.monitor import Monitor
from byte.registry.records import HealthCheck, HealthState, Service
from byte.registry.store import Store, events, health, services
from byte.registry.webhooks import Deliverer, Draft
from byte.registry.work import Forgetting, Options, Worker, apart, duties
from tests.registry.test_webhooks import Receiver
from tests.registry.world import Time

SAYS: dict[str, HealthState] = {"well": "up", "ill": "down"}


def test_probes_are_kept_and_told(store: Store) -> None:
    time, receiver = Time(), Receiver()

    async def probe(service: Service) -> HealthCheck:
        return HealthCheck(service=service.name, at=time.clock(), state=SAYS[service.name], latency_ms=5.0)

    with store.writing() as write:
        for name in ("well", "ill"):
            services.add(write, Service(name=name, base_url="https://service.test"))
    hook, _ = webhooks.create(store, SYSTEM, Draft(url="https://a.test/", types=("health.changed",)))

    async def live() -> None:
        monitor = Monitor(store, probe, clock=time.clock, ticks=time.ticks)
        deliverer = Deliverer(store, receiver, clock=time.clock)
        while time.passed < 240:
            await monitor.turn()
            await asyncio.sleep(0)
            time.passed += 1
        await monitor.close()
        await deliverer.turn()
        while deliverer._running:
            await asyncio.sleep(0.001)
        await Forgetting(store, Options(check_days=1), clock=time.clock, ticks=time.ticks).turn()

    asyncio.run(live())
    with store.reading() as read:
        assert [services.get(read, name).health for name in ("well", "ill")] == ["up", "down"]
        assert len(health.page(read, "well").items) >= 3
        assert [window.uptime for window in uptime.windows(read, "ill", time.clock())][:2] == [0.0, 0.0]
        told = [event.number for event in events.after(read, 0, 100, types=("health.changed",))]
    assert receiver.accepted["a.test"] == told
    assert len(told) == 2
    assert webhooks.get(store, SYSTEM, hook.id).delivered == told[-1]


def test_a_worker_begins_and_ends(store: Store) -> None:
    async def live() -> None:
        worker = Worker(store, duties(store, Options(), clock=Time().clock))
        running = asyncio.create_task(apart(worker))
        while not worker.working:
            await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not worker.working

    asyncio.run(live())
