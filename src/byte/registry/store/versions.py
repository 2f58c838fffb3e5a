"""Versions in the store: what a document said, kept whole in one transaction, and never edited but for its state."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, case, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from byte.registry.errors import ConflictError, ExistsError, NotFoundError, UnavailableError
from byte.registry.records import Component, Content, Document, Operation, Page, Service, State, Version, identity
from byte.registry.store import facets, services, tables
from byte.registry.store.connection import Read, Write
from byte.registry.store.kept import Kept, Listing
from byte.registry.store.packing import pack, squeeze, unpack, unsqueeze
from byte.registry.store.paging import cursor_of, keys_of
from byte.registry.store.steps import Steps
from byte.registry.store.tables import clean, versions

_EDITED: Final = frozenset({"state", "sunset", "deprecated_at", "revision", "created_at", "updated_at"})
_KEY: Final = ("service", "label")
_KEPT: Final = Kept(
    Version,
    versions,
    "version",
    key=_KEY,
    fixed=[name for name in Version.__struct_fields__ if name not in _EDITED and name not in _KEY],
)
_LISTING: Final = Listing(
    "versions",
    _KEPT.shape,
    {"sequence": [versions.c.sequence]},
    {name: versions.c[name] == bindparam(name) for name in ("service", "state")},
)
_OF: Final = versions.c.service == bindparam("service")
_LATEST: Final = (
    select(*_KEPT.shape.columns)
    .where(_OF)
    .order_by(case((versions.c.state == "active", 0), else_=1), versions.c.sequence.desc())
    .limit(1)
)
_IN_USE: Final = (
    select(*_KEPT.shape.columns)
    .where(_OF, versions.c.state.in_(("active", "deprecated")))
    .order_by(versions.c.state, versions.c.sequence.desc())
    .limit(1)
)
_SEQUENCE: Final = select(func.max(versions.c.sequence)).where(_OF)
_NUMBER: Final = select(versions.c.id, versions.c.kind).where(_OF, versions.c.label == bindparam("label"))
_TAKEN: Final = select(versions.c.label).where(_OF, versions.c.label == bindparam("label"))
_ADD: Final = insert(versions).returning(versions.c.id)
_ADD_DOCUMENT: Final = upsert(tables.documents).on_conflict_do_nothing(index_elements=[tables.documents.c.digest])
_DOCUMENT: Final = select(
    tables.documents.c.digest, tables.documents.c.media_type, tables.documents.c.data, tables.documents.c.size
).where(tables.documents.c.digest == bindparam("digest"))
_ADD_OPERATION: Final = insert(tables.operations)
_ADD_TAG: Final = insert(tables.operation_tags)
_ADD_FACET: Final = insert(tables.facets)
_ADD_COMPONENT: Final = insert(tables.components)
_DROP_FACETS: Final = delete(tables.facets).where(tables.facets.c.version == bindparam("number"))
_FACETS: Final = select(tables.operations.c.method, tables.operations.c.tags, tables.operations.c.deprecated).where(
    tables.operations.c.version == bindparam("number")
)
_COMPONENTS: Final = (
    select(tables.components.c.reference, tables.components.c.body, tables.components.c.position)
    .where(tables.components.c.version == bindparam("number"), tables.components.c.position > bindparam("after"))
    .order_by(tables.components.c.position)
    .limit(bindparam("limit"))
)
_COMPONENT: Final = select(tables.components.c.reference, tables.components.c.body).where(
    tables.components.c.version == bindparam("number"),
    tables.components.c.key == bindparam("key"),
    tables.components.c.reference == bindparam("reference"),
)
_TEXTS: Final = msgspec.json.Decoder(tuple[str, ...])
_JSON: Final = msgspec.json.Encoder()


def find(read: Read, service: str, label: str) -> Version | None:
    """A version, None where there is none."""
    return _KEPT.find(read, service, label)


def get(read: Read, service: str, label: str) -> Version:
    """A version. Raises `NotFoundError`."""
    return _KEPT.get(read, service, label)


def get_steps(service: str, label: str) -> Steps[Version]:
    """`get` as the last steps of a read."""
    return _KEPT.get_steps(service, label)


def page(
    read: Read,
    service: str | None = None,
    state: State | None = None,
    sort: str = "-sequence",
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Version]:
    """Versions of a service by `sequence`, the newest first unless told otherwise. Raises `InvalidError` (sort, cursor)."""
    return read.take(page_steps(service, state, sort, limit, cursor))


def page_steps(
    service: str | None = None,
    state: State | None = None,
    sort: str = "-sequence",
    limit: int = 50,
    cursor: str | None = None,
) -> Steps[Page[Version]]:
    """`page` as the last steps of a read."""
    return _LISTING.page_steps({"service": service, "state": state}, sort, limit, cursor)


def latest(read: Read, service: str) -> Version | None:
    """The latest active version of a service, else its latest of any state; None before the first."""
    row = read.row(_LATEST, {"service": service})
    return None if row is None else _KEPT.shape.load(row)


def in_use(read: Read, service: str) -> Version | None:
    """The latest active version of a service, else its latest deprecated one: what clients have. None where there is none."""
    row = read.row(_IN_USE, {"service": service})
    return None if row is None else _KEPT.shape.load(row)


def document(read: Read, digest: str) -> Document:
    """The bytes that were published. Raises `NotFoundError`."""
    row = read.row(_DOCUMENT, {"digest": digest})
    if row is None:
        raise NotFoundError(f"There is no document `{digest}`.")
    data = unsqueeze(row[2])
    if len(data) != row[3]:
        raise UnavailableError(f"The document `{digest}` is damaged: restore the store from a backup.")
    return Document(row[0], row[1], data)


def component(read: Read, service: str, label: str, reference: str) -> Component:
    """A component of a version by its reference. Raises `NotFoundError`."""
    asked = {"key": facets.number_of(clean(reference)), "reference": reference}
    row = read.row(_COMPONENT, {**asked, "number": _number(read, service, label)[0]})
    if row is None:
        raise NotFoundError(f"There is no component `{reference}` in version `{label}` of `{service}`.")
    return Component(row[0], unpack(row[1]))


def components(read: Read, service: str, label: str, limit: int = 50, cursor: str | None = None) -> Page[Component]:
    """Components of a version by reference. Raises `NotFoundError` (version) and `InvalidError` (cursor)."""
    after = keys_of(cursor, "components", (int,))[0] if cursor is not None else -1
    number = _number(read, service, label)[0]
    rows = read.rows(_COMPONENTS, {"number": number, "after": after, "limit": limit + 1})
    items = tuple(Component(row[0], unpack(row[1])) for row in rows[:limit])
    return Page(items, cursor_of("components", (rows[limit - 1][2],)) if len(rows) > limit else None)


def _number(read: Read, service: str, label: str) -> tuple[int, Any]:
    row = read.row(_NUMBER, {"service": service, "label": label})
    if row is None:
        raise NotFoundError(f"There is no version `{label}` of `{service}`.")
    return row[0], row[1]


# --- writing -------------------------------------------------------------------------------------


def add(write: Write, service: str, version: Version, content: Content) -> Version:
    """Keeps a version with its operations, components and document; as it is kept.

    Of `version` count label, state, base, sunset, deprecated_at, actor, commit and the times; the rest is the content's.
    It locks the service first: of two that publish at the same time the second sees the first one's version.
    Raises `NotFoundError` (service), `ExistsError` (label), and `ConflictError` where two operations or two components
    have one name.
    """
    owner = services.lock(write, service)
    if write.value(_TAKEN, {"service": service, "label": version.label}) is not None:
        raise ExistsError(f"There is a version `{version.label}` of `{service}` already.")
    now = write.now
    kept = msgspec.structs.replace(
        version,
        service=service,
        sequence=(write.value(_SEQUENCE, {"service": service}) or 0) + 1,
        format=content.format,
        title=content.title,
        description=content.description,
        digest=content.digest,
        document=content.document.digest,
        operations=len(content.operations),
        revision=1,
        created_at=version.created_at or now,
        updated_at=version.updated_at or now,
    )
    _keep_document(write, content.document)
    number = write.value(_ADD, {**_KEPT.shape.dump(kept), "kind": content.kind})
    _keep_operations(write, number, kept, content)
    _keep_components(write, number, content.components)
    _follow(write, owner)
    return kept


def change(write: Write, version: Version, expected: int | None = None) -> Version:
    """A version with another state, sunset or time of deprecation, as it is kept. Nothing else of it changes.

    Raises `NotFoundError` and `StaleError`.
    """
    owner = services.lock(write, version.service)
    before = _KEPT.at(write, (version.service, version.label), expected)
    after = _KEPT.replace(write, version, expected)
    if before.state != after.state:
        number, kind = _number(write, after.service, after.label)
        write.run(_DROP_FACETS, {"number": number})
        rows = write.rows(_FACETS, {"number": number})
        looked_at = ((row[0], _TEXTS.decode(row[1]), row[2]) for row in rows)
        _keep_facets(write, number, facets.counts(kind, after.state, looked_at))
        _follow(write, owner)
    return after


def _follow(write: Write, owner: Service) -> None:
    found = latest(write, owner.name)
    label = None if found is None else found.label
    if label != owner.latest:
        services.set_latest(write, owner.name, label)


def _keep_document(write: Write, kept: Document) -> None:
    data = {"media_type": kept.media_type, "size": len(kept.data), "data": squeeze(kept.data)}
    write.run(_ADD_DOCUMENT, {"digest": kept.digest, **data})


def _keep_operations(write: Write, number: int, version: Version, content: Content) -> None:
    ordered = sorted(content.operations, key=lambda operation: operation.name)
    _once((operation.name for operation in ordered), "operations")
    rows = [_row(number, at, version, operation) for at, operation in enumerate(ordered)]
    write.run(_ADD_OPERATION, rows)
    tags = [
        {"version": number, "tag": facets.number_of(clean(tag)), "position": at}
        for at, operation in enumerate(ordered)
        for tag in facets.tags_of(operation.tags)
    ]
    write.run(_ADD_TAG, tags)
    looked_at = ((operation.method, _cleaned(operation.tags), operation.deprecated) for operation in ordered)
    _keep_facets(write, number, facets.counts(content.kind, version.state, looked_at))


def _cleaned(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(clean, tags))


def _keep_facets(write: Write, number: int, counted: Mapping[int, int]) -> None:
    write.run(
        _ADD_FACET, [{"facet": facet, "version": number, "operations": counted[facet]} for facet in sorted(counted)]
    )


def _row(number: int, at: int, version: Version, operation: Operation) -> dict[str, Any]:
    return {
        "version": number,
        "position": at,
        "id": identity(version.service, version.label, operation.name),
        "name": operation.name,
        "method": operation.method,
        "path": operation.path,
        "operation_id": operation.operation_id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": _JSON.encode(operation.tags).decode(),
        "parameters": _JSON.encode(operation.parameters).decode(),
        "deprecated": operation.deprecated,
        "body": pack(operation.body),
    }


def _keep_components(write: Write, number: int, found: Iterable[Component]) -> None:
    ordered = sorted(found, key=lambda one: one.reference)
    _once((one.reference for one in ordered), "components")
    write.run(_ADD_COMPONENT, list(_component_rows(number, ordered)))


def _component_rows(number: int, ordered: Iterable[Component]) -> Iterator[dict[str, Any]]:
    for at, one in enumerate(ordered):
        key = facets.number_of(clean(one.reference))
        yield {"version": number, "position": at, "key": key, "reference": one.reference, "body": pack(one.body)}


def _once(ordered: Iterable[str], noun: str) -> None:
    last = None
    for name in ordered:
        if name == last:
            raise ConflictError(f"Two {noun} of one version are named `{name}`.")
        last = name
