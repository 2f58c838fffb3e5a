"""What the contract says of the operations and models that a change touches, for the lines of the assessment."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from byte.model import exchange, schemas
from byte.model.contract import ORIGIN, UNKNOWN, Contract, Document, without_origins
from byte.model.exchange import Described
from byte.model.facts import Endpoint, Facts, Model
from byte.model.review import Location

_CONSTRAINTS = frozenset(
    {"enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
     "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)  # fmt: skip
_DEEPEST = 8


class Spoken(msgspec.Struct, frozen=True):
    """A count with its places, and what could not be known of it."""

    number: int
    of: int
    places: tuple[Location, ...]


def operations(endpoints: Sequence[Endpoint], facts: Facts) -> list[tuple[Endpoint, Described]]:
    """The touched operations that the contract has, each once."""
    known = exchange.described(facts)
    out: dict[exchange.Name, tuple[Endpoint, Described]] = {}
    for endpoint in endpoints:
        for method in endpoint.methods:
            name = exchange.name(method, endpoint.path)
            if name in known:
                out.setdefault(name, (endpoint, known[name]))
    return list(out.values())


def answers(touched: Sequence[tuple[Endpoint, Described]]) -> Spoken:
    """How many of the operations say what their success is made of, nothing included."""
    places = [e.at for e, known in touched if declares_answer(known.contract.document, known.operation.body)]
    return Spoken(len(places), len(touched), tuple(places))


def declares_answer(document: Document, operation: dict[str, Any]) -> bool:
    """Whether an operation says what its success is made of, nothing included."""
    for code, response in schemas.answers(document, operation).items():
        content = response.get("content")
        if code[:1] in "23" and (not content or any(schemas.schema_of(media) for media in content.values())):
            return True
    return False


def bodies(touched: Sequence[tuple[Endpoint, Described]]) -> Spoken:
    """How many of the operations that take a body say what it is made of."""
    found = [
        (e.at, schemas.content(known.contract.document, known.operation.body.get("requestBody")))
        for e, known in touched
        if "requestBody" in known.operation.body
    ]
    places = [at for at, content in found if any(content.values())]
    return Spoken(len(places), len(found), tuple(places))


def inputs(touched: Sequence[tuple[Endpoint, Described]], facts: Facts) -> list[tuple[bool, Location]]:
    """What clients send to the operations: whether each parameter and field is constrained, and where it is declared."""
    out: dict[tuple[Location, str], bool] = {}
    for endpoint, known in touched:
        document, body = known.contract.document, known.operation.body
        for param in schemas.parameters(document, body.get("parameters")).values():
            at = exchange.place(param.get(ORIGIN), facts) or endpoint.at, str(param["name"])
            out[at] = out.get(at, False) or constrained(document, param.get("schema"))
        for schema in schemas.content(document, body.get("requestBody")).values():
            for name, field in fields(document, schema):
                at = exchange.place(field.get(ORIGIN), facts) or endpoint.at, name
                out[at] = out.get(at, False) or constrained(document, field)
    return [(bounded, at) for (at, _), bounded in out.items()]


def fields(document: Document, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of a body, those of the objects in it too."""
    return _fields(document, schema, set(), 0)


def _fields(document: Document, schema: Any, seen: set[str], depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    node, name = schemas.plain(document, schema)
    if depth > _DEEPEST or (name is not None and name in seen):
        return
    if name is not None:
        seen.add(name)
    if "items" in node:
        yield from _fields(document, node["items"], seen, depth + 1)
    for part in (*schemas.listed(node.get("anyOf")), *schemas.listed(node.get("oneOf"))):
        yield from _fields(document, part, seen, depth + 1)
    for wire, field in (schemas.properties(document, node) or {}).items():
        if isinstance(field, dict):
            inner = list(_fields(document, field, seen, depth + 1))
            yield from inner or [(wire, field)]


def constrained(document: Document, schema: Any) -> bool:
    """Whether a schema, or a part of it, says more than a type."""
    return _constrained(document, schema, 0)


def _constrained(document: Document, schema: Any, depth: int) -> bool:
    node, _ = schemas.plain(document, schema)
    if depth > _DEEPEST or not _CONSTRAINTS.isdisjoint(node):
        return depth <= _DEEPEST
    inner = [*schemas.listed(node.get("anyOf")), *schemas.listed(node.get("oneOf")), node.get("items")]
    inner += [schema] if node is not schema and isinstance(schema, dict) and "anyOf" not in schema else []
    return any(
        _constrained(document, part, depth + 1) for part in inner if isinstance(part, dict) and part is not schema
    )


# --- schemas -----------------------------------------------------------------------------------


def changed(head: Facts, base: Facts | None) -> list[Location | None]:
    """The named schemas of head's contracts that base does not have alike, by where they are declared."""
    if base is None:
        return []
    before = {c.application.name: _named(without_origins(c.document)) for c in base.contracts() if c.application}
    out: dict[str, Location | None] = {}
    for contract in head.contracts():
        old = before.get(contract.application.name) if contract.application else None
        plain, marked = _named(without_origins(contract.document)), _named(contract.document)
        for name, schema in plain.items() if old is not None else ():
            if old is not None and old.get(name) != schema:
                out.setdefault(name, exchange.place(marked[name].get(ORIGIN), head))
    return list(out.values())


def references(models: Sequence[Model], facts: Facts) -> list[Location]:
    """The fields of the contract's schemas for these models that refer to other schemas."""
    places = {f"{m.at.path}:{line}" for m in models for line in (m.at.line, m.node.start if m.node else m.at.line)}
    out: dict[Location, None] = {}
    for contract in facts.contracts():
        for schema in _named(contract.document).values():
            if schema.get(ORIGIN) in places:
                for field in (schema.get("properties") or {}).values():
                    at = exchange.place(field.get(ORIGIN), facts) if isinstance(field, dict) else None
                    if at is not None and any("$ref" in item for item in _objects(field)):
                        out[at] = None
    return list(out)


def unknown(touched: Sequence[tuple[Endpoint, Described]]) -> tuple[int, str]:
    """How many parts of the operations could not be known, what they refer to included, and where the first is."""
    places: dict[str, None] = {}
    for _, known in touched:
        for item in _reached(known.contract, known.operation.body):
            mark = item.get(UNKNOWN)
            for told in mark if isinstance(mark, list) else [mark]:
                if isinstance(told, dict):
                    places[str(told.get("at") or "")] = None
    first = min((p for p in places if p), default="")
    return len(places), first


def _reached(contract: Contract, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    named = _named(contract.document)
    seen: set[str] = set()
    stack: list[Any] = [body]
    while stack:
        for item in _objects(stack.pop()):
            yield item
            name = item["$ref"].rpartition("/")[2] if isinstance(item.get("$ref"), str) else ""
            if name in named and name not in seen:
                seen.add(name)
                stack.append(named[name])


def _named(document: Document) -> dict[str, dict[str, Any]]:
    components = document.get("components")
    found = components.get("schemas") if isinstance(components, dict) else None
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
