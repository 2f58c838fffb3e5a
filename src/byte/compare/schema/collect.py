"""What was refuted, lifted to the root: each place once, with values of the whole in which only that place is wrong."""

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from byte.compare.schema import arrays, objects
from byte.compare.schema.dialect import Schema
from byte.compare.schema.graph import Choice, Flaw, Hesitation, Pair, Step
from byte.compare.schema.ground import Ground
from byte.compare.schema.keywords import same_json
from byte.compare.schema.shapes import Objects, Part
from byte.compare.schema.witness import MISSING

_DEEPEST: Final = 5
_MOST_VALUES: Final = 3
_MOST_TRIES: Final = 60


class Found(msgspec.Struct, frozen=True, eq=False):
    """A flaw with values of the whole that should show it."""

    flaw: Flaw
    values: list[Any]


class _Chain(msgspec.Struct, frozen=True, eq=False):
    """How a place is reached: the last step, and those before it."""

    before: "_Chain | None"
    step: Step


def collect(ground: Ground, root: Pair, most: int, depth: int = 0) -> Iterator[Found | Hesitation]:
    """All that is wrong or undecided below a pair, the nearest first, up to a number."""
    queue: deque[tuple[Pair, _Chain | None]] = deque([(root, None)])
    seen = {id(root)}
    count = 0
    while queue and count < most:
        pair, chain = queue.popleft()
        for found in _own(ground, pair, most, depth):
            lifted = _lifted(ground, found, chain) if isinstance(found, Found) else found
            if (isinstance(lifted, Hesitation) or not lifted.values) and _within_nothing(ground, chain):
                continue
            count += 1
            yield lifted
            if count >= most:
                return
        for edge in pair.edges:
            if edge.pair.refuted and id(edge.pair) not in seen:
                seen.add(id(edge.pair))
                queue.append((edge.pair, chain if edge.step is None else _Chain(chain, edge.step)))


def _own(ground: Ground, pair: Pair, most: int, depth: int) -> Iterator[Found | Hesitation]:
    """What is wrong or undecided about a pair itself."""
    yield from pair.doubts
    for flaw in pair.flaws:
        values = flaw.shown()
        known = [v for v in values if v is not MISSING]
        if known:
            yield Found(flaw, known)
        elif values:
            reason = "no value was found that shows what is rejected"
            yield Hesitation(sent=flaw.sent, taken=flaw.taken, keyword=flaw.keyword, reason=reason)
    for choice in pair.choices:
        if not choice.current:
            yield from _choice(ground, choice, most, depth)


def _lifted(ground: Ground, found: Found, chain: _Chain | None) -> Found:
    values = found.values[:_MOST_VALUES] if chain is not None else found.values
    lifted = []
    for value in values:
        at = chain
        while at is not None and value is not MISSING:
            value = _outward(ground, at.step, value)
            at = at.before
        if value is not MISSING:
            lifted.append(value)
    flaw = found.flaw
    if flaw.sent is None and chain is not None:
        part = chain.step.part
        flaw = msgspec.structs.replace(flaw, sent=part.anchor or next(iter(part.facts), None))
    return Found(flaw, lifted)


def _within_nothing(ground: Ground, chain: _Chain | None) -> bool:
    """Whether a place is inside of something that is never sent."""
    while chain is not None:
        if ground.hollow(chain.step.part):
            return True
        chain = chain.before
    return False


def _outward(ground: Ground, step: Step, value: Any) -> Any:
    if isinstance(step.part, Objects):
        return objects.built(ground, step.part, step.within, {step.name: value})
    return arrays.built(ground, step.part, step.within, {step.index: value})


def _choice(ground: Ground, choice: Choice, most: int, depth: int) -> Iterator[Found | Hesitation]:
    """What no alternative takes: blamed on the likeliest alternative whose own faults show it."""
    taken = choice.owner.taken
    denied = choice.owner.denied
    doubts: list[Hesitation] = []
    for option in choice.tried if depth < _DEEPEST else []:
        shown = []
        for edge in option:
            for found in collect(ground, edge.pair, min(most, 20), depth + 1) if edge.pair.refuted else ():
                if isinstance(found, Hesitation):
                    doubts.append(found)
                    continue
                values = [v for v in found.values if ground.accepts(taken, v) is (denied is not None)]
                if values:
                    shown.append(Found(_blamed(found.flaw, denied), values))
        if shown and choice.own:
            yield from shown
            return
        if shown:
            # An alternative without a counterpart: that it is there is what is wrong, not what is in it.
            first = shown[0]
            flaw = Flaw(sent=choice.place, taken=taken, keyword=choice.keyword, name=None, values=tuple(first.values))
            yield Found(_blamed(flaw, denied), first.values)
            return
    values = _rejected(ground, choice) if denied is None else []
    sent = choice.place
    if values:
        yield Found(Flaw(sent=sent, taken=taken, keyword=choice.keyword, name=None, values=tuple(values)), values)
    elif doubts:
        yield from doubts[:3]
    else:
        reason = "no single alternative takes all of it, and no value was found that all of them reject"
        yield Hesitation(sent=sent, taken=taken, keyword=choice.keyword, reason=reason)


def _blamed(flaw: Flaw, denied: tuple[Schema, str] | None) -> Flaw:
    """What is denied is blamed on the keyword that denies it."""
    return flaw if denied is None else msgspec.structs.replace(flaw, taken=denied[0], keyword=denied[1], name=None)


def _rejected(ground: Ground, choice: Choice) -> list[Any]:
    """Values of a part that its alternatives reject together: small ones, and what single alternatives reject, mixed."""
    tried: list[Any] = []
    for value in _candidates(ground, choice.part):
        if any(same_json(value, t) for t in tried):
            continue
        if ground.accepts(choice.owner.taken, value) is False:
            return [value]
        tried.append(value)
        if len(tried) > _MOST_TRIES:
            break
    return []


def _candidates(ground: Ground, part: Part) -> Iterator[Any]:
    smallest = ground.writer.part(part)
    if smallest is MISSING:
        return
    yield smallest
    if isinstance(part, Objects):
        first = list(ground.writer.variations(part, smallest, keep={}))[:_MOST_TRIES]
        yield from first
        for variant in first[1:8]:
            yield from ground.writer.variations(part, variant, keep={})
    else:
        for value in ground.writer.several(part.at(0), 6):
            yield arrays.built(ground, part, part.facts[0], {0: value}) if part.facts else [value]
        values = ground.writer.several(part.rest, 6)
        for one in values:
            for two in values:
                if part.most is None or part.most > 1:
                    yield [one, two]
