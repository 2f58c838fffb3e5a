"""The structural difference of two schemas, keyword by keyword, as oasdiff sees it: the ground that its checks stand on.

Every keyword counts, annotations too: whether two alternatives of an `anyOf` are the same one depends on it.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from byte.compare.document import Node, Sameness, Side
from byte.compare.schemas.keywords import (
    Dependencies,
    Discrimination,
    Members,
    Values,
    dependencies,
    discrimination,
    enumerated,
    members,
    single,
)
from byte.compare.schemas.pairing import Item, named, paired
from byte.compare.schemas.view import ANNOTATIONS, LISTS, MAPS, ONES, Schema, viewed

_REVISITS: Final = 2_000
"""How many pairs of schemas on a cycle are looked at again, because another way leads to them, in one comparison."""
_NESTED: Final = 20


class Alternative(msgspec.Struct, frozen=True):
    """One schema of a list: its position there, and how it is called ("#2", a title, a component's name)."""

    index: int
    name: str
    node: Node


class Modified(msgspec.Struct, frozen=True):
    """A schema of a list that is on both sides, and differs."""

    base: Alternative
    revision: Alternative
    diff: "SchemaDiff"

    @property
    def name(self) -> str:
        """How it is called, on both sides where they disagree."""
        return self.base.name if self.base.name == self.revision.name else f"{self.base.name} → {self.revision.name}"


class ListDiff(msgspec.Struct, frozen=True):
    """The difference of two lists of schemas."""

    added: tuple[Alternative, ...] = ()
    deleted: tuple[Alternative, ...] = ()
    modified: tuple[Modified, ...] = ()


class MapDiff(msgspec.Struct, frozen=True):
    """The difference of two maps of schemas by name."""

    added: Mapping[str, Node]
    deleted: Mapping[str, Node]
    modified: Mapping[str, "SchemaDiff"]


class SchemaDiff(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """How two schemas differ. A keyword that does not is absent from every field.

    - `base`, `revision`: the schemas; one is None where the schema is on the other side only.
    - `circular`: one side comes back to a schema that it is within, the other does not (or to another one).
    - `values`: keywords with one value, and extensions, by name. `additionalProperties` and `unevaluated*` are here
      where what they say as true or false differs.
    - `ones`, `maps`, `lists`: keywords that are a schema, schemas by name, or a list of schemas.
    - `types`, `enum`, `required`: what came and went.
    """

    base: Schema | None
    revision: Schema | None
    circular: bool = False
    values: Mapping[str, Values] = {}
    ones: Mapping[str, "SchemaDiff"] = {}
    maps: Mapping[str, MapDiff] = {}
    lists: Mapping[str, ListDiff] = {}
    types: Members | None = None
    enum: Members | None = None
    required: Members | None = None
    dependent_required: Dependencies | None = None
    discriminator: Discrimination | None = None

    @property
    def both(self) -> bool:
        """Whether the schema is on both sides."""
        return self.base is not None and self.revision is not None

    def value(self, keyword: str) -> Values | None:
        """The values of a keyword where they differ."""
        return self.values.get(keyword)


_Walk = Generator[tuple[Node | None, Node | None], SchemaDiff | None, SchemaDiff | None]
_Reference = tuple[str, str]
"""A reference that a schema was reached by, with the side ("base", "revision")."""


class _Known(msgspec.Struct, frozen=True):
    """A difference that was found; the references that it comes back to, and which of them lay above it then."""

    diff: SchemaDiff | None
    met: frozenset[_Reference]
    above: frozenset[_Reference]


class _Frame:
    """A pair of schemas under comparison."""

    __slots__ = ("key", "met", "references", "walk")

    def __init__(self, key: tuple[str, str], references: tuple[_Reference, ...], walk: _Walk) -> None:
        self.key = key
        self.references = references
        self.walk = walk
        self.met: set[_Reference] = set()


class Sides:
    """Both documents of a comparison, with every pair of schemas that was compared.

    `same` may be None: then equal parts are compared like any others (the outcome does not depend on it). `revisits`
    and `told` count what has a limit: cycles that were looked at again, and findings that were told.
    """

    def __init__(self, base: Side, revision: Side, same: Sameness | None = None) -> None:
        self.base = base
        self.revision = revision
        self.revisits = _REVISITS
        self.told = 0
        self.known: dict[tuple[str, str], _Known] = {}
        self._same = same if same is not None and base.dialect == revision.dialect else None
        self._views: dict[tuple[str, str], Schema] = {}
        self._answers: dict[tuple[str, SchemaDiff], Any] = {}
        self._nested = 0

    def view(self, side: Side, node: Node) -> Schema:
        """The schema that a node of one side stands for."""
        key = (side.name, node.pointer)
        found = self._views.get(key)
        if found is None:
            found = self._views[key] = viewed(side, node)
        return found

    def equal(self, base: Node, revision: Node) -> bool:
        """Whether two schemas, with all that they refer to, are known to be the same without looking into them."""
        return self._same is not None and self._same.same(base.value, revision.value)

    def difference(self, base: Node | None, revision: Node | None) -> SchemaDiff | None:
        """How two schemas differ, None where they do not, or are on neither side.

        Schemas of any depth, and circular ones, are compared without recursion.
        """
        return _Comparison(self).run(base, revision)

    def equivalent(self, base: Schema, revision: Schema, *beside: str) -> bool:
        """Whether two schemas differ in nothing but annotations, and keywords of their own that are named.

        Asked within itself too deeply, it says no.
        """
        if self._nested > _NESTED:
            return False
        self._nested += 1
        try:
            return not _validates(_Comparison(self).of(base, revision), beside)
        finally:
            self._nested -= 1

    def remembered(self, question: str, diff: SchemaDiff, answer: "Callable[[Sides, SchemaDiff], Any]") -> Any:
        """The answer to a question about a difference, found once."""
        key = (question, diff)
        if key not in self._answers:
            self._answers[key] = answer(self, diff)
        return self._answers[key]


class _Comparison:
    """One comparison of two schemas: the pairs that we are within, innermost last."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._frames: list[_Frame] = []
        self._above: set[_Reference] = set()

    def run(self, base: Node | None, revision: Node | None) -> SchemaDiff | None:
        """How two schemas differ."""
        return self._end(self._begin(base, revision))

    def of(self, base: Schema, revision: Schema) -> SchemaDiff | None:
        """How two schemas differ that were looked at already."""
        return self._end(self._enter(base, revision))

    def _end(self, answer: SchemaDiff | None) -> SchemaDiff | None:
        while self._frames:
            try:
                asked = self._frames[-1].walk.send(answer)
            except StopIteration as end:
                answer = self._finish(end.value)
            else:
                answer = self._begin(*asked)
        return answer

    def _begin(self, base: Node | None, revision: Node | None) -> SchemaDiff | None:
        """The difference where it is known at once; else None, and a frame on the stack (a walk starts with None)."""
        sides = self._sides
        if base is None or revision is None:
            if base is None and revision is None:
                return None
            return SchemaDiff(
                base=sides.view(sides.base, base) if base else None,
                revision=sides.view(sides.revision, revision) if revision else None,
            )
        if sides.equal(base, revision):
            return None
        return self._enter(sides.view(sides.base, base), sides.view(sides.revision, revision))

    def _enter(self, one: Schema, two: Schema) -> SchemaDiff | None:
        references = tuple(
            (name, view.reference) for name, view in (("base", one), ("revision", two)) if view.reference
        )
        met = self._above.intersection(references)
        if met:
            self._meet(met)
            back = len(met) == 2 and one.reference == two.reference
            return None if back else SchemaDiff(base=one, revision=two, circular=True)
        key = (one.identity, two.identity)
        known = self._sides.known.get(key)
        if known is not None and self._holds(known):
            self._meet(known.met)
            return known.diff
        self._frames.append(_Frame(key, references, _walk(self._sides, one, two)))
        self._above.update(references)
        return None

    def _finish(self, diff: SchemaDiff | None) -> SchemaDiff | None:
        frame = self._frames.pop()
        self._above.difference_update(frame.references)
        met = frozenset(frame.met)
        self._sides.known[frame.key] = _Known(diff, met, met & self._above)
        self._meet(met)
        return diff

    def _meet(self, met: Iterable[_Reference]) -> None:
        if self._frames:
            self._frames[-1].met.update(met)

    def _holds(self, known: _Known) -> bool:
        """Whether what was found before would be found here again: where a cycle is cut depends on the way in."""
        if not known.met or known.met & self._above == known.above:
            return True
        self._sides.revisits -= 1
        return self._sides.revisits < 0


def _walk(sides: Sides, base: Schema, revision: Schema) -> _Walk:
    """The difference of two schemas; asks for those of the schemas within them."""
    ones: dict[str, SchemaDiff] = {}
    for keyword in ONES:
        if keyword in base.value or keyword in revision.value:
            diff = yield base.one(keyword), revision.one(keyword)
            if diff is not None:
                ones[keyword] = diff
    maps: dict[str, MapDiff] = {}
    for keyword in MAPS:
        if keyword in base.value or keyword in revision.value:
            held = yield from _map(base.map(keyword), revision.map(keyword))
            if held is not None:
                maps[keyword] = held
    lists: dict[str, ListDiff] = {}
    for keyword in LISTS:
        if keyword in base.value or keyword in revision.value:
            listed = yield from _list(sides, base.list(keyword), revision.list(keyword))
            if listed is not None:
                lists[keyword] = listed
    result = SchemaDiff(
        base=base,
        revision=revision,
        values=single(base, revision),
        ones=ones,
        maps=maps,
        lists=lists,
        types=members(base.types, revision.types),
        enum=enumerated(base.enum, revision.enum),
        required=members(base.required, revision.required),
        dependent_required=dependencies(base.dependent_required, revision.dependent_required),
        discriminator=discrimination(base.discriminator, revision.discriminator),
    )
    parts = (ones, maps, lists, result.values)
    sets = (result.types, result.enum, result.required, result.dependent_required, result.discriminator)
    return result if any(parts) or any(part is not None for part in sets) else None


# --- schemas within ----------------------------------------------------------------------------


def _map(
    base: Mapping[str, Node], revision: Mapping[str, Node]
) -> Generator[tuple[Node | None, Node | None], SchemaDiff | None, MapDiff | None]:
    modified: dict[str, SchemaDiff] = {}
    for name, node in revision.items():
        if name in base:
            diff = yield base[name], node
            if diff is not None:
                modified[name] = diff
    added = {name: node for name, node in revision.items() if name not in base}
    deleted = {name: node for name, node in base.items() if name not in revision}
    return MapDiff(added, deleted, modified) if added or deleted or modified else None


def _list(
    sides: Sides, base: Mapping[int, Node], revision: Mapping[int, Node]
) -> Generator[tuple[Node | None, Node | None], SchemaDiff | None, ListDiff | None]:
    one = {i: Item(node, sides.view(sides.base, node)) for i, node in base.items()}
    two = {j: Item(node, sides.view(sides.revision, node)) for j, node in revision.items()}
    found = yield from paired(one, two, sides.equivalent)
    modified = []
    for i, j in found.pairs:
        diff = yield base[i], revision[j]
        if diff is not None:
            modified.append(Modified(_alternative(i, one[i]), _alternative(j, two[j]), diff))
    deleted = tuple(_alternative(i, one[i]) for i in found.deleted)
    added = tuple(_alternative(j, two[j]) for j in found.added)
    return ListDiff(added, deleted, tuple(modified)) if added or deleted or modified else None


def _alternative(index: int, item: Item) -> Alternative:
    return Alternative(index, named(index, item), item.node)


def _validates(diff: SchemaDiff | None, beside: Sequence[str]) -> bool:
    """Whether a difference is more than one of annotations, and of some keywords at its top."""
    waiting = [diff] if diff is not None else []
    seen = set(waiting)
    while waiting:
        at = waiting.pop()
        ignored = beside if at is diff else ()
        if not at.both or at.circular or any(key not in ANNOTATIONS and key not in ignored for key in at.values):
            return True
        if (at.types and "type" not in ignored) or at.enum or at.required:
            return True
        if at.dependent_required or at.discriminator:
            return True
        if any(m.added or m.deleted for m in at.maps.values()) or any(x.added or x.deleted for x in at.lists.values()):
            return True
        new = [inner for inner in within(at) if inner not in seen]
        seen.update(new)
        waiting.extend(new)
    return False


def within(diff: SchemaDiff) -> list[SchemaDiff]:
    """The differences of the schemas within, those on one side only among them."""
    return [
        *diff.ones.values(),
        *(inner for held in diff.maps.values() for inner in held.modified.values()),
        *(inner.diff for held in diff.lists.values() for inner in held.modified),
    ]
