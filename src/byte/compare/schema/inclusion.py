"""Whether everything that a sender writes is taken by a receiver: pairs are expanded keyword by keyword of the receiver.

The sender's side is a shape (a union of conjunctions), the receiver's side stays the schema as it is written, so that
what is wrong is known by the place and keyword that rejects it.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from byte.compare.schema import arrays, objects, unions
from byte.compare.schema.answers import No, Undecided, Yes
from byte.compare.schema.confirm import Work
from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Pair
from byte.compare.schema.ground import MOST_JUDGEMENTS, Ground
from byte.compare.schema.keywords import SCALAR_KEYWORDS, SHAPING, same_json, scalar, types_of
from byte.compare.schema.shapes import Objects, Part, Shape, of_kind, scalars_covered

# Which keywords can reject a scalar of a type, in the order in which they are asked.
_REJECTING: Final = {
    "null": ("type", "enum", "const"),
    "boolean": ("type", "enum", "const"),
    "number": (
        "type",
        "enum",
        "const",
        "minimum",
        "exclusiveMinimum",
        "maximum",
        "exclusiveMaximum",
        "multipleOf",
    ),
    "string": ("type", "enum", "const", "minLength", "maxLength", "pattern", "format"),
}
_SAMPLES: Final = 8
_SHOWN: Final = 3
_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def ask(ground: Ground, sent: Schema, taken: Schema, budget: int) -> tuple[Pair, bool]:
    """The pair of two schemas, with all below it expanded, and whether that was within the budget of pairs."""
    graph = ground.graph
    ground.judgements, ground.work = MOST_JUDGEMENTS, Work()
    pair = graph.pair(ground.normal.shape(ground.terms.schema(sent)), taken)
    most = len(graph) + budget
    while graph.waiting and len(graph) <= most:
        _expand(ground, graph.waiting.pop())
    return pair, not graph.waiting


def _expand(ground: Ground, pair: Pair) -> None:
    if pair.denied is not None:
        unions.expand_denied(ground, pair)
        return
    sent, taken = pair.sent, pair.taken
    if taken.value is True or (isinstance(taken.value, dict) and not taken.unknown and SHAPING.isdisjoint(taken.value)):
        return
    if any(ground.alike(fact, taken) for fact in sent.facts):
        return
    reason = taken.unknown or (sent.unknown[0] if sent.unknown else "")
    if reason:
        ground.doubt(pair, "x-unknown" if "x-unknown" in reason else "", reason)
    elif not isinstance(taken.value, dict):
        _nothing(ground, pair)
    else:
        _keywords(ground, pair, _without(ground, sent, pair))


def _nothing(ground: Ground, pair: Pair) -> None:
    values = [v for v, _ in zip(ground.writer.of(pair.sent), range(3), strict=False)]
    if values or not ground.surely_empty(pair.sent):
        ground.flaw(pair, "false", values)


def _without(ground: Ground, sent: Shape, pair: Pair) -> Shape:
    """What is left to be asked: single values are put to the whole schema, null is taken by `nullable`."""
    rejected: list[Any] = []
    unclear = False
    for value in sent.values:
        taken = ground.accepts(pair.taken, value)
        unclear = unclear or taken is None
        rejected += [value] if taken is False else []
        if len(rejected) == _SHOWN or (taken is None and ground.judgements <= 0):
            break
    if rejected:
        keyword = next((k for k in ("enum", "const", "type") if k in pair.taken.said), "anyOf")
        ground.flaw(pair, keyword, rejected)
    elif unclear:
        ground.doubt(pair, "enum", "a listed array or object that cannot be judged")
    null = sent.null and not pair.taken.nullable
    if null == sent.null and not sent.values:
        return sent
    return ground.derived(("without", sent, int(null)), lambda: msgspec.structs.replace(sent, null=null, values=()))


def _keywords(ground: Ground, pair: Pair, sent: Shape) -> None:
    taken = pair.taken
    target = taken.target
    for member in [*([target] if target is not None else []), *taken.several("allOf")]:
        ground.edge(pair, None, sent, member)
    _scalars(ground, pair, sent)
    parts: tuple[Part, ...] = (*sent.objects, *sent.arrays)
    for part in parts:
        if not _whole(ground, pair, part):
            continue
        if isinstance(part, Objects):
            objects.expand(ground, pair, part)
        else:
            arrays.expand(ground, pair, part)
    unions.expand(ground, pair, sent)


def _whole(ground: Ground, pair: Pair, part: Part) -> bool:
    """Whether arrays or objects are taken at all."""
    kind = "object" if isinstance(part, Objects) else "array"
    said = pair.taken.said
    keyword = "type" if kind not in types_of(pair.taken) else ""
    keyword = keyword or next((k for k in ("enum", "const") if k in said), "")
    if not keyword:
        return True
    values = ground.writer.some(part, _SAMPLES)
    if keyword != "type":
        listed = said["enum"] if isinstance(said.get("enum"), list) else [said.get("const")]
        others = [v for v in values if not any(same_json(v, one) for one in listed)]
        if values and not others and len(values) < _SAMPLES:
            return False
        values = others
    ground.flaw(pair, keyword, values, part=part)
    return False


def _scalars(ground: Ground, pair: Pair, sent: Shape) -> None:
    found: list[str] = []
    allowed = ground.derived(("local", pair.taken), lambda: scalar(pair.taken, SCALAR_KEYWORDS, found))
    for reason in found:
        ground.doubt(pair, "", reason)
    blamed: dict[str, list[Any]] = {}
    for kind in scalars_covered(sent, allowed):
        # A type that is not taken at all is no matter of the other keywords.
        asked = ("type",) if not _taken(pair.taken, kind) else _REJECTING[kind]
        for keyword in [k for k in asked if k in pair.taken.said]:
            one = _one_keyword(pair, sent, keyword, kind)
            if isinstance(one, Undecided):
                ground.doubt(pair, keyword, one.reason)
            elif isinstance(one, No):
                blamed.setdefault(keyword, []).extend(_shown(ground, pair, sent, keyword, kind, one.witness))
    for keyword, values in blamed.items():
        ground.flaw(pair, keyword, values)


def _taken(schema: Schema, kind: str) -> bool:
    kinds = types_of(schema)
    return kind in kinds or (kind == "number" and "integer" in kinds)


def _one_keyword(pair: Pair, sent: Shape, keyword: str, kind: str) -> Any:
    names = [keyword, _BOUNDS.get(keyword, keyword)]
    taken = scalar(pair.taken, names if pair.taken.said.get(keyword) is True else [keyword], [])
    return scalars_covered(of_kind(sent, kind), taken).get(kind, Yes())  # type: ignore[call-overload]


def _shown(ground: Ground, pair: Pair, sent: Shape, keyword: str, kind: str, witness: Any) -> Iterator[Any]:
    """Values that this keyword rejects and, if there are any, no other keyword beside it."""
    others = [k for k in SCALAR_KEYWORDS if k != keyword and k in pair.taken.said]
    if others:
        nearly = ground.normal.both(of_kind(sent, kind), scalar(pair.taken, others, []))
        answer = scalars_covered(nearly, scalar(pair.taken, [keyword], [])).get(kind)  # type: ignore[call-overload]
        if isinstance(answer, No):
            yield answer.witness
    yield witness
