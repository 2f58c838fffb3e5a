"""Values on the wire: a parameter or header is text there, whatever its schema calls it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from byte.compare.changes import Root
from byte.compare.document import Side
from byte.compare.protocol.view import Parameter
from byte.compare.schemas import types, walk
from byte.compare.schemas.structure import SchemaDiff, Sides
from byte.compare.schemas.view import Schema
from byte.model.difference import Level

_SIMPLE: Final = frozenset({"boolean", "integer", "number", "string"})
_OF_TEXT: Final = (
    *("format", "pattern", "minLength", "maxLength", "enum", "const"),
    *("allOf", "anyOf", "oneOf", "not", "if", "$ref", "x-unknown"),
)
"""Keywords that may say something about strings."""


class Decision(msgspec.Struct, frozen=True):
    """Who decides about a parameter: inclusion with `root`; else a `level` for all of it, or (None) oasdiff's rules."""

    root: Root | None
    level: Level | None = None


def decision(sides: Sides, diff: SchemaDiff, root: Root, two: Parameter | None, *, mirrored: bool = False) -> Decision:
    """JSON is not what is on the wire: there every value of a parameter or header is text, and a string takes all."""
    ends = [(diff.base, sides.base), (diff.revision, sides.revision)]
    (sent, sender), (received, receiver) = reversed(ends) if mirrored else ends
    if sent is None or received is None:
        return Decision(root)
    simple = _simple_types(sides, sender, sent)
    if simple - _simple_types(sides, receiver, received) and _takes_any_text(sides, receiver, received):
        return Decision(None, "info")
    if two is not None and repeated_list(two, diff, sides):
        return Decision(None)
    pairs = [(sent, received)]
    for place in walk.modified(diff):
        one, other = (place.diff.revision, place.diff.base) if mirrored else (place.diff.base, place.diff.revision)
        if one is not None and other is not None:
            pairs.append((one, other))
    return Decision(None if any(_read_as_text(one.types, other.types) for one, other in pairs) else root)


def _read_as_text(sent: Sequence[str], received: Sequence[str]) -> bool:
    """Whether the receiver takes a string where the sender writes something else that is simple."""
    sent, received = _not_null(sent), _not_null(received)
    return "string" in received and not set(sent) <= set(received) and set(sent) <= _SIMPLE


def _simple_types(sides: Sides, side: Side, schema: Schema) -> set[str]:
    """The types of values that are neither lists nor objects, null aside; empty where there may be others."""
    alternatives = [schema.types] if schema.types else [m.types for m in _members(sides, side, schema)]
    found = {name for names in alternatives for name in names} - {"null"}
    return found if all(alternatives) and found <= _SIMPLE else set()


def _takes_any_text(sides: Sides, side: Side, schema: Schema) -> bool:
    """Whether a string of any content is valid."""
    if schema.types:
        return "string" in schema.types and not any(key in schema.value for key in _OF_TEXT)
    return any(
        "string" in member.types and not any(key in member.value for key in _OF_TEXT)
        for member in _members(sides, side, schema)
    )


def _members(sides: Sides, side: Side, schema: Schema) -> list[Schema]:
    """The alternatives of a schema that says nothing else about texts."""
    unions = [keyword for keyword in ("anyOf", "oneOf") if keyword in schema.value]
    if len(unions) != 1 or any(key in schema.value for key in _OF_TEXT if key not in unions):
        return []
    return [sides.view(side, node) for node in schema.list(unions[0]).values()]


def repeated_list(two: Parameter, diff: SchemaDiff, sides: Sides) -> bool:
    """Whether a single value became a list that is written as repeated parameters: one value is a list of one."""
    base, revision = diff.base, diff.revision
    if diff.types is None or base is None or revision is None:
        return False
    added, before = _not_null(diff.types.added), _not_null(base.types)
    items = revision.one("items")
    if added != ["array"] or not before or two.style != "form" or not two.explode or items is None:
        return False
    item = sides.view(sides.revision, items)
    if not types.contained(_not_null(item.types), before, False):
        return False
    return sides.equivalent(base.itself(), item.itself(), "type", "nullable")


def _not_null(names: Sequence[str]) -> list[str]:
    return [name for name in names if name != "null"]
