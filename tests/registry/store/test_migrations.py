"""Migrations: up, down and up again on both databases, and never apart from the tables that the code uses."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from byte.registry.errors import RegistryError, UnavailableError
from byte.registry.records import Event, Service, Webhook
from byte.registry.store import Store, events, migrate, services, webhooks
from byte.registry.store.engine import address, engines
from byte.registry.store.tables import metadata


def test_migrations_go_up_down_and_up_again(empty_url):
    assert migrate.upgrade(empty_url) == migrate.HEAD
    assert migrate.downgrade(empty_url, "base") is None
    reached = engines(address(empty_url), create=False)
    assert inspect(reached.reads).get_table_names() == ["alembic_version"]
    reached.dispose()
    assert migrate.upgrade(empty_url) == migrate.HEAD
    store = Store.open(empty_url, create=False)
    assert store.ready() == []
    with store.writing() as write:
        services.add(write, Service(name="orders"))
        events.append(write, Event(type="service.created", actor="me"))
    store.close()


def test_what_is_kept_stays_when_a_revision_is_stepped_down_and_up_again(empty_url):
    store = Store.open(empty_url)
    with store.writing() as write:
        services.add(write, Service(name="orders"))
        webhooks.add(write, Webhook(id="a", url="https://a.test/", service="orders"), b"first")
        webhooks.set_secret(write, "a", b"second", write.now + 10**9)
    store.close()
    assert migrate.downgrade(empty_url, "0001") == "0001"
    assert migrate.upgrade(empty_url) == migrate.HEAD
    store = Store.open(empty_url, create=False)
    with store.reading() as read:
        assert services.get(read, "orders").name == "orders"
        assert webhooks.get(read, "a").service == "orders"
        assert webhooks.secrets(read, "a", 0) == (b"second",)
    store.close()


def test_the_tables_of_the_code_are_those_of_the_migrations(store):
    with store.reading() as read:
        context = MigrationContext.configure(read.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        found = inspect(read.connection)
        for table in metadata.sorted_tables:
            # What the comparison above does not look at.
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [
                column.name for column in table.primary_key.columns
            ]
            kept = {
                (*key["constrained_columns"], key["options"].get("ondelete"))
                for key in found.get_foreign_keys(table.name)
            }
            assert kept == {(key.parent.name, key.ondelete) for key in table.foreign_keys}


def test_the_head_is_that_of_the_scripts():
    config = Config()
    config.set_main_option("script_location", str(migrate._SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_a_store_that_is_not_migrated_says_so_and_is_no_empty_list(empty_url):
    Store.open(empty_url).close()
    migrate.downgrade(empty_url, "base")
    store = Store.open(empty_url, create=False)
    assert store.ready() == [f"The store is at revision none, this Byte needs {migrate.HEAD}: run `byte migrate`."]
    with pytest.raises(UnavailableError, match="run `byte migrate`"), store.reading() as read:
        services.page(read)
    store.close()


def test_the_store_of_a_newer_byte_is_left_alone(database_url):
    store = Store.open(database_url)
    with store.writing() as write:
        write.run(text("UPDATE alembic_version SET version_num = '9999'"))
    assert len(store.ready()) == 1
    store.close()
    with pytest.raises(UnavailableError, match="of a newer Byte"):
        Store.open(database_url)


def test_replicas_that_start_together_migrate_once(empty_url):
    failures: list[Exception] = []

    def start() -> None:
        try:
            Store.open(empty_url).close()
        except RegistryError as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    store = Store.open(empty_url, create=False)
    assert store.ready() == []
    store.close()
