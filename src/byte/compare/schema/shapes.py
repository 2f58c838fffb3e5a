"""The normal form of a schema: what it holds of each JSON type, arrays and objects as unions of conjunctions.

Inner schemas stay terms (conjunctions of schemas) until something asks for their shape, so that cycles are no matter
and only what is reached is read.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from byte.compare.schema.answers import Answer, No, Undecided, Yes, all_of
from byte.compare.schema.dialect import Schema
from byte.compare.schema.numbers import ANY_NUMBER, Numbers
from byte.compare.schema.texts import ANY_TEXT, Texts

MOST_PARTS: Final = 256
_MOST_ASKED: Final = 2_000
"""Questions about two alternatives, where neither side is too many but all of them with each other are."""
_CACHED: Final = 8192
_BOTH: Final = 3
Kind = Literal["null", "boolean", "number", "string", "array", "object"]


class Term:
    """A conjunction: of schemas, each asserted or denied, and of shapes. One object for one conjunction."""

    __slots__ = ("fixed", "literals", "shape")

    def __init__(self, literals: tuple[tuple[Schema, bool], ...], fixed: "tuple[Shape, ...]") -> None:
        self.literals = literals
        self.fixed = fixed
        self.shape: Shape | None = None

    @property
    def trivial(self) -> bool:
        """Whether it holds of everything because it says nothing."""
        return not self.literals and not self.fixed


class Terms:
    """All terms of one comparison."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Term] = {}
        self.anything = self.of()
        self.never = self.of(fixed=[NOTHING])

    def of(self, literals: Iterable[tuple[Schema, bool]] = (), fixed: "Iterable[Shape]" = ()) -> Term:
        """The conjunction of these; what is said twice counts once."""
        key = tuple(dict.fromkeys(literals)), tuple(dict.fromkeys(fixed))
        term = self._known.get(key)
        if term is None:
            term = self._known[key] = Term(*key)
        return term

    def schema(self, schema: Schema) -> Term:
        return self.of([(schema.resolved, True)])

    def both(self, one: Term, other: Term) -> Term:
        """What both say."""
        if one is other or other.trivial or one is self.never:
            return one
        if other is self.never:
            return other
        return other if one.trivial else self.of(one.literals + other.literals, one.fixed + other.fixed)

    def all(self, terms: Iterable[Term]) -> Term:
        """What all of them say."""
        result = self.anything
        for term in terms:
            result = self.both(result, term)
        return result


class Guard(msgspec.Struct, frozen=True, eq=False):
    """An `additionalProperties`: what holds for the names that are neither listed nor matched by a pattern."""

    names: frozenset[str]
    patterns: tuple[str, ...]
    term: Term


class Objects(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Objects under one conjunction.

    - `facts`, `denied`: schemas of which all of them are, or none is, an instance, outermost first; `anchor` is the
      innermost alternative that they belong to.
    - `excluded`: those of `denied` that the other fields do not express.
    - `declared`: names that the sender's schema lists; `mentions` is 0 where no `properties` stands, 1 where an empty
      one does, 2 otherwise; `explicit` where other names are allowed in so many words; `written` are the patterns of
      names that are.
    - `needs`: names that must be there as soon as another is; `splits`: how often it was divided to be decided.
    - `loose`: more is said of them than stands here; they are fewer.
    """

    facts: tuple[Schema, ...] = ()
    denied: tuple[Schema, ...] = ()
    excluded: tuple[Schema, ...] = ()
    anchor: Schema | None = None
    properties: dict[str, Term] = {}
    required: frozenset[str] = frozenset()
    patterns: tuple[tuple[str, Term], ...] = ()
    guards: tuple[Guard, ...] = ()
    keys: tuple[Term, ...] = ()
    least: int = 0
    most: int | None = None
    needs: tuple[tuple[str, frozenset[str]], ...] = ()
    declared: frozenset[str] = frozenset()
    mentions: int = 0
    explicit: bool = False
    written: tuple[str, ...] = ()
    splits: int = 0
    loose: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing but properties, required names and counts makes it up."""
        return not (self.loose or self.excluded or self.patterns or self.guards or self.keys or self.needs)


class Arrays(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Arrays under one conjunction; `contains` are (what, at least, at most), `loose` as for objects."""

    facts: tuple[Schema, ...] = ()
    denied: tuple[Schema, ...] = ()
    excluded: tuple[Schema, ...] = ()
    anchor: Schema | None = None
    first: tuple[Term, ...] = ()
    rest: Term
    contains: tuple[tuple[Term, int, int | None], ...] = ()
    unique: bool = False
    least: int = 0
    most: int | None = None
    loose: bool = False

    def at(self, index: int) -> Term:
        """What holds for the item at an index."""
        return self.first[index] if index < len(self.first) else self.rest

    @property
    def plain(self) -> bool:
        """Whether nothing but the items' schemas and their number makes it up."""
        return not (self.loose or self.excluded or self.contains or self.unique)


Part = Objects | Arrays


class Shape(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A set of JSON values by type.

    `booleans` has bit 1 for false and bit 2 for true; `values` are single arrays and objects; `unknown` says why the
    set is not known.
    """

    null: bool = False
    booleans: int = 0
    numbers: tuple[Numbers, ...] = ()
    texts: tuple[Texts, ...] = ()
    arrays: tuple[Arrays, ...] = ()
    objects: tuple[Objects, ...] = ()
    values: tuple[Any, ...] = ()
    facts: tuple[Schema, ...] = ()
    denied: tuple[Schema, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def bare(self) -> bool:
        """Whether nothing is in it, as far as can be seen without looking inside."""
        return not (
            self.null or self.booleans or self.numbers or self.texts or self.arrays or self.objects or self.values
        )

    def kinds(self) -> tuple[Kind, ...]:
        """The JSON types that it has values of."""
        found: list[Kind] = ["null"] if self.null else []
        if self.booleans:
            found.append("boolean")
        if self.numbers:
            found.append("number")
        if self.texts:
            found.append("string")
        if self.arrays or any(isinstance(v, list) for v in self.values):
            found.append("array")
        if self.objects or any(isinstance(v, dict) for v in self.values):
            found.append("object")
        return tuple(found)


NOTHING: Final = Shape()


def anything(terms: Terms, *, unknown: tuple[str, ...] = ()) -> Shape:
    """Every JSON value."""
    return Shape(
        null=True,
        booleans=_BOTH,
        numbers=(ANY_NUMBER,),
        texts=(ANY_TEXT,),
        arrays=(Arrays(rest=terms.anything),),
        objects=(Objects(),),
        unknown=unknown,
    )


def only(part: Part) -> Shape:
    """One conjunction as a shape."""
    if isinstance(part, Objects):
        return Shape(objects=(part,), facts=part.facts, denied=part.denied)
    return Shape(arrays=(part,), facts=part.facts, denied=part.denied)


def scalars(shape: Shape) -> Shape:
    """Its values that are neither arrays nor objects."""
    return Shape(
        null=shape.null,
        booleans=shape.booleans,
        numbers=shape.numbers,
        texts=shape.texts,
        facts=shape.facts,
        denied=shape.denied,
    )


def _joined(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(one + other)) if one and other else one or other


def united(shapes: Iterable[Shape]) -> Shape:
    """The union; what is known of all of them is known of it."""
    given = [s for s in shapes if not s.bare or s.unknown]
    if len(given) < 2:
        return given[0] if given else NOTHING
    first, *others = given
    facts, denied = first.facts, first.denied
    for other in others:
        facts = tuple(f for f in facts if f in other.facts)
        denied = tuple(d for d in denied if d in other.denied)
    return Shape(
        null=any(s.null for s in given),
        booleans=_union_bits(given),
        numbers=_listed(n for s in given for n in s.numbers),
        texts=_listed(t for s in given for t in s.texts),
        arrays=tuple(dict.fromkeys(a for s in given for a in s.arrays)),
        objects=tuple(dict.fromkeys(o for s in given for o in s.objects)),
        values=tuple(v for s in given for v in s.values),
        facts=facts,
        denied=denied,
        unknown=tuple(dict.fromkeys(u for s in given for u in s.unknown)),
    )


def _listed(pieces: Iterable[Any]) -> tuple[Any, ...]:
    """Each set once; those that list their members, and are alike otherwise, as one list."""
    lists: dict[Any, dict[Any, None]] = {}
    for piece in pieces:
        key = piece if piece.values is None else msgspec.structs.replace(piece, values=())
        lists.setdefault(key, {}).update(dict.fromkeys(piece.values or ()))
    return tuple(msgspec.structs.replace(p, values=tuple(v)) if v else p for p, v in lists.items())


def _union_bits(shapes: list[Shape]) -> int:
    bits = 0
    for shape in shapes:
        bits |= shape.booleans
    return bits


class Product:
    """Intersections, over the terms of one comparison; more than `MOST_PARTS` conjunctions are not known."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def both(self, one: Shape, other: Shape) -> Shape:
        """What is in both, single arrays and objects (`values`) aside: those are the caller's."""
        pairs = max(len(one.objects) * len(other.objects), len(one.arrays) * len(other.arrays))
        unknown = _joined(one.unknown, other.unknown)
        if pairs > MOST_PARTS:
            return msgspec.structs.replace(
                anything(self._terms), unknown=_joined(unknown, ("too many alternatives in one place",))
            )
        return Shape(
            null=one.null and other.null,
            booleans=one.booleans & other.booleans,
            numbers=_meet(one.numbers, other.numbers, ANY_NUMBER),
            texts=_meet(one.texts, other.texts, ANY_TEXT),
            arrays=tuple(self._arrays(a, b) for a in one.arrays for b in other.arrays),
            objects=tuple(self.objects(a, b) for a in one.objects for b in other.objects),
            facts=_joined(one.facts, other.facts),
            denied=_joined(one.denied, other.denied),
            unknown=unknown,
        )

    def objects(self, one: Objects, other: Objects) -> Objects:
        properties = one.properties or other.properties
        if one.properties and other.properties:
            properties = dict(one.properties)
            for name, term in other.properties.items():
                properties[name] = self._terms.both(properties[name], term) if name in properties else term
        return Objects(
            facts=_joined(one.facts, other.facts),
            denied=_joined(one.denied, other.denied),
            excluded=_joined(one.excluded, other.excluded),
            anchor=other.anchor or one.anchor,
            properties=properties,
            required=one.required | other.required,
            patterns=_joined(one.patterns, other.patterns),
            guards=_joined(one.guards, other.guards),
            keys=_joined(one.keys, other.keys),
            least=max(one.least, other.least),
            most=_least(one.most, other.most),
            needs=_joined(one.needs, other.needs),
            declared=one.declared | other.declared,
            mentions=max(one.mentions, other.mentions),
            explicit=one.explicit or other.explicit,
            written=_joined(one.written, other.written),
            splits=one.splits + other.splits,
            loose=one.loose or other.loose,
        )

    def _arrays(self, one: Arrays, other: Arrays) -> Arrays:
        length = max(len(one.first), len(other.first))
        return Arrays(
            facts=_joined(one.facts, other.facts),
            denied=_joined(one.denied, other.denied),
            excluded=_joined(one.excluded, other.excluded),
            anchor=other.anchor or one.anchor,
            first=tuple(self._terms.both(one.at(i), other.at(i)) for i in range(length)),
            rest=self._terms.both(one.rest, other.rest),
            contains=_joined(one.contains, other.contains),
            unique=one.unique or other.unique,
            loose=one.loose or other.loose,
            least=max(one.least, other.least),
            most=_least(one.most, other.most),
        )


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _meet(one: tuple[Any, ...], other: tuple[Any, ...], whole: Any) -> tuple[Any, ...]:
    """The pairwise intersections, without those that are surely empty."""
    if one == (whole,):
        return other
    if other == (whole,) or one == other:
        return one
    return tuple(dict.fromkeys(m for a in one for b in other if (m := common(a, b)) is not None))


def without(whole: Any, pieces: tuple[Any, ...]) -> tuple[Any, ...]:
    """A set of numbers or texts without others, in pieces."""
    left = [whole]
    for piece in pieces:
        left = [rest for one in left for rest in one.minus(piece)]
    return tuple(one for one in left if not isinstance(emptiness(one), Yes))


def covered(sent: tuple[Any, ...], taken: tuple[Any, ...]) -> Answer:
    """Whether each of these sets of numbers or texts lies in the union of those."""
    if sent == taken:
        return Yes()
    others = [one for one in sent if one not in taken]
    asked = others[: max(1, _MOST_ASKED // max(1, len(taken)))]
    answer = all_of(_included(one, taken) for one in asked)
    return answer if isinstance(answer, No) or len(asked) == len(others) else Undecided("too many alternatives")


@lru_cache(maxsize=_CACHED)
def _included(one: Any, taken: tuple[Any, ...]) -> Answer:
    answer: Answer = one.included_in(*taken)
    return answer


@lru_cache(maxsize=_CACHED)
def emptiness(one: Any) -> Answer:
    """Whether a set of numbers or texts is empty, or a simple member of it; the same sets are asked about often."""
    answer: Answer = one.is_empty()
    return answer


@lru_cache(maxsize=_CACHED)
def common(one: Any, other: Any) -> Any:
    """What is in both of two sets of numbers or texts, None if that is surely nothing."""
    both = one.intersect(other)
    return None if isinstance(emptiness(both), Yes) else both


def of_kind(shape: Shape, kind: str) -> Shape:
    """The scalars of one JSON type, with what is known of them."""
    return Shape(
        null=shape.null and kind == "null",
        booleans=shape.booleans if kind == "boolean" else 0,
        numbers=shape.numbers if kind == "number" else (),
        texts=shape.texts if kind == "string" else (),
        facts=shape.facts,
        denied=shape.denied,
    )


def scalars_covered(sent: Shape, taken: Shape) -> dict[Kind, Answer]:
    """By JSON type, what is not surely taken of the scalars that are sent: refutations and doubts."""
    found: dict[Kind, Answer] = {}
    if sent.null and not taken.null:
        found["null"] = No(None)
    if left := sent.booleans & ~taken.booleans:
        found["boolean"] = No(bool(left & 2))
    number = covered(sent.numbers, taken.numbers)
    if not isinstance(number, Yes):
        found["number"] = number
    text = covered(sent.texts, taken.texts)
    if not isinstance(text, Yes):
        found["string"] = text
    return found
