"""The monitor: which services are probed when, and what is written of it. The time passes only where a test says so."""

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from byte.registry.actors import SYSTEM, Actor
from byte.registry.catalog import create_service, delete_service, edit_service
from byte.registry.errors import UnavailableError
from byte.registry.health import monitor as monitors
from byte.registry.health.monitor import Monitor
from byte.registry.records import Event, HealthCheck, HealthState, Probe, Service
from byte.registry.store import Store, events, health, services
from tests.registry.world import Time, opened

ADMIN = Actor("admin", "admin")


class World:
    """A store, a time, and a network in which each service says what `says` has for it ("up" without)."""

    def __init__(self, folder, **options) -> None:
        self.time = Time()
        self.store = opened(folder, self.time)
        self.says: dict[str, HealthState | Exception] = {}
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0
        self.hold: asyncio.Event | None = None
        self.options = options
        self.monitor = self.fresh()

    def fresh(self) -> Monitor:
        return Monitor(self.store, self.probe, clock=self.time.clock, ticks=self.time.ticks, **self.options)

    async def probe(self, service: Service) -> HealthCheck:
        self.asked[service.name] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await (self.hold.wait() if self.hold is not None else asyncio.sleep(0))
        finally:
            self.at_once -= 1
        said = self.says.get(service.name, "up")
        if isinstance(said, Exception):
            raise said
        return HealthCheck(
            service=service.name, at=self.time.clock(), state=said, latency_ms=5.0, reason=f"said {said}"
        )

    def add(self, name: str, **fields) -> None:
        probe = fields.pop("probe", Probe(interval=60))
        base_url = fields.pop("base_url", "https://service.test")
        create_service(self.store, ADMIN, Service(name=name, base_url=base_url, probe=probe, **fields))

    def edit(self, name: str, **fields) -> None:
        edit_service(self.store, ADMIN, name, None, lambda old: msgspec.structs.replace(old, **fields))

    def service(self, name: str) -> Service:
        with self.store.reading() as read:
            return services.get(read, name)

    def checks(self, name: str) -> list[HealthCheck]:
        with self.store.reading() as read:
            return list(health.page(read, name, limit=1_000).items)

    def changes(self) -> list[Event]:
        with self.store.reading() as read:
            return list(events.after(read, 0, 1_000, types=("health.changed",)))

    async def passes(self, seconds: float) -> None:
        """Takes turns until so many seconds have passed."""
        end = self.time.passed + seconds
        while self.time.passed < end:
            wait = await self.monitor.turn()
            assert 0 < wait <= 1
            for _ in range(5):
                await asyncio.sleep(0)
            self.time.passed = min(self.time.passed + wait, end)
        await self.monitor.turn()


def run(folder, scenario: Callable[[World], object], **options) -> World:
    async def live() -> World:
        world = World(folder, **options)
        await scenario(world)  # type: ignore[misc]
        await world.monitor.close()
        return world

    world = asyncio.run(live())
    world.store.close()
    return world


def test_services_are_probed_at_their_intervals_and_the_first_answer_is_believed(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders")
        world.add("billing", probe=Probe(interval=20))
        await world.passes(601)

    world = run(tmp_path, scenario)
    assert 9 <= world.asked["orders"] <= 12
    assert 28 <= world.asked["billing"] <= 33
    assert len(world.checks("orders")) == world.asked["orders"]
    assert world.service("orders").health == "up"
    assert [event.data for event in world.changes()] == [{"from": "unknown", "to": "up", "reason": "said up"}] * 2
    assert {(event.type, event.actor) for event in world.changes()} == {("health.changed", SYSTEM.name)}


def test_an_outage_is_told_once_after_three_probes_and_the_recovery_after_two(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(30)
        world.says["orders"] = "down"
        await world.passes(100)
        down = world.service("orders")
        third = [check for check in reversed(world.checks("orders")) if check.state == "down"][2]
        assert (down.health, down.health_since) == ("down", third.at)
        world.says["orders"] = "up"
        await world.passes(100)

    world = run(tmp_path, scenario)
    assert [(event.data["from"], event.data["to"]) for event in world.changes()] == [
        ("unknown", "up"),
        ("up", "down"),
        ("down", "up"),
    ]
    assert world.service("orders").health == "up"


def test_one_failure_changes_nothing_but_the_history(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(20)
        before = world.service("orders")
        world.says["orders"] = "down"
        while world.checks("orders")[0].state == "up":
            await world.passes(1)
        world.says["orders"] = "up"
        await world.passes(60)
        assert world.service("orders") == before

    world = run(tmp_path, scenario)
    assert Counter(check.state for check in world.checks("orders"))["down"] == 1


def test_services_that_are_added_edited_and_removed_are_noticed_within_seconds(tmp_path):
    async def scenario(world: World) -> None:
        await world.passes(100)
        world.add("orders", probe=Probe(interval=86_400))
        await world.passes(monitors.LOOK + 6)
        assert world.asked["orders"] == 1
        world.edit("orders", title="Orders")
        await world.passes(30)
        assert world.asked["orders"] == 1
        world.edit("orders", base_url="https://other.test")
        await world.passes(monitors.LOOK + 6)
        assert world.asked["orders"] == 2
        delete_service(world.store, ADMIN, "orders", None)
        await world.passes(3)
        world.add("orders", probe=Probe(interval=86_400))
        await world.passes(monitors.LOOK + 6)
        assert world.asked["orders"] == 3
        assert world.service("orders").health == "up"

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    "fields", [{"base_url": None}, {"probe": Probe(enabled=False)}, {"lifecycle": "retired"}], ids=str
)
def test_a_service_that_is_no_longer_probed_is_unknown_again(tmp_path, fields):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(30)
        world.edit("orders", **fields)
        await world.passes(monitors.LOOK + 2)
        asked = world.asked["orders"]
        await world.passes(60)
        assert world.asked["orders"] == asked

    world = run(tmp_path, scenario)
    assert world.service("orders").health == "unknown"
    assert [event.data["to"] for event in world.changes()] == ["up", "unknown"]
    assert world.changes()[-1].data["reason"] == "It is no longer probed."


def test_a_service_that_may_not_be_asked_is_not_probed_and_says_why(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        world.says["orders"] = "not-probed"
        await world.passes(60)

    world = run(tmp_path, scenario)
    assert world.service("orders").health == "not-probed"
    assert [event.data["to"] for event in world.changes()] == ["not-probed"]


def test_probes_at_one_time_are_bounded_and_all_come_to_their_turn(tmp_path):
    async def scenario(world: World) -> None:
        for number in range(40):
            world.add(f"service-{number}", probe=Probe(interval=60, timeout=60))
        world.hold = asyncio.Event()
        await world.passes(30)
        assert sum(world.asked.values()) == world.most_at_once == 7
        world.hold.set()
        await world.passes(10)
        assert len(world.asked) == 40

    world = run(tmp_path, scenario, concurrency=7)
    assert world.most_at_once == 7
    assert all(world.checks(f"service-{number}") for number in range(40))


def test_a_probe_that_never_ends_is_given_up_and_the_others_go_on(tmp_path, monkeypatch):
    async def scenario(world: World) -> None:
        world.add("slow", probe=Probe(interval=10))
        monkeypatch.setattr(monitors, "_PATIENCE", -1)
        world.hold = asyncio.Event()
        await world.passes(10)
        await asyncio.sleep(0.01)
        monkeypatch.setattr(monitors, "_PATIENCE", 3)
        world.hold = None
        await world.passes(30)

    world = run(tmp_path, scenario)
    assert world.at_once == 0
    assert world.service("slow").health == "up"


def test_a_fault_of_a_probe_is_no_outage(tmp_path, caplog):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        world.says["orders"] = ZeroDivisionError("oh")
        await world.passes(60)
        world.says["orders"] = "up"
        await world.passes(20)

    world = run(tmp_path, scenario)
    assert "the probe of `orders` failed" in caplog.text
    assert {check.state for check in world.checks("orders")} == {"up"}


def test_results_wait_while_the_store_is_gone_and_probes_go_on(tmp_path, monkeypatch):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(20)
        kept = len(world.checks("orders"))
        world.says["orders"] = "down"

        def gone(self: Store) -> None:
            raise UnavailableError("The database cannot be reached.")

        with monkeypatch.context() as patch:
            patch.setattr(Store, "writing", gone)
            failures = 0
            for _ in range(60):
                try:
                    await world.monitor.turn()
                except UnavailableError:
                    failures += 1
                await asyncio.sleep(0)
                world.time.passed += 1
            assert failures > 3
        assert len(world.checks("orders")) == kept
        await world.passes(2)
        assert len(world.checks("orders")) >= kept + 5

    world = run(tmp_path, scenario)
    assert world.service("orders").health == "down"
    assert [check.at for check in world.checks("orders")] == sorted(
        (check.at for check in world.checks("orders")), reverse=True
    )
    assert len(world.checks("orders")) == world.asked["orders"]


def test_a_service_that_goes_while_it_is_asked_hinders_nobody(tmp_path):
    async def scenario(world: World) -> None:
        world.add("gone", probe=Probe(interval=10))
        world.add("orders", probe=Probe(interval=10))
        await world.passes(3)
        await world.passes(9)
        delete_service(world.store, ADMIN, "gone", None)
        # Not noticed yet: its result comes to the store with the other's, in one batch.
        world.monitor._next_look = world.monitor._next_flush = float("inf")
        before = world.asked.copy()
        while world.asked["gone"] == before["gone"] or world.asked["orders"] == before["orders"]:
            await world.passes(1)
        world.monitor._next_flush = 0
        await world.passes(1)

    world = run(tmp_path, scenario)
    assert len(world.checks("orders")) == world.asked["orders"]
    assert world.checks("gone") == []


def test_a_restart_goes_on_from_what_is_known_without_a_storm(tmp_path):
    async def scenario(world: World) -> None:
        for number in range(30):
            world.add(f"service-{number}", probe=Probe(interval=600))
        await world.passes(20)
        assert sum(world.asked.values()) == 30
        await world.monitor.close()
        world.monitor = world.fresh()
        await world.passes(20)
        assert sum(world.asked.values()) < 40
        await world.passes(700)

    world = run(tmp_path, scenario)
    assert min(world.asked.values()) >= 2
    assert len(world.changes()) == 30


def test_closing_writes_down_what_is_known_and_leaves_nothing_running(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(6)
        world.monitor._next_flush = float("inf")
        await world.passes(30)
        assert len(world.checks("orders")) < world.asked["orders"]
        world.add("slow", probe=Probe(timeout=60))
        world.hold = asyncio.Event()
        await world.passes(9)
        assert world.asked["slow"] == 1
        assert world.at_once > 0

    world = run(tmp_path, scenario)
    assert world.at_once == 0
    assert world.asked["orders"] - 1 <= len(world.checks("orders")) <= world.asked["orders"]


def test_a_jump_of_the_clock_changes_no_turn(tmp_path):
    async def scenario(world: World) -> None:
        world.add("orders", probe=Probe(interval=10))
        await world.passes(60)
        asked = world.asked["orders"]
        for jumped in (-86_400, 86_400):
            world.time.jumped = jumped
            await world.passes(60)
        assert 10 <= world.asked["orders"] - asked <= 14

    world = run(tmp_path, scenario)
    assert world.service("orders").health == "up"
    assert len(world.checks("orders")) == world.asked["orders"]
