"""The background work: on one replica at a time, whatever the store and the clocks do."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from byte.registry import work
from byte.registry.clock import DAY, SECOND
from byte.registry.errors import UnavailableError
from byte.registry.health.monitor import Monitor
from byte.registry.records import Event, HealthCheck, Service
from byte.registry.store import Store, events, health, leases, services
from byte.registry.webhooks import Deliverer
from byte.registry.work import Duty, Forgetting, Options, Worker, apart
from tests.registry.world import START, Time, opened


class Counting:
    """A duty that counts its turns, and fails where it is told to."""

    def __init__(self) -> None:
        self.turns = self.closed = 0
        self.fails: Exception | None = None

    async def turn(self) -> float:
        self.turns += 1
        if self.fails is not None:
            raise self.fails
        return 1.0

    async def close(self) -> None:
        self.closed += 1


class Stepped:
    """Sleeps that end when the test lets the time pass that far."""

    def __init__(self, time: Time) -> None:
        self.time = time

    async def sleep(self, seconds: float) -> None:
        until = self.time.passed + seconds
        while self.time.passed < until:
            await asyncio.sleep(0.001)


class World:
    """Replicas on one store."""

    def __init__(self, folder) -> None:
        self.time = Time()
        self.store = opened(folder, self.time)
        self.duties: dict[str, Counting] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.workers: dict[str, Worker] = {}

    def begin(self, name: str, *others: Duty) -> None:
        duty = self.duties[name] = Counting()

        @asynccontextmanager
        async def made() -> AsyncIterator[Sequence[Duty]]:
            yield (*others, duty)

        sleep = Stepped(self.time).sleep
        worker = self.workers[name] = Worker(self.store, made, holder=name, ticks=self.time.ticks, sleep=sleep)
        self.tasks[name] = asyncio.create_task(worker.run())

    async def passes(self, seconds: float) -> None:
        """The time, in small steps, with enough room for what waits for the store's threads."""
        for _ in range(int(seconds)):
            self.time.passed += 1
            await asyncio.sleep(0.012)

    async def until(self, *working: str) -> None:
        """Waits until these work, and nobody else; the time stands."""
        for _ in range(2_000):
            if sorted(name for name, worker in self.workers.items() if worker.working) == sorted(working):
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"{working} do not work")

    async def end(self, name: str) -> None:
        self.tasks[name].cancel()
        await asyncio.gather(self.tasks[name], return_exceptions=True)


def run(folder, scenario) -> World:
    async def live() -> World:
        world = World(folder)
        try:
            await scenario(world)
        finally:
            for name in world.tasks:
                await world.end(name)
            world.store.close()
        return world

    return asyncio.run(live())


def test_one_replica_works_and_another_goes_on_when_it_stops(tmp_path):
    async def scenario(world: World) -> None:
        world.begin("a")
        await world.until("a")
        world.begin("b")
        await world.passes(60)
        await world.until("a")
        assert world.duties["b"].turns == 0
        await world.end("a")
        assert world.duties["a"].closed == 1
        with world.store.reading() as read:
            assert leases.holder(read, work.LEASE) is None
        await world.passes(7)
        await world.until("b")

    world = run(tmp_path, scenario)
    assert world.duties["a"].turns > 1
    assert world.duties["b"].turns >= 1


def test_a_replica_that_dies_is_followed_when_its_lease_ends(tmp_path):
    async def scenario(world: World) -> None:
        with world.store.writing() as write:
            assert leases.acquire(write, work.LEASE, "dead", int(work.TTL * SECOND))
        world.begin("b")
        await world.passes(10)
        await world.until()
        await world.passes(20)
        await world.until("b")

    run(tmp_path, scenario)


def test_who_loses_the_lease_stops_and_takes_it_again_later(tmp_path, caplog):
    async def scenario(world: World) -> None:
        world.begin("a")
        await world.until("a")
        with world.store.writing() as write:
            leases.release(write, work.LEASE, "a")
            assert leases.acquire(write, work.LEASE, "other", int(work.TTL * SECOND))
        await world.passes(8)
        await world.until()
        assert world.duties["a"].closed == 1
        turns = world.duties["a"].turns
        await world.passes(5)
        assert world.duties["a"].turns == turns
        await world.passes(20)
        await world.until("a")

    run(tmp_path, scenario)
    assert "no longer does the background work" in caplog.text


def test_an_outage_of_the_store_ends_the_work_when_the_lease_does_and_it_begins_anew(tmp_path, monkeypatch, caplog):
    async def scenario(world: World) -> None:
        world.begin("a")
        await world.until("a")

        def gone(self: Store) -> None:
            raise UnavailableError("The database cannot be reached.")

        with monkeypatch.context() as patch:
            patch.setattr(Store, "writing", gone)
            await world.passes(12)
            await world.until("a")
            await world.passes(20)
            await world.until()
            assert not world.tasks["a"].done()
        await world.passes(12)
        await world.until("a")

    run(tmp_path, scenario)
    assert "cannot be renewed: The database cannot be reached." in caplog.text


def test_a_store_that_hangs_ends_the_work_when_the_lease_does(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "RENEW", 0.05)
    hangs, tried = threading.Event(), threading.Event()

    async def scenario(world: World) -> None:
        world.begin("a")
        await world.until("a")
        usual = world.workers["a"]._acquire

        def hang() -> bool:
            tried.set()
            hangs.wait(20)
            return usual()

        monkeypatch.setattr(world.workers["a"], "_acquire", hang)
        await world.passes(3)
        assert tried.is_set()
        await world.until("a")
        world.time.passed += work.TTL
        await world.until()
        hangs.set()

    run(tmp_path, scenario)


@pytest.mark.parametrize("error", [UnavailableError("The store is full."), ZeroDivisionError("oh")])
def test_a_duty_that_fails_is_called_again_and_hinders_no_other(tmp_path, caplog, error):
    async def scenario(world: World) -> None:
        failing = Counting()
        failing.fails = error
        world.begin("a", failing)
        await world.until("a")
        await world.passes(30)
        assert failing.turns >= 3
        assert world.duties["a"].turns > failing.turns

    run(tmp_path, scenario)
    assert str(error) in caplog.text


@pytest.mark.parametrize("jumped", [-86_400, 86_400])
def test_a_jump_of_the_clock_leaves_one_at_work(tmp_path, jumped):
    async def scenario(world: World) -> None:
        world.begin("a")
        world.begin("b")
        await world.passes(3)
        await world.until(*(name for name, worker in world.workers.items() if worker.working))
        world.time.jumped = jumped
        await world.passes(30)
        assert not any(task.done() for task in world.tasks.values())
        assert [worker.working for worker in world.workers.values()].count(True) == 1

    run(tmp_path, scenario)


def test_a_worker_apart_runs_in_its_own_thread_and_ends_with_who_waits_for_it(tmp_path):
    store = opened(tmp_path)
    duty = Counting()
    loops = []

    @asynccontextmanager
    async def made() -> AsyncIterator[Sequence[Duty]]:
        loops.append(asyncio.get_running_loop())
        yield (duty,)

    async def live() -> None:
        waiting = asyncio.create_task(apart(Worker(store, made)))
        while not duty.turns:
            await asyncio.sleep(0.002)
        assert loops != [asyncio.get_running_loop()]
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        assert duty.closed == 1

    asyncio.run(live())
    with store.reading() as read:
        assert leases.holder(read, work.LEASE) is None
    store.close()


def test_what_ends_a_worker_apart_is_told(tmp_path):
    store = opened(tmp_path)

    def made() -> AbstractAsyncContextManager[Sequence[Duty]]:
        raise ZeroDivisionError("oh")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(apart(Worker(store, made)))
    store.close()


def test_the_duties_of_a_registry_take_their_turns(tmp_path):
    time = Time()
    store = opened(tmp_path, time)

    async def live() -> list[float]:
        async with work.duties(store, Options(), clock=time.clock, ticks=time.ticks)() as made:
            assert [type(duty) for duty in made] == [Monitor, Deliverer, Forgetting]
            waits = [await duty.turn() for duty in made]
            for duty in made:
                await duty.close()
            return waits

    assert all(0 < wait <= work.FORGET_EVERY for wait in asyncio.run(live()))
    store.close()


def test_what_is_old_is_forgotten_in_lots(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "_FORGET_AT_ONCE", 10)
    time = Time()
    store = opened(tmp_path, time)
    with store.writing() as write:
        services.add(write, Service(name="orders"))
        ages = [40] * 25 + [29, 1]
        health.add(write, *(HealthCheck(service="orders", at=START - age * DAY, state="up") for age in ages))
        events.append(write, *(Event(type="a.b", actor="ann", at=START - age * DAY) for age in (400, 300, 1)))

    async def live(options: Options) -> list[float]:
        forgetting = Forgetting(store, options, clock=time.clock, ticks=time.ticks)
        return [await forgetting.turn() for _ in range(4)]

    assert asyncio.run(live(Options(check_days=30))) == [0.2, 0.2, work.FORGET_EVERY, work.FORGET_EVERY]
    with store.reading() as read:
        assert len(health.page(read, "orders").items) == 2
        assert health.sums(read, "orders", START - 50 * DAY, START)["up"].checks == 2
        assert len(events.after(read, 0, 10)) == 3
    asyncio.run(live(Options(check_days=0, event_days=365)))
    with store.reading() as read:
        assert len(health.page(read, "orders").items) == 2
        assert [event.number for event in events.after(read, 0, 10)] == [2, 3]
    store.close()


def test_a_clock_that_is_set_forward_makes_nothing_older(tmp_path):
    time = Time()
    store = opened(tmp_path, time)
    with store.writing() as write:
        services.add(write, Service(name="orders"))
        health.add(write, *(HealthCheck(service="orders", at=START - age * DAY, state="up") for age in (29, 1)))
    forgetting = Forgetting(store, Options(check_days=30), clock=time.clock, ticks=time.ticks)

    def left() -> int:
        asyncio.run(forgetting.turn())
        with store.reading() as read:
            return len(health.page(read, "orders").items)

    time.jumped = 365 * 86_400
    assert left() == 2
    time.passed = 2 * 86_400
    assert left() == 1
    time.jumped = -365 * 86_400
    time.passed = 40 * 86_400
    assert left() == 1
    store.close()
