"""What the questions of one comparison share: terms, shapes, values, and the graph of what has been asked."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from byte.compare.schema.answers import Yes
from byte.compare.schema.confirm import Work, accepts
from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Flaw, Graph, Hesitation, Pair, Step
from byte.compare.schema.normal import Normal
from byte.compare.schema.numbers import Numbers
from byte.compare.schema.shapes import Arrays, Objects, Part, Shape, Term, Terms, emptiness, only
from byte.compare.schema.texts import Texts
from byte.compare.schema.witness import MISSING, Writer

Same = Callable[[Any, Any], bool]


MOST_JUDGEMENTS: Final = 2_000
"""How often a question may be put to the validator on the way, for one pair of roots."""


_DEEPEST: Final = 12


class Ground:
    """The ground that one direction of a comparison stands on."""

    def __init__(self, same: Same) -> None:
        self.terms = Terms()
        self.normal = Normal(self.terms, self.accepts)
        self.writer = Writer(self.normal, self.accepts)
        self.graph = Graph()
        self.same = same
        self._derived: dict[tuple[Any, ...], Shape] = {}
        self._kept: list[Any] = []
        self._alike: dict[tuple[int, int], bool] = {}
        self._hollow: dict[int, bool] = {}
        self._asked: set[Term] = set()
        self.judgements = 0
        self.work = Work()

    def accepts(self, schema: Schema, value: Any) -> bool | None:
        """Whether a value is an instance of a schema, None where that cannot be told or has been asked too often."""
        self.judgements -= 1
        return accepts(schema, value, self.work) if self.judgements > 0 else None

    # --- what the keywords report

    def edge(self, pair: Pair, step: Step | None, sent: Shape, taken: Schema) -> None:
        """Something has to be taken by another schema, at the place itself or inside of it."""
        if not sent.bare or sent.unknown:
            self.graph.edge(pair, step, self.graph.pair(sent, taken))

    def inner(self, pair: Pair, step: Step, term: Term, taken: Schema) -> None:
        """Something inside has to be taken by a schema."""
        if taken.value is True or taken.value == {} or self.known(term, taken):
            return
        self.edge(pair, step, self.normal.shape(term), taken)

    def flaw(
        self, pair: Pair, keyword: str, values: Iterable[Any], *, name: str | None = None, part: Part | None = None
    ) -> None:
        """A receiver's keyword rejects something; without a value that shows it, that is undecided."""
        found = tuple(v for v in values if v is not MISSING)
        if not found and (self.surely_empty(pair.sent) if part is None else self.hollow(part)):
            return
        if not found:
            self.doubt(pair, keyword, "no value was found that shows what is rejected", part=part)
            return
        taken = pair.taken if pair.denied is None else pair.denied[0]
        pair.flaws.append(Flaw(sent=self._place(pair, part), taken=taken, keyword=keyword, name=name, values=found))
        self.graph.refute(pair)

    def flaw_later(
        self, pair: Pair, keyword: str, values: Callable[[], Iterable[Any]], *, name: str, part: Part
    ) -> None:
        """A flaw whose values are made only if it is reported."""
        pair.flaws.append(
            Flaw(sent=self._place(pair, part), taken=pair.taken, keyword=keyword, name=name, later=values)
        )
        self.graph.refute(pair)

    def doubt(self, pair: Pair, keyword: str, reason: str, *, part: Part | None = None) -> None:
        """Something is undecided."""
        pair.doubts.append(Hesitation(sent=self._place(pair, part), taken=pair.taken, keyword=keyword, reason=reason))
        self.graph.refute(pair)

    def _place(self, pair: Pair, part: Part | None) -> Schema | None:
        """The sender's schema that corresponds to the receiver's: of the same pointer, else the innermost."""
        facts = pair.sent.facts if part is None else part.facts
        if part is None and not facts:
            parts: list[Part] = [*pair.sent.objects, *pair.sent.arrays]
            facts = tuple(f for p in parts[:1] for f in p.facts)
        own = [f for f in facts if f.reader is not pair.taken.reader]
        for fact in own:
            if fact.pointer == pair.taken.pointer:
                return fact
        if part is not None and part.anchor is not None and part.anchor in own:
            return part.anchor
        return own[0] if own else None

    def known(self, term: Term, taken: Schema) -> bool:
        """Whether a term says the very thing that is asked for."""
        taken = taken.resolved
        return any(asserted and self.alike(schema, taken) for schema, asserted in term.literals)

    def alike(self, one: Schema, other: Schema) -> bool:
        """Whether two schemas say the same, all that they refer to included."""
        if one is other:
            return True
        key = id(one), id(other)
        known = self._alike.get(key)
        if known is None:
            foreign = one.reader is not other.reader and _keys(one) == _keys(other)
            known = self._alike[key] = foreign and self.same(one.value, other.value)
        return known

    def derived(self, key: tuple[Any, ...], make: Callable[[], Shape]) -> Shape:
        """A shape made of others, one object for one key."""
        ids = tuple(k if isinstance(k, str | int) else id(k) for k in key)
        found = self._derived.get(ids)
        if found is None:
            found = self._derived[ids] = make()
            self._kept.append(key)  # an id is good for as long as its object lives
        return found

    def only(self, part: Part) -> Shape:
        """One conjunction as a shape, one object for it."""
        return self.derived(("only", part), lambda: only(part))

    # --- emptiness

    def surely_empty(self, shape: Shape, depth: int = _DEEPEST) -> bool:
        """Whether a shape is seen to have no value at all; what holds itself has no finite one."""
        if shape.null or shape.booleans or shape.values or shape.unknown:
            return False
        pieces: tuple[Numbers | Texts, ...] = (*shape.numbers, *shape.texts)
        if not all(isinstance(emptiness(s), Yes) for s in pieces):
            return False
        parts: tuple[Part, ...] = (*shape.objects, *shape.arrays)
        return all(self._impossible(part, depth) for part in parts)

    def hollow(self, part: Part) -> bool:
        """Whether a conjunction is seen to have no value at all; asked once."""
        known = self._hollow.get(id(part))
        if known is None:
            known = self._hollow[id(part)] = self._impossible(part, _DEEPEST)
            self._kept.append(part)
        return known

    def _impossible(self, part: Part, depth: int) -> bool:
        if part.most is not None and part.most < part.least:
            return True
        if any(d in part.facts for d in part.denied):
            return True
        if depth <= 0:
            return False
        inner = self._inner(part) if isinstance(part, Objects) else self._items(part)
        return inner is None or any(self._void(term, depth - 1) for term in inner)

    def _void(self, term: Term, depth: int) -> bool:
        """Whether a term has no value: one that is being asked about would have to hold itself."""
        if term in self._asked:
            return True
        self._asked.add(term)
        void = self.surely_empty(self.normal.shape(term), depth)
        self._asked.discard(term)
        return void

    def _items(self, part: Arrays) -> list[Term] | None:
        """What has to be in an array; None if something has to be contained that no place can hold."""
        for term, least, _ in part.contains:
            places = [part.at(i) for i in range(len(part.first) + 1)]
            if least and all(self.surely_empty(self.normal.shape(self.terms.both(p, term)), 2) for p in places):
                return None
        return [part.at(i) for i in range(min(part.least, len(part.first) + 1))]

    def _inner(self, part: Objects) -> list[Term] | None:
        """What has to be in an object; None if it cannot be, or not that many."""
        if part.most is not None and len(part.required) > part.most:
            return None
        sent = [self.writer.sent(part, name) for name in sorted(part.required)]
        if not self.writer.free(part) and not part.written:
            names = [n for n in part.properties if n not in part.required and self.writer.sent(part, n) is not None]
            if len(names) + len(sent) < part.least:
                return None
        found = [term for term in sent if term is not None]
        return found if len(found) == len(sent) else None


def _keys(schema: Schema) -> Any:
    return schema.value.keys() if isinstance(schema.value, dict) else schema.value
