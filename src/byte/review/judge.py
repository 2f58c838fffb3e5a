"""Findings -> verdict."""

from collections.abc import Iterable

from byte.model.review import Finding, Severity, Verdict


def judge(findings: Iterable[Finding]) -> Verdict:
    """The worst introduced finding decides; in an audit (no base) every finding counts."""
    worst = min((f.severity.rank for f in findings if f.introduced is not False), default=Severity.NOTE.rank)
    if worst == Severity.BLOCKER.rank:
        return Verdict.NEEDS_REVISION
    if worst == Severity.MAJOR.rank:
        return Verdict.APPROVED_WITH_CHANGES
    return Verdict.APPROVED
