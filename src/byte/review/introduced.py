"""Tells the findings that a change brings from those that were there before."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from byte.model.review import Finding, Severity


def mark(head: Sequence[Finding], base: Sequence[Finding], renames: Mapping[str, str]) -> list[Finding]:
    """Head's findings with `introduced` set: a multiset difference by fingerprint.

    A finding of base accounts for one of head: first in the same path, then along a rename, then in any path, so
    that moving code introduces nothing. What is left of base then accounts for one of the same rule in the same
    definition: a definition that has no more of it than before is no worse. A blocker is never excused so.
    """
    left: dict[str, Counter[str]] = {}
    for item in base:
        left.setdefault(item.fingerprint, Counter())[item.path] += 1
    matched: set[int] = set()
    for pairing in (lambda path: path, lambda path: renames.get(path)):
        for index, item in enumerate(head):
            if index not in matched and _take(left, item.fingerprint, pairing(item.path)):
                matched.add(index)
    for index, item in enumerate(head):
        if index not in matched:
            anywhere = left.get(item.fingerprint)
            path = min((p for p, n in anywhere.items() if n), default=None) if anywhere else None
            if _take(left, item.fingerprint, path):
                matched.add(index)
    rest = _rest(left, base)
    for index, item in enumerate(head):
        if index not in matched and item.severity is not Severity.BLOCKER:
            paths = (item.path, renames.get(item.path, item.path))
            old = next((k for k in ((item.id, item.symbol, p) for p in paths) if rest[k] > 0), None)
            if old is not None:
                rest[old] -= 1
                matched.add(index)
    return [msgspec.structs.replace(f, introduced=i not in matched) for i, f in enumerate(head)]


def _rest(left: Mapping[str, Counter[str]], base: Sequence[Finding]) -> Counter[tuple[str, str, str]]:
    """How many findings of base nothing in head accounts for, by rule, definition and path."""
    seen: set[tuple[str, str]] = set()
    out: Counter[tuple[str, str, str]] = Counter()
    for item in base:
        if item.symbol and (item.fingerprint, item.path) not in seen:
            seen.add((item.fingerprint, item.path))
            out[item.id, item.symbol, item.path] += left[item.fingerprint][item.path]
    return out


def _take(left: dict[str, Counter[str]], fingerprint: str, path: str | None) -> bool:
    paths = left.get(fingerprint)
    if path is None or paths is None or paths[path] <= 0:
        return False
    paths[path] -= 1
    return True
