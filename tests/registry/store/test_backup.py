"""Backups: one snapshot while others write, into either database, whole or not at all."""

import threading

import pytest
from sqlalchemy import select

from byte.model.errors import SourceError
from byte.registry.errors import ConflictError
from byte.registry.records import (
    Consumer,
    Event,
    HealthCheck,
    Key,
    Override,
    Owner,
    Policy,
    Review,
    Service,
    Use,
    Version,
    Webhook,
)
from byte.registry.store import (
    Store,
    consumers,
    events,
    health,
    keys,
    leases,
    operations,
    overrides,
    owners,
    policies,
    reviews,
    services,
    versions,
    webhooks,
)
from byte.registry.store.backup import backup, restore
from byte.registry.store.tables import metadata
from tests.registry.store.made import content


def fill(store: Store) -> None:
    with store.writing() as write:
        owners.add(write, Owner(name="sales"))
        for at in range(3):
            name = f"s{at}"
            services.add(write, Service(name=name, owner="sales", tags=("a", "b")))
            versions.add(write, name, Version(service=name, label="1", state="active"), content(30, digest=str(at)))
            consumers.add(write, Consumer(service=name, name="web", uses=(Use("GET /"),)))
            reviews.add(write, Review(id=name, service=name, verdict="APPROVED", outcome="refused", report={"a": [1]}))
            policies.add(write, Policy(service=name, severities={"verb-in-path": "off"}, sunset=True))
            overrides.add(write, Override(id=name, service=name, rule="sunset", reason="We know.", until=at))
            health.add(write, HealthCheck(service=name, at=at, state="up", latency_ms=0.1))
            events.append(write, Event(type="service.created", actor="me", service=name, data={"ö": None}))
        keys.add(write, Key(id="k", name="k", scope="admin"), bytes(range(256)))
        webhooks.add(write, Webhook(id="w", url="https://example.com"), b"\x00\xff")
        leases.acquire(write, "probe", "me", 10)


def rows(store: Store) -> dict[str, list[tuple]]:
    with store.reading() as read:
        return {
            table.name: [tuple(row) for row in read.rows(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table.name != "leases"
        }


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_a_backup_restores_into_either_database(store, into, tmp_path, request, cluster):
    fill(store)
    file = tmp_path / "all.backup"
    backup(store, file)
    assert file.stat().st_mode & 0o077 == 0, "it has the hashes of keys"
    url = cluster.create("migrated") if into == "postgresql" else f"sqlite:///{tmp_path / 'fresh.db'}"
    fresh = Store.open(url)
    restore(fresh, file)
    assert rows(fresh) == rows(store)
    # It goes on as the other would: numbers of events, versions and checks are new ones.
    with fresh.writing() as write:
        versions.add(write, "s0", Version(service="s0", label="2", state="active"), content(3))
        health.add(write, HealthCheck(service="s0", at=9, state="up"))
        events.append(write, Event(type="x.y", actor="me"))
        assert leases.holder(write, "probe") is None
    assert write.numbers == (4,)
    with fresh.reading() as read:
        assert len(operations.page(read, limit=200).items) == 93
    with pytest.raises(ConflictError, match="not empty"):
        restore(fresh, file)
    fresh.close()


def test_a_backup_is_one_snapshot_although_others_write(store, tmp_path):
    fill(store)
    stop = threading.Event()

    def publish() -> None:
        at = 0
        while not stop.is_set():
            at += 1
            with store.writing() as write:
                services.add(write, Service(name=f"n{at}"))
                versions.add(write, f"n{at}", Version(service="", label="1"), content(5, digest=f"n{at}"))
                events.append(write, Event(type="service.created", actor="me", service=f"n{at}"))

    thread = threading.Thread(target=publish)
    thread.start()
    file = tmp_path / "all.backup"
    try:
        backup(store, file)
    finally:
        stop.set()
        thread.join(60)
    fresh = Store.open(f"sqlite:///{tmp_path / 'fresh.db'}")
    restore(fresh, file)
    kept = rows(fresh)
    assert len(kept["services"]) == len(kept["versions"]) == len(kept["events"])
    assert sum(1 for _ in kept["operations"]) == 90 + 5 * (len(kept["versions"]) - 3)
    assert kept["counters"] == [("events", len(kept["events"]))]
    fresh.close()


def test_a_file_that_is_there_is_not_written_over(store, tmp_path):
    file = tmp_path / "all.backup"
    file.write_text("mine")
    with pytest.raises(SourceError, match="there already"):
        backup(store, file)
    assert file.read_text() == "mine"
    with pytest.raises(SourceError, match="cannot be written"):
        backup(store, tmp_path / "missing" / "all.backup")
    assert [one.name for one in tmp_path.iterdir() if "backup" in one.name] == ["all.backup"]


def test_a_damaged_backup_leaves_the_store_as_it_was(tmp_path):
    full, fresh = Store.open(f"sqlite:///{tmp_path / 'full.db'}"), Store.open(f"sqlite:///{tmp_path / 'fresh.db'}")
    fill(full)
    file, broken = tmp_path / "all.backup", tmp_path / "broken.backup"
    backup(full, file)
    data = file.read_bytes()
    before = rows(fresh)
    damages = [data[:length] for length in (0, 5, 14, 17, 200, len(data) // 2, len(data) - 33, len(data) - 1)]
    damages += [data + b"x", b"SQLite format 3\0" + data, data.replace(b"\xa80001", b"\xa80001", 1)[:-1] + b"\0\0"]
    damages += [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(14, len(data), len(data) // 40)]
    for damage in damages:
        broken.write_bytes(damage)
        with pytest.raises(SourceError):
            restore(fresh, broken)
    with pytest.raises(SourceError, match="cannot be read"):
        restore(fresh, tmp_path / "missing")
    assert rows(fresh) == before
    restore(fresh, file)
    assert rows(fresh) == rows(full)
    full.close()
    fresh.close()


def test_a_backup_of_another_revision_is_refused(tmp_path, monkeypatch):
    store, fresh = Store.open(f"sqlite:///{tmp_path / 'full.db'}"), Store.open(f"sqlite:///{tmp_path / 'fresh.db'}")
    with monkeypatch.context() as patched:
        patched.setattr("byte.registry.store.migrate.HEAD", "9999")
        backup(store, tmp_path / "all.backup")
    with pytest.raises(SourceError, match="of revision 9999"):
        restore(fresh, tmp_path / "all.backup")
    store.close()
    fresh.close()
