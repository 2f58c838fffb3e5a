"""A contract: an OpenAPI document with where each part of it comes from, and what could not be known.

The marks stand in the document itself: `x-origin` ("path:line") on operations, parameters, schemas and properties,
`x-unknown` on a schema that cannot be known, `x-conditional` on what exists only under a condition that nothing
decides. They are Byte's only where an OpenAPI object may have extensions, or where `x-unknown` is all that stands in
the place of a value: a property or a path of that name is left alone, and so is every example, default or other value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from byte.model.review import Location

ORIGIN: Final = "x-origin"
UNKNOWN: Final = "x-unknown"
CONDITIONAL: Final = "x-conditional"
MARKS: Final = frozenset({ORIGIN, UNKNOWN, CONDITIONAL})

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Document = dict[str, Any]

_DIGITS: Final = 9
"""How many digits of an index are read: no list is longer."""
_PERCENT: Final = re.compile(rb"%([0-9A-Fa-f]{2})")


class Application(msgspec.Struct, frozen=True, order=True):
    """An application as it can be asked for: an expression over the names of a file, and why it is taken for one.

    `at` is the line that says so: a command that starts it, or where it is made; None where the user named it.
    """

    path: str
    expression: str
    at: Location | None
    why: str

    @property
    def name(self) -> str:
        """`FILE:EXPRESSION`, as `--app` takes it."""
        return f"{self.path}:{self.expression}"


class Target(msgspec.Struct, frozen=True):
    """The versions whose behaviour the contract follows; `*_from` is "path:line", "given" or "default".

    `libraries` are others that the project pins, by distribution.
    """

    fastapi: tuple[int, ...]
    pydantic: tuple[int, ...]
    fastapi_from: str = "default"
    pydantic_from: str = "default"
    libraries: tuple[tuple[str, tuple[int, ...]], ...] = ()


class Gap(msgspec.Struct, frozen=True, order=True):
    """Something that could not be known, and where."""

    path: str
    line: int
    reason: str


class Operation(msgspec.Struct, frozen=True):
    """One operation of a document; `pointer` is its JSON pointer, `body` the operation object."""

    method: str
    path: str
    pointer: str
    body: Document

    @property
    def name(self) -> str:
        """`GET /orders/{id}`."""
        return f"{self.method.upper()} {self.path}"


class Source(msgspec.Struct, frozen=True, eq=False):
    """A document as bytes: `name` says in messages which it is, `path` in places ("path:line").

    `fetch` gives the document that a reference in this one names (relative to it, without the fragment); it raises
    `SourceError` where there is none or where it must not be read. The same document has the same name again.
    """

    name: str
    path: str
    data: bytes
    fetch: Callable[[str], "Source"]


class Text(msgspec.Struct, frozen=True, eq=False):
    """The text, in UTF-8, that a part of a contract's document was read from: what lies below `pointer`.

    `moved` are the pointers below it (relative to it) whose values stand elsewhere in the text: those of a converted
    document.
    """

    path: str
    pointer: str
    syntax: Literal["json", "yaml"]
    data: bytes
    moved: Mapping[str, str] = {}


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """A document with marks, what it was read for, and what is missing from it.

    `application` and `target` are None for a document that was read from a file: then `texts` are what was read, the
    document itself first. `derivations` say of an operation (by its name) what it was made by, line by line.
    """

    document: Document
    application: Application | None = None
    target: Target | None = None
    gaps: tuple[Gap, ...] = ()
    derivations: Mapping[str, tuple[str, ...]] = {}
    texts: tuple[Text, ...] = ()


def operations(document: Document) -> Iterator[Operation]:
    """The operations in the order of the document."""
    for path, item in (document.get("paths") or {}).items():
        if isinstance(item, dict):
            for method in item:
                if method in METHODS and isinstance(item[method], dict):
                    yield Operation(method, path, f"/paths/{escaped(path)}/{method}", item[method])


def escaped(part: str) -> str:
    """A name as one part of a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    """The name that a part of a JSON pointer stands for (RFC 6901, section 4)."""
    return part.replace("~1", "/").replace("~0", "~")


def steps(pointer: str) -> list[str]:
    """The names that a JSON pointer goes through."""
    return [unescaped(part) for part in pointer.split("/")[1:]]


def along(value: Any, pointer: str) -> Iterator[Any]:
    """What stands on the way to a JSON pointer, from the value itself as far as there is a way; no reference is followed."""
    yield value
    for name in steps(pointer):
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name[:_DIGITS]) < len(value):
            value = value[int(name[:_DIGITS])]
        else:
            return
        yield value


def value_at(value: Any, pointer: str) -> tuple[bool, Any]:
    """Whether something stands at a JSON pointer, and what."""
    way = list(along(value, pointer))
    found = len(way) > pointer.count("/")
    return found, way[-1] if found else None


def origin(document: Document, pointer: str) -> str | None:
    """The mark `x-origin` of the value at a pointer, or of the nearest object around it."""
    marked = [held[ORIGIN] for held in along(document, pointer) if isinstance(held, dict) and ORIGIN in held]
    return next((said for said in reversed(marked) if isinstance(said, str)), None)


def unquoted(fragment: str) -> str:
    """A URI fragment as a JSON pointer or anchor: percent escapes are undone (RFC 6901, section 6)."""
    if "%" not in fragment:
        return fragment
    data = _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), fragment.encode())
    return data.decode("utf-8", "replace")


def resolved(document: Document, node: Any) -> Any:
    """What a reference within the document stands for; anything else is itself."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/"):
        reference = node["$ref"]
        if reference in seen:
            return {}
        seen.add(reference)
        node = document
        for part in reference[2:].split("/"):
            node = node.get(unescaped(part), {}) if isinstance(node, dict) else {}
    return node


def without_marks(document: Document) -> Document:
    """The document without Byte's marks: plain OpenAPI. Shares what it did not have to change."""
    plain: Document = _Stripper(MARKS).object(document, "document")
    return plain


def without_origins(document: Document) -> Document:
    """The document without `x-origin`; what is unknown or conditional stays marked."""
    plain: Document = _Stripper(frozenset({ORIGIN})).object(document, "document")
    return plain


def marks(document: Document, mark: str) -> Iterator[tuple[str, Document]]:
    """The JSON pointer of each object that has this mark, with the object, in the order of the document."""
    yield from _marked(document, "document", "", mark)


def is_unknown(value: Any) -> bool:
    """Whether this stands for a value that is not known: a title, a default, a status code."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get(UNKNOWN), dict)


# --- where an object may have extensions -------------------------------------------------------

Shape = Literal["one", "list", "map", "extensible"]
"""How a value holds objects: it is one, a list of them, a map by names, or a map that may have extensions too."""

_KINDS: Final[Mapping[str, Mapping[str, tuple[Shape, str]]]] = {
    "document": {
        "info": ("one", "info"),
        "servers": ("list", "leaf"),
        "paths": ("extensible", "path"),
        "webhooks": ("map", "path"),
        "components": ("one", "components"),
        "tags": ("list", "leaf"),
    },
    "info": {"contact": ("one", "leaf"), "license": ("one", "leaf")},
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "requestBodies": ("map", "body"),
        "headers": ("map", "parameter"),
        "securitySchemes": ("map", "leaf"),
        "links": ("map", "leaf"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path"),
    },
    "path": {
        "parameters": ("list", "parameter"),
        "servers": ("list", "leaf"),
        **dict.fromkeys(METHODS, ("one", "operation")),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("extensible", "response"),
        "callbacks": ("map", "callback"),
        "servers": ("list", "leaf"),
    },
    "parameter": {"schema": ("one", "schema"), "content": ("map", "media")},
    "body": {"content": ("map", "media")},
    "response": {"headers": ("map", "parameter"), "content": ("map", "media"), "links": ("map", "leaf")},
    "media": {"schema": ("one", "schema"), "encoding": ("map", "encoding")},
    "encoding": {"headers": ("map", "parameter")},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), ("map", "schema")),
        "dependentSchemas": ("map", "schema"),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(("items", "additionalProperties", "not", "contains", "propertyNames"), ("one", "schema")),
        **dict.fromkeys(("if", "then", "else", "contentSchema"), ("one", "schema")),
        **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties", "additionalItems"), ("one", "schema")),
        "discriminator": ("one", "leaf"),
        "xml": ("one", "leaf"),
    },
    "leaf": {},
}
# A callback maps expressions to path items, and may have extensions itself.
_MAPS: Final[Mapping[str, str]] = {"callback": "path"}


class _Stripper:
    """Copies a document without some marks; objects without any are shared, by identity."""

    def __init__(self, drop: frozenset[str]) -> None:
        self._drop = drop
        self._names = [name.encode() for name in sorted(drop)]
        self._within = False

    def object(self, node: Any, kind: str) -> Any:
        if not isinstance(node, dict):
            return node
        if kind in _MAPS:
            return self._map(node, _MAPS[kind], extensible=True)
        inner = _KINDS[kind]
        return {
            key: self._held(value, *inner[key]) if key in inner else value
            for key, value in node.items()
            if key not in self._drop and not (key not in inner and UNKNOWN in self._drop and is_unknown(value))
        }

    def _held(self, value: Any, shape: Shape, kind: str) -> Any:
        if shape == "one":
            return self.object(value, kind)
        if shape == "list":
            return [self.object(item, kind) for item in value] if isinstance(value, list) else self.object(value, kind)
        return self._map(value, kind, extensible=shape == "extensible")

    def _map(self, value: Any, kind: str, *, extensible: bool) -> Any:
        if not isinstance(value, dict):
            return value
        drop = self._drop if extensible else frozenset[str]()
        return {key: self._entry(item, kind) for key, item in value.items() if key not in drop}

    def _entry(self, item: Any, kind: str) -> Any:
        """An entry of a map: the outermost, paths and components, are passed over where they have no mark at all."""
        if self._within:
            return self.object(item, kind)
        if not self._may_have_some(item):
            return item
        self._within = True
        made = self.object(item, kind)
        self._within = False
        return made

    def _may_have_some(self, item: Any) -> bool:
        try:
            text = msgspec.json.encode(item)
        except (RecursionError, TypeError, ValueError):
            return True
        return any(name in text for name in self._names)


def _marked(node: Any, kind: str, pointer: str, mark: str) -> Iterator[tuple[str, Document]]:
    if not isinstance(node, dict):
        return
    if kind not in _MAPS and mark in node:
        yield pointer, node
    inner = _KINDS.get(kind, {})
    for key, value in node.items():
        at = f"{pointer}/{escaped(key)}"
        if kind in _MAPS:
            yield from _marked(value, _MAPS[kind], at, mark)
            continue
        if key not in inner:
            if mark == UNKNOWN and is_unknown(value):
                yield at, value
            continue
        shape, held = inner[key]
        if shape == "list" and isinstance(value, list):
            for index, item in enumerate(value):
                yield from _marked(item, held, f"{at}/{index}", mark)
        elif shape in ("map", "extensible") and isinstance(value, dict):
            for name, item in value.items():
                yield from _marked(item, held, f"{at}/{escaped(name)}", mark)
        elif shape in ("one", "list"):
            yield from _marked(value, held, at, mark)
