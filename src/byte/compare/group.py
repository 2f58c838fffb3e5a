"""One cause, one difference: what a shared component changes in many operations is told once."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from byte.compare.changes import Change
from byte.compare.judge import Judged
from byte.model.contract import METHODS
from byte.model.difference import LEVELS, Counterexample, Difference, Level, OasdiffLevel, Proof, Row

_OPERATION: Final = re.compile(rf"/(?:paths|webhooks)/[^/]*/(?:{'|'.join(METHODS)})(?:/|$)")

_SAID: Final = 4

_Cause = tuple[str, OasdiffLevel | None, Level, Proof, str, str, str, tuple[str, ...], str | None]


def grouped(judged: Iterable[Judged]) -> tuple[Difference, ...]:
    """The differences, breaking first, then in the order of their operations and places."""
    causes: dict[_Cause, list[Judged]] = {}
    for item in judged:
        causes.setdefault(_cause(item), []).append(item)
    found = [_difference(items) for items in causes.values()]
    return tuple(sorted(found, key=_order))


def operation(change: Change) -> str:
    """`GET /orders/{id}`, `webhook NAME`, or nothing for the whole document."""
    return f"{change.method} {change.path}".strip()


def _cause(item: Judged) -> _Cause:
    change = item.change
    told = "" if change.base or change.revision else change.message
    where = "" if _shared(change) else f"{operation(change)} {change.location} {told}"
    return (
        change.id,
        change.oasdiff,
        item.level,
        item.proof,
        change.direction,
        f"{change.base} {change.revision}",
        where,
        change.keywords,
        change.name,
    )


def _shared(change: Change) -> bool:
    """Whether it stands outside of the operation: in a component, or beside all operations of a path or document."""
    places = [p for p in (change.base, change.revision) if p]
    return bool(places) and all(not _OPERATION.match(p) for p in places)


def _difference(items: list[Judged]) -> Difference:
    items = sorted(items, key=lambda i: (operation(i.change), i.change.location, i.change.message))
    first = items[0]
    change = first.change
    reaches = tuple(dict.fromkeys(operation(i.change) for i in items if operation(i.change)))
    rows = tuple(
        sorted(
            Row(i.change.id, i.change.oasdiff, i.change.method, i.change.path)
            for i in items
            if i.change.oasdiff is not None
        )
    )
    message = _told(items)
    message = f"{message} ({first.reason})" if first.reason else message
    return Difference(
        id=change.id,
        level=first.level,
        proof=first.proof,
        direction=change.direction,
        operation=reaches[0] if reaches else "",
        location=change.location,
        message=message,
        counterexample=_smallest(items),
        base_pointer=change.base,
        revision_pointer=change.revision,
        reaches=reaches,
        oasdiff=rows,
    )


def _told(items: list[Judged]) -> str:
    """What is said of the first operation: one place may have several things of a kind, such as values of an enum."""
    first = items[0].change
    here = [i.change for i in items if operation(i.change) == operation(first) and i.change.location == first.location]
    said = list(dict.fromkeys(change.message for change in here))
    more = f"; and {len(said) - _SAID} more" if len(said) > _SAID else ""
    return "; ".join(said[:_SAID]) + more


def _smallest(items: list[Judged]) -> Counterexample | None:
    found = [i.counterexample for i in items if i.counterexample is not None]
    return min(found, key=lambda c: len(msgspec.json.encode(c.value)), default=None)


def _order(difference: Difference) -> tuple[int, str, str, str, str, str]:
    return (
        LEVELS.index(difference.level),
        difference.operation,
        difference.location,
        difference.id,
        difference.message,
        f"{difference.base_pointer} {difference.revision_pointer}",
    )
