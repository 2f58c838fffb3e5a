"""The review as SARIF 2.1.0, as code scanning services read it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from byte import __version__
from byte.model.review import Accepted, Finding, Review, Severity
from byte.report import wording
from byte.report.json import dump

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS: Mapping[Severity, str] = {Severity.BLOCKER: "error", Severity.MAJOR: "warning", Severity.NOTE: "note"}
BASELINE: Mapping[bool | None, dict[str, str]] = {
    True: {"baselineState": "new"},
    False: {"baselineState": "unchanged"},
    None: {},
}
"""An audit has no base, so it says nothing of newness."""

_LINK = re.compile(r"\](?=\()")


class RuleText(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says of itself: the first sentence of its page, and the page as Markdown."""

    summary: str
    page: str


def uri(path: str) -> str:
    """The repository's path as a relative URI; bytes that are no UTF-8 keep their value."""
    try:
        quoted = quote(path, safe="/", errors="surrogateescape")
    except UnicodeEncodeError:
        quoted = quote(path, safe="/", errors="surrogatepass")
    # Two slashes at the start would name a host.
    return f"%2F{quoted[1:]}" if quoted.startswith("/") else quoted


def message(text: str) -> dict[str, str]:
    """A message on one line, in which nothing is a link."""
    # `[text](target)` is a link in a SARIF message too.
    return {"text": _LINK.sub("] ", wording.one_line(text))}


def physical(path: str, start: int, end: int) -> dict[str, Any]:
    """A region of a file, in whole lines."""
    first = max(start, 1)
    region = {"startLine": first, "endLine": max(end, first)}
    return {"artifactLocation": {"uri": uri(path), "uriBaseId": ROOT}, "region": region}


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": physical(finding.path, finding.line_start, finding.line_end)}
    if finding.symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": wording.visible(finding.symbol)}]
    return location


def _chain(finding: Finding) -> list[dict[str, Any]]:
    return [
        {"physicalLocation": physical(step.path, step.line, step.line), "message": message(step.text)}
        for step in finding.because
    ]


def _related(finding: Finding) -> list[dict[str, Any]]:
    """The chain and the other places of the same cause, numbered."""
    others = [
        {"physicalLocation": physical(at.path, at.line, at.end), "message": {"text": "The same cause."}}
        for at in finding.places
        if at != finding.at
    ]
    return [{"id": number, **location} for number, location in enumerate(_chain(finding) + others, 1)]


def _flow(finding: Finding) -> dict[str, Any]:
    """One thread: the finding's own place, unless its chain begins there, then each link of the chain."""
    first = finding.because[0]
    begun = (first.path, first.line) == (finding.path, finding.line_start)
    own = [] if begun else [{**_location(finding), "message": message(finding.message)}]
    return {"threadFlows": [{"locations": [{"location": location} for location in own + _chain(finding)]}]}


def _properties(finding: Finding) -> dict[str, Any]:
    properties: dict[str, Any] = {"severity": finding.severity.value, "area": finding.area.value}
    if finding.aspect:
        properties["aspect"] = finding.aspect.value
    said = {"fix": finding.fix, "alternative": finding.alternative}
    return properties | {key: value for key, value in said.items() if value}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": message(finding.message),
        "locations": [_location(finding)],
        "partialFingerprints": {"byte/v1": finding.fingerprint},
        **BASELINE[finding.introduced],
    }
    if related := _related(finding):
        result["relatedLocations"] = related
    if finding.because:
        result["codeFlows"] = [_flow(finding)]
    return {**result, "properties": _properties(finding)}


def _suppression(entry: Accepted) -> dict[str, Any]:
    declared: dict[str, Any] = {"kind": "external", "status": "accepted", "justification": entry.reason}
    return {**declared, "properties": {"until": entry.until}} if entry.until else declared


def _rule(finding: Finding, texts: Mapping[str, RuleText]) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": finding.id, "name": finding.rule}
    if text := texts.get(finding.id):
        rule["shortDescription"] = {"text": text.summary}
        rule["help"] = {"text": text.page, "markdown": text.page}
    return {**rule, "properties": {"tags": [finding.area.value]}}


def _results(review: Review, index: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Every finding; where one result says whether it is suppressed, all must."""
    stated: dict[str, Any] = {"suppressions": []} if review.accepted else {}
    for finding in (*review.findings, *review.existing):
        yield {**_result(finding, index[finding.id]), **stated}
    for entry in review.accepted:
        yield {**_result(entry.finding, index[entry.finding.id]), "suppressions": [_suppression(entry)]}


def _all_findings(review: Review) -> Iterable[Finding]:
    return (*review.findings, *review.existing, *(entry.finding for entry in review.accepted))


def _notification(part: Any) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": f"Not read: {wording.one_line(part.reason)}"},
        "locations": [{"physicalLocation": physical(part.path, part.line, part.line)}],
    }


def _invocation(review: Review) -> dict[str, Any]:
    notifications = [_notification(part) for part in review.unreadable]
    invocation: dict[str, Any] = {"executionSuccessful": True}
    return {**invocation, "toolExecutionNotifications": notifications} if notifications else invocation


def document(review: Review, rules: Mapping[str, RuleText]) -> dict[str, Any]:
    """The log as plain data; it lists the rules that found something."""
    found = {finding.id: finding for finding in _all_findings(review)}
    ids = sorted(found)
    index = {rule_id: number for number, rule_id in enumerate(ids)}
    driver = {"name": "Byte", "version": __version__, "rules": [_rule(found[rule_id], rules) for rule_id in ids]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(review)],
        "results": list(_results(review, index)),
        "properties": {"verdict": review.verdict.value, "summary": review.summary, "head": review.head},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def render(review: Review, rules: Mapping[str, RuleText] | None = None) -> str:
    """The log as text; `rules` gives the pages of the rules by their ids."""
    return dump(document(review, rules or {}))
