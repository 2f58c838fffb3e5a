"""Sets of strings: regular languages with exact boolean algebra, told by patterns, words and lengths.

Every question is bounded by work, never by time, and the same question always gets the same answer.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from byte.compare.schema import characters, pattern
from byte.compare.schema.answers import Answer, No, Undecided, Yes
from byte.compare.schema.automaton import DEAD, SURE, Automaton, TooLargeError
from byte.compare.schema.pattern import Chars, Choice, End, Look, Repeat, Sequence, Start, Tree, Unsupported

_WORK: Final = 125_000
_LONGEST: Final = 100_000
_ENDLESS: Final = 1 << 62
_CACHED: Final = 256
_PER_STATE: Final = 8
_OPEN: Final = 2
_FATES: Final = {DEAD: False, SURE: True}


class Search(msgspec.Struct, frozen=True):
    """The texts in which a pattern is found."""

    automaton: Automaton


class Lengths(msgspec.Struct, frozen=True):
    """The texts of `low` to `high` code points, without end where that is None."""

    low: int
    high: int | None


class Both(msgspec.Struct, frozen=True):
    """What is in every part; everything where there are no parts."""

    parts: "tuple[Language, ...]"


class Either(msgspec.Struct, frozen=True):
    """What is in some part; nothing where there are no parts."""

    parts: "tuple[Language, ...]"


class Other(msgspec.Struct, frozen=True):
    """What is not in a language."""

    part: "Language"


Language = Search | Lengths | Both | Either | Other

EVERYTHING: Final = Both(())
NOTHING: Final = Either(())


@lru_cache(_CACHED)
def language(text: str) -> Language | Unsupported:
    """The texts in which a pattern of JSON Schema is found, with lookarounds at their ends where they are anchored."""
    try:
        return _language(pattern.parse(text))
    except pattern.UnsupportedError as error:
        return Unsupported(str(error))
    except TooLargeError:
        return Unsupported("too large")


def words(texts: Iterable[str]) -> Language | Unsupported:
    """Exactly these texts. One that holds a surrogate is no text."""
    return _words(tuple(sorted(set(texts))))


def lengths(low: int = 0, high: int | None = None) -> Language:
    """The texts of `low` to `high` code points."""
    if low <= 0 and high is None:
        return EVERYTHING
    return NOTHING if high is not None and high < max(low, 0) else Lengths(max(low, 0), high)


def both(*parts: Language) -> Language:
    """What is in all of them."""
    flat: dict[Language, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Both) else (part,)))
    if NOTHING in flat or any(isinstance(part, Other) and part.part in flat for part in flat):
        return NOTHING
    return next(iter(flat)) if len(flat) == 1 else Both(tuple(flat))


def either(*parts: Language) -> Language:
    """What is in at least one of them."""
    flat: dict[Language, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Either) else (part,)))
    if EVERYTHING in flat:
        return EVERYTHING
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def other(part: Language) -> Language:
    """What is not in it."""
    if isinstance(part, Other):
        return part.part
    if part in (EVERYTHING, NOTHING):
        return NOTHING if part == EVERYTHING else EVERYTHING
    return Other(part)


def conditions(within: Language) -> tuple[Language, ...]:
    """The languages that a text has to be in all of."""
    return within.parts if isinstance(within, Both) else (within,)


def find(within: Language) -> str | Undecided | None:
    """The shortest text of a language, of the letters that are read best; None where it has none."""
    try:
        found = _found(within)
    except TooLargeError:
        return Undecided("the search took too long")
    if isinstance(found, int):
        return Undecided(f"a text of it has {found} characters")
    return found


def accepts(within: Language, text: str) -> bool | None:
    """Whether a text is in a language; None where that takes too long."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return False
    finals = {}
    try:
        for automaton in _automata(within):
            state = automaton.initial
            for char in text:
                state = automaton.step(state, ord(char))
            finals[automaton] = automaton.accepting[state]
            automaton.rest()
    except TooLargeError:
        return None
    return _truth(within, lambda automaton: finals[automaton], len(text))


def inclusion(inner: Language, outer: Language) -> Answer:
    """Whether every text of one language is in another; the witness is the shortest that is not."""
    found = find(both(inner, other(outer)))
    return Yes() if found is None else No(found) if isinstance(found, str) else found


def length_range(within: Language) -> Lengths | Undecided | None:
    """The shortest and the longest length of a text, which is None where there is none; None for an empty language."""
    try:
        found = _found(within)
        if found is None:
            return None
        longest = next(high for high in _longest(within) if high is not None)
    except TooLargeError:
        return Undecided("the search took too long")
    low = len(found) if isinstance(found, str) else found
    return Lengths(low, None if longest == _ENDLESS else longest)


def _language(tree: Tree) -> Language:
    """The language of a tree whose lookarounds stand at the ends of the whole or of its alternatives."""
    plain: list[Tree] = []
    parts: list[Language] = []
    for item in tree.items if isinstance(tree, Choice) else (tree,):
        if _looks(item):
            parts.append(_conditional(item.items if isinstance(item, Sequence) else (item,)))
        else:
            plain.append(item)
    if plain:
        parts.append(_search(plain[0] if len(plain) == 1 else Choice(tuple(plain))))
    return either(*parts)


def _conditional(items: tuple[Tree, ...]) -> Language:
    """A sequence with lookarounds at the very start or end of the text, each of which is a condition of its own."""
    head = _leading(items, Start)
    tail = _leading(items[::-1], End) if head < len(items) else 0
    parts: list[Language] = []
    kept: list[Tree] = []
    for index, item in enumerate(items):
        if not isinstance(item, Look):
            kept.append(item)
            continue
        if not (index < head and not item.behind) and not (index >= len(items) - tail and item.behind):
            raise pattern.UnsupportedError("a lookaround in the middle")
        parts.append(_condition(item))
    rest: Tree = Sequence(tuple(kept))
    if _looks(rest):
        raise pattern.UnsupportedError("a lookaround in a group")
    return both(_search(rest), *parts)


def _condition(look: Look) -> Language:
    alternatives = look.item.items if isinstance(look.item, Choice) else (look.item,)
    anchored: list[Tree] = []
    for item in alternatives:
        items = item.items if isinstance(item, Sequence) else (item,)
        anchored.append(Sequence((*items, End()) if look.behind else (Start(), *items)))
    found = _language(Choice(tuple(anchored)))
    return other(found) if look.negative else found


def _leading(items: tuple[Tree, ...], anchor: type[Start] | type[End]) -> int:
    """How many items at the start consume nothing, 0 where none of them is the anchor."""
    count = 0
    while count < len(items) and isinstance(items[count], (Look, anchor)):
        count += 1
    return count if any(isinstance(item, anchor) for item in items[:count]) else 0


def _looks(tree: Tree) -> bool:
    """Whether a lookaround is in a tree."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case Look():
                return True
            case Sequence(items) | Choice(items):
                waiting.extend(items)
            case Repeat(item):
                waiting.append(item)
    return False


@lru_cache(_CACHED)
def _search(tree: Tree) -> Language:
    return Search(Automaton(tree))


@lru_cache(_CACHED)
def _words(texts: tuple[str, ...]) -> Language | Unsupported:
    if not texts:
        return NOTHING
    each = tuple(Sequence(tuple(Chars(((ord(char), ord(char)),)) for char in text)) for text in texts)
    try:
        return Search(Automaton(Sequence((Start(), Choice(each), End()))))
    except TooLargeError:
        return Unsupported("too many words")


def _automata(within: Language) -> list[Automaton]:
    """The automata of a language, each once, in order."""
    found: dict[Automaton, None] = {}
    for leaf in _leaves(within):
        if isinstance(leaf, Search):
            found[leaf.automaton] = None
    return list(found)


def _leaves(within: Language) -> Iterator[Search | Lengths]:
    waiting = [within]
    while waiting:
        match waiting.pop():
            case Both(parts) | Either(parts):
                waiting.extend(reversed(parts))
            case Other(part):
                waiting.append(part)
            case Search() | Lengths() as leaf:
                yield leaf


def _truth(within: Language, told: Callable[[Automaton], bool | None], length: int) -> bool | None:
    """Whether a text is in a language, by what is told of the automata; None where that is not enough to know it."""
    match within:
        case Search(automaton):
            return told(automaton)
        case Lengths(low, high):
            return low <= length and (high is None or length <= high)
        case Other(part):
            inner = _truth(part, told, length)
            return None if inner is None else not inner
        case Both(parts) | Either(parts):
            decisive = isinstance(within, Either)
            unknown = False
            for part in parts:
                truth = _truth(part, told, length)
                if truth is decisive:
                    return decisive
                unknown = unknown or truth is None
    return None if unknown else not decisive


def _found(within: Language) -> str | int | None:
    """The shortest text of a language; its length alone where it is too long to be shown.

    Raises:
        TooLargeError: It takes too much work.
    """
    walk = _Walk(within)
    return next((found for low, high in _spans(within) if (found := walk.shortest(low, high)) is not None), None)


def _longest(within: Language) -> Iterator[int | None]:
    """The greatest length in each span of lengths, the longest span first; `_ENDLESS` where there is none."""
    walk = _Walk(within)
    for low, high in reversed(_spans(within)):
        yield walk.longest(low, high)


def _spans(within: Language) -> list[tuple[int, int | None]]:
    """All lengths, in spans between which a language's own bounds change what they say."""
    bounds = {0}
    for leaf in _leaves(within):
        if isinstance(leaf, Lengths):
            bounds.update((leaf.low,) if leaf.high is None else (leaf.low, leaf.high + 1))
    starts = sorted(bounds)
    return [(low, high - 1) for low, high in pairwise(starts)] + [(starts[-1], None)]


_State = tuple[int, ...]


class _Walk:
    """A walk through all automata of a language at once, in search of a text of a length."""

    def __init__(self, within: Language) -> None:
        self._within = within
        self._automata = tuple(_automata(within))
        for automaton in self._automata:
            automaton.rest()
        self._moves = _moves(self._automata)
        self._work = _WORK
        self._paid: set[tuple[int, int]] = set()
        self._length = 0
        self._steps: dict[_State, list[tuple[int, _State]]] = {}
        self._known: dict[tuple[int, ...], tuple[bool, bool]] = {}

    def shortest(self, low: int, high: int | None) -> str | int | None:
        """The shortest text of `low` to `high` characters, between which the language's own lengths say the same."""
        layers = self._layers(low, low)
        return self._ending(layers, low, high) if layers.at(low) else None

    def longest(self, low: int, high: int | None) -> int | None:
        """The length of the longest one, `_ENDLESS` where there is no longest."""
        layers = self._layers(low, _ENDLESS if high is None else high)
        top = len(layers) - 1
        if layers.repeats:
            top = _ENDLESS if high is None else high
        for length in range(top, max(low, top - layers.period) - 1, -1):
            if any(self._verdict(state)[0] for state in layers.at(length)):
                return length if high is not None or not layers.repeats else _ENDLESS
        for length in range(min(top, len(layers)) - 1, low - 1, -1):
            if any(self._verdict(state)[0] for state in layers.at(length)):
                return length
        return None

    def _layers(self, low: int, until: int) -> "_Layers":
        """The states after 0, 1, ... characters, as many as tell about `until`, in the span that starts at `low`."""
        self._length = low
        self._steps.clear()
        self._known.clear()
        first = tuple(automaton.initial for automaton in self._automata)
        layers = _Layers(first if not self._verdict(first)[1] else None)
        while len(layers) <= until and not layers.repeats and layers.last:
            self._spend(len(layers.last))
            layers.add(self._after(layers.last))
        return layers

    def _ending(self, layers: "_Layers", low: int, high: int | None) -> str | int | None:
        """From the states after `low` characters on, the shortest way to one that accepts."""
        level: list[_State] = list(layers.at(low))
        came: dict[_State, tuple[_State, int] | None] = dict.fromkeys(level)
        length = low
        while level:
            for state in level:
                if self._verdict(state)[0]:
                    return self._text(layers, low, came, state) if length <= _LONGEST else length
            if length == high:
                return None
            after = self._after(level)
            level = [state for state in after if state not in came]
            came.update((state, after[state]) for state in level)
            length += 1
        return None

    def _text(self, layers: "_Layers", low: int, came: dict[_State, tuple[_State, int] | None], state: _State) -> str:
        """The text that leads to a state."""
        out = []
        while (step := came[state]) is not None:
            state, code = step
            out.append(chr(code))
        for index in range(low, 0, -1):
            state, code = layers.at(index)[state]
            out.append(chr(code))
        return "".join(reversed(out))

    def _after(self, states: Iterable[_State]) -> dict[_State, tuple[_State, int]]:
        """The states after one more character, each with the first way to it."""
        out: dict[_State, tuple[_State, int]] = {}
        for state in states:
            for code, then in self._expanded(state):
                out.setdefault(then, (state, code))
        return out

    def _expanded(self, state: _State) -> list[tuple[int, _State]]:
        if (known := self._steps.get(state)) is not None:
            self._spend(len(known))
            return known
        rows = []
        for number, (automaton, at) in enumerate(zip(self._automata, state, strict=True)):
            row, cost = automaton.row(at)
            rows.append(row)
            if (number, at) not in self._paid:
                self._paid.add((number, at))
                self._spend(cost)
        self._spend(_PER_STATE + len(self._moves))
        out: dict[_State, int] = {}
        for code, kinds in self._moves:
            out.setdefault(tuple(row[kind] for row, kind in zip(rows, kinds, strict=True)), code)
        found = self._steps[state] = [(code, then) for then, code in out.items() if not self._verdict(then)[1]]
        return found

    def _verdict(self, state: _State) -> tuple[bool, bool]:
        """Whether a text that ends here is in the language, and whether none that goes through here is."""
        fates = tuple(
            at if at in (DEAD, SURE) else _OPEN + automaton.accepting[at]
            for automaton, at in zip(self._automata, state, strict=True)
        )
        if (known := self._known.get(fates)) is None:
            told = dict(zip(self._automata, fates, strict=True))
            accepted = _truth(self._within, lambda automaton: told[automaton] in (SURE, _OPEN + 1), self._length)
            hopeless = _truth(self._within, lambda automaton: _FATES.get(told[automaton]), self._length) is False
            known = self._known[fates] = (accepted is True, hopeless)
        return known

    def _spend(self, work: int) -> None:
        self._work -= work
        if self._work < 0:
            raise TooLargeError


class _Layers:
    """The states after exactly so many characters, each with the way to it; they repeat themselves in the end."""

    def __init__(self, first: _State | None) -> None:
        self._layers: list[dict[_State, tuple[_State, int]]] = [{} if first is None else {first: (first, 0)}]
        self._seen = {frozenset(self.last): 0}
        self.period = 0

    def __len__(self) -> int:
        return len(self._layers)

    @property
    def last(self) -> dict[_State, tuple[_State, int]]:
        return self._layers[-1]

    @property
    def repeats(self) -> bool:
        return self.period > 0

    def add(self, layer: dict[_State, tuple[_State, int]]) -> None:
        number = len(self._layers)
        self.period = number - self._seen.setdefault(frozenset(layer), number)
        self._layers.append(layer)

    def at(self, index: int) -> dict[_State, tuple[_State, int]]:
        """The states after so many characters; none beyond the last layer where that is empty."""
        if index < len(self._layers):
            return self._layers[index]
        first = len(self._layers) - self.period
        return self._layers[first + (index - first) % self.period] if self.repeats else {}


@lru_cache(_CACHED)
def _moves(automata: tuple[Automaton, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """The characters that automata tell apart, one of each kind and the best liked first, with its class in each."""
    starts = sorted(
        {cell[0] for automaton in automata for cell in automaton.cells} | {low for low, _ in characters.EVERY}
    )
    ends = [high for _, high in characters.EVERY]
    best: dict[tuple[int, ...], tuple[int, int]] = {}
    at = [0] * len(automata)
    for low, after in zip(starts, [*starts[1:], ends[-1] + 1], strict=True):
        high = min(after - 1, ends[0] if low <= ends[0] else ends[-1])
        for number, automaton in enumerate(automata):
            while automaton.cells[at[number]][1] < low:
                at[number] += 1
        kinds = tuple(automaton.cells[index][2] for automaton, index in zip(automata, at, strict=True))
        liked = characters.liking(low, high)
        if kinds not in best or liked < best[kinds]:
            best[kinds] = liked
    return [(code, kinds) for kinds, (_, code) in sorted(best.items(), key=lambda item: item[1])]
