"""Questions to the index and its answers."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from byte.registry.records import HealthState, Kind, State
from byte.registry.search.entry import Entry

Answer = Literal["good", "weak", "none"]
"""Whether there is a good answer among the hits: likely, perhaps, or rather none at all."""
Arms = Literal["lexical+semantic", "lexical"]
"""What the scores come from."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which operations may be found; None lets all through.

    Without `state`, those of active and deprecated versions; without `state` and `version`, of each service's latest alone.
    """

    service: str | None = None
    version: str | None = None
    kind: Kind | None = None
    method: str | None = None
    tag: str | None = None
    state: State | None = None
    owner: str | None = None
    health: HealthState | None = None
    deprecated: bool | None = None


ALL: Final = Filters()


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question: what is looked for in words, and where. `group`: the best hit of each service only."""

    text: str
    limit: int = 10
    filters: Filters = ALL
    group: bool = False


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that was found.

    - `score`: how likely it is what was asked for, 0 to 1.
    - `lexical`, `semantic`: the shares of the two arms in its rank, together 1.
    - `matched`: the words of the question that were found, by field; a word that was mistyped as it is spelled there.
    - `others`: how many more of its service were found (of a grouped answer).
    """

    id: str
    score: float
    lexical: float
    semantic: float
    matched: Mapping[str, tuple[str, ...]]
    entry: Entry
    others: int = 0


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Hits, best first. `reason` is a sentence that says why the answer is weak, none, or lexical only."""

    hits: tuple[Hit, ...] = ()
    answer: Answer = "none"
    arms: Arms = "lexical"
    reason: str = ""


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """Two operations of different services that say nearly the same; `score` 0 to 1."""

    first: Entry
    second: Entry
    score: float
