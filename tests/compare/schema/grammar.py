"""Random schemas over a small grammar, edits of them with a known direction, and payloads that a closed sender writes."""

from random import Random
from typing import Any

import jsonschema_rs

NAMES = ["a", "b", "c"]
WORDS = ["", "a", "b", "ab", "abc"]
COMPONENTS = ["A", "B"]
SCALARS: dict[str, list[Any]] = {
    "string": WORDS,
    "integer": [-2, -1, 0, 1, 2, 3, 6],
    "number": [-1, 0, 0.5, 1, 1.5, 2, 5.5],
    "boolean": [True, False],
    "null": [None],
}


def schema(rng: Random, depth: int = 3) -> Any:
    """A schema of OpenAPI 3.1."""
    if depth <= 0:
        return scalar(rng)
    make = rng.choice([scalar, scalar, objects, objects, arrays, unions, references, listed, conjunctions, denials])
    return make(rng, depth - 1)


def scalar(rng: Random, depth: int = 0) -> dict[str, Any]:
    kind = rng.choice(["string", "string", "integer", "number", "boolean", "null"])
    made: dict[str, Any] = {"type": kind}
    if kind == "string":
        for keyword, values in (
            ("minLength", [0, 1, 2]),
            ("maxLength", [1, 2, 3]),
            ("pattern", ["^a", "b$", "^[ab]*$"]),
        ):
            if rng.random() < 0.25:
                made[keyword] = rng.choice(values)
    if kind in ("integer", "number"):
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if rng.random() < 0.2:
                made[keyword] = rng.choice([-1, 0, 1, 2, 5])
        if rng.random() < 0.2:
            made["multipleOf"] = rng.choice([1, 2, 0.5])
    if rng.random() < 0.15:
        made["type"] = [kind, rng.choice(["null", "boolean", "array"])] if kind not in ("null", "boolean") else kind
    return made


def objects(rng: Random, depth: int) -> dict[str, Any]:
    names = rng.sample(NAMES, rng.randint(0, 3))
    made: dict[str, Any] = {"type": "object"}
    if names:
        made["properties"] = {n: schema(rng, depth) for n in names}
    if names and rng.random() < 0.6:
        made["required"] = rng.sample(names, rng.randint(1, len(names)))
    chance = rng.random()
    if chance < 0.15:
        made["additionalProperties"] = False
    elif chance < 0.3:
        made["additionalProperties"] = rng.choice([True, schema(rng, depth - 1)])
    for keyword in ("minProperties", "maxProperties"):
        if rng.random() < 0.08:
            made[keyword] = rng.randint(0, 3)
    if rng.random() < 0.08:
        made["patternProperties"] = {rng.choice(["^a", "^x"]): schema(rng, depth - 1)}
    if rng.random() < 0.06:
        made["propertyNames"] = {"pattern": rng.choice(["^[ab]", "^.$"])}
    if len(names) > 1 and rng.random() < 0.08:
        made["dependentRequired"] = {names[0]: [names[1]]}
    return made


def arrays(rng: Random, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "array"}
    if rng.random() < 0.8:
        made["items"] = schema(rng, depth)
    if rng.random() < 0.2:
        made["prefixItems"] = [schema(rng, depth - 1) for _ in range(rng.randint(1, 2))]
    for keyword in ("minItems", "maxItems"):
        if rng.random() < 0.2:
            made[keyword] = rng.randint(0, 3)
    if rng.random() < 0.15:
        made["uniqueItems"] = True
    if rng.random() < 0.08:
        made["contains"] = scalar(rng)
    return made


def unions(rng: Random, depth: int) -> dict[str, Any]:
    return {rng.choice(["anyOf", "oneOf"]): [schema(rng, depth) for _ in range(rng.randint(1, 3))]}


def references(rng: Random, depth: int) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{rng.choice(COMPONENTS)}"}


def listed(rng: Random, depth: int) -> dict[str, Any]:
    values: list[Any] = rng.sample(["a", "b", "ab", 0, 1, 2, None, True, False, [], {}, {"a": 1}], rng.randint(1, 4))
    return {"enum": values} if rng.random() < 0.7 else {"const": values[0]}


def conjunctions(rng: Random, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {"allOf": [schema(rng, depth) for _ in range(rng.randint(1, 2))]}
    return made | objects(rng, depth - 1) if rng.random() < 0.3 else made


def denials(rng: Random, depth: int) -> dict[str, Any]:
    if rng.random() < 0.5:
        return {**schema(rng, depth), "not": schema(rng, depth - 1)}
    made = {"if": schema(rng, depth - 1)}
    for keyword in ("then", "else"):
        if rng.random() < 0.7:
            made[keyword] = schema(rng, depth - 1)
    return {**objects(rng, depth - 1), **made}


def components(rng: Random) -> dict[str, Any]:
    """The components that references name; some refer to themselves, from inside."""
    return {name: rng.choice([objects, objects, objects, arrays, scalar])(rng, 2) for name in COMPONENTS}


def document(body: Any, parts: dict[str, Any], version: str = "3.1.0") -> dict[str, Any]:
    """A document with one schema at `/components/schemas/Root`."""
    return {"openapi": version, "components": {"schemas": {**parts, "Root": body}}}


def validator(made: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """The validator of a document's root: of 3.1 without `readOnly`, a document is JSON Schema as it stands."""
    whole = {"$ref": "#/components/schemas/Root", "components": made["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, offline=True)


def edited(rng: Random, body: Any) -> Any:
    """A schema with one place of it changed in any way."""
    if not isinstance(body, dict) or rng.random() < 0.15:
        return schema(rng, 2)
    keys = [k for k in body if isinstance(body[k], dict | list | int | float | str) and k not in ("$ref", "type")]
    if not keys or rng.random() < 0.15:
        return {**body, **scalar(rng)} if "$ref" not in body else schema(rng, 1)
    key = rng.choice(keys)
    held = body[key]
    if key in ("properties", "patternProperties") and held:
        name = rng.choice(list(held))
        if rng.random() < 0.2:
            return {**body, key: {k: v for k, v in held.items() if k != name}}
        return {**body, key: {**held, name: edited(rng, held[name])}}
    if key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        index = rng.randrange(len(held))
        return {**body, key: [edited(rng, s) if i == index else s for i, s in enumerate(held)]}
    if key in ("items", "additionalProperties", "not", "if", "then", "else", "contains"):
        return {**body, key: edited(rng, held)}
    if key == "required":
        return {k: v for k, v in body.items() if k != key} if rng.random() < 0.5 else {**body, key: NAMES[:2]}
    if key == "enum":
        return {**body, key: [*held, "zz"] if rng.random() < 0.5 or len(held) < 2 else held[1:]}
    return {k: v for k, v in body.items() if k != key}


def payload(rng: Random, body: Any, parts: dict[str, Any], depth: int = 6) -> Any:
    """Something that a closed sender with this schema might write, valid or not."""
    if not isinstance(body, dict) or depth <= 0:
        return rng.choice([0, "a", None, {}, []])
    if "$ref" in body:
        return payload(rng, parts[body["$ref"].rpartition("/")[2]], parts, depth - 1)
    if "enum" in body or "const" in body:
        return rng.choice(body["enum"]) if "enum" in body else body["const"]
    choices = [s for k in ("anyOf", "oneOf", "allOf") for s in body.get(k, [])]
    choices += [body[k] for k in ("then", "else") if k in body]
    if choices and "type" not in body:
        return payload(rng, rng.choice(choices), parts, depth - 1)
    kinds = body.get("type", ["string", "integer", "boolean", "null", "array", "object"])
    kind = rng.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object":
        return written(rng, body, parts, depth)
    if kind == "array":
        first = body.get("prefixItems", [])
        count = rng.randint(body.get("minItems", 0), max(body.get("minItems", 0), body.get("maxItems", 3)))
        items = [first[i] if i < len(first) else body.get("items", {}) for i in range(count)]
        return [payload(rng, item, parts, depth - 1) for item in items]
    return rng.choice(SCALARS[kind])


def written(rng: Random, body: Any, parts: dict[str, Any], depth: int) -> dict[str, Any]:
    """An object with names that the schema declares, or leaves free."""
    held = body.get("properties", {})
    made = {
        name: payload(rng, inner, parts, depth - 1)
        for name, inner in held.items()
        if name in body.get("required", []) or rng.random() < 0.4
    }
    other = body.get("additionalProperties", False)
    if other is not False and rng.random() < 0.5:
        made[rng.choice(["x", "y", *NAMES])] = payload(rng, other, parts, depth - 1)
    return made
