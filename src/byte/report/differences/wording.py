"""The words that all views of a comparison share: groups, places, proofs and counts."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from byte.model import payloads
from byte.model.difference import LEVELS, Counterexample, Difference, Level
from byte.model.diffs import Comparison
from byte.report import wording

LABELS: Final[Mapping[Level, str]] = {"breaking": "breaking", "warning": "warning", "info": "compatible"}
"""How a level is called; what is only information breaks nobody."""

NOTHING: Final = "No differences."
HINT: Final = "--changelog shows them"
UNUSED: Final = "Ignore lines that match nothing"

_NAMED: Final = 3
_LISTED: Final = 8
_LONGEST: Final = 300
_LONG_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.){61,})"')
_ADDED: Final = "endpoint-added"
_NO_FILES: Final = frozenset({"", "-", "stdin"})
_DOCUMENT: Final = "The whole document"
_NEW: Final = "New operations"


class Group(msgspec.Struct, frozen=True):
    """Differences that reach the same operations, worst first; `names` are those operations.

    No names: they concern the document as a whole. `added` groups stand for new operations, one difference each.
    """

    names: tuple[str, ...]
    differences: tuple[Difference, ...]
    added: bool = False


def groups(comparison: Comparison, changelog: bool) -> list[Group]:
    """What is shown, operation by operation: those with breaks first, new operations together at the end."""
    found: dict[tuple[str, ...], list[Difference]] = {}
    added: list[Difference] = []
    for difference in comparison.differences:
        if difference.level == "info" and not changelog:
            continue
        if difference.level == "info" and difference.id == _ADDED and not difference.location:
            # One with a location is a request that a callback makes: no operation of the API.
            added.append(difference)
            continue
        names = difference.reaches or ((difference.operation,) if difference.operation else ())
        found.setdefault(names, []).append(difference)
    listed = [Group(names, tuple(sorted(items, key=_rank))) for names, items in found.items()]
    listed.sort(key=lambda group: _rank(group.differences[0]))
    every = tuple(difference.operation for difference in added)
    return [*listed, *([Group(every, tuple(added), added=True)] if added else [])]


def _rank(difference: Difference) -> int:
    return LEVELS.index(difference.level)


def heading(group: Group, show: Callable[[str], str] = wording.visible) -> str:
    """Whom a group concerns: `GET /orders`, or `Reaches 12 operations: GET /a, GET /b, GET /c and 9 more`."""
    if group.added:
        return f"{_NEW} ({len(group.names)})"
    if not group.names:
        return _DOCUMENT
    if len(group.names) == 1:
        return show(group.names[0])
    return f"Reaches {len(group.names)} operations: {reached(group.names, show)}"


def reached(names: Iterable[str], show: Callable[[str], str] = wording.visible) -> str:
    """`GET /a, GET /b, GET /c and 9 more`."""
    listed = [show(name) for name in names]
    if len(listed) <= _NAMED + 1:
        return ", ".join(listed)
    return f"{', '.join(listed[:_NAMED])} and {len(listed) - _NAMED} more"


def clause(difference: Difference) -> str:
    """`GET /orders, GET /orders/{id}: the message`; a message that begins with the name of the operation says it."""
    names = [name for name in difference.reaches or (difference.operation,) if name]
    if not names or (len(names) == 1 and difference.message.startswith(names[0])):
        return difference.message
    return f"{reached(names)}: {difference.message}"


def label(difference: Difference) -> str:
    """`breaking`, `warning, undecided`, `compatible`."""
    return f"{LABELS[difference.level]}{', undecided' if difference.proof == 'undecided' else ''}"


def places(difference: Difference, show: Callable[[str], str] = wording.visible, arrow: str = "->") -> str:
    """`old.yaml:3 -> new.yaml:5`; a place that the revision no longer has is marked as one of the base."""
    base, revision = difference.base_origin, difference.revision_origin
    if base and revision:
        return f"{show(base)} {arrow} {show(revision)}"
    return show(revision) if revision else f"{show(base)} in the base" if base else ""


def proof(example: Counterexample, difference: Difference) -> tuple[str, str]:
    """What a counterexample shows, and the thing itself on one line: `("was accepted", '{"sku":"a"}')`."""
    old = example.valid_for == "base"
    if example.kind == "request":
        line = _text(example.value)
        # What a webhook or callback asks comes from the API, and its address is no path.
        did = "answered" if line.partition(" ")[2].startswith("/") else "sent"
        return f"was {did}" if old else f"is {did} now", _cut(wording.one_line(line))
    shown = compact(example.value, difference)
    if difference.direction == "response":
        return "was sent" if old else "may be sent now", shown
    return "was accepted" if old else "is accepted now", shown


def _text(value: Any) -> str:
    return value if isinstance(value, str) else compact(value)


def compact(value: Any, difference: Difference | None = None) -> str:
    """A JSON value on one line; long texts in it are told by their beginning and length, and of a large payload what
    leads to the difference that it shows."""
    text = payloads.text(value) if difference is None else payloads.brief(value, difference, _LONGEST)
    return _cut(wording.visible(_LONG_TEXT.sub(_shortened, text)))


def _shortened(match: re.Match[str]) -> str:
    inner: str = json.loads(match[0])
    return f'{json.dumps(inner[:20], ensure_ascii=False)[:-1]}... ({len(inner)} characters)"'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def counts(comparison: Comparison) -> dict[str, int]:
    """How many differences there are of each level, worst first, with the zeros."""
    levels = [difference.level for difference in comparison.differences]
    return {level: levels.count(level) for level in LEVELS}


def tally(comparison: Comparison, changelog: bool) -> str:
    """`2 breaking, 1 warning, 14 compatible (--changelog shows them)`."""
    if not comparison.differences and not comparison.ignored:
        return NOTHING
    found = counts(comparison)
    parts = [f"{found['breaking']} breaking", wording.number(found["warning"], "warning")]
    if found["info"]:
        parts.append(f"{found['info']} {LABELS['info']}{'' if changelog else f' ({HINT})'}")
    if comparison.ignored:
        parts.append(f"{comparison.ignored} ignored")
    return ", ".join(parts)


def problems(
    comparison: Comparison,
    show: Callable[[str], str] = wording.visible,
    say: Callable[[str], str] = wording.one_line,
) -> list[str]:
    """`base old.yaml:7: not an object`: what could not be read, and was not compared; once where both sides have it."""
    of_head = {(item.path, item.reason) for item in comparison.problems if item.side == "revision"}
    of_base = {(item.path, item.reason) for item in comparison.problems if item.side == "base"}
    out = []
    for item in comparison.problems:
        both = (item.path, item.reason) in of_head & of_base
        if not both or item.side == "revision":
            side = "both sides" if both else item.side
            out.append(f"{side} {show(wording.point(item.path, item.line))}: {say(item.reason)}")
    return list(dict.fromkeys(out))


def unused(comparison: Comparison) -> list[str]:
    """The ignore lines that did nothing, the first of many: files that are kept for long hold many."""
    more = len(comparison.unused) - _LISTED
    return [*comparison.unused[:_LISTED], *([f"... {more} more"] if more > 0 else [])]


def split(origin: str | None) -> tuple[str, int] | None:
    """Path and line of an origin; None where it names no file (standard input, an address)."""
    path, colon, line = (origin or "").rpartition(":")
    if not colon or not line.isdecimal() or path in _NO_FILES or "://" in path:
        return None
    return path, int(line)
