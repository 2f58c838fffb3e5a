"""Services in the store.

Three of a service's fields are not its editors': `latest` follows its versions, `health` and `health_since` its probes.
They count as edits all the same, for a revision stands for all that is shown.
"""

from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, exists, insert, select, update

from byte.registry.errors import Fault, InUseError, InvalidError
from byte.registry.records import HealthState, Kind, Lifecycle, Page, Service
from byte.registry.store import owners, policies, tables
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.steps import Steps
from byte.registry.store.tables import service_tags, services

REMEMBERED: Final = 4_096
"""How many services are known again when they are read as they were: with descriptions of some kilobytes, 10 MB."""
_KEPT: Final = Kept(Service, services, "service", fixed=("health", "health_since", "latest"), remembered=REMEMBERED)
_LISTING: Final = Listing(
    "services",
    _KEPT.shape,
    {
        "name": [services.c.name],
        "updated_at": [services.c.updated_at, services.c.name],
        "created_at": [services.c.created_at, services.c.name],
    },
    {
        **{name: services.c[name] == bindparam(name) for name in ("kind", "owner", "lifecycle", "health")},
        "tag": exists().where(service_tags.c.tag == bindparam("tag"), service_tags.c.service == services.c.name),
    },
)
_TAG: Final = insert(service_tags)
_UNTAG: Final = delete(service_tags).where(service_tags.c.service == bindparam("name"))
_CONSUMER: Final = select(tables.consumers.c.name).where(tables.consumers.c.service == bindparam("name")).limit(1)
_DOCUMENTS: Final = select(tables.versions.c.document).where(tables.versions.c.service == bindparam("name")).distinct()
_ORPHAN: Final = delete(tables.documents).where(
    tables.documents.c.digest == bindparam("orphan"),
    ~exists().where(tables.versions.c.document == bindparam("orphan")),
)
_FOLLOW: Final = update(services).where(services.c.name == bindparam("k_name"))
_HEALTH: Final = _FOLLOW.values(
    health=bindparam("state"),
    health_since=bindparam("since"),
    revision=services.c.revision + 1,
    updated_at=bindparam("now"),
)
_LATEST: Final = _FOLLOW.values(
    latest=bindparam("label"), revision=services.c.revision + 1, updated_at=bindparam("now")
)


class ServiceFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which services to list: None lets all through."""

    kind: Kind | None = None
    owner: str | None = None
    lifecycle: Lifecycle | None = None
    tag: str | None = None
    health: HealthState | None = None


ALL: Final = ServiceFilter()


def find(read: Read, name: str) -> Service | None:
    """A service, None where there is none."""
    return _KEPT.find(read, name)


def get(read: Read, name: str) -> Service:
    """A service. Raises `NotFoundError`."""
    return _KEPT.get(read, name)


def get_steps(name: str) -> Steps[Service]:
    """`get` as the last steps of a read."""
    return _KEPT.get_steps(name)


def lock(write: Write, name: str) -> Service:
    """A service that nobody else edits, and publishes to, before this transaction ends. Raises `NotFoundError`.

    Whoever decides by what is there (a publish on the latest version) locks first and reads then.
    """
    return _KEPT.lock(write, name)


def page(
    read: Read, asked: ServiceFilter = ALL, sort: str = "name", limit: int = 50, cursor: str | None = None
) -> Page[Service]:
    """Services by `name`, `created_at` or `updated_at`, with "-" from the last. Raises `InvalidError` (sort, cursor)."""
    return _LISTING.page(read, msgspec.structs.asdict(asked), sort, limit, cursor)


def page_steps(
    asked: ServiceFilter = ALL, sort: str = "name", limit: int = 50, cursor: str | None = None
) -> Steps[Page[Service]]:
    """`page` as the last steps of a read."""
    return _LISTING.page_steps(msgspec.structs.asdict(asked), sort, limit, cursor)


def add(write: Write, service: Service) -> Service:
    """A new service, as it is kept. Raises `ExistsError`, and `InvalidError` for an owner that is none."""
    _owned(write, service)
    added = _KEPT.add(write, msgspec.structs.replace(service, latest=None))
    _tag(write, added)
    return added


def replace(write: Write, service: Service, expected: int | None = None) -> Service:
    """An edited service, as it is kept. Raises `NotFoundError`, `StaleError`, and `InvalidError` for an unknown owner."""
    _owned(write, service)
    after = _KEPT.replace(write, service, expected)
    write.run(_UNTAG, {"name": service.name})
    _tag(write, after)
    return after


def remove(write: Write, name: str, expected: int | None = None) -> Service:
    """Removes a service and all that is of it: versions, reviews, checks. Events stay.

    Raises `NotFoundError`, `StaleError`, and `InUseError` while it has consumers.
    """
    _KEPT.at(write, (name,), expected)
    consumer = write.value(_CONSUMER, {"name": name})
    if consumer is not None:
        raise InUseError(f"The service `{name}` is still used by `{consumer}`: remove its consumers first.")
    kept = [row[0] for row in write.rows(_DOCUMENTS, {"name": name})]
    removed = _KEPT.remove(write, (name,), expected)
    policies.drop(write, name)
    for digest in kept:
        write.run(_ORPHAN, {"orphan": digest})
    return removed


def set_health(write: Write, name: str, state: HealthState, since: int) -> Service:
    """Says how a service is, since when. Raises `NotFoundError`."""
    before = _KEPT.lock(write, name)
    now = write.now
    write.run(_HEALTH, {"k_name": name, "state": state, "since": since, "now": now})
    return msgspec.structs.replace(
        before, health=state, health_since=since, revision=before.revision + 1, updated_at=now
    )


def set_latest(write: Write, name: str, label: str | None) -> None:
    """Says which version of a service is its latest: `versions` does."""
    write.run(_LATEST, {"k_name": name, "label": label, "now": write.now})


def _owned(write: Write, service: Service) -> None:
    if service.owner is not None and owners.find(write, service.owner) is None:
        fault = Fault(f"There is no owner `{service.owner}`.", "/owner")
        raise InvalidError(f"There is no owner `{service.owner}`: make it first.", (fault,))


def _tag(write: Write, service: Service) -> None:
    write.run(_TAG, [{"tag": tag, "service": service.name} for tag in sorted(set(service.tags))])
