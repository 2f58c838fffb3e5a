"""The review for a person at a terminal: compact, coloured, the verdict first and last.

This module and `byte.report.differences.terminal` alone import rich. Text goes into `Text` objects, never through
rich's markup, so brackets in names mean nothing.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from byte.model.review import Accepted, Answer, Finding, Library, Location, Rating, Review, Severity, Verdict
from byte.report import wording
from byte.report.markdown import GROUPS

VERDICT_STYLES: Mapping[Verdict, str] = {
    Verdict.APPROVED: "bold green",
    Verdict.APPROVED_WITH_CHANGES: "bold yellow",
    Verdict.NEEDS_REVISION: "bold red",
}
SEVERITY_STYLES: Mapping[Severity, str] = {
    Severity.BLOCKER: "bold red",
    Severity.MAJOR: "bold yellow",
    Severity.NOTE: "bold blue",
}
VALUE_STYLES: Mapping[str, str] = {
    "Good": "green",
    "Maintained": "green",
    "Implemented": "green",
    "Not Needed": "green",
    "Needs Work": "yellow",
    "Should Add": "yellow",
    "Breaking Changes": "red",
}
MINIMUM_WIDTH = 40

CODE = re.compile(r"`[^`]+`")
"""What stands out within a sentence."""


def _sentence(value: str, indent: int = 2) -> RenderableType:
    text = Text(wording.one_line(value))
    text.highlight_regex(CODE, "cyan")
    return Padding(text, (0, 0, 0, indent), expand=False)


def _heading(title: str, style: str = "bold") -> Text:
    return Text(f"\n{title}", style=style)


def _at(locations: Sequence[Location]) -> str:
    listed = wording.listing(wording.points(locations))
    return f" ({listed})" if listed else ""


def _header(review: Review) -> Iterator[RenderableType]:
    yield Text.assemble(
        ("Byte  ", "bold"),
        (review.verdict.value, VERDICT_STYLES[review.verdict]),
        f"  {wording.tally(review)}",
    )
    compared = f"{review.base} -> {review.head}" if review.base else review.head
    yield Text(wording.one_line(f"{compared}: {review.summary}"), style="dim")


def _rating(rating: Rating) -> Text:
    text = Text(wording.one_line(rating.value), style=VALUE_STYLES.get(rating.value, ""))
    evidence = f" - {wording.one_line(rating.evidence)}" if rating.evidence else ""
    # An own Text keeps the colour of the value from running on.
    return Text.assemble(text, Text(evidence + _at(rating.places), style="default"))


def _assessment(review: Review) -> Iterator[RenderableType]:
    ratings = {rating.aspect: rating for rating in review.ratings}
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for heading, aspects in GROUPS.items():
        table.add_row(Text(heading, style="bold"), "")
        for aspect in aspects:
            table.add_row(Text(f"  {aspect.value}"), _rating(ratings[aspect]))
    yield Text()
    yield table


def _finding(finding: Finding) -> Iterator[RenderableType]:
    place = wording.point(finding.path, finding.line_start)
    title = Text.assemble((f"{finding.id} {finding.rule}", "bold"), f"  {place}")
    yield Padding(title, (0, 0, 0, 2), expand=False)
    yield _sentence(finding.message, 4)
    for step in finding.because:
        yield _sentence(f"-> {wording.point(step.path, step.line)} {step.text}", 6)
    if len(finding.places) > 1:
        yield _sentence(f"Places: {wording.listing(wording.points(finding.places))}", 6)


def _by_severity(findings: Iterable[Finding]) -> Iterator[RenderableType]:
    listed = list(findings)
    for severity in Severity:
        same = [finding for finding in listed if finding.severity is severity]
        if same:
            yield _heading(f"{severity.value.capitalize()}s ({len(same)})", SEVERITY_STYLES[severity])
        for finding in same:
            yield from _finding(finding)


def _accepted(entry: Accepted) -> Iterator[RenderableType]:
    yield from _finding(entry.finding)
    yield _sentence(f"{wording.accepted_until(entry)}: {entry.reason}", 6)


def _remarks(review: Review) -> Iterator[str]:
    """What a reader must know of what the concerns do not hold."""
    if review.unreadable:
        yield f"Not read: {wording.not_read(review.unreadable)}"
    yield from filter(None, (wording.existing(review), wording.suppressed(review)))


def _concerns(review: Review) -> Iterator[RenderableType]:
    if not review.findings:
        yield _heading("Concerns")
        yield _sentence("No concerns.")
    yield from _by_severity(review.findings)
    if review.accepted:
        yield _heading(f"Accepted ({len(review.accepted)})")
    for entry in review.accepted:
        yield from _accepted(entry)
    if review.existing:
        yield _heading(f"Existing ({len(review.existing)})")
    for finding in review.existing:
        yield from _finding(finding)
    remarks = list(_remarks(review))
    if remarks:
        yield Text()
    yield from (_sentence(remark, 0) for remark in remarks)


def _listed(title: str, sentences: Iterable[str]) -> Iterator[RenderableType]:
    """A heading and its sentences; nothing where there are none."""
    lines = list(sentences)
    if lines:
        yield _heading(title)
    yield from (_sentence(line) for line in lines)


def _library(library: Library) -> str:
    name = f"{library.name} {library.version}".strip()
    return f"{name} - {library.purpose}; {library.justification}{_at([library.at] if library.at else [])}"


def _answer(answer: Answer) -> str:
    return f"{answer.question} {answer.answer}{_at(answer.places)}"


def _advice(review: Review, answers: bool) -> Iterator[RenderableType]:
    numbered = (f"{number}. {sentence}" for number, sentence in enumerate(review.recommendations, 1))
    yield from _listed("Strengths", (f"- {item.text}{_at(item.places)}" for item in review.strengths))
    yield from _listed("New Libraries", (f"- {_library(library)}" for library in review.libraries))
    yield from _listed("Better Alternatives", (f"- {sentence}" for sentence in review.alternatives))
    yield from _listed("Recommendations", numbered)
    yield from _listed("Questions for Author", (f"- {question}" for question in review.questions))
    if answers:
        yield from _listed("Answers", (f"- {_answer(answer)}" for answer in review.answers))


def _view(review: Review, answers: bool) -> Group:
    verdict = Text(f"\nVerdict: {review.verdict.value}", style=VERDICT_STYLES[review.verdict])
    return Group(*_header(review), *_assessment(review), *_concerns(review), *_advice(review, answers), verdict)


def _console(width: int, color: bool) -> Console:
    """A console that writes to memory and asks neither the machine's terminal nor its environment."""
    return Console(
        file=io.StringIO(),
        width=max(width, MINIMUM_WIDTH),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        force_jupyter=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


def render(review: Review, width: int, color: bool, answers: bool = False) -> str:
    """The view, `width` columns wide; `color` adds the terminal's escape sequences."""
    return text_of(_view(review, answers), width, color)


def text_of(view: RenderableType, width: int, color: bool) -> str:
    """What a terminal of so many columns would show, without blanks at the ends of lines."""
    console = _console(width, color)
    with console.capture() as capture:
        console.print(view)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n")) + "\n"
