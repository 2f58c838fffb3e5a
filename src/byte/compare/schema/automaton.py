"""Deterministic automata for trees of patterns, built as far as they are walked.

A state of the automaton is a set of places in the tree. Two sets stand out: no place, from which nothing is accepted
any more, and a complete match, after which everything is (the search is not anchored).
"""

from itertools import pairwise
from typing import Final

from byte.compare.schema import characters
from byte.compare.schema.characters import Ranges
from byte.compare.schema.pattern import Chars, Choice, End, Look, Repeat, Sequence, Start, Tree

_MOST_STEPS: Final = 20_000
_MOST_CLASSES: Final = 400
_MOST_IN_ROW: Final = 100_000
_MOST_KEPT: Final = 2_000
_JOINED_AT_ONCE: Final = 8

DEAD: Final = 0
SURE: Final = 1
"""The states that nothing and that everything is accepted from."""

_ACCEPT: Final = 0


class TooLargeError(Exception):
    """Raised where a pattern would need more places than are worth it."""


class Automaton:
    """Accepts the texts in which a tree is found. Automata of equal trees are equal.

    Raises:
        TooLargeError: The tree needs too many places.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._hash = hash(tree)
        self._places = _Places(tree)
        self.cells, self._members = _partition(list(self._places.sets))
        self._width = max(cell[2] for cell in self.cells) + 1
        # A match may start anywhere: each step adds what a match that starts here would need next.
        self._again = self._places.reach(self._places.entry)
        self._forget()

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Automaton) and self._tree == other._tree)

    def __hash__(self) -> int:
        return self._hash

    def rest(self) -> None:
        """Between two walks: forgets the states where they are many; states of before mean nothing any more then."""
        if len(self._bodies) > _MOST_KEPT:
            self._forget()

    def row(self, state: int) -> tuple[list[int], int]:
        """The state after a character of each class, and what it costs to find that out, known already or not.

        Raises:
            TooLargeError: It costs too much.
        """
        if (found := self._rows.get(state)) is None:
            found = self._rows[state] = self._walked(state)
        return found

    def step(self, state: int, code: int) -> int:
        """The state after one character.

        Raises:
            TooLargeError: It costs too much.
        """
        for low, high, kind in self.cells:
            if low <= code <= high:
                return self.row(state)[0][kind]
        return DEAD

    def _forget(self) -> None:
        self.accepting = [False, True]
        self._states: dict[tuple[frozenset[int], bool], int] = {}
        self._bodies: list[frozenset[int]] = [frozenset(), frozenset()]
        width = self._width
        self._rows: dict[int, tuple[list[int], int]] = {DEAD: ([DEAD] * width, 1), SURE: ([SURE] * width, 1)}
        self.initial = self._state([self._places.reach(self._places.entry, at_start=True)])

    def _walked(self, state: int) -> tuple[list[int], int]:
        by_set: dict[int, list[_Reach]] = {}
        cost = 1
        for place in self._bodies[state]:
            kind, target = self._places.steps[place]
            reach = self._places.reach(target)
            by_set.setdefault(kind, []).append(reach)
            cost += reach.cost
            if cost > _MOST_IN_ROW:
                raise TooLargeError
        found: dict[int, list[int]] = {}
        for kind in sorted(by_set):
            for member in self._members[kind]:
                found.setdefault(member, []).append(kind)
        merged = {kind: _merged(reaches) for kind, reaches in by_set.items()}
        base = self._state([self._again])
        row = [base] * self._width
        after: dict[tuple[int, ...], int] = {}
        for member, kinds in found.items():
            key = tuple(kinds)
            if key not in after:
                after[key] = self._state([self._again, *(merged[kind] for kind in kinds)])
                places = len(self._again.places) + sum(len(merged[kind].places) for kind in kinds)
                cost += 1 + places // _JOINED_AT_ONCE
            row[member] = after[key]
            cost += len(kinds)
        return row, cost + len(row)

    def _state(self, reaches: "list[_Reach]") -> int:
        reach = _merged(reaches)
        if reach.matched:
            return SURE
        if not reach.places and not reach.at_end:
            return DEAD
        key = (reach.places, reach.at_end)
        if (known := self._states.get(key)) is None:
            known = self._states[key] = len(self._bodies)
            self._bodies.append(reach.places)
            self.accepting.append(reach.at_end)
        return known


class _Reach:
    """What is reached from a place without a character: consuming places, a match, a match if the text ends here."""

    def __init__(self, places: frozenset[int], matched: bool, at_end: bool, cost: int) -> None:
        self.places = places
        self.matched = matched
        self.at_end = at_end
        self.cost = cost


def _merged(reaches: list[_Reach]) -> _Reach:
    """What is reached from any of several places."""
    places = frozenset().union(*[reach.places for reach in reaches])
    matched = any(reach.matched for reach in reaches)
    return _Reach(places, matched, any(reach.at_end for reach in reaches), 0)


class _Places:
    """The places of a tree: those that consume one character of a set, and those that only lead on.

    `steps` holds, of a consuming place, the number of its set in `sets` and where it leads.
    """

    def __init__(self, tree: Tree) -> None:
        self.sets: dict[Ranges, int] = {}
        self.steps: dict[int, tuple[int, int]] = {}
        self._ways: dict[int, list[int]] = {_ACCEPT: []}
        self._anchors: dict[int, bool] = {}
        self._reached: dict[tuple[int, bool], _Reach] = {}
        self._count = 1
        self._work = 0
        self.entry = self._built(tree, _ACCEPT)

    def reach(self, place: int, *, at_start: bool = False) -> _Reach:
        key = (place, at_start)
        if (known := self._reached.get(key)) is None:
            known = self._reached[key] = self._walked(place, at_start)
        return known

    def _walked(self, place: int, at_start: bool) -> _Reach:
        seen = {(place, False)}
        waiting = [(place, False)]
        matched = at_end = False
        consuming = []
        while waiting:
            here, ended = waiting.pop()
            if here in self.steps:
                if not ended:
                    consuming.append(here)
                continue
            anchor = self._anchors.get(here)
            if anchor is True and not at_start:
                continue
            if here == _ACCEPT:
                matched, at_end = matched or not ended, at_end or ended
            for way in self._ways[here]:
                after = (way, ended or anchor is False)
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return _Reach(frozenset(consuming), matched, at_end, len(seen))

    def _place(self) -> int:
        self._work += 1
        if self._work > _MOST_STEPS:
            raise TooLargeError
        self._count += 1
        return self._count - 1

    def _built(self, tree: Tree, then: int) -> int:
        """The place that a tree is entered at, `then` being the one after it. As deep as the tree is."""
        match tree:
            case Chars(ranges):
                place = self._place()
                self.steps[place] = (self.sets.setdefault(ranges, len(self.sets)), then)
            case Sequence(items):
                place = then
                self._work += 1
                for item in reversed(items):
                    place = self._built(item, place)
            case Choice(items):
                place = self._place()
                self._ways[place] = [self._built(item, then) for item in items]
            case Repeat():
                place = self._repeated(tree, then)
            case Start() | End():
                place = self._place()
                self._ways[place] = [then]
                self._anchors[place] = isinstance(tree, Start)
            case Look():
                raise AssertionError("lookarounds are taken out before")
        return place

    def _repeated(self, tree: Repeat, then: int) -> int:
        place = then
        if tree.high is None:
            place = self._place()
            self._ways[place] = []
            self._ways[place] = [self._built(tree.item, place), then]
        for _ in range((tree.high or tree.low) - tree.low):
            entry = self._built(tree.item, place)
            place = self._place()
            self._ways[place] = [entry, then]
        for _ in range(tree.low):
            self._place()
            place = self._built(tree.item, place)
        return place


def _partition(sets: list[Ranges]) -> tuple[list[tuple[int, int, int]], list[list[int]]]:
    """The characters in classes that no set tells apart: (low, high, class) in order, and the classes of each set."""
    changes: dict[int, int] = {low: 0 for low, _ in characters.EVERY}
    for number, ranges in enumerate(sets):
        for low, high in ranges:
            changes[low] = changes.get(low, 0) ^ 1 << number
            changes[high + 1] = changes.get(high + 1, 0) ^ 1 << number
    ends = [high + 1 for _, high in characters.EVERY]
    for end in ends:
        changes.setdefault(end, 0)
    places = sorted(changes)
    classes: dict[int, int] = {}
    cells = []
    signature = 0
    for place, after in pairwise(places):
        signature ^= changes[place]
        if characters.contains(characters.EVERY, place):
            cells.append((place, after - 1, classes.setdefault(signature, len(classes))))
            if len(classes) > _MOST_CLASSES:
                raise TooLargeError
    members = [[number for mask, number in classes.items() if mask >> index & 1] for index in range(len(sets))]
    return cells, members
