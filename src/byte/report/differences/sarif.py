"""The comparison as SARIF 2.1.0, as code scanning services read it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from byte import __version__
from byte.model.difference import Difference, Level
from byte.model.diffs import Comparison, Problem
from byte.report.differences import wording
from byte.report.json import dump
from byte.report.sarif import ROOT, SCHEMA, message, physical
from byte.report.wording import visible

_LEVELS: Final[Mapping[Level, str]] = {"breaking": "error", "warning": "warning", "info": "note"}
_SHARED: Final = "/components/"


def render(comparison: Comparison, *, changelog: bool = False) -> str:
    """The log as text; what is compatible only with `changelog`."""
    shown = [item for group in wording.groups(comparison, changelog) for item in group.differences]
    ids = sorted({item.id for item in shown})
    driver = {"name": "Byte", "version": __version__, "rules": [_rule(name) for name in ids]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(comparison)],
        "results": list(_results(shown, {name: number for number, name in enumerate(ids)})),
        "properties": {
            "breaking": comparison.breaking,
            "base": visible(comparison.base),
            "revision": visible(comparison.revision),
            "summary": {**wording.counts(comparison), "ignored": comparison.ignored},
        },
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    words = visible(name).replace("-", " ")
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in words.split()),
        "shortDescription": {"text": f"{words.capitalize()}."},
        "properties": {"tags": ["api", "compatibility"]},
    }


def _results(shown: Iterable[Difference], index: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for difference in shown:
        identity = _identity(difference)
        seen[identity] += 1
        yield _result(difference, index[difference.id], _fingerprint(identity, seen[identity]))


def _identity(difference: Difference) -> str:
    """What stays the same while lines move and words change: the check, and the shared part or place it is about."""
    pointer = difference.revision_pointer or difference.base_pointer
    place = pointer if pointer.startswith(_SHARED) else f"{difference.operation}\n{difference.location}"
    return f"{difference.id}\n{place}"


def _fingerprint(identity: str, count: int) -> str:
    # Two of the same kind in the same place are told apart by their order.
    text = identity if count == 1 else f"{identity}\n{count}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _result(difference: Difference, index: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": difference.id,
        "ruleIndex": index,
        "level": _LEVELS[difference.level],
        "message": message(_said(difference)),
        "locations": [_location(difference)],
        "partialFingerprints": {"byteDiff/v1": fingerprint},
    }
    base = wording.split(difference.base_origin)
    if base and wording.split(difference.revision_origin):
        related = {"physicalLocation": physical(base[0], base[1], base[1]), "message": {"text": "In the base."}}
        result["relatedLocations"] = [{"id": 1, **related}]
    return {**result, "properties": _properties(difference)}


def _said(difference: Difference) -> str:
    clause = wording.clause(difference)
    if difference.counterexample is None:
        return clause
    return f"{clause}; {': '.join(wording.proof(difference.counterexample, difference))}"


def _location(difference: Difference) -> dict[str, Any]:
    at = wording.split(difference.revision_origin) or wording.split(difference.base_origin)
    location: dict[str, Any] = {"physicalLocation": physical(at[0], at[1], at[1])} if at else {}
    name = " ".join(filter(None, (difference.operation, difference.location)))
    return {**location, "logicalLocations": [{"fullyQualifiedName": visible(name or "document")}]}


def _properties(difference: Difference) -> dict[str, Any]:
    properties: dict[str, Any] = {"level": difference.level, "proof": difference.proof}
    if difference.direction != "none":
        properties["direction"] = difference.direction
    if difference.reaches:
        properties["reaches"] = [visible(name) for name in difference.reaches]
    return properties


def _invocation(comparison: Comparison) -> dict[str, Any]:
    notifications = [_notification(item) for item in comparison.problems]
    notifications += [
        {"level": "note", "message": message(f"{wording.UNUSED}: {line}")} for line in wording.unused(comparison)
    ]
    invocation: dict[str, Any] = {"executionSuccessful": True}
    return {**invocation, "toolExecutionNotifications": notifications} if notifications else invocation


def _notification(item: Problem) -> dict[str, Any]:
    said = {"level": "warning", "message": message(f"Not read in the {item.side}: {item.reason}")}
    at = wording.split(f"{item.path}:{item.line}")
    return {**said, "locations": [{"physicalLocation": physical(at[0], at[1], at[1])}]} if at else said
