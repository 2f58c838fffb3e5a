"""The review as workflow commands of GitHub Actions: one annotation a line, beside the code that it is about."""

from collections.abc import Mapping

from byte.model.review import Finding, Review, Severity
from byte.report import wording

COMMANDS: Mapping[Severity, str] = {Severity.BLOCKER: "error", Severity.MAJOR: "warning", Severity.NOTE: "notice"}


def data(text: str) -> str:
    """Text after the second `::`, where `%`, CR and LF are special."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return wording.visible(escaped)


def property_value(text: str) -> str:
    """Text of a property, where `:` and `,` are special too."""
    return data(text).replace(":", "%3A").replace(",", "%2C")


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """One workflow command: `::error file=a.py,line=3::message`."""
    listed = ",".join(f"{key}={property_value(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{data(message)}"


def _message(finding: Finding) -> str:
    """The message, then the chain, the other places and the fix, a line each."""
    lines = [wording.one_line(finding.message)]
    lines += [f"-> {wording.point(step.path, step.line)} {wording.one_line(step.text)}" for step in finding.because]
    if len(finding.places) > 1:
        lines.append(f"Places: {wording.listing(wording.points(finding.places))}")
    if finding.fix:
        lines.append(f"Fix: {wording.one_line(finding.fix)}")
    return "\n".join(lines)


def _annotation(finding: Finding) -> str:
    properties = {
        "file": finding.path,
        "line": str(max(finding.line_start, 1)),
        "endLine": str(max(finding.line_end, finding.line_start, 1)),
        "title": f"{finding.id} {finding.rule}",
    }
    return command(COMMANDS[finding.severity], properties, _message(finding))


def render(review: Review) -> str:
    """The annotations, the worst first, then one that holds the verdict."""
    lines = [_annotation(finding) for finding in review.findings]
    if review.unreadable:
        lines.append(command("notice", {"title": "Not read"}, wording.not_read(review.unreadable)))
    lines.append(command("notice", {"title": "Byte review"}, f"{review.verdict.value}: {wording.tally(review)}"))
    return "\n".join(lines) + "\n"
