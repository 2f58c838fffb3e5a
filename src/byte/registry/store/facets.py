"""Why a filtered list of operations costs the same among a thousand as among a hundred thousand.

A filter names any of kind, method, tag, deprecated and state; what it does not name, it lets through. For every version
and every filter of these that lets some of its operations through, `facets` has a row with how many: (facet, version) ->
operations, where the facet is a number made of the filter. So a page knows, before it looks at any operation, which
versions it needs and how many operations each has for it; nothing is read only to be left out.

Owner and health are the service's and change by themselves: they are joined.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from byte.registry.records import Kind, State

LISTED: Final[tuple[State, ...]] = ("active", "deprecated")
"""The states of versions whose operations are listed unless others are asked for."""
TAGS: Final = 64
"""By how many of its tags an operation is found."""
_LISTED: Final = "+".join(LISTED)

Seen = tuple[str, tuple[str, ...], bool]
"""What a filter looks at of an operation: its method, tags, and whether it is deprecated."""


@lru_cache(maxsize=65_536)
def number_of(*parts: str) -> int:
    """A number for some texts: the first 63 bits of a digest, as both databases keep them."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def facet(kind: str | None, method: str | None, tag: str | None, deprecated: bool | None, state: str) -> int:
    """The number of a filter. Methods are those of rest operations: beside one, the kind says nothing."""
    return number_of("" if method else kind or "", method or "", _said(tag), _said(deprecated), state)


def _said(value: object) -> str:
    # What is not named differs from every name, the empty one too.
    return "" if value is None else f"={value}"


def states_of(states: Iterable[State]) -> tuple[str, ...]:
    """The state parts of the facets that together let some states through, each operation once."""
    asked = sorted(set(states))
    if set(LISTED) <= set(asked):
        return (_LISTED, *(state for state in asked if state not in LISTED))
    return tuple(asked)


def tags_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that an operation is found by: each once."""
    return tuple(dict.fromkeys(tags))[:TAGS]


def counts(kind: Kind, state: State, operations: Iterable[Seen]) -> Mapping[int, int]:
    """How many of a version's operations every filter lets through, for the filters that let any through."""
    found: Counter[tuple[str | None, str | None, bool | None]] = Counter()
    for method, tags, deprecated in operations:
        for asked_method in (None, method) if method else (None,):
            for tag in (None, *tags_of(tags)):
                found[asked_method, tag, None] += 1
                found[asked_method, tag, deprecated] += 1
    states = (state, _LISTED) if state in LISTED else (state,)
    return {
        facet(asked_kind, method, tag, deprecated, asked_state): number
        for (method, tag, deprecated), number in found.items()
        for asked_kind in ((None,) if method else (None, kind))
        for asked_state in states
    }
