"""What the keywords of one schema say, one by one: scalars as sets, the rest as plain values."""

from collections.abc import Iterable
from typing import Any, Final

from byte.compare.schema.answers import Undecided, Yes
from byte.compare.schema.dialect import Schema
from byte.compare.schema.numbers import ANY_NUMBER, Counts, Numbers, numbers
from byte.compare.schema.shapes import Shape, emptiness
from byte.compare.schema.texts import ANY_TEXT, Texts, texts

_TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
SCALAR_KEYWORDS: Final = (
    "type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format"
).split()
SHAPING: Final = frozenset(
    """$ref allOf anyOf oneOf not if nullable properties required additionalProperties patternProperties propertyNames
    minProperties maxProperties dependentRequired dependentSchemas dependencies unevaluatedProperties items prefixItems
    contains minItems maxItems uniqueItems unevaluatedItems""".split()
) | frozenset(SCALAR_KEYWORDS)


def scalar(schema: Schema, keywords: Iterable[str], found: list[str]) -> Shape:
    """The scalars that some keywords of a schema let through; what cannot be known is added to `found`."""
    said = {k: schema.said[k] for k in keywords if k in schema.said}
    kinds = _kinds(said.get("type"))
    listed = listed_in(said)
    scalars = None if listed is None else [v for v in listed if not isinstance(v, list | dict)]
    return Shape(
        null="null" in kinds and (scalars is None or None in scalars),
        booleans=_booleans(kinds, scalars),
        numbers=_numbers(said, kinds, scalars, found),
        texts=_texts(said, kinds, scalars, schema),
    )


def types_of(schema: Schema) -> frozenset[str]:
    """The JSON types that `type` allows; "number" stands beside "integer" only if it does there."""
    return _kinds(schema.said.get("type"))


def _kinds(given: Any) -> frozenset[str]:
    named = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    kinds = frozenset(k for k in named if isinstance(k, str) and k in _TYPES)
    return kinds or _TYPES


def kind_of(value: Any) -> str:
    """The JSON type of an array or object."""
    return "array" if isinstance(value, list) else "object"


def listed_in(said: dict[str, Any]) -> list[Any] | None:
    """The values that `enum` and `const` leave, None without them."""
    listed = said["enum"] if isinstance(said.get("enum"), list) else None
    if "const" not in said:
        return listed
    const = said["const"]
    return [const] if listed is None or any(same_json(const, v) for v in listed) else []


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON: true is not 1, 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same_json(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[k], other[k]) for k in one)
    return bool(one == other) and isinstance(one, list | dict) == isinstance(other, list | dict)


def _booleans(kinds: frozenset[str], listed: list[Any] | None) -> int:
    if "boolean" not in kinds:
        return 0
    if listed is None:
        return 3
    return (1 if any(v is False for v in listed) else 0) | (2 if any(v is True for v in listed) else 0)


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(
    said: dict[str, Any], kinds: frozenset[str], listed: list[Any] | None, found: list[str]
) -> tuple[Numbers, ...]:
    if "number" not in kinds and "integer" not in kinds:
        return ()
    values = None if listed is None else [v for v in listed if _numeric(v)]
    if values == []:
        return ()
    bounds: dict[str, Any] = {}
    for side, bound in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        limit, strict = said.get(side), said.get(bound)
        if _numeric(limit):
            bounds[f"exclusive_{side}" if strict is True else side] = limit
        if _numeric(strict):
            bounds[f"exclusive_{side}"] = strict
    step = said.get("multipleOf")
    made = numbers(
        integer="number" not in kinds,
        multiple_of=[step] if _numeric(step) else (),
        values=values,
        **bounds,
    )
    if isinstance(made, Undecided):
        found.append(made.reason)
        return (ANY_NUMBER,)
    return () if isinstance(emptiness(made), Yes) else (made,)


def _texts(said: dict[str, Any], kinds: frozenset[str], listed: list[Any] | None, schema: Schema) -> tuple[Texts, ...]:
    if "string" not in kinds:
        return ()
    values = None if listed is None else [v for v in listed if isinstance(v, str)]
    if values == []:
        return ()
    least = schema.count("minLength") if "minLength" in said else 0
    most = schema.count("maxLength") if "maxLength" in said else None
    pattern, form = said.get("pattern"), said.get("format")
    if not (least or most is not None or pattern or form or values):
        return (ANY_TEXT,)
    made = texts(
        lengths=Counts(least or 0, most),
        patterns=[pattern] if isinstance(pattern, str) else (),
        formats=[form] if isinstance(form, str) else (),
        values=values,
    )
    return () if isinstance(emptiness(made), Yes) else (made,)


def items_of(schema: Schema) -> tuple[tuple[Schema, ...], Schema | None]:
    """The schemas of the first items, and of the rest; with `items` as a list as drafts before 2020-12 have it.

    `unevaluatedItems` counts where nothing beside it can evaluate items (see `loose_items`).
    """
    first = schema.several("prefixItems")
    if isinstance(schema.said.get("items"), list):
        return first or schema.several("items"), schema.one("additionalItems")
    rest = schema.one("items")
    return first, schema.one("unevaluatedItems") if rest is None and not loose_items(schema) else rest


def loose_items(schema: Schema) -> bool:
    """Whether `unevaluatedItems` says something that depends on what stands beside it."""
    held = schema.one("unevaluatedItems")
    if held is None or held.value is True or schema.one("items") is not None:
        return False
    return any(k in schema.said for k in ("$ref", "allOf", "anyOf", "oneOf", "if", "contains", "not"))


def mentions_of(schema: Schema) -> int:
    """0 where no `properties` stands, 1 where an empty one does, 2 where names or patterns are listed."""
    if schema.named("properties") or schema.named("patternProperties"):
        return 2
    return 1 if isinstance(schema.said.get("properties"), dict) else 0


def needs_of(schema: Schema) -> tuple[tuple[str, frozenset[str]], ...]:
    """The names that must be there as soon as another is."""
    found: dict[str, frozenset[str]] = {}
    for keyword in ("dependentRequired", "dependencies"):
        held = schema.said.get(keyword)
        for name, names in held.items() if isinstance(held, dict) else ():
            if isinstance(names, list):
                there = frozenset(n for n in names if isinstance(n, str)) - schema.hidden()
                found[name] = found.get(name, frozenset()) | there
    return tuple(found.items())


def evaluated(schema: Schema) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """The names and patterns that a schema evaluates in any case, and whether it evaluates no others in some."""
    names: set[str] = set()
    patterns: dict[str, None] = {}
    certain = True
    for member in schema.closure():
        names.update(member.named("properties"))
        patterns.update(dict.fromkeys(member.named("patternProperties")))
        some = any(member.said.get(k) for k in ("anyOf", "oneOf", "if", "dependentSchemas", "additionalProperties"))
        inner = member is not schema and "unevaluatedProperties" in member.said
        certain = certain and not some and not inner and not member.unknown
    return frozenset(names), tuple(patterns), certain


def tags(schema: Schema, branch: Schema) -> tuple[str, list[str]]:
    """The property of a discriminator and the values of it that stand for a branch: none where it has no word in it."""
    given = schema.said.get("discriminator")
    name = given.get("propertyName") if isinstance(given, dict) else None
    reference = branch.value.get("$ref") if isinstance(branch.value, dict) else None
    if not isinstance(name, str) or not isinstance(reference, str) or not isinstance(given, dict):
        return "", []
    mapping = given.get("mapping")
    own = reference.rpartition("/")[2]
    values = [
        value
        for value, to in (mapping.items() if isinstance(mapping, dict) else ())
        if isinstance(value, str) and to in (reference, own)
    ]
    return name, values or [own]


def exclusive(schema: Schema, keyword: str) -> bool:
    """Whether exactly one alternative may hold: not of `anyOf`, and not where a discriminator chooses."""
    given = schema.said.get("discriminator")
    return keyword == "oneOf" and not (isinstance(given, dict) and isinstance(given.get("propertyName"), str))


def matches(pattern: str, name: str) -> bool | None:
    """Whether a property's name matches a pattern, None where that cannot be told."""
    return texts(patterns=[pattern]).accepts(name)
