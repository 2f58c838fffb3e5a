"""How the values of keywords differ: one value, a set of values, what a property asks for, a discriminator."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from byte.compare.schemas.view import KNOWN, VALUES, Schema, alike


class Values(msgspec.Struct, frozen=True):
    """A keyword's value on both sides; None, or the keyword's default, where a side has none."""

    base: Any
    revision: Any


class Members(msgspec.Struct, frozen=True):
    """What came to a set of values and what went."""

    added: tuple[Any, ...] = ()
    deleted: tuple[Any, ...] = ()


class Dependencies(msgspec.Struct, frozen=True):
    """The difference of two `dependentRequired`, by the property that the others depend on."""

    added: Mapping[str, tuple[str, ...]]
    deleted: Mapping[str, tuple[str, ...]]
    modified: Mapping[str, Members]


class Discrimination(msgspec.Struct, frozen=True):
    """The difference of two discriminators. `mapping` is its entries by name, None on the side that lacks one."""

    added: bool = False
    deleted: bool = False
    property_name: Values | None = None
    mapping: Mapping[str, Values] = {}


def single(base: Schema, revision: Schema) -> dict[str, Values]:
    """The keywords with one value, and the extensions, that are not the same."""
    out: dict[str, Values] = {}
    for key in dict.fromkeys((*base.value, *revision.value)):
        if key in VALUES:
            one, two = base.read(key), revision.read(key)
        elif key not in KNOWN:
            one, two = base.value.get(key), revision.value.get(key)
            if (key in base.value) != (key in revision.value):
                out[key] = Values(one, two)
        else:
            continue
        if not alike(one, two):
            out[key] = Values(one, two)
    return out


def members(base: Sequence[str], revision: Sequence[str]) -> Members | None:
    """The texts that came and went; the order, and how often one stands there, mean nothing."""
    one, two = dict.fromkeys(base), dict.fromkeys(revision)
    added, deleted = tuple(name for name in two if name not in one), tuple(name for name in one if name not in two)
    return Members(added, deleted) if added or deleted else None


def enumerated(base: list[Any] | None, revision: list[Any] | None) -> Members | None:
    """Values that came and went; a value that stands twice counts twice."""
    if base is None and revision is None:
        return None
    before, after = Bag(base or ()), Bag(revision or ())
    added = tuple(value for value in revision or () if value not in before)
    deleted = tuple(value for value in base or () if value not in after)
    return Members(added, deleted) if added or deleted else None


class Bag:
    """Which JSON values are in a list: 1 is 1.0, and is not true."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._held = {_key(value) for value in values}

    def __contains__(self, value: Any) -> bool:
        return _key(value) in self._held


def _key(value: Any) -> tuple[Any, ...]:
    """What is equal for equal JSON values, whose depth has no limit."""
    out: list[tuple[Any, ...]] = []
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            names = sorted(node)
            out.append(("{", *names))
            waiting.extend(node[name] for name in names)
        elif isinstance(node, list):
            out.append(("[", len(node)))
            waiting.extend(node)
        else:
            out.append((isinstance(node, bool), node))
    return tuple(out)


def dependencies(base: Mapping[str, tuple[str, ...]], revision: Mapping[str, tuple[str, ...]]) -> Dependencies | None:
    """The entries that came, went, or name others."""
    changed = {name: members(base[name], names) for name, names in revision.items() if name in base}
    result = Dependencies(
        {name: names for name, names in revision.items() if name not in base},
        {name: names for name, names in base.items() if name not in revision},
        {name: members for name, members in changed.items() if members is not None},
    )
    return result if result.added or result.deleted or result.modified else None


def discrimination(base: dict[str, Any] | None, revision: dict[str, Any] | None) -> Discrimination | None:
    """What differs in two discriminators."""
    if base is None or revision is None:
        return None if base is revision else Discrimination(added=base is None, deleted=revision is None)
    if alike(base, revision):
        return None
    names = tuple(side.get("propertyName") for side in (base, revision))
    one, two = (_mapping(side.get("mapping")) for side in (base, revision))
    return Discrimination(
        property_name=None if alike(*names) else Values(*names),
        mapping={
            name: Values(one.get(name), two.get(name))
            for name in dict.fromkeys((*one, *two))
            if one.get(name) != two.get(name)
        },
    )


def _mapping(value: Any) -> dict[str, str]:
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}
