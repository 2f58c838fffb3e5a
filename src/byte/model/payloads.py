"""A payload on one line: whole where it is short, else the way to what is wrong in it, and what is beside as "..."."""

import json
import re
from itertools import pairwise
from typing import Any, Final

import msgspec

from byte.model.contract import steps
from byte.model.difference import Difference

_DEEPEST: Final = 12
_BESIDE: Final = 30
_QUOTED: Final = re.compile(r"`([^`]*)`")


def text(value: Any) -> str:
    """A JSON value on one line, half characters and numbers of any size included."""
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError):
        # The slower writer takes them.
        return json.dumps(value, separators=(",", ":"))


def brief(value: Any, difference: Difference, longest: int) -> str:
    """The payload of a difference; of one that is longer only what lies on the way to its place is written out."""
    whole = text(value)
    if len(whole) <= longest:
        return whole
    names = _names(difference)
    return _way(value, names, 0) if _leads(value, names, 0) else whole


def _names(difference: Difference) -> frozenset[str]:
    """What the properties on the way to a difference may be called."""
    parts = [part for said in _QUOTED.findall(difference.message) for part in said.split("/")]
    for pointer in (difference.base_pointer, difference.revision_pointer):
        parts += [name for holder, name in pairwise(steps(pointer)) if holder == "properties"]
    return frozenset((*parts, *difference.location.split(" → ")[1:]))


def _leads(value: Any, names: frozenset[str], depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(value, dict):
        return not names.isdisjoint(value) or any(_leads(held, names, depth + 1) for held in value.values())
    return isinstance(value, list) and any(_leads(held, names, depth + 1) for held in value)


def _way(value: Any, names: frozenset[str], depth: int) -> str:
    """A value with what leads to the names, and "..." for the rest."""
    if isinstance(value, dict):
        kept = {k: held for k, held in value.items() if k in names or _leads(held, names, depth + 1)}
        if not kept:
            return _beside(value)
        told = [f"{text(key)}:{_way(held, names, depth + 1)}" for key, held in kept.items()]
        return f"{{{','.join([*told, *(['...'] if len(kept) < len(value) else [])])}}}"
    if isinstance(value, list):
        first = next((held for held in value if _leads(held, names, depth + 1)), None)
        more = [] if len(value) == 1 else ["..."]
        return f"[{','.join([_way(first, names, depth + 1), *more])}]" if first is not None else _beside(value)
    return text(value)


def _beside(value: Any) -> str:
    whole = text(value)
    return whole if len(whole) <= _BESIDE else "{...}" if isinstance(value, dict) else "[...]"
