"""All of a registry as lines of NDJSON, from which an empty one becomes the same: revisions, health, reviews and events aside."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from byte.registry import clock
from byte.registry.lines import (
    ConsumerLine,
    Line,
    OverrideLine,
    OwnerLine,
    PolicyLine,
    ServiceLine,
    VersionLine,
    probe_line,
    with_document,
)
from byte.registry.records import Page, Version
from byte.registry.store import Read, Store, consumers, overrides, owners, policies, services, versions

T = TypeVar("T")
_PAGE: Final = 200
_ENCODER: Final = msgspec.json.Encoder()


def export(store: Store) -> Iterator[bytes]:
    """All owners, services, versions with their documents, consumers, policies and overrides, as lines that can be imported.

    Of one moment, and in one order: two registries that hold the same are exported alike.
    """
    with store.reading() as read:
        for line in _lines(read):
            yield _ENCODER.encode(line) + b"\n"


def _lines(read: Read) -> Iterator[Line]:
    for owner in _all(lambda cursor: owners.page(read, "name", _PAGE, cursor)):
        yield OwnerLine(
            name=owner.name, title=owner.title, contacts=owner.contacts, created_at=clock.moment(owner.created_at)
        )
    yield from _policy_lines(read, policies.DEFAULT)
    for service in _all(lambda cursor: services.page(read, services.ALL, "name", _PAGE, cursor)):
        fields = {field: getattr(service, field) for field in ServiceLine.__struct_fields__}
        fields |= {"probe": probe_line(service.probe), "created_at": clock.moment(service.created_at)}
        yield ServiceLine(**fields)
        yield from _policy_lines(read, service.name)
        yield from _versions(read, service.name)
    for consumer in _all(lambda cursor: consumers.page(read, consumers.ALL, _PAGE, cursor)):
        yield ConsumerLine(
            service=consumer.service,
            name=consumer.name,
            uses=consumer.uses,
            evidence=consumer.evidence,
            created_at=clock.moment(consumer.created_at),
        )
    for override in overrides.all_of(read):
        fields = {field: getattr(override, field) for field in OverrideLine.__struct_fields__}
        yield OverrideLine(
            **{**fields, "until": clock.moment(override.until), "created_at": clock.moment(override.created_at)}
        )


def _policy_lines(read: Read, service: str) -> Iterator[PolicyLine]:
    """The policy that a service has for itself, if it has one."""
    policy = policies.find(read, service)
    if policy is not None:
        fields = {field: getattr(policy, field) for field in PolicyLine.__struct_fields__}
        yield PolicyLine(**{**fields, "service": service or None, "created_at": clock.moment(policy.created_at)})


def _versions(read: Read, service: str) -> Iterator[VersionLine]:
    for version in _all(lambda cursor: versions.page(read, service, None, "sequence", _PAGE, cursor)):
        yield _version_line(version, versions.document(read, version.document).data)


def _version_line(version: Version, data: bytes) -> VersionLine:
    line = VersionLine(
        service=version.service,
        label=version.label,
        state=version.state,
        base=version.base,
        sunset=_moment(version.sunset),
        deprecated_at=_moment(version.deprecated_at),
        actor=version.actor,
        commit=version.commit,
        created_at=clock.moment(version.created_at),
    )
    return with_document(line, data)


def _moment(at: int | None) -> datetime | None:
    return None if at is None else clock.moment(at)


def _all(page: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """The items of all pages."""
    cursor: str | None = None
    while True:
        found = page(cursor)
        yield from found.items
        if found.next is None:
            return
        cursor = found.next
