"""Notices to consumers: an event for each whose used operations a version deprecates or breaks, in the transaction of its cause.

`consumer.notified` bears the consumer as its subject, so that a webhook of its team hears of it.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, Literal

from byte.model.consulted import Affected
from byte.model.difference import Difference
from byte.model.fields import called
from byte.registry import clock
from byte.registry.actors import Actor
from byte.registry.records import STATES, Consumer, Event, Version
from byte.registry.store import Read, Write, consumers, events, operations

EVENT: Final = "consumer.notified"
MOST: Final = 50
"""Operations, fields and reasons that a notice lists; it tells how many there are."""
_REASON: Final = 500
_PAGE: Final = 200

Cause = Literal["breaks", "deprecated"]


def of_breaks(write: Write, who: Actor, version: Version, hits: Iterable[tuple[Difference, Affected]]) -> None:
    """Tells each consumer that a version breaks, once: its operations, its fields and the reasons."""
    by_consumer: dict[str, list[Affected]] = {}
    for _, hit in hits:
        by_consumer.setdefault(hit.consumer, []).append(hit)
    for name in sorted(by_consumer):
        found = by_consumer[name]
        data = {
            "certain": any(hit.certain for hit in found),
            "operations": sorted({hit.operation for hit in found}),
            "fields": sorted({field for hit in found for field in hit.fields}),
            "reasons": list(dict.fromkeys(hit.reason[:_REASON] for hit in found)),
        }
        _notify(write, who, version, name, "breaks", data)


def of_deprecation(write: Write, who: Actor, version: Version) -> None:
    """Tells everybody who uses an operation of a version that is deprecated now, and until when it stays."""
    known = consumers.uses_of(write, version.service)
    names = _names(write, version.service, version.label, None) if known else ()
    for consumer, used in users(known, frozenset(names)):
        _notify(write, who, version, consumer.name, "deprecated", {"operations": sorted(used)})


def of_operations(write: Write, who: Actor, version: Version, names: Iterable[str], base: str | None) -> None:
    """Tells who uses operations that a version deprecates (`names`) and the one before did not."""
    fresh = set(names)
    if fresh and base is not None:
        fresh -= frozenset(deprecated(write, version.service, base))
    if not fresh:
        return
    for consumer, used in users(consumers.uses_of(write, version.service), fresh):
        _notify(write, who, version, consumer.name, "deprecated", {"operations": sorted(used)})


def deprecated(read: Read, service: str, label: str) -> Iterator[str]:
    """The names of the operations that a version deprecates."""
    return _names(read, service, label, True)


def _names(read: Read, service: str, label: str, deprecated: bool | None) -> Iterator[str]:
    """The names of the operations of a version: of those that it deprecates, of the others, or (None) of all."""
    asked = operations.OperationFilter(service=service, version=label, deprecated=deprecated, states=STATES)
    cursor: str | None = None
    while True:
        page = operations.page(read, asked, _PAGE, cursor)
        yield from (operation.name for operation in page.items)
        cursor = page.next
        if cursor is None:
            return


def users(among: Iterable[Consumer], names: Collection[str]) -> Iterator[tuple[Consumer, frozenset[str]]]:
    """Who uses any of some operations, and which of them, by the names that the consumers use."""
    wanted = {called(name) for name in names}
    for consumer in among:
        used = frozenset(use.operation for use in consumer.uses if called(use.operation) in wanted)
        if used:
            yield consumer, used


def _notify(write: Write, who: Actor, version: Version, consumer: str, cause: Cause, data: dict[str, Any]) -> None:
    told: dict[str, Any] = {"consumer": consumer, "cause": cause, "state": version.state}
    for key, value in data.items():
        told[key] = value[:MOST] if isinstance(value, list) else value
        if isinstance(value, list) and len(value) > MOST:
            told[f"{key}_count"] = len(value)
    if version.sunset is not None:
        told["sunset_at"] = clock.shown(version.sunset)
    event = Event(
        type=EVENT, service=version.service, version=version.label, subject=consumer, actor=who.name, data=told
    )
    events.append(write, event)
