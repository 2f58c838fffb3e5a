"""Objects that are sent against the keywords of a schema about objects."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from byte.compare.schema.answers import No, Undecided
from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Pair, Step
from byte.compare.schema.ground import Ground
from byte.compare.schema.keywords import evaluated, matches, needs_of
from byte.compare.schema.shapes import Objects, Term, covered
from byte.compare.schema.texts import Texts, texts
from byte.compare.schema.witness import MISSING, MOST_ITEMS

_VARIANTS: Final = 4
_SAMPLES: Final = 8


def expand(ground: Ground, pair: Pair, part: Objects) -> None:
    """What objects of a conjunction have to satisfy."""
    taken = pair.taken
    _required(ground, pair, part)
    _properties(ground, pair, part)
    _patterns(ground, pair, part)
    _others(ground, pair, part)
    names = taken.one("propertyNames")
    if names is not None:
        _names(ground, pair, part, names)
    _counts(ground, pair, part)
    _dependent(ground, pair, part)


def built(
    ground: Ground,
    part: Objects,
    within: Schema,
    given: Mapping[str, Any] = {},
    absent: frozenset[str] = frozenset(),
    size: int = 0,
) -> Any:
    """A small object that is sent, as far as possible such that nothing else in it is rejected."""
    both = ground.derived(
        ("both", part, within), lambda: ground.normal.both(ground.only(part), ground.normal.of(within))
    )
    for one in both.objects[:_VARIANTS]:
        needed = one.required if size == 0 else part.required
        fitting = msgspec.structs.replace(one, required=needed - absent - (given.keys() - part.required))
        value = ground.writer.object(fitting, given, absent, size)
        if value is not MISSING:
            return value
    return ground.writer.object(part, given, absent, size)


def _required(ground: Ground, pair: Pair, part: Objects) -> None:
    there = ground.writer.needed(part)
    for name in pair.taken.names("required"):
        if name in there or name in pair.taken.hidden():
            continue
        ground.flaw_later(pair, "required", partial(_lacking, ground, part, pair.taken, name), name=name, part=part)


def _lacking(ground: Ground, part: Objects, taken: Schema, name: str) -> list[Any]:
    """An object without a name; `MISSING` itself if none was found, though there may be one."""
    value = built(ground, part, taken, absent=frozenset({name}))
    return [] if value is MISSING and _always(ground, part, name) else [value]


def _alone(ground: Ground, part: Objects, taken: Schema, name: str, other: str) -> list[Any]:
    """An object with one name and without another."""
    term = ground.writer.sent(part, name)
    value = MISSING if term is None else ground.writer.smallest(term)
    whole = MISSING if value is MISSING else built(ground, part, taken, {name: value}, frozenset({other}))
    there = msgspec.structs.replace(part, required=part.required | {name})
    return [] if whole is MISSING and _always(ground, there, other) else [whole]


def _always(ground: Ground, part: Objects, name: str) -> bool:
    """Whether a name that is not required is there all the same, or no object is."""
    never = ground.normal.never
    lacking = msgspec.structs.replace(
        part, properties={**part.properties, name: never}, declared=part.declared - {name}
    )
    return ground.surely_empty(ground.only(lacking))


def _properties(ground: Ground, pair: Pair, part: Objects) -> None:
    taken = pair.taken
    hidden = taken.hidden()
    strange = ground.writer.free(part) == 1
    for name, held in taken.named("properties").items():
        if name in hidden or (strange and name not in part.declared and name not in part.required):
            continue
        term = ground.writer.sent(part, name)
        if term is None or (name not in part.declared and _unasked(ground, pair, part, name, term, held)):
            continue
        ground.inner(pair, Step(part=part, within=taken, name=name), term, held)


def _unasked(ground: Ground, pair: Pair, part: Objects, name: str, term: Term, held: Schema) -> bool:
    """Whether a property that only the receiver declares is sent with a value that it rejects: one flaw is enough."""
    for value in ground.writer.several(term, _SAMPLES):
        if ground.accepts(held, value) is False:
            whole = built(ground, part, pair.taken, {name: value})
            if whole is not MISSING:
                ground.flaw(pair, "properties", [whole], name=name, part=part)
                return True
    return False


def _patterns(ground: Ground, pair: Pair, part: Objects) -> None:
    taken = pair.taken
    for pattern, held in taken.named("patternProperties").items():
        for name in _listed(part):
            term = ground.writer.sent(part, name)
            hit = matches(pattern, name)
            if term is not None and hit is None:
                ground.doubt(pair, "patternProperties", f"whether `{name}` matches the pattern", part=part)
            elif term is not None and hit:
                ground.inner(pair, Step(part=part, within=taken, name=name), term, held)
        wanted = texts(patterns=[pattern])
        for names, term in _beside(ground, part, taken):
            _named(ground, pair, part, names.intersect(wanted), term, held, "patternProperties")


def _listed(part: Objects) -> list[str]:
    """The names that the sender's schema lists, in its order."""
    return [*(n for n in part.properties if n in part.declared or n in part.required), *_unlisted(part)]


def _unlisted(part: Objects) -> list[str]:
    return sorted((part.required | part.declared) - part.properties.keys())


def _beside(ground: Ground, part: Objects, taken: Schema) -> Iterator[tuple[Texts, Term]]:
    """Names beside the listed ones that are sent: sets of them, and what surely holds of what is sent there."""
    known = list(_listed(part))
    for pattern in part.written:
        inner = ground.terms.all(t for p, t in part.patterns if p == pattern)
        yield texts(patterns=[pattern], excluded=known), inner
    free = ground.writer.free(part)
    if not free:
        return
    if free == 1:
        known += [*part.properties, *taken.named("properties")]
    names = texts(excluded=known)
    for key in part.keys:
        shape = ground.normal.shape(key)
        names = names.intersect(shape.texts[0]) if len(shape.texts) == 1 else names
    # Names that patterns of the sender match are among those above, or are not written.
    for rest in _outside(names, frozenset(), tuple(p for p, _ in part.patterns)):
        yield rest, ground.terms.all(g.term for g in part.guards)


def _named(ground: Ground, pair: Pair, part: Objects, names: Texts, term: Term, held: Schema, keyword: str) -> None:
    """What is sent under any of a set of names has to be taken by a schema."""
    answer = names.is_empty()
    if isinstance(answer, No):
        if held.value is False:
            _unwanted(ground, pair, part, answer.witness, term, keyword)
        else:
            ground.inner(pair, Step(part=part, within=pair.taken, name=answer.witness), term, held)
    elif isinstance(answer, Undecided) and held.value is not True and not ground.known(term, held):
        ground.doubt(pair, keyword, answer.reason, part=part)


def _unwanted(ground: Ground, pair: Pair, part: Objects, name: str, term: Term, keyword: str) -> None:
    """A property that is sent and must not be there."""
    value = ground.writer.smallest(term)
    if value is MISSING and ground.surely_empty(ground.normal.shape(term)):
        return
    whole = MISSING if value is MISSING else built(ground, part, pair.taken, {name: value})
    ground.flaw(pair, keyword, [whole], name=name, part=part)


def _others(ground: Ground, pair: Pair, part: Objects) -> None:
    """`additionalProperties`, and `unevaluatedProperties` where it stands alone."""
    taken = pair.taken
    keyword = "additionalProperties"
    held = taken.one(keyword)
    names, patterns = frozenset(taken.named("properties")), tuple(taken.named("patternProperties"))
    if held is None:
        keyword = "unevaluatedProperties"
        held = taken.one(keyword)
        names, patterns, certain = evaluated(taken)
        if held is not None and not certain and held.value is not True:
            if ground.writer.free(part) or part.written or not names.issuperset(_listed(part)):
                ground.doubt(pair, keyword, "`unevaluatedProperties` beside alternatives", part=part)
            return
    if held is None or held.value is True or held.value == {}:
        return
    for name in _listed(part):
        term = ground.writer.sent(part, name)
        if name in names or term is None or any(matches(p, name) for p in patterns):
            continue
        if held.value is False:
            _unwanted(ground, pair, part, name, term, keyword)
        else:
            ground.inner(pair, Step(part=part, within=taken, name=name), term, held)
    for among, term in _beside(ground, part, taken):
        for rest in _outside(among, names, patterns):
            _named(ground, pair, part, rest, term, held, keyword)


def _outside(among: Texts, names: frozenset[str], patterns: tuple[str, ...]) -> list[Texts]:
    left = [among.intersect(texts(excluded=sorted(names)))] if names else [among]
    for pattern in patterns:
        left = [rest for one in left for rest in one.minus(texts(patterns=[pattern]))]
    return left


def _names(ground: Ground, pair: Pair, part: Objects, held: Schema) -> None:
    shape = ground.normal.of(held)
    if shape.unknown:
        ground.doubt(pair, "propertyNames", shape.unknown[0], part=part)
        return
    for name in _listed(part):
        term = ground.writer.sent(part, name)
        taken = [t.accepts(name) for t in shape.texts]
        if term is None or True in taken:
            continue
        if None in taken:
            ground.doubt(pair, "propertyNames", f"whether `{name}` is taken", part=part)
        else:
            _unwanted(ground, pair, part, name, term, "propertyNames")
    for names, term in _beside(ground, part, pair.taken):
        answer = covered((names,), shape.texts)
        if isinstance(answer, No):
            _unwanted(ground, pair, part, answer.witness, term, "propertyNames")
        elif isinstance(answer, Undecided):
            ground.doubt(pair, "propertyNames", answer.reason, part=part)


def _counts(ground: Ground, pair: Pair, part: Objects) -> None:
    taken = pair.taken
    least, most = taken.count("minProperties"), taken.count("maxProperties")
    if least is not None and max(part.least, len(part.required)) < least:
        value = ground.writer.object(part)
        if value is MISSING or len(value) < least:
            ground.flaw(pair, "minProperties", [value], part=part)
    if most is None or (part.most is not None and part.most <= most):
        return
    names = sum(ground.writer.sent(part, name) is not None for name in _listed(part))
    if not ground.writer.free(part) and not part.written and names <= most:
        return
    value = MISSING if most >= MOST_ITEMS else built(ground, part, taken, size=most + 1)
    full = msgspec.structs.replace(part, least=max(part.least, most + 1))
    if value is not MISSING or not ground.surely_empty(ground.only(full)):
        ground.flaw(pair, "maxProperties", [value], part=part)


def _dependent(ground: Ground, pair: Pair, part: Objects) -> None:
    taken = pair.taken
    for name, names in needs_of(taken):
        term = ground.writer.sent(part, name)
        implied = ground.writer.needed(part, [name])
        if term is None:
            continue
        for other in sorted(names - implied - {name}):
            values = partial(_alone, ground, part, taken, name, other)
            ground.flaw_later(pair, "dependentRequired", values, name=other, part=part)
    for name, held in {**taken.named("dependencies"), **taken.named("dependentSchemas")}.items():
        if ground.writer.sent(part, name) is not None:
            there = ground.derived(
                ("there", part, name),
                lambda name=name: ground.only(
                    msgspec.structs.replace(part, required=part.required | ground.writer.needed(part, [name]))
                ),  # type: ignore[misc]
            )
            ground.edge(pair, None, there, held)
