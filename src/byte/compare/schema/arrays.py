"""Arrays that are sent against the keywords of a schema about arrays."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Pair, Step
from byte.compare.schema.ground import Ground
from byte.compare.schema.keywords import items_of, loose_items
from byte.compare.schema.shapes import Arrays
from byte.compare.schema.witness import MISSING, MOST_ITEMS

_VARIANTS: Final = 4


def expand(ground: Ground, pair: Pair, part: Arrays) -> None:
    """What arrays of a conjunction have to satisfy."""
    _items(ground, pair, part)
    _counts(ground, pair, part)
    if pair.taken.said.get("uniqueItems") is True and not part.unique:
        _unique(ground, pair, part)
    if loose_items(pair.taken):
        ground.doubt(pair, "unevaluatedItems", "`unevaluatedItems` beside what evaluates items", part=part)
    contains = pair.taken.one("contains")
    if contains is not None:
        _contains(ground, pair, part, contains)


def built(ground: Ground, part: Arrays, within: Schema, given: Mapping[int, Any] = {}, size: int = 0) -> Any:
    """A small array that is sent, as far as possible such that nothing else in it is rejected."""
    both = ground.derived(
        ("both", part, within), lambda: ground.normal.both(ground.only(part), ground.normal.of(within))
    )
    for one in both.arrays[:_VARIANTS]:
        fitting = msgspec.structs.replace(one, most=part.most, unique=part.unique if given or size else one.unique)
        value = ground.writer.array(fitting, given, size)
        if value is not MISSING:
            return value
    return ground.writer.array(part, given, size)


def _items(ground: Ground, pair: Pair, part: Arrays) -> None:
    taken = pair.taken
    first, rest = items_of(taken)
    for index in range(max(len(first), len(part.first)) + 1):
        held = first[index] if index < len(first) else rest
        term = part.at(index)
        # Where no item can stand, none can follow.
        if (part.most is not None and part.most <= index) or ground.surely_empty(ground.normal.shape(term), 2):
            return
        if held is not None:
            ground.inner(pair, Step(part=part, within=taken, index=index), term, held)


def _counts(ground: Ground, pair: Pair, part: Arrays) -> None:
    least, most = pair.taken.count("minItems"), pair.taken.count("maxItems")
    if least is not None and part.least < least:
        value = ground.writer.array(part)
        if value is MISSING or len(value) < least:
            ground.flaw(pair, "minItems", [value], part=part)
    if most is None or (part.most is not None and part.most <= most):
        return
    value = MISSING if most >= MOST_ITEMS else built(ground, part, pair.taken, size=most + 1)
    full = msgspec.structs.replace(part, least=max(part.least, most + 1))
    if value is MISSING and ground.surely_empty(ground.only(full)):
        return
    ground.flaw(pair, "maxItems", [value], part=part)


def _unique(ground: Ground, pair: Pair, part: Arrays) -> None:
    """Two equal items, if two places have a value in common and an array may be that long."""
    if part.most is not None and part.most < 2:
        return
    last = len(part.first) + 1
    for one in range(last):
        for two in range(one + 1, last + 1):
            if part.most is not None and two >= part.most:
                continue
            shape = ground.normal.shape(ground.terms.both(part.at(one), part.at(two)))
            value = next(ground.writer.of(shape), MISSING)
            if value is MISSING and ground.surely_empty(shape):
                continue
            whole = MISSING if value is MISSING else built(ground, part, pair.taken, {one: value, two: value})
            ground.flaw(pair, "uniqueItems", [whole], part=part)
            return


def _contains(ground: Ground, pair: Pair, part: Arrays, held: Schema) -> None:
    taken = pair.taken
    given = taken.count("minContains")
    least, most = 1 if given is None else given, taken.count("maxContains")
    for term, low, high in part.contains:
        if ground.known(term, held):
            least = 0 if low >= least else least
            most = None if high is not None and most is not None and high <= most else most
    inside = ground.normal.of(held)
    if least and sum(_surely(ground, part, i, held) for i in range(min(part.least, MOST_ITEMS))) < least:
        outside = ground.normal.denied(held)
        value = _filled(ground, part, outside)
        ground.flaw(pair, "contains", [value, ground.writer.array(part)], part=part)
    if most is not None and (part.most is None or part.most > most):
        value = _filled(ground, part, inside, most + 1)
        if value is not MISSING or not ground.normal.disjoint(ground.normal.shape(part.rest), inside):
            ground.flaw(pair, "maxContains", [value], part=part)


def _surely(ground: Ground, part: Arrays, index: int, held: Schema) -> bool:
    return ground.known(part.at(index), held)


def _filled(ground: Ground, part: Arrays, shape: Any, size: int = 0) -> Any:
    """An array whose items are of a shape as far as the sender's schema lets them."""
    items: dict[int, Any] = {}
    for index in range(min(max(part.least, size), MOST_ITEMS)):
        both = ground.normal.both(ground.normal.shape(part.at(index)), shape)
        value = next(ground.writer.of(both), MISSING)
        if value is not MISSING:
            items[index] = value
        elif size:
            return MISSING
    return ground.writer.array(part, items, size)
