"""Alternatives, denials and conditions on the receiver's side."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from byte.compare.schema.answers import No
from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Choice, Edge, Pair
from byte.compare.schema.ground import Ground
from byte.compare.schema.keywords import exclusive
from byte.compare.schema.normal import apart
from byte.compare.schema.shapes import (
    NOTHING,
    Objects,
    Part,
    Shape,
    of_kind,
    scalars,
    scalars_covered,
    united,
    without,
)
from byte.compare.schema.witness import MISSING

_MOST_CELLS: Final = 40
_DEEPEST_SPLIT: Final = 3
_SPLITS: Final = 3


def expand(ground: Ground, pair: Pair, sent: Shape) -> None:
    """What has to be taken by alternatives, denials and conditions."""
    taken = pair.taken
    for keyword in ("anyOf", "oneOf"):
        branches = taken.several(keyword)
        if branches:
            _union(ground, pair, sent, keyword, branches)
    denied = taken.one("not")
    if denied is not None:
        ground.graph.edge(pair, None, ground.graph.pair(sent, denied, (taken, "not")))
    condition, then, other = taken.one("if"), taken.one("then"), taken.one("else")
    if condition is None:
        return
    if then is not None:
        holds = ground.derived(("if", sent, condition), lambda: ground.normal.both(sent, ground.normal.of(condition)))
        ground.edge(pair, None, holds, then)
    if other is not None:
        fails = ground.derived(
            ("unless", sent, condition), lambda: ground.normal.both(sent, ground.normal.denied(condition))
        )
        ground.edge(pair, None, fails, other)


def expand_denied(ground: Ground, pair: Pair) -> None:
    """Nothing that is sent may be an instance of what is denied."""
    sent, taken = pair.sent, pair.taken
    if any(ground.alike(d, taken) for d in sent.denied):
        return
    keyword = pair.denied[1] if pair.denied else "not"
    reason = taken.unknown or (sent.unknown[0] if sent.unknown else "")
    if reason:
        ground.doubt(pair, keyword, reason)
        return
    common = ground.derived(("common", sent, taken), lambda: ground.normal.both(sent, ground.normal.of(taken)))
    left = msgspec.structs.replace(
        common,
        objects=tuple(o for o in common.objects if not _denied(ground, o, taken) and not ground.hollow(o)),
        arrays=tuple(a for a in common.arrays if not _denied(ground, a, taken) and not ground.hollow(a)),
    )
    if common.unknown:
        ground.doubt(pair, keyword, common.unknown[0])
    elif not left.bare and not ground.surely_empty(left):
        parts: tuple[Part, ...] = (*left.objects, *left.arrays)
        within = [_counterpart(part, taken) for part in parts]
        if not all(within) or left.values or not scalars(left).bare:
            ground.flaw(pair, keyword, [v for v, _ in zip(ground.writer.of(left), range(4), strict=False)])
            return
        # Nothing is common if what is sent is never of the counterpart, and that holds all that is denied here.
        for part, other in zip(parts, within, strict=True):
            options = [[Edge(None, ground.graph.pair(ground.only(part), other))]] if other else []
            ground.graph.choose(Choice(pair, part, keyword, iter(options), own=True))


def _counterpart(part: Part, taken: Schema) -> Schema | None:
    """The schema of the same place among those that a part is no instance of."""
    return next((d for d in part.denied if d.pointer == taken.pointer and d.reader is not taken.reader), None)


def _denied(ground: Ground, part: Part, taken: Schema) -> bool:
    return any(ground.alike(d, taken) for d in part.denied)


# --- anyOf and oneOf


class _Union(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """The alternatives of one schema with their shapes; `unknown` says why one of them is not known."""

    keyword: str
    branches: tuple[Schema, ...]
    shapes: list[Shape]
    unknown: str
    exclusive: bool
    tag: tuple[str, dict[str, int]] | None

    def known(self) -> list[int]:
        return [i for i, shape in enumerate(self.shapes) if not shape.unknown]


def _union(ground: Ground, pair: Pair, sent: Shape, keyword: str, branches: tuple[Schema, ...]) -> None:
    shapes = ground.normal.branches(pair.taken, branches)
    unknown = next((s.unknown[0] for s in shapes if s.unknown), "")
    union = _Union(
        keyword=keyword,
        branches=branches,
        shapes=shapes,
        unknown=unknown,
        exclusive=exclusive(pair.taken, keyword),
        tag=ground.normal.tag(shapes),
    )
    _scalars(ground, pair, sent, union)
    parts: tuple[Part, ...] = (*sent.objects, *sent.arrays)
    for part in parts:
        _part(ground, pair, part, union)


def _scalars(ground: Ground, pair: Pair, sent: Shape, union: _Union) -> None:
    """Scalars are decided over the union as a whole; where only one alternative has the type, it is asked."""
    unknown = union.unknown
    if union.exclusive:
        taken = ground.derived(
            ("oneOf", pair.taken), lambda: ground.normal.choice(pair.taken, union.branches, exclusive=True)
        )
        # Nothing is surely taken where another alternative may hold as well.
        unknown = unknown or (taken.unknown[0] if taken.unknown else "")
        taken = NOTHING if unknown else scalars(taken)
    else:
        taken = united(scalars(union.shapes[i]) for i in union.known())
    for kind, answer in scalars_covered(sent, taken).items():
        own = of_kind(sent, kind)
        having = [i for i in union.known() if kind in union.shapes[i].kinds()]
        if union.unknown:
            ground.doubt(pair, union.keyword, union.unknown)
        elif len(having) == 1:
            part = ground.derived(("kind", sent, kind), lambda own=own: own)  # type: ignore[misc]
            ground.edge(pair, None, part, union.branches[having[0]])
        elif unknown:
            ground.doubt(pair, union.keyword, unknown)
        elif isinstance(answer, No):
            ground.flaw(pair, union.keyword, [answer.witness])
        else:
            ground.doubt(pair, union.keyword, getattr(answer, "reason", ""))


def _part(ground: Ground, pair: Pair, part: Part, union: _Union) -> None:
    near = _near(ground, part, union)
    if not near and not union.unknown:
        value = ground.writer.part(part)
        if value is not MISSING or not ground.surely_empty(ground.only(part)):
            ground.flaw(pair, union.keyword, [value], part=part)
        return
    if not near:
        ground.doubt(pair, union.keyword, union.unknown, part=part)
        return
    ordered = sorted(near, key=lambda i: (_distance(part, union.branches[i]), i))
    alone = len(pair.sent.objects if isinstance(part, Objects) else pair.sent.arrays) == 1
    own = alone if len(near) == 1 else False
    own = own or _distance(part, union.branches[ordered[0]]) < 2
    if len(near) == 1 and own and not union.unknown:
        ground.edge(pair, None, ground.only(part), union.branches[near[0]])
    else:
        options = _options(ground, pair, part, union, ordered)
        ground.graph.choose(Choice(pair, part, union.keyword, options, own=own))


def _near(ground: Ground, part: Part, union: _Union) -> list[int]:
    """The alternatives that are not seen to have nothing in common with a part."""
    values = None
    if isinstance(part, Objects) and union.tag is not None:
        values = ground.normal.listed(part, union.tag[0])
    if values is None or union.tag is None:
        return [i for i in union.known() if not apart(ground.normal, part, union.shapes[i])]
    near = sorted({union.tag[1][v] for v in values if v in union.tag[1]})
    return [i for i in near if not apart(ground.normal, part, union.shapes[i])]


def _distance(part: Part, branch: Schema) -> int:
    """The alternative that stands at the same place, by the same name, is the likely one."""
    resolved = branch.resolved
    if part.anchor is not None and part.anchor.pointer == resolved.pointer:
        return 0
    return 1 if any(f.pointer == resolved.pointer for f in part.facts) else 2


def _options(ground: Ground, pair: Pair, part: Part, union: _Union, near: list[int]) -> Iterator[list[Edge]]:
    graph = ground.graph
    sent = ground.only(part)
    for index in near:
        branch = union.branches[index]
        option = [Edge(None, graph.pair(sent, branch))]
        if union.exclusive:
            option += [
                Edge(None, graph.pair(sent, union.branches[i], (pair.taken, "oneOf"))) for i in near if i != index
            ]
        yield option
    if isinstance(part, Objects) and part.splits < _DEEPEST_SPLIT:
        for _, cells in zip(range(_SPLITS), _split(ground, part, [union.shapes[i] for i in near]), strict=False):
            yield [Edge(None, graph.pair(ground.only(cell), pair.taken)) for cell in cells]


def _split(ground: Ground, part: Objects, shapes: list[Shape]) -> Iterator[list[Objects]]:
    """A conjunction by the values of one property that alternatives treat differently, and by its absence."""
    names = [n for n in part.properties if n in part.required] + [n for n in part.properties if n not in part.required]
    for name in names:
        term = ground.writer.sent(part, name)
        if term is None:
            continue
        taken = [united(ground.normal.shape(ground.normal.under(o, name)) for o in shape.objects) for shape in shapes]
        cells = _cells(ground.normal.shape(term), taken)
        must = any(name in o.required for shape in shapes for o in shape.objects)
        if not 1 < len(cells) + (must and name not in part.required) <= _MOST_CELLS:
            continue
        found = [
            msgspec.structs.replace(
                part,
                properties={**part.properties, name: ground.terms.of(term.literals, (*term.fixed, cell))},
                required=part.required | {name},
                splits=part.splits + 1,
            )
            for cell in cells
        ]
        if name not in part.required:
            never = {**part.properties, name: ground.normal.never}
            found.append(msgspec.structs.replace(part, properties=never, splits=part.splits + 1))
        yield found


def _cells(shape: Shape, taken: list[Shape]) -> list[Shape]:
    """The values of a property in groups such that each alternative takes a scalar group as a whole or not at all."""
    if shape.unknown or any(t.unknown for t in taken):
        return []
    cells = [scalars(shape)]
    for one in taken:
        divided: list[Shape] = []
        for cell in cells:
            inside, outside = _divided(cell, one)
            divided += [c for c in (inside, outside) if not c.bare]
        cells = divided
        if len(cells) > _MOST_CELLS:
            return []
    if shape.arrays or shape.objects or shape.values:
        rest = Shape(arrays=shape.arrays, objects=shape.objects, values=shape.values, facts=shape.facts)
        cells.append(rest)
    return cells


def _divided(cell: Shape, one: Shape) -> tuple[Shape, Shape]:
    def meet(mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
        pieces = [a.intersect(b) for a in mine for b in theirs]
        return tuple(p for p in pieces if isinstance(p.is_empty(), No))

    def rest(mine: tuple[Any, ...], theirs: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(piece for a in mine for piece in without(a, theirs))

    inside = Shape(
        null=cell.null and one.null,
        booleans=cell.booleans & one.booleans,
        numbers=meet(cell.numbers, one.numbers),
        texts=meet(cell.texts, one.texts),
    )
    outside = Shape(
        null=cell.null and not one.null,
        booleans=cell.booleans & ~one.booleans,
        numbers=rest(cell.numbers, one.numbers),
        texts=rest(cell.texts, one.texts),
    )
    return inside, outside
