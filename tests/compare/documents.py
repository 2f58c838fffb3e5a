"""Whole documents over a small grammar, edits of them, and the same said in another way."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from byte.model.contract import Contract, Document
from tests.compare.schema import grammar

JSON = "application/json"
PATHS = ("/orders", "/orders/{id}", "/notes")
CODES = ("200", "201", "404", "4XX", "default")
SECURITY: tuple[Any, ...] = ([], [{"key": []}], [{"key": []}, {}], [{"oauth": ["read"]}])
Edit = Callable[[Random, Document], None]


def contract(document: Document) -> Contract:
    """The document as a contract that nothing else is known of."""
    return Contract(document=document)


def holding(schema: Any, parts: dict[str, Any], version: str = "3.1.0", place: str = "both") -> Document:
    """A document with `POST /orders`, whose body and answer ("both", or "request" or "response" alone) have a schema."""
    content = {"content": {JSON: {"schema": schema}}}
    answer = {"description": "fine", **(content if place != "request" else {})}
    operation = {"responses": {"200": answer}, **({"requestBody": content} if place != "response" else {})}
    return _document({"/orders": {"post": operation}}, {"schemas": parts}, version)


def _document(paths: Document, components: Document, version: str = "3.1.0") -> Document:
    return {
        "openapi": version,
        "info": {"title": "Orders", "version": "2026-05"},
        "paths": paths,
        "components": components,
    }


# --- documents ---------------------------------------------------------------------------------


def document(rng: Random) -> Document:
    """A document of OpenAPI 3.1 that uses what documents have, by reference and in place."""
    parts = {name: _flagged(rng, part) for name, part in grammar.components(rng).items()}
    paths = {path: _item(rng, path) for path in rng.sample(PATHS, rng.randint(1, 3))}
    components = {
        "schemas": parts,
        "parameters": {"Page": _parameter(rng, "page")},
        "headers": {"Rest": {"schema": grammar.scalar(rng)}},
        "responses": {"Gone": _answer(rng)},
        "requestBodies": {"Body": _body(rng)},
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "u", "scopes": {"read": "r"}}}},
        },
    }
    return {**_document(paths, components), "security": rng.choice(SECURITY)}


def _item(rng: Random, path: str) -> Document:
    item: Document = {method: _operation(rng) for method in rng.sample(["get", "post", "put"], rng.randint(1, 2))}
    if "{id}" in path:
        item["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    return item


def _operation(rng: Random) -> Document:
    made: Document = {"responses": {code: _answer(rng) for code in rng.sample(CODES, rng.randint(1, 2))}}
    made["parameters"] = [_parameter(rng, name) for name in rng.sample(["limit", "X-Tenant"], rng.randint(0, 2))]
    if rng.random() < 0.3:
        made["parameters"].append({"$ref": "#/components/parameters/Page"})
    if rng.random() < 0.7:
        made["requestBody"] = _body(rng) if rng.random() < 0.7 else {"$ref": "#/components/requestBodies/Body"}
    if rng.random() < 0.3:
        made["responses"]["410"] = {"$ref": "#/components/responses/Gone"}
    if rng.random() < 0.3:
        made["security"] = rng.choice(SECURITY)
    if rng.random() < 0.2:
        made["callbacks"] = {"paid": {"{$url}": {"post": {"requestBody": _body(rng), "responses": {}}}}}
    return made


def _parameter(rng: Random, name: str) -> Document:
    place = "header" if name.startswith("X-") else "query"
    return {"name": name, "in": place, "required": rng.random() < 0.3, "schema": grammar.scalar(rng)}


def _body(rng: Random) -> Document:
    return {"required": rng.random() < 0.5, "content": {JSON: {"schema": schema(rng)}}}


def _answer(rng: Random) -> Document:
    made: Document = {"description": "fine"}
    if rng.random() < 0.7:
        made["content"] = {JSON: {"schema": schema(rng)}}
    if rng.random() < 0.3:
        made["headers"] = {
            "X-Rest": rng.choice([{"$ref": "#/components/headers/Rest"}, {"schema": {"type": "string"}}])
        }
    return made


def schema(rng: Random) -> Any:
    """A schema, some of whose properties exist in one direction only."""
    return _flagged(rng, grammar.schema(rng))


def _flagged(rng: Random, made: Any) -> Any:
    for held in made.get("properties", {}).values() if isinstance(made, dict) else ():
        if isinstance(held, dict) and "$ref" not in held and rng.random() < 0.15:
            held[rng.choice(["readOnly", "writeOnly"])] = True
    return made


# --- edits -------------------------------------------------------------------------------------


def edited(rng: Random, document: Document) -> Document:
    """A copy that differs in one to three places, or in none."""
    made = copy.deepcopy(document)
    for _ in range(rng.randint(1, 3)):
        rng.choice(_EDITS)(rng, made)
    return made


def _some_operation(rng: Random, document: Document) -> Document:
    found = [held for item in document["paths"].values() for name, held in item.items() if name != "parameters"]
    return rng.choice(found) if found else {}


def _some_schema(rng: Random, document: Document) -> None:
    found = [media for media in _media(document) if "schema" in media]
    if found:
        media = rng.choice(found)
        media["schema"] = grammar.edited(rng, media["schema"])


def _media(node: Any) -> list[Document]:
    """All media types of a document."""
    inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    own = list(node["content"].values()) if isinstance(node, dict) and isinstance(node.get("content"), dict) else []
    return [*own, *(media for held in inner for media in _media(held))]


def _component(rng: Random, document: Document) -> None:
    schemas = document["components"]["schemas"]
    name = rng.choice(sorted(schemas))
    schemas[name] = grammar.edited(rng, schemas[name])


def _parameters(rng: Random, document: Document) -> None:
    held = _some_operation(rng, document).setdefault("parameters", [])
    if held and rng.random() < 0.5:
        held.pop(rng.randrange(len(held)))
    elif not any(p.get("name") == "added" for p in held):
        held.append(_parameter(rng, "added"))


def _responses(rng: Random, document: Document) -> None:
    held = _some_operation(rng, document).setdefault("responses", {})
    held[rng.choice(CODES)] = _answer(rng)
    if rng.random() < 0.3:
        held.pop(rng.choice(sorted(held)))


def _paths(rng: Random, document: Document) -> None:
    path = rng.choice(PATHS)
    if document["paths"].pop(path, None) is None:
        document["paths"][path] = _item(rng, path)


def _security(rng: Random, document: Document) -> None:
    held = _some_operation(rng, document)
    if held.pop("security", None) is None or rng.random() < 0.5:
        held["security"] = rng.choice(SECURITY)


_EDITS: tuple[Edit, ...] = (_some_schema, _some_schema, _component, _parameters, _responses, _paths, _security)


# --- the same, said in another way -------------------------------------------------------------


def reordered(value: Any) -> Any:
    """The same with the keys of every object in another order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def written_out(value: Any, document: Document, depth: int = 6) -> Any:
    """The same with its references replaced by what they refer to, circles from some depth on excepted."""
    if isinstance(value, list):
        return [written_out(item, document, depth) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["$ref"] and depth:
        target: Any = document
        for part in value["$ref"].split("/")[1:]:
            target = target[part]
        return written_out(target, document, depth - 1)
    return {key: written_out(inner, document, depth) for key, inner in value.items()}


def split(value: Any) -> Any:
    """A schema whose keywords stand in two members of an `allOf`; inner schemas alike."""
    if not isinstance(value, dict) or "$ref" in value:
        return value
    made = {key: _inner(key, held, split) for key, held in value.items()}
    if "type" not in made or len(made) < 2 or "additionalProperties" in made or "allOf" in made:
        return made
    kept = {"type": made.pop("type")}
    return {"allOf": [kept, made]}


def older(value: Any) -> Any:
    """A schema of 3.1 in the words of 3.0: `nullable`, lists of one value, bounds that are strict or not."""
    if not isinstance(value, dict):
        return value
    made = {key: _inner(key, held, older) for key, held in value.items()}
    if isinstance(made.get("type"), list):
        made["type"], made["nullable"] = made["type"][0], True
    if "const" in made:
        made["enum"] = [made.pop("const")]
    for strict, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if strict in made:
            made[plain], made[strict] = made[strict], True
    return made


def _inner(key: str, held: Any, rewrite: Callable[[Any], Any]) -> Any:
    """What stands under a keyword, its schemas rewritten."""
    if key in ("properties", "patternProperties"):
        return {name: rewrite(inner) for name, inner in held.items()}
    if key in ("allOf", "anyOf", "oneOf", "prefixItems"):
        return [rewrite(inner) for inner in held]
    return rewrite(held) if key in ("items", "additionalProperties", "not") else held


def plain(rng: Random, depth: int = 3) -> Any:
    """A schema that both versions of OpenAPI can say: types that may be null, but no lists of further types."""
    kind = rng.choice(["scalar", "object", "array", "anyOf", "const"] if depth else ["scalar", "const"])
    if kind == "const":
        return {"type": "string", "const": rng.choice(grammar.WORDS)}
    if kind == "anyOf":
        return {"anyOf": [plain(rng, depth - 1) for _ in range(2)]}
    if kind == "object":
        names = rng.sample(grammar.NAMES, 2)
        made: dict[str, Any] = {"type": "object", "properties": {n: plain(rng, depth - 1) for n in names}}
        return {**made, "required": names[:1]} if rng.random() < 0.5 else made
    if kind == "array":
        return {"type": "array", "items": plain(rng, depth - 1), "maxItems": rng.randint(1, 3)}
    made = grammar.scalar(rng)
    made["type"] = made["type"][0] if isinstance(made["type"], list) else made["type"]
    if made["type"] == "null":
        return {"type": ["boolean", "null"]}
    for strict, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if strict in made:
            made.pop(bound, None)
    return {**made, "type": [made["type"], "null"]} if rng.random() < 0.3 else made
