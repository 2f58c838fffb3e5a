"""Asks jsonschema-rs whether a value is an instance of a schema: the judge over every counterexample.

It gets plain JSON Schema 2020-12, made here and not by way of the normal form, of those parts of the schema that the
value touches: a property that the value does not have is nowhere looked at, so that neither the size of a document nor
its cycles matter.
"""

from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from byte.compare.schema.dialect import Schema
from byte.compare.schema.keywords import exclusive, needs_of, tags

ASSERTED: Final = frozenset(
    """date date-time time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri iri-reference
    uuid uri-template json-pointer relative-json-pointer regex""".split()
)
MOST_MADE: Final = 200_000
"""Schemas that all questions about one pair may be made of."""
_DEEPEST: Final = 90
_MOST: Final = 20_000
_LISTED: Final = 100
"""Values of an `enum` from which on a validator gets only those that matter."""
_KEPT: Final = frozenset(
    """type enum const minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
    minItems maxItems uniqueItems minContains maxContains minProperties maxProperties""".split()
)
_APPLYING: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_TYPES: Final = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_EXPECTED: Final[Mapping[str, type]] = {"enum": list, "pattern": str, "uniqueItems": bool}
_BROKEN: Final = frozenset({"BacktrackLimitExceeded", "RegexEngineFailure"})
_SIZE: Final = 1 << 20
_REGEX: Final = jsonschema_rs.RegexOptions(size_limit=_SIZE, dfa_size_limit=_SIZE)
_FANCY: Final = jsonschema_rs.FancyRegexOptions(backtrack_limit=20_000, size_limit=_SIZE, dfa_size_limit=_SIZE)


class _UnclearError(Exception):
    """What stands there cannot be put into JSON Schema."""


class Work:
    """How many schemas may still be made for a validator."""

    def __init__(self, left: int = MOST_MADE) -> None:
        self.left = left


def accepts(schema: Schema, value: Any, work: Work | None = None) -> bool | None:
    """Whether a value is an instance of a schema, None where that cannot be told, within what work is left."""
    try:
        plain = _Plain(work or Work()).schema(schema, [value], 0)
    except _UnclearError:
        return None
    for engine in (_REGEX, _FANCY):
        try:
            judge = jsonschema_rs.Draft202012Validator(
                plain, validate_formats=True, pattern_options=engine, offline=True
            )
            if judge.is_valid(value):
                return True
            return None if any(e.kind.name in _BROKEN for e in judge.iter_errors(value)) else False
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
            continue
    return None


class _Plain:
    """A schema as JSON Schema 2020-12, as far as some values touch it."""

    def __init__(self, work: Work) -> None:
        self._open: set[tuple[str, int]] = set()
        self._work = work
        self._least = work.left - _MOST

    def schema(self, schema: Schema, values: list[Any], depth: int) -> Any:
        value = schema.value
        # What is asked of nothing is as good as any: circles end where the value does.
        if not isinstance(value, dict) or not values:
            return value is not False
        self._work.left -= 1
        if depth > _DEEPEST or self._work.left < max(0, self._least):
            raise _UnclearError
        if "x-unknown" in value or "x-conditional" in value:
            return True
        reference = value.get("$ref")
        if isinstance(reference, str) and (schema.reader.old or len(value) == 1):
            return self._target(schema, values, depth)
        plain = self._keywords(schema, values, depth)
        if isinstance(reference, str):
            plain["allOf"] = [*plain.get("allOf", []), self._target(schema, values, depth)]
        if schema.reader.old and value.get("nullable") is True:
            return {"anyOf": [{"type": "null"}, plain]}
        return plain

    def _target(self, schema: Schema, values: list[Any], depth: int) -> Any:
        target = schema.target
        if target is None:
            raise _UnclearError
        key = (target.pointer, len(values) and id(values))
        if key in self._open:
            raise _UnclearError
        self._open.add(key)
        plain = self.schema(target, values, depth + 1)
        self._open.discard(key)
        return plain

    def _keywords(self, schema: Schema, values: list[Any], depth: int) -> dict[str, Any]:
        value = schema.value
        plain: dict[str, Any] = {k: value[k] for k in value if k in _KEPT and _sound(k, value[k])}
        if len(plain.get("enum", ())) > _LISTED:
            plain["enum"] = self._asked_about(plain["enum"], values)
        for strict, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if isinstance(plain.get(strict), bool) and plain.pop(strict) and limit in plain:
                plain[strict] = plain.pop(limit)
        if value.get("format") in ASSERTED:
            plain["format"] = value["format"]
        needs = {name: sorted(names) for name, names in needs_of(schema)}
        if needs:
            plain["dependentRequired"] = needs
        names = [n for n in schema.names("required") if n not in schema.hidden()]
        if names:
            plain["required"] = names
        if not _APPLYING.isdisjoint(schema.said):
            self._applied(schema, values, plain, depth)
        # What is said of objects asks nothing of values that are none; patterns must be some that the validator reads.
        objects = [v for v in values if isinstance(v, dict)]
        if objects or "patternProperties" in value:
            self._objects(schema, objects, plain, depth)
        arrays = [v for v in values if isinstance(v, list)]
        if arrays:
            self._arrays(schema, arrays, plain, depth)
        return plain

    def _applied(self, schema: Schema, values: list[Any], plain: dict[str, Any], depth: int) -> None:
        """The keywords that hold schemas for the very same values."""
        for keyword in ("allOf", "anyOf", "oneOf"):
            branches = schema.several(keyword)
            if branches:
                branches = branches if keyword == "oneOf" else _distinct(branches)
                made = [self._branch(schema, b, values, depth, tagged=keyword != "allOf") for b in branches]
                # Where a discriminator chooses, others may hold as well.
                chosen = keyword == "oneOf" and not exclusive(schema, keyword)
                plain.setdefault("allOf", []).extend([{"anyOf": made}] if chosen else [{keyword: made}])
        for keyword in ("not", "if", "then", "else"):
            held = schema.one(keyword)
            if held is not None:
                plain[keyword] = self.schema(held, values, depth + 1)

    def _asked_about(self, listed: list[Any], values: list[Any]) -> list[Any]:
        """Of a long list of values those that may be the ones asked about, else one that is not."""
        self._work.left -= len(listed) // _LISTED
        return [one for one in listed if one in values] or listed[:1]

    def _branch(self, schema: Schema, branch: Schema, values: list[Any], depth: int, *, tagged: bool) -> Any:
        plain = self.schema(branch, values, depth + 1)
        name, own = tags(schema, branch) if tagged else ("", [])
        if not own or _has_tag(branch, name):
            return plain
        tag = {"if": {"type": "object"}, "then": {"properties": {name: {"enum": own}}}}
        return {"allOf": [plain, tag]}

    def _objects(self, schema: Schema, values: list[dict[str, Any]], plain: dict[str, Any], depth: int) -> None:
        hidden = schema.hidden()
        touched = {name: None for value in values for name in value}
        held = schema.named("properties")
        if held:
            plain["properties"] = {
                name: name in hidden or self.schema(held[name], [v[name] for v in values if name in v], depth + 1)
                for name in touched
                if name in held
            }
        every = [item for value in values for item in value.values()]
        patterns = schema.named("patternProperties")
        if patterns:
            plain["patternProperties"] = {p: self.schema(s, every, depth + 1) for p, s in patterns.items()}
        for keyword, over in (
            ("additionalProperties", every),
            ("unevaluatedProperties", every),
            ("propertyNames", list(touched)),
        ):
            inner = schema.one(keyword)
            if inner is not None:
                plain[keyword] = self.schema(inner, over, depth + 1)
        dependent: Mapping[str, Schema] = {**schema.named("dependencies"), **schema.named("dependentSchemas")}
        if dependent:
            plain["dependentSchemas"] = {
                n: self.schema(s, values, depth + 1) for n, s in dependent.items() if n in touched
            }

    def _arrays(self, schema: Schema, values: list[list[Any]], plain: dict[str, Any], depth: int) -> None:
        every = [item for value in values for item in value]
        first = schema.several("prefixItems")
        rest = schema.one("items")
        if isinstance(schema.said.get("items"), list):
            first, rest = first or schema.several("items"), schema.one("additionalItems")
        longest = max((len(v) for v in values), default=0)
        if first and longest:
            plain["prefixItems"] = [
                self.schema(s, [v[i] for v in values if i < len(v)], depth + 1) for i, s in enumerate(first[:longest])
            ]
        # Fewer items than schemas for the first ones: nothing is left for the rest.
        if rest is not None and every and longest > len(first):
            plain["items"] = self.schema(rest, every, depth + 1)
        for keyword in ("contains", "unevaluatedItems"):
            inner = schema.one(keyword)
            if inner is not None:
                plain[keyword] = self.schema(inner, every, depth + 1)


def _sound(keyword: str, value: Any) -> bool:
    """Whether the value of a keyword is one that JSON Schema knows."""
    if keyword == "type":
        named = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return bool(named) and all(isinstance(n, str) and n in _TYPES for n in named)
    expected = _EXPECTED.get(keyword)
    if expected is not None:
        return isinstance(value, expected)
    if keyword == "const":
        return True
    if isinstance(value, bool):
        return keyword.startswith("exclusive")
    finite = isinstance(value, int | float) and abs(value) < float("inf")
    return finite and (keyword in _BOUNDS or (value > 0 if keyword == "multipleOf" else value >= 0))


def _distinct(branches: tuple[Schema, ...]) -> tuple[Schema, ...]:
    """Each once: what is referred to twice asks for nothing more."""
    return tuple({id(b.target) if b.is_reference else id(b): b for b in branches}.values())


def _has_tag(branch: Schema, name: str) -> bool:
    """Whether a branch itself says which values its discriminator has."""
    for member in branch.resolved.closure():
        held = member.named("properties").get(name)
        if held is not None and any("enum" in m.said or "const" in m.said for m in held.closure()):
            return True
    return False
