"""Questions of inclusion and how they hang together.

A pair asks whether a shape that is sent lies in a schema that is taken. It holds if nothing is wrong in its own place,
all pairs below it hold, and each of its choices has an option whose pairs all hold. Pairs hold until they are refuted:
so cycles are decided by coinduction, whatever the order in which they are met.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from byte.compare.schema.dialect import Schema
from byte.compare.schema.shapes import Arrays, Objects, Part, Shape


class Step(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """From a place to one inside of it: a property, an item, or the name of a property.

    `within` is what is taken at the outer place.
    """

    part: Part
    within: Schema
    name: str = ""
    index: int = 0


class Flaw(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What a receiver rejects: its keyword, the schema with it, the sender's schema, and values that should show it.

    With `later` these are made when they are asked for; none, if nothing is rejected after all.
    """

    sent: Schema | None
    taken: Schema
    keyword: str
    name: str | None
    values: tuple[Any, ...] = ()
    later: "Callable[[], Iterable[Any]] | None" = None

    def shown(self) -> list[Any]:
        """The values: made now where that was put off."""
        return list(self.values if self.later is None else self.later())


class Hesitation(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What is undecided, and why."""

    sent: Schema | None
    taken: Schema
    keyword: str
    reason: str


class Edge(msgspec.Struct, frozen=True, eq=False):
    """A pair that has to hold too, and the step to it; None where it is about the same value."""

    step: Step | None
    pair: "Pair"


class Pair:
    """Whether `sent` lies in `taken`, or, with `denied`, outside of it; `denied` is the schema and keyword that asks."""

    __slots__ = ("above", "choices", "denied", "doubts", "edges", "flaws", "refuted", "sent", "taken")

    def __init__(self, sent: Shape, taken: Schema, denied: tuple[Schema, str] | None) -> None:
        self.sent = sent
        self.taken = taken
        self.denied = denied
        self.refuted = False
        self.flaws: list[Flaw] = []
        self.doubts: list[Hesitation] = []
        self.edges: list[Edge] = []
        self.choices: list[Choice] = []
        self.above: list[Pair | Choice] = []


class Choice:
    """Alternatives of which one has to take a part as a whole; the next is looked at when one is refuted.

    `own`: whether the first option is the part's own counterpart, so that what is wrong there is what is wrong.
    """

    __slots__ = ("current", "keyword", "options", "own", "owner", "part", "tried")

    def __init__(
        self, owner: Pair, part: Objects | Arrays, keyword: str, options: Iterator[list[Edge]], *, own: bool
    ) -> None:
        self.owner = owner
        self.part = part
        self.keyword = keyword
        self.options = options
        self.own = own
        self.current: list[Edge] = []
        self.tried: list[list[Edge]] = []

    @property
    def place(self) -> Schema | None:
        """The sender's schema that the part comes from."""
        return self.part.anchor or next(iter(self.part.facts), None)


class Graph:
    """All pairs of one comparison, and which of them are refuted."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int, tuple[int, str] | None], Pair] = {}
        self.waiting: list[Pair] = []

    def __len__(self) -> int:
        return len(self._pairs)

    def pair(self, sent: Shape, taken: Schema, denied: tuple[Schema, str] | None = None) -> Pair:
        """The pair for this question; a new one waits to be expanded."""
        taken = taken.resolved
        key = id(sent), id(taken), None if denied is None else (id(denied[0]), denied[1])
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = Pair(sent, taken, denied)
            self.waiting.append(pair)
        return pair

    def edge(self, owner: Pair, step: Step | None, pair: Pair) -> None:
        """A pair has to hold for its owner to hold."""
        owner.edges.append(Edge(step, pair))
        pair.above.append(owner)
        if pair.refuted:
            self.refute(owner)

    def choose(self, choice: Choice) -> None:
        """One of the options has to hold for the owner of a choice to hold."""
        choice.owner.choices.append(choice)
        self._advance(choice)

    def refute(self, pair: Pair) -> None:
        """A pair does not hold, or is not known to."""
        fallen = [pair]
        while fallen:
            one = fallen.pop()
            if one.refuted:
                continue
            one.refuted = True
            for above in one.above:
                if isinstance(above, Pair):
                    fallen.append(above)
                elif any(edge.pair is one for edge in above.current):
                    self._advance(above)

    def _advance(self, choice: Choice) -> None:
        for option in choice.options:
            choice.current = option
            choice.tried.append(option)
            for edge in option:
                edge.pair.above.append(choice)
            if not any(edge.pair.refuted for edge in option):
                return
        choice.current = []
        self.refute(choice.owner)
