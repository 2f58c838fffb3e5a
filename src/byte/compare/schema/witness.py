"""Small values of shapes: what a sender that writes no more than it must would send."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from byte.compare.schema.answers import No
from byte.compare.schema.dialect import Schema
from byte.compare.schema.keywords import matches, same_json
from byte.compare.schema.normal import Normal
from byte.compare.schema.shapes import Arrays, Objects, Part, Shape, Term, emptiness
from byte.compare.schema.texts import ANY_TEXT, texts

MISSING: Final = object()
"""No value was found."""

MOST_ITEMS: Final = 10_000
_MOST_INSIDE: Final = 50_000
"""Values that one value may be made of: shared ones count each time."""
_DEEPEST: Final = 60
_TRIES: Final = 24
_MOST_STRANGE: Final = 100
_NAMES: Final = ("a", "b", "c", "k", "x", "y", "z")

Accepts = Callable[[Schema, Any], bool | None]


class Writer:
    """Writes values as the sender may: only names that its schema declares, or leaves free."""

    def __init__(self, normal: Normal, accepts: Accepts) -> None:
        self._normal = normal
        self._accepts = accepts
        self._smallest: dict[Term, Any] = {}
        self._open: set[Term] = set()
        self._cut = False
        self._sizes: dict[int, int] = {}

    def smallest(self, term: Term) -> Any:
        """A small value of a term, `MISSING` where none was found."""
        known = self._smallest.get(term)
        if known is not None:
            return known[0]
        if term in self._open or len(self._open) > _DEEPEST:
            self._cut = True
            return MISSING
        outer, self._cut = self._cut, False
        self._open.add(term)
        value = next(self.of(self._normal.shape(term)), MISSING)
        self._open.discard(term)
        # That nothing was found counts only if no cycle was cut on the way.
        if value is not MISSING or not self._cut or not self._open:
            self._smallest[term] = (value,)
            self._sizes[id(value)] = self._size(value)
        self._cut = self._cut or outer
        return value

    def of(self, shape: Shape) -> Iterator[Any]:
        """Small values of a shape, the smallest and most readable first: one or a few of each type."""
        for number in shape.numbers:
            yield from _sample(number)
        for text in shape.texts:
            yield from _sample(text)
        if shape.booleans & 2:
            yield True
        if shape.booleans & 1:
            yield False
        if shape.null:
            yield None
        yield from shape.values
        parts: tuple[Part, ...] = (*shape.arrays, *shape.objects)
        for part in parts:
            value = self.part(part)
            if value is not MISSING:
                yield value

    def part(self, part: Part) -> Any:
        """The smallest value of a conjunction."""
        return self.object(part) if isinstance(part, Objects) else self.array(part)

    def some(self, part: Part, count: int) -> list[Any]:
        """Up to so many different values of a conjunction."""
        smallest = self.part(part)
        if smallest is MISSING:
            return []
        if isinstance(part, Objects):
            values: Iterator[Any] = self._others(part, smallest)
        else:
            longer = (self.array(part, size=part.least + more) for more in (0, 1, 2))
            values = chain(longer, (self.array(part, {0: v}) for v in self.several(part.at(0), count)))
        found: list[Any] = []
        for value in values:
            if value is not MISSING and not any(same_json(value, f) for f in found):
                found.append(value)
            if len(found) >= count:
                break
        return found

    # --- objects

    def sent(self, part: Objects, name: str) -> Term | None:
        """What is written under a name, None where nothing is."""
        free = self.free(part)
        written = name in part.declared or name in part.required or free == 2
        if written or (free == 1 and name not in part.properties) or any(matches(w, name) for w in part.written):
            term = self._normal.under(part, name)
            return None if term is self._normal.never or not self._nameable(part, name) else term
        return None

    def _nameable(self, part: Objects, name: str) -> bool:
        """Whether the sender's own `propertyNames` let a name through."""
        for key in part.keys:
            shape = self._normal.shape(key)
            if not shape.unknown and all(t.accepts(name) is False for t in shape.texts):
                return False
        return True

    def free(self, part: Objects) -> int:
        """Whether names beside the declared ones are written: 0 none, 1 those that the receiver lacks, 2 any."""
        return 2 if part.explicit or part.mentions == 0 else 1 if part.mentions == 1 else 0

    def object(
        self, part: Objects, given: Mapping[str, Any] = {}, absent: frozenset[str] = frozenset(), size: int = 0
    ) -> Any:
        """A small object with these properties among its own, without those, and with at least `size` properties."""
        names = self.needed(part, given)
        if names & absent:
            return MISSING
        written: dict[str, Any] = {}
        for name in [*(n for n in part.properties if n in names), *sorted(names - part.properties.keys())]:
            term = self.sent(part, name)
            value = given[name] if name in given else MISSING if term is None else self.smallest(term)
            if value is MISSING:
                return MISSING
            written[name] = value
        if not self._filled(part, written, max(part.least, size), absent):
            return MISSING
        if part.most is not None and len(written) > part.most:
            return MISSING
        if self._size(written) > _MOST_INSIDE:
            return MISSING
        return self._outside(part, written, given, absent) if part.excluded else written

    def _size(self, value: Any) -> int:
        """How many values it is made of."""
        if not isinstance(value, dict | list):
            return 1
        known = self._sizes.get(id(value))
        return known or 1 + sum(map(self._size, value.values() if isinstance(value, dict) else value))

    def needed(self, part: Objects, given: Iterable[str] = ()) -> set[str]:
        """The names that are there in any case, or as soon as some are."""
        names = set(part.required) | set(given)
        while more := {n for first, then in part.needs if first in names for n in then} - names:
            names |= more
        return names

    def _filled(self, part: Objects, written: dict[str, Any], size: int, absent: frozenset[str]) -> bool:
        """Adds properties until there are enough."""
        failed = 0
        for name, term in self.optional(part) if len(written) < size else ():
            if len(written) >= size or failed > _TRIES:
                break
            if name in written or name in absent or any(first == name for first, _ in part.needs):
                continue
            value = self.smallest(term)
            if value is MISSING:
                failed += 1
            else:
                written[name] = value
        return len(written) >= size

    def optional(self, part: Objects) -> Iterator[tuple[str, Term]]:
        """Names that may be written beside the required ones, with what is written there; endless where names are free."""
        for name in part.properties:
            if name not in part.required:
                term = self.sent(part, name)
                if term is not None:
                    yield name, term
        yield from self.fresh(part)

    def fresh(self, part: Objects) -> Iterator[tuple[str, Term]]:
        """Names that no schema lists, with what is written there, as far as the sender writes such names."""
        shaped = [self._normal.shape(k) for k in part.keys]
        failed = 0
        for name in self._strange(part, shaped):
            term = self.sent(part, name)
            if term is not None and all(any(t.accepts(name) for t in s.texts) for s in shaped):
                yield name, term
            else:
                failed += 1
                if failed > _TRIES:
                    return

    def _strange(self, part: Objects, shaped: list[Shape]) -> Iterator[str]:
        """Names beside those that are listed: matching the patterns of the sender, or any."""
        if self.free(part) and not shaped:
            yield from (n for n in chain(_NAMES, (f"k{i}" for i in range(MOST_ITEMS))) if n not in part.properties)
            return
        used = list(part.properties)
        for pattern in [""] if self.free(part) else part.written:
            wanted = texts(patterns=[pattern]) if pattern else ANY_TEXT
            for shape in shaped:
                wanted = wanted.intersect(shape.texts[0]) if shape.texts else wanted
            for _ in range(_MOST_STRANGE):
                answer = wanted.is_empty(used)
                if not isinstance(answer, No):
                    break
                used.append(answer.witness)
                yield answer.witness

    def _outside(self, part: Objects, written: dict[str, Any], given: Mapping[str, Any], absent: frozenset[str]) -> Any:
        """The object, or a variation of it, that is no instance of what the conjunction excludes."""
        for variant, _ in zip(self.variations(part, written, keep=given, absent=absent), range(_TRIES), strict=False):
            if not any(self._accepts(e, variant) is True for e in part.excluded):
                return variant
        return MISSING

    def variations(
        self, part: Objects, written: dict[str, Any], keep: Mapping[str, Any], absent: frozenset[str] = frozenset()
    ) -> Iterator[dict[str, Any]]:
        """An object, and the objects that differ from it in one property: another value, or one more."""
        yield written
        for name in written:
            if name not in keep:
                term = self.sent(part, name)
                for value in [] if term is None else self.several(term, 4):
                    if not same_json(value, written[name]):
                        yield {**written, name: value}
        for (name, term), _ in zip(self.optional(part), range(_TRIES), strict=False):
            if name in written or name in absent or not self._room(part, written, name):
                continue
            for value in self.several(term, 3):
                yield {**written, name: value}

    def _room(self, part: Objects, written: dict[str, Any], name: str) -> bool:
        """Whether one more property may be there without anything else."""
        full = part.most is not None and len(written) >= part.most
        return not full and self.needed(part, [name]) <= {name, *written}

    def _others(self, part: Objects, smallest: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """An object and the variations of it that its conjunction does not exclude."""
        for variant in self.variations(part, smallest, keep={}):
            if not any(self._accepts(e, variant) is not False for e in part.excluded):
                yield variant

    def several(self, term: Term, count: int) -> list[Any]:
        """Up to so many different values of a term, of all its types."""
        found: list[Any] = []
        if term in self._open:
            return found
        self._open.add(term)
        for value in self._many(self._normal.shape(term)):
            if not any(same_json(value, f) for f in found):
                found.append(value)
            if len(found) >= count:
                break
        self._open.discard(term)
        return found

    def _many(self, shape: Shape) -> Iterator[Any]:
        yield from self.of(shape)
        for part in shape.objects:
            smallest = self.object(part)
            if smallest is not MISSING:
                yield from self._others(part, smallest)
        for pieces in (shape.numbers, shape.texts):
            used: list[Any] = []
            for piece in pieces:
                while len(used) < MOST_ITEMS:
                    answer = piece.is_empty(used)
                    if not isinstance(answer, No):
                        break
                    used.append(answer.witness)
                    yield answer.witness
        for array in shape.arrays:
            value = self.array(array, size=array.least + 1)
            if value is not MISSING:
                yield value

    # --- arrays

    def array(self, part: Arrays, given: Mapping[int, Any] = {}, size: int = 0) -> Any:
        """A small array with these items among its own, of at least `size` items."""
        terms = self._places(part, given)
        length = max(part.least, size, max(given, default=-1) + 1, len(terms))
        if length > MOST_ITEMS or (part.most is not None and length > part.most):
            return MISSING
        items: list[Any] = []
        for index in range(length):
            term = terms[index] if index < len(terms) else part.at(index)
            value = given[index] if index in given else self._next(term, items if part.unique else [], given)
            if value is MISSING:
                return MISSING
            items.append(value)
        if self._size(items) > _MOST_INSIDE:
            return MISSING
        if any(self._accepts(e, items) is True for e in part.excluded):
            return self.array(part, given, length + 1) if length < part.least + 3 else MISSING
        return items

    def _places(self, part: Arrays, given: Mapping[int, Any]) -> list[Term]:
        """What the first items have to be, so that there are enough of each kind that must be contained."""
        wanted = []
        for term, least, _ in part.contains:
            there = sum(self._surely(term, value) for value in given.values())
            wanted += [term] * min(max(least - there, 0), MOST_ITEMS)
        places: list[Term] = []
        while wanted:
            index = len(places)
            places.append(part.at(index) if index in given else self._normal.terms.both(part.at(index), wanted.pop()))
        return places

    def _surely(self, term: Term, value: Any) -> bool:
        return not term.fixed and all(self._accepts(schema, value) is asserted for schema, asserted in term.literals)

    def _next(self, term: Term, used: list[Any], given: Mapping[int, Any]) -> Any:
        if not used and not given:
            return self.smallest(term)
        taken = [*used, *given.values()] if used else []
        if not taken:
            return self.smallest(term)
        found = self.several(term, len(taken) + 1)
        return next((v for v in found if not any(same_json(v, t) for t in taken)), MISSING)


def _sample(scalars: Any) -> Iterator[Any]:
    answer = emptiness(scalars)
    if isinstance(answer, No):
        yield answer.witness
