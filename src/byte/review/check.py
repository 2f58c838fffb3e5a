"""Runs the rules over the facts of one side, or over both for rules about the change itself."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from byte.model.facts import ChangeFacts, Facts
from byte.model.review import Area, Evidence, Finding, Location, Rule, Severity


def _never(*_: Any) -> Iterator[Evidence]:
    yield from ()


def engine_rule(number: str, name: str) -> Rule:
    """A rule of the engine itself, about the review and not about the code."""
    return Rule(
        id=number, name=name, area=Area.INTEGRATION, aspect=None, severity=Severity.NOTE, on=object, check=_never
    )


FAILED = engine_rule("BYT001", "rule-failed")


def check(
    rules: Sequence[Rule],
    facts: Facts,
    severities: Mapping[str, Severity],
    progress: Callable[[str], None] | None = None,
) -> list[Finding]:
    """The findings of every rule about one snapshot, sorted, `introduced` not yet known."""
    out: list[Finding] = []
    for rule in rules:
        if rule.on is ChangeFacts:
            continue
        if progress is not None:
            progress(rule.name)
        for fact in facts.of(rule.on):
            out.extend(_run(rule, severities, fact, facts))
    return distinct(out)


def check_change(rules: Sequence[Rule], change: ChangeFacts, severities: Mapping[str, Severity]) -> list[Finding]:
    """The findings of the rules that compare base and head; all of them are introduced."""
    out: list[Finding] = []
    for rule in rules:
        if rule.on is ChangeFacts:
            out.extend(_run(rule, severities, change))
    return [msgspec.structs.replace(f, introduced=True) for f in distinct(out)]


def _run(rule: Rule, severities: Mapping[str, Severity], *args: Any) -> Iterator[Finding]:
    """One rule on one fact; a rule that raises is a finding on Byte, not a crash."""
    try:
        for evidence in rule.check(*args):
            yield finding(rule, evidence, severities.get(rule.name, rule.severity))
    except Exception as error:  # noqa: BLE001 - whatever a rule raises must not stop the review
        at = getattr(args[0], "at", None)
        place = at if isinstance(at, Location) else Location("", 0, 0)
        symbol = str(getattr(args[0], "qualname", "") or getattr(args[0], "name", ""))
        message = f"Byte's rule {rule.name} failed here with {type(error).__name__}: it was skipped"
        yield finding(FAILED, Evidence(message=message, at=place, symbol=symbol, key=rule.name), Severity.NOTE)


def finding(rule: Rule, evidence: Evidence, severity: Severity) -> Finding:
    """Rule + evidence. The evidence may only lower the severity."""
    wanted = evidence.severity or severity
    return Finding(
        id=rule.id,
        rule=rule.name,
        area=rule.area,
        aspect=rule.aspect,
        severity=max(severity, wanted, key=lambda x: x.rank),
        path=evidence.at.path,
        line_start=evidence.at.line,
        line_end=max(evidence.at.line, evidence.at.end),
        symbol=evidence.symbol,
        message=evidence.message,
        because=evidence.because,
        fix=evidence.fix,
        fingerprint=fingerprint(rule.id, evidence.symbol, evidence.key),
        introduced=None,
        alternative=evidence.alternative,
        question=evidence.question,
        cause=evidence.cause,
        brief=evidence.brief,
    )


def fingerprint(rule: str, symbol: str, key: str) -> str:
    """16 hex digits of rule id, symbol and normalised evidence: never wording, never lines, never the path."""
    text = "\0".join((rule, symbol, " ".join(key.split())))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def order(item: Finding) -> tuple[Any, ...]:
    """Worst first, then by place, then by rule."""
    return (item.severity.rank, item.path, item.line_start, item.id, item.fingerprint, item.message)


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted, and each rule once for one thing at one place."""
    seen: dict[tuple[str, str, int, str], Finding] = {}
    for item in sorted(findings, key=order):
        seen.setdefault((item.id, item.path, item.line_start, item.fingerprint), item)
    return list(seen.values())
