"""A store that cannot work says so, is not ready, loses nothing, and goes on without a restart once it can."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from byte.model.errors import SettingsError
from byte.registry.errors import StaleError, UnavailableError
from byte.registry.records import Service, Version
from byte.registry.store import Store, engine, services, versions
from tests.registry.postgresql import Cluster
from tests.registry.store.made import content


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a lock."""
    monkeypatch.setattr(engine, "BUSY_S", 0.2)
    monkeypatch.setattr(engine, "_COMMON", {**engine._COMMON, "pool_timeout": 0.2})
    pragmas = tuple(one for one in engine._SQLITE if "busy_timeout" not in one)
    monkeypatch.setattr(engine, "_SQLITE", (*pragmas, "PRAGMA busy_timeout=200"))


def add(store: Store, name: str) -> None:
    with store.writing() as write:
        services.add(write, Service(name=name))


def names(store: Store) -> list[str]:
    with store.reading() as read:
        return [one.name for one in services.page(read).items]


def recovered(store: Store) -> None:
    """Connections that were in use a moment ago are not tried first: one may be found to be gone, and all go with it."""
    for _ in range(2):
        if not store.ready():
            return


@pytest.mark.parametrize(
    "url",
    ["", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "orders.db", "postgresql", "://", "sqlite+aiosqlite://"],
)
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(SettingsError, match="must look like"):
        Store.open(url)


def test_a_password_is_shown_to_nobody():
    store = Store.open("postgresql://byte:secret@localhost:1/registry", create=False)
    assert "secret" not in store.name
    assert store.kind == "postgresql"
    with pytest.raises(UnavailableError) as caught, store.reading():
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "100%", "what?", "no#fragment", "ö", "a&b=c"])
def test_a_file_may_have_any_name(tmp_path, name):
    file = tmp_path / name / "byte.db"
    store = Store.open(f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}")
    store.close()
    assert Path(str(store.engines.url.database)).is_file()
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_has_gone_is_a_failure_and_no_empty_list(sqlite_url, tmp_path):
    store = Store.open(sqlite_url)
    add(store, "orders")
    store.close()
    (tmp_path / "byte.db").rename(tmp_path / "away.db")
    with pytest.raises(UnavailableError, match="cannot be opened"):
        names(store)
    assert store.ready() == ["The store's file cannot be opened."]
    (tmp_path / "away.db").rename(tmp_path / "byte.db")
    assert names(store) == ["orders"]
    assert store.ready() == []
    store.close()


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "byte.db").write_bytes(b"x" * 5_000)
    with pytest.raises(UnavailableError, match="no SQLite database"):
        Store.open(f"sqlite:///{tmp_path / 'byte.db'}")
    with pytest.raises(UnavailableError, match="cannot be made"):
        Store.open(f"sqlite:///{tmp_path / 'byte.db' / 'below.db'}")


def test_a_locked_file_is_told_and_waited_for_no_longer_than_said(sqlite_url, impatient, tmp_path):
    store = Store.open(sqlite_url)
    add(store, "orders")
    other = sqlite3.connect(tmp_path / "byte.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="locked by another writer"):
        add(store, "users")
    assert names(store) == ["orders"], "readers do not wait for writers"
    other.execute("ROLLBACK")
    other.close()
    add(store, "users")
    assert names(store) == ["orders", "users"]
    store.close()


def test_a_writer_that_does_not_end_keeps_others_waiting_no_longer_than_said(sqlite_url, impatient):
    store = Store.open(sqlite_url)
    failures: list[str] = []

    def write() -> None:
        try:
            add(store, "users")
        except UnavailableError as error:
            failures.append(str(error))

    with store.writing() as slow:
        services.add(slow, Service(name="orders"))
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(30)
    assert failures == ["The store is busy: all of its connections are in use."]
    add(store, "users")
    assert names(store) == ["orders", "users"]
    store.close()


def test_a_full_disk_is_told_and_what_was_kept_stays(sqlite_url):
    store = Store.open(sqlite_url)
    add(store, "orders")
    with store.writing() as write:
        pages = write.value(text("PRAGMA page_count"))
        write.value(text(f"PRAGMA max_page_count={pages + 10}"))

    def fill() -> None:
        for at in range(100):
            with store.writing() as write:
                versions.add(write, "orders", Version(service="orders", label=str(at)), content(20, digest=str(at)))

    with pytest.raises(UnavailableError, match="disk is full"):
        fill()
    with store.reading() as read:
        kept = versions.page(read, "orders", limit=100).items
        assert kept
        assert all(versions.document(read, one.document).data for one in kept)
    with store.writing() as write:
        write.value(text("PRAGMA max_page_count=1000000"))
    add(store, "users")
    assert names(store) == ["orders", "users"]
    store.close()


def test_a_server_that_goes_and_comes_back_is_told_and_then_used_again(cluster: Cluster):
    own = Cluster()
    try:
        store = Store.open(own.url("postgres"))
        add(store, "orders")
        assert names(store) == ["orders"]
        own.kill()
        for _ in range(2):
            with pytest.raises(UnavailableError, match="cannot be reached"):
                names(store)
            with pytest.raises(UnavailableError, match="cannot be reached"):
                add(store, "users")
        assert store.ready() == ["The store cannot be reached."]
        own.start()
        recovered(store)
        assert names(store) == ["orders"]
        add(store, "users")
        assert names(store) == ["orders", "users"]
        store.close()
    finally:
        own.remove()


def test_a_server_that_ends_a_connection_in_a_transaction_is_told(postgresql_url, cluster):
    store = Store.open(postgresql_url)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with store.writing() as write:
        services.add(write, Service(name="orders"))
    other = Store.open(postgresql_url)

    def broken() -> None:
        with store.writing() as write:
            services.add(write, Service(name="lost"))
            with other.writing() as killer:
                killer.rows(text(end))
            services.add(write, Service(name="lost too"))

    with pytest.raises(UnavailableError, match="cannot be reached"):
        broken()
    recovered(store)
    assert names(store) == ["orders"]
    store.close()
    other.close()


def test_a_statement_that_takes_too_long_is_told(postgresql_url):
    store = Store.open(postgresql_url)

    def sleep() -> None:
        with store.writing() as write:
            write.run(text("SET LOCAL statement_timeout = 10"))
            write.rows(text("SELECT pg_sleep(5)"))

    with pytest.raises(UnavailableError, match="did not answer in time"):
        sleep()
    store.close()


def test_of_many_edits_at_one_revision_one_succeeds_and_nothing_is_lost(store):
    """A hundred threads read and edit one record: each revision is somebody's, and all edits that succeeded are there."""
    add(store, "orders")
    done: list[str] = []

    def edit(at: int) -> int:
        tries = 0
        while True:
            tries += 1
            with store.reading() as read:
                before = services.get(read, "orders")
            try:
                with store.writing() as write:
                    services.replace(write, Service(name="orders", tags=(*before.tags, f"t{at}")), before.revision)
            except StaleError:
                continue
            done.append(f"t{at}")
            return tries

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(edit, range(40)))
    with store.reading() as read:
        after = services.get(read, "orders")
    assert (after.revision, sorted(after.tags)) == (41, sorted(done))


def test_many_that_publish_different_services_all_succeed(store):
    def publish(at: int) -> None:
        with store.writing() as write:
            services.add(write, Service(name=f"s{at}"))
            versions.add(write, f"s{at}", Version(service="", label="1", state="active"), content(5, digest="same"))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(publish, range(50)))
    assert len(names(store)) == 50


def test_of_many_that_publish_to_one_service_each_gets_its_own_place(store):
    add(store, "orders")

    def publish(at: int) -> None:
        with store.writing() as write:
            versions.add(write, "orders", Version(service="", label=f"v{at}", state="active"), content(2))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(24)))
    with store.reading() as read:
        found = versions.page(read, "orders", limit=100).items
        assert [one.sequence for one in found] == list(range(24, 0, -1))
        assert services.get(read, "orders").latest == found[0].label


def test_a_reader_sees_one_moment(store):
    """What is written while it reads is not there: neither half of it, nor all."""
    add(store, "orders")
    with store.reading() as read:
        assert len(services.page(read).items) == 1
        add(store, "users")
        assert len(services.page(read).items) == 1
    assert len(names(store)) == 2


def test_a_reader_cannot_write_even_by_a_statement_of_its_own(store):
    with pytest.raises(UnavailableError), store.reading() as read:
        read.rows(text("DELETE FROM services RETURNING name"))
