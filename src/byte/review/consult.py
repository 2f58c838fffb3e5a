"""What a registry adds to a review: who feels each break, and what is there already of what is new.

A registry that cannot be asked changes nothing else of the review: it is said beside Backward Compatibility.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec

from byte.model.breaks import sentence
from byte.model.consulted import Affected, Alike, Consulted, Felt, Similar
from byte.model.contract import Operation, operations
from byte.model.difference import Comparison, Difference
from byte.model.errors import ByteError
from byte.model.ports import Consumers, Impact, Registry
from byte.model.review import Aspect, Finding, Rating, Review
from byte.review.rate import count

T = TypeVar("T")
_NEW: Final = "endpoint-added"
_NEW_MOST: Final = 20
"""New operations that are looked for: a change that adds more of them adds a service."""
_SHOWN: Final = 3
_PLACES: Final = 2


def consult(registry: Registry, comparisons: Sequence[Comparison]) -> Consulted:
    """Asks a registry about the differences of a review. Never fails: what could not be asked is a notice."""
    notices: list[str] = []
    found: Consumers | None = None
    if comparisons:
        found = _asked(lambda: registry.consumers(comparisons), notices)
    new = [op for comparison in comparisons for op in _added(comparison)][:_NEW_MOST]
    similar: Sequence[Sequence[Similar]] = ()
    if new:
        similar = _asked(lambda: registry.similar(new), notices) or ()
    return Consulted(
        service=found.service if found is not None else None,
        consumers=found.number if found is not None else 0,
        breaks=tuple(_felt(impact) for impact in found.impacts) if found is not None else (),
        similar=tuple(
            Alike(operation=op.name, found=tuple(hits)) for op, hits in zip(new, similar, strict=False) if hits
        ),
        notices=tuple(dict.fromkeys(notices)),
    )


def _asked(question: Callable[[], T], notices: list[str]) -> T | None:
    try:
        return question()
    except ByteError as error:
        notices.append(str(error))
        return None


def _added(comparison: Comparison) -> list[Operation]:
    """The operations that a revision adds."""
    names = {name for d in comparison.differences if d.id == _NEW for name in d.reaches}
    return [op for op in operations(comparison.head.document) if op.name in names]


def _felt(impact: Impact) -> Felt:
    difference = impact.difference
    return Felt(id=difference.id, operations=difference.reaches, message=difference.message, consumers=impact.affected)


# --- into the review ---------------------------------------------------------------------------


def with_consumers(findings: Sequence[Finding], comparisons: Sequence[Comparison], found: Consulted) -> list[Finding]:
    """The findings, those about a break with who feels it."""
    clauses: dict[str, str] = {}
    if found.service is not None:
        felt = {(one.id, one.message, one.operations): one for one in found.breaks}
        for comparison in comparisons:
            for difference in comparison.differences:
                one = felt.get((difference.id, difference.message, difference.reaches))
                if one is not None:
                    clauses[sentence(difference, difference.reaches)] = clause([one], found.service)
    return [_with(item, clauses.get(item.message)) for item in findings]


def weighing(found: Consulted) -> Callable[[Finding, Sequence[Difference]], Finding]:
    """Adds to each finding about differences who feels them."""
    felt = {(one.id, one.message, one.operations): one for one in found.breaks}

    def weigh(item: Finding, items: Sequence[Difference]) -> Finding:
        mine = [felt[key] for d in items if (key := (d.id, d.message, d.reaches)) in felt]
        return _with(item, clause(mine, found.service)) if mine and found.service is not None else item

    return weigh


def _with(item: Finding, text: str | None) -> Finding:
    return item if text is None else msgspec.structs.replace(item, message=f"{item.message.rstrip('.')}. {text}")


def clause(felt: Sequence[Felt], service: str) -> str:
    """Who feels some breaks, as a sentence."""
    hits: dict[str, Affected] = {}
    for hit in sorted((hit for one in felt for hit in one.consumers), key=lambda h: (not h.certain, h)):
        hits.setdefault(hit.consumer, hit)
    if not hits:
        return f"No registered consumer of `{service}` feels it"
    told = [_told(hit) for hit in list(hits.values())[:_SHOWN]]
    more = f" and {len(hits) - _SHOWN} more" if len(hits) > _SHOWN else ""
    return f"{'; '.join(told)}{more}"


def _told(hit: Affected) -> str:
    verb = "Breaks" if hit.certain else "May break"
    places = f" ({', '.join(hit.evidence[:_PLACES])})" if hit.evidence else ""
    return f"{verb} `{hit.consumer}`: {hit.reason}{places}"


def added(review: Review, found: Consulted) -> Review:
    """The review with what a registry said: beside Backward Compatibility, and under Better Alternatives."""
    ratings = tuple(_rated(rating, found) for rating in review.ratings)
    alternatives = (*review.alternatives, *(_alternative(one) for one in found.similar))
    return msgspec.structs.replace(review, ratings=ratings, alternatives=alternatives, registry=found)


def _rated(rating: Rating, found: Consulted) -> Rating:
    text = _summary(found) if rating.aspect is Aspect.BACKWARD_COMPATIBILITY else ""
    return msgspec.structs.replace(rating, evidence=f"{rating.evidence}; {text}") if text else rating


def _summary(found: Consulted) -> str:
    if found.notices and found.service is None:
        return f"consumers are not known: {found.notices[0].rstrip('.')}"
    if not found.breaks:
        return ""
    names = sorted({hit.consumer for one in found.breaks for hit in one.consumers})
    if not names:
        return f"none of {count(found.consumers, 'registered consumer')} breaks"
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} of {count(found.consumers, 'registered consumer')} {'breaks' if len(names) == 1 else 'break'}: {shown}{more}"


def _alternative(one: Alike) -> str:
    hits = [
        f"`{hit.operation}` of `{hit.service}` ({hit.score:.2f}{f': {hit.reason}' if hit.reason else ''})"
        for hit in one.found[:_SHOWN]
    ]
    return f"Registered already for what `{one.operation}` is new for: {', '.join(hits)}."
