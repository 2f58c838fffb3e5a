"""`# byte: allow[rule-name] reason` on the line of a finding, or alone on the line above it."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from byte.model import syntax as s
from byte.model.review import Evidence, Finding, Location, Rule, Severity
from byte.review.check import engine_rule, finding

_ALLOW = re.compile(r"#\s*byte\s*:\s*allow\s*\[([^\]]*)\]\s*(.*)", re.DOTALL)

UNUSED = engine_rule("BYT002", "unused-suppression")
UNREASONED = engine_rule("BYT003", "suppression-without-reason")


class Allowance(msgspec.Struct, frozen=True):
    """One rule name in one comment; it covers findings that start on `covers`."""

    path: str
    line: int
    covers: int
    rule: str
    reason: str


def allowances(path: str, module: s.Module) -> list[Allowance]:
    """The suppressions of one file. A comment alone on its line covers the next line."""
    out: list[Allowance] = []
    for comment in module.comments:
        match = _ALLOW.match(comment.text)
        for name in match.group(1).split(",") if match else ():
            if match and name.strip():
                covers = comment.line + 1 if comment.alone else comment.line
                out.append(Allowance(path, comment.line, covers, name.strip(), match.group(2).strip()))
    return out


def suppress(
    findings: Sequence[Finding], allowed: Iterable[Allowance], rules: Mapping[str, Rule]
) -> tuple[list[Finding], list[Finding], set[Allowance]]:
    """Findings that stay, findings that are silenced, and the allowances that silenced one."""
    by_place: dict[tuple[str, int, str], Allowance] = {}
    for item in allowed:
        rule = rules.get(item.rule)
        by_place[(item.path, item.covers, rule.id if rule is not None else item.rule)] = item
    kept: list[Finding] = []
    silenced: list[Finding] = []
    used: set[Allowance] = set()
    for found in findings:
        allowance = by_place.get((found.path, found.line_start, found.id))
        if allowance is None:
            kept.append(found)
        else:
            silenced.append(found)
            used.add(allowance)
    return kept, silenced, used


def complaints(allowed: Iterable[Allowance], used: set[Allowance], rules: Mapping[str, Rule]) -> list[Finding]:
    """Suppressions that suppress nothing, name no rule, or give no reason."""
    out: list[Finding] = []
    for item in allowed:
        at = Location(item.path, item.line, item.line)
        if item not in used:
            out.append(_complaint(UNUSED, at, item.rule, _unused(item, rules)))
        elif not item.reason:
            message = f"`allow[{item.rule}]` gives no reason: write after the bracket why it is right here"
            out.append(_complaint(UNREASONED, at, item.rule, message))
    return out


def _unused(item: Allowance, rules: Mapping[str, Rule]) -> str:
    if item.rule in rules:
        return f"`allow[{item.rule}]` silences nothing on line {item.covers}: remove it"
    near = difflib.get_close_matches(item.rule, list(rules), n=1)
    hint = f", did you mean `{near[0]}`?" if near else ""
    return f"`allow[{item.rule}]` names no rule{hint}"


def _complaint(rule: Rule, at: Location, key: str, message: str) -> Finding:
    return finding(rule, Evidence(message=message, at=at, symbol="", key=key), Severity.NOTE)
