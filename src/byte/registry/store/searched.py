"""What an index of the operations is made of: services, versions and operations, as they are in one snapshot.

An index holds the operations of every version. What a version says never changes, so whoever knows which versions there
are, and how each was when it was indexed, knows what to add and what to remove without looking at any operation.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from byte.registry.records import HealthState, Kind, State
from byte.registry.store.connection import Found, Read
from byte.registry.store.tables import operations, services, versions

_ROWS: Final = 5_000
_NAMES: Final = 500
_SERVICES: Final = select(
    services.c.name, services.c.kind, services.c.title, services.c.owner, services.c.health, services.c.latest
)
_VERSIONS: Final = select(
    versions.c.id,
    versions.c.service,
    versions.c.label,
    versions.c.state,
    versions.c.operations,
    versions.c.document,
    versions.c.created_at,
)
_SOME_SERVICES: Final = _SERVICES.where(services.c.name.in_(bindparam("names", expanding=True)))
_SOME_VERSIONS: Final = _VERSIONS.where(versions.c.service.in_(bindparam("names", expanding=True)))
_IDS: Final = select(operations.c.id).order_by(operations.c.version, operations.c.position)


class Version(msgspec.Struct, frozen=True):
    """A version. `number` is the store's own, and may be another's once it is removed; `content` changes with what it says."""

    number: int
    label: str
    state: State
    operations: int
    content: str


class Service(msgspec.Struct, frozen=True):
    """What is searched of a service, and all of its versions by label."""

    name: str
    kind: Kind
    title: str
    owner: str | None
    health: HealthState
    latest: str | None
    versions: dict[str, Version]


def find(read: Read, names: Collection[str] | None = None) -> dict[str, Service]:
    """All services with their versions, or those of some names that there are."""
    if names is None:
        return _joined(read.rows(_SERVICES), read.rows(_VERSIONS))
    found: dict[str, Service] = {}
    ordered = sorted(names)
    for start in range(0, len(ordered), _NAMES):
        some = {"names": ordered[start : start + _NAMES]}
        found |= _joined(read.rows(_SOME_SERVICES, some), read.rows(_SOME_VERSIONS, some))
    return found


def _joined(of_services: Sequence[Found], of_versions: Sequence[Found]) -> dict[str, Service]:
    found: dict[str, Service] = {}
    for name, kind, title, owner, health, latest in of_services:
        found[name] = Service(name, kind, title, owner, health, latest, {})
    for number, service, label, state, count, document, created in of_versions:
        found[service].versions[label] = Version(number, label, state, count, f"{created} {document}")
    return found


def ids(read: Read) -> Iterator[str]:
    """The ids of all operations."""
    for part in read.parts(_IDS, _ROWS):
        for row in part:
            yield row[0]
