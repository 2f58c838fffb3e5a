"""One document as the walk reads it: path items, operations, parameters; references followed, wrong types absent."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import msgspec

from byte.compare.document import Node, Side
from byte.model.contract import METHODS, UNKNOWN

OPERATIONS: Final = (*METHODS, "connect")
"""The keys of a path item that hold operations; `connect` is one for oasdiff too."""
PLACES: Final = ("path", "query", "header", "cookie")
"""Where a parameter may stand."""
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")


class Parameter(msgspec.Struct, frozen=True):
    """A parameter: where it stands, what it is called, and its schema or content.

    `node` is the parameter object; `shared` says that the path item declares it for all of its operations.
    """

    node: Node
    name: str
    place: str
    schema: Node | None
    shared: bool = False

    @property
    def required(self) -> bool:
        """Whether a request must have it; a parameter in the path always."""
        return flag(self.node, "required") or self.place == "path"

    @property
    def style(self) -> str:
        """How a value is written, the default of its place included."""
        return text(self.node, "style") or _STYLES[self.place]

    @property
    def explode(self) -> bool:
        """Whether lists and objects are written as parameters of their own, the default of the style included."""
        given = self.node.value.get("explode")
        return given if isinstance(given, bool) else self.style == "form"

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by on the wire: names of headers are the same in any case."""
        return self.place, self.name.lower() if self.place == "header" else self.name


class Operation(msgspec.Struct, frozen=True, eq=False, dict=True):
    """An operation of one side. `method` is "GET"; `item` the path item that it stands in, `path` its template."""

    side: Side
    path: str
    method: str
    node: Node
    item: Node

    @cached_property
    def own_parameters(self) -> list[Parameter]:
        """The parameters that the operation itself declares."""
        return parameters(self.side, self.node)

    @cached_property
    def hidden_parameters(self) -> str:
        """Why there may be parameters that cannot be seen here, "" where there are none."""
        for holder in (self.node, self.item):
            held = holder.get("parameters")
            for value in (held.value, *(n.value for n in held.elements())) if held is not None else ():
                reason = unknown(value) or (unknown(value.get("name")) if isinstance(value, dict) else "")
                reason = reason or (unknown(value.get("in")) if isinstance(value, dict) else "")
                if reason:
                    return reason
        return ""

    @cached_property
    def effective_parameters(self) -> Mapping[tuple[str, str], Parameter]:
        """The parameters of a request, by what they are known by: the operation's own win over the path item's."""
        return {p.key: p for p in (*parameters(self.side, self.item, shared=True), *self.own_parameters)}

    @cached_property
    def asked_for(self) -> list[Parameter]:
        """The parameters that the query of every request has."""
        return [p for p in self.effective_parameters.values() if p.required and p.place == "query"]


def operations(side: Side, path: str, item: Node) -> dict[str, Operation]:
    """The operations of a path item by method ("GET"), in the order of the document."""
    return {
        name.upper(): Operation(side, path, name.upper(), node, item)
        for name, node in item.items()
        if name in OPERATIONS and isinstance(node.value, dict)
    }


def parameters(side: Side, holder: Node, *, shared: bool = False) -> list[Parameter]:
    """The parameters of an operation or path item; what has no name or place is left out."""
    out = []
    held = holder.get("parameters")
    for element in held.elements() if held is not None else ():
        node = side.resolved(element)
        if isinstance(node.value, dict):
            name, place = node.value.get("name"), node.value.get("in")
            if isinstance(name, str) and place in PLACES:
                out.append(Parameter(node, name, place, schema_of(node), shared))
    return out


def schema_of(holder: Node) -> Node | None:
    """The schema of a parameter, header or media type, as it is written there (perhaps a reference)."""
    node = holder.get("schema")
    return node if node is not None and isinstance(node.value, (dict, bool)) else None


def child(side: Side, holder: Node | None, key: str) -> Node | None:
    """The object under a key, what it refers to; None where there is none."""
    node = holder.get(key) if holder is not None else None
    node = side.resolved(node) if node is not None else None
    return node if node is not None and isinstance(node.value, dict) else None


def entries(side: Side, holder: Node | None, *, extensible: bool = False) -> Iterator[tuple[str, Node]]:
    """The objects of a map, references followed; where it is `extensible`, keys in `x-` are none of them."""
    for name, node in holder.items() if holder is not None else ():
        found = side.resolved(node)
        known = isinstance(name, str) and name != UNKNOWN and not (extensible and name.startswith("x-"))
        if known and isinstance(found.value, dict):
            yield name, found


def flag(node: Node, key: str) -> bool:
    """Whether a key says true."""
    return isinstance(node.value, dict) and node.value.get(key) is True


def text(node: Node, key: str) -> str:
    """The string under a key, "" where there is none."""
    found = node.value.get(key) if isinstance(node.value, dict) else None
    return found if isinstance(found, str) else ""


def unknown(value: Any) -> str:
    """Why a value is marked as one that cannot be known; "" where it is not."""
    mark = value.get(UNKNOWN) if isinstance(value, dict) else None
    marks = mark if isinstance(mark, list) else [mark]
    said = next((m.get("reason") for m in marks if isinstance(m, dict)), None)
    return (said if isinstance(said, str) else "it is not known") if mark is not None else ""


def strings(value: Any) -> list[str]:
    """The strings of a list, each once, in their order; nothing of anything else."""
    return list(dict.fromkeys(v for v in value if isinstance(v, str))) if isinstance(value, list) else []


def template(path: str) -> tuple[str, list[str]]:
    """A path without the names of its parameters, and these names in order: `/a/{id}` is `/a/{}` and `id`."""
    # Each brace that opens finds one that closes, so that none is looked for in vain to the end.
    head, close, tail = path.rpartition("}")
    return _PLACEHOLDER.sub("{}", head + close) + tail, _PLACEHOLDER.findall(head + close)
