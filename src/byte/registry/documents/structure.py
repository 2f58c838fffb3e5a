"""The skeleton of an OpenAPI document: what holds operations, and what they are made of, has the type that it must have.

A schema that cannot be read leaves its operation known; a `paths` that is a list leaves nothing known, and a document
without operations looks just like one whose operations were lost. So the first is a warning and the second a refusal.
Nothing (null) is what an empty key of YAML holds: it stands for a field that is not there, but not for an operation or
for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Literal

from byte.model.contract import METHODS, escaped
from byte.registry.errors import Fault

_How = Literal["one", "list", "map"]
_Rules = Mapping[str, tuple[_How, str]]
"""What a field holds: one object, a list of them or a map of them by name, and of which kind these are."""

_PLAIN: Final = ("map", "")
"""An object at whose values nothing more is looked."""
_OLD: Final[_Rules] = {
    "info": _PLAIN,
    "paths": ("map", "path"),
    **dict.fromkeys(("definitions", "parameters", "responses", "securityDefinitions"), _PLAIN),
}
_NEW: Final[_Rules] = {
    "info": _PLAIN,
    "paths": ("map", "path"),
    "webhooks": ("map", "path"),
    "components": ("one", "components"),
}
_FIELDS: Final[Mapping[str, _Rules]] = {
    "components": dict.fromkeys(
        ("schemas", "responses", "parameters", "requestBodies", "headers", "securitySchemes", "callbacks", "pathItems"),
        _PLAIN,
    ),
    "path": {"parameters": ("list", "parameter"), **dict.fromkeys(METHODS, ("one", "operation"))},
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", ""),
        "responses": ("map", "response"),
    },
}
_BLANK: Final = frozenset({"path", "response"})
"""Kinds for which nothing (null) is an object without fields."""
_MOST: Final = 100


def wrong(document: dict[str, Any]) -> list[Fault]:
    """What is wrong with the skeleton of a document of OpenAPI 2 or 3: the first hundred faults."""
    old = "openapi" not in document
    return list(islice(_missing(document, old), 1)) or list(islice(_fields(document, _OLD if old else _NEW, ""), _MOST))


def _missing(document: Mapping[str, Any], old: bool) -> Iterator[Fault]:
    """A document has paths; since OpenAPI 3.1 it may have only webhooks or components."""
    either = ("paths",) if old or str(document["openapi"]).startswith("3.0") else ("paths", "webhooks", "components")
    if not any(name in document for name in either):
        yield Fault(f"The document has no {' and no '.join(f'`{name}`' for name in either)}.", "/paths")
    elif "paths" in document and document["paths"] is None:
        yield Fault("`paths` is null, not an object.", "/paths")


def _fields(node: dict[str, Any], rules: _Rules, at: str) -> Iterator[Fault]:
    for name, (how, kind) in rules.items():
        held = node.get(name)
        if held is None:
            if name in METHODS and name in node:
                yield Fault(f"`{name}` is null, not an object.", f"{at}/{name}")
        elif type(held) is not (list if how == "list" else dict):
            yield Fault(f"`{name}` is {_said(held)}, not {'a list' if how == 'list' else 'an object'}.", f"{at}/{name}")
        elif how == "one" and type(held) is dict:
            yield from _fields(held, _FIELDS.get(kind, {}), f"{at}/{name}")
        elif kind:
            yield from _entries(held, kind, f"{at}/{name}")


def _entries(held: dict[str, Any] | list[Any], kind: str, at: str) -> Iterator[Fault]:
    rules = _FIELDS.get(kind, {})
    entries: Iterable[tuple[Any, Any]] = held.items() if isinstance(held, dict) else enumerate(held)
    for key, entry in entries:
        if type(entry) is dict:
            if rules:
                yield from _fields(entry, rules, f"{at}/{escaped(str(key))}")
        elif not (entry is None and kind in _BLANK) and not str(key).startswith("x-"):
            what = "path item" if kind == "path" else kind
            yield Fault(f"The {what} is {_said(entry)}, not an object.", f"{at}/{escaped(str(key))}")


def _said(value: Any) -> str:
    """A value of the wrong type, for a message."""
    kinds: Mapping[type, str] = {
        type(None): "null",
        bool: "a boolean",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), "a number")
