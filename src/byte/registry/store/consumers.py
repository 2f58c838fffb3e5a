"""Consumers in the store: who uses which operations of a service."""

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, exists, insert, select

from byte.model.fields import called
from byte.registry.errors import NotFoundError
from byte.registry.records import Consumer, Page
from byte.registry.store import services
from byte.registry.store.connection import Read, Write
from byte.registry.store.facets import number_of
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.paging import cursor_of, keys_of
from byte.registry.store.tables import clean, consumers, uses

_KEPT: Final = Kept(Consumer, consumers, "consumer", key=("service", "name"))
_LISTING: Final = Listing(
    "consumers",
    _KEPT.shape,
    {"service": [consumers.c.service, consumers.c.name]},
    {
        **{name: consumers.c[name] == bindparam(name) for name in ("service", "name")},
        "operation": exists().where(
            uses.c.service == consumers.c.service,
            uses.c.operation == bindparam("operation"),
            uses.c.consumer == consumers.c.name,
        ),
    },
)
_USES: Final = insert(uses)
_FORGET: Final = delete(uses).where(uses.c.service == bindparam("of"), uses.c.consumer == bindparam("by"))
_ALL: Final = select(*_KEPT.shape.columns).where(consumers.c.service == bindparam("of")).order_by(consumers.c.name)


class ConsumerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which consumers to list: those of a service, those of a name (all that one service uses), those that use an
    operation (by its name); None lets all through.
    """

    service: str | None = None
    name: str | None = None
    operation: str | None = None


ALL: Final = ConsumerFilter()


def find(read: Read, service: str, name: str) -> Consumer | None:
    """A consumer of a service, None where there is none."""
    return _KEPT.find(read, service, name)


def get(read: Read, service: str, name: str) -> Consumer:
    """A consumer of a service. Raises `NotFoundError`."""
    return _KEPT.get(read, service, name)


def page(read: Read, asked: ConsumerFilter = ALL, limit: int = 50, cursor: str | None = None) -> Page[Consumer]:
    """Consumers by service and name. Raises `InvalidError` (cursor)."""
    number = None if asked.operation is None else number_of(clean(asked.operation))
    return _LISTING.page(read, {**msgspec.structs.asdict(asked), "operation": number}, "service", limit, cursor)


def uses_of(read: Read, service: str) -> tuple[Consumer, ...]:
    """All consumers of a service, by name."""
    return tuple(map(_KEPT.shape.load, read.rows(_ALL, {"of": service})))


def users(read: Read, service: str, operation: str, limit: int = 50, cursor: str | None = None) -> Page[Consumer]:
    """Who uses an operation, by name, whatever they call its parameters. Raises `InvalidError` (cursor)."""
    after = keys_of(cursor, "users", (str,))[0] if cursor is not None else ""
    wanted = called(operation)
    found = [
        one
        for one in uses_of(read, service)
        if one.name > after and any(called(use.operation) == wanted for use in one.uses)
    ]
    items = tuple(found[:limit])
    return Page(items, cursor_of("users", (items[-1].name,)) if len(found) > limit else None)


def add(write: Write, consumer: Consumer) -> Consumer:
    """A new consumer, as it is kept. Raises `ExistsError`, and `NotFoundError` without the service."""
    if services.find(write, consumer.service) is None:
        raise NotFoundError(f"There is no service `{consumer.service}`.")
    added = _KEPT.add(write, consumer)
    _index(write, added)
    return added


def replace(write: Write, consumer: Consumer, expected: int | None = None) -> Consumer:
    """An edited consumer, as it is kept. Raises `NotFoundError` and `StaleError`."""
    after = _KEPT.replace(write, consumer, expected)
    _index(write, after)
    return after


def remove(write: Write, service: str, name: str, expected: int | None = None) -> Consumer:
    """Removes a consumer. Raises `NotFoundError` and `StaleError`."""
    removed = _KEPT.remove(write, (service, name), expected)
    write.run(_FORGET, {"of": service, "by": name})
    return removed


def _index(write: Write, consumer: Consumer) -> None:
    write.run(_FORGET, {"of": consumer.service, "by": consumer.name})
    used = sorted({number_of(clean(use.operation)) for use in consumer.uses})
    write.run(_USES, [{"service": consumer.service, "operation": one, "consumer": consumer.name} for one in used])
