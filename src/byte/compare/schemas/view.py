"""One schema as it is meant: references followed, what stands beside them merged (3.1), values of a wrong type absent."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from byte.compare.document import Node, Side
from byte.model.contract import escaped

LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")
ONES: Final = (
    *("items", "additionalProperties", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
    *("if", "then", "else", "not", "contentSchema"),
)
SWITCHES: Final = frozenset({"additionalProperties", "unevaluatedItems", "unevaluatedProperties"})
"""Keywords that are a schema, or just say yes or no."""
ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "example", "externalDocs", "examples", "$comment"},
)
"""Keywords that say nothing about what is valid."""

_NOTHING: Final[Mapping[str, str]] = {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _flag(value: Any) -> bool:
    return value is True


def _count(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _least(value: Any) -> int:
    return _count(value) or 0


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bound(value: Any) -> float | bool | None:
    return value if isinstance(value, bool) else _number(value)


def _any(value: Any) -> Any:
    return value


def _object(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _list(value: Any) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _switch(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


VALUES: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("title", "description", "format", "pattern", "contentMediaType", "contentEncoding"), _text),
    **dict.fromkeys(("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$schema", "$comment"), _text),
    **dict.fromkeys(("uniqueItems", "nullable", "readOnly", "writeOnly", "allowEmptyValue", "deprecated"), _flag),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), _least),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "minContains", "maxContains"), _count),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _bound),
    **dict.fromkeys(("default", "const", "example"), _any),
    **dict.fromkeys(("xml", "externalDocs"), _object),
    **dict.fromkeys(SWITCHES, _switch),
    "examples": _list,
}
"""Keywords with one value, and how it is read: what is absent, or of a wrong type, reads as the keyword's default."""

_OBJECTS: Final = ("dependentRequired", "discriminator")
KNOWN: Final = frozenset({*VALUES, *LISTS, *MAPS, *ONES, *_OBJECTS, "type", "enum", "required"})
"""Every keyword of a schema object; any other key is an extension."""


class Schema(msgspec.Struct, frozen=True, eq=False):
    """What a schema says, and where: `pointer` is the place where it really stands.

    `reference` is the text of its `$ref`, "" where it has none. `places` are the pointers of the objects that hold a
    keyword, where that is not the schema itself (keywords beside a `$ref`). Two schemas of one side with the same
    `identity` are the same schema, reached by the same reference.
    """

    value: dict[str, Any]
    pointer: str
    identity: str
    reference: str = ""
    places: Mapping[str, str] = _NOTHING

    def read(self, keyword: str) -> Any:
        """The value of a keyword in `VALUES`, its default where it is absent."""
        return VALUES[keyword](self.value.get(keyword))

    def place(self, keyword: str) -> str:
        """The JSON pointer of a keyword's value."""
        return f"{self.places.get(keyword, self.pointer)}/{escaped(keyword)}"

    @property
    def types(self) -> tuple[str, ...]:
        """The types that `type` allows, as written; none where it says nothing."""
        value = self.value.get("type")
        return (value,) if isinstance(value, str) else _texts(value)

    @property
    def required(self) -> tuple[str, ...]:
        """The names in `required`."""
        return _texts(self.value.get("required"))

    @property
    def enum(self) -> list[Any] | None:
        """The values of `enum`, None where there is none."""
        return _list(self.value.get("enum"))

    @property
    def dependent_required(self) -> dict[str, tuple[str, ...]]:
        """The entries of `dependentRequired`."""
        value = self.value.get("dependentRequired")
        return {name: _texts(names) for name, names in value.items()} if isinstance(value, dict) else {}

    @property
    def discriminator(self) -> dict[str, Any] | None:
        """The discriminator object."""
        return _object(self.value.get("discriminator"))

    def itself(self) -> "Schema":
        """The same schema, as if it had been written where it was referred to."""
        return msgspec.structs.replace(self, reference="", identity=f"{self.identity} itself")

    def one(self, keyword: str) -> Node | None:
        """The schema under a keyword of `ONES`."""
        value = self.value.get(keyword)
        if isinstance(value, dict) or (isinstance(value, bool) and keyword not in SWITCHES):
            return Node(value, self.place(keyword))
        return None

    def map(self, keyword: str) -> dict[str, Node]:
        """The schemas by name under a keyword of `MAPS`."""
        value = self.value.get(keyword)
        if not isinstance(value, dict):
            return {}
        at = self.place(keyword)
        return {
            name: Node(schema, f"{at}/{escaped(name)}")
            for name, schema in value.items()
            if isinstance(schema, dict | bool)
        }

    def list(self, keyword: str) -> dict[int, Node]:
        """The schemas by position under a keyword of `LISTS`."""
        value = self.value.get(keyword)
        if not isinstance(value, list):
            return {}
        at = self.place(keyword)
        return {i: Node(schema, f"{at}/{i}") for i, schema in enumerate(value) if isinstance(schema, dict | bool)}

    def says_only(self, *keywords: str) -> bool:
        """Whether nothing but these keywords, and annotations, stands in it."""
        return not any(self._says(key) for key in self.value if key not in ANNOTATIONS and key not in keywords)

    def _says(self, keyword: str) -> bool:
        """Whether a keyword is there with anything but its default."""
        if keyword == "type":
            return bool(self.types)
        if keyword in ("required", "enum"):
            return bool(self.required if keyword == "required" else self.enum)
        if keyword in _OBJECTS:
            return bool(self.dependent_required) if keyword == "dependentRequired" else self.discriminator is not None
        if keyword in VALUES and self.read(keyword) != VALUES[keyword](None):
            return True
        if keyword in ONES:
            return self.one(keyword) is not None
        return bool(self.map(keyword) or self.list(keyword)) if keyword in KNOWN else True


def viewed(side: Side, node: Node) -> Schema:
    """The schema that a node stands for. A reference that leads nowhere, or in a circle, allows everything."""
    reference = _reference(node)
    beside: list[Node] = []
    seen: set[str] = set()
    end: Node | None = node
    while end is not None and (name := _reference(end)):
        if end.pointer in seen:
            end = None
            break
        seen.add(end.pointer)
        if side.dialect != "3.0" and len(end.value) > 1:
            beside.append(end)
        end = side.target(name)
    known = end is not None and isinstance(end.value, dict | bool)
    value, pointer = (_as_object(end.value), end.pointer) if end is not None and known else ({}, node.pointer)
    identity = reference if reference and node not in beside[:1] else node.pointer
    if not beside:
        return Schema(value, pointer, identity, reference)
    merged = dict(value)
    places: dict[str, str] = {}
    for holder in reversed(beside):
        for keyword in holder.value:
            if keyword in KNOWN:
                merged[keyword] = holder.value[keyword]
                places[keyword] = holder.pointer
    return Schema(merged, pointer, identity, reference, places)


def _as_object(value: dict[str, Any] | bool) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {} if value else {"not": {}}


def _reference(node: Node) -> str:
    reference = node.value.get("$ref") if isinstance(node.value, dict) else None
    return reference if isinstance(reference, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def alike(one: Any, two: Any) -> bool:
    """Whether two JSON values are the same: 1 is 1.0, and is not true. Values may be nested to any depth."""
    waiting = [(one, two)]
    while waiting:
        a, b = waiting.pop()
        if a is b:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            waiting.extend((a[key], b[key]) for key in a)
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            waiting.extend(zip(a, b, strict=True))
        elif isinstance(a, bool) or isinstance(b, bool) or a != b:
            return False
    return True
