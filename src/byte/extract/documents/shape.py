"""What an OpenAPI document is made of: the kinds of its objects, and what each holds in which field.

Only what a comparison looks at stands here. Fields that are not named are left as they are, whatever they hold.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from byte.model.contract import METHODS

How = Literal["one", "list", "map", "open", "value"]
"""One object, a list of them, a map by names, a map with extensions beside the names, or a value to be checked."""


class Field(msgspec.Struct, frozen=True):
    """What a field holds: objects of a kind, or a value for which `fits` says whether it is one.

    `types` are those whose values always are.
    """

    how: How
    kind: str = ""
    fits: Callable[[Any], bool] = bool
    what: str = ""
    types: frozenset[type] = frozenset()


def _one(kind: str) -> Field:
    return Field("one", kind, what="an object")


def _list(kind: str) -> Field:
    return Field("list", kind, what="a list")


def _map(kind: str) -> Field:
    return Field("map", kind, what="an object")


def _open(kind: str) -> Field:
    return Field("open", kind, what="an object")


def _value(what: str, *types: type) -> Field:
    # A boolean is no number here.
    return Field("value", fits=lambda value: type(value) in types, what=what, types=frozenset(types))


_STRINGS: Final = frozenset({str})


def _is_texts(value: Any) -> bool:
    return type(value) is list and _STRINGS.issuperset(map(type, value))


def _is_requirements(value: Any) -> bool:
    return type(value) is list and all(
        type(item) is dict and all(_is_texts(scopes) for scopes in item.values()) for item in value
    )


_TEXT: Final = _value("a text", str)
_FLAG: Final = _value("true or false", bool)
_NUMBER: Final = _value("a number", int, float)
_COUNT: Final = Field(
    "value", fits=lambda v: (type(v) is int or (type(v) is float and v.is_integer())) and v >= 0, what="a whole number"
)
_BOUND: Final = _value("a number or true or false", int, float, bool)
_ANY_LIST: Final = _value("a list", list)
_ANY_OBJECT: Final = _value("an object", dict)
_TEXTS: Final = Field("value", fits=_is_texts, what="a list of texts")
_TYPE: Final = Field("value", fits=_is_texts, what="a text or a list of texts", types=frozenset({str}))
_SECURITY: Final = Field("value", fits=_is_requirements, what="a list of requirements")

_SCHEMA: Final[Mapping[str, Field]] = {
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), _map("schema")),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _list("schema")),
    **dict.fromkeys(("items", "additionalProperties", "not", "contains", "propertyNames"), _one("schema")),
    **dict.fromkeys(("if", "then", "else", "contentSchema"), _one("schema")),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "additionalItems"), _one("schema")),
    "discriminator": _one("discriminator"),
    "type": _TYPE,
    "required": _TEXTS,
    "enum": _ANY_LIST,
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), _BOUND),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _COUNT),
    **dict.fromkeys(("minProperties", "maxProperties", "minContains", "maxContains"), _COUNT),
    **dict.fromkeys(("pattern", "format"), _TEXT),
    **dict.fromkeys(("nullable", "readOnly", "writeOnly", "uniqueItems", "deprecated"), _FLAG),
    "dependentRequired": _ANY_OBJECT,
}

_PARAMETER: Final[Mapping[str, Field]] = {
    "schema": _one("schema"),
    "content": _map("media"),
    **dict.fromkeys(("required", "deprecated", "allowEmptyValue", "explode", "allowReserved"), _FLAG),
    "style": _TEXT,
}

FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "document": {
        "servers": _list("server"),
        "paths": _open("path"),
        "webhooks": _map("path"),
        "components": _one("components"),
        "security": _SECURITY,
        "tags": _list("leaf"),
        "info": _one("leaf"),
    },
    "components": {
        "schemas": _map("schema"),
        "responses": _map("response"),
        "parameters": _map("parameter"),
        "requestBodies": _map("body"),
        "headers": _map("header"),
        "securitySchemes": _map("scheme"),
        "links": _map("leaf"),
        "callbacks": _map("callback"),
        "pathItems": _map("path"),
    },
    "path": {
        "parameters": _list("parameter"),
        "servers": _list("server"),
        **dict.fromkeys(METHODS, _one("operation")),
    },
    "operation": {
        "parameters": _list("parameter"),
        "requestBody": _one("body"),
        "responses": _open("response"),
        "callbacks": _map("callback"),
        "servers": _list("server"),
        "security": _SECURITY,
        "tags": _TEXTS,
        "operationId": _TEXT,
        "deprecated": _FLAG,
    },
    "parameter": {"name": _TEXT, "in": _TEXT, **_PARAMETER},
    "header": _PARAMETER,
    "body": {"content": _map("media"), "required": _FLAG},
    "response": {"headers": _map("header"), "content": _map("media"), "links": _map("leaf")},
    "media": {"schema": _one("schema"), "encoding": _map("encoding")},
    "encoding": {"headers": _map("header")},
    "schema": _SCHEMA,
    "discriminator": {"propertyName": _TEXT, "mapping": _ANY_OBJECT},
    "scheme": {"type": _TEXT, "name": _TEXT, "in": _TEXT, "scheme": _TEXT, "flows": _ANY_OBJECT},
    "server": {"url": _TEXT, "variables": _ANY_OBJECT},
    "leaf": {},
}

MAPS: Final[Mapping[str, str]] = {"callback": "path"}
"""Kinds that are maps themselves, with extensions, and what they hold."""

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "parameter": ("name", "in"),
    "scheme": ("type",),
    "server": ("url",),
}
"""Fields without which an object says nothing."""

REFERABLE: Final = frozenset(
    {"path", "parameter", "header", "body", "response", "schema", "scheme", "callback", "media", "leaf"}
)
"""Kinds in whose place a reference may stand."""

BLANK: Final = frozenset({"path", "response", "media", "schema", "header", "leaf", "encoding"})
"""Kinds for which nothing (null) is an object without fields."""

NAMES: Final[Mapping[str, str]] = {
    "document": "document",
    "components": "components object",
    "path": "path item",
    "body": "request body",
    "media": "media type",
    "scheme": "security scheme",
    "leaf": "object",
}
"""What messages call a kind, where that is not its own name."""
