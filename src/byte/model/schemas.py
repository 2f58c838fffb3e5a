"""Parameters, bodies, answers and schemas of OpenAPI documents, as comparisons look at them."""

from collections.abc import Mapping
from typing import Any, Final

from byte.model.contract import CONDITIONAL, UNKNOWN, resolved

NULL: Final = frozenset({"null"})
DEEPEST: Final = 12


def parameters(document: dict[str, Any], params: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Parameters by place and name; names of headers in lower case."""
    out: dict[tuple[str, str], dict[str, Any]] = {}
    for item in listed(params):
        param = resolved(document, item)
        if isinstance(param, dict) and isinstance(param.get("name"), str) and isinstance(param.get("in"), str):
            place = param["in"]
            out[place, param["name"].lower() if place == "header" else param["name"]] = param
    return {key: param for key, param in out.items() if key[0] in ("path", "query", "header", "cookie")}


def content(document: dict[str, Any], body: Any) -> dict[str, Any]:
    """The schemas of a request body by media type."""
    found = resolved(document, body)
    content = found.get("content") if isinstance(found, dict) else None
    return {m: schema_of(v) for m, v in content.items()} if isinstance(content, dict) else {}


def schema_of(media: Any) -> Any:
    """The schema of a media type object."""
    return media.get("schema") if isinstance(media, dict) else None


def answers(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The responses of an operation by status."""
    found = operation.get("responses")
    items = found.items() if isinstance(found, dict) else ()
    every = {str(code): resolved(document, item) for code, item in items}
    return {code: item for code, item in every.items() if isinstance(item, dict) and not code.startswith("x-")}


def listed(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def kinds(document: Mapping[str, Any], schema: Any, depth: int = 0) -> frozenset[str] | None:
    """The JSON types of the values that a schema describes, None where it does not say."""
    node = resolved(dict(document) if not isinstance(document, dict) else document, schema)
    if not isinstance(node, dict) or UNKNOWN in node or CONDITIONAL in node or depth > DEEPEST:
        return None
    out: frozenset[str] | None = None
    if isinstance(node.get("type"), str | list):
        given = node["type"]
        names = given if isinstance(given, list) else [given]
        out = frozenset("string" if n == "file" else str(n) for n in names)
    elif "const" in node or isinstance(node.get("enum"), list):
        values = node["enum"] if isinstance(node.get("enum"), list) else [node["const"]]
        out = frozenset(_kind_of(v) for v in values)
    elif isinstance(node.get("anyOf", node.get("oneOf")), list):
        inner = [kinds(document, item, depth + 1) for item in listed(node.get("anyOf", node.get("oneOf")))]
        out = None if any(i is None for i in inner) else frozenset(k for i in inner for k in i or ())
    elif isinstance(node.get("allOf"), list):
        every = [kinds(document, item, depth + 1) for item in node["allOf"]]
        out = next((i for i in every if i is not None), None)
    elif "properties" in node:
        out = frozenset({"object"})
    return out | NULL if out is not None and node.get("nullable") is True else out


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "integer" if isinstance(value, int) else "number" if isinstance(value, float) else "object"


def wide(found: frozenset[str]) -> frozenset[str]:
    """The JSON types without null, with integers as numbers."""
    return frozenset("number" if k == "integer" else k for k in found - NULL)


def plain(document: dict[str, Any], schema: Any) -> tuple[dict[str, Any], str | None]:
    """What a schema comes down to, and the name of the component that it is, if it is one: `null` and a single
    alternative are looked through.
    """
    name: str | None = None
    node = schema
    for _ in range(DEEPEST):
        if not isinstance(node, dict) or UNKNOWN in node:
            return ({UNKNOWN: {}}, name) if isinstance(node, dict) else ({}, name)
        if isinstance(node.get("$ref"), str):
            name = node["$ref"].rpartition("/")[2]
            node = resolved(document, {"$ref": node["$ref"]})
            continue
        parts = next((node[k] for k in ("anyOf", "oneOf", "allOf") if isinstance(node.get(k), list)), None)
        if parts is None or "properties" in node:
            return node, name
        rest = [p for p in parts if not (isinstance(p, dict) and p.get("type") == "null")]
        if len(rest) != 1:
            return node, name
        node = rest[0]
    return {}, name


def properties(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any] | None:
    """The properties of an object, those of all its parts; None where it has alternatives or says nothing of them."""
    if "anyOf" in node or "oneOf" in node or UNKNOWN in node:
        return None
    out = dict(node["properties"]) if isinstance(node.get("properties"), dict) else {}
    for part in listed(node.get("allOf")):
        inner = properties(document, resolved(document, part))
        if inner is None:
            return None
        out.update(inner)
    return out


def required(document: dict[str, Any], node: dict[str, Any]) -> frozenset[str]:
    """The names that an object must have, those of all its parts."""
    names = {n for n in listed(node.get("required")) if isinstance(n, str)}
    for part in listed(node.get("allOf")):
        names |= required(document, resolved(document, part))
    return frozenset(names)
