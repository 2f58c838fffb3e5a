"""One cause, one finding: findings of a rule that share a cause become one with its places."""

from collections.abc import Sequence

import msgspec

from byte.model.review import Finding
from byte.review.check import order

_SINGLE = 3
"""Up to this many findings of one cause stand each on its own: they are as short as a list of places."""


def aggregate(findings: Sequence[Finding]) -> list[Finding]:
    """Sorted; a merged finding is the first of its group with all places and the lines' worst severity."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    out: list[Finding] = []
    for item in findings:
        if item.cause is None:
            out.append(item)
        else:
            groups.setdefault((item.id, item.cause), []).append(item)
    for items in groups.values():
        out.extend(items if len(items) <= _SINGLE else [_merged(sorted(items, key=order))])
    return sorted(out, key=order)


def _merged(items: list[Finding]) -> Finding:
    first = items[0]
    places = tuple(sorted({item.at for item in items}))
    more = f"{len(places)} places" if len(places) == len(items) else f"and {len(items) - 1} more"
    text = f"{first.message} ({more} of one cause)"
    return msgspec.structs.replace(first, message=text, places=places)
