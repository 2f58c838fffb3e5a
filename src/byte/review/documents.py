"""A pair of OpenAPI documents reviewed: the lines that documents can answer, from the comparison of the two."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from byte import rules
from byte.compare import compare
from byte.model import breaks, schemas
from byte.model.change import Unreadable
from byte.model.contract import Contract, Document, Operation, escaped, operations
from byte.model.difference import Comparison, Difference
from byte.model.operations import listed
from byte.model.ports import Registry
from byte.model.review import Accepted, Answer, Aspect, Evidence, Finding, Location, Rating, Review, Severity, Step
from byte.review import consult, contract, wording
from byte.review.check import distinct, finding
from byte.review.judge import judge
from byte.review.rate import count

Places = Callable[[str], str | None]
"""JSON pointer -> "path:line"."""

_RULES: Final[dict[breaks.Family, str]] = {
    "removed operation": "removed-operation",
    "removed field": "removed-response-field",
    "required input": "new-required-input",
    "type": "changed-field-type",
    "status": "changed-default-status",
    "other": "incompatible-contract",
}
_FIXES: Final[dict[breaks.Family, str]] = {
    "removed operation": "Keep {} as deprecated, and remove it when nobody calls it.",
    "removed field": "Keep {} as deprecated, or publish a new version of the operation.",
    "required input": "Give {} a default that means what requests without it meant before.",
    "type": "Keep the type of {}, and add a new field for the new meaning.",
    "status": "Keep {} as it was for today's clients, or publish the change with a new version.",
    "other": "Keep {} as it was for today's clients, or publish the change with a new version.",
}
_ENDS: Final = {
    "-property-became-optional": "Send {} in every answer, as before.",
    "-property-added": "Send {} with a new version only, or to clients that ask for it.",
    "-enum-value-added": "Send new values of {} with a new version only, or to clients that ask for them.",
}
"""Better fixes for answers, by the end of the id."""
_TOGETHER: Final = (
    *("-property-added", "-property-removed", "-property-became-required", "-property-became-optional"),
    "-required-request-property",
)
"""How the ids end of what befalls a field as such."""
_LISTS: Final = frozenset({"parameters", "servers", "security", "allOf", "anyOf", "oneOf", "prefixItems"})
_PART: Final = " → "
_SHOWN: Final = 3
_ABSENT: Final = "not in the input"
_VALUES: Final = {
    Aspect.ALGORITHM_COMPLEXITY: "O(?)",
    Aspect.CACHING: "Not Needed",
    Aspect.BACKWARD_COMPATIBILITY: "Maintained",
}


class Pair(msgspec.Struct, frozen=True):
    """The two documents with their names and where their parts stand."""

    base: Contract
    head: Contract
    names: tuple[str, str]
    places: tuple[Places, Places]


class _Ground(msgspec.Struct, frozen=True):
    """What the lines of the assessment rest on: the differences, and the operations and schemas that they touch."""

    pair: Pair
    found: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    touched: tuple[Operation, ...]
    schemas: tuple[str, ...]
    accepted: tuple[Accepted, ...] = ()

    @property
    def document(self) -> Document:
        """The new document."""
        return self.pair.head.document

    def at(self, pointers: Iterable[str]) -> tuple[Location, ...]:
        """Where parts of the new document stand."""
        found = (_location(self.pair.places[1](pointer)) for pointer in pointers)
        return tuple(dict.fromkeys(at for at in found if at is not None))


Weigh = Callable[[Finding, Sequence[Difference]], "Finding | Accepted | None"]
"""What becomes of a finding and the differences that it stands for: it stays, perhaps with another severity, it is
accepted, or it is left out.
"""


def review(pair: Pair, *, as_of: date | None = None, registry: Registry | None = None) -> Review:
    """Compare the documents and rate what they can answer; everything else is said to be not in the input.

    `as_of` is the day that sunset dates are measured by. `registry` is asked who feels each break.
    """
    found = compare(pair.base, pair.head, as_of=as_of)
    if registry is None:
        return told(pair, found)
    consulted = consult.consult(registry, [Comparison(pair.base, pair.head, found)])
    return consult.added(told(pair, found, consult.weighing(consulted)), consulted)


def told(pair: Pair, found: tuple[Difference, ...], weigh: Weigh | None = None) -> Review:
    """The review of two documents that were compared."""
    weighed = [weigh(f, items) if weigh is not None else f for f, items in _findings(found, pair)]
    concerns = distinct(item for item in weighed if isinstance(item, Finding))
    touched = tuple(_touched(found, pair.head.document))
    accepted = tuple(item for item in weighed if isinstance(item, Accepted))
    ground = _Ground(pair, found, tuple(concerns), touched, tuple(_schemas(found, pair)), accepted)
    undecided = _undecided(ground)
    return Review(
        base=pair.names[0],
        head=pair.names[1],
        summary=_summary(found),
        ratings=tuple(_rating(aspect, ground) for aspect in Aspect),
        strengths=(),
        findings=ground.findings,
        libraries=(),
        alternatives=wording.alternatives(concerns, ()),
        recommendations=wording.recommendations(concerns),
        questions=wording.questions([undecided] if undecided is not None else [], concerns),
        answers=tuple(_answers(ground, undecided)),
        verdict=judge(concerns),
        unreadable=tuple(dict.fromkeys(_unreadable(pair))),
        accepted=accepted,
        existing=(),
        existing_count=0,
        suppressed=0,
    )


def _summary(found: Sequence[Difference]) -> str:
    if not found:
        return "No difference between the documents."
    reached = {name for difference in found for name in difference.reaches}
    return f"Changed: {count(len(found), 'difference')} in {count(len(reached), 'operation')}."


def _touched(found: Sequence[Difference], document: Document) -> list[Operation]:
    reached = {name for difference in found for name in difference.reaches}
    return [op for op in operations(document) if op.name in reached]


def _unreadable(pair: Pair) -> Iterator[Unreadable]:
    for side in (pair.base, pair.head):
        yield from (Unreadable(path=gap.path, line=gap.line, reason=gap.reason) for gap in side.gaps)


# --- findings ----------------------------------------------------------------------------------


def _findings(found: Sequence[Difference], pair: Pair) -> Iterator[tuple[Finding, Sequence[Difference]]]:
    """One for each cause: fields of one object that share their fate are one finding."""
    groups: dict[tuple[object, ...], list[Difference]] = {}
    for difference in found:
        if difference.level != "info" and difference.proof != "undecided":
            groups.setdefault(_fate(difference), []).append(difference)
    for items in groups.values():
        yield _finding(items, pair), items


def _fate(difference: Difference) -> tuple[object, ...]:
    """What fields that come or go together have in common."""
    holder, arrow, _ = difference.location.rpartition(_PART)
    if not arrow or not difference.id.endswith(_TOGETHER):
        return difference.id, difference.location, difference.message, difference.reaches
    return difference.id, difference.level, difference.proof, difference.reaches, holder


def _finding(items: Sequence[Difference], pair: Pair) -> Finding:
    first = items[0]
    family = breaks.family(first)
    rule = rules.BY_NAME[_RULES[family]]
    severity = _severity(first, family)
    at, because = _at(first, pair)
    others = list(dict.fromkeys(_name(item) for item in items[1:] if _name(item) != _name(first)))
    evidence = Evidence(
        message=_sentence(first, others),
        at=at,
        symbol=first.operation,
        key=f"{first.id} {first.location}",
        because=because,
        brief=f"{first.message}{f', with {len(others)} beside it' if others else ''}",
        fix=_fix(first, family).format(_subject(first, others)) if severity is not Severity.NOTE else None,
        severity=severity,
    )
    made = finding(rule, evidence, rule.severity)
    places = tuple(dict.fromkeys(_at(item, pair)[0] for item in items))
    return msgspec.structs.replace(made, introduced=True, places=places if len(places) > 1 else ())


def _severity(difference: Difference, family: breaks.Family) -> Severity | None:
    """None: that of the rule. A surprise is no break; a field that readers may miss is close to one."""
    if difference.level != "warning":
        return None
    return Severity.MAJOR if family == "removed field" else Severity.NOTE


def _sentence(first: Difference, others: Sequence[str]) -> str:
    """What differs, in which operations, with the proof that it needs."""
    proof = first.counterexample
    names = () if first.reaches == (first.operation,) and first.operation in first.message else first.reaches
    obvious = proof is not None and proof.kind == "request" and proof.value == first.operation
    told = first.message
    if others:
        told = f"{told}, and so {'was' if len(others) == 1 else 'were'} {listed(others)}"
    return breaks.sentence(
        msgspec.structs.replace(first, message=told, counterexample=None if obvious else proof), names
    )


def _name(difference: Difference) -> str:
    """`total`: the field that a difference is about."""
    return difference.location.rpartition(_PART)[2]


def _fix(difference: Difference, family: breaks.Family) -> str:
    if difference.direction == "response":
        for end, text in _ENDS.items():
            if difference.id.endswith(end):
                return text
    return _FIXES[family]


def _subject(difference: Difference, others: Sequence[str]) -> str:
    """`items/total` with the fields beside it, the parameter of an operation, or the operation."""
    place, *parts = difference.location.split(_PART)
    if parts:
        return listed(["/".join(parts), *others])
    named = f"`{difference.operation}`" if difference.operation else ""
    if place and place != difference.operation:
        return f"the {place}{f' of {named}' if named else ''}"
    return named or "the document"


def _at(difference: Difference, pair: Pair) -> tuple[Location, tuple[Step, ...]]:
    """The place in the new document, with the one in the old where that says more."""
    before = _location(pair.places[0](difference.base_pointer)) if difference.base_pointer else None
    after = _location(pair.places[1](difference.revision_pointer or _stable(difference.base_pointer)))
    if after is None:
        return before or Location(pair.names[1], 1, 1), ()
    told = f"base: {difference.location or difference.operation}".removesuffix(": ")
    because = (Step(before.path, before.line, told),) if before is not None else ()
    return after, because


def _stable(pointer: str) -> str:
    """As much of a pointer into base as leads to the same thing in the new document: not past an index of a list."""
    parts = pointer.split("/")
    cut = next((i for i, part in enumerate(parts[:-1]) if part in _LISTS and parts[i + 1].isdigit()), len(parts))
    return "/".join(parts[:cut])


def _location(origin: str | None) -> Location | None:
    path, _, line = (origin or "").rpartition(":")
    return Location(path, int(line), int(line)) if line.isdigit() else None


# --- ratings -----------------------------------------------------------------------------------


def _rating(aspect: Aspect, ground: _Ground) -> Rating:
    against = [f for f in ground.findings if f.aspect is aspect and f.severity is not Severity.NOTE]
    if against:
        value = "Breaking Changes" if aspect is Aspect.BACKWARD_COMPATIBILITY else "Needs Work"
        more = f", and {len(against) - 1} more" if len(against) > 1 else ""
        return Rating(
            aspect=aspect,
            value=value,
            evidence=f"{against[0].brief or against[0].message}{more}",
            places=(against[0].at,),
        )
    told, places = _LINES.get(aspect, _absent)(ground)
    return Rating(aspect=aspect, value=_VALUES.get(aspect, "Good"), evidence=told, places=places)


_Told = tuple[str, tuple[Location, ...]]


def _absent(_: _Ground) -> _Told:
    return _ABSENT, ()


def _endpoints(ground: _Ground) -> _Told:
    before = {op.name for op in operations(ground.pair.base.document)}
    after = {op.name for op in operations(ground.document)}
    new = [op for op in ground.touched if op.name not in before]
    counts = (
        (len(new), "new"),
        (len(ground.touched) - len(new), "changed"),
        (len(before - after), "removed or renamed"),
    )
    return _counted(counts, "operation"), ground.at(op.pointer for op in new)


def _counted(counts: Sequence[tuple[int, str]], noun: str) -> str:
    """`1 operation new, 2 changed`; what is 0 is left out."""
    told = [(number, what) for number, what in counts if number]
    if not told:
        return "unchanged"
    (first, what), *rest = told
    return ", ".join([f"{count(first, noun)} {what}", *(f"{number} {what}" for number, what in rest)])


def _models(ground: _Ground) -> _Told:
    if not ground.touched:
        return "unchanged", ()
    silent = [op for op in ground.touched if not contract.declares_answer(ground.document, op.body)]
    number = len(ground.touched)
    return f"{number - len(silent)} of {count(number, 'operation')} declare a response", ()


def _compatible(ground: _Ground) -> _Told:
    compared = count(sum(1 for _ in operations(ground.document)), "operation")
    undecided = _reached(d for d in ground.found if d.proof == "undecided")
    breaks_ = f"{count(len(ground.accepted), 'break')} accepted" if ground.accepted else "no difference breaks clients"
    parts = [f"{compared} compared", f"{undecided} undecided" if undecided else breaks_]
    unread = len({*_unreadable(ground.pair)})
    parts += [f"{count(unread, 'part')} not read"] if unread else []
    return ", ".join(parts), ()


def _reached(found: Iterable[Difference]) -> int:
    """How many operations differences reach; those of the whole document count as one."""
    return len({name for difference in found for name in (difference.reaches or ("",))})


def _design(ground: _Ground) -> _Told:
    old = _named(ground.pair.base.document)
    new = sum(name not in old for name in ground.schemas)
    told = _counted(((new, "new"), (len(ground.schemas) - new, "changed")), "named schema")
    return told, ground.at(map(_pointer, ground.schemas))


def _validation(ground: _Ground) -> _Told:
    if not ground.touched:
        return "unchanged", ()
    inputs = [bounded for op in ground.touched for bounded in _inputs(ground.document, op.body)]
    return (f"{count(len(inputs), 'input')} read, {sum(inputs)} constrained" if inputs else "no input changed"), ()


_LINES: Final[dict[Aspect, Callable[[_Ground], _Told]]] = {
    Aspect.ENDPOINT_STRUCTURE: _endpoints,
    Aspect.REQUEST_RESPONSE_MODELS: _models,
    Aspect.BACKWARD_COMPATIBILITY: _compatible,
    Aspect.SCHEMA_DESIGN: _design,
    Aspect.VALIDATION_RULES: _validation,
}
"""The lines that a document can answer."""


def _inputs(document: Document, body: dict[str, Any]) -> Iterator[bool]:
    for parameter in schemas.parameters(document, body.get("parameters")).values():
        yield contract.constrained(document, parameter.get("schema"))
    for schema in schemas.content(document, body.get("requestBody")).values():
        for _, field in contract.fields(document, schema):
            yield contract.constrained(document, field)


def _schemas(found: Sequence[Difference], pair: Pair) -> Iterator[str]:
    """The named schemas of the new document that the old one does not have, or that differences are in."""
    old = _named(pair.base.document)
    pointers = [pointer for d in found for pointer in (d.revision_pointer, d.base_pointer)]
    changed = {"/".join(pointer.split("/")[:4]) for pointer in pointers}
    yield from (name for name in _named(pair.head.document) if name not in old or _pointer(name) in changed)


def _named(document: Document) -> dict[str, Any]:
    components = document.get("components")
    found = components.get("schemas") if isinstance(components, dict) else None
    return found if isinstance(found, dict) else {}


def _pointer(name: str) -> str:
    return f"/components/schemas/{escaped(name)}"


# --- answers and questions ---------------------------------------------------------------------


def _undecided(ground: _Ground) -> Answer | None:
    """What only the author can tell."""
    found = [d for d in ground.found if d.proof == "undecided"]
    if not found:
        return None
    more = f", and {len(found) - 1} more, which `byte diff` lists" if len(found) > 1 else ""
    text = f"undecided: {breaks.sentence(found[0], found[0].reaches)}{more}"
    places = tuple(dict.fromkeys(_at(d, ground.pair)[0] for d in found[:_SHOWN]))
    return Answer(question=wording.COMPATIBILITY, answer=text, answered=False, places=places)


def _answers(ground: _Ground, undecided: Answer | None) -> Iterator[Answer]:
    for question in wording.QUESTIONS:
        if question == wording.COMPATIBILITY:
            yield _compatibility(ground, undecided)
        elif question in _ANSWERS:
            text, places = _ANSWERS[question](ground)
            yield Answer(question=question, answer=text, answered=True, places=places[:_SHOWN])
        else:
            yield Answer(question=question, answer=_ABSENT, answered=False)


def _compatibility(ground: _Ground, undecided: Answer | None) -> Answer:
    against = [f for f in ground.findings if f.severity is not Severity.NOTE]
    if against:
        text = against[0].message + (f", and {len(against) - 1} more" if len(against) > 1 else "")
        places = tuple(dict.fromkeys(f.at for f in against[:_SHOWN]))
        return Answer(question=wording.COMPATIBILITY, answer=text, answered=True, places=places)
    return undecided or Answer(question=wording.COMPATIBILITY, answer=_compatible(ground)[0], answered=True)


def _data_model(ground: _Ground) -> _Told:
    if not ground.schemas:
        return "no named schema changes", ()
    return f"schemas {listed(ground.schemas)}", ground.at(map(_pointer, ground.schemas))


_ANSWERS: Final[dict[str, Callable[[_Ground], _Told]]] = {
    wording.DATA_MODEL: _data_model,
    wording.VALIDATION: _validation,
}
