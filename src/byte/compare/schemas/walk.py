"""Every place within the difference of two schemas: what differs on both sides, what came, and what went."""

from collections.abc import Iterator
from typing import Final

import msgspec

from byte.compare.document import Node
from byte.compare.schemas.structure import SchemaDiff

_MOST: Final = 4_000
"""How many places of one schema are told apart: shared schemas expand without end, and nobody reads so many."""
_BEFORE: Final = ("allOf", "anyOf", "oneOf")
_AFTER: Final = (
    *("contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
    *("if", "then", "else", "not", "contentSchema"),
)


class Place(msgspec.Struct, frozen=True):
    """A schema within another that is not the same: the way to it, as `items/price`.

    `name` is the property's where it is one, and "" else. `parent` is the difference that it lies in.
    """

    path: str
    name: str
    diff: SchemaDiff
    parent: SchemaDiff


class Moved(msgspec.Struct, frozen=True):
    """A property on one side only: the way to it, its name and schema, and the difference that it lies in."""

    path: str
    name: str
    node: Node
    parent: SchemaDiff


def modified(diff: SchemaDiff) -> Iterator[Place]:
    """The schemas within that differ, in the order of the document; those on one side only are among them.

    A schema that many refer to is there once for every way that leads to it, until there are too many: from then on
    each difference is there once.
    """
    waiting = list(reversed(_inner("", diff)))
    seen: set[SchemaDiff] = set()
    count = 0
    while waiting:
        place = waiting.pop()
        count += 1
        if count > _MOST and place.diff in seen:
            continue
        seen.add(place.diff)
        yield place
        waiting.extend(reversed(_inner(place.path, place.diff)))


def added(diff: SchemaDiff) -> Iterator[Moved]:
    """The properties of the revision that base has not, of schemas that are on both sides."""
    for path, at in _everywhere(diff):
        if "properties" in at.maps:
            for name, node in at.maps["properties"].added.items():
                yield Moved(joined(path, name), name, node, at)


def deleted(diff: SchemaDiff) -> Iterator[Moved]:
    """The properties of base that the revision has not, of schemas that are on both sides."""
    for path, at in _everywhere(diff):
        if "properties" in at.maps:
            for name, node in at.maps["properties"].deleted.items():
                yield Moved(joined(path, name), name, node, at)


def joined(path: str, part: str) -> str:
    """A way with one more step."""
    return f"{path}/{part}" if path else part


def _everywhere(diff: SchemaDiff) -> Iterator[tuple[str, SchemaDiff]]:
    yield "", diff
    for place in modified(diff):
        yield place.path, place.diff


def _inner(path: str, diff: SchemaDiff) -> list[Place]:
    """The schemas right below one."""
    out: list[Place] = []
    _lists(out, path, diff, _BEFORE)
    _ones(out, path, diff, ("items",))
    if "properties" in diff.maps:
        for name, inner in diff.maps["properties"].modified.items():
            out.append(Place(joined(path, name), name, inner, diff))
    _ones(out, path, diff, ("additionalProperties",))
    _lists(out, path, diff, ("prefixItems",))
    _ones(out, path, diff, _AFTER)
    for keyword in ("patternProperties", "dependentSchemas"):
        if keyword in diff.maps:
            for name, inner in diff.maps[keyword].modified.items():
                out.append(Place(joined(path, f"{keyword}[{name}]"), "", inner, diff))
    return out


def _lists(out: list[Place], path: str, diff: SchemaDiff, keywords: tuple[str, ...]) -> None:
    for keyword in keywords:
        if keyword in diff.lists:
            for held in diff.lists[keyword].modified:
                out.append(Place(joined(path, f"{keyword}[{held.name}]"), "", held.diff, diff))


def _ones(out: list[Place], path: str, diff: SchemaDiff, keywords: tuple[str, ...]) -> None:
    for keyword in keywords:
        if keyword in diff.ones:
            out.append(Place(joined(path, keyword), "", diff.ones[keyword], diff))
