"""Who uses which operations of a service, down to the fields: declared by consumers, asked for before a contract changes."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from byte.registry.actors import Actor
from byte.registry.errors import ConflictError, StaleError
from byte.registry.faults import LINE, NAME, NAME_LENGTH, Faults
from byte.registry.records import Consumer, Event, Use
from byte.registry.store import Read, Store, Write, consumers, events, operations, services, versions

USES_MOST: Final = 500
FIELDS_MOST: Final = 500
OPERATION_LENGTH: Final = 1_000
FIELD_LENGTH: Final = 500
EVIDENCE_MOST: Final = 100
EVIDENCE_LENGTH: Final = 1_000


def declare_consumer(store: Store, who: Actor, draft: Consumer, expected: int | None, *, create: bool) -> Consumer:
    """Says what a consumer uses of a service: adds it (`create`), or replaces it where its revision is the expected one.

    Every operation must be one of the service's latest version. Whoever may publish may declare: consumers belong to
    other teams than the services that they use. Raises `ForbiddenError`, `InvalidError`, `NotFoundError`, `StaleError`.
    """
    who.must("publish")
    check_consumer(draft)
    with store.writing() as write:
        # Nobody publishes a version without its operations at the same time, unaware of this consumer.
        services.lock(write, draft.service)
        old = consumers.find(write, draft.service, draft.name)
        if create and old is not None:
            raise StaleError(f"`{old.name}` is a consumer of `{old.service}` already: replace it with `If-Match`.")
        if not create:
            old = consumers.get(write, draft.service, draft.name)
            _fresh(old, expected)
        _check_operations(write, draft)
        return _kept(write, who, old, draft, expected)


def keep_consumer(write: Write, who: Actor, draft: Consumer) -> Consumer:
    """Declares a consumer, or makes the one that is there what the draft says; of whichever version its operations are.

    Raises `ForbiddenError`, `InvalidError`, `NotFoundError`.
    """
    who.must("publish")
    check_consumer(draft)
    return _kept(write, who, consumers.find(write, draft.service, draft.name), draft, None)


def _kept(write: Write, who: Actor, old: Consumer | None, draft: Consumer, expected: int | None) -> Consumer:
    tidy = _tidy(draft)
    if old is None:
        made = consumers.add(write, tidy)
        _tell(write, who, "consumer.declared", made)
        return made
    new = msgspec.structs.replace(old, uses=tidy.uses, evidence=tidy.evidence)
    if new == old:
        return old
    kept = consumers.replace(write, new, expected)
    _tell(write, who, "consumer.updated", kept)
    return kept


def _fresh(old: Consumer, expected: int | None) -> None:
    if expected not in (None, old.revision):
        raise StaleError(f"`{old.name}` is at revision {old.revision}, not {expected}: read it again.")


def delete_consumer(store: Store, who: Actor, service: str, name: str, expected: int | None) -> None:
    """Forgets what a consumer uses. Raises `ForbiddenError`, `NotFoundError`, `StaleError`."""
    who.must("publish")
    with store.writing() as write:
        old = consumers.get(write, service, name)
        consumers.remove(write, service, name, expected)
        _tell(write, who, "consumer.deleted", old)


def check_consumer(consumer: Consumer) -> None:
    """Raises `InvalidError` with everything that cannot be kept, operations aside: those depend on the service."""
    faults = Faults()
    faults.matches("/name", consumer.name, NAME, NAME_LENGTH)
    faults.few("/uses", consumer.uses, USES_MOST)
    faults.few("/evidence", consumer.evidence, EVIDENCE_MOST)
    for index, use in enumerate(consumer.uses):
        faults.matches(f"/uses/{index}/operation", use.operation, LINE, OPERATION_LENGTH)
        for field, paths in (("reads", use.reads), ("sends", use.sends)):
            faults.few(f"/uses/{index}/{field}", paths, FIELDS_MOST)
            for number, path in enumerate(paths):
                faults.matches(f"/uses/{index}/{field}/{number}", path, LINE, FIELD_LENGTH)
    for index, line in enumerate(consumer.evidence):
        faults.matches(f"/evidence/{index}", line, LINE, EVIDENCE_LENGTH)
    faults.settle("consumer")


def _check_operations(read: Read, draft: Consumer) -> None:
    """Raises `InvalidError` where a use names an operation that the latest version does not have."""
    if not draft.uses:
        return
    latest = versions.latest(read, draft.service)
    if latest is None:
        raise ConflictError(f"`{draft.service}` has no version yet: nothing of it can be used.")
    known = operations.known(read, draft.service, latest.label, {use.operation for use in draft.uses})
    faults = Faults()
    for index, use in enumerate(draft.uses):
        if use.operation not in known:
            faults.add(f"/uses/{index}/operation", f"`{latest.label}` of `{draft.service}` has no such operation.")
    faults.settle("consumer")


def _tidy(consumer: Consumer) -> Consumer:
    """One use an operation with its fields once each, and evidence once: what says the same is the same."""
    reads: dict[str, set[str]] = {}
    sends: dict[str, set[str]] = {}
    for use in consumer.uses:
        reads.setdefault(use.operation, set()).update(use.reads)
        sends.setdefault(use.operation, set()).update(use.sends)
    uses = tuple(Use(name, _sorted(reads[name]), _sorted(sends[name])) for name in reads)
    return msgspec.structs.replace(consumer, uses=uses, evidence=tuple(dict.fromkeys(consumer.evidence)))


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values))


def _tell(write: Write, who: Actor, kind: str, consumer: Consumer) -> None:
    data: dict[str, Any] = {"consumer": consumer.name, "operations": len(consumer.uses), "revision": consumer.revision}
    events.append(write, Event(type=kind, service=consumer.service, subject=consumer.name, actor=who.name, data=data))
