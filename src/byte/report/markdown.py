"""The review as Markdown: the persona's fixed format, its last line the verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from byte.model.review import Answer, Aspect, Finding, Library, Location, Rating, Review
from byte.report import wording
from byte.report.inline import block, cell, place, text

TITLE = "## Backend Engineer Review"

GROUPS: Mapping[str, tuple[Aspect, ...]] = {
    "API Design": (Aspect.ENDPOINT_STRUCTURE, Aspect.REQUEST_RESPONSE_MODELS, Aspect.BACKWARD_COMPATIBILITY),
    "Data Model": (Aspect.SCHEMA_DESIGN, Aspect.VALIDATION_RULES, Aspect.RELATIONSHIPS),
    "Business Logic": (Aspect.ALGORITHM_COMPLEXITY, Aspect.ERROR_HANDLING, Aspect.EDGE_CASES),
    "Performance": (Aspect.QUERY_EFFICIENCY, Aspect.MEMORY_USAGE, Aspect.CACHING),
}
"""The headings of the assessment and the lines under each."""

_HEAD = (
    TITLE,
    "",
    "**Reviewer:** Byte",
    "**Focus Areas:** API design, data models, business logic, performance",
)
_TABLE = ("| Library | Version | Purpose | Justification |", "|---------|---------|---------|---------------|")
_NO_LIBRARY = "| None | - | - | No new backend dependencies required |"


def _at(locations: Sequence[Location]) -> str:
    """` (a.py:1, b.py:2)`, or nothing."""
    shown = wording.folded([place(point) for point in wording.points(locations)])
    return f" ({wording.listing(shown)})" if shown else ""


def _where(finding: Finding) -> str:
    return f" ({wording.where(finding, place)})"


def _rating(rating: Rating) -> str:
    evidence = f" - {text(rating.evidence)}" if rating.evidence else ""
    if rating.because and len(rating.places) == 1:
        links = [place(link) for link in wording.chain(rating.places[0], rating.because)]
        return f"- **{rating.aspect.value}:** {text(rating.value)}{evidence} ({wording.arrows(links)})"
    return f"- **{rating.aspect.value}:** {text(rating.value)}{evidence}{_at(rating.places)}"


def _assessment(review: Review) -> Iterator[str]:
    ratings = {rating.aspect: rating for rating in review.ratings}
    for index, (heading, aspects) in enumerate(GROUPS.items()):
        if index:
            yield ""
        yield f"#### {heading}"
        yield from (_rating(ratings[aspect]) for aspect in aspects)


def _strengths(review: Review) -> Iterator[str]:
    for strength in review.strengths:
        yield f"- {block(strength.text)}{_at(strength.places)}"
    if not review.strengths:
        yield "- Nothing to point out."


def _concern(label: str, finding: Finding) -> str:
    return f"- {label} {text(finding.message)}{_where(finding)}"


def _concern_lines(review: Review) -> Iterator[str]:
    for finding in review.findings:
        yield _concern(f"**{finding.severity.value.capitalize()}:**", finding)
    for entry in review.accepted:
        yield f"{_concern(f'*{text(wording.accepted_until(entry))}:*', entry.finding)}. Reason: {text(entry.reason)}"
    if review.unreadable:
        yield f"- Not read: {wording.not_read(review.unreadable, place, text)}"
    if before := wording.existing(review):
        yield f"- {before}"
    for finding in review.existing:
        yield _concern(f"*Existing, {finding.severity.value}:*", finding)
    if silenced := wording.suppressed(review):
        yield f"- {silenced}"


def _concerns(review: Review) -> Iterator[str]:
    lines = list(_concern_lines(review))
    yield from lines or ["- No concerns."]


def _row(library: Library) -> str:
    # The place is escaped as a name; a pipe in it would still end the cell.
    at = _at([library.at]).replace("|", "\u2502") if library.at else ""
    cells = (cell(library.name), cell(library.version), cell(library.purpose), cell(library.justification) + at)
    return f"| {' | '.join(cells)} |"


def _libraries(review: Review) -> Iterator[str]:
    yield ""
    yield from _TABLE
    yield from [_row(library) for library in review.libraries] or [_NO_LIBRARY]
    yield ""


def _alternatives(review: Review) -> Iterator[str]:
    if not review.alternatives:
        yield "No better alternative is known for this change."
    elif len(review.alternatives) == 1:
        yield block(review.alternatives[0])
    else:
        yield from (f"- {block(sentence)}" for sentence in review.alternatives)


def _recommendations(review: Review) -> Iterator[str]:
    for number, sentence in enumerate(review.recommendations, 1):
        yield f"{number}. {block(sentence)}"
    if not review.recommendations:
        yield "1. No change is needed."


def _answer(answer: Answer) -> str:
    return f"- **{text(answer.question)}** {text(answer.answer)}{_at(answer.places)}"


def _questions(review: Review, answers: bool) -> Iterator[str]:
    lines = [f"- {block(question)}" for question in review.questions]
    if answers:
        lines += [_answer(answer) for answer in review.answers]
    yield from lines or ["- No questions."]


def render(review: Review, *, answers: bool = False) -> str:
    """The report; `answers` adds the seven review questions with their answers to the questions for the author."""
    sections: dict[str, Callable[[Review], Iterator[str]]] = {
        "Assessment": lambda review: iter(("", *_assessment(review))),
        "Strengths": _strengths,
        "Concerns": _concerns,
        "New Libraries Required": _libraries,
        "Better Alternatives Considered": _alternatives,
        "Recommendations": _recommendations,
        "Questions for Author": lambda review: _questions(review, answers),
    }
    lines = list(_HEAD)
    for heading, section in sections.items():
        body = "\n".join(section(review)).rstrip("\n")
        lines += ["", f"### {heading}", body]
    return "\n".join([*lines, "", f"### Verdict: {review.verdict.value}"]) + "\n"
