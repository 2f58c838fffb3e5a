"""The review as a versioned JSON document that carries everything; its schema is docs/schema/review-1.json."""

import json
import re
from collections.abc import Sequence
from typing import Any

from byte import __version__
from byte.model.consulted import Affected, Consulted
from byte.model.review import Accepted, Answer, Finding, Library, Location, Rating, Review
from byte.report import wording

VERSION = 1
"""Moves when a reader of the old document could no longer read the new one."""

# Legal raw in JSON, yet a terminal or a line reader acts upon them.
_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def dump(document: dict[str, Any]) -> str:
    """The document as indented UTF-8 text in the order of its keys.

    A lone surrogate (a byte of a path that is no UTF-8) stands as the six characters of its escape: as itself it is no
    UTF-8, and as a JSON escape many parsers refuse it.
    """
    raw = json.dumps(document, ensure_ascii=False, indent=2)
    raw = _SURROGATE.sub(lambda match: f"\\\\u{ord(match[0]):04x}", raw)
    return _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", raw) + "\n"


def _places(locations: Sequence[Location]) -> list[dict[str, Any]]:
    return [{"path": at.path, "line_start": at.line, "line_end": at.end} for at in locations]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "area": finding.area.value,
        "aspect": finding.aspect.value if finding.aspect else None,
        "severity": finding.severity.value,
        "path": finding.path,
        "line_start": finding.line_start,
        "line_end": finding.line_end,
        "symbol": finding.symbol,
        "message": finding.message,
        "because": [{"path": step.path, "line": step.line, "text": step.text} for step in finding.because],
        "fix": finding.fix,
        "alternative": finding.alternative,
        "fingerprint": finding.fingerprint,
        "introduced": finding.introduced,
        "places": _places(finding.places),
    }


def _rating(rating: Rating) -> dict[str, Any]:
    return {"value": rating.value, "evidence": rating.evidence, "places": _places(rating.places)}


def _library(library: Library) -> dict[str, Any]:
    return {
        "name": library.name,
        "version": library.version,
        "purpose": library.purpose,
        "justification": library.justification,
        "place": _places([library.at])[0] if library.at else None,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "answer": answer.answer,
        "answered": answer.answered,
        "places": _places(answer.places),
    }


def _accepted(entry: Accepted) -> dict[str, Any]:
    return {"finding": _finding(entry.finding), "reason": entry.reason, "until": entry.until}


def _consulted(found: Consulted) -> dict[str, Any]:
    return {
        "service": found.service,
        "consumers": found.consumers,
        "breaks": [
            {
                "id": one.id,
                "operations": list(one.operations),
                "message": one.message,
                "consumers": [_affected(hit) for hit in one.consumers],
            }
            for one in found.breaks
        ],
        "similar": [
            {
                "operation": one.operation,
                "found": [
                    {"service": hit.service, "operation": hit.operation, "score": hit.score, "reason": hit.reason}
                    for hit in one.found
                ],
            }
            for one in found.similar
        ],
        "notices": list(found.notices),
    }


def _affected(hit: Affected) -> dict[str, Any]:
    return {
        "consumer": hit.consumer,
        "operation": hit.operation,
        "fields": list(hit.fields),
        "certain": hit.certain,
        "reason": hit.reason,
        "evidence": list(hit.evidence),
    }


def _counts(review: Review) -> dict[str, int]:
    return {
        **{severity.value: count for severity, count in wording.counts(review.findings).items()},
        "accepted": len(review.accepted),
        "existing": max(review.existing_count, len(review.existing)),
        "suppressed": review.suppressed,
        "unreadable": len(review.unreadable),
    }


def document(review: Review) -> dict[str, Any]:
    """The review as plain data."""
    return {
        "version": VERSION,
        "tool": {"name": "Byte", "version": __version__},
        "base": review.base,
        "head": review.head,
        "summary": review.summary,
        "verdict": review.verdict.value,
        "counts": _counts(review),
        "assessment": {rating.aspect.value: _rating(rating) for rating in review.ratings},
        "findings": [_finding(finding) for finding in review.findings],
        "strengths": [{"text": item.text, "places": _places(item.places)} for item in review.strengths],
        "libraries": [_library(library) for library in review.libraries],
        "alternatives": list(review.alternatives),
        "recommendations": list(review.recommendations),
        "questions": list(review.questions),
        "answers": [_answer(answer) for answer in review.answers],
        "unreadable": [{"path": part.path, "line": part.line, "reason": part.reason} for part in review.unreadable],
        "accepted": [_accepted(entry) for entry in review.accepted],
        "existing": [_finding(finding) for finding in review.existing],
        "suppressed": review.suppressed,
        **({"registry": _consulted(review.registry)} if review.registry is not None else {}),
    }


def render(review: Review) -> str:
    """The document as text."""
    return dump(document(review))
