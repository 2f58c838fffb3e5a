"""Services and the teams that own them: registered, edited, handed over, removed.

Every edit is one transaction with its event. An edit that changes nothing leaves the record and its revision alone, so
that a request can be sent twice.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from byte.registry.actors import Actor
from byte.registry.errors import ConflictError, ForbiddenError, StaleError
from byte.registry.faults import (
    BASE_URL,
    NAME,
    NAME_LENGTH,
    PATH,
    TAG_LENGTH,
    TEXT,
    TEXT_LENGTH,
    URL,
    URL_LENGTH,
    Faults,
)
from byte.registry.records import KINDS, LIFECYCLES, Event, Link, Owner, Probe, Service
from byte.registry.store import Store, Write, events, owners, services

Record = TypeVar("Record", Service, Owner)
Edit = Callable[[Record], Record]
"""What a record becomes. Only what its owner may write is taken over; the rest stays."""

TAGS_MOST: Final = 50
LINKS_MOST: Final = 50
INTERVAL: Final = (10, 86_400)
TIMEOUT: Final = (1, 60)
EXPECT_MOST: Final = 20
_SERVICE: Final = ("kind", "title", "description", "lifecycle", "tags", "links", "base_url", "probe")
_OWNER: Final = ("title", "contacts")


# --- services ----------------------------------------------------------------------------------


def create_service(store: Store, who: Actor, draft: Service) -> Service:
    """Registers a service: `add_service` in a transaction of its own."""
    who.must("publish")
    with store.writing() as write:
        return add_service(write, who, draft)


def add_service(write: Write, who: Actor, draft: Service) -> Service:
    """Registers a service, for the caller's team where the draft names no owner.

    Raises `ForbiddenError`, `InvalidError`, `ExistsError`.
    """
    made = services.add(write, checked_service(who, draft))
    _tell(write, who, "service.created", service=made.name, data=_written(made, (*_SERVICE, "owner")))
    return made


def checked_service(who: Actor, draft: Service) -> Service:
    """A service as it would be registered, for the caller's team where the draft names no owner.

    Raises `ForbiddenError`, `InvalidError`.
    """
    draft = _tidy(draft, draft.owner or who.owner)
    who.must_own(draft.owner)
    check_service(draft)
    return draft


def put_service(store: Store, who: Actor, draft: Service, expected: int | None) -> Service:
    """Replaces all that the owner of a service may write. Its team is changed by `transfer_service` only."""
    return edit_service(store, who, draft.name, expected, lambda _: draft)


def edit_service(store: Store, who: Actor, name: str, expected: int | None, edit: Edit[Service]) -> Service:
    """Makes of a service what `edit` says: `change_service` in a transaction of its own."""
    who.must("publish")
    with store.writing() as write:
        return change_service(write, who, name, expected, edit)


def change_service(write: Write, who: Actor, name: str, expected: int | None, edit: Edit[Service]) -> Service:
    """Makes of a service what `edit` says. `expected` is the revision that it must have, None for any.

    Raises `ForbiddenError`, `NotFoundError`, `StaleError`, `InvalidError`, `ConflictError`.
    """
    old = _mine(write, who, name, expected)
    draft = edit(old)
    _same_owner(old, draft)
    new = _tidy(_taken(old, draft, _SERVICE), old.owner)
    check_service(new)
    if new.kind != old.kind and old.latest is not None:
        raise ConflictError(
            f"`{name}` has versions of the kind `{old.kind}`: its kind stays. Register another service for `{new.kind}`."
        )
    if new == old:
        return old
    kept = services.replace(write, new, expected)
    _tell(write, who, "service.updated", service=name, data=_changed(old, kept, _SERVICE))
    return kept


def keep_service(write: Write, who: Actor, draft: Service) -> Service:
    """Registers a service, or makes the one that is there what the draft says, its owner included.

    That it shall have no owner only an admin can say: in the drafts of others that is the owner that it has.
    """
    old = services.find(write, draft.name)
    if old is None:
        return add_service(write, who, draft)
    if draft.owner is not None or who.scope == "admin":
        hand_over(write, who, draft.name, draft.owner, None)
    return change_service(write, who, draft.name, None, lambda _: draft)


def delete_service(store: Store, who: Actor, name: str, expected: int | None) -> None:
    """Removes a service with its versions. Raises `InUseError` while consumers are declared."""
    who.must("publish")
    with store.writing() as write:
        old = _mine(write, who, name, expected)
        services.remove(write, name, expected)
        _tell(write, who, "service.deleted", service=name, data=_written(old, (*_SERVICE, "owner", "latest")))


def transfer_service(store: Store, who: Actor, name: str, owner: str, expected: int | None) -> Service:
    """Hands a service to another team: `hand_over` in a transaction of its own."""
    who.must("publish")
    with store.writing() as write:
        return hand_over(write, who, name, owner, expected)


def hand_over(write: Write, who: Actor, name: str, owner: str | None, expected: int | None) -> Service:
    """Hands a service to another team. Who owns it, or an admin, may.

    Raises `ForbiddenError`, `NotFoundError`, `StaleError`, and `InvalidError` for a team that is none.
    """
    old = _mine(write, who, name, expected)
    if owner == old.owner:
        return old
    kept = services.replace(write, msgspec.structs.replace(old, owner=owner), expected)
    _tell(write, who, "service.transferred", service=name, data={"from": old.owner, "to": owner})
    return kept


def _mine(write: Write, who: Actor, name: str, expected: int | None) -> Service:
    """A service that the caller may change, locked, at the revision that they expect."""
    who.must("publish")
    old = services.lock(write, name)
    who.must_own(old.owner)
    _fresh(old, expected)
    return old


def check_service(service: Service) -> None:
    """Raises `InvalidError` with every field that cannot be kept."""
    faults = Faults()
    faults.matches("/name", service.name, NAME, NAME_LENGTH)
    faults.one_of("/kind", service.kind, KINDS)
    faults.one_of("/lifecycle", service.lifecycle, LIFECYCLES)
    faults.line("/title", service.title)
    faults.matches("/description", service.description, TEXT, TEXT_LENGTH)
    faults.few("/tags", service.tags, TAGS_MOST)
    for index, tag in enumerate(service.tags):
        faults.matches(f"/tags/{index}", tag, NAME, TAG_LENGTH)
    _check_links(faults, "/links", service.links)
    if service.owner is not None:
        faults.matches("/owner", service.owner, NAME, NAME_LENGTH)
    if service.base_url is not None:
        faults.matches("/base_url", service.base_url, BASE_URL, URL_LENGTH)
    _check_probe(faults, service.probe)
    faults.settle("service")


def _check_probe(faults: Faults, probe: Probe) -> None:
    faults.matches("/probe/path", probe.path, PATH, URL_LENGTH)
    faults.between("/probe/interval_seconds", probe.interval, *INTERVAL)
    faults.between("/probe/timeout_seconds", probe.timeout, *TIMEOUT)
    faults.few("/probe/expected_statuses", probe.expect, EXPECT_MOST)
    for index, status in enumerate(probe.expect):
        faults.between(f"/probe/expected_statuses/{index}", status, 100, 599)


def _tidy(service: Service, owner: str | None) -> Service:
    """Tags and expected statuses once each and in order: two drafts that say the same are the same."""
    probe = msgspec.structs.replace(service.probe, expect=tuple(sorted(set(service.probe.expect))))
    return msgspec.structs.replace(service, owner=owner, tags=tuple(sorted(set(service.tags))), probe=probe)


def _same_owner(old: Service, draft: Service) -> None:
    if draft.owner is not None and draft.owner != old.owner:
        raise ConflictError(f"`{old.name}` belongs to `{old.owner}`. Its owner changes by a transfer, not by an edit.")


# --- owners ------------------------------------------------------------------------------------


def create_owner(store: Store, who: Actor, draft: Owner) -> Owner:
    """Adds a team: `add_owner` in a transaction of its own."""
    who.must("admin")
    with store.writing() as write:
        return add_owner(write, who, draft)


def add_owner(write: Write, who: Actor, draft: Owner) -> Owner:
    """Adds a team. Only an admin may. Raises `ForbiddenError`, `InvalidError`, `ExistsError`."""
    who.must("admin")
    check_owner(draft)
    made = owners.add(write, draft)
    _tell(write, who, "owner.created", subject=made.name, data=_written(made, _OWNER))
    return made


def put_owner(store: Store, who: Actor, draft: Owner, expected: int | None) -> Owner:
    """Replaces all that may be written of a team."""
    return edit_owner(store, who, draft.name, expected, lambda _: draft)


def edit_owner(store: Store, who: Actor, name: str, expected: int | None, edit: Edit[Owner]) -> Owner:
    """Makes of a team what `edit` says: `change_owner` in a transaction of its own."""
    with store.writing() as write:
        return change_owner(write, who, name, expected, edit)


def change_owner(write: Write, who: Actor, name: str, expected: int | None, edit: Edit[Owner]) -> Owner:
    """Makes of a team what `edit` says. A key of the team, or an admin's, may.

    Raises `ForbiddenError`, `NotFoundError`, `StaleError`, `InvalidError`.
    """
    who.must("publish")
    if who.scope != "admin" and who.owner != name:
        raise ForbiddenError(f"Your key is that of `{who.owner}`: it cannot edit `{name}`.")
    old = owners.lock(write, name)
    _fresh(old, expected)
    new = _taken(old, edit(old), _OWNER)
    check_owner(new)
    if new == old:
        return old
    kept = owners.replace(write, new, expected)
    _tell(write, who, "owner.updated", subject=name, data=_changed(old, kept, _OWNER))
    return kept


def keep_owner(write: Write, who: Actor, draft: Owner) -> Owner:
    """Adds a team, or makes the one that is there what the draft says."""
    if owners.find(write, draft.name) is None:
        return add_owner(write, who, draft)
    return change_owner(write, who, draft.name, None, lambda _: draft)


def delete_owner(store: Store, who: Actor, name: str, expected: int | None) -> None:
    """Removes a team. Raises `InUseError` while services belong to it."""
    who.must("admin")
    with store.writing() as write:
        old = owners.lock(write, name)
        _fresh(old, expected)
        owners.remove(write, name, expected)
        _tell(write, who, "owner.deleted", subject=name, data=_written(old, _OWNER))


def check_owner(owner: Owner) -> None:
    """Raises `InvalidError` with every field that cannot be kept."""
    faults = Faults()
    faults.matches("/name", owner.name, NAME, NAME_LENGTH)
    faults.line("/title", owner.title)
    _check_links(faults, "/contacts", owner.contacts)
    faults.settle("owner")


# --- both --------------------------------------------------------------------------------------


def merged(value: Any, patch: Any) -> Any:
    """A JSON value with a merge patch on it (RFC 7396): members replace members, null removes them.

    A patch is as deep as the model that read it lets it be.
    """
    if not isinstance(patch, Mapping):
        return patch
    out = dict(value) if isinstance(value, Mapping) else {}
    for name, change in patch.items():
        if change is None:
            out.pop(name, None)
        else:
            out[name] = merged(out.get(name), change)
    return out


def _check_links(faults: Faults, pointer: str, links: tuple[Link, ...]) -> None:
    faults.few(pointer, links, LINKS_MOST)
    for index, link in enumerate(links):
        faults.matches(f"{pointer}/{index}/rel", link.rel, NAME, TAG_LENGTH)
        faults.matches(f"{pointer}/{index}/url", link.url, URL, URL_LENGTH)


def _fresh(record: Record, expected: int | None) -> None:
    if expected not in (None, record.revision):
        raise StaleError(f"`{record.name}` is at revision {record.revision}, not {expected}: read it again.")


def _taken(old: Record, draft: Record, fields: tuple[str, ...]) -> Record:
    """The old record with the fields of the draft that may be written."""
    return msgspec.structs.replace(old, **{field: getattr(draft, field) for field in fields})


def _written(record: Record, fields: tuple[str, ...]) -> dict[str, Any]:
    """What a record says beyond the defaults, for its event."""
    plain = type(record)(name=record.name)
    return {
        field: msgspec.to_builtins(getattr(record, field))
        for field in fields
        if getattr(record, field) != getattr(plain, field)
    }


def _changed(old: Record, new: Record, fields: tuple[str, ...]) -> dict[str, Any]:
    changed = [field for field in fields if getattr(old, field) != getattr(new, field)]
    return {"changed": changed, "revision": new.revision}


def _tell(
    write: Write, who: Actor, kind: str, *, service: str | None = None, subject: str = "", data: Mapping[str, Any]
) -> None:
    events.append(write, Event(type=kind, service=service, subject=subject or service or "", actor=who.name, data=data))
