"""What the two versions of OpenAPI only write in another way: `nullable` and lists of types, `const` and one value."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from byte.compare.changes import Change
from byte.compare.document import Node, Sameness, Side
from byte.compare.schema.decider import Decider

_WORDS: Final = frozenset(
    {"type", "nullable", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
_UNIONS: Final = frozenset({"anyOf", "oneOf"})
_IN_IDS: Final = {"-nullable": "nullable", "-enum-": "enum", "-type-": "type", "-any-of-": "anyOf", "-one-of-": "oneOf"}


def without_rewritten(changes: Iterable[Change], base: Side, revision: Side, same: Sameness) -> list[Change]:
    """The changes without those of keywords whose schemas mean the same, where the versions of the sides differ.

    That they do is proved: each side's schema takes all that the other's may hold.
    """
    if base.dialect == revision.dialect:
        return list(changes)
    decider = Decider(base, revision, same)
    known: dict[tuple[str, str], bool] = {}
    kept = []
    for change in changes:
        place = (change.base, change.revision)
        if change.id and change.root is not None and all(place) and _is_of_words(change, base, revision):
            if place not in known:
                known[place] = all(decider.decide(*place, way).proved for way in ("request", "response"))
            if known[place]:
                continue
        kept.append(change)
    return kept


def _is_of_words(change: Change, base: Side, revision: Side) -> bool:
    """Whether a change is of keywords that a version has in other words."""
    keywords = frozenset(change.keywords)
    if not keywords:
        # What eases something claims no keyword.
        keywords = frozenset(word for part, word in _IN_IDS.items() if part in change.id)
    if not keywords or not keywords <= _WORDS | _UNIONS:
        return False
    return keywords <= _WORDS or _alike(base.at(change.base), revision.at(change.revision))


def _alike(base: Node | None, revision: Node | None) -> bool:
    """Whether two schemas are the same in the words of 3.1. Of what may be in objects inclusion tells one way only."""
    if base is None or revision is None:
        return False
    try:
        return _text(base.value) == _text(revision.value)
    except (RecursionError, TypeError, ValueError):
        return False


def _text(value: Any) -> bytes:
    return msgspec.json.encode(_newer(value), order="deterministic")


def _newer(value: Any) -> Any:
    """A value with its schemas in the words of 3.1; alternatives in the order of their texts."""
    if isinstance(value, list):
        return [_newer(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _newer(held) for key, held in value.items()}
    kinds = made.get("type")
    if isinstance(kinds, str) and made.get("nullable") is True:
        made["type"] = [kinds, "null"]
    if isinstance(made.get("type"), list):
        made["type"] = sorted(map(str, made["type"]))
    if isinstance(made.get("nullable"), bool):
        del made["nullable"]
    if isinstance(made.get("enum"), list) and len(made["enum"]) == 1:
        made["const"] = made.pop("enum")[0]
    for strict, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if made.get(strict) is True and bound in made:
            made[strict] = made.pop(bound)
    for keyword in _UNIONS:
        if isinstance(made.get(keyword), list):
            made[keyword] = sorted(made[keyword], key=lambda one: msgspec.json.encode(one, order="deterministic"))
    return made
