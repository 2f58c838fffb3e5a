"""A pair of OpenAPI documents reviewed: the lines that documents can answer, from the comparison of the two."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from byte import rules
from byte.compare import compare
from byte.model import breaks, schemas
from byte.model.change import Unreadable
from byte.model.contract import Contract, Document, Operation, operations
from byte.model.difference import Difference
from byte.model.review import Answer, Aspect, Evidence, Finding, Location, Rating, Review, Severity, Step
from byte.review import contract, wording
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


def review(pair: Pair, *, as_of: date | None = None) -> Review:
    """Compare the documents and rate what they can answer; everything else is said to be not in the input."""
    found = compare(pair.base, pair.head, as_of=as_of)
    concerns = distinct(_findings(found, pair))
    touched = _touched(found, pair.head.document)
    questions = tuple(_questions(found, pair))
    return Review(
        base=pair.names[0],
        head=pair.names[1],
        summary=_summary(found, touched),
        ratings=tuple(_rating(aspect, concerns, found, touched, pair) for aspect in Aspect),
        strengths=(),
        findings=tuple(concerns),
        libraries=(),
        alternatives=wording.alternatives(concerns, ()),
        recommendations=wording.recommendations(concerns),
        questions=questions,
        answers=tuple(_answers(concerns, questions)),
        verdict=judge(concerns),
        unreadable=tuple(Unreadable(path=g.path, line=g.line, reason=g.reason) for g in pair.head.gaps),
        accepted=(),
        existing=(),
        existing_count=0,
        suppressed=0,
    )


def _summary(found: Sequence[Difference], touched: Sequence[Operation]) -> str:
    if not found:
        return "No difference between the documents."
    return f"Changed: {count(len(found), 'difference')} in {count(len(touched), 'operation')}."


def _touched(found: Sequence[Difference], document: Document) -> list[Operation]:
    reached = {name for difference in found for name in difference.reaches}
    return [op for op in operations(document) if op.name in reached]


# --- findings ----------------------------------------------------------------------------------


def _findings(found: Sequence[Difference], pair: Pair) -> Iterator[Finding]:
    for difference in found:
        if difference.level == "info" or difference.proof == "undecided":
            continue
        rule = rules.BY_NAME[_RULES[breaks.family(difference)]]
        told = breaks.sentence(difference, difference.reaches)
        at, because = _at(difference, pair)
        severity = Severity.MAJOR if difference.level == "warning" else None
        if rule.name == "incompatible-contract" and difference.level == "warning":
            severity = Severity.NOTE
        evidence = Evidence(
            message=told,
            at=at,
            symbol=difference.operation,
            key=f"{difference.id} {difference.location}",
            because=because,
            brief=difference.message,
            fix=f"Keep {difference.location or difference.operation} as it was for today's clients, or publish the "
            "change with a new version.",
            severity=severity,
        )
        yield msgspec.structs.replace(finding(rule, evidence, rule.severity), introduced=True)


def _at(difference: Difference, pair: Pair) -> tuple[Location, tuple[Step, ...]]:
    """The place in the new document, with the one in the old where that says more."""
    before = _location(pair.places[0](difference.base_pointer)) if difference.base_pointer else None
    after = _location(pair.places[1](difference.revision_pointer or difference.base_pointer))
    if after is None:
        return before or Location(pair.names[1], 1, 1), ()
    because = (Step(before.path, before.line, "base"),) if before is not None else ()
    return after, because


def _location(origin: str | None) -> Location | None:
    path, _, line = (origin or "").rpartition(":")
    return Location(path, int(line), int(line)) if line.isdigit() else None


# --- ratings -----------------------------------------------------------------------------------


def _rating(
    aspect: Aspect, concerns: Sequence[Finding], found: Sequence[Difference], touched: Sequence[Operation], pair: Pair
) -> Rating:
    against = [f for f in concerns if f.aspect is aspect and f.severity is not Severity.NOTE]
    if against:
        value = "Breaking Changes" if aspect is Aspect.BACKWARD_COMPATIBILITY else "Needs Work"
        more = f", and {len(against) - 1} more" if len(against) > 1 else ""
        return Rating(
            aspect=aspect,
            value=value,
            evidence=f"{against[0].brief or against[0].message}{more}",
            places=(against[0].at,),
        )
    told = _told(aspect, found, touched, pair)
    return Rating(aspect=aspect, value=_VALUES.get(aspect, "Good"), evidence=told)


def _told(aspect: Aspect, found: Sequence[Difference], touched: Sequence[Operation], pair: Pair) -> str:
    document = pair.head.document
    if aspect is Aspect.BACKWARD_COMPATIBILITY:
        return _compatible(found, document)
    if aspect not in (Aspect.ENDPOINT_STRUCTURE, Aspect.REQUEST_RESPONSE_MODELS, Aspect.VALIDATION_RULES):
        return _ABSENT
    if not touched:
        return "unchanged"
    if aspect is Aspect.ENDPOINT_STRUCTURE:
        old = {op.name for op in operations(pair.base.document)}
        new = sum(op.name not in old for op in touched)
        return f"{count(new, 'new operation')}, {len(touched) - new} changed, no finding"
    if aspect is Aspect.REQUEST_RESPONSE_MODELS:
        declared = sum(contract.declares_answer(document, op.body) for op in touched)
        return f"{declared} of {count(len(touched), 'operation')} declare a response"
    inputs = [bounded for op in touched for bounded in _inputs(document, op.body)]
    return f"{count(len(inputs), 'input')} read, {sum(inputs)} constrained" if inputs else "no input changed"


def _compatible(found: Sequence[Difference], document: Document) -> str:
    undecided = {name for d in found if d.proof == "undecided" for name in (d.reaches or ("",))}
    if undecided:
        return f"{count(len(undecided), 'operation')} undecided"
    return f"{count(sum(1 for _ in operations(document)), 'operation')} compared, every difference proved compatible"


def _inputs(document: Document, body: dict[str, Any]) -> Iterator[bool]:
    for parameter in schemas.parameters(document, body.get("parameters")).values():
        yield contract.constrained(document, parameter.get("schema"))
    for schema in schemas.content(document, body.get("requestBody")).values():
        for _, field in contract.fields(document, schema):
            yield contract.constrained(document, field)


# --- questions ---------------------------------------------------------------------------------


def _questions(found: Sequence[Difference], pair: Pair) -> Iterator[str]:
    for difference in found:
        if difference.proof == "undecided":
            at, _ = _at(difference, pair)
            yield f"{wording.COMPATIBILITY} Undecided: {breaks.sentence(difference, difference.reaches)} ({at})"


def _answers(concerns: Sequence[Finding], questions: Sequence[str]) -> Iterator[Answer]:
    for question in wording.QUESTIONS:
        if question != wording.COMPATIBILITY:
            yield Answer(question=question, answer=_ABSENT, answered=False)
        elif concerns:
            yield Answer(question=question, answer=concerns[0].message, answered=True, places=(concerns[0].at,))
        elif questions:
            text = questions[0].removeprefix(f"{wording.COMPATIBILITY} ")
            yield Answer(question=question, answer=text, answered=False)
        else:
            yield Answer(question=question, answer="every difference is proved compatible", answered=True)
