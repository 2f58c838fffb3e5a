"""Operations in the store: one by its id, lists by any filter, and one with all that it refers to.

Lists come in the order in which versions were published, and by name inside a version. `registry.store.facets` says how
a list finds its versions.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from itertools import islice
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select

from byte.registry.errors import NotFoundError, TooLargeError
from byte.registry.records import Component, HealthState, Kind, Operation, Page, State, identity
from byte.registry.store import steps
from byte.registry.store.connection import Read
from byte.registry.store.facets import LISTED, facet, number_of, states_of
from byte.registry.store.packing import unpack
from byte.registry.store.paging import cursor_of, keys_of
from byte.registry.store.steps import Ask, Steps, together
from byte.registry.store.tables import clean, components, facets, operation_tags, operations, services, versions

_TEXTS: Final = msgspec.json.Decoder(tuple[str, ...])
_COLUMNS: Final = (
    operations.c.id,
    versions.c.service,
    versions.c.label,
    versions.c.kind,
    operations.c.name,
    operations.c.method,
    operations.c.path,
    operations.c.operation_id,
    operations.c.summary,
    operations.c.description,
    operations.c.tags,
    operations.c.parameters,
    operations.c.deprecated,
    versions.c.state,
)
_PLACE: Final = (operations.c.version, operations.c.position)
_OF: Final = operations.join(versions, versions.c.id == operations.c.version)
_GET: Final = (
    select(*_COLUMNS, operations.c.body, operations.c.version)
    .select_from(_OF)
    .where(operations.c.id == bindparam("id"))
)
_KNOWN: Final = select(operations.c.id).where(operations.c.id.in_(bindparam("ids", expanding=True)))
_WHOLE: Final = (
    select(*_COLUMNS)
    .select_from(_OF)
    .where(operations.c.version == bindparam("version"))
    .order_by(operations.c.position)
)
_COMPONENTS: Final = select(components.c.reference, components.c.body).where(
    components.c.version == bindparam("version"), components.c.key.in_(bindparam("keys", expanding=True))
)
_LIST: Final = "operations"
_FEW: Final = 200
"""Below how many services a list starts from them rather than from the versions."""
_AT_FIRST: Final = 8
"""How many versions a list looks at before it knows that it needs more."""
_ENOUGH: Final = 2_000
"""How many components an operation may refer to, directly or not."""
_BATCH: Final = 500
_DEEP: Final = 6
"""Of how many parts a component's reference is looked for, where one leads deeper ("#", "components", "schemas", "Order")."""


class OperationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which operations to list: None lets all through. `states` are those of their versions."""

    service: str | None = None
    version: str | None = None
    kind: Kind | None = None
    method: str | None = None
    tag: str | None = None
    states: tuple[State, ...] = LISTED
    owner: str | None = None
    health: HealthState | None = None
    deprecated: bool | None = None


ALL: Final = OperationFilter()


def find(read: Read, id: str) -> Operation | None:
    """An operation with its body, None where there is none."""
    row = read.row(_GET, {"id": id})
    return None if row is None else _loaded(row, unpack(row[14]))


def get(read: Read, id: str) -> Operation:
    """An operation with its body. Raises `NotFoundError`."""
    operation = find(read, id)
    if operation is None:
        raise _missing(id)
    return operation


def known(read: Read, service: str, label: str, names: Collection[str]) -> frozenset[str]:
    """Which of some names (a few hundred) are those of operations of a version."""
    of_id = {identity(service, label, name): name for name in names}
    return frozenset(of_id[row[0]] for row in read.rows(_KNOWN, {"ids": sorted(of_id)}))


def of_version(read: Read, number: int) -> Iterator[Operation]:
    """All operations of a version, by its number in the store, without their bodies."""
    for row in read.rows(_WHOLE, {"version": number}):
        yield _loaded(row, {})


def _missing(id: str) -> NotFoundError:
    return NotFoundError(f"There is no operation `{id}`.")


def _loaded(row: Sequence[Any], body: Mapping[str, Any]) -> Operation:
    return Operation(
        id=row[0],
        service=row[1],
        version=row[2],
        kind=row[3],
        name=row[4],
        method=row[5],
        path=row[6],
        operation_id=row[7],
        summary=row[8],
        description=row[9],
        tags=_TEXTS.decode(row[10]),
        parameters=_TEXTS.decode(row[11]),
        deprecated=row[12],
        state=row[13],
        body=body,
    )


# --- pages ---------------------------------------------------------------------------------------


def page(
    read: Read, asked: OperationFilter = ALL, limit: int = 50, cursor: str | None = None, *, bodies: bool = False
) -> Page[Operation]:
    """Operations that a filter lets through, without their bodies unless `bodies`. Raises `InvalidError` (cursor)."""
    return read.take(page_steps(asked, limit, cursor, bodies=bodies))


def page_steps(
    asked: OperationFilter = ALL, limit: int = 50, cursor: str | None = None, *, bodies: bool = False
) -> Steps[Page[Operation]]:
    """`page` as the last steps of a read."""
    version, position = keys_of(cursor, _LIST, (int, int)) if cursor is not None else (-1, -1)
    if asked.method and asked.kind not in (None, "rest"):
        return Page(())
    need = limit + 1
    inside = _condition(asked, bodies)
    # Each has an operation at least, but for the one in which the last page ended. What that has left is asked for before
    # it is known whether it still answers to the filter: seldom in vain, and a round trip less.
    candidates = _candidates(asked, version, need + 1)
    rows: list[Sequence[Any]] = []
    if cursor is None:
        found = yield from candidates
    else:
        found, left = yield from together(candidates, steps.rows(*inside.one(version, position, need)))
        if found and found[0][0] == version:
            rows += left
            del found[0]
    whole, rest = _shares(found, need - len(rows))
    asks = [inside.all(whole)] if whole else []
    if rest is not None:
        asks.append(inside.one(rest[0], -1, rest[1]))
    if asks:
        for some in (yield tuple(Ask(*ask, last=True) for ask in asks)):
            rows += some
    items = tuple(_loaded(row, unpack(row[16]) if bodies else {}) for row in rows[:limit])
    return Page(items, cursor_of(_LIST, tuple(rows[limit - 1][14:16])) if len(rows) > limit else None)


def _shares(found: Sequence[tuple[int, int]], room: int) -> tuple[list[int], tuple[int, int] | None]:
    """The versions all of whose operations have room on a page, and the one that fills it, with how many."""
    whole: list[int] = []
    for version, number in found:
        if room <= 0:
            break
        if number > room:
            return whole, (version, room)
        whole.append(version)
        room -= number
    return whole, None


class _Inside(msgspec.Struct, frozen=True):
    """The filter inside a version, and the values of its parameters."""

    shape: tuple[bool, bool, bool | None, bool]
    given: Mapping[str, Any]

    def one(self, version: int, after: int, limit: int) -> tuple[Select[Any], dict[str, Any]]:
        return _inside(*self.shape, True), {**self.given, "one": version, "after": after, "limit": limit}

    def all(self, found: Sequence[int]) -> tuple[Select[Any], dict[str, Any]]:
        return _inside(*self.shape, False), {**self.given, "all": found}


def _condition(asked: OperationFilter, bodies: bool) -> _Inside:
    given: dict[str, Any] = {}
    if asked.method:
        given["method"] = asked.method
    if asked.tag is not None:
        given["tag"] = number_of(clean(asked.tag))
    return _Inside(("method" in given, "tag" in given, asked.deprecated, bodies), given)


@lru_cache(maxsize=64)
def _inside(method: bool, tag: bool, deprecated: bool | None, bodies: bool, one: bool) -> Select[Any]:
    """Operations of one version after a position, or all of some versions."""
    columns = (*_COLUMNS, *_PLACE, operations.c.body) if bodies else (*_COLUMNS, *_PLACE)
    at, place = operations.c.version, operations.c.position
    source = _OF
    conditions: list[ColumnElement[bool]] = []
    if tag:
        at, place = operation_tags.c.version, operation_tags.c.position
        source = source.join(operation_tags, (operations.c.version == at) & (operations.c.position == place))
        conditions.append(operation_tags.c.tag == bindparam("tag"))
    if method:
        conditions.append(operations.c.method == bindparam("method"))
    if deprecated is not None:
        # In the words of the index: there it is no parameter.
        conditions.append(operations.c.deprecated if deprecated else ~operations.c.deprecated)
    found = select(*columns).select_from(source)
    if one:
        conditions += [at == bindparam("one"), place > bindparam("after")]
        return found.where(*conditions).order_by(place).limit(bindparam("limit"))
    return found.where(at.in_(bindparam("all", expanding=True)), *conditions).order_by(at, place)


def _candidates(asked: OperationFilter, start: int, limit: int) -> Steps[list[tuple[int, int]]]:
    """The first versions from one on that have operations for a filter, with how many."""
    kept = {"service": asked.service, "label": asked.version, "owner": asked.owner, "health": asked.health}
    named = {name: value for name, value in kept.items() if value is not None}
    tag = None if asked.tag is None else clean(asked.tag)
    numbers = [facet(asked.kind, asked.method, tag, asked.deprecated, state) for state in states_of(asked.states)]
    if named and (yield from _few(named)):
        of_services = yield from steps.rows(_of_services(tuple(named)), {**named, "start": start})
        return (yield from _tried(numbers, sorted(row[0] for row in of_services), limit))
    statement = _of_facet(tuple(named))
    # Most pages are of few versions: only those that are not ask for as many as could be needed.
    for most in (min(_AT_FIRST, limit), limit):
        given = {**named, "start": start, "limit": most}
        found = yield tuple(Ask(statement, {**given, "facet": number}) for number in numbers)
        first = list(islice(merge(*map(_pairs, found)), most))
        # Of the first one the page before may have taken all.
        if len(first) < most or sum(number for _, number in first[1:]) >= limit:
            break
    return first


def _tried(numbers: Sequence[int], found: Sequence[int], limit: int) -> Steps[list[tuple[int, int]]]:
    """The first of some versions that have a facet, in order; no more are looked at than are taken."""
    taken: list[tuple[int, int]] = []
    for start in range(0, len(found), _BATCH):
        given = {"numbers": numbers, "some": found[start : start + _BATCH]}
        taken += sorted(_pairs((yield from steps.rows(_HAVE, given))))
        if len(taken) >= limit:
            break
    return taken[:limit]


def _pairs(rows: Iterable[Sequence[Any]]) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in rows]


def _few(named: Mapping[str, str]) -> Steps[bool]:
    """Whether so few services answer to a filter that to begin with them is cheap."""
    if "service" in named:
        return True
    kept = tuple(name for name in ("owner", "health") if name in named)
    row = (yield from steps.row(_size(kept), named)) if kept else None
    return row is not None and row[0] < _FEW


@lru_cache(maxsize=8)
def _size(named: tuple[str, ...]) -> Select[Any]:
    some = select(services.c.name).where(*(services.c[name] == bindparam(name) for name in named)).limit(_FEW)
    return select(func.count()).select_from(some.subquery())


@lru_cache(maxsize=64)
def _of_services(named: tuple[str, ...]) -> Select[Any]:
    """The versions of the services that answer to a filter."""
    source = versions.join(services, services.c.name == versions.c.service)
    conditions = (_NAMED[name] == bindparam(name) for name in named)
    return select(versions.c.id).select_from(source).where(*conditions, versions.c.id >= bindparam("start"))


@lru_cache(maxsize=64)
def _of_facet(named: tuple[str, ...]) -> Select[Any]:
    """The versions of a facet, in order, each one tried whether its service answers to a filter."""
    found = select(facets.c.version, facets.c.operations).where(
        facets.c.facet == bindparam("facet"), facets.c.version >= bindparam("start")
    )
    if named:
        # OFFSET keeps PostgreSQL from reading all of the other side first.
        found = found.where(exists(_of_services(named).where(versions.c.id == facets.c.version).offset(0)))
    return found.order_by(facets.c.version).limit(bindparam("limit"))


_HAVE: Final = select(facets.c.version, facets.c.operations).where(
    facets.c.facet.in_(bindparam("numbers", expanding=True)), facets.c.version.in_(bindparam("some", expanding=True))
)
_NAMED: Final = {
    "service": versions.c.service,
    "label": versions.c.label,
    "owner": services.c.owner,
    "health": services.c.health,
}


# --- with all that it refers to ------------------------------------------------------------------


def closed(read: Read, id: str, most: int = _ENOUGH) -> tuple[Operation, tuple[Component, ...]]:
    """An operation and every component that it refers to, directly or not, by reference.

    Raises `NotFoundError`, and `TooLargeError` where these are more than `most`.
    """
    return read.take(closed_steps(id, most))


def closed_steps(id: str, most: int = _ENOUGH) -> Steps[tuple[Operation, tuple[Component, ...]]]:
    """`closed` as the last steps of a read."""
    operation, number = yield from get_steps(id)
    return operation, (yield from components_steps(operation, number, most))


def get_steps(id: str) -> Steps[tuple[Operation, int]]:
    """An operation with its body, and the store's number of its version. Raises `NotFoundError`."""
    row = yield from steps.row(_GET, {"id": id})
    if row is None:
        raise _missing(id)
    return _loaded(row, unpack(row[14])), row[15]


def components_steps(operation: Operation, number: int, most: int = _ENOUGH) -> Steps[tuple[Component, ...]]:
    """Every component that an operation refers to, as `closed` finds them. Raises `TooLargeError`."""
    found: dict[str, Component] = {}
    asked: set[int] = set()
    wanted = _keys((operation.body,))
    while wanted:
        asked |= wanted
        some = yield from _components(number, sorted(wanted))
        new = [one for one in some if one.reference not in found]
        found.update((one.reference, one) for one in new)
        if len(found) > most:
            raise TooLargeError(
                f"The operation `{operation.id}` refers to more than {most} components: read its document."
            )
        wanted = _keys(one.body for one in new) - asked
    return tuple(found[reference] for reference in sorted(found))


def _components(number: int, keys: Sequence[int]) -> Steps[list[Component]]:
    parts = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
    found = yield tuple(Ask(_COMPONENTS, {"version": number, "keys": part}) for part in parts)
    return [Component(row[0], unpack(row[1])) for rows in found for row in rows]


def _keys(bodies: Iterable[Any]) -> set[int]:
    """The keys of the components that some bodies may refer to: a reference may lead into one, so each of its starts."""
    found: set[int] = set()
    for reference in references(bodies):
        parts = reference.split("/", _DEEP)[:_DEEP]
        found.add(number_of(reference))
        found.update(number_of("/".join(parts[:length])) for length in range(2, len(parts) + 1))
    return found


def references(bodies: Iterable[Any]) -> set[str]:
    """All local references ("#/...") in some JSON values: of `$ref`, and of a discriminator's mapping."""
    found: set[str] = set()
    waiting: list[Any] = list(bodies)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting.extend(value.values())
            mapping = value.get("mapping")
            named = [value.get("$ref"), *(mapping.values() if isinstance(mapping, Mapping) else ())]
            found.update(one for one in named if isinstance(one, str) and one.startswith("#/"))
        elif isinstance(value, list):
            waiting.extend(value)
    return found
